"""What cases enter in the books of the court: money by double entry, and what holds an asset."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from .base import Element, Id, Ids


class MoneyAccount(StrEnum):
    """The accounts between which money moves.

    Only `held` and `deposited` lie with the court. What comes from `parties` or from `assets`
    reaches the creditor without the court's account; `waived` is what the creditor gave up.
    """

    WORLD = "world"
    HELD = "held"
    DEPOSITED = "deposited"
    CREDITORS = "creditors"
    TREASURY = "treasury"
    COSTS = "costs"
    DEBTORS = "debtors"
    TRANSIT = "transit"
    PARTIES = "parties"
    ASSETS = "assets"
    WAIVED = "waived"
    PERFORMED = "performed"


class Movement(StrEnum):
    """What a movement of money is."""

    RECEIPT = "receipt"
    MOVED_IN = "moved_in"
    PAYOUT = "payout"
    FEE = "fee"
    COST = "cost"
    REFUND = "refund"
    DEPOSIT = "deposit"
    FROM_DEPOSIT = "from_deposit"
    MOVED_OUT = "moved_out"
    OUTSIDE = "outside"
    IN_KIND = "in_kind"
    WAIVED = "waived"


class Way(NamedTuple):
    """From which account money moves to which."""

    source: MoneyAccount
    target: MoneyAccount


WAYS = {
    Movement.RECEIPT: Way(MoneyAccount.WORLD, MoneyAccount.HELD),
    Movement.MOVED_IN: Way(MoneyAccount.TRANSIT, MoneyAccount.HELD),
    Movement.PAYOUT: Way(MoneyAccount.HELD, MoneyAccount.CREDITORS),
    Movement.FEE: Way(MoneyAccount.HELD, MoneyAccount.TREASURY),
    Movement.COST: Way(MoneyAccount.HELD, MoneyAccount.COSTS),
    Movement.REFUND: Way(MoneyAccount.HELD, MoneyAccount.DEBTORS),
    Movement.DEPOSIT: Way(MoneyAccount.HELD, MoneyAccount.DEPOSITED),
    Movement.FROM_DEPOSIT: Way(MoneyAccount.DEPOSITED, MoneyAccount.CREDITORS),
    Movement.MOVED_OUT: Way(MoneyAccount.HELD, MoneyAccount.TRANSIT),
    Movement.OUTSIDE: Way(MoneyAccount.PARTIES, MoneyAccount.PERFORMED),
    Movement.IN_KIND: Way(MoneyAccount.ASSETS, MoneyAccount.PERFORMED),
    Movement.WAIVED: Way(MoneyAccount.WAIVED, MoneyAccount.PERFORMED),
}
"""Every movement is entered twice: it leaves one account, and comes to the other."""

COMING_IN = frozenset(m for m, way in WAYS.items() if way.target is MoneyAccount.HELD)
GOING_OUT = frozenset(m for m, way in WAYS.items() if way.source is MoneyAccount.HELD)

BALANCES = ("held", "received", "paid_out", "deposited", "performed")
"""What conditions may ask of an account that is kept entry by entry (`NAME.held`)."""


BEYOND = "beyond"
"""What conditions may ask of an account whose money is shared: what was paid beyond the shares."""


class Booking(Element):
    """How the records of a list are entries of an account.

    Each record is one movement (`is`) of its `amount`, on the day of its field `on` (by default
    the day on which it was entered), from or to a `party`, under a `reference`: the number of the
    bank's slip, or of the voucher.
    """

    is_: Movement = Field(alias="is")
    amount: Id
    on: Id | None = None
    party: Id | None = None
    reference: Id | None = None


class Shares(Element):
    """Among whom the money of an account is shared (案款分配).

    Each record of the list `creditors` is a claim of its `amount`; `party` is its field that says
    whom the payouts name. One with a `rank` is preferred, the lowest first; the others share in
    proportion (民诉法解释第508条), or, where the flag `in_order` says that the debtor is a company,
    in the order of their `seized_on` (第514条), and of the list. `costs` is a field of the case:
    the costs that are taken first, at least those that are booked.
    """

    creditors: Id
    party: Id
    amount: Id
    rank: Id | None = None
    seized_on: Id | None = None
    costs: Id | None = None
    in_order: Id | None = None


class Standing(Element):
    """Where a measure stands: still proposed, waiting in rank, in effect, or over by a sale.

    In every other state it holds nothing.
    """

    proposed: Ids = ()
    waiting: Ids = ()
    effective: Ids = ()
    sold: Ids = ()


class AssetMark(StrEnum):
    """What a case may say of an asset, which every measure on it then knows: the only home of the
    debtor and those he supports, exempt from seizure, owned with others."""

    ONLY_HOME = "only_home"
    EXEMPT = "exempt"
    CO_OWNED = "co_owned"


ASSETS = "assets"
"""By what a case is found that says something of an asset."""


class Holding(Element):
    """What a measure holds: an asset, known by the field that is its number, in a queue with the
    other measures on it, whatever case or court they are of. `kind` says what kind of asset it is.

    `debtor` and `amount` are the fields that say whose it is and what it holds, by which it counts
    against the claim. `registered_on`, `effective_on` and `until` are its days. Once the first in
    the queue ends, `next` is fired at the one that comes next; once the asset is sold, `falls` at
    all others. `marks` are the flags by which the case says what is so of the asset.
    """

    asset: Id
    kind: Id | None = None
    debtor: Id | None = None
    amount: Id | None = None
    registered_on: Id | None = None
    effective_on: Id | None = None
    until: Id | None = None
    standing: Standing
    next: Id | None = None
    falls: Id | None = None
    marks: dict[AssetMark, Id] = Field(default_factory=dict)


HELD_BY = ("before", "effective", "of_case", "of_debtor", *AssetMark)
"""What conditions of a measure may ask of the others (`holds.before`)."""
