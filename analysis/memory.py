"""Cases kept in memory, behind the same unit of work as rows of a database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..engine.decision.procedure import Procedure
from ..engine.decision.subprocedures import add_fields, asks_for_fields, counted
from ..engine.errors import CaseNotFound
from ..engine.model.case import CaseState
from ..engine.model.effects import Decision
from ..engine.work.registry import Registry


class MemoryCaseRepository:
    """Cases in a dictionary; `news` are the decisions since it was last emptied."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._procedures = {procedure.hash: procedure for procedure in registry.all()}
        self.cases: dict[str, CaseState] = {}
        self._children: dict[str, list[str]] = defaultdict(list)
        self.news: list[Decision] = []

    def load(self, case_id: str) -> CaseState:
        found = self.cases.get(case_id)
        if found is None:
            raise CaseNotFound(case_id=case_id)
        return found

    def children(self, case: CaseState, procedure: Procedure) -> dict[str, dict[str, Any]]:
        kept = [self.cases[id] for id in self._children[case.id]]
        states = Counter((c.sub_procedure or "", c.state, c.closed_at is None) for c in kept)
        known = counted(procedure, ((*where, count) for where, count in states.items()))
        if asks_for_fields(procedure, known):
            data = ((c.sub_procedure or "", c.closed_at is None, c.data) for c in kept)
            add_fields(procedure, known, data)
        return known

    def current(self, procedure: str, at: datetime) -> Procedure:
        return self._registry.current(procedure)

    def procedure(self, hash: str) -> Procedure:
        return self._procedures[hash]

    def keep(self, procedure: Procedure, now: datetime) -> None:
        return

    def write(
        self,
        new: Sequence[CaseState],
        old: Sequence[tuple[CaseState, int]],
        decisions: Sequence[Decision],
        now: datetime,
    ) -> None:
        for case in new:
            if case.parent_id is not None:
                self._children[case.parent_id].append(case.id)
        for case in (*new, *(case for case, _ in old)):
            case.deadlines = [d for d in case.deadlines if d.live]
            self.cases[case.id] = case
        self.news.extend(decisions)
