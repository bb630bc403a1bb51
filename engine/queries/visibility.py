"""What may be seen of a case: a checklist item by item, and the view of a party (nodes, documents
and dates, no more)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from ...workflow.errors import DataError, GuardFailed, GuardValueMissing
from ...workflow.language import Words
from ...workflow.model.field_types import masked
from ...workflow.model.flow import FieldSpec, Visible
from ...workflow.model.parts import ChecklistItem
from ...workflow.model.records import Record
from ..decision.at_hand import records_in, with_record
from ..decision.attempt import Attempt
from ..decision.computed import with_computed
from ..decision.obstacles import is_complete
from ..decision.procedure import Procedure
from ..model.effects import EntryKind
from ..model.event import Actor
from ..storage.schema import history
from ..work.runtime import Transaction
from .sealing import kind_of

_NOTICE = Words(
    "本视图只显示依流程定义对该方当事人公开的节点、文书种类和信息；"
    "尚未公开的措施、审批与合议过程、内部提醒、他方信息和密封内容不在其中。",
    "This view shows the nodes, kinds of documents and facts that the definition makes visible to "
    "this party. Measures not yet public, approvals and deliberation, internal alerts, what "
    "concerns others, and what is sealed are not in it.",
)


class ChecklistLine(BaseModel):
    """One item of a checklist, and whether it is complete now."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    checklist: str
    item: str
    title_zh: str
    title_en: str
    is_complete: bool
    basis: str


class VisibleNode(BaseModel):
    """A node that the case came to, and when."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    state: str
    title_zh: str
    title_en: str
    at: datetime


class PartyView(BaseModel):
    """What a party sees: the nodes made visible to it, the kinds of documents on file, and its
    fields, masked where marked.

    `notice` says in two languages what it does not show.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    case_id: str
    number: str
    court: str
    nodes: tuple[VisibleNode, ...]
    documents: dict[str, int]
    data: dict[str, Any]
    notice_zh: str = _NOTICE.zh
    notice_en: str = _NOTICE.en


def checklist(transaction: Transaction, case_id: str, trigger: str) -> tuple[ChecklistLine, ...]:
    """Every item of the checklists that a trigger must meet from the case's state.

    Raises `CaseNotFound`.
    """
    procedure, tried = _as_it_stands(transaction, case_id)
    return tuple(_lines(procedure, tried, trigger))


def _as_it_stands(transaction: Transaction, case_id: str) -> tuple[Procedure, Attempt]:
    """A case as conditions see it now, by nobody. Raises `CaseNotFound`."""
    unit = transaction.unit()
    case = unit.case(case_id)
    procedure, children, nobody = unit.procedure(case), unit.children(case), Actor.of("")
    state, data, documents = case.state, case.data, case.documents
    now = transaction.now
    return procedure, Attempt(case, state, nobody, now, data, documents, children, procedure)


def _lines(procedure: Procedure, tried: Attempt, trigger: str) -> Iterator[ChecklistLine]:
    ways = procedure.ways_from(trigger, tried.state)
    names = dict.fromkeys(w.spec.checklist for w in ways if w.spec.checklist is not None)
    for name in names:
        for id, item in procedure.definition.checklists[name].items.items():
            yield ChecklistLine(
                checklist=name,
                item=id,
                title_zh=item.title.zh,
                title_en=item.title.en,
                is_complete=_is_complete(name, id, item, tried),
                basis=item.basis.cite() if item.basis else "",
            )


def _is_complete(checklist: str, id: str, item: ChecklistItem, tried: Attempt) -> bool:
    """What cannot be evaluated is not complete; whoever acts is told why."""
    try:
        return is_complete(checklist, id, item, tried)
    except GuardFailed:
        return False


def party_view(transaction: Transaction, case_id: str, role: str) -> PartyView:
    """What a party of this role may see of a case, and no more.

    Raises `CaseNotFound`, `DataError`.
    """
    procedure, standing = _as_it_stands(transaction, case_id)
    _check_party(procedure, role)
    eyes, case = _Eyes(procedure, standing, role), standing.case
    definition = procedure.definition
    known = with_computed(procedure, case.data, transaction.now)
    data = eyes.shown(definition.data, known)
    for name, fields in definition.records.items():
        listed = records_in(case.data, name)
        records = [eyes.at_hand(name, record).shown(fields, record) for record in listed]
        if any(records):
            data[name] = records
    shown = {name for name, kind in definition.documents.items() if eyes.see(kind)}
    documents = Counter[str]()
    for name, references in case.documents.items():
        if kind_of(name) in shown:
            documents[kind_of(name)] += len(references)
    return PartyView(
        case_id=case.id,
        number=case.number,
        court=case.court,
        nodes=tuple(_nodes(transaction, eyes)),
        documents=dict(documents),
        data=data,
    )


class _Eyes:
    """What a party of a role sees of a case as it stands, by the conditions of its definition."""

    def __init__(self, procedure: Procedure, standing: Attempt, role: str) -> None:
        self.procedure, self.case = procedure, standing.case
        self._standing, self._role = standing, role

    def at_hand(self, name: str, record: Record) -> _Eyes:
        """The same, with one record of a list at hand."""
        data = with_record(self._standing.data, name, record)
        return _Eyes(self.procedure, replace(self._standing, data=data), self._role)

    def see(self, element: Visible) -> bool:
        """Whether something is visible; what cannot be known does not make it so."""
        own = (viewer for viewer in element.visible_to if viewer.role == self._role)
        return any(viewer.when is None or self._holds(viewer.when) for viewer in own)

    def _holds(self, when: str) -> bool:
        try:
            return self.procedure.viewing[when].allows(self._standing)
        except (GuardFailed, GuardValueMissing):
            return False

    def shown(self, fields: Mapping[str, FieldSpec], known: Mapping[str, Any]) -> dict[str, Any]:
        """What is known of the fields that are visible, masked where they are marked."""
        given = {n: s for n, s in fields.items() if not s.fields and known.get(n) is not None}
        return {
            name: masked(known[name]) if spec.masked else known[name]
            for name, spec in given.items()
            if self.see(spec)
        }


def _check_party(procedure: Procedure, role: str) -> None:
    parties = procedure.definition.parties
    if role not in parties:
        known = ", ".join(sorted(parties)) or "-"
        raise DataError(
            field="role",
            value=role,
            why_zh=f"不是当事人角色；可用：{known}",
            why_en=f"not the role of a party; known: {known}",
        )


def _nodes(transaction: Transaction, eyes: _Eyes) -> Iterator[VisibleNode]:
    """The nodes that are visible now, each time the case came to one."""
    case, states = eyes.case, eyes.procedure.definition.states
    visible = {name: state.title for name, state in states.items() if eyes.see(state)}
    query = select(history.c.happened_at, history.c.kind, history.c.source, history.c.target)
    query = query.where(history.c.court == case.court, history.c.case_id == case.id)
    query = query.order_by(history.c.seq)
    for at, kind, source, target in transaction.connection.execute(query):
        is_arrival = kind == EntryKind.OPENED or source != target
        if is_arrival and target in visible:
            title = visible[target]
            yield VisibleNode(state=target, title_zh=title.zh, title_en=title.en, at=at)
