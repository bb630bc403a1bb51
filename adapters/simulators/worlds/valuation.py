"""Platforms, offices and appraisers that say what a thing is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from ...shapes import Done
from ...valuation import (
    AppraisalRequest,
    DirectedInquiry,
    ObjectionReply,
    PriceInquiry,
    PriceObjection,
    PriceWithdrawal,
    Quote,
    ReferencePrice,
    Valuation,
)
from ..world import Refused, World, cents, number_of
from .terms import months_after

PLATFORMS = ("jd", "taobao", "icbc")
"""Who answers an online inquiry."""
_Method = Literal["directed", "online", "appraisal"]


@dataclass
class Valued:
    """One inquiry: by whom and how; its price when there is one."""

    number: str
    key: str
    thing: str
    method: _Method
    asked_of: tuple[str, ...]
    price: Decimal | None = None
    valid_until: date | None = None
    is_withdrawn: bool = False


class ValuationWorld(World):
    """Inquiries by number; what a thing is worth is drawn, unless somebody said it (`worth`)."""

    adapter = Valuation

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.inquiries: dict[str, Valued] = {}
        self.values: dict[str, Decimal] = {}

    def on_worth(self, thing: str, price: str) -> None:
        self.values[thing] = cents(Decimal(price))

    # -- requests

    def do_inquire_directed(self, key: str, asked: DirectedInquiry) -> None:
        self._inquire(key, asked, "directed", (asked.office,), timedelta(days=2))

    def do_inquire_online(self, key: str, asked: PriceInquiry) -> None:
        self._inquire(key, asked, "online", PLATFORMS, timedelta(days=3))

    def do_appraise(self, key: str, asked: AppraisalRequest) -> None:
        days = self.chance("days", key).randrange(10, 31)
        self._inquire(key, asked, "appraisal", (asked.appraiser,), timedelta(days=days))

    def do_object(self, key: str, asked: PriceObjection) -> None:
        valued = self.inquiries.get(asked.number)
        if valued is None or valued.price is None:
            raise Refused("no such price")
        if valued.method == "directed":
            raise Refused("nobody may object to a directed inquiry")
        self.plan(timedelta(days=5), "reply", key=key, number=valued.number)

    def do_withdraw(self, key: str, asked: PriceWithdrawal) -> None:
        open = [v for v in self.inquiries.values() if v.thing == asked.thing and v.price is None]
        if not open:
            raise Refused("nothing is open about it")
        for valued in open:
            self._withdraw(valued)
        self.say(key, Done())

    # -- what comes with time

    def then_value(self, number: str) -> None:
        valued = self.inquiries[number]
        if valued.is_withdrawn:
            return
        quotes = [Quote(by=who, price=self._quoted(valued, who)) for who in valued.asked_of]
        price = cents(sum((q.price for q in quotes), Decimal(0)) / len(quotes))
        valued.price, valued.valid_until = price, months_after(self.today, 12)
        self.note(valued.key, valued.method, valued.thing, price, number=number)
        told = ReferencePrice(
            number=number,
            method=valued.method,
            price=price,
            valid_until=valued.valid_until,
            quotes=tuple(quotes),
        )
        self.say(valued.key, told)

    def then_reply(self, key: str, number: str) -> None:
        valued = self.inquiries[number]
        assert valued.price is not None
        is_upheld = self.chance("objection", key).random() < 0.3
        if is_upheld:
            valued.price = cents(valued.price * Decimal("0.9"))
        self.note(key, "reply", valued.thing, valued.price, number=number)
        self.say(key, ObjectionReply(is_upheld=is_upheld, price=valued.price))

    # -- how it is done

    def _inquire(
        self,
        key: str,
        asked: PriceInquiry,
        method: _Method,
        asked_of: tuple[str, ...],
        after: timedelta,
    ) -> None:
        number = number_of("XJ", key)
        self.inquiries[number] = Valued(number, key, asked.thing, method, asked_of)
        self.plan(after, "value", number=number)

    def _withdraw(self, valued: Valued) -> None:
        if not valued.is_withdrawn:
            valued.is_withdrawn = True
            self.say(valued.key, {"reason": "withdrawn"}, "refused")

    def _quoted(self, valued: Valued, who: str) -> Decimal:
        """What somebody says: within a tenth of what it is worth."""
        drawn = Decimal(self.chance("worth", valued.thing).randrange(10_000, 5_000_000))
        worth = self.values.get(valued.thing, drawn)
        share = self.chance("quote", valued.thing, who).randrange(90, 111)
        return max(cents(worth * share / 100), Decimal("0.01"))
