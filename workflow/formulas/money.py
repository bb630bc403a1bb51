"""Exact money: what counts as an amount, the one rounding, and cents that are left over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from functools import wraps
from types import UnionType
from typing import ParamSpec, TypeVar

from ..errors import BadFormulaValue

Values = ParamSpec("Values")
Result = TypeVar("Result")

CENT = Decimal("0.01")
ZERO = Decimal(0)
_CENTS = 100
_MOST = Decimal(10) ** 15
"""Beyond every amount in yuan."""
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
"""More digits than any product here has, whatever precision a host has set for its own."""


def exactly(function: Callable[Values, Result]) -> Callable[Values, Result]:
    """Have a function compute without losing a digit."""

    @wraps(function)
    def wrapped(*args: Values.args, **options: Values.kwargs) -> Result:
        with localcontext(_EXACT):
            return function(*args, **options)

    return wrapped


class Ties(StrEnum):
    """Who gets a cent that is left over where the fractions are equal; the law is silent.

    `order`: who is named first; `largest`: the larger claim, then who is named first.
    """

    ORDER = "order"
    LARGEST = "largest"


def is_number(value: object, kind: type | UnionType) -> bool:
    """Whether a value is of a type of numbers; a flag is none of them."""
    return isinstance(value, kind) and not isinstance(value, bool)


def amount(name: str, value: Decimal | int) -> Decimal:
    """An amount of money: not negative, in whole cents. Raises `BadFormulaValue`."""
    is_money, zh = is_number(value, Decimal | int), "金额须为 Decimal 或整数"
    expect(is_money, name, value, zh, "money is a Decimal or a whole number")
    exact = Decimal(value)
    is_in_range = exact.is_finite() and ZERO <= exact < _MOST
    expect(is_in_range, name, value, "金额须在 0 至 10^15 之间", "money lies between 0 and 10^15")
    is_exact = exact == rounded(exact)
    expect(is_exact, name, value, "金额至多两位小数", "money has at most two decimals")
    return exact


def count(name: str, value: int, least: int, most: int) -> int:
    """A whole number within its bounds. Raises `BadFormulaValue`."""
    fits = is_number(value, int) and least <= value <= most
    zh, en = f"须为 {least} 至 {most} 的整数", f"it is a whole number from {least} to {most}"
    expect(fits, name, value, zh, en)
    return value


def rate(name: str, value: Decimal) -> Decimal:
    """A rate: above nothing, at most one, of at most ten decimals. Raises `BadFormulaValue`."""
    is_rate = isinstance(value, Decimal) and value.is_finite() and ZERO < value <= 1
    fits = is_rate and value == round(value, 10)
    expect(fits, name, value, "利率须为 0 至 1 的小数", "a rate is a decimal between 0 and 1")
    return value


def bad(name: str, value: object, zh: str, en: str) -> BadFormulaValue:
    """That a value cannot be used, by its name and with why."""
    return BadFormulaValue(name=name, value=value, why_zh=zh, why_en=en)


def expect(fits: bool, name: str, value: object, zh: str, en: str) -> None:
    """A value fits; the words say what one must be. Raises `BadFormulaValue`."""
    if not fits:
        raise bad(name, value, zh, en)


def rounded(exact: Decimal) -> Decimal:
    """To a cent, half up: done once, at the end of a formula."""
    return exact.quantize(CENT, ROUND_HALF_UP)


def rounded_fraction(exact: Fraction) -> Decimal:
    """As `rounded`, of what has no end in decimals: at least nothing."""
    cents, left = divmod(exact.numerator * _CENTS, exact.denominator)
    return Decimal(cents + (2 * left >= exact.denominator)) * CENT


def written(exact: Decimal) -> str:
    """An amount as it is written: two decimals, no separators."""
    return f"{rounded(exact):.2f}"


def shares(total: Decimal, weights: Sequence[Decimal], ties: Ties = Ties.ORDER) -> list[Decimal]:
    """A total in whole cents split by weights, to the cent, so that the parts sum to it.

    Each part is cut down to whole cents; the cents that are left go one each to the largest cut
    fractions, ties as `ties` says (the method of largest remainders).
    """
    whole = sum(weights, ZERO)
    if not whole:
        return [ZERO for _ in weights]
    cents = int(total / CENT)
    units = [int(weight / CENT) for weight in weights]
    divided = [divmod(cents * unit, sum(units)) for unit in units]
    left = cents - sum(part for part, _ in divided)
    ranked = sorted(range(len(units)), key=lambda at: _rank(divided[at][1], units[at], ties))
    lucky = set(ranked[:left])
    return [(part + (at in lucky)) * CENT for at, (part, _) in enumerate(divided)]


def _rank(remainder: int, unit: int, ties: Ties) -> tuple[int, int]:
    """Where a part stands in the row of those who may get a cent; equals keep their order."""
    return -remainder, -unit if ties is Ties.LARGEST else 0
