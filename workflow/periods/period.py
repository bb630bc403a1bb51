"""Periods of law: from a start, a length and a way of counting to a due date that explains itself.

Civil Procedure Law (2023) art. 85: periods are counted in hours, days, months and years; the
starting hour and day do not count; when the last day is a statutory holiday, the period ends on the
first day after it. Civil Code art. 201-204 say the same of civil periods; art. 203: the last day
ends at 24:00, or at close of business.
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from itertools import chain
from typing import ParamSpec, TypeVar

from ..errors import BadLength, BeyondDates, NaiveDatetime, StillDeducted, UnknownCounting
from ..language import NO_WORDS, Words
from . import steps
from .adjustments import FAR_DAY, Deduction, Extension, Span, merged
from .calendars import Calendar
from .counting import (
    ARTICLES,
    FROM_FULL_HOURS,
    MAY_BE_ZERO,
    ROLLED,
    UNITS_OF,
    Counting,
    TimeUnit,
)
from .steps import ExplanationStep

__all__ = ["Due", "ExplanationStep", "Period", "add_months", "stricter"]

Values = ParamSpec("Values")
Amount = TypeVar("Amount", int, timedelta)

_MOST_KEPT = 4096
_ONE_DAY, _ONE_HOUR = timedelta(days=1), timedelta(hours=1)
_HOURS_OF = {TimeUnit.HOUR: 1}
_HOURS_OF_A_DAY = 24
_DAYS_OF = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}
_MONTHS_OF = {TimeUnit.MONTH: 1, TimeUnit.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period (`day`) and the instant at which it is over (`at`, aware).

    `provisional` is true when a year without an announced arrangement decided it.
    """

    day: date
    at: datetime
    provisional: bool = False


class _Story:
    """What a computation did, put into words only when somebody asks: most want the day alone."""

    def __init__(self) -> None:
        self._told: list[Callable[[], steps.Told]] = []

    def add(self, tell: Callable[Values, steps.Told], *of: Values.args, **_: Values.kwargs) -> None:
        self._told.append(partial(tell, *of))

    def steps(self) -> tuple[ExplanationStep, ...]:
        """The steps in the order they were taken."""
        return tuple(chain.from_iterable(tell() for tell in self._told))


