"""Forty-four units that are told of a person, one by one; some may be down for a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...partners import UNITS, Partners, Push, Receipts, UnitReceipt, Withdrawal
from ..world import Refused, World, number_of


@dataclass
class Spread:
    """Something on its way to units: who is still to confirm, and who has."""

    number: str
    key: str
    kind: str
    person: str
    waiting: list[str]
    receipts: list[UnitReceipt] = field(default_factory=list)


class PartnersWorld(World):
    """What each unit knows, by push; what is on its way; who is down."""

    adapter = Partners

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.known: dict[str, list[str]] = {unit: [] for unit in UNITS}
        self.spreads: dict[str, Spread] = {}
        self.down: set[str] = set()
        self.withdrawn: set[str] = set()

    # -- what happens of itself

    def on_down(self, unit: str) -> None:
        """A unit takes nothing until it is up again."""
        self.down.add(self._unit(unit))

    def on_up(self, unit: str) -> None:
        self.down.discard(self._unit(unit))
        for spread in self.spreads.values():
            if unit in spread.waiting:
                self.then_confirm(spread.key, unit)

    # -- requests

    def do_push(self, key: str, asked: Push) -> None:
        number = number_of("LH", key)
        self._spread(Spread(number, key, "push", asked.person, list(asked.units)))

    def do_withdraw(self, key: str, asked: Withdrawal) -> None:
        pushes = [s for s in self.spreads.values() if (s.number, s.kind) == (asked.number, "push")]
        if not pushes:
            raise Refused("no such push")
        if asked.number in self.withdrawn:
            raise Refused("it is withdrawn")
        (push,) = pushes
        self.withdrawn.add(push.number)
        reached = [receipt.unit for receipt in push.receipts]
        push.waiting.clear()
        if not reached:
            self.say(key, Receipts(number=push.number, receipts=()))
            return
        self._spread(Spread(push.number, key, "withdrawal", push.person, reached))

    # -- how it is done

    def then_confirm(self, key: str, unit: str) -> None:
        spread = self.spreads[key]
        if unit in self.down or unit not in spread.waiting:
            return
        self._tell(spread, unit)
        spread.waiting.remove(unit)
        receipt = UnitReceipt(unit=unit, received_on=self.today)
        spread.receipts.append(receipt)
        self.note(key, spread.kind, spread.person, number=spread.number, unit=unit)
        if spread.waiting:
            part, left = (receipt,), len(spread.waiting)
            told = Receipts(number=spread.number, receipts=part, outstanding=left)
            self.say(key, told, "partial", is_final=False)
        else:
            self.say(key, Receipts(number=spread.number, receipts=tuple(spread.receipts)))

    def _spread(self, spread: Spread) -> None:
        """Each unit confirms within two days, at a moment of its own."""
        self.spreads[spread.key] = spread
        for unit in spread.waiting:
            hours = self.chance(spread.key, unit).randrange(1, 48)
            self.plan(timedelta(hours=hours), "confirm", key=spread.key, unit=unit)

    def _tell(self, spread: Spread, unit: str) -> None:
        if spread.kind == "push":
            self.known[unit].append(spread.number)
        else:
            self.known[unit].remove(spread.number)

    def _unit(self, unit: str) -> str:
        if unit not in self.known:
            raise Refused("no such unit")
        return unit
