"""What a payment pays: costs and fee of enforcement, then the claim in the order of the law.

SPC Fa Shi [2014] 8 art. 4: the title before double interest, unless agreed otherwise. Civil Code
art. 560, 561: within the title costs, interest, then principal; what fell due first before the
rest. What is not due yet comes after all that is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..formulas.delay_interest import Payment
from ..formulas.fees import enforcement_fee
from ..formulas.money import CENT, ZERO, rounded
from .debts import Account, Debt
from .title import OF_THE_COURT, Title, TitlePart, TitlePayment
from .views import PaymentStanding

_OF_CLAIM = tuple(part for part in TitlePart if part not in OF_THE_COURT)
_CENTS = 100
Pay = Callable[[Decimal], None]


class Slot(NamedTuple):
    """Something that a payment may pay: how much of it is left, and what to do with the money."""

    part: TitlePart
    is_due: bool
    period_ends: date
    place: int
    left: Decimal
    pay: Pay


@dataclass(slots=True)
class Crediting:
    """The payments of a title while they are gone through, in the order of their days."""

    title: Title
    debts: Sequence[Debt]
    enforced: Decimal = ZERO
    """What came through the court for creditors: on that the fee is taken."""
    fee_paid: Decimal = ZERO
    paid_by: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    """What each debtor paid on the claim."""

    def fee_left(self, more: Decimal) -> Decimal:
        """The fee that is owed once so much more has been enforced, less what was paid of it."""
        enforced = self.enforced + more
        if not self.title.has_fee or not enforced:
            return ZERO
        return max(enforcement_fee(enforced).fee - self.fee_paid, ZERO)

    def credit(self, payment: TitlePayment) -> PaymentStanding:
        """Pay with a payment what it pays."""
        to: dict[TitlePart, Decimal] = defaultdict(lambda: ZERO)
        left = payment.amount
        if payment.in_court:
            costs = self._slots(payment, (TitlePart.COSTS,))
            arisen = (slot for slot in costs if slot.is_due)
            left -= _pay(arisen, left, to)
        slots = self._slots(payment, _order(payment))
        claims = min(sum((slot.left for slot in slots), ZERO), self.room(payment.by))
        if payment.in_court:
            for_claims, for_fee = self._beside_fee(left, claims)
        else:
            for_claims, for_fee = min(left, claims), ZERO
        _pay(slots, for_claims, to)
        self._count(payment, for_claims, for_fee, to)
        surplus = rounded(left - for_claims - for_fee)
        return PaymentStanding(
            payment.day, payment.amount, payment.by, payment.in_court, dict(to), surplus
        )

    def room(self, debtor: str) -> Decimal:
        """The most that may still be taken from a debtor for the claim."""
        caps = {each.id: each.cap for each in self.title.debtors if each.cap is not None}
        if debtor not in caps:
            return Decimal("Infinity")
        return max(caps[debtor] - self.paid_by[debtor], ZERO)

    def _count(
        self,
        payment: TitlePayment,
        for_claims: Decimal,
        for_fee: Decimal,
        to: dict[TitlePart, Decimal],
    ) -> None:
        self.enforced += for_claims if payment.in_court else ZERO
        self.paid_by[payment.by] += for_claims
        self.fee_paid += for_fee
        if for_fee:
            to[TitlePart.FEE] = rounded(for_fee)

    def _beside_fee(self, received: Decimal, claims: Decimal) -> tuple[Decimal, Decimal]:
        """What of a received sum is for claims and what for the fee, which grows with it.

        As much for the claims as leaves the fee on it paid; a cent that is over is for the fee.
        """
        whole_fee = self.fee_left(claims)
        if received >= claims + whole_fee:
            return claims, whole_fee
        most = range(int(min(received, claims) * _CENTS) + 1)
        fitting = bisect_right(most, received, key=lambda cents: self._cost(cents * CENT))
        for_claims = max(fitting - 1, 0) * CENT
        return for_claims, received - for_claims

    def _cost(self, for_claims: Decimal) -> Decimal:
        return for_claims + self.fee_left(for_claims)

    def _slots(self, payment: TitlePayment, order: Sequence[TitlePart]) -> list[Slot]:
        """What a payment may pay of these parts, in their order."""
        found = [slot for slot in self._all_slots(payment) if slot.part in order and slot.left]
        return sorted(
            found,
            key=lambda slot: (
                not slot.is_due,
                order.index(slot.part),
                slot.period_ends,
                slot.place,
            ),
        )

    def _all_slots(self, payment: TitlePayment) -> Iterator[Slot]:
        for debt in self.debts:
            if debt.is_owed_by(payment.by):
                for account in debt.accounts:
                    yield from _of_account(account, debt, payment)
                yield _of_double_interest(debt, payment)


def _order(payment: TitlePayment) -> tuple[TitlePart, ...]:
    """The parts of the claim in the order in which a payment pays them."""
    order = dict.fromkeys((*payment.first, *_OF_CLAIM))
    if not payment.in_court:
        order.pop(TitlePart.PRIORITY)  # what was paid to the creditor paid nobody else
    return tuple(order)


def _of_account(account: Account, debt: Debt, payment: TitlePayment) -> Iterator[Slot]:
    """What is left of an item, and of the general interest on it."""
    day, by = payment.day, payment.by
    is_due, since = account.is_due(day), account.period_ends or date.min
    kind = account.item.kind

    def pay(sum_: Decimal) -> None:
        account.credits.append(Payment(day, sum_))
        debt.paid_by[by] += sum_ if account.is_of_claim else ZERO

    def pay_interest(sum_: Decimal) -> None:
        account.interest_paid += sum_
        debt.paid_by[by] += sum_

    yield Slot(kind, is_due, since, account.place, account.left, pay)
    interest = account.interest_left(day, debt.conventions)
    yield Slot(TitlePart.INTEREST, is_due, since, account.place, interest, pay_interest)


def _of_double_interest(debt: Debt, payment: TitlePayment) -> Slot:
    def pay(sum_: Decimal) -> None:
        debt.double_paid += sum_
        debt.paid_by[payment.by] += sum_

    left = debt.double_left(payment.day)
    return Slot(TitlePart.DOUBLE_INTEREST, True, date.max, 0, left, pay)


def _pay(slots: Iterable[Slot], received: Decimal, to: dict[TitlePart, Decimal]) -> Decimal:
    """Pay one after the other while there is money; gives what was used."""
    left = received
    for slot in slots:
        part = min(left, slot.left)
        if part:
            slot.pay(part)
            to[slot.part] = rounded(to[slot.part] + part)
            left -= part
    return received - left
