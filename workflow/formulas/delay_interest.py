"""Double interest for late performance (迟延履行期间加倍部分债务利息).

Civil Procedure Law (2023) art. 264; SPC Fa Shi [2014] 8: unpaid money of the title without general
interest, times 0.0175 % a day, times the days of delay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain, repeat
from typing import NamedTuple

from ..errors import BeforeDelayRule
from ..language import Words
from ..periods.adjustments import disjoint
from .explanation import FormulaStep, Steps, convention, step
from .money import ZERO, amount, exactly, expect, rate, rounded, written

DAILY_RATE = Decimal("0.000175")
RULE_SINCE = date(2014, 8, 1)
_ONE_DAY = timedelta(days=1)
_IN_YUAN = Decimal(1)
_LAW = Words(
    "民事诉讼法第二百六十四条；法释〔2014〕8号第一条", "CPL art. 264; Fa Shi [2014] 8 art. 1"
)
_BEGIN = Words("法释〔2014〕8号第二条", "Fa Shi [2014] 8 art. 2")
_END = Words("法释〔2014〕8号第三条", "Fa Shi [2014] 8 art. 3")
_STAY = Words("法释〔2014〕8号第三条第三款", "Fa Shi [2014] 8 art. 3(3)")
_CURRENCY = Words("法释〔2014〕8号第五条", "Fa Shi [2014] 8 art. 5")


class FirstDay(StrEnum):
    """Whether the last day of the performance period is itself a day of delay.

    `excluded`: the day after is the first (CPL art. 85(2)); `included`: art. 2 taken literally.
    """

    EXCLUDED = "excluded"
    INCLUDED = "included"


class Instalment(NamedTuple):
    """What the title orders to be paid, without general interest, and the last day to pay it.

    Where the title sets no term, the day on which it takes effect.
    """

    period_ends: date
    base: Decimal


class Payment(NamedTuple):
    """What was credited to the title, and the day to which the interest runs for it.

    The day of performance, of deduction by the court, or on which the ruling on a sale or on
    taking in settlement took effect (art. 3).
    """

    day: date
    principal: Decimal


class Excluded(NamedTuple):
    """Days that bear no interest, from `since` up to the day before `until`; None: still so."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch over which the base stayed the same, and its days of delay."""

    since: date
    until: date
    base: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class DelayInterest:
    """The double interest, what is left of the title, the segments, and every step."""

    double_interest: Decimal
    base_left: Decimal
    segments: tuple[Segment, ...]
    steps: Steps


class _Terms(NamedTuple):
    """What holds for every segment."""

    first_day: FirstDay
    excluded: Sequence[tuple[date, date]]
    """Merged and in order, each up to the day before its second day."""
    until: date


def delay_interest(
    base: Decimal,
    period_ends: date,
    until: date | None = None,
    payments: Iterable[Payment] = (),
    excluded: Iterable[Excluded] = (),
    *,
    first_day: FirstDay = FirstDay.EXCLUDED,
    daily_rate: Decimal = DAILY_RATE,
    middle_rate: Decimal | None = None,
) -> DelayInterest:
    """The double interest on one sum, up to each payment and, on what is left, up to `until`.

    Without `until` it runs to the last payment. As `delay_interest_by_instalments`.
    """
    return delay_interest_by_instalments(
        [Instalment(period_ends, base)],
        until,
        payments,
        excluded,
        first_day=first_day,
        daily_rate=daily_rate,
        middle_rate=middle_rate,
    )


@exactly
def delay_interest_by_instalments(
    instalments: Iterable[Instalment],
    until: date | None = None,
    payments: Iterable[Payment] = (),
    excluded: Iterable[Excluded] = (),
    *,
    first_day: FirstDay = FirstDay.EXCLUDED,
    daily_rate: Decimal = DAILY_RATE,
    middle_rate: Decimal | None = None,
) -> DelayInterest:
    """The double interest on instalments, each from its own day (art. 2).

    A payment is credited to the instalment that is due first; payments after `until` are left
    out. In a foreign currency all amounts are in it; with `middle_rate`, that of the first day of
    the interest, the result is in yuan (art. 5). Raises `BadFormulaValue`, `BeforeDelayRule`.
    """
    debts = sorted((Instalment(day, amount("base", base)) for day, base in instalments), key=_day)
    paid = [Payment(day, amount("payments", sum_)) for day, sum_ in payments]
    counted = sorted((p for p in paid if until is None or p.day <= until), key=_day)
    _check(debts, counted, until)
    terms = _Terms(first_day, _merged(excluded), until or counted[-1].day)
    return _interest(debts, _credited(debts, counted), terms, daily_rate, middle_rate)


