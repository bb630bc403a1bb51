"""The system of price inquiry 询价 and appraisal 评估: a reference price by one of three methods.

Directed inquiry 定向询价 asks the office that knows (tax, land …), online inquiry 网络询价 every
listed platform and gives the mean of those that answered in three days, an appraiser 委托评估 looks
at the thing and has thirty days (法释〔2018〕15号). Only against the last two may anybody object.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, ByNumber, Done, Name, Price, Shape

_THREE_DAYS, _THIRTY_DAYS = timedelta(days=3), timedelta(days=30)


class PriceInquiry(Asked):
    """Ask what a thing is worth."""

    thing: Name
    description: Name


class DirectedInquiry(PriceInquiry):
    """Ask one office what a thing is worth."""

    office: Name


class AppraisalRequest(PriceInquiry):
    """Have an appraiser look at a thing."""

    appraiser: Name


class Quote(Shape):
    """What one platform, office or appraiser says, in yuan."""

    by: Name
    price: Price


class ReferencePrice(Shape):
    """A reference price in yuan: the mean of the quotes; valid for a year at most."""

    number: Name
    method: Literal["directed", "online", "appraisal"]
    price: Price
    valid_until: date
    quotes: tuple[Quote, ...] = Field(min_length=1)


class PriceObjection(ByNumber):
    """Object to a reference price; the one who gave it answers in five days."""

    reason: Name


class ObjectionReply(Shape):
    """What was said to an objection, and the price in yuan after it."""

    is_upheld: bool
    price: Price
    reply: str = ""


class PriceWithdrawal(Asked):
    """Withdraw an inquiry or an appraisal that is not answered yet, by the thing."""

    thing: Name


class Valuation(Gateway):
    """The adapter `valuation`: three days for inquiries, thirty for an appraisal."""

    name = "valuation"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "inquire_directed",
            DirectedInquiry,
            ReferencePrice,
            counterparty="office",
            latency=timedelta(days=1),
            silence=timedelta(days=10),
        ),
        Operation(
            "inquire_online",
            PriceInquiry,
            ReferencePrice,
            latency=_THREE_DAYS,
            silence=timedelta(days=5),
            taken_back_by="withdraw",
        ),
        Operation(
            "appraise",
            AppraisalRequest,
            ReferencePrice,
            counterparty="appraiser",
            latency=_THIRTY_DAYS / 2,
            silence=2 * _THIRTY_DAYS,
            taken_back_by="withdraw",
        ),
        Operation(
            "object",
            PriceObjection,
            ObjectionReply,
            ordered_by="number",
            latency=_THREE_DAYS,
            silence=timedelta(days=10),
        ),
        Operation("withdraw", PriceWithdrawal, Done, silence=timedelta(days=5)),
    )
