"""The world of a far side: what it knows and holds, changed by requests, by what happens of itself,
and by time.

A world is a function of its seed and of what it was told, in that order: told the same once more,
it is the same. So a ledger of what it was told is enough to have it back.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from ..gateway import Gateway

ZONE = ZoneInfo("Asia/Shanghai")
CENT = Decimal("0.01")


class Refused(Exception):
    """A far side does not do what it is asked; the text is its reason."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a far side: to which request, at which moment, of which day."""

    key: str
    kind: str
    data: Mapping[str, Any]
    is_final: bool
    moment: datetime
    is_optional: bool = False
    """Said only where the faults want answers in parts."""


@dataclass(order=True)
class _Planned:
    moment: datetime
    number: int
    name: str = field(compare=False)
    given: Mapping[str, Any] = field(compare=False)


class World:
    """Base of the worlds: `do_OPERATION(key, asked)` acts on a request, `on_EVENT(…)` is what
    happens of itself, `then_EVENT(…)` what was planned.

    Acts change nothing before everything about them is checked. `books` is what reconciliation is
    shown; `lasts` says how long something takes here that takes so long in life.
    """

    adapter: ClassVar[type[Gateway]]

    def __init__(
        self, seed: int, now: datetime, lasts: Callable[[timedelta], timedelta] = lambda t: t
    ) -> None:
        self._seed, self._now, self._lasts = seed, now, lasts
        self._agenda: list[_Planned] = []
        self._planned = 0
        self._said: list[Said] = []
        self.books: list[dict[str, Any]] = []

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def today(self) -> date:
        """The day in China."""
        return self._now.astimezone(ZONE).date()

    # -- what a world is told

    def ask(self, key: str, operation: str, asked: BaseModel) -> None:
        """Act on a request."""
        try:
            getattr(self, f"do_{operation}")(key, asked)
        except Refused as refused:
            self.say(key, {"reason": str(refused)}, kind="refused")

    def happen(self, event: str, given: Mapping[str, Any]) -> None:
        """Let something happen that nobody asked for."""
        getattr(self, f"on_{event}")(**given)

    def knows(self, event: str) -> bool:
        """Whether something of this name can happen here."""
        return hasattr(self, f"on_{event}")

    def advance(self, moment: datetime) -> None:
        """Live on until a moment: what was planned happens, each at its time."""
        while self._agenda and self._agenda[0].moment <= moment:
            planned = heapq.heappop(self._agenda)
            self._now = max(self._now, planned.moment)
            getattr(self, f"then_{planned.name}")(**planned.given)
        self._now = max(self._now, moment)

    def heard(self) -> list[Said]:
        """What was said since this was last asked."""
        said, self._said = self._said, []
        return said

    def state(self) -> dict[str, Any]:
        """Everything here, as plain data."""
        shown = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return dict(to_jsonable_python(shown | {"now": self._now, "today": self.today}))

    # -- what a world is made of

    def say(
        self,
        key: str,
        data: BaseModel | Mapping[str, Any],
        kind: str = "answered",
        after: timedelta = timedelta(0),
        is_final: bool = True,
        is_optional: bool = False,
    ) -> None:
        """Answer a request, so long after now."""
        given = data.model_dump(mode="json") if isinstance(data, BaseModel) else dict(data)
        moment = self._now + self._lasts(after)
        self._said.append(Said(key, kind, given, is_final, moment, is_optional))

    def plan(self, after: timedelta, name: str, **given: Any) -> None:
        """Let something happen so long after now (as long as it takes here)."""
        self.plan_at(self._now + self._lasts(after), name, **given)

    def plan_on(self, day: date, name: str, **given: Any) -> None:
        """Let something happen when a day begins."""
        self.plan_at(datetime(day.year, day.month, day.day, tzinfo=ZONE), name, **given)

    def plan_at(self, moment: datetime, name: str, **given: Any) -> None:
        self._planned += 1
        heapq.heappush(self._agenda, _Planned(moment, self._planned, name, given))

    def note(
        self, key: str, kind: str, subject: str, amount: Decimal | None = None, **data: Any
    ) -> None:
        """Put into the books what was done."""
        entry = {
            "key": key,
            "kind": kind,
            "subject": subject,
            "amount": amount,
            "day": self.today,
            "data": data,
        }
        self.books.append(dict(to_jsonable_python(entry)))

    def chance(self, *about: str) -> random.Random:
        """Chance about something: the same whenever it is asked for."""
        return random.Random(":".join([str(self._seed), type(self).__name__, *about]))


def number_of(prefix: str, key: str) -> str:
    """A far side's own number of what it did on a request; it says nothing of when."""
    return f"{prefix}{hashlib.sha256(key.encode()).hexdigest()[:12].upper()}"


def cents(amount: Decimal) -> Decimal:
    """An amount to the cent."""
    return amount.quantize(CENT)
