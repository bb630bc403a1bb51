"""What may be seen of a case: a checklist item by item, and the view of a party (nodes, documents and dates, no more)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..workflow.data import masked
from ..workflow.guards import Children
from . import obstacles
from .machine import Passage, Procedure
from .values import Actor, CaseState


class ChecklistLine(BaseModel):
    """One item of a checklist, and whether it is complete now."""

    model_config = ConfigDict(frozen=True)

    checklist: str
    item: str
    title_zh: str
    title_en: str
    is_complete: bool
    basis: str


class VisibleNode(BaseModel):
    """A node that the case came to, and when."""

    model_config = ConfigDict(frozen=True)

    state: str
    title_zh: str
    title_en: str
    at: datetime


class PartyView(BaseModel):
    """What a party sees: the nodes made visible to it, the kinds of documents on file, and its fields, masked where marked."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    number: str
    court: str
    nodes: tuple[VisibleNode, ...]
    documents: dict[str, int]
    data: dict[str, Any]


def checklist_lines(procedure: Procedure, case: CaseState, trigger: str, at: datetime, children: Children) -> Iterator[ChecklistLine]:
    """The items of every checklist that the trigger must meet from the case's state."""
    passage = Passage(case, case.state, Actor.of(""), at, case.data, case.documents, children, procedure)
    names = dict.fromkeys(s.spec.checklist for s in procedure.steps(trigger, case.state) if s.spec.checklist is not None)
    for name in names:
        for id, item in procedure.definition.checklists[name].items.items():
            yield ChecklistLine(
                checklist=name, item=id, title_zh=item.title.zh, title_en=item.title.en,
                is_complete=obstacles.is_complete(name, id, item, passage), basis=item.basis.cite() if item.basis else "",
            )  # fmt: skip


def party_view(procedure: Procedure, case: CaseState, role: str, entries: Sequence[tuple[datetime, str, str, str]]) -> PartyView:
    """The view of one party role; `entries` are (at, kind, source, target) of the history."""
    d = procedure.definition
    nodes = []
    for at, kind, source, target in entries:
        state = d.states.get(target)
        if state is not None and role in state.visible_to and (kind == "opened" or source != target):
            nodes.append(VisibleNode(state=target, title_zh=state.title.zh, title_en=state.title.en, at=at))
    visible = {n: spec for n, spec in d.data.items() if role in spec.visible_to and case.data.get(n) is not None}
    data = {n: masked(case.data[n]) if spec.masked else case.data[n] for n, spec in visible.items()}
    documents = {n: len(refs) for n, refs in case.documents.items() if n in d.documents and role in d.documents[n].visible_to}
    return PartyView(case_id=case.id, number=case.number, court=case.court, nodes=tuple(nodes), documents=documents, data=data)
