"""Approvals and checklists beside the law: no office below the one it names, no item left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..language import Words
from ..law.law import Law
from ..law.rows import Demands, StatutoryApproval, StatutoryItem
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.parts import Approval, Checklist
from ..source.findings import Finding
from .kinds import demanded
from .law_of_the_day import changes, items_change, unknown, unverified
from .offices import Offices
from .references import named

_ACT = Words("法定审批", "statutory approval")
_LIST = Words("法定清单", "statutory checklist")


def check(definition: Definition, law: Law) -> Iterator[Finding]:
    """Approvals and checklists beside the rows that they name, and those that the law demands.

    All as the law is on the day when the definition takes effect.
    """
    for name, approval in definition.approvals.items():
        yield from _approval(definition, name, approval, law)
    for name, checklist in definition.checklists.items():
        yield from _checklist(definition, name, checklist, law)
    asked = demanded(definition, law)
    yield from _demanded_approvals(definition, asked, law)
    yield from _demanded_at_closing(definition, asked, law)


def _approval(definition: Definition, name: str, approval: Approval, law: Law) -> Iterator[Finding]:
    """An approval beside the act of the law that it names, if it names one."""
    id, at, day = approval.law, approval.at_value("law"), definition.effective
    if id is None:
        return
    act = law.acts(day).get(id)
    if act is None:
        yield unknown(at, id, day, law.all_acts(), _ACT)
    else:
        yield from unverified(at, [act])
        yield from _offices(Offices(definition, law), name, approval, act)
        yield from changes(at, act, law.all_acts())


def _offices(
    offices: Offices, name: str, approval: Approval, act: StatutoryApproval
) -> Iterator[Finding]:
    """Each office that the law names approves in some step."""
    for office in act.offices:
        if not offices.approves(approval, office):
            at = approval.at_value("steps")
            zh = f"审批 {name} 低于法定要求：“{act.zh}”须经 {office} 批准（{act.cite}）"
            en = (
                f"the approval {name} is below what the law asks: "
                f"{act.en} needs {office} ({act.cite})"
            )
            yield Finding(at, "approval-below-law", zh, en)


def _checklist(
    definition: Definition, name: str, checklist: Checklist, law: Law
) -> Iterator[Finding]:
    """A checklist beside the statutory one that it names, if it names one."""
    id, at, day = checklist.law, checklist.at_value("law"), definition.effective
    if id is None:
        return
    statutory = law.checklists(day).get(id)
    if statutory is None:
        yield unknown(at, id, day, law.all_checklists(), _LIST)
    else:
        items = statutory.on(day)
        yield from unverified(at, items)
        yield from _omitted(name, checklist, items)
        yield from changes(at, statutory, law.all_checklists())
        yield from items_change(at, statutory, day)


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


def _demanded_approvals(definition: Definition, asked: Demands, law: Law) -> Iterator[Finding]:
    """Every approval that the law demands of this procedure is needed by some transition."""
    used = {_law_of(definition.approvals, t.approval) for t in definition.transitions}
    acts = law.acts(definition.effective)
    for id in sorted((set(asked.approvals) - used) & acts.keys()):
        act = acts[id]
        at = definition.at_value("approvals")
        zh = f"缺少法定审批“{act.zh}”（law: {id}）：{act.cite}"
        en = f"the approval of {act.en} (law: {id}) is missing: {act.cite}"
        yield Finding(at, "approval-missing", zh, en)


def _demanded_at_closing(definition: Definition, asked: Demands, law: Law) -> Iterator[Finding]:
    """Every way to close a case has the checklist and the approval that its mode asks for."""
    for t in definition.transitions:
        mode = _closing_mode(definition, t)
        checklist, approval = named(asked.closing, mode) or (None, None)
        yield from _closing_checklist(definition, t, checklist)
        act = named(law.acts(definition.effective), approval)
        if act is not None:
            yield from _closing_approval(definition, t, act)


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


def _closing_approval(
    definition: Definition, t: Transition, act: StatutoryApproval
) -> Iterator[Finding]:
    """A transition has the statutory approval that the law demands, or what stands for it."""
    if set(act.unless) & set(t.documents):
        return
    if act.id != _law_of(definition.approvals, t.approval):
        zh = f"“{t.title.zh}”须经法定审批（approval，law: {act.id}）：{act.cite}"
        en = f"{t.title.en} needs the statutory approval (law: {act.id}): {act.cite}"
        yield Finding(t.at, "approval-missing", zh, en)


def _law_of(table: Mapping[str, Approval | Checklist], name: str | None) -> str | None:
    """The row of the law that an approval or a checklist carries out, by its name."""
    element = named(table, name)
    return element.law if element is not None else None
