"""What a case has entered in the books of the court: money, what it holds, and whom it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ...workflow.model.books import MoneyAccount, Movement


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of money, entered once and never changed: from `source` to `target`.

    `place` is the field or record of the case that it is of. What was entered wrongly is taken
    back by another posting of the same amount the other way (`is_reversal`).
    """

    account: str
    place: str
    movement: Movement
    source: MoneyAccount
    target: MoneyAccount
    amount: Decimal
    on: date
    party: str = ""
    reference: str = ""
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class Funds:
    """What a case's account comes to, beside what is to be enforced; days are of a `zone`."""

    account: str
    held: Decimal
    deposited: Decimal
    claim: Decimal | None
    zone: str


class HoldStanding(StrEnum):
    """Where a measure stands among those that hold an asset."""

    PROPOSED = "proposed"
    WAITING = "waiting"
    EFFECTIVE = "effective"
    SOLD = "sold"
    ENDED = "ended"


QUEUED = frozenset({HoldStanding.WAITING, HoldStanding.EFFECTIVE})
COUNTED = frozenset({HoldStanding.PROPOSED, HoldStanding.EFFECTIVE})
"""What counts against the claim: a measure that waits holds nothing yet."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a measure holds, as it stands: the asset (of a kind, by its number), whose it is, how
    much, and its days."""

    asset: str
    kind: str
    debtor: str
    standing: HoldStanding
    amount: Decimal | None
    registered_on: date | None
    effective_on: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """Something by which a case is found: a person (`persons`, by the hash of his number), or the
    value of a field that is searchable; `shown` is what people see of it."""

    name: str
    place: str
    value: str
    shown: Mapping[str, Any]


@dataclass(slots=True)
class Booked:
    """What one decision enters in the books."""

    postings: tuple[Posting, ...] = ()
    funds: tuple[Funds, ...] = ()
    hold: Hold | None = None
    freed: HoldStanding | None = None
    found: tuple[Found, ...] = ()
    lost: tuple[Found, ...] = ()
