"""The order in which a sum that was received pays what is owed (清偿顺序).

Costs of enforcement, then priority claims, then the title, then double interest; what is left goes
back to the debtor (SPC Fa Shi [2014] 8 art. 4; CPLI art. 508; 执行工作规定 art. 34).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from ..language import Words
from .explanation import FormulaStep, Steps, step
from .money import ZERO, amount, exactly, expect, rounded, written


class Owed(StrEnum):
    """What a received sum may pay, in the order of the law."""

    COSTS = "costs"
    PRIORITY = "priority"
    TITLE = "title"
    DOUBLE_INTEREST = "double_interest"


class _Kind(NamedTuple):
    """A kind of debt for people, and why it stands where it does."""

    name: Words
    law: Words


_KINDS = {
    Owed.COSTS: _Kind(
        Words("执行费用", "costs of enforcement"),
        Words(
            "民诉法解释第五百零八条；诉讼费用交纳办法第三十八条", "CPLI art. 508; Order 481 art. 38"
        ),
    ),
    Owed.PRIORITY: _Kind(
        Words("优先债权", "priority claims"),
        Words("民诉法解释第五百零八条", "CPLI art. 508"),
    ),
    Owed.TITLE: _Kind(
        Words("法律文书确定的金钱债务", "money of the title"),
        Words("法释〔2014〕8号第四条", "Fa Shi [2014] 8 art. 4"),
    ),
    Owed.DOUBLE_INTEREST: _Kind(
        Words("加倍部分债务利息", "double interest"),
        Words("法释〔2014〕8号第四条", "Fa Shi [2014] 8 art. 4"),
    ),
}
_SURPLUS = Words("执行工作规定第三十四条", "EWR art. 34")


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What of a received sum went where, and every step."""

    to_costs: Decimal
    to_priority: Decimal
    to_title: Decimal
    to_double_interest: Decimal
    surplus: Decimal
    steps: Steps


@exactly
def payment_order(
    received: Decimal,
    costs: Decimal,
    title: Decimal,
    double_interest_due: Decimal,
    priority: Decimal = ZERO,
    *,
    order: Sequence[Owed] = tuple(Owed),
) -> PaymentOrder:
    """What a received sum pays. `title` is principal, general interest and costs of suit in it.

    `order` is the one that the parties agreed upon, where they did (art. 4). Raises
    `BadFormulaValue`.
    """
    owed = {
        Owed.COSTS: amount("costs", costs),
        Owed.PRIORITY: amount("priority", priority),
        Owed.TITLE: amount("title", title),
        Owed.DOUBLE_INTEREST: amount("double_interest_due", double_interest_due),
    }
    zh, en = "须列出每一项，各一次", "it names every kind once"
    expect(sorted(order) == sorted(Owed), "order", ", ".join(order), zh, en)
    left = amount("received", received)
    paid = dict.fromkeys(Owed, ZERO)
    for kind in order:
        paid[kind] = rounded(min(left, owed[kind]))
        left -= paid[kind]
    return PaymentOrder(
        to_costs=paid[Owed.COSTS],
        to_priority=paid[Owed.PRIORITY],
        to_title=paid[Owed.TITLE],
        to_double_interest=paid[Owed.DOUBLE_INTEREST],
        surplus=rounded(left),
        steps=tuple(_told(owed, paid, order, left)),
    )


def _told(
    owed: Mapping[Owed, Decimal], paid: Mapping[Owed, Decimal], order: Sequence[Owed], left: Decimal
) -> list[FormulaStep]:
    """What each kind gets of what is owed, and what is left."""
    told = [] if tuple(order) == tuple(Owed) else [_AGREED]
    told += [_paid(kind, owed[kind], paid[kind]) for kind in order if owed[kind]]
    zh, en = f"余额 {written(left)} 退还被执行人", f"left for the debtor: {written(left)}"
    return [*told, step(zh, en, _SURPLUS)]


_AGREED = step(
    "按当事人另行约定的顺序", "in the order that the parties agreed upon", _KINDS[Owed.TITLE].law
)


def _paid(kind: Owed, owed: Decimal, paid: Decimal) -> FormulaStep:
    """What one kind gets."""
    name, law = _KINDS[kind]
    zh = f"{name.zh} {written(owed)}，清偿 {written(paid)}"
    return step(zh, f"{name.en} {written(owed)}: paid {written(paid)}", law)
