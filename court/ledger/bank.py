"""A bank's file of one day: CSV, a line for each movement.

Columns: `reference` (the bank's number of the movement), `amount` in yuan (what came in is
positive, what went out negative), `day` (2025-03-03), and where the bank says it `party`, `account`
and `memo`. Others are left unread.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, NoReturn

from .errors import BadStatement

NEEDED = ("reference", "amount", "day")
_LONGEST = 200
_CENT = Decimal("0.01")
_MOST = Decimal(10**13)


class BankLine(NamedTuple):
    """One movement at the bank: in where its amount is positive, out where it is negative."""

    reference: str
    amount: Decimal
    day: date
    party: str = ""
    account: str = ""
    memo: str = ""


def bank_lines(text: str) -> tuple[BankLine, ...]:
    """The lines of a bank's file. Raises `BadStatement` naming the line."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        lines = tuple(_read(reader))
    except csv.Error as error:
        _refuse(max(reader.line_num, 1), f"不是 CSV：{error}", f"it is no CSV: {error}")
    _check_each_once(lines)
    return lines


def _read(reader: csv.DictReader[str]) -> Iterator[BankLine]:
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        listed = ", ".join(missing)
        _refuse(1, f"缺少栏目 {listed}", f"there is no column {listed}")
    for row in reader:
        yield _line(row, reader.line_num)


def _line(row: Mapping[str, str | None], number: int) -> BankLine:
    given = {name: (value or "").strip()[:_LONGEST] for name, value in row.items() if name}
    if not given["reference"]:
        _refuse(number, "没有流水号", "it has no reference")
    texts = (given.get(name, "") for name in ("party", "account", "memo"))
    return BankLine(given["reference"], _amount(given, number), _day(given, number), *texts)


def _amount(given: Mapping[str, str], number: int) -> Decimal:
    """An amount that is exact to the cent and moves something."""
    written = given["amount"].replace(",", "")
    try:
        amount = Decimal(written)
    except InvalidOperation:
        amount = Decimal("NaN")
    is_sound = amount.is_finite() and 0 < abs(amount) < _MOST
    if not (is_sound and amount == amount.quantize(_CENT)):
        why_zh, why_en = (
            "金额应为非零的元，至多两位小数",
            "its amount must be yuan with two decimals",
        )
        _refuse(number, f"{why_zh}：{written}", f"{why_en}: {written}")
    return amount


def _day(given: Mapping[str, str], number: int) -> date:
    try:
        return date.fromisoformat(given["day"])
    except ValueError:
        _refuse(number, "日期应写作 2025-03-03", "its day must be written as 2025-03-03")


def _check_each_once(lines: tuple[BankLine, ...]) -> None:
    """A reference names one movement."""
    seen: set[str] = set()
    for number, line in enumerate(lines, 2):
        if line.reference in seen:
            _refuse(
                number, f"流水号重复：{line.reference}", f"again the reference {line.reference}"
            )
        seen.add(line.reference)


def _refuse(row: int, why_zh: str, why_en: str) -> NoReturn:
    raise BadStatement(row=row, why_zh=why_zh, why_en=why_en)