@dataclass(frozen=True)
class Period:
    """A length of time as a rule of law counts it, over a calendar.

    `backward` counts before the start; such a period, landing on a rest day, moves to the earlier
    working day. At `cut_off` its days close: what happens then or later happens on the day after.
    Hours know none. Raises `BadLength`, `UnknownUnit`, `UnknownCounting`.
    """

    length: int
    unit: TimeUnit
    calendar: Calendar
    counting: Counting = Counting.LITIGATION
    backward: bool = False
    cut_off: time | None = None

    def __post_init__(self) -> None:
        is_number = isinstance(self.length, int) and not isinstance(self.length, bool)
        least = 0 if self.counting in MAY_BE_ZERO else 1
        if not is_number or self.length < least:
            raise BadLength(length=self.length)
        if self.unit not in UNITS_OF[self.counting]:
            raise UnknownCounting(counting=self.counting.value, unit=self.unit.value)

    def due(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction] = (),
        extensions: Sequence[Extension] = (),
    ) -> Due:
        """When the period from `start` is over; its first day or hour is not counted.

        Raises `NaiveDatetime`, `BeyondDates`, `StillDeducted`, `DateOutsideCalendar`.
        """
        try:
            if self.unit is TimeUnit.HOUR or deductions or extensions:
                return self._due(start, deductions, extensions, _Story())
            return self._simple(self._starting_day(start))
        except OverflowError:
            raise BeyondDates(length=self.length) from None

    def explain(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction] = (),
        extensions: Sequence[Extension] = (),
    ) -> tuple[Due, tuple[ExplanationStep, ...]]:
        """As `due`, with every step told: start, counting, deductions, extensions, rest days."""
        told = _Story()
        try:
            due = self._due(start, deductions, extensions, told)
            return due, told.steps()
        except OverflowError:
            raise BeyondDates(length=self.length) from None

    def _due(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction],
        extensions: Sequence[Extension],
        told: _Story,
    ) -> Due:
        """Hours run from an instant, everything else from a day."""
        if self.unit is TimeUnit.HOUR:
            return self._due_hours(start, deductions, extensions, told)
        day = self._starting_day(start)
        if self.cut_off is not None and day != _day(start, self.calendar):
            told.add(steps.after_the_cut_off, self.cut_off, day)
        return self._due_days(day, deductions, extensions, told)

    def _starting_day(self, start: date | datetime) -> date:
        """The day on which a period starts: the next one for what comes after the cut-off."""
        day = _day(start, self.calendar)
        if self.cut_off is None or not isinstance(start, datetime):
            return day
        is_over = self._local(start).time() >= self.cut_off
        return day + _ONE_DAY if is_over else day

    @cached_property
    def _article(self) -> Words:
        return ARTICLES.get(self.counting, NO_WORDS)

    @cached_property
    def _is_rolled(self) -> bool:
        """Whether the last day moves off a rest day; no hour does that the procedure counts."""
        are_hours = self.unit is TimeUnit.HOUR and self.counting is Counting.LITIGATION
        return self.counting in ROLLED and not are_hours

    def _signed(self, amount: Amount) -> Amount:
        """An amount in the direction in which the period counts."""
        return -amount if self.backward else amount

    def _rolled(self, day: date) -> date:
        """The working day that a rest day moves to, where the law moves it."""
        if not self._is_rolled:
            return day
        if self.backward:
            return self.calendar.previous_working(day)
        return self.calendar.next_working(day)

    # -- days, months and years

    def _simple(self, start: date) -> Due:
        """Without deductions a due date depends on the day alone, and many cases share a day."""
        known = self._dues
        due = known.get(start)
        if due is None:
            if len(known) >= _MOST_KEPT:
                known.clear()
            self._check_start(start)
            day = self._count(start, self.length, self.unit)
            due = known[start] = self._due_on(start, self._rolled(day))
        return due

    @cached_property
    def _dues(self) -> dict[date, Due]:
        """The due dates computed before, by their starts."""
        return {}

    def _check_start(self, start: date) -> None:
        """The day on which a period starts begins at an instant that has a date everywhere."""
        self.calendar.start_of(start).astimezone(UTC)

    def _due_on(self, start: date, day: date) -> Due:
        """The due date on a last day."""
        over = self.calendar.end_of(day)
        if self.cut_off is not None:
            over = datetime.combine(day, self.cut_off, self.calendar.zone)
        return Due(day, over, self._is_provisional(start, day))

    def _is_provisional(self, start: date, day: date) -> bool:
        """Whether holidays that are not announced yet may still move the last day."""
        if self._is_rolled:
            return self.calendar.is_provisional(day)
        if self.counting is not Counting.WORKING:
            return False
        first, last = sorted((start.year, day.year))
        new_years = [date(year, 1, 1) for year in range(first, last + 1)]
        return any(map(self.calendar.is_provisional, new_years))

    def _count(self, start: date, length: int, unit: TimeUnit) -> date:
        """So many units on from a day, or back. Raises `BeyondDates` where dates end."""
        amount = self._signed(length)
        try:
            if unit in _DAYS_OF:
                return start + timedelta(days=amount * _DAYS_OF[unit])
            if unit in _MONTHS_OF:
                return add_months(start, amount * _MONTHS_OF[unit])
            return self.calendar.add_working_days(start, amount)
        except (OverflowError, ValueError):
            raise BeyondDates(length=length) from None

    def _due_days(
        self,
        start: date,
        deductions: Sequence[Deduction],
        extensions: Sequence[Extension],
        told: _Story,
    ) -> Due:
        """Count, lengthen by deductions and each extension, and move off a rest day at last."""
        self._check_start(start)
        spans = merged(deductions)
        day = self._count(start, self.length, self.unit)
        begun = steps.taken_in if self.counting is Counting.CUSTODY else steps.started
        told.add(begun, start, self._article)
        side = steps.BACK if self.backward else steps.ON
        told.add(steps.counted, self.length, self.unit, self.calendar, start, day, side)
        day = self._lengthen(start, day, spans, told)
        for extension in extensions:
            base = self._count(day, extension.length, extension.unit)
            day = self._lengthen(day, base, spans, told)
            told.add(steps.extended, extension, day)
        if spans and not self.backward:
            day = self._resumed(day, spans, told)
        if self._is_rolled:
            last = self._rolled(day)
            told.add(steps.rolled, self.calendar, day, last, self._article)
            day = last
        due = self._due_on(start, day)
        if due.provisional:
            told.add(steps.provisional, self.calendar, day)
        return due

    def _lengthen(self, start: date, base: date, spans: Sequence[Span], told: _Story) -> date:
        """Add one day for each deducted day between start and end until nothing more is added."""
        day, added = base, 0
        total = self._deducted(start, day, spans)
        while total != added:
            added = total
            day = self._moved(base, added)
            total = self._deducted(start, day, spans)
        if added:
            told.add(steps.deducted, added, self.unit, spans, day)
        return day

    def _resumed(self, day: date, spans: Sequence[Span], told: _Story) -> date:
        """No earlier than the end of a deduction that began while the period still ran.

        It ran through its last day, and through the rest days over which that one moves. Raises
        `StillDeducted`.
        """
        for since, until in spans:
            if until <= day or since > self._rolled(day):
                continue
            _check_over(since, until)
            is_working = self.unit is TimeUnit.WORKING_DAY
            day = self.calendar.next_working(until) if is_working else until
            told.add(steps.resumed, since, day)
        return day

    def _moved(self, base: date, days: int) -> date:
        """A day moved by as many days as were deducted, of the kind that counts."""
        if self.unit is TimeUnit.WORKING_DAY:
            return self.calendar.add_working_days(base, self._signed(days))
        return base + timedelta(days=self._signed(days))

    def _deducted(self, start: date, end: date, spans: Sequence[Span]) -> int:
        """How many deducted days lie between start and end. Raises `StillDeducted`."""
        low, high = sorted((start, end))
        total = 0
        for since, until in spans:
            if since < high:
                _check_over(since, until)
            total += self._days_between(*self._within(since, until, low, high))
        return total

    def _within(self, since: date, until: date, low: date, high: date) -> Span:
        """The part of a deduction between two days; counted back, `low` counts and `high` not."""
        if self.backward:
            low, high = low - _ONE_DAY, high - _ONE_DAY
        return max(since, low), min(until, high)

    def _days_between(self, first: date, last: date) -> int:
        """Days inside (first, last] that would have counted."""
        length = max((last - first).days, 0)
        if self.unit is not TimeUnit.WORKING_DAY:
            return length
        days = (first + timedelta(days=i) for i in range(1, length + 1))
        return sum(map(self.calendar.is_working, days))

    # -- hours

    def _due_hours(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction],
        extensions: Sequence[Extension],
        told: _Story,
    ) -> Due:
        """Run from an instant; only what the law rolls moves off a rest day, whole."""
        spans = merged(deductions)
        side = steps.BACK if self.backward else steps.ON
        began = self._began(_instant(start, self.calendar))
        told.add(steps.started_at, began, self._article)
        plain = self._hours_from(began, self.length)
        told.add(steps.counted_hours, self.length, self._local(plain), side)
        end = self._lengthen_hours(began, plain, spans, told)
        for extension in extensions:
            hours = extension.length * _HOURS_OF.get(extension.unit, _HOURS_OF_A_DAY)
            end = self._lengthen_hours(end, self._hours_from(end, hours), spans, told)
            told.add(steps.extended, extension, self._local(end))
        if not self.backward:
            end = self._resumed_at(end, spans, told)
        local = self._local(end)
        day = local.date()
        last = self._rolled(day)
        if last == day:
            return Due(day, local)
        told.add(steps.rolled, self.calendar, day, last, self._article)
        return Due(last, self.calendar.end_of(last), self.calendar.is_provisional(last))

    def _began(self, moment: datetime) -> datetime:
        """The hour in which a period starts does not count: it runs from the next full one."""
        whole = moment.replace(minute=0, second=0, microsecond=0)
        if self.counting not in FROM_FULL_HOURS or moment == whole:
            return moment
        return whole if self.backward else whole + _ONE_HOUR

    def _resumed_at(self, end: datetime, spans: Sequence[Span], told: _Story) -> datetime:
        """As `_resumed`: the same time of the day on which a deduction of its last day ends.

        Raises `StillDeducted`.
        """
        for since, until in spans:
            day = self._local(end).date()
            if since <= self._rolled(day) and end <= self.calendar.end_of(since):
                _check_over(since, until)
                end += until - min(since, day)
                told.add(steps.resumed, since, self._local(end).date())
        return end

    def _local(self, moment: datetime) -> datetime:
        """An instant on the calendar's clock."""
        return moment.astimezone(self.calendar.zone)

    def _hours_from(self, start: datetime, length: int) -> datetime:
        """So many hours on from an instant, or back."""
        try:
            # in UTC: on the wall clock a day of the change to summer time would be an hour short
            return start.astimezone(UTC) + timedelta(hours=self._signed(length))
        except OverflowError:
            raise BeyondDates(length=length) from None

    def _lengthen_hours(
        self, start: datetime, base: datetime, spans: Sequence[Span], told: _Story
    ) -> datetime:
        """As `_lengthen`, by what is deducted between start and end."""
        end, before = base, None
        while end != before:
            before = end
            low, high = sorted((start, end))
            lost = sum((self._lost(span, low, high) for span in spans), timedelta())
            end = base + self._signed(lost)
        if end != base:
            told.add(steps.deducted_hours, abs(end - base), spans, self._local(end))
        return end

    def _lost(self, span: Span, low: datetime, high: datetime) -> timedelta:
        """How much of a deduction lies between two instants. Raises `StillDeducted`."""
        since, until = map(self.calendar.end_of, span)
        if since < high:
            _check_over(*span)
        return max(min(until, high) - max(since, low), timedelta())


def add_months(day: date, months: int) -> date:
    """The day of the same number so many months on, or the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = 31 if day.day <= 28 else month_lengths.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def stricter(dues: Iterable[Due]) -> Due:
    """The earlier of several dues: the one that binds."""
    return min(dues, key=lambda due: due.at)


def _check_over(since: date, until: date) -> None:
    """A deduction that still runs leaves its period open. Raises `StillDeducted`."""
    if until == FAR_DAY:
        raise StillDeducted(since=since)


def _day(start: date | datetime, calendar: Calendar) -> date:
    """The calendar's day of a start. Raises `NaiveDatetime`."""
    if isinstance(start, datetime):
        return calendar.local_day(_aware(start))
    return start


def _instant(start: date | datetime, calendar: Calendar) -> datetime:
    """The instant of a start; of a day, its beginning. Raises `NaiveDatetime`."""
    if isinstance(start, datetime):
        return _aware(start).astimezone(calendar.zone)
    return calendar.start_of(start)


def _aware(moment: datetime) -> datetime:
    """An instant that everybody reads alike. Raises `NaiveDatetime`."""
    if moment.tzinfo is None:
        raise NaiveDatetime(value=moment)
    return moment
