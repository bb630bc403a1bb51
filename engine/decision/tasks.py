"""Work in pools: a task is offered to roles, claimed by a person or handed back, and done by the
trigger that performs it. Proposals that are no longer possible lapse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...workflow.model.flow import CASE_NUMBER, Request, fields_named
from ...workflow.model.parts import TaskRule
from ..errors import Refused
from ..model.case import (
    CaseState,
    Proposal,
    ProposalStatus,
    TaskKind,
    TaskState,
    TaskStatus,
    named_about,
)
from ..model.commands import ANSWER, CHECK, Claim, Finish, HandBack, Order, is_order, power_of
from ..model.effects import EntryKind, OutboundRequest
from ..model.obstacle import Obstacle
from .at_hand import concerns, data_about, ids_concerned
from .computed import with_computed
from .deadlines import settle_proposal
from .obstacles import role_titles
from .turn import Outcome, Turn

_IN_POOLS = frozenset({TaskKind.TASK, TaskKind.FOLLOW_UP})
"""The kinds of work that somebody claims; an approval waits for several voters."""
_DONE_OTHERWISE = {ANSWER: Obstacle("to-answer"), CHECK: Obstacle("to-resolve")}
"""Tasks about requests that nobody finishes by saying so, and what stands in the way of it."""


def offer(
    turn: Turn,
    kind: TaskKind,
    name: str,
    roles: tuple[str, ...],
    at: datetime | None = None,
    about: str = "",
) -> None:
    """Offer work at a time (else when the event happened), unless it is open already."""
    case = turn.case
    if any(task.about == about for task in case.open_tasks(kind, name)):
        return
    id = turn.new_task_id(named_about(name, about))
    task = TaskState(id, kind, name, roles, at or turn.at, about=about)
    case.tasks = (*case.tasks, task)
    turn.effects.tasks.append(task)
    turn.tell(task=name, what="offered")


def end(turn: Turn, tasks: Iterable[TaskState], status: TaskStatus, by: str = "") -> None:
    """Open tasks become done (by a person) or end unperformed."""
    for task in tasks:
        person = task.claimed_by or by
        ended = replace(task, status=status, claimed_by=person, ended_at=turn.at)
        turn.case.tasks = tuple(t for t in turn.case.tasks if t.id != task.id)
        turn.effects.tasks.append(ended)
        turn.tell(task=task.name, what=status.value)


def enter(turn: Turn) -> None:
    """The tasks that the case's state offers."""
    for name in turn.procedure.tasks_entering.get(turn.case.state, ()):
        rule = turn.procedure.definition.tasks[name]
        if not rule.starts.on:
            _offer_rule(turn, name, rule)


def _offer_rule(turn: Turn, name: str, rule: TaskRule) -> None:
    """Offer the work of a rule: once, or for each record that is concerned."""
    for about in ids_concerned(turn.case.data, rule.each):
        offer(turn, TaskKind.TASK, name, rule.offered_to, about=about)


def follow(turn: Turn, source: str, trigger: str, person: str, returned: bool) -> None:
    """What a trigger that took effect means for the pool: done, ended, offered, lapsed."""
    moved = turn.case.state != source
    _end_what_is_over(turn, trigger, person, moved)
    if moved:
        lapse(turn)
    if moved and not returned:
        enter(turn)
    _offer_what_starts(turn, trigger)


def _end_what_is_over(turn: Turn, trigger: str, person: str, moved: bool) -> None:
    rules = turn.procedure.definition.tasks
    for task in turn.case.open_tasks(TaskKind.TASK):
        rule = rules.get(task.name)
        if rule is None:  # the case began on a version that offered it
            continue
        is_concerned = concerns(turn.case.data, rule.each, task.about)
        if is_concerned and trigger in rule.done_by:
            end(turn, [task], TaskStatus.DONE, person)
        elif (is_concerned and trigger in rule.ends_by) or _is_over(turn, rule, moved):
            end(turn, [task], TaskStatus.ENDED)


def _offer_what_starts(turn: Turn, trigger: str) -> None:
    for name in turn.procedure.tasks_on.get(trigger, ()):
        rule = turn.procedure.definition.tasks[name]
        if not rule.starts.entering or turn.case.state in rule.starts.entering:
            _offer_rule(turn, name, rule)


