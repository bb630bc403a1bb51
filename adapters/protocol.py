"""What the engine asks of an adapter: typed operations, sent with an idempotency key, answered now
or later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, Protocol, runtime_checkable

from pydantic import BaseModel
from typing_extensions import TypeVar

from ..workflow.errors import ZhixingError

WITH_DATA = frozenset({"answered", "partial"})
"""Kinds of answers that bring what the operation gives; the others may bring anything."""


Asked = TypeVar("Asked", bound=BaseModel, default=Any)
Given = TypeVar("Given", bound=BaseModel, default=Any)


class Arrival(StrEnum):
    """How the answers to a request come."""

    AT_ONCE = "at-once"
    CALLBACK = "callback"
    POLL = "poll"
    FILE = "file"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Operation(Generic[Asked, Given]):
    """One thing an outside system can be asked: the shapes of its request and of its answers, and
    how the other side is to be treated.

    What it says of a counterparty holds within one process: several processes may each ask as much.
    """

    name: str
    request: type[Asked]
    answer: type[Given]
    repeatable: bool = True
    """Whether the other side acts once on a key that comes twice: else it is never sent again."""
    arrives: Arrival = Arrival.POLL
    """How its answers come. An answer that comes by another way is taken too."""
    latency: timedelta = timedelta(0)
    """How long an answer takes as a rule: it is first asked for then."""
    silence: timedelta = timedelta(days=30)
    """After so long without its last answer a person is told."""
    seconds: float = 10.0
    """How long one exchange may take in all."""
    longest_answer: int = 1_000_000
    """How many characters of JSON one answer may bring."""
    counterparty: str = ""
    """The field of the request that names who is asked (a bank, say); else it is the adapter."""
    at_a_time: int = 4
    """How many exchanges with one counterparty may go on at once."""
    per_minute: float | None = None
    """How many exchanges with one counterparty may begin in a minute; None for no bound."""
    ordered_by: str = ""
    """The field of the request that names the thing it is about (an account, say): what a case asks
    of this adapter about one thing goes in the order in which it was asked, the next one after the
    last answer to the one before. Else a request waits for no other."""
    taken_back_by: str = ""
    """The operation of the same adapter that undoes this one."""

    @property
    def is_polled(self) -> bool:
        """Whether its answers are asked for; else they come by themselves."""
        return self.arrives in (Arrival.POLL, Arrival.FILE)


@dataclass(frozen=True, slots=True)
class Call(Generic[Asked]):
    """One request on its way.

    `key` is the same at every attempt: the other side must act on it once. `trace` is its W3C
    `traceparent`, to be passed on where the other side takes one; `court` is whose it is.
    """

    operation: str
    key: str
    payload: Asked
    timeout_seconds: float = 10.0
    trace: str = ""
    court: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `kind` is the name a definition listens for (`answered`, `partial`, `refused` …).

    `message_id` is the other side's own id for it: the same one twice is taken once. `final` ends
    the request. `happened_at` is the other side's own day (or aware instant) of what it tells,
    which the law counts from; without one it happened when it came.
    """

    key: str
    message_id: str
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    final: bool = True
    happened_at: datetime | date | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What sending gave: answers that came at once, and whether more will come later."""

    answers: Sequence[Answer] = ()
    pending: bool = True


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """What another court asks of this one: an operation, under the asking court's own key.

    The same key comes again where its sender does not know what came of it.
    """

    key: str
    operation: str
    payload: Mapping[str, Any]


class RequestNotTaken(ZhixingError):
    """What another court asks is not taken: `status` is the HTTP status that says so (400 for what
    has not the operation's shape, 404 for what is for nobody here, 409 for a key used before).
    """

    code = "request-not-taken"
    zh, en = "来件不予接收：{why}", "the request is not taken: {why}"


class TemporaryFailure(ZhixingError):
    """The outside surely did not take the request now; the same call will be repeated."""

    code = "adapter-temporary"
    zh, en = "外部系统暂时未受理：{why}", "the outside system did not take it now: {why}"
    retryable = True


class PermanentFailure(ZhixingError):
    """The outside refuses the request for good; a person must look at it."""

    code = "adapter-permanent"
    zh, en = "外部系统拒绝：{why}", "the outside system refuses: {why}"


class Unclear(ZhixingError):
    """Nobody knows whether the outside took the request: what may be repeated is."""

    code = "adapter-unclear"
    zh, en = (
        "不能确定外部系统是否已受理：{why}",
        "whether the outside system took it is not clear: {why}",
    )


class AdapterFault(ZhixingError):
    """An adapter raised what it should not, or gave no answers: its fault, for the time being."""

    code = "adapter-fault"
    zh, en = "适配器出错：{why}", "the adapter failed: {why}"


class Adapter(Protocol):
    """A connection to one outside system. Its methods may be called from several threads."""

    name: str
    operations: Mapping[str, Operation]

    def send(self, call: Call) -> Reply:
        """Hand a request over. Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`."""
        ...

    def poll(self, key: str) -> Sequence[Answer]:
        """The answers so far to a request handed over earlier, also those given before.

        Raises `TemporaryFailure`, `Unclear`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a far side says it did, out of its own books.

    `key` is that of the request it acted on, where it knows one (a payment that came in by itself
    has none); `kind` its own word for it (`freeze`, `receipt` …); `subject` the thing it is about
    (an account, a person, a lot); `amount` is in yuan, None where no money is meant; `day` is the
    far side's own; `data` holds what else it says.
    """

    key: str
    kind: str
    subject: str
    amount: Decimal | None
    day: date
    data: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Reconcilable(Protocol):
    """An adapter whose far side shows its own books, to be held against ours."""

    def entries(self, since: date, until: date) -> Sequence[Entry]:
        """What the far side did from a day to a day, both included, in its own order.

        Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        ...


class Checkable(Adapter, Protocol):
    """An adapter that can say, without asking for anything, whether the other side is there."""

    def check(self) -> None:
        """Reach the other side, and nothing more: `zhixing adapter check` calls it.

        Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        ...
