"""The fee for enforcement and the fee for preservation.

诉讼费用交纳办法 (State Council Order 481) art. 14, in force since 2007-04-01. The tables of law
hold the same tariffs, and those before them, as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..language import Words
from .explanation import FormulaStep, Steps, step
from .money import ZERO, amount, exactly, expect, rounded, written
from .tariff import Bracket, Charged, Tariff

_ENFORCEMENT_LAW = Words("诉讼费用交纳办法第十四条第一项", "Order 481 art. 14(1)")
_PRESERVATION_LAW = Words("诉讼费用交纳办法第十四条第二项", "Order 481 art. 14(2)")
_PAID_LATER = Words("诉讼费用交纳办法第二十条第二款、第三十八条", "Order 481 art. 20(2), 38")
_PER_CENT = 100


def _tariff(cap: str | None, *steps: tuple[str | None, str, str]) -> Tariff:
    """A tariff from the texts of its figures: up to, rate, fixed."""
    brackets = tuple(
        Bracket(Decimal(up_to) if up_to else None, Decimal(rate), Decimal(fixed))
        for up_to, rate, fixed in steps
    )
    return Tariff(brackets, Decimal(cap) if cap else None)


ENFORCEMENT = _tariff(
    None,
    ("10000", "0", "50"),
    ("500000", "0.015", "0"),
    ("5000000", "0.01", "0"),
    ("10000000", "0.005", "0"),
    (None, "0.001", "0"),
)
PRESERVATION = _tariff("5000", ("1000", "0", "30"), ("100000", "0.01", "0"), (None, "0.005", "0"))
LEAST_WITHOUT_AMOUNT, MOST_WITHOUT_AMOUNT = Decimal(50), Decimal(500)


@dataclass(frozen=True, slots=True)
class CourtFee:
    """A fee, and every step of its tariff."""

    fee: Decimal
    steps: Steps


@exactly
def enforcement_fee(amount_enforced: Decimal, *, tariff: Tariff = ENFORCEMENT) -> CourtFee:
    """The fee on the amount enforced; the debtor pays it after enforcement, nobody in advance.

    Raises `BadFormulaValue`.
    """
    exact = amount("amount_enforced", amount_enforced)
    steps = (*_told(tariff, exact, _ENFORCEMENT_LAW), _BY_THE_DEBTOR)
    return CourtFee(tariff.of(exact), steps)


@exactly
def enforcement_fee_without_amount(set_by_court: Decimal) -> CourtFee:
    """The fee where nothing can be counted in money: what the court sets, from 50 to 500.

    Raises `BadFormulaValue`.
    """
    fee = amount("fee", set_by_court)
    fits = LEAST_WITHOUT_AMOUNT <= fee <= MOST_WITHOUT_AMOUNT
    zh, en = "没有金额的，每件 50 元至 500 元", "without an amount it is from 50 to 500"
    expect(fits, "fee", set_by_court, zh, en)
    zh, en = f"没有执行金额，法院确定 {written(fee)}", f"no amount: the court sets {written(fee)}"
    return CourtFee(rounded(fee), (step(zh, en, _ENFORCEMENT_LAW), _BY_THE_DEBTOR))


@exactly
def preservation_fee(preserved: Decimal, *, tariff: Tariff = PRESERVATION) -> CourtFee:
    """The fee on the amount that is in fact preserved; 0 where it is about no sum.

    Raises `BadFormulaValue`.
    """
    exact = amount("amount", preserved)
    return CourtFee(tariff.of(exact), tuple(_told(tariff, exact, _PRESERVATION_LAW)))


_BY_THE_DEBTOR = step(
    "不预交，执行后由被执行人交纳", "not in advance: after enforcement, by the debtor", _PAID_LATER
)


@exactly
def _told(tariff: Tariff, exact: Decimal, law: Words) -> list[FormulaStep]:
    """Every step of the tariff that the amount reaches, the sum, and the cap where it binds."""
    charged = list(tariff.charged(exact))
    total = sum((part.pays for part in charged), ZERO)
    zh, en = "四舍五入到分（只舍入一次）", "rounded half up to a cent once"
    if tariff.cap is not None and total > tariff.cap:
        zh, en = f"最多不超过 {tariff.cap}", f"but at most {tariff.cap}"
    fee = tariff.of(exact)
    last = step(f"合计 {total:f}，{zh}：{fee}", f"sum {total:f}, {en}: {fee}", law)
    return [*map(_charged, charged), last]


def _charged(part: Charged) -> FormulaStep:
    """What one step takes: a fixed sum, or a share."""
    bracket = part.bracket
    where = Words(f"超过 {part.above} 的部分", f"the part above {part.above}")
    if not part.above:
        where = Words(f"不超过 {bracket.up_to} 的部分", f"the part up to {bracket.up_to}")
    share = f"{part.part:f} × {(bracket.rate * _PER_CENT).normalize():f}%"
    figures = share if bracket.rate else f"{bracket.fixed}"
    zh = f"{where.zh}：{figures} = {part.pays:f}"
    return step(zh, f"{where.en}: {figures} = {part.pays:f}")
