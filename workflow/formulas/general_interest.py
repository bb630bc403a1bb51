"""General interest by the title (一般债务利息): simple, at the rate that the title gives.

SPC Fa Shi [2014] 8 art. 1(2): by the way that the title gives; none where it gives none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from ..language import Words
from .delay_interest import Payment
from .explanation import FormulaStep, Steps, convention, step
from .money import amount, exactly, expect, rate, rounded, rounded_fraction, written

_LAW = Words("法释〔2014〕8号第一条第二款", "Fa Shi [2014] 8 art. 1(2)")


class DaysOfYear(StrEnum):
    """By how many days a yearly rate is divided; the title says, or is read so."""

    D365 = "365"
    D360 = "360"


class Per(StrEnum):
    """What a rate is for: a year, a month (of 30 days) or a day."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class Rate(NamedTuple):
    """A rate, as a fraction, that holds from a day on; None: from the beginning."""

    of_principal: Decimal
    per: Per = Per.YEAR
    since: date | None = None


@dataclass(frozen=True, slots=True)
class GeneralInterest:
    """The interest, its days, and every step."""

    interest: Decimal
    days: int
    steps: Steps


@exactly
def general_interest(
    principal: Decimal,
    since: date,
    until: date,
    of_principal: Decimal,
    per: Per = Per.YEAR,
    *,
    days_of_year: DaysOfYear = DaysOfYear.D365,
) -> GeneralInterest:
    """Simple interest from `since`, which counts, up to the day before `until`.

    `of_principal` is the rate a year, a month or a day, as a fraction. Raises `BadFormulaValue`.
    """
    base, factor = amount("principal", principal), rate("rate", of_principal)
    expect(since <= until, "until", until, f"早于起算日 {since}", f"it is before {since}")
    days = (until - since).days
    divisor = _divisor(per, days_of_year)
    total = rounded(base * factor * days / divisor)
    divided = _divided(divisor)
    figures = f"{written(base)} × {factor} × {days}{divided} = {total}"
    zh, en = (
        f"{since} 至 {until}，{days} 日：{figures}",
        f"{since} to {until}, {days} days: {figures}",
    )
    told = step(f"{zh}（四舍五入到分）", f"{en} (rounded half up to a cent once)", _LAW)
    return GeneralInterest(total, days, (_DAYS[days_of_year], told))


class _Stretch(NamedTuple):
    """Days over which neither what is owed nor the rate changes."""

    since: date
    until: date
    base: Decimal
    rate: Rate

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    def interest(self, days_of_year: DaysOfYear) -> Fraction:
        exact = Fraction(self.base) * Fraction(self.rate.of_principal) * self.days
        return exact / _divisor(self.rate.per, days_of_year)

    def told(self, days_of_year: DaysOfYear) -> FormulaStep:
        divided = _divided(_divisor(self.rate.per, days_of_year))
        figures = f"{written(self.base)} × {self.rate.of_principal} × {self.days}{divided}"
        zh = f"{self.since} 至 {self.until}，{self.days} 日：{figures}"
        en = f"{self.since} to {self.until}, {self.days} days: {figures}"
        return step(zh, en, _LAW)


@exactly
def general_interest_on_what_is_left(
    principal: Decimal,
    since: date,
    until: date,
    rates: Iterable[Rate],
    payments: Iterable[Payment] = (),
    *,
    days_of_year: DaysOfYear = DaysOfYear.D365,
) -> GeneralInterest:
    """As `general_interest`, on a principal that payments lower, at rates that change.

    A payment lowers the principal from its own day on. The sum of all stretches is rounded once.
    Raises `BadFormulaValue`.
    """
    base = amount("principal", principal)
    expect(since <= until, "until", until, f"早于起算日 {since}", f"it is before {since}")
    stages = _stages(rates, since)
    paid = sorted(Payment(day, amount("payments", sum_)) for day, sum_ in payments)
    found = list(_stretches(base, since, until, stages, paid))
    total = rounded_fraction(sum((one.interest(days_of_year) for one in found), Fraction()))
    zh = f"合计四舍五入到分（只舍入一次）：{written(total)}"
    last = step(zh, f"sum rounded half up to a cent once: {written(total)}", _LAW)
    told = (one.told(days_of_year) for one in found)
    days = (until - since).days
    return GeneralInterest(total, days, (_DAYS[days_of_year], *told, last))


def _stages(rates: Iterable[Rate], since: date) -> list[tuple[date, Rate]]:
    """The day from which each rate holds, in order; the first holds from the beginning.

    Raises `BadFormulaValue`.
    """
    stages = sorted(((each.since or date.min, each) for each in rates), key=itemgetter(0))
    for _, each in stages:
        rate("rate", each.of_principal)
    zh, en = f"起算日 {since} 没有利率", f"no rate holds on {since}"
    expect(any(begins <= since for begins, _ in stages), "rates", since, zh, en)
    return stages


def _stretches(
    base: Decimal,
    since: date,
    until: date,
    stages: Sequence[tuple[date, Rate]],
    paid: Sequence[Payment],
) -> Iterator[_Stretch]:
    """The days from `since` up to `until`, parted where a rate or the principal changes."""
    changes = {*(begins for begins, _ in stages), *(payment.day for payment in paid)}
    edges = sorted({since, until, *(day for day in changes if since < day < until)})
    for first, last in pairwise(edges):
        lowered = sum((sum_ for day, sum_ in paid if day <= first), Decimal())
        expect(lowered <= base, "payments", lowered, f"超过本金 {base}", f"more than {base}")
        held = [each for begins, each in stages if begins <= first]
        if lowered < base:
            yield _Stretch(first, last, base - lowered, held[-1])


def _divisor(per: Per, days_of_year: DaysOfYear) -> int:
    """By what a rate is divided to be that of a day."""
    return {Per.YEAR: int(days_of_year), Per.MONTH: _DAYS_OF_MONTH, Per.DAY: 1}[per]


def _divided(divisor: int) -> str:
    return f" ÷ {divisor}" if divisor > 1 else ""


_DAYS_OF_MONTH = 30
_DAYS = {
    days: convention(
        f"算头不算尾；年利率按 {days.value} 日折算（days_of_year={days.value}），"
        f"月利率按 {_DAYS_OF_MONTH} 日",
        f"the first day counts, the last does not; a year has {days.value} days "
        f"(days_of_year={days.value}), a month {_DAYS_OF_MONTH}",
    )
    for days in DaysOfYear
}
