"""Requests that need a person: a task in a pool, until it is done or over."""

from __future__ import annotations

from ..model.case import CaseState, TaskKind, TaskState, TaskStatus
from ..model.commands import ByHand, HandDone
from ..model.effects import EntryKind
from . import tasks
from .powers import by_hand
from .turn import Outcome, Turn


def given(turn: Turn, command: ByHand) -> Outcome:
    """A request needs a person: those whom the definition names, else who may correct."""
    definition = turn.procedure.definition
    request = definition.requests.get(command.request)
    roles = request.by_hand if request is not None else ()
    name = f"{command.what}:request:{command.request}"[:64]
    turn.tell(what="by-hand", request=command.request, why=command.why)
    offered = roles or by_hand(definition)
    tasks.offer(turn, TaskKind.FOLLOW_UP, name, offered, about=command.key)
    return Outcome(EntryKind.BY_HAND)


def done(turn: Turn, command: HandDone) -> Outcome:
    """A request needs nobody any more: its task is done by a person, or ends."""
    status = TaskStatus.DONE if command.person else TaskStatus.ENDED
    tasks.end(turn, tasks_for(turn.case, command.what, command.key), status, command.person)
    return Outcome(EntryKind.HAND_DONE)


def tasks_for(case: CaseState, what: str, key: str) -> list[TaskState]:
    """The open tasks of a case to do something about a request by hand."""
    about = (task for task in case.open_tasks(TaskKind.FOLLOW_UP) if task.about == key)
    return [task for task in about if task.name.startswith(f"{what}:")]
