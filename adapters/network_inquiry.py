"""The inquiry-and-control network 网络查控: property inquiries, freezes of deposits and their end.

The national and provincial networks differ in address, not in shape. A freeze is known by the
network's own number of it, which its answer brings; several freezes of one account stand in the
order of their receipt (轮候): who waits is told, and is told again (`promoted`) when he is first.
Its answers come within minutes, those of big banks within a day or two, some never
(法〔2015〕321号, 法释〔2013〕20号).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, ByNumber, Money, Name, Price, Shape

MOST_IN_A_WORKLIST = 200
"""How many persons or freezes one request may name."""
_Months = Annotated[int, Field(ge=1, le=12)]
_Optional = Annotated[str, Field(max_length=200)]


class InquiryRequest(Asked):
    """Ask every counterparty (banks, securities, vehicles …) for a person's property.

    `person` is the debtor's id.
    """

    person: Name


class AccountFound(Shape):
    """One account: at which bank, its number, its balance in yuan, and what is not frozen of it."""

    bank: Name
    account: Name
    balance: Money
    free: Money


class InquiryAnswer(Shape):
    """What has been found so far, in yuan, and how many counterparties are still to answer."""

    found: Decimal
    outstanding: int = 0
    accounts: tuple[AccountFound, ...] = ()


class BankInquiry(Asked):
    """Ask one bank for a person's accounts; `bank` is its code in the network."""

    person: Name
    bank: Name


class PersonFound(Shape):
    """What was found of one person, in yuan."""

    person: Name
    found: Money
    accounts: tuple[AccountFound, ...] = ()


class WorklistInquiry(Asked):
    """Ask for the property of several persons with one act (一键)."""

    persons: tuple[Name, ...] = Field(min_length=1, max_length=MOST_IN_A_WORKLIST)


class WorklistFound(Shape):
    """Partly: who was answered since; at last: everybody. `outstanding` persons are to come."""

    items: tuple[PersonFound, ...]
    outstanding: int = 0


class FreezeRequest(Asked):
    """Freeze deposits of a person up to an amount in yuan, for so many months.

    At one `bank`, or of one `account`, where they are named; else wherever something is.
    """

    person: Name
    amount: Price
    bank: _Optional = ""
    account: _Optional = ""
    months: _Months = 12


class Hold(Shape):
    """A freeze of one account.

    `rank` 1 is the first; `frozen` is what it holds now, in yuan; its term runs from `effective_on`
    to `until`, both without a value while it waits.
    """

    account: Name
    rank: int = Field(ge=1)
    frozen: Money
    effective_on: date | None = None
    until: date | None = None


class FreezeAnswer(Shape):
    """The amount in yuan that was frozen.

    `number` is the network's own number of it; `rank` and the term are those of the account that
    stands worst (`holds` has them all).
    """

    frozen: Money
    number: _Optional = ""
    rank: int = Field(default=1, ge=1)
    effective_on: date | None = None
    until: date | None = None
    holds: tuple[Hold, ...] = ()


class WorklistFreeze(Asked):
    """Freeze for several persons or accounts with one act (一键)."""

    items: tuple[FreezeRequest, ...] = Field(min_length=1, max_length=MOST_IN_A_WORKLIST)


class FrozenItem(Shape):
    """What came of one item of a worklist, by its place in it; a `reason` where nothing did."""

    item: int = Field(ge=0)
    person: Name
    frozen: Money
    number: _Optional = ""
    rank: int = Field(default=1, ge=1)
    reason: str = ""


class WorklistFrozen(Shape):
    """Partly: what was done since; at last: everything. `outstanding` items are to come."""

    items: tuple[FrozenItem, ...]
    outstanding: int = 0


class RenewRequest(ByNumber):
    """Renew a freeze for so many months from its end; it must stand when this arrives.

    `account`, where it is given, puts it into the order of that account.
    """

    months: _Months = 12
    account: _Optional = ""


class LiftRequest(ByNumber):
    """Lift a freeze: all of it, or so many yuan of it."""

    amount: Price | None = None
    account: _Optional = ""


class Lifted(Shape):
    """What was lifted and what stays frozen, in yuan."""

    lifted: Money
    frozen: Money


class TransferRequest(ByNumber):
    """Transfer (扣划) so many yuan of what a freeze holds to an account of the court."""

    amount: Price
    to_account: Name
    account: _Optional = ""


class Transferred(Shape):
    """What was transferred and what stays frozen, in yuan."""

    transferred: Money
    frozen: Money


class StatusAnswer(FreezeAnswer):
    """How a freeze stands now."""

    state: Literal["effective", "waiting", "lifted", "lapsed", "transferred"]


_TWO_DAYS, _WEEK = timedelta(days=2), timedelta(days=7)


class NetworkInquiry(Gateway):
    """The adapter `network`.

    What is done to one account goes in its order, at one bank a few at a time. A transfer moves
    money: it is never sent twice.
    """

    name = "network"
    operations: Mapping[str, Operation] = by_name(
        Operation("inquire", InquiryRequest, InquiryAnswer, silence=_WEEK),
        Operation("ask", BankInquiry, PersonFound, counterparty="bank", silence=_TWO_DAYS),
        Operation("inquire_all", WorklistInquiry, WorklistFound, silence=_WEEK, at_a_time=1),
        Operation(
            "freeze",
            FreezeRequest,
            FreezeAnswer,
            counterparty="bank",
            ordered_by="account",
            silence=_TWO_DAYS,
            taken_back_by="lift",
        ),
        Operation("freeze_all", WorklistFreeze, WorklistFrozen, silence=_WEEK, at_a_time=1),
        Operation("renew", RenewRequest, FreezeAnswer, ordered_by="account", silence=_TWO_DAYS),
        Operation("lift", LiftRequest, Lifted, ordered_by="account", silence=_TWO_DAYS),
        Operation(
            "transfer",
            TransferRequest,
            Transferred,
            repeatable=False,
            ordered_by="account",
            at_a_time=1,
            silence=_WEEK,
        ),
        Operation("status", ByNumber, StatusAnswer, silence=_TWO_DAYS),
    )
