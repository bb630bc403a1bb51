"""The bank that keeps case funds 案款: an account for each case (一案一账号), money in and out, and
the day's statement.

Receipts come by themselves, also such that nobody expected; each is answered to the standing
request `receipts` of its account. A release and a refund are never sent twice: where nobody knows
what came of one a person looks into the statement. Two persons decide on a release
(法〔2021〕322号); that they are two is for the procedure, the bank is told who they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from .gateway import Gateway, by_name
from .protocol import Arrival, Operation
from .shapes import Asked, Money, Name, Price, Shape


class AccountRequest(Asked):
    """Open the account of a case, by the case's number."""

    case_number: Name


class AccountOpened(Shape):
    """The number of the account."""

    account: Name


class ByAccount(Asked):
    """About one account of a case."""

    account: Name


class Receipt(Shape):
    """Partly: one amount in yuan that came in, its number at the bank, who paid, what he wrote.

    At last (`is_closed`): the account is closed, and nothing more can come in.
    """

    account: Name
    receipt: str = ""
    amount: Price | None = None
    payer: str = ""
    memo: str = ""
    is_closed: bool = False


class ReleaseRequest(Asked):
    """Pay so many yuan from an account of a case to a payee.

    `voucher` is the court's own number of the payment; `decided_by` are the two who decided.
    """

    account: Name
    amount: Price
    payee: Name
    payee_account: Name
    voucher: Name
    decided_by: tuple[Name, Name]


class Paid(Shape):
    """The bank's number of a payment, its amount and what is left on the account, in yuan."""

    payment: Name
    amount: Price
    balance: Money


class RefundRequest(Asked):
    """Pay back what came in: all of a receipt, or so many yuan of it."""

    account: Name
    receipt: Name
    amount: Price | None = None


class AccountBalance(Shape):
    """What is on an account now, in yuan."""

    balance: Money


class StatementRequest(Asked):
    """The statement of a day: of one account, or of all of them where none is named."""

    day: date
    account: str = ""


class StatementLine(Shape):
    """One line of a statement: what came in (`receipt`) or went out, in yuan."""

    number: Name
    account: Name
    kind: Literal["receipt", "release", "refund"]
    amount: Price


class Statement(Shape):
    """A day at the bank, in yuan: opening and receipts less payments make closing, to the cent."""

    day: date
    opening: Money
    received: Money
    paid: Money
    closing: Money
    lines: tuple[StatementLine, ...] = ()


class CaseFunds(Gateway):
    """The adapter `case_funds`.

    What is done with one account goes in its order. Answers come on the same day, the statement
    the next morning; a request `receipts` stays open as long as its account.
    """

    name = "case_funds"
    operations: Mapping[str, Operation] = by_name(
        Operation("open_account", AccountRequest, AccountOpened, silence=timedelta(days=1)),
        Operation(
            "receipts",
            ByAccount,
            Receipt,
            latency=timedelta(hours=1),
            silence=timedelta(days=3650),
            taken_back_by="close_account",
        ),
        Operation(
            "release",
            ReleaseRequest,
            Paid,
            repeatable=False,
            ordered_by="account",
            at_a_time=1,
            latency=timedelta(hours=1),
            silence=timedelta(days=2),
        ),
        Operation(
            "refund",
            RefundRequest,
            Paid,
            repeatable=False,
            ordered_by="account",
            at_a_time=1,
            latency=timedelta(hours=1),
            silence=timedelta(days=2),
        ),
        Operation(
            "statement",
            StatementRequest,
            Statement,
            latency=timedelta(hours=12),
            silence=timedelta(days=2),
        ),
        Operation("balance", ByAccount, AccountBalance, arrives=Arrival.AT_ONCE),
        Operation("close_account", ByAccount, AccountOpened, silence=timedelta(days=2)),
    )
