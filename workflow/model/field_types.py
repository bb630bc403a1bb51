"""The types of case data: from text or JSON to typed values, to stored form, and to guards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from operator import methodcaller
from types import UnionType
from typing import Any

from ..errors import DataError
from ..formulas.money import is_number
from ..language import Words
from ..source.characters import is_clean
from .identities import is_standing

Value = Any
"""A typed value of case data.

Text, int, Decimal, date, aware datetime, bool, or a list of those.
"""


class FieldType(StrEnum):
    """What a field of a case can hold."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    FLAG = "flag"
    CHOICE = "choice"
    LIST = "list"
    PARTY = "party"
    IDENTITY = "identity"
    RECORDS = "records"


MAX_TEXT = 20_000
MAX_NUMBER = 10**18
MAX_MONEY = Decimal(10) ** 16
_CENT = Decimal("0.01")
_MOST_SHOWN = 80
_DIGITS = re.compile(r"[-+]?[0-9]{1,18}")
_AMOUNT = re.compile(r"[-+]?[0-9]{1,40}(\.[0-9]{1,40})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]")
_NO_TIME = Words(
    "应为日期，不带时间：写当地的日期 YYYY-MM-DD",
    "must be a date without a time: write the local day, YYYY-MM-DD",
)
_NO_ZONE = Words(
    "时间缺少时区，应带偏移（如 2025-03-03T09:00+08:00）",
    "the time lacks a time zone: write its offset, as in 2025-03-03T09:00+08:00",
)
_PARTY = re.compile(r"[A-Za-z0-9_.:-]{1,100}\Z")


class _Wrong(Exception):
    """A value does not fit; the words say what was expected."""

    def __init__(self, zh: str, en: str) -> None:
        self.words = Words(zh, en)


def _expect(fits: bool, zh: str, en: str) -> None:
    if not fits:
        raise _Wrong(zh, en)


def _text(value: Any) -> str:
    _expect(isinstance(value, str), "应为文字", "must be text")
    too_long = Words(f"超过 {MAX_TEXT} 字", f"longer than {MAX_TEXT} characters")
    _expect(len(value) <= MAX_TEXT, *too_long)
    words = "must not hold control characters, or such as turn a text"
    _expect(is_clean(value, has_lines=True), "不得含控制字符或改变文字方向的字符", words)
    return str(value)


def _number(value: Any) -> int:
    """A whole number, also from its digits."""
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = int(value)
    is_in_range = is_number(value, int) and abs(value) <= MAX_NUMBER
    _expect(is_in_range, "应为整数", "must be a whole number")
    return int(value)


def _money(value: Any) -> Decimal:
    """An amount with exactly two decimals; a float is never one."""
    zh, en = "金额应写为十进制数（如 1234.50）", "money is a decimal such as 1234.50, not a float"
    _expect(is_number(value, int | str | Decimal), zh, en)
    amount = _amount(value)
    is_in_range = amount.is_finite() and abs(amount) < MAX_MONEY
    _expect(is_in_range, "金额超出范围", "the amount is out of range")
    exact = amount.quantize(_CENT)
    _expect(amount == exact, "金额最多两位小数", "money has at most two decimals")
    return exact


def _amount(value: int | str | Decimal) -> Decimal:
    """A number of money; of a text its digits alone, so that there is one way to write it."""
    if isinstance(value, int):
        _expect(abs(value) < MAX_MONEY, "金额超出范围", "the amount is out of range")
    if isinstance(value, str):
        is_written = _AMOUNT.fullmatch(value.strip()) is not None
        _expect(is_written, "不是金额", "not an amount of money")
    return Decimal(value)


def _date(value: Any) -> date:
    is_text = isinstance(value, str)
    is_moment = isinstance(value, datetime) or (is_text and _TIMED.match(value))
    _expect(not is_moment, *_NO_TIME)
    if isinstance(value, date):
        return value
    try:
        if is_text and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:  # a day that no calendar has
        pass
    raise _Wrong("应为日期 YYYY-MM-DD", "must be a date YYYY-MM-DD")


