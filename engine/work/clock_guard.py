"""The guard of a database's clock: nothing is written by one that is behind what was written, or
far ahead of the last sign of life, before a person accepts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, select

from ..clock import Clock, SystemClock
from ..errors import ClockRefused
from ..storage.column_types import dump_moment
from ..storage.compiled_sql import CompiledStatement
from ..storage.damage import each_row
from ..storage.marks import ALIVE, CLOCK_ACCEPTED, set_mark
from ..storage.schema import history, marks
from .database_time import running

AHEAD = timedelta(days=1)
"""How long a database may lie idle before a person says that the clock is right."""
BEHIND = timedelta(minutes=5)
_CHECK_EVERY = timedelta(seconds=30)
_STEP = timedelta(minutes=1)
_ALIVE_EVERY = timedelta(minutes=1)

# not the very last alone: a process that has not looked yet may write after one whose clock ran
# ahead, and must not hide what that one wrote
_LAST = (
    select(history.c.recorded_at, history.c.case_id)
    .order_by(history.c.tx.desc(), history.c.position.desc())
    .limit(500)
    .subquery()
)
_VERY_LAST = CompiledStatement(
    select(history.c.recorded_at).order_by(history.c.tx.desc(), history.c.position.desc()).limit(1)
)
_LATEST = select(_LAST).order_by(_LAST.c.recorded_at.desc()).limit(50)
_MARKS = select(marks.c.name, marks.c.value, marks.c.at).where(
    marks.c.name.in_((ALIVE, CLOCK_ACCEPTED))
)


class _Signs(NamedTuple):
    """What a database knows of the time: its last entry, the last sign of life, what a person
    accepted, and how far the entries reached that he saw."""

    last: datetime | None
    alive: datetime | None
    accepted: datetime | None
    seen: datetime | None


class ClockGuard:
    """Believes a real clock that goes on from what was written.

    It asks at first, then at most twice a minute, and at once when the clock was set, or when the
    last entry lies ahead. A clock that a test or a simulation moves is always believed. `ahead`
    None believes every clock.
    """

    def __init__(self, clock: Clock, ahead: timedelta | None) -> None:
        self._ahead = ahead if isinstance(clock, SystemClock) else None
        self._checked: tuple[datetime, float] | None = None
        self._noted: float | None = None

    def check(self, connection: Connection, now: datetime) -> None:
        """Raises `ClockRefused`."""
        if self._ahead is None:
            return
        if self._is_checked(now) and not _is_behind_the_last(connection, now):
            return
        self._checked = None
        signs = _signs(connection)
        reference = _written_until(signs, now)
        if reference is not None and now < reference - BEHIND:
            raise _behind(now, reference)
        sign = max(filter(None, (reference, signs.alive, signs.accepted)), default=None)
        if sign is not None and now > sign + self._ahead:
            raise _ahead(now, sign)
        self._checked = now, running()

    def _is_checked(self, now: datetime) -> bool:
        """Whether it was asked a moment ago, and the clock went on evenly since."""
        if self._checked is None:
            return False
        at, ran = self._checked
        passed = timedelta(seconds=running() - ran)
        return passed < _CHECK_EVERY and abs(now - at - passed) < _STEP

    def is_alive_noted(self) -> bool:
        """Whether the sign of life is of the last minute."""
        return self._noted is not None and running() - self._noted < _ALIVE_EVERY.total_seconds()

    def note_alive(self, connection: Connection, now: datetime) -> None:
        """Write the sign of life, by a clock that was checked."""
        set_mark(connection, ALIVE, {}, now)
        self._noted = running()


def _is_behind_the_last(connection: Connection, now: datetime) -> bool:
    """Whether another process wrote by a clock that is far ahead of this one.

    Only SQLite is asked: on PostgreSQL the time is the server's, the same for all.
    """
    if connection.dialect.name != "sqlite":
        return False
    believed = dump_moment(now + BEHIND) or ""  # as text moments sort as time does
    return any(str(row[0]) > believed for row in _VERY_LAST.rows(connection))


class ClockAccepted(NamedTuple):
    """What a person accepted: the time, beside that of the last entry (None without one)."""

    by: str
    clock: datetime
    last: datetime | None


def accept_clock(connection: Connection, now: datetime, by: str, note: str) -> ClockAccepted:
    """A person says that the clock is right.

    Entries that lie ahead of the accepted time are doubted no more for being there.
    """
    last = _last_entry(connection)
    seen = last.isoformat() if last is not None else None
    set_mark(connection, CLOCK_ACCEPTED, {"by": by, "note": note, "last": seen}, now)
    set_mark(connection, ALIVE, {}, now)
    return ClockAccepted(by, now, last)


def _signs(connection: Connection) -> _Signs:
    found = {name: (seen, at) for name, seen, at in _read(connection, _MARKS, "name", _sign)}
    seen, accepted = found.get(CLOCK_ACCEPTED, (None, None))
    return _Signs(
        last=_last_entry(connection),
        alive=found.get(ALIVE, (None, None))[1],
        accepted=accepted,
        seen=seen,
    )


def _sign(row: RowMapping) -> tuple[str, datetime | None, datetime]:
    """A mark: its name, how far the entries reached that a person saw, and when it was set."""
    seen = row["value"].get("last")
    return row["name"], datetime.fromisoformat(seen) if seen else None, row["at"]


def _last_entry(connection: Connection) -> datetime | None:
    """The latest time of recording among the last entries that can be read."""
    found = _read(connection, _LATEST, "case_id", lambda row: row["recorded_at"])
    return next(filter(None, found), None)


def _read(
    connection: Connection, query: Select[Any], name: str, show: Callable[[RowMapping], Any]
) -> list[Any]:
    """The rows of a query; a sign that cannot be read is none."""
    found = each_row(connection, query, (name,), show, lambda texts, why: None)
    return list(filter(None, found))


def _written_until(signs: _Signs, now: datetime) -> datetime | None:
    """The time before which no clock can be: that of the last entry.

    Unless it lies ahead and a person saw that, and accepted the clock: then that of the acceptance,
    or of a later sign of life.
    """
    last = signs.last
    if last is None or now >= last - BEHIND:
        return last
    if signs.seen is None or last > signs.seen:
        return last
    return max(filter(None, (signs.accepted, signs.alive)))


def _behind(now: datetime, last: datetime) -> ClockRefused:
    return ClockRefused(
        clock=f"{now:%Y-%m-%d %H:%M:%S%z}",
        last=f"{last:%Y-%m-%d %H:%M:%S%z}",
        why_zh="早于库中最后的记录",
        why_en="it is behind the last entry",
    )


def _ahead(now: datetime, sign: datetime) -> ClockRefused:
    return ClockRefused(
        clock=f"{now:%Y-%m-%d %H:%M:%S%z}",
        last=f"{sign:%Y-%m-%d %H:%M:%S%z}",
        why_zh="比库中最后的活动迹象晚得多",
        why_en="it is far ahead of the last sign of life",
    )
