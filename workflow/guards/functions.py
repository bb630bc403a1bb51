"""The functions that expressions may call: days and dates, money with its rounding, the formulas
of the law.

Money is in whole cents here, as expressions count it, and a day is midnight UTC of that day. What a
function rounds it rounds once, to a cent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import FormulaError
from ..formulas.catalogue import FORMULAS, Formula
from ..language import Words
from ..model.field_types import FieldType
from ..periods.period import add_months
from .messages import LAW_SAYS
from .variables import amount_of, cents, midnight

ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "half-up": lambda exact: floor(exact + Fraction(1, 2)),
    "down": floor,
    "up": ceil,
}
"""How a fraction of a cent is rounded, by the word for it; of less than nothing as of more."""

_LENGTH = re.compile(r"(-?[0-9]{1,4})(d|w|mo|y)")
_FACTOR = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18}|/[1-9][0-9]{0,17})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Function:
    """A function: the types of what it takes, the type of what it gives, and what it is for.

    Texts that it takes are written out: `forms` say what each must look like.
    """

    name: str
    takes: tuple[Taken, ...]
    gives: FieldType
    call: Callable[..., Any]
    words: Words
    forms: tuple[re.Pattern[str] | None, ...] = ()


def functions_for(zone: str) -> tuple[Function, ...]:
    """Every function, for definitions of a zone; of one name several that take different types."""

    def day(moment: datetime) -> datetime:
        return midnight(moment.astimezone(ZoneInfo(zone)).date())

    own = Function("day", (_MOMENT,), _DATE, day, Words("时刻所在的日期", "the day of an instant"))
    return (own, *_FUNCTIONS, *_of_law())


@cache
def _of_law() -> tuple[Function, ...]:
    """The formulas of the law that take amounts, days and numbers, and give an amount."""
    return tuple(filter(None, map(_formula, FORMULAS.values())))


def _formula(formula: Formula) -> Function | None:
    """A formula as expressions call it; None where it takes more than single values."""
    if formula.name in _OF_RATES:
        return None
    required = formula.required
    takes = tuple(_KIND_OF[kind] for kind in required.values() if kind in _KIND_OF)
    if len(takes) < len(required) or formula.gives is not Decimal:
        return None

    def call(*values: Any) -> int:
        given = (_VALUE_OF[kind](value) for kind, value in zip(takes, values, strict=True))
        try:
            return cents(formula.value(*given))
        except FormulaError as error:  # CEL hands on its words alone: those of both languages
            raise ValueError(f"{LAW_SAYS}{error.text('zh')} | {error.text('en')}") from None

    words = Words(
        f"{formula.title.zh}（{formula.citation.zh}）",
        f"{formula.title.en} ({formula.citation.en})",
    )
    return Function(f"law.{formula.name}", takes, _MONEY, call, words)


def _date(text: str) -> datetime:
    return midnight(date.fromisoformat(text))


def _days(first: datetime, last: datetime) -> int:
    return (last - first).days


def _add(day: datetime, length: str) -> datetime:
    found = _LENGTH.fullmatch(length)
    if found is None:
        raise ValueError(f"no length: {length}")
    amount, unit = int(found[1]), found[2]
    if unit in _MONTHS:
        return midnight(add_months(day.date(), amount * _MONTHS[unit]))
    return day + timedelta(days=amount * _DAYS[unit])


def _add_days(day: datetime, number: int) -> datetime:
    return day + timedelta(days=number)


_MONTHS = {"mo": 1, "y": 12}
_DAYS = {"d": 1, "w": 7}


def _times(cents: int, factor: str, rounding: str = "half-up") -> int:
    if _FACTOR.fullmatch(factor) is None:
        raise ValueError(f"no factor: {factor}")
    exact = cents * Fraction(factor)
    whole = ROUNDINGS[rounding](abs(exact))
    return whole if exact >= 0 else -whole


_DATE, _MOMENT, _MONEY = FieldType.DATE, FieldType.DATETIME, FieldType.MONEY
_NUMBER, _TEXT = FieldType.NUMBER, FieldType.TEXT
_KIND_OF: dict[Any, FieldType] = {
    Decimal: _MONEY,
    date: _DATE,
    date | None: _DATE,
    int: _NUMBER,
}
_OF_RATES = frozenset({"general_interest"})
"""What takes a rate beside amounts: `times` says it in an expression."""
_VALUE_OF: dict[FieldType, Callable[[Any], Any]] = {
    _MONEY: amount_of,
    _DATE: datetime.date,
    _NUMBER: int,
}
_ROUNDING = re.compile("|".join(ROUNDINGS))


@dataclass(frozen=True)
class ListOf:
    """A list of values of a type."""

    of: FieldType


Taken = FieldType | ListOf
"""What a function takes: a value of a type, or a list of them."""


def _sums() -> tuple[Function, ...]:
    """The sum of amounts, or of numbers."""
    words = Words("列表中各项之和", "the sum of a list")
    return tuple(Function("sum", (ListOf(k),), k, _sum, words) for k in (_MONEY, _NUMBER))


def _sum(items: Iterable[Any]) -> int:
    return sum(items)


def _of_two(name: str, choose: Callable[..., Any], zh: str, en: str) -> tuple[Function, ...]:
    """A choice of one of two that are of one type."""
    kinds = (_MONEY, _NUMBER, _DATE, _MOMENT)
    return tuple(Function(name, (k, k), k, choose, Words(zh, en)) for k in kinds)


_FUNCTIONS = (
    Function("date", (_TEXT,), _DATE, _date, Words("写明的日期", "a day written out"), (_DAY,)),
    Function(
        "days",
        (_DATE, _DATE),
        _NUMBER,
        _days,
        Words("前一日（不计）至后一日的天数", "the days after the first up to the second"),
    ),
    Function(
        "add",
        (_DATE, _TEXT),
        _DATE,
        _add,
        Words(
            "某日之后若干日（30d）、周（2w）、月（6mo）、年（3y）的日期",
            "the day so many days (30d), weeks (2w), months (6mo) or years (3y) later",
        ),
        (None, _LENGTH),
    ),
    Function(
        "add",
        (_DATE, _NUMBER),
        _DATE,
        _add_days,
        Words("某日之后若干日的日期（天数为数字）", "the day so many days (a number) later"),
    ),
    Function(
        "times",
        (_MONEY, _TEXT),
        _MONEY,
        _times,
        Words("金额乘以小数或分数，四舍五入到分", "an amount times a factor, half up to a cent"),
        (None, _FACTOR),
    ),
    Function(
        "times",
        (_MONEY, _TEXT, _TEXT),
        _MONEY,
        _times,
        Words(
            "同上，并写明进位方法：half-up、down 或 up",
            "the same with its rounding: half-up, down or up",
        ),
        (None, _FACTOR, _ROUNDING),
    ),
    *_sums(),
    *_of_two("least", min, "两者中较小（较早）的", "the smaller (earlier) of two"),
    *_of_two("greatest", max, "两者中较大（较晚）的", "the greater (later) of two"),
)
