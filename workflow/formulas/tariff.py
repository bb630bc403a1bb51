"""A tariff by steps: each part of an amount pays at its own step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .money import ZERO, exactly, rounded


@dataclass(frozen=True, slots=True)
class Bracket:
    """One step of a tariff: the part of an amount up to `up_to` pays `fixed` and `rate` of itself.

    The last step has no `up_to`.
    """

    up_to: Decimal | None
    rate: Decimal
    fixed: Decimal

    def as_json(self) -> dict[str, object]:
        """The step as plain data."""
        return {"up_to": self.up_to, "rate": self.rate, "fixed": self.fixed}


class Charged(NamedTuple):
    """What the part of an amount that falls on one step pays."""

    above: Decimal
    part: Decimal
    bracket: Bracket
    pays: Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """The steps of a tariff, lowest first, and the most to be paid; None where there is no cap."""

    brackets: tuple[Bracket, ...]
    cap: Decimal | None = None

    @exactly
    def of(self, amount: Decimal) -> Decimal:
        """The fee for an amount, rounded half up to a cent once."""
        fee = sum((charged.pays for charged in self.charged(amount)), ZERO)
        return rounded(_at_most(fee, self.cap))

    def charged(self, amount: Decimal) -> Iterator[Charged]:
        """What each step takes of an amount; the first step is paid in any case."""
        above = ZERO
        for bracket in self.brackets:
            if amount <= above and above:
                return
            part = _at_most(amount, bracket.up_to) - above
            yield Charged(above, part, bracket, bracket.fixed + part * bracket.rate)
            above = bracket.up_to or above


def _at_most(amount: Decimal, most: Decimal | None) -> Decimal:
    """An amount, or the most that it may be, where there is one."""
    return amount if most is None else min(amount, most)
