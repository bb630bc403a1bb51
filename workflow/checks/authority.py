"""Approvals and checklists beside the law: no office below the one it names, no item left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..language import did_you_mean
from ..law.tables import (
    Demands,
    StatutoryApproval,
    StatutoryItem,
    acts,
    checklists,
    demands,
    ranks,
)
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.parts import Approval, ApprovalStep, Checklist
from ..source.findings import Finding
from ..source.positions import Position
from .references import named


def check(definition: Definition) -> Iterator[Finding]:
    """Approvals and checklists beside the rows that they name, and those that the law demands."""
    for name, approval in definition.approvals.items():
        yield from _approval(definition, name, approval)
    for name, checklist in definition.checklists.items():
        yield from _checklist(name, checklist)
    asked = demands().get(definition.id, Demands())
    yield from _demanded_approvals(definition, asked)
    yield from _demanded_at_closing(definition, asked)


def _approval(definition: Definition, name: str, approval: Approval) -> Iterator[Finding]:
    """An approval beside the act of the law that it names, if it names one."""
    law, at = approval.law, approval.at_value("law")
    if law is None:
        return
    act = acts().get(law)
    if act is None:
        yield _unknown_act(at, law)
    else:
        yield from _unverified(at, [act])
        yield from _offices(definition, name, approval, act)


def _unknown_act(at: Position, law: str) -> Finding:
    """An act that the table does not have, with the nearest that it has."""
    hint = did_you_mean(law, acts())
    zh = f"法定审批表中没有 {law}{hint.zh}"
    en = f"no statutory approval {law}{hint.en}"
    return Finding(at, "unknown-law", zh, en)


def _offices(
    definition: Definition, name: str, approval: Approval, act: StatutoryApproval
) -> Iterator[Finding]:
    """Each office that the law names approves in some step."""
    for office in act.offices:
        if not any(_is_reserved_to(definition, step, office) for step in approval.steps):
            at = approval.at_value("steps")
            zh = f"审批 {name} 低于法定要求：“{act.zh}”须经 {office} 批准（{act.cite}）"
            en = (
                f"the approval {name} is below what the law asks: "
                f"{act.en} needs {office} ({act.cite})"
            )
            yield Finding(at, "approval-below-law", zh, en)


def _is_reserved_to(definition: Definition, step: ApprovalStep, office: str) -> bool:
    """Whether every role that may vote in a step holds an office, or one above it."""
    return all(_reaches(_office(definition, role), office) for role in step.by)


def _office(definition: Definition, id: str) -> str:
    """The office of whoever has a role: the one it says, or the role itself."""
    role = definition.roles.get(id)
    office = role.office if role is not None else None
    return office or id


def _reaches(held: str, office: str) -> bool:
    """Whether an office is another one or stands above it; not every office has a rank."""
    order = ranks()
    if not {held, office}.issubset(order):
        return held == office
    return order.index(held) >= order.index(office)


def _unverified(
    at: Position, rows: Iterable[StatutoryApproval | StatutoryItem]
) -> Iterator[Finding]:
    """A warning for citations that nobody has compared with the text of the law yet."""
    from_memory = dict.fromkeys(row.cite for row in rows if row.verified == "memory")
    if from_memory:
        cite = "、".join(from_memory)
        zh = f"依据尚未核对原文：{cite}"
        en = f"the source has not been checked yet: {cite}"
        yield Finding(at, "law-unverified", zh, en, "warning")


def _checklist(name: str, checklist: Checklist) -> Iterator[Finding]:
    """A checklist beside the statutory one that it names, if it names one."""
    law, at = checklist.law, checklist.at_value("law")
    if law is None:
        return
    items = checklists().get(law)
    if items is None:
        yield _unknown_checklist(at, law)
    else:
        yield from _unverified(at, items)
        yield from _omitted(name, checklist, items)


def _unknown_checklist(at: Position, law: str) -> Finding:
    """A checklist that the law's table does not have; there are few, so all are named."""
    known = ", ".join(checklists())
    zh = f"没有法定清单 {law}；可用：{known}"
    en = f"no statutory checklist {law}; known: {known}"
    return Finding(at, "unknown-law", zh, en)


def _omitted(name: str, checklist: Checklist, items: Iterable[StatutoryItem]) -> Iterator[Finding]:
    """Every item of the statutory checklist is carried out by an item of this one."""
    carried_out = {item.law for item in checklist.items.values()}
    for item in items:
        if item.id not in carried_out:
            at = checklist.at_value("items")
            zh = f"清单 {name} 缺少法定事项“{item.zh}”（law: {item.id}）：{item.cite}"
            en = (
                f"the checklist {name} omits what the law asks: "
                f"{item.en} (law: {item.id}): {item.cite}"
            )
            yield Finding(at, "checklist-omits", zh, en)


def _demanded_approvals(definition: Definition, asked: Demands) -> Iterator[Finding]:
    """Every approval that the law demands of this procedure is needed by some transition."""
    used = {_law_of(definition.approvals, t.approval) for t in definition.transitions}
    for id in sorted(set(asked.approvals) - used):
        act = acts()[id]
        at = definition.at_value("approvals")
        zh = f"缺少法定审批“{act.zh}”（law: {id}）：{act.cite}"
        en = f"the approval of {act.en} (law: {id}) is missing: {act.cite}"
        yield Finding(at, "approval-missing", zh, en)


def _demanded_at_closing(definition: Definition, asked: Demands) -> Iterator[Finding]:
    """Every way to close a case has the checklist and the approval that its mode asks for."""
    for t in definition.transitions:
        mode = _closing_mode(definition, t)
        checklist, approval = named(asked.closing, mode) or (None, None)
        yield from _closing_checklist(definition, t, checklist)
        yield from _closing_approval(definition, t, approval)


def _closing_mode(definition: Definition, t: Transition) -> str | None:
    """How a transition closes the case, if it does."""
    state = definition.states.get(t.to)
    return state.closes if state is not None else None


def _closing_checklist(definition: Definition, t: Transition, law: str | None) -> Iterator[Finding]:
    """A transition has the statutory checklist that the law demands, if any."""
    if law not in (None, _law_of(definition.checklists, t.checklist)):
        zh = f"“{t.title.zh}”须有法定清单（checklist，law: {law}）"
        en = f"{t.title.en} needs the statutory checklist (law: {law})"
        yield Finding(t.at, "checklist-missing", zh, en)


def _closing_approval(definition: Definition, t: Transition, law: str | None) -> Iterator[Finding]:
    """A transition has the statutory approval that the law demands, if any."""
    if law is not None and law != _law_of(definition.approvals, t.approval):
        act = acts()[law]
        zh = f"“{t.title.zh}”须经法定审批（approval，law: {law}）：{act.cite}"
        en = f"{t.title.en} needs the statutory approval (law: {law}): {act.cite}"
        yield Finding(t.at, "approval-missing", zh, en)


def _law_of(table: Mapping[str, Approval | Checklist], name: str | None) -> str | None:
    """The row of the law that an approval or a checklist carries out, by its name."""
    element = named(table, name)
    return element.law if element is not None else None
