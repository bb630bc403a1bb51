"""Periods of law: from a start, a length and a way of counting to a due date that explains itself.

Civil Procedure Law (2023) art. 85: periods are counted in hours, days, months and years; the starting hour and day do
not count; when the last day is a statutory holiday, the period ends on the first day after it. Civil Code art. 201-204
say the same of civil periods; art. 203: the last day ends at 24:00, or at close of business.
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from ..errors import BadLength, NaiveDatetime, StillDeducted, UnknownCounting
from ..language import NO_WORDS
from .adjustments import FAR_DAY, Deduction, Extension, merged
from .calendars import Calendar
from .counting import ARTICLES, MAY_BE_ZERO, ROLLED, UNITS, Counting, TimeUnit


@dataclass(frozen=True, slots=True)
class ExplanationStep:
    """One step of a computation: what was done, up to which day, and the article relied on."""

    zh: str
    en: str
    day: date | datetime
    article_zh: str = ""
    article_en: str = ""

    def text(self, lang: str = "en") -> str:
        text, article = (self.zh, self.article_zh) if lang == "zh" else (self.en, self.article_en)
        if not article:
            return text
        return f"{text}（{article}）" if lang == "zh" else f"{text} ({article})"

    def as_json(self) -> dict[str, str]:
        return {
            "zh": self.zh,
            "en": self.en,
            "day": self.day.isoformat(),
            "article_zh": self.article_zh,
            "article_en": self.article_en,
        }


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period (`day`) and the instant at which it is over (`at`, aware).

    `provisional` is true when a year without an announced arrangement decided it.
    """

    day: date
    at: datetime
    provisional: bool = False


_KEPT = 4096


