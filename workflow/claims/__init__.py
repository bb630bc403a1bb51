"""The title (执行依据) as data, and what is due by it on any day.

Pure: a title, what was paid, and a day give a `Standing`, whose steps tell how every figure came
about. Money is a `Decimal` in whole cents.
"""

from .standing import standing
from .title import (
    ItemInterest,
    Liability,
    Title,
    TitleCreditor,
    TitleDebtor,
    TitleItem,
    TitlePart,
    TitlePayment,
)
from .views import (
    CreditorStanding,
    DebtorStanding,
    ItemStanding,
    PartStanding,
    PaymentStanding,
    Standing,
)

__all__ = [
    "CreditorStanding",
    "DebtorStanding",
    "ItemInterest",
    "ItemStanding",
    "Liability",
    "PartStanding",
    "PaymentStanding",
    "Standing",
    "Title",
    "TitleCreditor",
    "TitleDebtor",
    "TitleItem",
    "TitlePart",
    "TitlePayment",
    "standing",
]
