"""A title read off the facts of a case, as the definition says where they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from ..formulas import cells
from ..formulas.delay_interest import Excluded
from ..formulas.general_interest import Per, Rate
from ..formulas.money import bad, expect
from ..model.parts import Claim
from .title import (
    ItemInterest,
    Liability,
    Title,
    TitleCreditor,
    TitleDebtor,
    TitleItem,
    TitlePart,
    TitlePayment,
)

Data = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)
_DATED = re.compile(r"(?:(\d{4}-\d{2}-\d{2})\s+)?([0-9.]+)\s*([%％]?)")
_SHARE = re.compile(r"([0-9.]{1,20})(?:/(?!0+$)([0-9]{1,10})|\s*([%％]))?")
"""A number, and of how many it is so many: of any but none, or of a hundred."""
_WIDE = str.maketrans("，、；", ",,,")
_WHOLES = {"": 1, "%": 100, "％": 100}
"""Of how many a number is so many, by the sign behind it."""
_ONE = Decimal(1)


class _Record(NamedTuple):
    """One record of a list, known by where it stands."""

    where: str
    values: Data

    @property
    def id(self) -> str:
        return str(self.values["id"])

    def get(self, name: str) -> Any:
        """A value, or None where it is not known."""
        return self.values.get(name)

    def need(self, name: str) -> Any:
        """A value that has to be known. Raises `BadFormulaValue`."""
        found = self.get(name)
        expect(found is not None, self.at(name), None, "尚未填写", "it is not known yet")
        return found

    def choice(self, name: str, otherwise: Word) -> Word:
        """One of a closed set of words; `otherwise` where none is said."""
        return type(otherwise)(self.get(name) or otherwise)

    def text(self, name: str) -> str:
        """What is written, without the spaces around it; nothing where it is not known."""
        return str(self.get(name) or "").strip()

    def at(self, name: str) -> str:
        """By what an error names a value."""
        return f"{self.where}.{name}"


def title_of(claim: Claim, data: Data) -> Title:
    """The title of a case. Raises `BadFormulaValue`, by the name of the field."""
    return Title(
        items=tuple(_items(claim, data)),
        debtors=tuple(map(_debtor, _records(claim.debtors, data))),
        creditors=tuple(map(_creditor, _records(claim.creditors, data))),
        excluded=tuple(map(_excluded, _records(claim.excluded, data))),
        effective_on=_field(claim.effective_on, data),
        accelerated_on=_field(claim.accelerated_on, data),
    )


def recorded_payments(claim: Claim, data: Data) -> list[TitlePayment]:
    """What was paid, as the records of the case have it. Raises `BadFormulaValue`."""
    records = chain.from_iterable(_records(name, data) for name in claim.payments)
    return list(map(_payment, records))


def _field(name: str | None, data: Data) -> Any:
    """A field of the case; None where the claim names none."""
    return data.get(name) if name is not None else None


def _records(name: str | None, data: Data) -> Iterator[_Record]:
    """The records of a list of the case; none where the claim names no list."""
    listed: Iterable[Data] = _field(name, data) or ()
    return (_Record(f"{name}.{record['id']}", record) for record in listed)


def _items(claim: Claim, data: Data) -> Iterator[TitleItem]:
    """The items that are recorded; where none is, the principal as one."""
    recorded = list(map(_item, _records(claim.items, data)))
    yield from recorded
    principal = _field(claim.principal, data)
    if not recorded and claim.principal is not None and principal is not None:
        yield TitleItem(claim.principal, principal, period_ends=_field(claim.due_on, data))


def _item(record: _Record) -> TitleItem:
    """A sum that the title orders, of principal where its kind is not said."""
    return TitleItem(
        id=record.id,
        amount=record.need("amount"),
        kind=record.choice("kind", TitlePart.PRINCIPAL),
        period_ends=record.get("period_ends"),
        interest=_interest(record),
        doubles=record.get("doubles"),
        owed_by=tuple(_ids(record.get("owed_by"))),
    )


def _interest(record: _Record) -> ItemInterest | None:
    """The general interest of an item: none where nothing of it is said."""
    if record.get("interest_from") is None and not record.text("rates"):
        return None
    since: date = record.need("interest_from")
    record.need("rates")
    return ItemInterest(since, tuple(_rates(record)), record.get("interest_until"))


def _rates(record: _Record) -> Iterator[Rate]:
    """`6%`, or `DAY RATE` apart by `;`, each times the multiple."""
    multiple = _number(record, "multiple", record.text("multiple") or "1") or _ONE
    per = record.choice("per", Per.YEAR)
    for thing in cells.things(record.text("rates")):
        found = _DATED.fullmatch(thing)
        if found is None:
            raise _unread(record, "rates", thing, "6%; 2024-10-21 3.1%")
        since = cells.day(record.at("rates"), found[1]) if found[1] else None
        written = _number(record, "rates", found[2]) / _WHOLES[found[3]]
        yield Rate(written * multiple, per, since)


def _number(record: _Record, name: str, text: str) -> Decimal:
    """A number as it is written. Raises `BadFormulaValue` by its field."""
    return cells.money(record.at(name), text)


def _unread(record: _Record, name: str, text: str, form: str) -> Exception:
    return bad(record.at(name), text, f"应写作 {form}", f"it is written as {form}")


def _debtor(record: _Record) -> TitleDebtor:
    """Who owes, with the others for all where nothing else is said."""
    liability = record.choice("liability", Liability.JOINT)
    return TitleDebtor(record.id, liability, _share(record), record.get("cap"))


def _creditor(record: _Record) -> TitleCreditor:
    return TitleCreditor(record.id, _share(record) or Fraction(1))


def _share(record: _Record) -> Fraction | None:
    """`1/3`, `30%` or `0.3`; None where nothing is written."""
    text = record.text("share")
    if not text:
        return None
    found = _SHARE.fullmatch(text)
    if found is None:
        raise _unread(record, "share", text, "1/3, 30%, 0.3")
    whole = found[2] or _WHOLES[found[3] or ""]
    return Fraction(_number(record, "share", found[1])) / int(whole)


def _excluded(record: _Record) -> Excluded:
    return Excluded(record.need("since"), record.get("until"))


def _payment(record: _Record) -> TitlePayment:
    """What was paid: through the court, where it is not said to have gone past it."""
    return TitlePayment(
        day=record.need("paid_on"),
        amount=record.need("amount"),
        by=record.text("by"),
        in_court=record.get("in_court") is not False,
        first=tuple(_part(record, name) for name in _ids(record.get("first"))),
    )


def _part(record: _Record, name: str) -> TitlePart:
    return cells.choice(record.at("first"), name, TitlePart, {})


def _ids(value: Any) -> Iterator[str]:
    """The ids in a list, or in a text with commas."""
    listed = value if isinstance(value, list) else str(value or "").translate(_WIDE).split(",")
    return filter(None, (str(one).strip() for one in listed))