def _datetime(value: Any) -> datetime:
    """An instant, kept in UTC."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (ValueError, TypeError):  # a text that is no time, or no text
        raise _Wrong("应为带时区的时间", "must be a date and time with a time zone") from None
    _expect(moment.tzinfo is not None, *_NO_ZONE)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _Wrong("时间超出范围", "the time is out of range") from None


def _flag(value: Any) -> bool:
    _expect(isinstance(value, bool), "应为是或否（true/false）", "must be true or false")
    return bool(value)


def _list(value: Any) -> list[str]:
    _expect(isinstance(value, list | tuple), "应为列表", "must be a list")
    return list(map(_text, value))


def _party(value: Any) -> str:
    is_id = isinstance(value, str) and _PARTY.match(value) is not None
    _expect(is_id, "应为当事人编号", "must be the id of a party")
    return str(value)


def _identity(value: Any) -> str:
    """A document number as cases hold it: whoever writes one, the engine shortens it first."""
    zh, en = "证件号码须由系统脱敏后写入", "a document number is shortened by the engine first"
    _expect(is_standing(value), zh, en)
    return str(value)


def _records(value: Any) -> list[Any]:
    """Records are typed by the fields of their list (`parse_records`), and never without."""
    raise _Wrong("记录须按其列表的字段写入", "records are written by the fields of their list")


_PARSERS: dict[FieldType, Callable[[Any], Value]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.FLAG: _flag,
    FieldType.CHOICE: _text,
    FieldType.LIST: _list,
    FieldType.PARTY: _party,
    FieldType.IDENTITY: _identity,
    FieldType.RECORDS: _records,
}


def parse(field: str, kind: FieldType, value: Any, choices: frozenset[str] | None = None) -> Value:
    """A value for a field, typed. Raises `DataError` naming the field and what was expected."""
    try:
        typed = _PARSERS[kind](value)
        _keep_to(choices, typed)
    except _Wrong as wrong:
        why_zh, why_en = wrong.words
        shown = _shown(value)
        raise DataError(field=field, value=shown, why_zh=why_zh, why_en=why_en) from None
    return typed


def _keep_to(choices: frozenset[str] | None, value: Value) -> None:
    """A field of choices takes one of them."""
    if choices is not None and value not in choices:
        listed = ", ".join(sorted(choices))
        raise _Wrong(f"可选值为 {listed}", f"must be one of {listed}")


def _shown(value: Any) -> str:
    try:
        text = ascii(value) if isinstance(value, str) and not is_clean(value) else repr(value)
    except (ValueError, RecursionError):  # too many digits, or lists in lists without end
        text = type(value).__name__
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}…"


def masked(value: Any) -> str:
    """A value as outsiders may see it: its first and last character, the rest hidden."""
    text = str(value)
    if len(text) <= 2:
        return "*" * len(text)
    return text[0] + "*" * (len(text) - 2) + text[-1]


_REVIVERS: dict[FieldType, Callable[[Any], Value]] = {
    FieldType.MONEY: Decimal,
    FieldType.DATE: date.fromisoformat,
    FieldType.DATETIME: datetime.fromisoformat,
}


def reviver(kind: FieldType) -> Callable[[Any], Value] | None:
    """What turns a stored JSON value of this type back into a typed one.

    None when it is stored as it is.
    """
    return _REVIVERS.get(kind)


def revived(kind: FieldType, stored: Any) -> Any:
    """A stored JSON value of a type, typed again; what is typed already is as it was."""
    revive = _REVIVERS.get(kind)
    return revive(stored) if revive is not None and isinstance(stored, str) else stored


def to_json(value: Any) -> Any:
    """`json.dumps(default=…)` for typed values: money as its digits, days and times in ISO form."""
    for kind, written in _WRITTEN:
        if isinstance(value, kind):
            return written(value)
    raise TypeError(f"{type(value).__name__} is not case data")


_WRITTEN: tuple[tuple[type | UnionType, Callable[[Any], Any]], ...] = (
    (Decimal, str),
    (date, methodcaller("isoformat")),
    (set | frozenset, sorted),
    (tuple, list),
)
