"""The steps of a computed period, told one by one in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..language import NO_WORDS, Words, in_language, with_article
from .adjustments import Extension, Span
from .calendars import Calendar
from .counting import UNITS, TimeUnit

_DEDUCTION_LAW = Words("法发〔2006〕35号第十三条", "SPC Fa Fa [2006] 35 art. 13")
_HOUR_LAW = Words("民法典第二百零三条", "Civil Code art. 203")
_HOLIDAY_LAW = Words("全国年节及纪念日放假办法第二条、第六条", "Measures on Holidays art. 2, 6")
ON, BACK = Words("", "on"), Words("之前", "back")
_MONTHS = (TimeUnit.MONTH, TimeUnit.YEAR)


@dataclass(frozen=True, slots=True)
class ExplanationStep:
    """One step of a computation: what was done, up to which day, and the article relied on."""

    zh: str
    en: str
    day: date | datetime
    article_zh: str = ""
    article_en: str = ""

    def text(self, lang: str = "en") -> str:
        """The step with its article in brackets, as each language writes them."""
        article = Words(self.article_zh, self.article_en)
        return in_language(with_article(Words(self.zh, self.en), article), lang)

    def as_json(self) -> dict[str, str]:
        return {
            "zh": self.zh,
            "en": self.en,
            "day": self.day.isoformat(),
            "article_zh": self.article_zh,
            "article_en": self.article_en,
        }


Told = Iterator[ExplanationStep]


def step(words: Words, day: date | datetime, article: Words = NO_WORDS) -> ExplanationStep:
    """A step from its words and its article."""
    return ExplanationStep(*words, day, *article)


def started(start: date, article: Words) -> Told:
    """That the day of the start does not count."""
    words = Words(f"自 {start} 起算，当日不计入", f"starts on {start}, which does not count")
    yield step(words, start, article)


def taken_in(start: date, article: Words) -> Told:
    """That the day of reception and the next make the first day of custody."""
    words = Words(
        f"自 {start} 收拘起算，当日至次日为一日",
        f"starts with reception on {start}: that day and the next make one",
    )
    yield step(words, start, article)


def written(day: date) -> Told:
    """That a document names the last day."""
    yield step(Words(f"文书载明至 {day}", f"written in the document: {day}"), day)


def after_the_cut_off(cut_off: time, day: date) -> Told:
    """That what a period starts with came too late for its day."""
    hour = cut_off.strftime("%H:%M")
    words = Words(
        f"当日已过 {hour}，视为 {day} 发生", f"the day closed at {hour}: taken as of {day}"
    )
    yield step(words, day, _HOUR_LAW)


def started_at(moment: datetime, article: Words) -> Told:
    """At which time hours begin to run."""
    clock = _clock(moment)
    yield step(Words(f"自 {clock} 起算", f"starts at {clock}"), moment, article)


def counted_hours(length: int, end: datetime, side: Words) -> Told:
    """How far hours reach, and to which side."""
    clock = _clock(end)
    zh, en = f"{side.zh}{length} 小时，至 {clock}", f"{length} hours counted {side.en}, to {clock}"
    yield step(Words(zh, en), end)


def counted(
    length: int, unit: TimeUnit, calendar: Calendar, start: date, day: date, side: Words
) -> Told:
    """How far the length reaches, to which side, and what the counting met on its way."""
    zh = f"{side.zh}{length}{UNITS[unit].zh}，至 {day}"
    en = f"{length} {unit.value}(s) counted {side.en}, to {day}"
    if unit is TimeUnit.WORKING_DAY:
        crossed = sum(not calendar.is_working(d) for d in _between(start, day))
        zh, en = f"{zh}（跨过 {crossed} 个休息日）", f"{en} ({crossed} rest days crossed)"
    elif unit in _MONTHS and day.day != start.day:
        zh = f"{zh}（该月无 {start.day} 日，以月末为准）"
        en = f"{en} (the month has no day {start.day}: its last day)"
    yield step(Words(zh, en), day)


def deducted(days: int, unit: TimeUnit, spans: Sequence[Span], day: date) -> Told:
    """How many days were deducted, and why so many."""
    is_working = unit is TimeUnit.WORKING_DAY
    name = Words("个工作日", "working days") if is_working else Words("日", "days")
    yield _deducted(Words(f"{days} {name.zh}", f"{days} {name.en}"), spans, day)


def deducted_hours(lost: timedelta, spans: Sequence[Span], end: datetime) -> Told:
    """How many hours were deducted, and why so many."""
    hours = f"{lost / timedelta(hours=1):g}"
    yield _deducted(Words(f"{hours} 小时", f"{hours} hours"), spans, end)


def _deducted(amount: Words, spans: Sequence[Span], end: date | datetime) -> ExplanationStep:
    listed_zh = "、".join(f"{since} 至 {until}" for since, until in spans)
    listed_en = ", ".join(f"{since} to {until}" for since, until in spans)
    words = Words(
        f"扣除 {amount.zh}（{listed_zh}），至 {_shown(end)}",
        f"{amount.en} deducted ({listed_en}), to {_shown(end)}",
    )
    return step(words, end, _DEDUCTION_LAW)


def resumed(since: date, day: date) -> Told:
    """That a deduction began before the period was over, and how far it carries the last day."""
    words = Words(
        f"期间尚未届满，于 {since} 中止，届满日不早于恢复之日，至 {day}",
        f"stopped on {since} while it still ran: it ends no earlier than it resumes, to {day}",
    )
    yield step(words, day, _DEDUCTION_LAW)


def if_resumed(today: date, day: date) -> Told:
    """That a paused period has no last day yet, only one that can be foreseen."""
    words = Words(
        f"期间中止中，届满日未定；如于 {today} 恢复，为 {day}",
        f"it is paused and has no last day yet: were it resumed on {today}, {day}",
    )
    yield step(words, day)


def extended(extension: Extension, end: date | datetime) -> Told:
    """By how much a period was extended, and who approved it."""
    length, unit, approver = extension.length, extension.unit, extension.approver
    zh = f"经{approver}批准延长 {length}{UNITS[unit].zh}，至 {_shown(end)}"
    en = f"extended by {length} {unit.value}(s), approved by {approver}, to {_shown(end)}"
    yield step(Words(zh, en), end)


def rolled(calendar: Calendar, day: date, end: date, article: Words) -> Told:
    """Every rest day that the last day moves over, forward or back."""
    if day == end:
        words = Words(f"{day} 是工作日，不顺延", f"{day} is a working day and does not move")
        yield step(words, day)
        return
    is_back = end < day
    current = day
    while current != end:
        name = calendar.why_resting(current)
        words = Words(f"{current} 为休息日（{name}）", f"{current} is a rest day ({name})")
        yield step(words, current)
        current += timedelta(days=-1 if is_back else 1)
    verb = Words("提前至", "moves back to") if is_back else Words("顺延至", "moves on to")
    yield step(Words(f"{verb.zh} {end}", f"{verb.en} {end}"), end, article)


def provisional(calendar: Calendar, day: date) -> Told:
    """That the year's arrangement of holidays is not known, yet or any more."""
    why = Words("尚未公布", "are not announced yet")
    if calendar.is_past(day):
        why = Words("未收录", "are not on record")
    zh = f"{day.year} 年放假安排{why.zh}，暂按周末和放假办法所列节日推算"
    en = (
        f"the holidays of {day.year} {why.en}: "
        "computed provisionally from weekends and the days that the Measures name"
    )
    yield step(Words(zh, en), day, _HOLIDAY_LAW)


def _between(start: date, end: date) -> list[date]:
    """The days between two, without them."""
    low, high = sorted((start, end))
    return [low + timedelta(days=i) for i in range(1, (high - low).days)]


def _shown(end: date | datetime) -> str:
    """Where a period has come to: a day, or an hour of one."""
    return _clock(end) if isinstance(end, datetime) else str(end)


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
