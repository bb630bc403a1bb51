"""What is owed while payments are gone through: accounts of items, in debts of the same debtors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import lcm
from operator import attrgetter, itemgetter

from ..formulas.delay_interest import (
    DelayInterest,
    FirstDay,
    Instalment,
    Payment,
    delay_interest_as_credited,
)
from ..formulas.general_interest import (
    DaysOfYear,
    GeneralInterest,
    general_interest_on_what_is_left,
)
from ..formulas.money import CENT, ZERO, shares
from .title import Liability, Title, TitleItem, TitlePart, owing

_SUM = itemgetter(1)
_CREDITED = attrgetter("credited")
_ID = attrgetter("id")
_SHARE = attrgetter("share")


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the law leaves open."""

    first_day: FirstDay = FirstDay.EXCLUDED
    days_of_year: DaysOfYear = DaysOfYear.D365


@dataclass(slots=True)
class Account:
    """An item of the title, or the part of it that one debtor owes by share."""

    item: TitleItem
    amount: Decimal
    period_ends: date | None
    place: int
    credits: list[Payment] = field(default_factory=list)
    interest_paid: Decimal = ZERO

    @property
    def is_of_claim(self) -> bool:
        """Whether it is of the claim: all but costs, and what others are paid before."""
        return self.item.kind not in _OF_OTHERS

    @property
    def left(self) -> Decimal:
        """What of it no payment has paid yet, interest apart."""
        return self.amount - sum(map(_SUM, self.credits), ZERO)

    @property
    def credited(self) -> Decimal:
        """What was paid on it and on its general interest."""
        return self.amount - self.left + self.interest_paid

    def is_due(self, day: date) -> bool:
        """Whether its period is over; costs are due from their own day on."""
        if self.period_ends is None:
            return True
        if self.item.kind is TitlePart.COSTS:
            return self.period_ends <= day
        return self.period_ends < day

    def interest(self, day: date, conventions: Conventions) -> GeneralInterest | None:
        """The general interest up to a day, paid or not; None where it bears none by then."""
        given = self.item.interest
        if given is None or day <= given.since:
            return None
        return general_interest_on_what_is_left(
            self.amount,
            given.since,
            min(filter(None, (day, given.until))),
            given.rates,
            self.credits,
            days_of_year=conventions.days_of_year,
        )

    def interest_left(self, day: date, conventions: Conventions) -> Decimal:
        """The general interest up to a day that no payment has paid yet."""
        found = self.interest(day, conventions)
        return found.interest - self.interest_paid if found is not None else ZERO


@dataclass(slots=True)
class Debt:
    """What the same debtors owe together (none named: whoever pays). Its double interest is rounded
    once."""

    title: Title
    debtors: tuple[str, ...]
    accounts: list[Account]
    conventions: Conventions
    double_paid: Decimal = ZERO
    paid_by: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def is_owed_by(self, debtor: str) -> bool:
        """Whether a debtor owes it; what came from nobody by name may pay all."""
        return not debtor or not self.debtors or debtor in self.debtors

    def double_interest(self, day: date) -> DelayInterest | None:
        """The double interest up to a day, paid or not; None where nothing bears any by then."""
        bearing = [
            (Instalment(account.period_ends, account.amount), account.credits)
            for account in self.accounts
            if account.item.bears_double
            and account.period_ends is not None
            and account.period_ends < day
        ]
        if not bearing:
            return None
        return delay_interest_as_credited(
            bearing, day, self.title.excluded, first_day=self.conventions.first_day
        )

    def double_left(self, day: date) -> Decimal:
        """The double interest up to a day that no payment has paid yet."""
        found = self.double_interest(day)
        return found.double_interest - self.double_paid if found is not None else ZERO

    @property
    def claimed(self) -> list[Account]:
        """The accounts that are of the claim."""
        return [account for account in self.accounts if account.is_of_claim]

    @property
    def credited(self) -> Decimal:
        """What was paid on the claim."""
        return sum(map(_CREDITED, self.claimed), self.double_paid)

    def due(self, day: date) -> Decimal:
        """What of the claim is due on a day."""
        return self._left(day, True) + self.double_left(day)

    def later(self, day: date) -> Decimal:
        """What of the claim falls due after a day."""
        return self._left(day, False)

    def _left(self, day: date, is_due: bool) -> Decimal:
        """What is left of the items that are due, or of those that are not, with their interest."""
        listed = [account for account in self.claimed if account.is_due(day) is is_due]
        return sum((one.left + one.interest_left(day, self.conventions) for one in listed), ZERO)


_OF_OTHERS = (TitlePart.COSTS, TitlePart.PRIORITY)


def debts_of(title: Title, conventions: Conventions) -> list[Debt]:
    """The debts of a title, each of the accounts that the same debtors owe."""
    found: dict[tuple[str, ...], Debt] = {}
    for place, item in enumerate(title.items):
        for debtors, part in _parts(title, item):
            account = Account(item, part, title.due_after(item), place)
            debt = found.setdefault(debtors, Debt(title, debtors, [], conventions))
            debt.accounts.append(account)
    return list(found.values())


def _parts(title: Title, item: TitleItem) -> Iterator[tuple[tuple[str, ...], Decimal]]:
    """Who owes which part of an item: those by shares each his, the others the rest together."""
    own = owing(title, Liability.SHARE)
    if item.owed_by or item.kind in _OF_OTHERS or not own:
        yield item.owed_by or tuple(map(_ID, title.debtors)), item.amount
        return
    behind = tuple(map(_ID, owing(title, Liability.SUPPLEMENTARY)))
    others = tuple(map(_ID, owing(title, Liability.JOINT)))
    weights = list(map(_SHARE, own))
    *amounts, rest = split(item.amount, [*weights, 1 - sum(weights, Fraction())])
    for debtor, part in zip(own, amounts, strict=True):
        yield (debtor.id, *behind), part
    if others:
        yield (*others, *behind), rest


def split(total: Decimal, weights: list[Fraction]) -> list[Decimal]:
    """A total split to the cent by weights (the method of largest remainders)."""
    whole = reduce(lcm, (weight.denominator for weight in weights), 1)
    return shares(total, [int(weight * whole) * CENT for weight in weights])
