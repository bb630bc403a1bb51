"""What the ledger looks at: which cases, and which days."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from ...engine.work.runtime import Transaction


class Look(NamedTuple):
    """What is looked at: cases under conditions, and the days of the period."""

    transaction: Transaction
    conditions: list[Any]
    since: date | None
    until: date | None
