"""Work in pools: a task is offered to roles, claimed by a person or handed back, and done by the trigger that performs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from .changes import Claim, HandBack
from .errors import Refused
from .machine import Procedure
from .timing import Ledger, settle_proposal
from .values import CaseState, Event, Obstacle, Proposal, TaskKind, TaskState, TaskStatus


def offer(case: CaseState, kind: TaskKind, name: str, roles: tuple[str, ...], at: datetime, ledger: Ledger) -> None:
    """Offer work, unless it is open already."""
    if any(task.kind is kind and task.name == name for task in case.tasks):
        return
    task = TaskState(f"{case.id}.{ledger.seq}.t{len(ledger.tasks)}", kind, name, roles, at)
    case.tasks = (*case.tasks, task)
    ledger.tasks.append(task)
    ledger.effects.append({"task": name, "what": "offered"})


def end(case: CaseState, tasks: Iterable[TaskState], status: TaskStatus, by: str, at: datetime, ledger: Ledger) -> None:
    """Open tasks become done or end unperformed."""
    for task in tasks:
        ended = replace(task, status=status, claimed_by=task.claimed_by or by, ended_at=at)
        case.tasks = tuple(t for t in case.tasks if t.id != task.id)
        ledger.tasks.append(ended)
        ledger.effects.append({"task": task.name, "what": status.value})


def enter(procedure: Procedure, case: CaseState, at: datetime, ledger: Ledger) -> None:
    """The tasks that the case's state offers."""
    for name in procedure.tasks_entering.get(case.state, ()):
        spec = procedure.definition.tasks[name]
        if not spec.starts.on:
            offer(case, TaskKind.TASK, name, spec.offered_to, at, ledger)


def follow(
    procedure: Procedure, case: CaseState, source: str, trigger: str, person: str, at: datetime, ledger: Ledger, returned: bool
) -> None:
    """What a trigger that took effect means for the pool: done, ended, offered; and proposals that are no longer possible lapse."""
    moved = case.state != source
    for task in case.tasks:
        spec = procedure.definition.tasks.get(task.name) if task.kind is TaskKind.TASK else None
        if spec is None:
            continue
        if trigger in spec.done_by:
            end(case, [task], TaskStatus.DONE, person, at, ledger)
        elif trigger in spec.ends_by or case.closed_at is not None or (moved and _has_left(procedure, case, spec.starts.entering)):
            end(case, [task], TaskStatus.ENDED, "", at, ledger)
    if moved:
        _lapse(procedure, case, at, ledger)
        if not returned:
            enter(procedure, case, at, ledger)
    for name in procedure.tasks_on.get(trigger, ()):
        spec = procedure.definition.tasks[name]
        if not spec.starts.entering or case.state in spec.starts.entering:
            offer(case, TaskKind.TASK, name, spec.offered_to, at, ledger)


def _has_left(procedure: Procedure, case: CaseState, states: tuple[str, ...]) -> bool:
    """Whether a case is out of the states that offered a task; one that rests has not left them, and may return."""
    return bool(states) and case.state not in states and case.state not in procedure.grounds


def _lapse(procedure: Procedure, case: CaseState, at: datetime, ledger: Ledger) -> None:
    for proposal in case.proposals:
        if not _stands(procedure, case, proposal):
            drop(case, proposal.trigger, TaskStatus.ENDED, "", at, ledger)
            settle_proposal(procedure, case, proposal.trigger, at, ledger, decided=False)
            ledger.effects.append({"proposal": proposal.trigger, "what": "lapsed"})


def _stands(procedure: Procedure, case: CaseState, proposal: Proposal) -> bool:
    """Whether a proposal may go on: its act leads from here to the same end, and where it waits the same roles are asked."""
    steps = procedure.steps(proposal.trigger, case.state)
    if not any(s.spec.approval == proposal.approval and s.spec.to == proposal.to for s in steps):
        return False
    chain = procedure.definition.approvals[proposal.approval].steps
    asked = {t.offered_to for t in case.tasks if t.kind is TaskKind.APPROVAL and t.name == proposal.trigger}
    return proposal.step < len(chain) and asked == {chain[proposal.step].by}


def adapt(procedure: Procedure, case: CaseState, at: datetime, ledger: Ledger) -> None:
    """The case goes on under another version: work and proposals that it does not know end."""
    end(
        case,
        [t for t in case.tasks if t.kind is TaskKind.TASK and t.name not in procedure.definition.tasks],
        TaskStatus.ENDED,
        "",
        at,
        ledger,
    )
    _lapse(procedure, case, at, ledger)


def drop(case: CaseState, trigger: str, status: TaskStatus, person: str, at: datetime, ledger: Ledger) -> None:
    """A proposal is over: it leaves the case, and so does the work of its voters."""
    case.proposals = tuple(p for p in case.proposals if p.trigger != trigger)
    waiting = [t for t in case.tasks if t.kind is TaskKind.APPROVAL and t.name == trigger]
    end(case, waiting, status, person, at, ledger)


def claim(procedure: Procedure, case: CaseState, event: Event, change: Claim, ledger: Ledger) -> dict[str, Any]:
    """A person of a role it is offered to takes a task. Raises `Refused`."""
    task = _open(procedure, case, change.task)
    if task.status is TaskStatus.CLAIMED:
        raise _refused(case, change.task, "claimed", f"已由 {task.claimed_by} 领取", f"claimed by {task.claimed_by} already")
    if event.actor.roles.isdisjoint(task.offered_to):
        zh, en = "、".join(procedure.definition.role_title(r).zh for r in task.offered_to), ", ".join(task.offered_to)
        raise _refused(case, change.task, "role", f"任务面向{zh}", f"the task is offered to {en}")
    _replace(case, replace(task, status=TaskStatus.CLAIMED, claimed_by=event.actor.id, claimed_at=event.at), ledger, "claimed")
    return {"task": change.task}


def hand_back(procedure: Procedure, case: CaseState, event: Event, change: HandBack, ledger: Ledger) -> dict[str, Any]:
    """Whoever claimed a task returns it to the pool. Raises `Refused`."""
    task = _open(procedure, case, change.task)
    if task.claimed_by != event.actor.id:
        zh, en = f"任务不在 {event.actor.id} 名下", f"{event.actor.id} has not claimed it"
        raise _refused(case, change.task, "not-claimed", zh, en)
    _replace(case, replace(task, status=TaskStatus.OFFERED, claimed_by="", claimed_at=None), ledger, "handed-back")
    return {"task": change.task}


def _open(procedure: Procedure, case: CaseState, name: str) -> TaskState:
    found = next((t for t in case.tasks if t.kind is TaskKind.TASK and name in (t.name, t.id)), None)
    if found is not None:
        return found
    known = "、".join(t.name for t in case.tasks if t.kind is TaskKind.TASK) or "-"
    raise _refused(case, name, "no-task", f"没有待办任务 {name}；待办：{known}", f"there is no open task {name}; open: {known}")


def _replace(case: CaseState, task: TaskState, ledger: Ledger, what: str) -> None:
    case.tasks = tuple(task if t.id == task.id else t for t in case.tasks)
    ledger.tasks.append(task)
    ledger.effects.append({"task": task.name, "what": what})


def _refused(case: CaseState, task: str, code: str, zh: str, en: str) -> Refused:
    return Refused(case.id, task, case.state, (Obstacle(code, zh, en),))
