"""Approvals and checklists beside the law: no office below the one it names, no item left out."""

from __future__ import annotations

from collections.abc import Iterator

from ..language import did_you_mean
from ..law.tables import Demands, StatutoryApproval, acts, checklists, demands, ranks
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.parts import Approval, ApprovalStep, Checklist
from ..source.findings import Finding
from ..source.positions import Position


def check(definition: Definition) -> Iterator[Finding]:
    for name, approval in definition.approvals.items():
        if approval.law is not None:
            yield from _approval(definition, name, approval, approval.law)
    for name, checklist in definition.checklists.items():
        if checklist.law is not None:
            yield from _checklist(name, checklist, checklist.law)
    asked = demands().get(definition.id, Demands())
    yield from _demanded_approvals(definition, asked)
    yield from _demanded_at_closing(definition, asked)


def _approval(definition: Definition, name: str, approval: Approval, law: str) -> Iterator[Finding]:
    act = acts().get(law)
    if act is None:
        hint = did_you_mean(law, acts())
        zh = f"法定审批表中没有 {law}{hint.zh}"
        en = f"no statutory approval {law}{hint.en}"
        yield Finding(approval.at_value("law"), "unknown-law", zh, en)
        return
    if act.verified == "memory":
        yield _unverified(approval.at_value("law"), act.cite)
    yield from _offices(definition, name, approval, act)


def _offices(
    definition: Definition, name: str, approval: Approval, act: StatutoryApproval
) -> Iterator[Finding]:
    """Each office that the law names approves in some step."""
    for office in act.offices:
        if not any(_is_reserved_to(definition, step, office) for step in approval.steps):
            zh = f"审批 {name} 低于法定要求：“{act.zh}”须经 {office} 批准（{act.cite}）"
            en = (
                f"the approval {name} is below what the law asks: "
                f"{act.en} needs {office} ({act.cite})"
            )
            yield Finding(approval.at_value("steps"), "approval-below-law", zh, en)


def _is_reserved_to(definition: Definition, step: ApprovalStep, office: str) -> bool:
    """Whether every role that may vote in a step holds an office, or one above it."""
    return all(_reaches(_office(definition, role), office) for role in step.by)


def _office(definition: Definition, id: str) -> str:
    role = definition.roles.get(id)
    return role.office or id if role is not None else id


def _reaches(held: str, office: str) -> bool:
    """Whether an office is another one or stands above it; not every office has a rank."""
    order = ranks()
    if held not in order or office not in order:
        return held == office
    return order.index(held) >= order.index(office)


def _unverified(at: Position, cite: str) -> Finding:
    zh = f"依据尚未核对原文：{cite}"
    en = f"the source has not been checked yet: {cite}"
    return Finding(at, "law-unverified", zh, en, "warning")


def _checklist(name: str, checklist: Checklist, law: str) -> Iterator[Finding]:
    """Every item of the statutory checklist is carried out by an item of this one."""
    items = checklists().get(law)
    if items is None:
        known = ", ".join(checklists())
        zh = f"没有法定清单 {law}；可用：{known}"
        en = f"no statutory checklist {law}; known: {known}"
        yield Finding(checklist.at_value("law"), "unknown-law", zh, en)
        return
    unverified = dict.fromkeys(item.cite for item in items if item.verified == "memory")
    if unverified:
        yield _unverified(checklist.at_value("law"), "、".join(unverified))
    carried_out = {item.law for item in checklist.items.values()}
    for item in items:
        if item.id not in carried_out:
            zh = f"清单 {name} 缺少法定事项“{item.zh}”（law: {item.id}）：{item.cite}"
            en = (
                f"the checklist {name} omits what the law asks: "
                f"{item.en} (law: {item.id}): {item.cite}"
            )
            yield Finding(checklist.at_value("items"), "checklist-omits", zh, en)


def _demanded_approvals(definition: Definition, asked: Demands) -> Iterator[Finding]:
    """Every approval that the law demands of this procedure is needed by some transition."""
    used = {_law_of_approval(definition, t) for t in definition.transitions}
    for id in asked.approvals:
        if id not in used:
            act = acts()[id]
            zh = f"缺少法定审批“{act.zh}”（law: {id}）：{act.cite}"
            en = f"the approval of {act.en} (law: {id}) is missing: {act.cite}"
            yield Finding(definition.at_value("approvals"), "approval-missing", zh, en)


def _demanded_at_closing(definition: Definition, asked: Demands) -> Iterator[Finding]:
    """Every way to close a case in one of these modes has the checklist and approval for it."""
    for mode, (checklist, approval) in asked.closing.items():
        ends = {name for name, state in definition.states.items() if state.closes == mode}
        for t in definition.transitions:
            if t.to in ends:
                yield from _closing_checklist(definition, t, checklist)
                yield from _closing_approval(definition, t, approval)


def _closing_checklist(definition: Definition, t: Transition, law: str | None) -> Iterator[Finding]:
    checklist = definition.checklists.get(t.checklist or "")
    found = checklist.law if checklist is not None else None
    if law not in (None, found):
        zh = f"“{t.title.zh}”须有法定清单（checklist，law: {law}）"
        en = f"{t.title.en} needs the statutory checklist (law: {law})"
        yield Finding(t.at, "checklist-missing", zh, en)


def _closing_approval(definition: Definition, t: Transition, law: str | None) -> Iterator[Finding]:
    if law is not None and law != _law_of_approval(definition, t):
        act = acts()[law]
        zh = f"“{t.title.zh}”须经法定审批（approval，law: {law}）：{act.cite}"
        en = f"{t.title.en} needs the statutory approval (law: {law}): {act.cite}"
        yield Finding(t.at, "approval-missing", zh, en)


def _law_of_approval(definition: Definition, t: Transition) -> str | None:
    """The act whose statutory approval a transition needs, if any."""
    approval = definition.approvals.get(t.approval or "")
    return approval.law if approval is not None else None
