"""What hangs together, as verbs."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from sqlalchemy import func, select

from ...engine.engine import Engine
from ...engine.queries.records import history_of
from ...engine.storage.schema import funds
from ...workflow.guards.variables import amount_of
from .views import CaseGroup, Family, WholeEntry
from .walking import Walk, by_name, everything_beside

MOVED = "taken_over"
"""The link between an enforcement and the one it became at another court."""
GROUPED = "concentrated"
"""The link between enforcements that are heard as one."""


class CourtLinks:
    """How cases hang together: `CourtLinks(engine).family(case_id)`.

    `within` is the host's own session or connection. All raise `CaseNotFound`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def family(self, case_id: str, *, within: Any = None) -> Family:
        """A case with its sub-procedures, the cases linked with it, theirs, and so on."""
        with self._engine.transaction(within, writes=False) as transaction:
            walk = Walk(transaction, everything_beside(transaction))
            found = list(walk.from_case(case_id))
            relations = [relation for case in found for relation in walk.relations(case)]
            return Family(
                cases=tuple(map(walk.shown, found)),
                relations=tuple(relations),
                is_whole=walk.is_whole,
            )

    def group(self, case_id: str, name: str = GROUPED, *, within: Any = None) -> CaseGroup:
        """The cases that are linked with one by a name, directly or by others."""
        with self._engine.transaction(within, writes=False) as transaction:
            walk = Walk(transaction, by_name(name))
            found = list(walk.from_case(case_id))
            query = select(func.sum(funds.c.claim), func.sum(funds.c.held))
            query = query.where(funds.c.case_id.in_([case.id for case in found]))
            claim, held = transaction.connection.execute(query).one()
            return CaseGroup(
                name=name,
                cases=tuple(map(walk.shown, found)),
                claim=amount_of(int(claim or 0)),
                held=amount_of(int(held or 0)),
            )

    def whole_history(
        self, case_id: str, name: str = MOVED, *, within: Any = None
    ) -> tuple[WholeEntry, ...]:
        """The history of a case that was moved from court to court, over all of them, in the order
        in which it happened."""
        with self._engine.transaction(within, writes=False) as transaction:
            walk = Walk(transaction, by_name(name))
            found = [
                WholeEntry(case_id=case.id, court=case.court, number=case.number, entry=entry)
                for case in walk.from_case(case_id)
                for entry in history_of(transaction, case.id, 0, None)
            ]
        return tuple(sorted(found, key=attrgetter("entry.happened_at")))
