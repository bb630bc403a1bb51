"""What conditions ask of a title: `CLAIM.due` and the like, at the end of the day at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from ..formulas.money import expect
from ..model.parts import Claim
from .reading import Data, recorded_payments, title_of
from .standing import standing
from .title import TitlePart
from .views import Standing

_ASKED: Mapping[str, Callable[[Standing], Decimal]] = {
    "due": lambda stands: stands.due,
    "later": lambda stands: stands.later,
    "paid": lambda stands: stands.paid,
    "fee": lambda stands: stands.part(TitlePart.FEE).due,
}
ASKED_OF_CLAIMS = tuple(_ASKED)
"""What is due on the day, with costs and the fee for enforcement; what falls due later; what was
paid; and what of the due is the fee. Money, all of them."""


def asked_of_claim(claim: Claim, data: Data, asked: str, day: date) -> Decimal:
    """What conditions ask of a title. Raises `BadFormulaValue`, `BeforeDelayRule`."""
    title, words = title_of(claim, data), ("执行依据尚未登记", "the title is not recorded yet")
    expect(bool(title.items), claim.principal or "items", None, *words)
    return _ASKED[asked](standing(title, recorded_payments(claim, data), day))
