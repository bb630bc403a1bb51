"""What is due by a title on a day, from what was paid until then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, groupby
from operator import attrgetter

from ..formulas.delay_interest import FirstDay
from ..formulas.general_interest import DaysOfYear
from ..formulas.money import ZERO, exactly, rounded
from .crediting import Crediting
from .debts import Conventions, Debt, debts_of
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
    counted = sorted((one for one in given if one.day <= day), key=attrgetter("day"))
    conventions = Conventions(first_day, days_of_year)
    crediting = Crediting(title, debts_of(title, conventions))
    credited = tuple(map(crediting.credit, counted))
    parts = tuple(_parts(crediting, credited, day))
    debtors = tuple(debtors_at(title, crediting, day))
    creditors = tuple(creditors_at(title, crediting.debts, day))
    return Standing(
        day=day,
        due=_total(map(attrgetter("due"), parts)),
        later=_total(map(attrgetter("later"), parts)),
        paid=_total(map(attrgetter("amount"), counted)),
        surplus=_total(map(attrgetter("surplus"), credited)),
        parts=parts,
        items=tuple(_items(crediting.debts, day, conventions)),
        payments=credited,
        debtors=debtors,
        creditors=creditors,
        steps=tuple(told(crediting, day, credited, debtors, creditors)),
    )


def _total(amounts: Iterable[Decimal]) -> Decimal:
    """Exact amounts summed first and rounded once."""
    return rounded(sum(amounts, ZERO))


def _parts(
    crediting: Crediting, credited: Sequence[PaymentStanding], day: date
) -> Iterator[PartStanding]:
    """Every part, in the order of the law."""
    due, later = _left(crediting.debts, day)
    for_creditors = sum(due.values(), ZERO) - due[TitlePart.COSTS]
    due[TitlePart.FEE] = crediting.fee_left(for_creditors)
    for part in TitlePart:
        yield PartStanding(
            part,
            _total(payment.to.get(part, ZERO) for payment in credited),
            rounded(due[part]),
            rounded(later[part]),
            *ARTICLES[part],
        )


_Sums = defaultdict[TitlePart, Decimal]


def _left(debts: Iterable[Debt], day: date) -> tuple[_Sums, _Sums]:
    """What is left of each part on a day: what is due of it, and what falls due later."""
    due, later = _Sums(Decimal), _Sums(Decimal)
    for debt in debts:
        due[TitlePart.DOUBLE_INTEREST] += debt.double_left(day)
        for account in debt.accounts:
            sums = due if account.is_due(day) else later
            sums[account.item.kind] += account.left
            sums[TitlePart.INTEREST] += account.interest_left(day, debt.conventions)
    return due, later


def _items(debts: Iterable[Debt], day: date, conventions: Conventions) -> Iterator[ItemStanding]:
    """Every item as the title has it, the parts of several debtors together."""
    place = attrgetter("place")
    accounts = chain.from_iterable(debt.accounts for debt in debts)
    for _, group in groupby(sorted(accounts, key=place), key=place):
        held = list(group)
        first = held[0]
        yield ItemStanding(
            id=first.item.id,
            kind=first.item.kind,
            amount=rounded(first.item.amount),
            left=_total(map(attrgetter("left"), held)),
            interest=_total(one.interest_left(day, conventions) for one in held),
            period_ends=first.period_ends,
            is_due=first.is_due(day),
        )
