"""What figures are counted of, and what they are counted by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, RowMapping, Text, and_, cast, func, or_

from ...engine.storage.schema import cases
from ...engine.work.runtime import Transaction
from ..lists.errors import UnknownFilter
from ..lists.listings import Condition
from .lives import Life, lives_of, windows
from .views import Unread

OF_CASE: Mapping[str, ColumnElement[Any]] = {
    "court": cases.c.court,
    "team": cases.c.team,
    "officer": cases.c.officer,
    "procedure": cases.c.procedure,
}
"""What every figure is counted by: what its case is now."""
_SHOWN_UNREAD = 20
_INSTANT = timedelta(microseconds=1)


@dataclass(slots=True)
class Look:
    """A look at some cases and at a period: a transaction, where, narrowed how, from when to when.

    `unread` are the cases that could not be read on the way.
    """

    transaction: Transaction
    courts: tuple[str, ...]
    narrowed: tuple[Condition, ...]
    zone: ZoneInfo
    since: datetime | None
    until: datetime | None
    unread: list[str] = field(default_factory=list)

    @property
    def conditions(self) -> list[Condition]:
        """What is true of every case that is looked at."""
        return [*self.narrowed, cases.c.court.in_(self.courts)]

    @property
    def end(self) -> datetime:
        """The moment before which everything happened that is looked at; now is still seen."""
        now = self.transaction.now + _INSTANT
        return min(self.until, now) if self.until is not None else now

    def within(self, moment: Column[Any]) -> ColumnElement[bool]:
        """Whether a moment lies in the period; with no days given any that there is."""
        bounds: list[ColumnElement[bool]] = [moment.is_not(None)]
        if self.since is not None:
            bounds.append(moment >= self.since)
        if self.until is not None:
            bounds.append(moment < self.until)
        return and_(*bounds)

    def not_before(self, moment: datetime) -> bool:
        """Whether a moment is not before the period."""
        return self.since is None or moment >= self.since

    def was_open(self) -> list[Condition]:
        """Whether a case was open in the period, or after it."""
        if self.since is None:
            return []
        return [or_(cases.c.closed_at.is_(None), cases.c.closed_at >= self.since)]

    def day(self, moment: datetime) -> date:
        """The day of a moment at the courts."""
        return moment.astimezone(self.zone).date()

    def days(self, begun: datetime, ended: datetime) -> int:
        """Whole days between two moments: how often midnight came between them."""
        return (self.day(ended) - self.day(begun)).days

    def lives(self, *conditions: Condition) -> Iterator[Life]:
        """The lives of the cases that can be read, one after the other."""
        asked = [*self.narrowed, *conditions]
        for window in windows(self.transaction, self.courts, asked):
            for life in lives_of(self.transaction, window):
                if self.can_read(life):
                    yield life

    def can_read(self, life: Life) -> bool:
        """Whether a life is known; one that is not is kept among the `unread`."""
        if life.why:
            self.unread.append(life.row["id"])
        return not life.why

    def not_read(self) -> Unread:
        """What could not be read, told."""
        return Unread(count=len(self.unread), cases=tuple(self.unread[:_SHOWN_UNREAD]))


def check_by(name: str, by: Sequence[str], known: Mapping[str, Any] | Sequence[str]) -> None:
    """Raises `UnknownFilter` for what figures are not counted by."""
    for one in by:
        if one not in known:
            raise UnknownFilter(list=name, filter=one, known=", ".join(known))


def columns_by(
    name: str, by: Sequence[str], known: Mapping[str, ColumnElement[Any]]
) -> list[ColumnElement[Any]]:
    """The columns that figures are counted by. Raises `UnknownFilter`."""
    check_by(name, by, known)
    return [func.coalesce(cast(known[one], Text), "") for one in by]


def values_by(by: Sequence[str], row: RowMapping, more: Mapping[str, str]) -> tuple[str, ...]:
    """The values of a case, and of what is counted of it, by their names."""
    return tuple({**row, **more}[one] for one in by)
