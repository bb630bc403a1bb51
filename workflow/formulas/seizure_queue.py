"""Who holds property that several courts or creditors have seized (轮候查封).

查扣冻规定 (2020) art. 26, 27: whoever registered first among those waiting moves up by itself when
the effective seizure ends; a term that is not renewed before its end lapses at 24:00 of its last
day. CPLI art. 485: how long a term may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from ..errors import BeyondDates
from ..language import Words
from ..periods.period import add_months
from .explanation import FormulaStep, Steps, convention, step
from .money import expect

_ONE_DAY = timedelta(days=1)
_MONTHS_OF_A_YEAR = 12
_TERM_LAW = Words("民诉法解释第四百八十五条", "CPLI art. 485")
_QUEUE_LAW = Words("查扣冻规定第二十六条", "Seizure Provisions art. 26")
_LAPSE_LAW = Words("查扣冻规定第二十七条第一款", "Seizure Provisions art. 27(1)")
_SALE_LAW = Words("查扣冻规定第二十七条第二款", "Seizure Provisions art. 27(2)")


class PropertyKind(StrEnum):
    """What is seized; its kind says how long a term may be."""

    DEPOSIT = "deposit"
    MOVABLE = "movable"
    IMMOVABLE = "immovable"
    OTHER_RIGHT = "other right"


YEARS = {
    PropertyKind.DEPOSIT: 1,
    PropertyKind.MOVABLE: 2,
    PropertyKind.IMMOVABLE: 3,
    PropertyKind.OTHER_RIGHT: 3,
}


class QueueAct(StrEnum):
    """What happens to the queue."""

    SEIZE = "seize"
    RENEW = "renew"
    RELEASE = "release"
    SALE = "sale"


class TermFrom(StrEnum):
    """From when the term of one that moved up runs; the rule is silent.

    `effect`: from the day it takes effect; `registration`: from the day it began to wait.
    """

    EFFECT = "effect"
    REGISTRATION = "registration"


class RenewalFrom(StrEnum):
    """From when a renewed term runs; the rule is silent."""

    OLD_END = "old-end"
    ACT = "act"


class QueueEvent(NamedTuple):
    """One act on one day, by whom; `until` is the last day that its ruling names, if it does.

    A sale ends every seizure, whoever made it.
    """

    day: date
    act: QueueAct
    who: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Seizure:
    """One seizure: by whom, since when it is registered and effective, and its last day."""

    who: str
    registered_on: date
    effective_on: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class SeizureQueue:
    """Who holds on the day asked for, who waits in which order, and everything that happened."""

    effective: Seizure | None
    waiting: tuple[Seizure, ...]
    steps: Steps


def seizure_queue(
    kind: PropertyKind,
    events: Iterable[QueueEvent],
    asked_on: date,
    *,
    term_from: TermFrom = TermFrom.EFFECT,
    renewal_from: RenewalFrom = RenewalFrom.OLD_END,
) -> SeizureQueue:
    """The queue as it stands on a day, all acts of that day included.

    Acts of one day take effect in the order given; a last day that a ruling names wins over the
    longest term. Raises `BadFormulaValue`, `BeyondDates`.
    """
    queue = _Queue(YEARS[kind], term_from, renewal_from)
    for event in sorted(events, key=lambda event: event.day):
        if event.day <= asked_on:
            queue.lapse_before(event.day)
            queue.take(event)
    queue.lapse_before(asked_on)
    years = YEARS[kind]
    longest = step(f"最长期限 {years} 年", f"the longest term is {years} year(s)", _TERM_LAW)
    steps = (longest, _TERMS[term_from], _RENEWALS[renewal_from], *queue.told)
    return SeizureQueue(queue.effective, tuple(queue.waiting), steps)


class _Queue:
    """The queue while its acts are gone through, day by day."""

    def __init__(self, years: int, term_from: TermFrom, renewal_from: RenewalFrom) -> None:
        self._years, self._term_from, self._renewal_from = years, term_from, renewal_from
        self._known: set[str] = set()
        self.effective: Seizure | None = None
        self.waiting: list[Seizure] = []
        self.told: list[FormulaStep] = []
        self._acts: dict[QueueAct, Callable[[QueueEvent], None]] = {
            QueueAct.SEIZE: self._seize,
            QueueAct.RENEW: self._renew,
            QueueAct.RELEASE: self._release,
            QueueAct.SALE: self._sell,
        }

    def take(self, event: QueueEvent) -> None:
        """One act. Raises `BadFormulaValue`, `BeyondDates`."""
        self._acts[event.act](event)

    def lapse_before(self, day: date) -> None:
        """Every term that is over before a day ends, in order, and who waits moves up."""
        while over := self._first_over(day):
            last = _last_day(over)
            self._tell(last, f"{over.who} 于 24:00 失效", f"{over.who} lapses (24:00)", _LAPSE_LAW)
            self._end_seizure(over, last + _ONE_DAY)

    def _first_over(self, day: date) -> Seizure | None:
        """The term that ended first before a day; of equal ones, that of one that waits."""
        ended = [seizure for seizure in self._standing() if _last_day(seizure) < day]
        return min(ended, key=_last_day, default=None)

    # -- the acts

    def _seize(self, event: QueueEvent) -> None:
        """A seizure takes effect where none is effective, and waits where one is."""
        is_new, zh = self._find(event.who) is None, "已在查封或轮候之中"
        expect(is_new, "events", event.who, zh, "it has seized or waits already")
        self._known.add(event.who)
        seizure = Seizure(event.who, event.day, None, self._first_term(event))
        if self.effective is None:
            self._become_effective(seizure, event.day)
            return
        self.waiting.append(seizure)
        name, place = event.who, len(self.waiting)
        self._tell(event.day, f"{name} 轮候第 {place}", f"{name} waits, place {place}", _QUEUE_LAW)

    def _renew(self, event: QueueEvent) -> None:
        """A term that still runs is renewed; one that is over, or has not begun, is not."""
        seizure = self._find(event.who)
        if seizure is None or seizure.until is None:
            why = _IS_OVER if seizure is None else _HAS_NO_TERM
            self._without_effect(event, why)
            return
        start = seizure.until if self._renewal_from is RenewalFrom.OLD_END else event.day
        longest = self._end(start)
        until = event.until or longest
        self._put(seizure, replace(seizure, until=until))
        if event.until is not None:
            self._tell_ruling(event, longest)
        zh, en = f"{event.who} 续期至 {until}", f"{event.who} renewed until {until}"
        self._tell(event.day, zh, en, _TERM_LAW)

    def _release(self, event: QueueEvent) -> None:
        """A seizure ends by a ruling."""
        seizure = self._find(event.who)
        if seizure is None:
            self._without_effect(event, _IS_OVER)
            return
        self._tell(event.day, f"{event.who} 解除", f"{event.who} released", _QUEUE_LAW)
        self._end_seizure(seizure, event.day)

    def _sell(self, event: QueueEvent) -> None:
        """A sale, or taking in settlement, ends every seizure."""
        self.effective, self.waiting = None, []
        zh, en = "财产已变价，全部查封和轮候效力消灭", "sold: every seizure ends, waiting ones too"
        self._tell(event.day, zh, en, _SALE_LAW)

    # -- what they are made of

    def _standing(self) -> list[Seizure]:
        """Every seizure there is: those that wait, and the effective one last."""
        return [*self.waiting, *filter(None, [self.effective])]

    def _find(self, who: str) -> Seizure | None:
        """The seizure of somebody, effective or waiting."""
        return next((seizure for seizure in self._standing() if seizure.who == who), None)

    def _put(self, old: Seizure, new: Seizure) -> None:
        """A seizure has changed."""
        if old is self.effective:
            self.effective = new
        else:
            self.waiting[self.waiting.index(old)] = new

    def _end_seizure(self, seizure: Seizure, free_on: date) -> None:
        """One that waits drops out; the effective one lets the first of those waiting move up."""
        if seizure is not self.effective:
            self.waiting.remove(seizure)
            return
        self.effective = None
        if self.waiting:
            self._become_effective(self.waiting.pop(0), free_on)

    def _become_effective(self, seizure: Seizure, day: date) -> None:
        until = seizure.until or self._end(day)
        self.effective = replace(seizure, effective_on=day, until=until)
        zh, en = f"{seizure.who} 生效，至 {until}", f"{seizure.who} effective until {until}"
        self._tell(day, zh, en, _QUEUE_LAW)

    def _first_term(self, event: QueueEvent) -> date | None:
        """The last day that is known at registration: by the ruling, or by the convention."""
        longest = self._end(event.day)
        if event.until is not None:
            self._tell_ruling(event, longest)
        elif self._term_from is TermFrom.REGISTRATION:
            return longest
        return event.until

    def _tell_ruling(self, event: QueueEvent, longest: date) -> None:
        """That the last day is the ruling's, and whether it is later than the law allows."""
        who, until = event.who, event.until
        zh, en = f"{who} 裁定载明至 {until}", f"{who}: the ruling names {until}"
        if until is not None and until > longest:
            zh, en = (
                f"{zh}，超过最长期限 {longest}",
                f"{en}, later than the longest term, {longest}",
            )
        self._tell(event.day, zh, en, _TERM_LAW)

    def _end(self, start: date) -> date:
        """The last day of the longest term; the day of its start does not count."""
        try:
            return add_months(start, self._years * _MONTHS_OF_A_YEAR)
        except ValueError:
            raise BeyondDates(length=self._years) from None

    def _without_effect(self, event: QueueEvent, why: Words) -> None:
        """An act that comes too late, or too early. Raises `BadFormulaValue` for a stranger."""
        is_known = event.who in self._known
        expect(is_known, "events", event.who, "未曾查封", "it has never seized")
        who, act = event.who, _ACTS[event.act]
        zh, en = f"{who} {act.zh}无效：{why.zh}", f"{who} {act.en} without effect: {why.en}"
        self._tell(event.day, zh, en, _LAPSE_LAW)

    def _tell(self, day: date, zh: str, en: str, law: Words) -> None:
        self.told.append(step(f"{day} {zh}", f"{day} {en}", law))


def _last_day(seizure: Seizure) -> date:
    """The last day of a term; far away where it has not begun."""
    return seizure.until or date.max


_IS_OVER = Words("查封已不存在", "it has ended before")
_HAS_NO_TERM = Words("轮候尚无期限", "it waits and has no term yet")
_ACTS = {
    QueueAct.RENEW: Words("续期", "renewed"),
    QueueAct.RELEASE: Words("解除", "released"),
}
_TERMS = {
    TermFrom.EFFECT: convention(
        "轮候转为生效的，期限自生效之日起算（term_from=effect）",
        "the term of one that moved up runs from its effect (term_from=effect)",
    ),
    TermFrom.REGISTRATION: convention(
        "轮候转为生效的，期限自登记轮候之日起算（term_from=registration）",
        "the term of one that moved up runs from its registration (term_from=registration)",
    ),
}
_RENEWALS = {
    RenewalFrom.OLD_END: convention(
        "续期自原届满日起算（renewal_from=old-end）",
        "a renewed term runs from the old end (renewal_from=old-end)",
    ),
    RenewalFrom.ACT: convention(
        "续期自办理之日起算（renewal_from=act）",
        "a renewed term runs from the act (renewal_from=act)",
    ),
}
