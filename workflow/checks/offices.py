"""Which offices the roles of a definition hold, and whether they reach one that the law names."""

from __future__ import annotations

from collections.abc import Iterable

from ..law.law import Law
from ..model.definition import RESERVED_ROLES, Definition
from ..model.parts import Approval


class Offices:
    """The offices behind a definition's roles, in the order of rank that the law gives them."""

    def __init__(self, definition: Definition, law: Law) -> None:
        self._definition, self._ranks = definition, law.ranks

    def approves(self, approval: Approval, office: str) -> bool:
        """Whether some step of an approval can only be taken by an office, or one above it."""
        return any(self.hold(step.by, office) for step in approval.steps)

    def hold(self, roles: Iterable[str], office: str) -> bool:
        """Whether every one of some roles holds an office, or one above it."""
        return all(self._reaches(self._office(role), office) for role in roles)

    def are_of_court(self, roles: Iterable[str]) -> bool:
        """Whether every one of some roles is of the court: no party, no clock, nobody outside."""
        return not self._definition.parties.union(RESERVED_ROLES).intersection(roles)

    def _office(self, id: str) -> str:
        """The office of whoever has a role: the one it says, or the role itself."""
        role = self._definition.roles.get(id)
        office = role.office if role is not None else None
        return office or id

    def _reaches(self, held: str, office: str) -> bool:
        """Whether an office is another one or stands above it; not every office has a rank."""
        order = self._ranks
        if not {held, office}.issubset(order):
            return held == office
        return order.index(held) >= order.index(office)
