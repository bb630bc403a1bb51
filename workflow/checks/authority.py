"""Approvals and checklists beside the law: nobody below the office it names, no statutory item left out."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ..law.tables import StatutoryApproval, acts, checklists, demands, ranks
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.parts import Approval, Checklist
from ..source.findings import Finding
from ..source.positions import Position


def check(definition: Definition) -> Iterator[Finding]:
    for name, approval in definition.approvals.items():
        if approval.law is not None:
            act = acts().get(approval.law)
            if act is None:
                close = get_close_matches(approval.law, acts(), 1)
                zh, en = (
                    (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
                )
                at = approval.at_value("law")
                yield Finding(
                    at,
                    "unknown-law",
                    f"法定审批表中没有 {approval.law}{zh}",
                    f"no statutory approval {approval.law}{en}",
                )
            else:
                yield from _approval(definition, name, approval, act)
    for name, checklist in definition.checklists.items():
        yield from _checklist(name, checklist)
    asked = demands().get(definition.id)
    if asked is not None:
        used = {
            definition.approvals[t.approval].law
            for t in definition.transitions
            if t.approval in definition.approvals
        }
        for id in asked.approvals:
            if id not in used:
                zh, en = (
                    f"缺少法定审批“{acts()[id].zh}”（law: {id}）：{acts()[id].cite}",
                    f"the approval of {acts()[id].en} (law: {id}) is missing",
                )
                yield Finding(
                    definition.at_value("approvals"),
                    "approval-missing",
                    zh,
                    f"{en}: {acts()[id].cite}",
                )
        for mode, (needs_checklist, needs_approval) in asked.closing.items():
            for t in definition.transitions:
                if t.to in definition.states and definition.states[t.to].closes == mode:
                    yield from _closing(definition, t, needs_checklist, needs_approval)


def _approval(
    definition: Definition, name: str, approval: Approval, act: StatutoryApproval
) -> Iterator[Finding]:
    """Each office the law names approves in some step: every role that may vote there holds it, or one above."""
    if act.verified == "memory":
        yield _unverified(approval.at_value("law"), act.cite)
    steps = [[_office(definition, role) for role in step.by] for step in approval.steps]
    for office in act.offices:
        if not any(all(_reaches(held, office) for held in step) for step in steps):
            zh = f"审批 {name} 低于法定要求：“{act.zh}”须经 {office} 批准（{act.cite}）"
            en = f"the approval {name} is below what the law asks: {act.en} needs {office} ({act.cite})"
            yield Finding(approval.at_value("steps"), "approval-below-law", zh, en)


def _unverified(at: Position, cite: str) -> Finding:
    return Finding(
        at,
        "law-unverified",
        f"依据尚未核对原文：{cite}",
        f"the source has not been checked yet: {cite}",
        "warning",
    )


def _office(definition: Definition, role: str) -> str:
    held = definition.roles.get(role)
    return held.office or role if held else role


def _reaches(held: str, office: str) -> bool:
    order = ranks()
    return held == office or (
        held in order and office in order and order.index(held) >= order.index(office)
    )


def _checklist(name: str, checklist: Checklist) -> Iterator[Finding]:
    if checklist.law is None:
        return
    items = checklists().get(checklist.law)
    if items is None:
        at = checklist.at_value("law")
        known = ", ".join(checklists())
        yield Finding(
            at,
            "unknown-law",
            f"没有法定清单 {checklist.law}；可用：{known}",
            f"no statutory checklist {checklist.law}; known: {known}",
        )
        return
    if unsure := [item.cite for item in items if item.verified == "memory"]:
        yield _unverified(checklist.at_value("law"), "、".join(dict.fromkeys(unsure)))
    present = {item.law for item in checklist.items.values()}
    for item in items:
        if item.id not in present:
            zh = f"清单 {name} 缺少法定事项“{item.zh}”（law: {item.id}）：{item.cite}"
            en = f"the checklist {name} omits what the law asks: {item.en} (law: {item.id}): {item.cite}"
            yield Finding(checklist.at_value("items"), "checklist-omits", zh, en)


def _closing(
    definition: Definition, t: Transition, checklist: str | None, approval: str | None
) -> Iterator[Finding]:
    has_checklist = (
        definition.checklists[t.checklist].law if t.checklist in definition.checklists else None
    )
    has_approval = (
        definition.approvals[t.approval].law if t.approval in definition.approvals else None
    )
    if checklist is not None and has_checklist != checklist:
        zh = f"“{t.title.zh}”须有法定清单（checklist，law: {checklist}）"
        yield Finding(
            t.at,
            "checklist-missing",
            zh,
            f"{t.title.en} needs the statutory checklist (law: {checklist})",
        )
    if approval is not None and has_approval != approval:
        act = acts()[approval]
        zh = f"“{t.title.zh}”须经法定审批（approval，law: {approval}）：{act.cite}"
        yield Finding(
            t.at,
            "approval-missing",
            zh,
            f"{t.title.en} needs the statutory approval (law: {approval}): {act.cite}",
        )
