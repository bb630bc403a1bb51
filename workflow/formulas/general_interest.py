"""General interest by the title (一般债务利息): simple, at the rate that the title gives.

SPC Fa Shi [2014] 8 art. 1(2): by the way that the title gives; none where it gives none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ..language import Words
from .explanation import Steps, convention, step
from .money import amount, exactly, expect, rate, rounded, written

_LAW = Words("法释〔2014〕8号第一条第二款", "Fa Shi [2014] 8 art. 1(2)")


class DaysOfYear(StrEnum):
    """By how many days a yearly rate is divided; the title says, or is read so."""

    D365 = "365"
    D360 = "360"


class Per(StrEnum):
    """What a rate is for: a year or a day."""

    YEAR = "year"
    DAY = "day"


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

    `of_principal` is the rate a year or a day, as a fraction. Raises `BadFormulaValue`.
    """
    base, factor = amount("principal", principal), rate("rate", of_principal)
    expect(since <= until, "until", until, f"早于起算日 {since}", f"it is before {since}")
    days = (until - since).days
    divisor = int(days_of_year) if per is Per.YEAR else 1
    total = rounded(base * factor * days / divisor)
    divided = f" ÷ {divisor}" if per is Per.YEAR else ""
    figures = f"{written(base)} × {factor} × {days}{divided} = {total}"
    zh, en = (
        f"{since} 至 {until}，{days} 日：{figures}",
        f"{since} to {until}, {days} days: {figures}",
    )
    told = step(f"{zh}（四舍五入到分）", f"{en} (rounded half up to a cent once)", _LAW)
    return GeneralInterest(total, days, (_DAYS[days_of_year], told))


_DAYS = {
    days: convention(
        f"算头不算尾；年利率按 {days.value} 日折算（days_of_year={days.value}）",
        f"the first day counts, the last does not; a year has {days.value} days "
        f"(days_of_year={days.value})",
    )
    for days in DaysOfYear
}
