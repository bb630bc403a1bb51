"""From whom what is due may be taken, and for whom: debtors and creditors of one title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter

from ..formulas.money import ZERO, rounded
from .crediting import Crediting
from .debts import Debt, split
from .title import Liability, Title, TitleDebtor
from .views import CreditorStanding, DebtorStanding

_CREDITED = attrgetter("credited")


def debtors_at(title: Title, crediting: Crediting, day: date) -> Iterator[DebtorStanding]:
    """What may be taken from each debtor, and how the debtors stand to one another."""
    dues = [debt.due(day) for debt in crediting.debts]
    borne = [_borne(title, debt, day) for debt in crediting.debts]
    for debtor in title.debtors:
        owed = _of(debtor, crediting.debts, dues)
        bears = sum((each.get(debtor.id, ZERO) for each in borne), ZERO)
        paid = sum((debt.paid_by[debtor.id] for debt in crediting.debts), ZERO)
        yield DebtorStanding(
            id=debtor.id,
            liability=debtor.liability,
            due=rounded(min(owed, crediting.room(debtor.id))),
            paid=rounded(paid),
            bears=rounded(bears),
            may_recover=rounded(max(paid - bears, ZERO)),
            is_after_others=debtor.liability is Liability.SUPPLEMENTARY,
        )


def _of(debtor: TitleDebtor, debts: Sequence[Debt], dues: Sequence[Decimal]) -> Decimal:
    """What is due of the debts that a debtor owes."""
    pairs = zip(debts, dues, strict=True)
    return sum((due for debt, due in pairs if debt.is_owed_by(debtor.id)), ZERO)


def _borne(title: Title, debt: Debt, day: date) -> Mapping[str, Decimal]:
    """What each debtor bears of a debt, what was paid of it and what is left: those who are only
    behind the others bear nothing."""
    bearers = [
        debtor
        for debtor in title.debtors
        if debtor.id in debt.debtors and debtor.liability is not Liability.SUPPLEMENTARY
    ]
    whole = debt.credited + debt.due(day) + debt.later(day)
    weights = {each.id: each.share or Fraction(1, len(bearers)) for each in bearers}
    return dict(zip(weights, split(whole, list(weights.values())), strict=True))


def creditors_at(title: Title, debts: Sequence[Debt], day: date) -> Iterator[CreditorStanding]:
    """The part of each creditor in what is due and in what was paid on the claim."""
    weights = [creditor.share for creditor in title.creditors]
    due = split(sum((debt.due(day) for debt in debts), ZERO), weights)
    paid = split(sum(map(_CREDITED, debts), ZERO), weights)
    for creditor, of_due, of_paid in zip(title.creditors, due, paid, strict=True):
        yield CreditorStanding(creditor.id, rounded(of_due), rounded(of_paid))
