"""Far sides of one shape: a request is handed over with its key, answers are asked for, and the
books are open.

Wire: `POST /requests` with an `Idempotency-Key` header hands a request over (202, or 200 with the
answers that there are at once); `GET /requests/KEY/answers` lists the answers so far, each with its
own id; `GET /entries?since=DAY&until=DAY&after=N` lists what the far side did, page by page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    model_validator,
)

from .protocol import Answer, Call, Entry, Operation, PermanentFailure, Reply, Unclear
from .registry import faults
from .transports.errors import BadTransport
from .transports.http_json import HttpJson
from .transports.http_settings import HttpSettings, checked_address

_SECONDS = 10.0
_MOST_PAGES = 10_000
_NO = frozenset({"refused", "failed"})
_Read = TypeVar("_Read", bound=BaseModel)
_Moment = Annotated[AwareDatetime | date, Field(union_mode="left_to_right")]


class _Item(BaseModel):
    """An answer on the wire; `key` is said where it may be doubted."""

    id: str = Field(min_length=1, max_length=200)
    kind: str = Field(min_length=1, max_length=32)
    final: bool
    data: dict[str, Any] = Field(default_factory=dict)
    happened_at: _Moment | None = None
    key: str = ""


class _Answers(BaseModel):
    answers: list[_Item]


class _Taken(BaseModel):
    answers: list[_Item] = Field(default_factory=list)


class _Entry(BaseModel):
    key: str = ""
    kind: str
    subject: str
    amount: Decimal | None = None
    day: date
    data: dict[str, Any] = Field(default_factory=dict)


class _Page(BaseModel):
    entries: list[_Entry]
    next: int | None = None


class GatewaySettings(BaseModel):
    """Where a far side is, and how it is reached: as `HttpSettings` says of each."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(checked_address)]
    token: SecretStr = SecretStr("")
    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    client_key_password: SecretStr = SecretStr("")
    proxy: SecretStr | None = None
    allowed_hosts: tuple[str, ...] = ()
    allowed_networks: tuple[IPvAnyNetwork, ...] = ()
    allow_plain: bool = False

    @model_validator(mode="after")
    def _reaches(self) -> GatewaySettings:
        try:
            self.http()
        except BadTransport as error:
            raise ValueError(str(error.data["why"])) from None
        return self

    def http(self) -> HttpSettings:
        """The settings of its transport. Raises `BadTransport`."""
        given = {name: getattr(self, name) for name in GatewaySettings.model_fields}
        return HttpSettings(base_url=given.pop("url"), **given)


class Gateway:
    """Base of the adapters whose far side is of this shape: a name and operations are all of one.

    `base_url` is the far side's address, or how it is reached; `token` is sent as a bearer token;
    `transport` is for tests of the wire. With a `latency` answers are first asked for after it,
    whatever the operations say (a simulator answers at once). Asking for answers takes at most
    `seconds`.

    An operation that is ordered or counted by a field (`ordered_by`, `counterparty`) which a
    request leaves empty is neither.
    """

    Settings = GatewaySettings
    name: str
    operations: Mapping[str, Operation]

    def __init__(
        self,
        base_url: str | HttpSettings,
        token: str = "",
        transport: httpx.BaseTransport | None = None,
        *,
        latency: timedelta | None = None,
        seconds: float = _SECONDS,
    ) -> None:
        self._seconds = seconds
        self._http = HttpJson(base_url, token, transport=transport)
        if latency is not None:
            known = self.operations.items()
            self.operations = {name: replace(one, latency=latency) for name, one in known}

    @classmethod
    def from_settings(cls, settings: GatewaySettings) -> Self:
        """An adapter as it is set up."""
        return cls(settings.http())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self | None:
        """An adapter when ZHIXING_NAME_URL is set, with the adapter's name in capitals."""
        prefix = f"ZHIXING_{cls.name.upper()}"
        url = environment.get(f"{prefix}_URL")
        return cls(url, environment.get(f"{prefix}_TOKEN", "")) if url else None

    def send(self, call: Call) -> Reply:
        """Hand a request over. Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`."""
        body = {"operation": call.operation, "payload": call.payload.model_dump(mode="json")}
        given = self._http.ask(
            "POST",
            "/requests",
            seconds=call.timeout_seconds,
            body=body,
            headers={"Idempotency-Key": call.key},
            trace=call.trace,
        )
        return replied(call.key, given)

    def check(self) -> None:
        """Whether the far side is there and takes the token: asks for what nobody sent.

        Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        try:
            self.poll("zhixing-check")
        except PermanentFailure as failure:
            if not str(failure.data["why"]).startswith("HTTP 404"):
                raise

    def poll(self, key: str) -> Sequence[Answer]:
        """The answers so far. Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`."""
        path = f"/requests/{quote(key, safe='')}/answers"
        given = self._http.ask("GET", path, seconds=self._seconds)
        return _answers(key, _read(_Answers, given).answers)

    def entries(self, since: date, until: date) -> Sequence[Entry]:
        """What the far side did from a day to a day, both included, in its own order.

        Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        found: list[Entry] = []
        after: int | None = 0
        for _ in range(_MOST_PAGES):
            path = f"/entries?since={since}&until={until}&after={after}"
            page = _read(_Page, self._http.ask("GET", path, seconds=self._seconds))
            found += [Entry(**dict(entry)) for entry in page.entries]
            after = page.next
            if after is None:
                return found
        raise Unclear(why="the far side's books have no end")


def replied(key: str, given: object) -> Reply:
    """What handing a request over gave: answers that came at once. Raises `Unclear`."""
    answers = _answers(key, _read(_Taken, given or {}).answers)
    return Reply(answers, pending=not any(a.final for a in answers))


def _read(shape: type[_Read], given: object) -> _Read:
    """What the far side gave, in its shape. Raises `Unclear`."""
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        where, what = faults(error)[0]
        raise Unclear(why=f"the answers are malformed: {where}: {what}") from None


def _answers(key: str, items: Sequence[_Item]) -> tuple[Answer, ...]:
    """Answers as the engine takes them. Raises `Unclear` for one to another request."""
    if any(item.key not in ("", key) for item in items):
        raise Unclear(why="there is an answer to another request among the answers")
    return tuple(_answer(key, item) for item in items)


def _answer(key: str, item: _Item) -> Answer:
    """One answer; what it brings is held to its shape in the engine. Of a no the reason is kept."""
    data = _reason(item.data) if item.kind in _NO else item.data
    return Answer(key, item.id, item.kind, data, item.final, item.happened_at)


def _reason(data: Mapping[str, Any]) -> dict[str, Any]:
    reason = data.get("reason")
    return {"reason": reason} if isinstance(reason, str) else {}


def by_name(*operations: Operation) -> Mapping[str, Operation]:
    """Operations as an adapter has them."""
    return {operation.name: operation for operation in operations}