@dataclass(frozen=True)
class Period:
    """A length of time as a rule of law counts it, over a calendar.

    `backward` counts before the start; such a period, landing on a rest day, moves to the earlier working day.
    Raises `BadLength`, `UnknownUnit`, `UnknownCounting`.
    """

    length: int
    unit: TimeUnit
    calendar: Calendar
    counting: Counting = Counting.LITIGATION
    backward: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.length, bool) or not isinstance(self.length, int) or self.length < 0:
            raise BadLength(length=self.length)
        if self.length == 0 and self.counting not in MAY_BE_ZERO:
            raise BadLength(length=self.length)
        working = self.unit is TimeUnit.WORKING_DAY
        if working != (self.counting is Counting.WORKING) or (
            self.counting is Counting.RAW and self.unit is not TimeUnit.HOUR
        ):
            raise UnknownCounting(counting=self.counting.value, unit=self.unit.value)

    def due(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction] = (),
        extensions: Sequence[Extension] = (),
    ) -> Due:
        """When the period that begins with `start` is over; the starting day or hour does not count."""
        if self.unit is TimeUnit.HOUR:
            return self._due_hours(start, deductions, extensions, None)
        if not deductions and not extensions:
            return self._simple(_day(start, self.calendar))
        return self._due_days(_day(start, self.calendar), deductions, extensions, None)

    def explain(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction] = (),
        extensions: Sequence[Extension] = (),
    ) -> tuple[Due, tuple[ExplanationStep, ...]]:
        """As `due`, with every step told: start, counting, each deduction and extension, each rest day crossed."""
        steps: list[ExplanationStep] = []
        if self.unit is TimeUnit.HOUR:
            due = self._due_hours(start, deductions, extensions, steps)
        else:
            due = self._due_days(_day(start, self.calendar), deductions, extensions, steps)
        return due, tuple(steps)

    @cached_property
    def _article(self) -> tuple[str, str]:
        return ARTICLES.get(self.counting, NO_WORDS)

    def _simple(self, start: date) -> Due:
        """Without deductions a due date depends on the day alone, and many cases start on one day."""
        known = self._dues
        due = known.get(start)
        if due is None:
            if len(known) >= _KEPT:
                known.clear()
            due = known[start] = self._uncached(start)
        return due

    @cached_property
    def _dues(self) -> dict[date, Due]:
        return {}

    def _uncached(self, start: date) -> Due:
        day = self._count(start, self.length, self.unit, self.backward)
        if self.counting in ROLLED:
            day = (
                self.calendar.previous_working(day)
                if self.backward
                else self.calendar.next_working(day)
            )
        return Due(day, self.calendar.end_of(day), self._provisional(start, day))

    def _provisional(self, start: date, day: date) -> bool:
        if self.counting not in ROLLED and self.counting is not Counting.WORKING:
            return False
        if self.counting in ROLLED:
            return self.calendar.is_provisional(day)
        first, last = sorted((start.year, day.year))
        return any(
            self.calendar.is_provisional(date(year, 1, 1)) for year in range(first, last + 1)
        )

    def _count(self, start: date, length: int, unit: TimeUnit, backward: bool) -> date:
        sign = -1 if backward else 1
        try:
            if unit is TimeUnit.DAY:
                return start + timedelta(days=sign * length)
            if unit is TimeUnit.WORKING_DAY:
                return self.calendar.add_working_days(start, sign * length)
            return add_months(start, sign * length * (12 if unit is TimeUnit.YEAR else 1))
        except (OverflowError, ValueError):
            raise BadLength(length=length) from None

    def _due_days(
        self,
        start: date,
        deductions: Sequence[Deduction],
        extensions: Sequence[Extension],
        steps: list[ExplanationStep] | None,
    ) -> Due:
        backward, day = self.backward, self._count(start, self.length, self.unit, self.backward)
        if steps is not None:
            steps.append(
                ExplanationStep(
                    f"自 {start} 起算，当日不计入",
                    f"starts on {start}, which does not count",
                    start,
                    *self._article,
                )
            )
            steps.append(self._counted(start, day))
        intervals = merged(deductions)
        day = self._lengthen(start, day, intervals, steps)
        for extension in extensions:
            before = day
            base = self._count(day, extension.length, extension.unit, backward)
            day = self._lengthen(before, base, intervals, steps)
            if steps is not None:
                steps.append(_extended(extension, day))
        rolled = day
        if self.counting in ROLLED:
            rolled = (
                self.calendar.previous_working(day) if backward else self.calendar.next_working(day)
            )
            if steps is not None:
                steps.extend(self._rolled(day, rolled))
        due = Due(rolled, self.calendar.end_of(rolled), self._provisional(start, rolled))
        if steps is not None and due.provisional:
            steps.append(_provisional(rolled))
        return due

    def _lengthen(
        self,
        start: date,
        day: date,
        intervals: Sequence[tuple[date, date]],
        steps: list[ExplanationStep] | None,
    ) -> date:
        """Add one day for each deducted day between start and end until nothing more is added."""
        if not intervals:
            return day
        base, counted = day, -1
        while True:
            total = self._deducted(start, day, intervals)
            if total == counted:
                break
            counted = total
            if self.unit is TimeUnit.WORKING_DAY:
                day = (
                    self.calendar.add_working_days(base, -total if self.backward else total)
                    if total
                    else base
                )
            else:
                day = base + timedelta(days=-total if self.backward else total)
        if steps is not None and counted > 0:
            spans = "、".join(f"{a} 至 {b}" for a, b in intervals)
            spans_en = ", ".join(f"{a} to {b}" for a, b in intervals)
            unit = "个工作日" if self.unit is TimeUnit.WORKING_DAY else "日"
            word = "working days" if self.unit is TimeUnit.WORKING_DAY else "days"
            steps.append(
                ExplanationStep(
                    f"扣除 {counted} {unit}（{spans}），至 {day}",
                    f"{counted} {word} deducted ({spans_en}), to {day}",
                    day,
                    "法发〔2006〕35号第十三条",
                    "SPC Fa Fa [2006] 35 art. 13",
                )
            )
        return day

    def _deducted(self, start: date, end: date, intervals: Sequence[tuple[date, date]]) -> int:
        low, high = (end, start) if self.backward else (start, end)
        total = 0
        for since, until in intervals:
            if until == FAR_DAY and since < high:
                raise StillDeducted(since=since)
            first, last = max(since, low), min(until, high)
            if self.backward:  # a day d counts when low <= d < high
                first, last = (
                    max(since, low - timedelta(days=1)),
                    min(until, high - timedelta(days=1)),
                )
            if last > first:
                total += self._days_between(first, last)
        return total

    def _days_between(self, first: date, last: date) -> int:
        """Days inside (first, last] that would have counted."""
        if self.unit is not TimeUnit.WORKING_DAY:
            return (last - first).days
        return sum(
            self.calendar.is_working(first + timedelta(days=i))
            for i in range(1, (last - first).days + 1)
        )

    def _counted(self, start: date, day: date) -> ExplanationStep:
        side_zh, side_en = ("之前", "back") if self.backward else ("", "on")
        zh = f"{side_zh}{self.length}{UNITS[self.unit].zh}，至 {day}"
        en = f"{self.length} {self.unit.value}(s) counted {side_en}, to {day}"
        if self.unit is TimeUnit.WORKING_DAY:
            crossed = sum(not self.calendar.is_working(d) for d in _between(start, day))
            zh, en = f"{zh}（跨过 {crossed} 个休息日）", f"{en} ({crossed} rest days crossed)"
        elif self.unit in (TimeUnit.MONTH, TimeUnit.YEAR) and day.day != start.day:
            zh, en = (
                f"{zh}（该月无 {start.day} 日，以月末为准）",
                f"{en} (the month has no day {start.day}: its last day)",
            )
        return ExplanationStep(zh, en, day)

    def _rolled(self, day: date, rolled: date) -> Iterable[ExplanationStep]:
        if day == rolled:
            yield ExplanationStep(
                f"{day} 是工作日，不顺延", f"{day} is a working day and does not move", day
            )
            return
        step = -1 if self.backward else 1
        current = day
        while current != rolled:
            name = self.calendar.why_resting(current)
            yield ExplanationStep(
                f"{current} 为休息日（{name}）", f"{current} is a rest day ({name})", current
            )
            current += timedelta(days=step)
        verb_zh, verb_en = (
            ("提前至", "moves back to") if self.backward else ("顺延至", "moves on to")
        )
        yield ExplanationStep(f"{verb_zh} {rolled}", f"{verb_en} {rolled}", rolled, *self._article)

    def _due_hours(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction],
        extensions: Sequence[Extension],
        steps: list[ExplanationStep] | None,
    ) -> Due:
        moment = _instant(start, self.calendar)
        end = self._hours(moment, self.length, deductions)
        for extension in extensions:
            more = extension.length * (1 if extension.unit is TimeUnit.HOUR else 24)
            end = self._hours(end, more, deductions)
        if (
            self.counting in ROLLED
        ):  # the starting hour does not count: the period runs from the next full hour
            whole = moment.replace(minute=0, second=0, microsecond=0)
            end += (whole + timedelta(hours=1) - moment) if moment != whole else timedelta()
        local = end.astimezone(self.calendar.zone)
        if steps is not None:
            steps.append(
                ExplanationStep(
                    f"自 {_clock(moment)} 起算",
                    f"starts at {_clock(moment)}",
                    moment,
                    *self._article,
                )
            )
            steps.append(
                ExplanationStep(
                    f"{self.length} 小时，至 {_clock(local)}",
                    f"{self.length} hours, to {_clock(local)}",
                    local,
                )
            )
        if self.counting in ROLLED:
            rolled = (
                self.calendar.previous_working(local.date())
                if self.backward
                else self.calendar.next_working(local.date())
            )
            if rolled != local.date():
                if steps is not None:
                    steps.extend(self._rolled(local.date(), rolled))
                return Due(
                    rolled, self.calendar.end_of(rolled), self.calendar.is_provisional(rolled)
                )
        return Due(local.date(), local)

    def _hours(self, start: datetime, length: int, deductions: Sequence[Deduction]) -> datetime:
        try:
            base = start + timedelta(hours=-length if self.backward else length)
        except OverflowError:
            raise BadLength(length=length) from None
        end, previous = base, None
        spans = [(self.calendar.end_of(a), self.calendar.end_of(b)) for a, b in merged(deductions)]
        while end != previous:
            previous = end
            low, high = (end, start) if self.backward else (start, end)
            lost = sum(
                (max(min(b, high) - max(a, low), timedelta()) for a, b in spans), timedelta()
            )
            end = base - lost if self.backward else base + lost
        return end


