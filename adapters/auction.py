"""The platforms of online auctions 司法拍卖: lots, notices, bids, results, deposits, the balance.

A first auction's start price is at least 70% of the appraisal, a second one's at least 80% of the
first; the notice is 30 days before for immovables and 15 for others, 7 for a second auction of
movables; bidding takes a day at least (法释〔2016〕18号). Bids come as partial answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, ByNumber, Done, Money, Name, Price, Shape

LEAST_SHARES: Mapping[str, Decimal] = {"first": Decimal("0.7"), "second": Decimal("0.56")}
"""The least start price, as a share of the reference price."""


class LotRequest(Asked):
    """Create a lot: prices in yuan; `deposit` is what a bidder pays before he may bid."""

    thing: Name
    title: Name
    kind: Literal["movable", "immovable", "right"]
    round: Literal["first", "second", "sale"] = "first"
    reference_price: Price
    start_price: Price
    increment: Price
    deposit: Money


class LotCreated(Shape):
    """The platform's number of a lot."""

    number: Name


class Notice(ByNumber):
    """Publish the notice of a lot and open the bidding on a day."""

    opens_on: date


class Bidding(Shape):
    """Partly: one bid, by the bidder's number, in yuan; at last: how the bidding ended.

    `bids` is how many there have been.
    """

    outcome: Literal["bid", "sold", "failed", "withdrawn"]
    bidder: str = ""
    price: Money | None = None
    bids: int = Field(default=0, ge=0)


class Deposit(Shape):
    """What a bidder paid before he might bid, in yuan, and what became of it."""

    bidder: Name
    amount: Money
    state: Literal["held", "returned", "kept", "part of the price"]


class Deposits(Shape):
    """Every deposit of a lot."""

    deposits: tuple[Deposit, ...] = ()


class Payment(Shape):
    """Whether the buyer paid the balance: `paid` in yuan with his deposit, or defaulted (悔拍)."""

    outcome: Literal["paid", "defaulted"]
    bidder: Name
    paid: Money


class LotWithdrawal(ByNumber):
    """Withdraw a lot (撤回) before it is sold; the reason is published."""

    reason: Name


class Auction(Gateway):
    """The adapter `auction`: near to real time; the result when the bidding is over."""

    name = "auction"
    operations: Mapping[str, Operation] = by_name(
        Operation("create", LotRequest, LotCreated, silence=timedelta(days=1)),
        Operation(
            "announce",
            Notice,
            Bidding,
            ordered_by="number",
            latency=timedelta(days=7),
            silence=timedelta(days=100),
            taken_back_by="withdraw",
        ),
        Operation("deposits", ByNumber, Deposits, silence=timedelta(days=1)),
        Operation(
            "payment",
            ByNumber,
            Payment,
            latency=timedelta(days=1),
            silence=timedelta(days=20),
        ),
        Operation("withdraw", LotWithdrawal, Done, silence=timedelta(days=1)),
    )
