"""What may happen to a case beside a trigger: each a frozen value that an `Event` carries and the
decision answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, TypeGuard

from ...workflow.periods.adjustments import Deduction, Extension
from .taking_over import TakeOver


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """The moment of a deadline has come: a warning, its expiry, or a further step of escalation.

    `id` names the deadline.
    """

    id: str


@dataclass(frozen=True, slots=True)
class Deduct:
    """A deducted period begins, ends (same ground and start, with an end), or is entered whole."""

    deduction: Deduction


@dataclass(frozen=True, slots=True)
class Extend:
    """A deadline (its rule or id) gets more time; with `restore` one that was missed runs again
    (CPL art. 86)."""

    deadline: str
    extension: Extension
    restore: bool = False


@dataclass(frozen=True, slots=True)
class Waive:
    """A deadline (its rule or id) ends without performance."""

    deadline: str


class Cited(NamedTuple):
    """What a row of the law is called, and its citation, as they were when it was armed."""

    zh: str
    en: str
    cite: str


@dataclass(frozen=True, slots=True)
class Arm:
    """A deadline (its rule) starts by hand, counted from a day (None: from now).

    `law` is what a limit is called that stands in the law alone, and in no definition.
    """

    deadline: str
    counted_from: date | None = None
    law: Cited | None = None


@dataclass(frozen=True, slots=True)
class Meet:
    """A limit of the law that was armed by hand (its rule or id) is met."""

    deadline: str


@dataclass(frozen=True, slots=True)
class Recalculate:
    """Every due date is computed again on the procedure's present calendar.

    `rules` is the number of the library's rules, where these are why; else it is the calendar.
    """

    rules: int = 0


@dataclass(frozen=True, slots=True)
class Assign:
    """The officer of the case is named, and watches what the officer before watched.

    `team` is the bureau or team that handles it from now on (None: as before).
    """

    officer: str
    team: str | None = None


@dataclass(frozen=True, slots=True)
class AssignWatcher:
    """The person who watches one deadline (its rule or id) is named."""

    deadline: str
    person: str


@dataclass(frozen=True, slots=True)
class Move:
    """The case goes on under another version: its hash, and when the case entered its present
    state."""

    hash: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Vote:
    """One person is for or against what was proposed (the trigger)."""

    trigger: str
    in_favour: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The person who proposed an act (the trigger) takes it back."""

    trigger: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A person takes a task from the pool."""

    task: str


@dataclass(frozen=True, slots=True)
class HandBack:
    """The person who claimed a task returns it to the pool."""

    task: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is put in the place of what an entry was given: fields, documents, the time.

    A day is its end, in the case's own zone.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    happened_at: datetime | date | None = None

    @property
    def at(self) -> datetime | None:
        """The time, once no day stands for it."""
        return self.happened_at if isinstance(self.happened_at, datetime) else None


@dataclass(frozen=True, slots=True)
class LateAct:
    """A trigger that happened at a time (or on a day), entered together with a correction."""

    trigger: str
    happened_at: datetime | date
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    about: str = ""

    @property
    def at(self) -> datetime:
        """The instant, once no day stands for it."""
        assert isinstance(self.happened_at, datetime)
        return self.happened_at


@dataclass(frozen=True, slots=True)
class Correct:
    """What was recorded is corrected: entries (by number) replaced or annulled, an act entered."""

    replace: Mapping[int, Replacement] = field(default_factory=dict)
    annul: tuple[int, ...] = ()
    enter: LateAct | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """A person has done a task that follows from a late entry or a correction.

    `send` says that the request it stands for goes out now.
    """

    task: str
    send: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A case is linked with another that there is, under a name of its definition.

    `case`, `court` and `procedure` are the other's.
    """

    name: str
    case: str
    court: str
    procedure: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A case has got a link, and knows another from now on: its id, court and procedure.

    `is_of` says that the link was made there: this case is the `name` of that one.
    """

    name: str
    case: str
    court: str
    procedure: str
    is_of: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """A sub-procedure goes from the case to another linked one, and is its `name` there."""

    child: str
    to: str
    name: str


@dataclass(frozen=True, slots=True)
class Transferred:
    """A sub-procedure came from another case (`is_here`), as the `name` of this one, or went there.

    `child` and `other` are the ids of the sub-procedure and of that case. The record that it is
    about is that of the event, as that case called it, and comes with what the event brings.
    """

    child: str
    other: str
    name: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class ComeUnder:
    """A sub-procedure belongs to another case from now on, and is handled by who handles that.

    `about` is what the record that it is about is called there.
    """

    parent: str
    name: str
    number: str
    officer: str
    team: str
    about: str = ""


GONE = ""
"""What a sub-procedure is called by the case that it left for another court: by no name."""


@dataclass(frozen=True, slots=True)
class GoElsewhere:
    """A sub-procedure goes on in another court, where its id is `case`; here it is over."""

    court: str
    case: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """What the case told a related proceeding could not be carried out there, and why.

    `to` is by what name the case knows it, `case` its id, `trigger` what it was told.
    """

    to: str
    case: str
    trigger: str
    why_zh: str
    why_en: str


ANSWER, CHECK = "answer", "check"
"""What a request needs a person for: its answer is to be got and entered, or the books of the other
side say otherwise than ours and are to be compared."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A request (its `key`, and its name in the definition) needs a person for `what`, and why."""

    what: str
    request: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class HandDone:
    """What a request (its `key`) needed a person for, as `ByHand` says it, is over.

    `person` is who did it; nobody where it came otherwise, or is given up.
    """

    what: str
    key: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """The entries so far, older than chains, are sealed; nothing else changes."""


Order = Deduct | Extend | Waive | Arm | Meet | Assign | AssignWatcher | Correct | Link | Transfer
"""What people order beside the triggers, each by a power of the definition."""

Command = (
    Order
    | DeadlineReached
    | Recalculate
    | Move
    | Vote
    | Withdraw
    | Claim
    | HandBack
    | Finish
    | Linked
    | Transferred
    | ComeUnder
    | GoElsewhere
    | NotTaken
    | ByHand
    | HandDone
    | Seal
    | TakeOver
)

_POWER = {
    Deduct: "deduct",
    Extend: "extend",
    Waive: "waive",
    Arm: "arm",
    Meet: "arm",
    Assign: "assign",
    AssignWatcher: "watch",
    Correct: "correct",
    Link: "link",
    Transfer: "transfer",
}


def is_order(command: Command) -> TypeGuard[Order]:
    """Whether a command needs a power of the definition."""
    return type(command) in _POWER


def power_of(order: Order) -> str:
    """The name of the power that an order is given by."""
    if isinstance(order, Extend) and order.restore:
        return "restore"
    return _POWER[type(order)]


def target_of(order: Order) -> str:
    """What an order is for: a ground of deduction, a deadline, or nothing in particular."""
    if isinstance(order, Deduct):
        return order.deduction.ground
    return getattr(order, "deadline", "")


LATE = "late:"
"""Before the name of what happened earlier, while it waits for approval."""
_LONGEST_NAME = 64


def proposal_name(order: Order) -> str:
    """What an order is called while it waits for approval: `extend:case_limit`."""
    target = target_of(order)
    name = f"{power_of(order)}:{target}" if target else power_of(order)
    return name[:_LONGEST_NAME]
