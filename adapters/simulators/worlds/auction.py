"""An auction platform: lots, bidders whom chance brings, deposits, the balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from ...auction import (
    LEAST_SHARES,
    Auction,
    Bidding,
    Deposit,
    Deposits,
    LotCreated,
    LotRequest,
    LotWithdrawal,
    Notice,
    Payment,
)
from ...shapes import ByNumber, Done
from ..world import Refused, World, cents, number_of

_State = Literal["prepared", "announced", "bidding", "sold", "failed", "withdrawn", "paid"]
_OPEN, _TO_PAY, _BETWEEN_BIDS = timedelta(days=1), timedelta(days=10), timedelta(minutes=30)
_ZERO = Decimal("0.00")


@dataclass
class Lot:
    """One lot and where it stands; `deposits` by bidder."""

    number: str
    asked: LotRequest
    state: _State = "prepared"
    followed_by: str = ""
    payment_to: str = ""
    bids: list[tuple[str, Decimal]] = field(default_factory=list)
    deposits: dict[str, Deposit] = field(default_factory=dict)
    payment: Payment | None = None

    @property
    def buyer(self) -> str:
        return self.bids[-1][0]


class AuctionWorld(World):
    """Lots by number. Unless bidders were brought (`bid`) chance brings up to three."""

    adapter = Auction

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.lots: dict[str, Lot] = {}

    # -- what happens of itself

    def on_bid(self, number: str, bidder: str, price: str) -> None:
        """Somebody bids while the bidding is open; his deposit is taken with it."""
        lot = self._lot(number, "bidding")
        if cents(Decimal(price)) < self._least(lot):
            raise Refused("too little")
        self._bid(lot, bidder, cents(Decimal(price)))

    def on_pay(self, number: str) -> None:
        """The buyer pays the balance."""
        self._settle(self._lot(number, "sold"), "paid")

    # -- requests

    def do_create(self, key: str, asked: LotRequest) -> None:
        least = asked.reference_price * LEAST_SHARES.get(asked.round, _ZERO)
        if asked.start_price < least:
            raise Refused(f"the start price is at least {cents(least)}")
        number = number_of("PM", key)
        self.lots[number] = Lot(number, asked)
        self.note(key, "lot", number, asked.start_price, thing=asked.thing)
        self.say(key, LotCreated(number=number))

    def do_announce(self, key: str, asked: Notice) -> None:
        lot = self._lot(asked.number, "prepared")
        if asked.opens_on < self.today + timedelta(days=self._notice_days(lot)):
            raise Refused(f"the notice is {self._notice_days(lot)} days before at least")
        lot.state, lot.followed_by = "announced", key
        self.note(key, "notice", lot.number, opens_on=asked.opens_on)
        waits = timedelta(days=(asked.opens_on - self.today).days)
        self.plan(waits, "open", number=lot.number)

    def do_deposits(self, key: str, asked: ByNumber) -> None:
        lot = self._lot(asked.number)
        self.say(key, Deposits(deposits=tuple(lot.deposits.values())))

    def do_payment(self, key: str, asked: ByNumber) -> None:
        lot = self._lot(asked.number, "sold", "paid", "failed")
        if lot.payment is not None:
            self.say(key, lot.payment)
        elif lot.state != "sold" or lot.payment_to:
            raise Refused("there is no buyer whom nobody asks")
        else:
            lot.payment_to = key

    def do_withdraw(self, key: str, asked: LotWithdrawal) -> None:
        lot = self._lot(asked.number, "prepared", "announced", "bidding")
        lot.state = "withdrawn"
        self._return_deposits(lot, but="")
        self.note(key, "withdrawal", lot.number, reason=asked.reason)
        self._end(lot, "withdrawn")
        self.say(key, Done())

    # -- what comes with time

    def then_open(self, number: str) -> None:
        lot = self.lots[number]
        if lot.state != "announced":
            return
        lot.state = "bidding"
        chance = self.chance("lot", number)
        for place in range(chance.randrange(4)):
            given = {"number": number, "steps": chance.randrange(1, 4), "bidder": f"B{place + 1}"}
            self.plan(_BETWEEN_BIDS * (place + 1), "bid", **given)
        self.plan(_OPEN, "close", number=number)

    def then_bid(self, number: str, steps: int, bidder: str) -> None:
        lot = self.lots[number]
        if lot.state == "bidding":
            self._bid(lot, bidder, self._least(lot) + lot.asked.increment * (steps - 1))

    def then_close(self, number: str) -> None:
        lot = self.lots[number]
        if lot.state != "bidding":
            return
        if not lot.bids:
            lot.state = "failed"
            self._end(lot, "failed")
            return
        lot.state = "sold"
        self._return_deposits(lot, but=lot.buyer)
        self._end(lot, "sold")
        is_paid = self.chance("pays", number).random() < 0.9
        how = "paid" if is_paid else "defaulted"
        self.plan(_TO_PAY / 2 if is_paid else _TO_PAY, "settle", number=number, outcome=how)

    def then_settle(self, number: str, outcome: Literal["paid", "defaulted"]) -> None:
        lot = self.lots[number]
        if lot.state == "sold":
            self._settle(lot, outcome)

    # -- how it is done

    def _lot(self, number: str, *states: _State) -> Lot:
        lot = self.lots.get(number)
        if lot is None:
            raise Refused("no such lot")
        if states and lot.state not in states:
            raise Refused(f"the lot is {lot.state}")
        return lot

    def _notice_days(self, lot: Lot) -> int:
        is_short = lot.asked.round == "second" and lot.asked.kind == "movable"
        if is_short:
            return 7
        return 15 if lot.asked.kind == "movable" or lot.asked.round != "first" else 30

    def _least(self, lot: Lot) -> Decimal:
        return lot.bids[-1][1] + lot.asked.increment if lot.bids else lot.asked.start_price

    def _bid(self, lot: Lot, bidder: str, price: Decimal) -> None:
        lot.bids.append((bidder, price))
        if bidder not in lot.deposits:
            held = Deposit(bidder=bidder, amount=lot.asked.deposit, state="held")
            lot.deposits[bidder] = held
        told = Bidding(outcome="bid", bidder=bidder, price=price, bids=len(lot.bids))
        self.say(lot.followed_by, told, "partial", is_final=False)

    def _end(self, lot: Lot, outcome: Literal["sold", "failed", "withdrawn"]) -> None:
        bidder, price = lot.bids[-1] if outcome == "sold" else ("", None)
        told = Bidding(outcome=outcome, bidder=bidder, price=price, bids=len(lot.bids))
        if lot.followed_by:
            self.note(lot.followed_by, outcome, lot.number, price)
            self.say(lot.followed_by, told)

    def _return_deposits(self, lot: Lot, but: str) -> None:
        for bidder, deposit in lot.deposits.items():
            if bidder != but:
                lot.deposits[bidder] = deposit.model_copy(update={"state": "returned"})

    def _settle(self, lot: Lot, outcome: Literal["paid", "defaulted"]) -> None:
        bidder, price = lot.bids[-1]
        is_paid = outcome == "paid"
        lot.state = "paid" if is_paid else "failed"
        state = "part of the price" if is_paid else "kept"
        lot.deposits[bidder] = lot.deposits[bidder].model_copy(update={"state": state})
        paid = price if is_paid else lot.asked.deposit
        lot.payment = Payment(outcome=outcome, bidder=bidder, paid=paid)
        self.note(lot.payment_to, outcome, lot.number, paid, bidder=bidder)
        if lot.payment_to:
            self.say(lot.payment_to, lot.payment)
