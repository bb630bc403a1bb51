"""What is due by a title on a day, from what was paid until then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, groupby

from ..formulas.delay_interest import FirstDay
from ..formulas.general_interest import DaysOfYear
from ..formulas.money import ZERO, exactly, rounded
from .crediting import Crediting
from .debts import Account, Conventions, Debt, debts_of
from .sharing import creditors_at, debtors_at
from .telling import ARTICLES, told
from .title import Title, TitlePart, TitlePayment, check_title
from .views import ItemStanding, PartStanding, PaymentStanding, Standing


@exactly
def standing(
    title: Title,
    payments: Iterable[TitlePayment],
    day: date,
    *,
    first_day: FirstDay = FirstDay.EXCLUDED,
    days_of_year: DaysOfYear = DaysOfYear.D365,
) -> Standing:
    """How a title stands on a day, its payments credited in the order of their days.

    Payments after the day are left out. Double interest is rounded once for what the same debtors
    owe together, general interest once for each item, the fee once on all that is enforced. Raises
    `BadFormulaValue`, `BeforeDelayRule`.
    """
    given = list(payments)
    check_title(title, given)
    counted = sorted((one for one in given if one.day <= day), key=lambda one: one.day)
    crediting = Crediting(title, debts_of(title, Conventions(first_day, days_of_year)))
    credited = tuple(map(crediting.credit, counted))
    parts = tuple(_parts(crediting, credited, day))
    debtors = tuple(debtors_at(title, crediting, day))
    creditors = tuple(creditors_at(title, crediting.debts, day))
    return Standing(
        day=day,
        due=_total(part.due for part in parts),
        later=_total(part.later for part in parts),
        paid=_total(payment.amount for payment in counted),
        surplus=_total(payment.surplus for payment in credited),
        parts=parts,
        items=tuple(_items(crediting.debts, day)),
        payments=credited,
        debtors=debtors,
        creditors=creditors,
        steps=tuple(told(crediting, day, credited, debtors, creditors)),
    )


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return rounded(sum(amounts, ZERO))


def _parts(
    crediting: Crediting, credited: Sequence[PaymentStanding], day: date
) -> Iterator[PartStanding]:
    """Every part, in the order of the law."""
    left = list(chain.from_iterable(_left(debt, day) for debt in crediting.debts))
    claims = sum((sum_ for part, is_due, sum_ in left if is_due and _bears_fee(part)), ZERO)
    left.append((TitlePart.FEE, True, crediting.fee_left(claims)))
    for part in TitlePart:
        yield PartStanding(
            part,
            _total(payment.to.get(part, ZERO) for payment in credited),
            _total(sum_ for of, is_due, sum_ in left if of is part and is_due),
            _total(sum_ for of, is_due, sum_ in left if of is part and not is_due),
            *ARTICLES[part],
        )


def _bears_fee(part: TitlePart) -> bool:
    return part is not TitlePart.COSTS


def _left(debt: Debt, day: date) -> Iterator[tuple[TitlePart, bool, Decimal]]:
    """What is left of each part of a debt, and whether it is due."""
    for account in debt.accounts:
        is_due = account.is_due(day)
        yield account.item.kind, is_due, account.left
        yield TitlePart.INTEREST, is_due, account.interest_left(day, debt.conventions)
    yield TitlePart.DOUBLE_INTEREST, True, debt.double_left(day)


def _items(debts: Sequence[Debt], day: date) -> Iterator[ItemStanding]:
    """Every item as the title has it, the parts of several debtors together."""
    pairs = [(account, debt) for debt in debts for account in debt.accounts]
    pairs.sort(key=lambda pair: pair[0].place)
    for _, group in groupby(pairs, key=lambda pair: pair[0].place):
        held = list(group)
        first: Account = held[0][0]
        yield ItemStanding(
            id=first.item.id,
            kind=first.item.kind,
            amount=rounded(first.item.amount),
            left=_total(account.left for account, _ in held),
            interest=_total(one.interest_left(day, debt.conventions) for one, debt in held),
            period_ends=first.period_ends,
            is_due=first.is_due(day),
        )
