"""What must be left to the debtor, and how far enforcement may go.

What the debtor and dependants need to live (CPL art. 254; 查扣冻规定 art. 3(2)), the only home
(法释〔2015〕10号 art. 20(1)3), the most that may be frozen (查扣冻规定 art. 19), and whether an
auction can leave anything for the creditor (拍卖变卖规定 art. 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..language import Words
from .explanation import FormulaStep, Steps, convention, step
from .money import ZERO, amount, count, exactly, rounded, written

_LIVING_LAW = Words(
    "民事诉讼法第二百五十四条；查扣冻规定第三条第二项",
    "CPL art. 254; Seizure Provisions art. 3(2)",
)
_HOME_LAW = Words("法释〔2015〕10号第二十条第一款第三项", "Fa Shi [2015] 10 art. 20(1)3")
_CAP_LAW = Words("查扣冻规定第十九条", "Seizure Provisions art. 19")
_NO_SURPLUS_LAW = Words("拍卖变卖规定第六条", "Auction Provisions art. 6")
_LEAST_YEARS, _MOST_YEARS = 5, 8
_MOST_PERSONS, _MOST_MONTHS = 1000, 1200
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Reserve:
    """The amount that is left over for enforcement, or is its limit, and every step."""

    amount: Decimal
    steps: Steps


@exactly
def living_reserve(income: Decimal, standard: Decimal, persons: int) -> Reserve:
    """What may be taken of a month's income: all above the minimum of those who live by it.

    `standard` is the local minimum a month and person; `persons` the debtor and dependants.
    Raises `BadFormulaValue`.
    """
    whole, reserve = amount("income", income), _kept(standard, persons, 1)
    told = _needs(standard, persons, 1, reserve)
    return _rest(whole, reserve, Words("月收入", "income"), (told,))


@exactly
def account_reserve(balance: Decimal, standard: Decimal, persons: int, months: int) -> Reserve:
    """What may be taken of a balance; for how many months is kept, the court sets.

    Raises `BadFormulaValue`.
    """
    whole, reserve = amount("balance", balance), _kept(standard, persons, months)
    told = _needs(standard, persons, months, reserve)
    return _rest(whole, reserve, Words("余额", "balance"), (told, _MONTHS))


@exactly
def only_home(price: Decimal, monthly_rent: Decimal, years: int) -> Reserve:
    """What may be taken of the price of the only home: all above five to eight years' rent.

    Raises `BadFormulaValue`.
    """
    whole, rent = amount("price", price), amount("monthly_rent", monthly_rent)
    kept = rent * _MONTHS_OF_A_YEAR * count("years", years, _LEAST_YEARS, _MOST_YEARS)
    figures = f"{written(rent)} × {_MONTHS_OF_A_YEAR} × {years} = {written(kept)}"
    told = step(f"扣除 {years} 年租金：{figures}", f"{years} years' rent: {figures}", _HOME_LAW)
    return _rest(whole, kept, Words("变价款", "price"), (told,))


@exactly
def freeze_cap(claim: Decimal, double_interest: Decimal, fee: Decimal) -> Reserve:
    """The most that may be seized or frozen: the claim, its double interest, and the costs.

    Raises `BadFormulaValue`.
    """
    parts = (
        amount("claim", claim),
        amount("double_interest", double_interest),
        amount("fee", fee),
    )
    total = sum(parts, ZERO)
    figures = f"{' + '.join(map(written, parts))} = {written(total)}"
    zh = f"债权、加倍部分债务利息、执行费用：{figures}"
    told = step(zh, f"claim, double interest, costs: {figures}", _CAP_LAW)
    return Reserve(rounded(total), (told,))


@exactly
def no_surplus(reserve_price: Decimal, priority: Decimal, costs: Decimal) -> Reserve:
    """What an auction at its reserve price leaves after priority claims and costs.

    Nothing means that the creditor is told first, and may ask within five days to go on at a price
    above them. Raises `BadFormulaValue`.
    """
    price = amount("reserve_price", reserve_price)
    before = amount("priority", priority) + amount("costs", costs)
    zh, en = (
        f"优先债权和执行费用共 {written(before)}",
        f"priority claims and costs {written(before)}",
    )
    told = step(zh, en, _NO_SURPLUS_LAW)
    result = _rest(price, before, Words("保留价", "reserve price"), (told,))
    return result if result.amount else Reserve(ZERO, (*result.steps, _ASK_FIRST))


def _kept(standard: Decimal, persons: int, months: int) -> Decimal:
    """What those who live by it need for so many months."""
    people = count("persons", persons, 1, _MOST_PERSONS)
    return amount("standard", standard) * people * count("months", months, 1, _MOST_MONTHS)


def _needs(standard: Decimal, persons: int, months: int, kept: Decimal) -> FormulaStep:
    """How the living reserve came about."""
    figures = f"{written(standard)} × {persons} × {months} = {written(kept)}"
    zh = f"保留生活必需费用，当地标准 × 人数 × 月数：{figures}"
    en = f"kept to live, local standard × persons × months: {figures}"
    return step(zh, en, _LIVING_LAW)


def _rest(whole: Decimal, kept: Decimal, name: Words, told: Steps) -> Reserve:
    """What is above what is kept, and at least nothing."""
    rest = rounded(max(whole - kept, ZERO))
    figures = f"{written(whole)} − {written(kept)}"
    zh, en = f"{name.zh} {figures}，可供执行 {rest}", f"{name.en} {figures}: {rest} may be enforced"
    if kept > whole:
        zh, en = f"{zh}（不足保留，为零）", f"{en} (less than what is kept: nothing)"
    return Reserve(rest, (*told, step(zh, en)))


_MONTHS = convention(
    "保留的月数由法院确定，规定未明确（months）",
    "for how many months is kept the court sets; the rule names no number (months)",
)
_ASK_FIRST = step(
    "无剩余可能：拍卖前通知申请执行人；五日内申请继续的，重新确定的保留价须大于上述总额",
    "nothing would be left: the creditor is told before the auction and may ask within five days "
    "to go on; the new reserve price must be above that sum",
    _NO_SURPLUS_LAW,
)
