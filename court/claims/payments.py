"""What was paid in a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...workflow.claims import TitlePayment
from ...workflow.claims.reading import recorded_payments
from ...workflow.model.parts import Claim


def payments_of(claim: Claim, data: Mapping[str, Any]) -> list[TitlePayment]:
    """The payments on a title: those that its records hold. Raises `BadFormulaValue`."""
    return recorded_payments(claim, data)