@exactly
def delay_interest_as_credited(
    debts: Iterable[tuple[Instalment, Sequence[Payment]]],
    until: date,
    excluded: Iterable[Excluded] = (),
    *,
    first_day: FirstDay = FirstDay.EXCLUDED,
    daily_rate: Decimal = DAILY_RATE,
) -> DelayInterest:
    """As `delay_interest_by_instalments`, where it is known what was credited to which.

    Each instalment comes with its own payments. Raises `BadFormulaValue`, `BeforeDelayRule`.
    """
    known = sorted(debts, key=lambda each: each[0].period_ends)
    terms = _Terms(first_day, _merged(excluded), until)
    fallen = []
    for debt, payments in known:
        counted = sorted((p for p in payments if p.day <= until), key=_day)
        _check([debt], counted, until)
        fallen.append(counted)
    return _interest([debt for debt, _ in known], fallen, terms, daily_rate, None)


def _interest(
    debts: list[Instalment],
    fallen: list[list[Payment]],
    terms: _Terms,
    daily_rate: Decimal,
    middle_rate: Decimal | None,
) -> DelayInterest:
    """The interest on debts of which it is known what was credited to each."""
    pieces = tuple(chain.from_iterable(map(_segments, debts, fallen, repeat(terms))))
    factor = rate("daily_rate", daily_rate)
    exact = sum((piece.base * factor * piece.days for piece in pieces), ZERO)
    left = _total(debts) - _total(chain.from_iterable(fallen))
    interest = rounded(exact * _exchange(middle_rate))
    told = (*_told(debts, pieces, terms, factor, interest, middle_rate), *_unpaid(left))
    return DelayInterest(interest, rounded(left), pieces, told)


def _day(dated: Instalment | Payment) -> date:
    return dated[0]


def _total(dated: Iterable[Instalment | Payment]) -> Decimal:
    return sum((money for _, money in dated), ZERO)


def _check(debts: list[Instalment], payments: list[Payment], until: date | None) -> None:
    """There is a debt, a day to count to, and no more is credited to the title than it orders."""
    owed, paid = _total(debts), _total(payments)
    expect(debts != [], "base", None, "没有金钱债务", "there is no debt")
    zh, en = f"超过应付金额 {owed}", f"more than what is owed, {owed}"
    expect(paid <= owed, "payments", paid, zh, en)
    has_end = until is not None or payments != []
    zh, en = "没有付款，须写明计算至哪一日", "nothing was paid: say up to which day to count"
    expect(has_end, "until (account_day)", None, zh, en)


def _exchange(middle_rate: Decimal | None) -> Decimal:
    """What one unit of the currency is in yuan. Raises `BadFormulaValue`."""
    if middle_rate is None:
        return _IN_YUAN
    fits = isinstance(middle_rate, Decimal) and middle_rate.is_finite() and middle_rate > 0
    expect(fits, "middle_rate", middle_rate, "汇率须大于 0", "an exchange rate is above 0")
    return middle_rate


def _merged(excluded: Iterable[Excluded]) -> list[tuple[date, date]]:
    """The days left out as spans that do not overlap, in order. Raises `BadFormulaValue`."""
    spans = sorted((span.since, span.until or date.max) for span in excluded)
    for since, end in spans:
        zh, en = "终点早于起点", "a span ends before it begins"
        expect(since <= end, "excluded", f"{since}/{end}", zh, en)
    return disjoint(spans)


def _credited(debts: list[Instalment], payments: list[Payment]) -> list[list[Payment]]:
    """The payments of each debt: those due first are paid first."""
    fallen: list[list[Payment]] = [[] for _ in debts]
    open_ = [debt.base for debt in debts]
    for day, principal in payments:
        for at, left in enumerate(open_):
            part = min(left, principal)
            open_[at], principal = left - part, principal - part
            fallen[at] += [Payment(day, part)] if part else []
    return fallen