def add_months(day: date, months: int) -> date:
    """The day of the same number so many months on, or the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = 31 if day.day <= 28 else month_lengths.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def stricter(dues: Iterable[Due]) -> Due:
    """The earlier of several dues: the one that binds."""
    return min(dues, key=lambda due: due.at)


def _day(start: date | datetime, calendar: Calendar) -> date:
    if isinstance(start, datetime):
        if start.tzinfo is None:
            raise NaiveDatetime(value=start)
        return calendar.local_day(start)
    return start


def _instant(start: date | datetime, calendar: Calendar) -> datetime:
    if not isinstance(start, datetime):
        return calendar.start_of(start)
    if start.tzinfo is None:
        raise NaiveDatetime(value=start)
    return start.astimezone(calendar.zone)


def _between(start: date, end: date) -> Iterable[date]:
    low, high = sorted((start, end))
    return (low + timedelta(days=i) for i in range(1, (high - low).days))


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def _extended(extension: Extension, day: date) -> ExplanationStep:
    zh = f"经{extension.approver}批准延长 {extension.length}{UNITS[extension.unit].zh}，至 {day}"
    en = f"extended by {extension.length} {extension.unit.value}(s), approved by {extension.approver}, to {day}"
    return ExplanationStep(zh, en, day)


def _provisional(day: date) -> ExplanationStep:
    zh = f"{day.year} 年放假安排尚未公布，暂按周末和固定节日推算"
    en = f"the holidays of {day.year} are not announced yet: computed provisionally from weekends and fixed dates"
    return ExplanationStep(
        zh, en, day, "全国年节及纪念日放假办法第二条", "Measures on Holidays art. 2"
    )
