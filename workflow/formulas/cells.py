"""What formulas take, from the text of a table's cells, and what they give as text.

Several things in one cell are apart by `;`, the parts of one by `:`. Every error names its column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from ..errors import BadDate
from ..language import did_you_mean
from ..periods.parsing import parse_day
from .money import bad, expect

E = TypeVar("E", bound=StrEnum)
Cells = Mapping[str, str]
"""The cells of a row by the names of their columns."""

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_WHOLE = re.compile(r"[0-9]{1,6}")
_WIDE = str.maketrans("；：＝", ";:=")
"""The signs between things as a Chinese keyboard writes them."""


def money(name: str, text: str) -> Decimal:
    """An amount: digits, and a point where there are cents. Raises `BadFormulaValue`."""
    is_number = _NUMBER.fullmatch(text.strip()) is not None
    zh, en = "应为金额，如 1234.50，无分隔符", "an amount is expected, as 1234.50"
    expect(is_number, name, repr(text), zh, en)
    return Decimal(text.strip())


def whole(name: str, text: str) -> int:
    """A whole number. Raises `BadFormulaValue`."""
    is_whole = _WHOLE.fullmatch(text.strip()) is not None
    expect(is_whole, name, repr(text), "应为整数", "a whole number is expected")
    return int(text)


def day(name: str, text: str) -> date:
    """A date. Raises `BadFormulaValue`."""
    try:
        return parse_day(text)
    except BadDate:
        raise bad(
            name, repr(text), "应为日期 YYYY-MM-DD", "a date YYYY-MM-DD is expected"
        ) from None


def day_or_none(name: str, text: str) -> date | None:
    """A date, or None where the cell is empty. Raises `BadFormulaValue`."""
    return day(name, text) if text.strip() else None


def things(text: str) -> list[str]:
    """The things in a cell; those that are empty are left out."""
    return [thing.strip() for thing in text.translate(_WIDE).split(";") if thing.strip()]


def pairs(name: str, text: str, sign: str = ":") -> list[tuple[str, str]]:
    """Things of two parts, apart by the last such sign. Raises `BadFormulaValue`."""
    return [_pair(name, thing, sign) for thing in things(text)]


def _pair(name: str, thing: str, sign: str) -> tuple[str, str]:
    left, found, right = (part.strip() for part in thing.rpartition(sign))
    zh, en = f"应以“{sign}”分为两部分", f"two parts with {sign!r} between are expected"
    expect("" not in (found, left), name, repr(thing), zh, en)
    return left, right


def choice(name: str, text: str, kind: type[E], also: Mapping[str, E]) -> E:
    """One of a closed set, by its value or another word for it. Raises `BadFormulaValue`."""
    word = text.strip().lower()
    known = {**{str(value): value for value in kind}, **also}
    if word in known:
        return known[word]
    hint, listed = did_you_mean(word, known), ", ".join(kind)
    raise bad(name, repr(text), f"可用：{listed}{hint.zh}", f"one of {listed}{hint.en}")


Read = Callable[[str, str], object]
"""What makes a value of a name and a text."""


def given(name: str, text: str, asked: Mapping[str, Read]) -> dict[str, object]:
    """`name=value` things, each of them once and no other. Raises `BadFormulaValue`."""
    found = pairs(name, text, "=")
    are_asked = sorted(key for key, _ in found) == sorted(asked)
    listed = "; ".join(map("{}=".format, asked))
    expect(are_asked, name, repr(text), f"应为 {listed}", f"expected {listed}")
    return {key: asked[key](f"{name} {key}", value) for key, value in found}