def _is_over(turn: Turn, rule: TaskRule, moved: bool) -> bool:
    """Whether the case was closed by this, or is out of the states that offered the task.

    One that rests has not left them, and may return. What closing offers stays to be done.
    """
    if turn.case.closed_at is not None:
        return moved
    states, state = rule.starts.entering, turn.case.state
    return moved and bool(states) and state not in states and state not in turn.procedure.grounds


def lapse(turn: Turn) -> None:
    """Proposals that cannot go on from the case's state end."""
    for proposal in turn.case.proposals:
        if not _stands(turn, proposal):
            _lapse(turn, proposal)


def lapse_all(turn: Turn) -> None:
    """Every proposal ends undecided."""
    for proposal in turn.case.proposals:
        _lapse(turn, proposal)


def _lapse(turn: Turn, proposal: Proposal) -> None:
    drop(turn, proposal, TaskStatus.ENDED)
    settle_proposal(turn, proposal, decided=False)
    turn.tell(proposal=proposal.name, what=ProposalStatus.LAPSED.value)


def _stands(turn: Turn, proposal: Proposal) -> bool:
    """Whether its act leads from here to the same end, and the same roles are asked now."""
    if proposal.happened_at is not None or proposal.is_correction:
        return True  # it is about the past, and decided anew when it is carried out
    if proposal.order is not None and is_order(proposal.order):
        return _order_stands(turn, proposal, proposal.order)
    ways = turn.procedure.ways_from(proposal.trigger, turn.case.state)
    leads = {(way.spec.approval, way.spec.to) for way in ways}
    return (proposal.approval, proposal.to) in leads and _asks_the_same(turn, proposal)


def _order_stands(turn: Turn, proposal: Proposal, order: Order) -> bool:
    """Whether an order still needs this approval, of the same roles, in a case that goes on."""
    power = turn.procedure.definition.powers.get(power_of(order))
    if power is None or power.approval != proposal.approval or turn.case.closed_at is not None:
        return False
    return _asks_the_same(turn, proposal)


def _asks_the_same(turn: Turn, proposal: Proposal) -> bool:
    chain = turn.procedure.steps_of(proposal)
    asked = {task.offered_to for task in voting(turn.case, proposal)}
    return proposal.step < len(chain) and asked == {chain[proposal.step].by}


def voting(case: CaseState, proposal: Proposal) -> list[TaskState]:
    """The open tasks of those who may vote on a proposal."""
    offered = case.open_tasks(TaskKind.APPROVAL, proposal.trigger)
    return [task for task in offered if task.about == proposal.about]


def adapt(turn: Turn) -> None:
    """The case goes on under another version: work and proposals that it does not know end."""
    known = turn.procedure.definition.tasks
    for task in turn.case.open_tasks(TaskKind.TASK):
        if task.name not in known:
            end(turn, [task], TaskStatus.ENDED)
    lapse(turn)


def drop(turn: Turn, proposal: Proposal, status: TaskStatus, person: str = "") -> None:
    """A proposal is over: it leaves the case, and so does the work of its voters."""
    case = turn.case
    case.proposals = tuple(p for p in case.proposals if p.name != proposal.name)
    end(turn, voting(case, proposal), status, person)


def claim(turn: Turn, command: Claim) -> Outcome:
    """A person of a role it is offered to takes a task. Raises `Refused`."""
    task = _open_task(turn, command.task, _IN_POOLS)
    if task.status is TaskStatus.CLAIMED:
        raise _refused(turn, command.task, _claimed(task))
    _check_offered(turn, command.task, task)
    person = turn.event.actor.id
    claimed = replace(task, status=TaskStatus.CLAIMED, claimed_by=person, claimed_at=turn.at)
    _put(turn, claimed, "claimed")
    return Outcome(EntryKind.CLAIMED, {"task": command.task})


def _check_offered(turn: Turn, asked: str, task: TaskState) -> None:
    """The actor is of a role that a task is offered to. Raises `Refused`."""
    if turn.event.actor.roles.isdisjoint(task.offered_to):
        title = role_titles(turn.procedure.definition, task.offered_to)
        obstacle = Obstacle("role", roles=task.offered_to, title=title, sentence="role/task")
        raise _refused(turn, asked, obstacle)


