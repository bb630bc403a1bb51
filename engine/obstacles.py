"""What can stand in the way of a step, each kind a function: who, when, what is missing, what is not so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..workflow.constructs import ChecklistItem
from ..workflow.errors import GuardValueMissing
from ..workflow.guards import Guard
from ..workflow.models import Transition
from .values import Obstacle, Status, TaskKind, TaskStatus

if TYPE_CHECKING:
    from .machine import Passage, Step


def of_step(step: Step, passage: Passage) -> list[Obstacle]:
    """Everything that stands in the way of a step, in the order people ask."""
    found: list[Obstacle] = []
    spec = step.spec
    if step.roles.isdisjoint(passage.actor.roles):
        found.append(_wrong_role(step, passage))
    if spec.not_by_who:
        found.extend(_same_person(spec, passage))
    if passage.case.tasks:
        found.extend(_claimed(spec, passage))
    if spec.approval is not None and passage.approved is None and passage.case.proposals:
        found.extend(_awaiting(spec, passage))
    if step.gates:
        found.extend(_closed_gates(step.gates, passage))
    for name in spec.needs:
        if passage.data.get(name) is None:
            found.append(missing_field(name, passage))
    if spec.form is not None:
        found.extend(_form(spec.form, passage))
    for name in spec.documents:
        if name not in passage.documents:
            found.append(_missing_document(name, passage))
    if step.guard is not None and (obstacle := _guarded(step.guard, spec, passage)):
        found.append(obstacle)
    if spec.checklist is not None:
        found.extend(_unchecked(spec.checklist, passage))
    return found


def missing_field(name: str, passage: Passage) -> Obstacle:
    title = passage.procedure.definition.data[name].title
    return Obstacle("missing-field", f"缺少{title.zh}（{name}）", f"{title.en} ({name}) is missing")


def _missing_document(name: str, passage: Passage) -> Obstacle:
    title = passage.procedure.definition.documents[name].title
    return Obstacle("missing-document", f"缺少文书：{title.zh}（{name}）", f"the document {title.en} ({name}) is missing")


def _wrong_role(step: Step, passage: Passage) -> Obstacle:
    titles = [passage.procedure.definition.role_title(role) for role in step.spec.by]
    zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
    return Obstacle("role", f"须由{zh}办理", f"only {en} may do this")


def _same_person(spec: Transition, passage: Passage) -> Iterator[Obstacle]:
    for trigger in spec.not_by_who:
        if passage.case.done_by.get(trigger) == passage.actor.id:
            title = passage.procedure.definition.trigger_title(trigger)
            yield Obstacle("same-person", f"不能由“{title.zh}”的同一人办理", f"not by the person who did: {title.en}")


def _claimed(spec: Transition, passage: Passage) -> Iterator[Obstacle]:
    tasks = passage.procedure.definition.tasks
    for task in passage.case.tasks:
        if task.kind is TaskKind.TASK and task.status is TaskStatus.CLAIMED and task.claimed_by != passage.actor.id:
            work = tasks.get(task.name)
            if work is not None and spec.trigger in work.done_by:
                yield Obstacle(
                    "claimed", f"“{work.title.zh}”已由 {task.claimed_by} 领取", f"{work.title.en} was claimed by {task.claimed_by}"
                )


def _awaiting(spec: Transition, passage: Passage) -> Iterator[Obstacle]:
    for proposal in passage.case.proposals:
        if proposal.trigger == spec.trigger:
            approval = passage.procedure.definition.approvals[proposal.approval]
            roles = [passage.procedure.definition.role_title(r) for r in approval.steps[proposal.step].by]
            zh, en = "、".join(t.zh for t in roles), ", ".join(t.en for t in roles)
            yield Obstacle("awaiting-approval", f"已由 {proposal.person} 提请，待{zh}批准", f"proposed by {proposal.person}, awaits {en}")


def _closed_gates(gates: tuple[str, ...], passage: Passage) -> Iterator[Obstacle]:
    for deadline in passage.case.deadlines:
        if deadline.rule in gates and deadline.status in (Status.RUNNING, Status.PAUSED):
            if deadline.due_at is not None and passage.at >= deadline.due_at:
                continue
            title = passage.procedure.definition.deadlines[deadline.rule].title
            day = deadline.due_day.isoformat() if deadline.due_day else "…"
            yield Obstacle("gate", f"{title.zh}：{day} 前不得办理", f"{title.en}: not before {day}", deadline.due_at)


def _form(name: str, passage: Passage) -> Iterator[Obstacle]:
    """What the form requires is there, and the event brings nothing that the form does not ask."""
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


def _guarded(guard: Guard, spec: Transition, passage: Passage) -> Obstacle | None:
    try:
        if guard.allows(passage):
            return None
    except GuardValueMissing as missing:
        return Obstacle("guard-value", missing.text("zh"), missing.text("en"))
    zh, en = (spec.otherwise.zh, spec.otherwise.en) if spec.otherwise else (f"条件不满足：{guard.text}", f"not so: {guard.text}")
    return Obstacle("guard", zh, en)


def _unchecked(name: str, passage: Passage) -> Iterator[Obstacle]:
    for id, item in passage.procedure.definition.checklists[name].items.items():
        if not is_complete(name, id, item, passage):
            cite_zh, cite_en = (f"（{item.basis.cite()}）", f" ({item.basis.cite()})") if item.basis else ("", "")
            yield Obstacle("checklist", f"未完成：{item.title.zh}{cite_zh}", f"not complete: {item.title.en}{cite_en}")


def is_complete(checklist: str, id: str, item: ChecklistItem, passage: Passage) -> bool:
    """Whether an item of a checklist is so now: its condition holds and its documents are on file."""
    guard = passage.procedure.checklist_conditions[checklist].get(id)
    return all(document in passage.documents for document in item.documents) and (guard is None or _holds(guard, passage))
