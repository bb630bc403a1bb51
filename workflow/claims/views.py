"""How a title stands on a day: what is due, of what, from whom and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..formulas.explanation import Steps
from .title import PART_NAMES, Liability, TitlePart


@dataclass(frozen=True, slots=True)
class PartStanding:
    """One part of what is owed: `paid` so far, `due` on the day, and `later` what falls due after
    it. `article_zh` and `article_en` say why it stands where it does."""

    part: TitlePart
    paid: Decimal
    due: Decimal
    later: Decimal
    article_zh: str = ""
    article_en: str = ""

    @property
    def title_zh(self) -> str:
        return PART_NAMES[self.part].zh

    @property
    def title_en(self) -> str:
        return PART_NAMES[self.part].en


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """One item: `left` of its `amount`, the general `interest` left on it, whether it is due.

    Where debtors owe by shares it is all their parts together. `period_ends` is the last day to pay
    it; None where none is known.
    """

    id: str
    kind: TitlePart
    amount: Decimal
    left: Decimal
    interest: Decimal
    period_ends: date | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class PaymentStanding:
    """What a payment paid, by part, and what of it is given back (`surplus`)."""

    day: date
    amount: Decimal
    by: str
    in_court: bool
    to: Mapping[TitlePart, Decimal]
    surplus: Decimal


@dataclass(frozen=True, slots=True)
class DebtorStanding:
    """One debtor: what may be taken from him for the claim (costs and fee of enforcement apart),
    and what he paid on it.

    Of those who owe together each owes all, so the sum of `due` may be more than the claim; no more
    than the claim is taken. `is_after_others`: only what the others cannot pay. `bears` is his part
    among the debtors, `may_recover` what he paid beyond it: to be asked of them, not in this case.
    """

    id: str
    liability: Liability
    due: Decimal
    paid: Decimal
    bears: Decimal
    may_recover: Decimal
    is_after_others: bool


@dataclass(frozen=True, slots=True)
class CreditorStanding:
    """One creditor: his part of what is due and of what was paid on the claim."""

    id: str
    due: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a title stands at the end of `day`, all payments of that day included.

    `due` is what pays it in full on that day, costs and fee with it; `later` falls due after it.
    What was paid in all is what the parts were paid and the `surplus`.
    """

    day: date
    due: Decimal
    later: Decimal
    paid: Decimal
    surplus: Decimal
    parts: tuple[PartStanding, ...]
    items: tuple[ItemStanding, ...]
    payments: tuple[PaymentStanding, ...]
    debtors: tuple[DebtorStanding, ...]
    creditors: tuple[CreditorStanding, ...]
    steps: Steps

    def part(self, part: TitlePart) -> PartStanding:
        """One part of what is owed."""
        return next(one for one in self.parts if one.part is part)

    def as_json(self) -> dict[str, Any]:
        """The whole as plain data, amounts as text."""
        return _plain_fields(self)


def _plain_fields(view: Any) -> dict[str, Any]:
    """The fields of a view as JSON has them."""
    return {name: _plain(getattr(view, name)) for name in view.__dataclass_fields__}


def _plain(value: Any) -> Any:
    """A value as JSON has it: amounts and days as text, so that no digit is lost."""
    if hasattr(value, "as_json"):
        return value.as_json()
    if isinstance(value, tuple):
        return list(map(_plain, value))
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return _plain_fields(value)
    return value if isinstance(value, bool | None) else str(value)