def _segments(debt: Instalment, falls: list[Payment], terms: _Terms) -> Iterator[Segment]:
    """The stretches between the end of the period, each payment, and the day to count to.

    Raises `BeforeDelayRule`.
    """
    since, base, is_first = debt.period_ends, debt.base, True
    for day, principal in [*falls, Payment(terms.until, base)]:
        if day > since and base:
            includes = is_first and terms.first_day is FirstDay.INCLUDED
            yield _segment(since, day, base, includes, terms)
            since, is_first = day, False
        base -= principal


def _segment(since: date, until: date, base: Decimal, includes: bool, terms: _Terms) -> Segment:
    """One stretch: its days are those after `since`, and `since` too where it is included."""
    first = since if includes else since + _ONE_DAY
    if _counted(first, min(until, RULE_SINCE - _ONE_DAY), terms.excluded):
        raise BeforeDelayRule(since=first, rule=RULE_SINCE)
    return Segment(since, until, base, _counted(first, until, terms.excluded))


def _counted(first: date, last: date, spans: Sequence[tuple[date, date]]) -> int:
    """How many days there are from `first` to `last` that lie in no span."""
    left_out = sum(_days(max(first, since), min(last, end - _ONE_DAY)) for since, end in spans)
    return _days(first, last) - left_out


def _days(first: date, last: date) -> int:
    """How many days there are from one to another, both counted; none where they are reversed."""
    return max((last - first).days + 1, 0)


# -- the steps


def _told(
    debts: list[Instalment],
    pieces: Sequence[Segment],
    terms: _Terms,
    factor: Decimal,
    interest: Decimal,
    middle_rate: Decimal | None,
) -> Iterator[FormulaStep]:
    """Every step, in the order in which a person would take it."""
    for day, base in debts:
        zh, en = f"基数 {written(base)}，履行期限 {day} 届满", f"base {written(base)}, due by {day}"
        yield step(zh, en, _BEGIN)
    yield _FIRST_DAY[terms.first_day]
    if len(debts) > 1:
        yield _DUE_FIRST
    yield from map(_stay, terms.excluded)
    for piece in pieces:
        figures = f"{written(piece.base)} × {factor} × {piece.days}"
        span_zh, span_en = f"{piece.since} 至 {piece.until}", f"{piece.since} to {piece.until}"
        yield step(f"{span_zh}：{figures} 日", f"{span_en}: {figures} days", _END)
    if middle_rate is not None:
        zh = f"按起算之日的中间价 {middle_rate} 折合人民币"
        yield step(zh, f"in yuan at the middle rate of the first day, {middle_rate}", _CURRENCY)
    parts = " + ".join(f"{piece.base * factor * piece.days:f}" for piece in pieces) or "0"
    zh = f"合计 {parts}，四舍五入到分（只舍入一次）：{interest}"
    yield step(zh, f"sum {parts}, rounded half up to a cent once: {interest}", _LAW)


def _stay(span: tuple[date, date]) -> FormulaStep:
    """A span that bears no interest; one without an end still goes on."""
    since, end = span
    if end == date.max:
        zh = f"不计算：{since} 起，尚未结束"
        return step(zh, f"not counted: from {since}, not ended yet", _STAY)
    zh = f"不计算：{since} 起至 {end} 前一日"
    return step(zh, f"not counted: from {since} to the day before {end}", _STAY)


def _unpaid(left: Decimal) -> Iterator[FormulaStep]:
    """That the title is not paid in full: interest goes on after the last day counted."""
    if left:
        zh = f"尚未清偿 {written(left)}，此后继续计算"
        yield step(zh, f"unpaid {written(left)}: interest goes on", _END)


_FIRST_DAY = {
    FirstDay.EXCLUDED: convention(
        "届满之日不计入，自次日起计算（参照民事诉讼法第八十五条第二款；first_day=excluded）",
        "the last day of the period does not count (as CPL art. 85(2); first_day=excluded)",
    ),
    FirstDay.INCLUDED: convention(
        "届满之日计入（法释〔2014〕8号第二条字面；first_day=included）",
        "the last day of the period counts (art. 2 taken literally; first_day=included)",
    ),
}
_DUE_FIRST = convention(
    "付款先抵先到期的一期（参照民法典第五百六十条）",
    "a payment goes to the instalment due first (as Civil Code art. 560)",
)
