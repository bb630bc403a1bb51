"""Working days and rest days: prepared once per calendar, then answered by bisection.

Sources: the State Council's yearly arrangements (through `chinesecalendar`), plus YAML overlays. A
year without an announced arrangement is provisional: weekends, and the holidays that the Measures
themselves name.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from ..errors import DateOutsideCalendar
from .holidays import MEASURES, named_by_law

FIRST_YEAR, LAST_YEAR = 1990, 2099
_FIRST, _LAST = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
_ONE_DAY = timedelta(days=1)
_DAYS_OF_A_WEEK = 5
"""Those from Monday on that are worked."""

_HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


_ALSO_WORKED = {date(2005, 12, 31): "New Year's Day"}
"""Days of the yearly notices that `chinesecalendar` lacks (here: the notice of 2005-12-16)."""


@dataclass(frozen=True)
class Calendar:
    """The days of one jurisdiction.

    `rest` and `work` name exceptions to the five-day week, with a reason each; `announced` are the
    years whose arrangement is official. `day_ends` is the local time at which a day closes (24:00
    unless a court needs close of business). `rests=False` means that no day is a rest day.
    """

    id: str
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    rest: Mapping[date, str] = field(default_factory=dict, repr=False)
    work: Mapping[date, str] = field(default_factory=dict, repr=False)
    announced: frozenset[int] = frozenset()
    day_ends: time | None = None
    rests: bool = True

    @cached_property
    def version(self) -> str:
        """A short hash of everything that decides a due date."""
        digest = hashlib.sha256()
        announced = sorted(self.announced)
        for part in (self.zone.key, self.day_ends, self.rests, announced, MEASURES):
            digest.update(repr(part).encode())
        for days in (self.rest, self.work):
            listed = "".join(map(date.isoformat, sorted(days)))
            digest.update(f"{listed}|".encode())
        return digest.hexdigest()[:12]

    @cached_property
    def _working(self) -> array[int]:
        """The working days in order, as ordinals."""
        every_day = range(_FIRST, _LAST + 1)
        if not self.rests:
            return array("i", every_day)
        worked, rested = _ordinals(self.work), _ordinals(self.rest)
        rested |= _ordinals(_named_by_law(self.announced))
        weekdays = {ordinal for ordinal in every_day if (ordinal + 6) % 7 < _DAYS_OF_A_WEEK}
        days = weekdays - rested | worked
        return array("i", sorted(days.intersection(every_day)))

    @cached_property
    def _working_set(self) -> frozenset[int]:
        return frozenset(self._working)

    def _inside(self, day: date) -> int:
        """The ordinal of a day. Raises `DateOutsideCalendar`."""
        ordinal = day.toordinal()
        if not _FIRST <= ordinal <= _LAST:
            raise self._outside(ordinal)
        return ordinal

    def _outside(self, ordinal: int) -> DateOutsideCalendar:
        is_date = 1 <= ordinal <= date.max.toordinal()
        value = date.fromordinal(ordinal) if is_date else f"#{ordinal}"
        first, last = date.fromordinal(_FIRST), date.fromordinal(_LAST)
        return DateOutsideCalendar(value=value, calendar=self.id, first=first, last=last)

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day."""
        return self._inside(day) in self._working_set

    def is_provisional(self, day: date) -> bool:
        """Whether the day's year has no announced arrangement yet."""
        return self.rests and day.year not in self.announced

    def why_resting(self, day: date) -> str:
        """The name of the holiday or closure, or 周末."""
        if day in self.rest:
            return self.rest[day]
        named = named_by_law(day.year) if self.is_provisional(day) else {}
        return named.get(day, "周末")

    def is_past(self, day: date) -> bool:
        """Whether the day's year lies before all whose arrangements are known here."""
        return bool(self.announced) and day.year < min(self.announced)

    def next_working(self, day: date) -> date:
        """The day itself when it is a working day, else the first one after it."""
        ordinal = self._inside(day)
        if ordinal in self._working_set:
            return day
        return self._at(bisect_left(self._working, ordinal), ordinal)

    def previous_working(self, day: date) -> date:
        """The day itself when it is a working day, else the last one before it."""
        ordinal = self._inside(day)
        if ordinal in self._working_set:
            return day
        return self._at(bisect_right(self._working, ordinal) - 1, ordinal)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which never counts itself.

        A negative `count` goes back from it.
        """
        ordinal = self._inside(day)
        if count > 0:
            index = bisect_right(self._working, ordinal) + count - 1
        else:
            index = bisect_left(self._working, ordinal) + count
        return self._at(index, ordinal + count)

    def _at(self, index: int, sought: int) -> date:
        """One of the working days. Raises `DateOutsideCalendar`, naming the day sought."""
        if not 0 <= index < len(self._working):
            raise self._outside(sought)
        return date.fromordinal(self._working[index])

    def start_of(self, day: date) -> datetime:
        """Midnight at which the day begins, in the calendar's zone."""
        return datetime.combine(day, time(), self.zone)

    def end_of(self, day: date) -> datetime:
        """The instant at which the day closes: 24:00, or the close of business."""
        if self.day_ends is None:
            return datetime.combine(day + _ONE_DAY, time(), self.zone)
        return datetime.combine(day, self.day_ends, self.zone)

    def last_moment_of(self, day: date) -> datetime:
        """The last instant of a day: what happened that day happened by then."""
        return self.start_of(day + _ONE_DAY) - timedelta(microseconds=1)

    def local_day(self, moment: datetime) -> date:
        """The calendar day on which an instant falls here."""
        return moment.astimezone(self.zone).date()


@cache
def national_calendar() -> Calendar:
    """The State Council's arrangements for the mainland.

    They reach as far as the installed `chinesecalendar` knows them.
    """
    from chinese_calendar import constants

    rest, work = _named(constants.holidays), _named({**constants.workdays, **_ALSO_WORKED})
    return Calendar("cn", rest=rest, work=work, announced=frozenset(day.year for day in rest))


def _named(days: Mapping[date, str]) -> dict[date, str]:
    """Days with their holidays' names in Chinese."""
    return {day: _HOLIDAY_NAMES.get(name, name) for day, name in days.items()}


def _named_by_law(announced: frozenset[int]) -> Iterator[date]:
    """The holidays that the law names itself, in the years without an announced arrangement."""
    for year in set(range(FIRST_YEAR, LAST_YEAR + 1)) - announced:
        yield from named_by_law(year)


def _ordinals(days: Iterable[date]) -> set[int]:
    return set(map(date.toordinal, days))


@cache
def plain_calendar(zone: str = "Asia/Shanghai") -> Calendar:
    """A calendar in which no day is a rest day."""
    return Calendar("none", zone=ZoneInfo(zone), rests=False)
