"""Related proceedings gone through, the nearest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import select

from ...engine.decision.obstacles import words
from ...engine.model.case import CaseState
from ...engine.storage.schema import cases
from ...engine.work.runtime import Transaction
from ...workflow.language import Words
from .views import RelatedCase, Relation

MOST = 500
"""Cases that are gone through at the most."""
Next = Callable[[CaseState], Iterable[str]]


class Walk:
    """The cases that are reached from one, by the steps that `next` gives."""

    def __init__(self, transaction: Transaction, next: Next) -> None:
        self._unit = transaction.unit()
        self._transaction, self._next = transaction, next
        self.distances: dict[str, int] = {}
        self.is_whole = True

    def from_case(self, case_id: str) -> Iterator[CaseState]:
        """Each case once, the nearest first. Raises `CaseNotFound`."""
        waiting = deque([case_id])
        self.distances[case_id] = 0
        while waiting:
            case = self._unit.case(waiting.popleft())
            yield case
            new = [id for id in self._next(case) if id not in self.distances]
            self.is_whole = len(self.distances) + len(new) <= MOST
            taken = new[: MOST - len(self.distances)]
            self.distances |= dict.fromkeys(taken, self.distances[case.id] + 1)
            waiting += taken

    def shown(self, case: CaseState) -> RelatedCase:
        """A case as a row."""
        definition = self._transaction.version(case.definition_hash).definition
        title, state = words(definition.title), words(definition.states[case.state].title)
        return RelatedCase(
            case_id=case.id,
            court=case.court,
            number=case.number,
            procedure=case.procedure,
            title_zh=title.zh,
            title_en=title.en,
            state_zh=state.zh,
            state_en=state.en,
            officer=case.officer,
            is_open=case.closed_at is None,
            opened_at=case.opened_at,
            is_sub_procedure=case.parent_id is not None,
            distance=self.distances[case.id],
        )

    def relations(self, case: CaseState) -> Iterator[Relation]:
        """What other cases are of this one, as it says it; and what it is of its own case."""
        definition = self._transaction.version(case.definition_hash).definition
        made_here = (link for link in case.links if not link.is_of)
        for link in made_here:
            known = definition.links.get(link.name)
            title = words(known.title) if known is not None else Words(link.name, link.name)
            yield _relation(link.case, case.id, link.name, title)
        if case.parent_id is not None and case.sub_procedure:
            parent = self._unit.case(case.parent_id)
            subs = self._transaction.version(parent.definition_hash).definition.sub_procedures
            title = words(subs[case.sub_procedure].title)
            yield _relation(case.id, parent.id, case.sub_procedure, title)


def _relation(case_id: str, of: str, name: str, title: Words) -> Relation:
    return Relation(case_id=case_id, of=of, name=name, title_zh=title.zh, title_en=title.en)


def everything_beside(transaction: Transaction) -> Next:
    """Links both ways, the case of a sub-procedure, the sub-procedures of a case."""

    def beside(case: CaseState) -> Iterator[str]:
        yield from (link.case for link in case.links)
        yield from filter(None, [case.parent_id])
        yield from (other.case for other in (case.went, case.came_from) if other is not None)
        own = select(cases.c.id).where(cases.c.court == case.court, cases.c.parent_id == case.id)
        yield from transaction.connection.execute(own.order_by(cases.c.id)).scalars()

    return beside


def by_name(*names: str) -> Next:
    """Links of these names, from either side."""
    return lambda case: [link.case for link in case.links if link.name in names]
