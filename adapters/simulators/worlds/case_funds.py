"""A bank: accounts of cases, money that comes in by itself, payments, and the day's statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from ...case_funds import (
    AccountBalance,
    AccountOpened,
    AccountRequest,
    ByAccount,
    CaseFunds,
    Paid,
    Receipt,
    RefundRequest,
    ReleaseRequest,
    Statement,
    StatementLine,
    StatementRequest,
)
from ..world import Refused, World, cents, number_of

_SOON, _NEXT_MORNING = timedelta(hours=1), timedelta(hours=15)
_ZERO = Decimal("0.00")


@dataclass
class CaseAccount:
    """The account of a case; `watched_by` is the request that its receipts answer."""

    number: str
    case_number: str
    balance: Decimal = _ZERO
    watched_by: str = ""
    is_closed: bool = False


@dataclass
class Movement:
    """One amount in or out."""

    number: str
    account: str
    kind: Literal["receipt", "release", "refund"]
    amount: Decimal
    day: date
    payer: str = ""
    memo: str = ""
    refunded: Decimal = _ZERO


class CaseFundsWorld(World):
    """Accounts by number, and every movement in its order."""

    adapter = CaseFunds

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.accounts: dict[str, CaseAccount] = {}
        self.movements: list[Movement] = []

    # -- what happens of itself

    def on_receipt(self, account: str, amount: str, payer: str = "", memo: str = "") -> None:
        """Somebody pays into an account."""
        there, paid = self._open(account), cents(Decimal(amount))
        if paid <= 0:
            raise Refused("nothing is paid")
        number = number_of("RC", f"{account}:{len(self.movements)}")
        movement = Movement(number, account, "receipt", paid, self.today, payer, memo)
        self._book("", movement)
        if there.watched_by:
            self._tell(there.watched_by, movement)

    # -- requests

    def do_open_account(self, key: str, asked: AccountRequest) -> None:
        number = number_of("AJ", asked.case_number)
        if number in self.accounts:
            raise Refused("the case has an account")
        self.accounts[number] = CaseAccount(number, asked.case_number)
        self.note(key, "account", number, case_number=asked.case_number)
        self.say(key, AccountOpened(account=number))

    def do_receipts(self, key: str, asked: ByAccount) -> None:
        there = self._open(asked.account)
        if there.watched_by:
            raise Refused("another request is told of them")
        there.watched_by = key
        for movement in self.movements:
            if movement.account == there.number and movement.kind == "receipt":
                self._tell(key, movement)

    def do_release(self, key: str, asked: ReleaseRequest) -> None:
        self._pay(key, asked.account, asked.amount, "release", asked.payee, asked.voucher)

    def do_refund(self, key: str, asked: RefundRequest) -> None:
        receipt = self._receipt(asked)
        left = receipt.amount - receipt.refunded
        amount = left if asked.amount is None else asked.amount
        if amount > left or amount == 0:
            raise Refused("more than came in")
        self._pay(key, asked.account, amount, "refund", receipt.payer, receipt.number)
        receipt.refunded += amount

    def do_balance(self, key: str, asked: ByAccount) -> None:
        self.say(key, AccountBalance(balance=self._open(asked.account).balance))

    def do_statement(self, key: str, asked: StatementRequest) -> None:
        if asked.account:
            self._open(asked.account)
        if asked.day < self.today:
            self.then_statement(key, asked.day.isoformat(), asked.account)
            return
        if asked.day > self.today:
            raise Refused("the day has not come")
        self.plan(_NEXT_MORNING, "statement", key=key, day=str(asked.day), account=asked.account)

    def then_statement(self, key: str, day: str, account: str) -> None:
        mine = [m for m in self.movements if account in ("", m.account)]
        on = date.fromisoformat(day)
        opening = _balance([m for m in mine if m.day < on])
        lines = [m for m in mine if m.day == on]
        received = sum((m.amount for m in lines if m.kind == "receipt"), _ZERO)
        paid = sum((m.amount for m in lines if m.kind != "receipt"), _ZERO)
        told = Statement(
            day=on,
            opening=opening,
            received=received,
            paid=paid,
            closing=opening + received - paid,
            lines=tuple(map(_line, lines)),
        )
        self.say(key, told)

    def do_close_account(self, key: str, asked: ByAccount) -> None:
        there = self._open(asked.account)
        if there.balance:
            raise Refused("there is money on it")
        there.is_closed = True
        self.note(key, "closing", there.number)
        if there.watched_by:
            self.say(there.watched_by, Receipt(account=there.number, is_closed=True))
        self.say(key, AccountOpened(account=there.number))

    # -- how it is done

    def _open(self, number: str) -> CaseAccount:
        there = self.accounts.get(number)
        if there is None or there.is_closed:
            raise Refused("no such account")
        return there

    def _receipt(self, asked: RefundRequest) -> Movement:
        for movement in self.movements:
            wanted = asked.receipt, asked.account, "receipt"
            if (movement.number, movement.account, movement.kind) == wanted:
                return movement
        raise Refused("no such receipt")

    def _pay(
        self,
        key: str,
        account: str,
        amount: Decimal,
        kind: Literal["release", "refund"],
        payee: str,
        about: str,
    ) -> None:
        there = self._open(account)
        if amount > there.balance:
            raise Refused("more than is on the account")
        number = number_of("PM", key)
        self._book(key, Movement(number, account, kind, cents(amount), self.today, payee, about))
        self.say(key, Paid(payment=number, amount=amount, balance=there.balance), after=_SOON)

    def _book(self, key: str, movement: Movement) -> None:
        sign = 1 if movement.kind == "receipt" else -1
        self.accounts[movement.account].balance += sign * movement.amount
        self.movements.append(movement)
        about = movement.number, movement.payer, movement.memo
        told = dict(zip(("number", "payer", "memo"), about, strict=True))
        self.note(key, movement.kind, movement.account, movement.amount, **told)

    def _tell(self, key: str, movement: Movement) -> None:
        told = Receipt(
            receipt=movement.number,
            account=movement.account,
            amount=movement.amount,
            payer=movement.payer,
            memo=movement.memo,
        )
        self.say(key, told, "partial", is_final=False)


def _balance(movements: list[Movement]) -> Decimal:
    return sum((m.amount if m.kind == "receipt" else -m.amount for m in movements), _ZERO)


def _line(movement: Movement) -> StatementLine:
    return StatementLine(
        number=movement.number,
        account=movement.account,
        kind=movement.kind,
        amount=movement.amount,
    )
