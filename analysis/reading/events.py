"""One event of a log, and how the rows of a log become events."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import filterfalse
from sys import intern
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...workflow.model.logs import LogMap
from .encodings import is_damaged
from .times import in_zone, moment
from .unread import (
    DAMAGED_TEXT,
    BadRow,
    Unread,
    counted,
    empty,
    no_time,
    recorded_before,
    shortened,
)

_NO_COLUMNS: Mapping[str, str] = {}
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+")
"""A number of many digits as spreadsheets show it: several ids become one."""
_START = "start"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of a log: case, activity, aware times, and the columns that activities carry.

    `at` is when it happened; `recorded_at` when it was entered, where that was later.
    """

    line: int
    case: str
    activity: str
    at: datetime
    columns: Mapping[str, str]
    recorded_at: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """When the court knew of it."""
        return self.recorded_at or self.at


class Names(NamedTuple):
    """The columns of a log that say what an event is."""

    case: str
    activity: str
    at: str
    recorded: str


class Source:
    """How a definition reads the rows of a log; `unread` has those that it cannot."""

    def __init__(self, log: LogMap, zone: ZoneInfo, unread: Unread) -> None:
        self.log, self.unread, self._zone = log, unread, zone
        carried = {c for a in log.activities.values() for c in a.carries.values()}
        self._carried = carried.union(log.limits.values())
        self._happens_on = frozenset(map(str.lower, log.happens_on))
        self._last: dict[str, datetime] = {}
        self._begun: Counter[tuple[str, str]] = Counter()
        self._passed_over: Counter[str] = Counter()

    def events(self, line: int, row: Mapping[str, str], names: Names) -> Iterator[LogEvent]:
        """What a row says: its event and, where its case begins, what is said of the whole case."""
        try:
            found = self._read(line, row, names)
        except BadRow as bad:
            self.unread.note(bad, [line], _case_of(row, names.case))
            return
        yield from found

    @property
    def has_read(self) -> bool:
        """Whether some row could be read."""
        return bool(self._last)

    def passed_over(self) -> dict[str, int]:
        """How many events were no acts, by what they are in the life of an activity."""
        return counted(self._passed_over)

    def unfinished(self) -> dict[str, int]:
        """How many activities were begun and not completed."""
        found: Counter[str] = Counter()
        for (_, activity), count in (+self._begun).items():
            found[activity] += count
        return counted(found)

    def _read(self, line: int, row: Mapping[str, str], names: Names) -> list[LogEvent]:
        """The events of a row. Raises `BadRow`."""
        if is_damaged("".join(row.values())):
            raise BadRow(DAMAGED_TEXT)
        event = self._event(line, row, names)
        is_first = event.case not in self._last
        whole = list(self._of_whole_case(event, row)) if is_first else []
        self._last[event.case] = event.at
        acts = [event] if self._is_act(event, row) else []
        return [*filter(self._opens, whole), *acts, *filterfalse(self._opens, whole)]

    def _opens(self, event: LogEvent) -> bool:
        """Whether an event opens its case."""
        return event.activity == self.log.opens

    def _of_whole_case(self, first: LogEvent, row: Mapping[str, str]) -> Iterator[LogEvent]:
        """The activities whose times stand in columns of the case; an empty column says none."""
        for column, activity in self.log.cases.items():
            if row.get(column):
                at = self._time(row, column)
                yield replace(first, activity=activity, at=at, recorded_at=None)

    def _event(self, line: int, row: Mapping[str, str], names: Names) -> LogEvent:
        case = intern(_filled(row, names.case))
        if _SHORTENED.fullmatch(case):
            raise BadRow(shortened(names.case), case)
        activity, at = intern(_filled(row, names.activity)), self._time(row, names.at, case)
        recorded_at = self._time(row, names.recorded) if row.get(names.recorded) else at
        if recorded_at < at:
            raise BadRow(recorded_before(names.recorded), row[names.recorded])
        known = recorded_at if recorded_at > at else None
        return LogEvent(line, case, activity, at, self._carried_of(row), known)

    def _time(self, row: Mapping[str, str], column: str, case: str = "") -> datetime:
        """The aware time in a column.

        A day alone, in a case, comes after what the rows before tell of the same day.
        """
        text = row.get(column)
        found = moment(text)
        if found is None:
            raise BadRow(no_time(column), text or "") if text else BadRow(empty(column))
        at = in_zone(found.at, self._zone)
        if not found.is_day:
            return at
        last = self._last.get(case, at)
        return max(at, last) if last.astimezone(self._zone).date() == at.date() else at

    def _is_act(self, event: LogEvent, row: Mapping[str, str]) -> bool:
        """Whether an event is an act, by its place in the life of its activity.

        Those that are none are counted, and what begins must be completed later.
        """
        place = row.get(self.log.lifecycle, "").strip().lower()
        activity = event.case, event.activity
        if not place or place in self._happens_on:
            if self._begun[activity]:
                self._begun[activity] -= 1
            return True
        self._passed_over[place] += 1
        if place == _START:
            self._begun[activity] += 1
        return False

    def _carried_of(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """The columns that activities carry; what is empty is left out."""
        return {name: row[name] for name in self._carried if row.get(name)} or _NO_COLUMNS


def _case_of(row: Mapping[str, str], column: str) -> str:
    """The case of a row that cannot be read; none where that is what cannot be."""
    case = row.get(column, "").strip()
    return "" if _SHORTENED.fullmatch(case) or is_damaged(case) else case


def _filled(row: Mapping[str, str], column: str) -> str:
    """What stands in a column that may not be empty."""
    text = row.get(column, "").strip()
    if not text:
        raise BadRow(empty(column))
    return text
