"""A sub-procedure goes on in another court: it ends here as it stands, and begins there so.

A row never changes its court, so it is another one there, by the same version of its definition. It
comes as a running case does (`taking_over`): its limits are counted from their true starts, and so
end on the days on which they would have ended here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..errors import BadEvent, Refused
from ..model.case import (
    CaseState,
    DeadlineState,
    DeadlineStatus,
    Elsewhere,
    TaskKind,
    TaskStatus,
    named_about,
)
from ..model.commands import GONE, GoElsewhere, is_order
from ..model.effects import EntryKind
from ..model.obstacle import Obstacle
from ..model.taking_over import CameFrom, TakenCase, TakenDocument, TakenLimit, TakeOver
from . import tasks
from .deadlines import end_unperformed
from .procedure import Procedure
from .turn import Outcome, Turn


def as_it_stands(procedure: Procedure, case: CaseState, at: datetime) -> TakenCase:
    """A sub-procedure as another court takes it over at a moment.

    One with an account stays: its money lies with its court, and goes by acts of its own. Raises
    `BadEvent`.
    """
    if procedure.definition.accounts:
        zh = "子程序有自己的案款账户，不随案移交：案款应当另行划转"
        raise BadEvent(why_zh=zh, why_en="it keeps an account: its money is moved by its own acts")
    command = TakeOver(
        case.state,
        at,
        case.opened_at,
        case.origins,
        tuple(_documents(case)),
        limits=tuple(map(_limit, case.live())),
        deductions=case.deductions,
        tasks=tuple(_tasks(case)),
        came_from=CameFrom(case.court, case.id, case.head, case.done_by),
    )
    return TakenCase(command, _known(procedure, case))


def go_elsewhere(turn: Turn, command: GoElsewhere) -> Outcome:
    """It is over here: no limit, task or proposal of it waits any more."""
    case = turn.case
    case.went = Elsewhere(command.court, command.case)
    case.closed_at, case.sub_procedure = turn.at, GONE
    for deadline in turn.live():
        end_unperformed(turn, deadline)
    tasks.lapse_all(turn)
    tasks.end(turn, case.tasks, TaskStatus.ENDED)
    turn.effects.rehomed = True
    return Outcome(EntryKind.TRANSFERRED, {"went": [command.court, command.case]})


def check_is_here(turn: Turn) -> None:
    """What went to another court is acted on there. Raises `Refused`."""
    case, event = turn.case, turn.event
    is_act = event.command is None or is_order(event.command)
    if case.went is not None and is_act:
        obstacle = Obstacle("elsewhere", item=" ".join(case.went))
        raise Refused(case.id, event.trigger, case.state, (obstacle,))


def _known(procedure: Procedure, case: CaseState) -> dict[str, Any]:
    """The facts that somebody wrote; defaults come by themselves."""
    usual = procedure.defaults
    return {
        name: value
        for name, value in case.data.items()
        if value is not None and (name in case.stated or usual.get(name) != value)
    }


def _documents(case: CaseState) -> Iterator[TakenDocument]:
    for name, references in case.documents.items():
        kind, _, about = name.partition("@")
        yield from (TakenDocument(kind, reference, about=about) for reference in references)


def _limit(deadline: DeadlineState) -> TakenLimit:
    """A limit from where it started; who watches it is named by the other court."""
    return TakenLimit(
        deadline.rule,
        deadline.start,
        deadline.key,
        deadline.round,
        is_over=deadline.status is DeadlineStatus.EXPIRED,
        extensions=deadline.extensions,
    )


def _tasks(case: CaseState) -> Iterator[str]:
    return (named_about(task.name, task.about) for task in case.open_tasks(TaskKind.TASK))
