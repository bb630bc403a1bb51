"""What can stand in the way of a step, each kind a function: who, when, what is missing, what is not so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from ..workflow.constructs import ChecklistItem
from ..workflow.errors import GuardValueMissing
from ..workflow.guards import Guard
from .values import Obstacle, Status, TaskKind, TaskStatus

if TYPE_CHECKING:
    from .machine import Passage, Procedure, Step


Check = Callable[["Step", "Passage"], Iterable[Obstacle]]


def _needed(step: Step, procedure: Procedure) -> Iterator[tuple[Check, tuple[str, ...]]]:
    """The checks that a step needs, in the order people ask (who, when, what is missing, what is not so), and their codes."""
    spec = step.spec
    form = procedure.definition.forms.get(spec.form or "")
    work = any(spec.trigger in task.done_by for task in procedure.definition.tasks.values())
    asks = form is not None and any(f.required or f.required_when for f in form.fields.values())
    wanted: tuple[tuple[object, Check, tuple[str, ...]], ...] = (
        (True, _wrong_role, ("role",)), (spec.not_by_who, _same_person, ("same-person",)), (work, _claimed, ("claimed",)),
        (spec.approval, _awaiting, ("awaiting-approval",)), (step.gates, _closed_gates, ("gate",)), (spec.needs, _needs, ("missing-field",)),
        (spec.form, _form, ("form-field", "missing-field") if asks else ("form-field",)),
        (spec.documents, _missing_documents, ("missing-document",)), (step.guard, _guarded, ("guard",)),
        (spec.checklist, _unchecked, ("checklist",)),
    )  # fmt: skip
    return ((check, codes) for needed, check, codes in wanted if needed)


def checks_of(step: Step, procedure: Procedure) -> tuple[Check, ...]:
    """The checks that a step needs."""
    return tuple(check for check, _ in _needed(step, procedure))


def codes_of(step: Step, procedure: Procedure) -> frozenset[str]:
    """The codes that a refusal of the step can have, each by something its definition asks."""
    return frozenset(code for _, codes in _needed(step, procedure) for code in codes)


def of_step(step: Step, passage: Passage) -> list[Obstacle]:
    """Everything that stands in the way of a step."""
    found: list[Obstacle] = []
    for check in step.checks:
        found.extend(check(step, passage))
    return found


def _needs(step: Step, passage: Passage) -> Iterable[Obstacle]:
    return [missing_field(name, passage) for name in step.spec.needs if passage.data.get(name) is None]


def missing_field(name: str, passage: Passage) -> Obstacle:
    title = passage.procedure.definition.data[name].title
    return Obstacle("missing-field", f"缺少{title.zh}（{name}）", f"{title.en} ({name}) is missing")


def _missing_documents(step: Step, passage: Passage) -> Iterator[Obstacle]:
    for name in step.spec.documents:
        if name not in passage.documents:
            title = passage.procedure.definition.documents[name].title
            yield Obstacle("missing-document", f"缺少文书：{title.zh}（{name}）", f"the document {title.en} ({name}) is missing")


def _wrong_role(step: Step, passage: Passage) -> Iterable[Obstacle]:
    if not step.roles.isdisjoint(passage.actor.roles):
        return ()
    titles = [passage.procedure.definition.role_title(role) for role in step.spec.by]
    zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
    return (Obstacle("role", f"须由{zh}办理", f"only {en} may do this"),)


def _same_person(step: Step, passage: Passage) -> Iterator[Obstacle]:
    for trigger in step.spec.not_by_who:
        if passage.case.done_by.get(trigger) == passage.actor.id:
            title = passage.procedure.definition.trigger_title(trigger)
            yield Obstacle("same-person", f"不能由“{title.zh}”的同一人办理", f"not by the person who did: {title.en}")


def _claimed(step: Step, passage: Passage) -> Iterator[Obstacle]:
    tasks = passage.procedure.definition.tasks
    for task in passage.case.tasks:
        if task.kind is TaskKind.TASK and task.status is TaskStatus.CLAIMED and task.claimed_by != passage.actor.id:
            work = tasks.get(task.name)
            if work is not None and step.spec.trigger in work.done_by:
                yield Obstacle(
                    "claimed", f"“{work.title.zh}”已由 {task.claimed_by} 领取", f"{work.title.en} was claimed by {task.claimed_by}"
                )


def _awaiting(step: Step, passage: Passage) -> Iterator[Obstacle]:
    for proposal in passage.case.proposals if passage.approved is None else ():
        if proposal.trigger == step.spec.trigger:
            approval = passage.procedure.definition.approvals[proposal.approval]
            roles = [passage.procedure.definition.role_title(r) for r in approval.steps[proposal.step].by]
            zh, en = "、".join(t.zh for t in roles), ", ".join(t.en for t in roles)
            yield Obstacle("awaiting-approval", f"已由 {proposal.person} 提请，待{zh}批准", f"proposed by {proposal.person}, awaits {en}")


def _closed_gates(step: Step, passage: Passage) -> Iterator[Obstacle]:
    for deadline in passage.case.deadlines:
        if deadline.rule in step.gates and deadline.status in (Status.RUNNING, Status.PAUSED):
            if deadline.due_at is not None and passage.at >= deadline.due_at:
                continue
            title = passage.procedure.definition.deadlines[deadline.rule].title
            day = deadline.due_day.isoformat() if deadline.due_day else "…"
            yield Obstacle("gate", f"{title.zh}：{day} 前不得办理", f"{title.en}: not before {day}", deadline.due_at)


def _form(step: Step, passage: Passage) -> Iterator[Obstacle]:
    """What the form requires is there, and the event brings nothing that the form does not ask."""
    name = step.spec.form or ""
    form = passage.procedure.definition.forms[name]
    for field in passage.brought:
        if field not in form.fields:
            yield Obstacle("form-field", f"表单“{form.title.zh}”没有 {field} 一项", f"the form {form.title.en} does not ask for {field}")
    conditions = passage.procedure.form_conditions[name]
    for field, asked in form.fields.items():
        if passage.data.get(field) is None and (asked.required or (field in conditions and _holds(conditions[field], passage))):
            yield missing_field(field, passage)


def _holds(guard: Guard, passage: Passage) -> bool:
    try:
        return guard.allows(passage)
    except GuardValueMissing:
        return False


def _guarded(step: Step, passage: Passage) -> Iterable[Obstacle]:
    guard = step.guard
    assert guard is not None
    try:
        if guard.allows(passage):
            return ()
    except GuardValueMissing as missing:
        return (Obstacle("guard-value", missing.text("zh"), missing.text("en")),)
    words = step.spec.otherwise
    zh, en = (words.zh, words.en) if words else (f"条件不满足：{guard.text}", f"not so: {guard.text}")
    return (Obstacle("guard", zh, en),)


def _unchecked(step: Step, passage: Passage) -> Iterator[Obstacle]:
    name = step.spec.checklist or ""
    for id, item in passage.procedure.definition.checklists[name].items.items():
        if not is_complete(name, id, item, passage):
            cite_zh, cite_en = (f"（{item.basis.cite()}）", f" ({item.basis.cite()})") if item.basis else ("", "")
            yield Obstacle("checklist", f"未完成：{item.title.zh}{cite_zh}", f"not complete: {item.title.en}{cite_en}")


def is_complete(checklist: str, id: str, item: ChecklistItem, passage: Passage) -> bool:
    """Whether an item of a checklist is so now: its condition holds and its documents are on file."""
    guard = passage.procedure.checklist_conditions[checklist].get(id)
    return all(document in passage.documents for document in item.documents) and (guard is None or _holds(guard, passage))