def hand_back(turn: Turn, command: HandBack) -> Outcome:
    """Whoever claimed a task returns it to the pool. Raises `Refused`."""
    task = _open_task(turn, command.task, _IN_POOLS)
    person = turn.event.actor.id
    if task.claimed_by != person:
        raise _refused(turn, command.task, Obstacle("not-claimed", person=person))
    offered = replace(task, status=TaskStatus.OFFERED, claimed_by="", claimed_at=None)
    _put(turn, offered, "handed-back")
    return Outcome(EntryKind.HANDED_BACK, {"task": command.task})


def finish(turn: Turn, command: Finish) -> Outcome:
    """A task that a late entry or a correction left is done, and its request sent where that is
    said. Raises `Refused`."""
    task = _open_task(turn, command.task, {TaskKind.FOLLOW_UP})
    _check_offered(turn, command.task, task)
    if task.claimed_by not in ("", turn.event.actor.id):
        raise _refused(turn, command.task, _claimed(task))
    obstacle = _DONE_OTHERWISE.get(task.name.partition(":")[0])
    if obstacle is not None:
        raise _refused(turn, command.task, replace(obstacle, task=task.name))
    if command.send:
        _send(turn, task)
    end(turn, [task], TaskStatus.DONE, turn.event.actor.id)
    return Outcome(EntryKind.FINISHED, {"task": task.name})


def _send(turn: Turn, task: TaskState) -> None:
    """The request that a task stands for goes out now. Raises `Refused`."""
    _, _, name = task.name.partition("send:request:")
    if name not in turn.procedure.definition.requests:
        raise _refused(turn, task.name, Obstacle("nothing-to-send", task=task.name))
    turn.effects.requests += outbound(turn, name)


def take_back(turn: Turn, name: str, data: Mapping[str, Any] | None = None) -> None:
    """Send what takes a request back, filled from a case's data (as it now stands)."""
    other = turn.procedure.definition.requests[name].compensate
    assert other is not None
    sent = outbound(turn, other, data)
    turn.effects.requests += [replace(request, takes_back=name) for request in sent]
    turn.tell(what="taken-back", request=name, by=other)


def outbound(turn: Turn, name: str, data: Mapping[str, Any] | None = None) -> list[OutboundRequest]:
    """A request of the definition, with what it sends of a case's data (as it now stands).

    One for each record is sent for the record at hand, or for all.
    """
    request = turn.procedure.definition.requests[name]
    data = with_computed(turn.procedure, turn.case.data if data is None else data, turn.at)
    sent = []
    for about in ids_concerned(data, request.each):
        known = data_about(data, request.each, about)
        payload = {
            field: _sent(turn, request, known, value) for field, value in request.sends.items()
        }
        sent.append(OutboundRequest(name, request.operation, payload, about))
    return sent


def _sent(turn: Turn, request: Request, data: Mapping[str, Any], value: Any) -> Any:
    """What a request sends: a field (`case.FIELD`, or of its record), the case's number, or a fixed
    value."""
    if value == CASE_NUMBER:
        return turn.case.number
    if value not in fields_named(request):
        return value
    return data.get(value.removeprefix("case."))


def _claimed(task: TaskState) -> Obstacle:
    return Obstacle("claimed", person=task.claimed_by, sentence="claimed/task")


def _open_task(turn: Turn, name: str, kinds: Collection[TaskKind]) -> TaskState:
    open_tasks = [task for task in turn.case.tasks if task.kind in kinds]
    for task in open_tasks:
        if name in (task.name, task.id):
            return task
    known = tuple(t.name for t in open_tasks)
    raise _refused(turn, name, Obstacle("no-task", task=name, known=known))


def _put(turn: Turn, task: TaskState, what: str) -> None:
    turn.case.replace_task(task)
    turn.effects.tasks.append(task)
    turn.tell(task=task.name, what=what)


def _refused(turn: Turn, task: str, obstacle: Obstacle) -> Refused:
    return Refused(turn.case.id, task, turn.case.state, (obstacle,))
