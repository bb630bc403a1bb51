"""The one decision: what one event makes of one case. Pure: values in, a `Decision` out.

The live engine, the clock, replay and simulation all come through `decide`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...workflow.guards.cel import Children
from ...workflow.model.definition import OFFICER
from ...workflow.model.facts import OPEN
from ..errors import Refused
from ..model.case import CaseState
from ..model.commands import (
    ByHand,
    Claim,
    ComeUnder,
    Command,
    DeadlineReached,
    Finish,
    GoElsewhere,
    HandBack,
    HandDone,
    Linked,
    Move,
    NotTaken,
    Recalculate,
    Seal,
    Transferred,
    Vote,
    Withdraw,
    is_order,
)
from ..model.effects import Decision, EntryKind
from ..model.event import Actor, Event
from ..model.obstacle import Obstacle
from ..model.past import Past
from ..model.taking_over import TakeOver
from . import approvals, elsewhere, orders, relations, request_tasks, taking_over, tasks
from .again import Tools, redecide
from .at_hand import without_record
from .attempt import Attempt
from .books import enter_in_books
from .deadlines import start_where_due
from .facts import accept_input
from .late import check_late_opening, is_late, judge, take
from .obstacles import standing
from .opening import opening_obstacles
from .powers import at_case, authorise, may_open
from .procedure import Procedure
from .records import each_way
from .transition import attempt, carry_out, file_documents, taken_in
from .turn import BY_VERSION, NO_CHILDREN, Naming, Outcome, Turn

HANDLERS: dict[type[Command], Callable[[Turn, Any], Outcome]] = {
    **orders.ORDER_HANDLERS,
    DeadlineReached: orders.reach,
    Recalculate: orders.count_anew,
    Linked: relations.linked,
    Transferred: relations.transferred,
    ComeUnder: orders.come_under,
    GoElsewhere: elsewhere.go_elsewhere,
    NotTaken: relations.not_taken,
    ByHand: request_tasks.given,
    HandDone: request_tasks.done,
    Seal: orders.seal,
    Move: orders.move,
    Vote: approvals.vote,
    Withdraw: approvals.withdraw,
    Claim: tasks.claim,
    HandBack: tasks.hand_back,
    Finish: tasks.finish,
    TakeOver: taking_over.known_already,
}


def open_case(
    procedure: Procedure, case: CaseState, event: Event, *, naming: Naming = BY_VERSION
) -> Decision:
    """The first decision of a case: it stands in the initial state, and that state's limits run; or
    where it stood elsewhere, where it is taken over.

    Raises `Refused` with every obstacle, `TakeoverRefused`, `DataError`, `BadEvent`.
    """
    case.state = procedure.definition.initial
    case.data = without_record(procedure.defaults)
    if isinstance(event.command, TakeOver):
        came = Turn(procedure, case, event, naming=naming)
        decision = came.conclude(taking_over.take_over(came, event.command))
        return enter_in_books(procedure, None, decision)
    _check_opener(procedure, case, event)
    input = accept_input(procedure, case, event.data, event.documents)
    case.data, case.documents, case.stated = input.data, input.documents, input.stated
    turn = Turn(procedure, case, event, naming=naming)
    if is_late(event) and case.parent_id is None:
        check_late_opening(turn)
    _tell_deputy(turn)
    for name in procedure.entering.get(case.state, ()):
        start_where_due(turn, name)
    tasks.enter(turn)
    decision = turn.conclude(Outcome(EntryKind.OPENED, input.changes, source=""))
    return enter_in_books(procedure, None, decision)


def _check_opener(procedure: Procedure, case: CaseState, event: Event) -> None:
    """A case is opened by those whom the definition lets, with what its form asks; a sub-procedure
    by its parent.

    An officer who opens a case and names nobody is its officer. Raises `Refused`.
    """
    actor = event.actor
    if case.parent_id is None:
        found = [*may_open(procedure, case, actor), *opening_obstacles(procedure, case, event)]
        if found:
            raise Refused(case.id, OPEN, case.state, tuple(found))
    if not case.officer and OFFICER in actor.roles:
        case.officer = actor.id


def decide(
    procedure: Procedure,
    case: CaseState,
    event: Event,
    children: Children = NO_CHILDREN,
    *,
    history: History | None = None,
    naming: Naming = BY_VERSION,
    was: Procedure | None = None,
) -> Decision:
    """What `event` makes of `case`. The case given is not changed.

    `was` is the version on which the case stands, where it moves to this one.

    With a `history` what is late is decided as of its day, and what was recorded can be corrected;
    without one an event is decided as it is.

    Raises `Refused` with every obstacle, `DataError`, and what the handlers of commands raise.
    """
    after = case.clone()
    after.version += 1
    actor = at_case(event.actor, after)
    if actor is not event.actor:
        event = replace(event, actor=actor)
    turn = Turn(procedure, after, event, children, naming=naming)
    _tell_deputy(turn)
    if history is not None:
        tools = Tools(open_case, decide, history.version)
        turn.again = lambda of, amendment: redecide(of, history.past, amendment, tools)
    outcome = _outcome(turn, history)
    return enter_in_books(procedure, case, turn.conclude(outcome), was)


def _outcome(turn: Turn, history: History | None) -> Outcome:
    """What an event comes to at its case."""
    elsewhere.check_is_here(turn)
    if history is not None and is_late(turn.event):
        return _enter_late(turn)
    command = turn.event.command
    return _fire(turn) if command is None else _obey(turn, command)


@dataclass(frozen=True, slots=True)
class History:
    """What deciding a past again takes: the past, and the versions by their hashes."""

    past: Past
    version: Callable[[str], Procedure]


def _enter_late(turn: Turn) -> Outcome:
    """What happened earlier: as of its day, or proposed where another must agree."""
    entering = judge(turn)
    return approvals.propose_late(turn, entering) if entering.waits else take(turn, entering)


def _tell_deputy(turn: Turn) -> None:
    """History says for whom a deputy stands in."""
    acts_for = turn.event.actor.acts_for
    if acts_for:
        turn.tell(what="deputy", deputy_for=sorted(acts_for))


def _obey(turn: Turn, command: Command) -> Outcome:
    """A command: an order by its power, proposed where that needs approval; any other at once."""
    if is_order(command):
        power = authorise(turn, command)
        if power.approval is not None:
            return approvals.propose_order(turn, command, power)
        file_documents(turn)
    return HANDLERS[type(command)](turn, command)


def _fire(turn: Turn) -> Outcome:
    """A trigger: carried out, or proposed where it needs approval."""
    event = turn.event
    input = taken_in(turn)
    way, tried = attempt(turn, input, event.actor)
    if way.spec.approval is not None:
        return approvals.propose(turn, way)
    return carry_out(turn, way, tried, input, event.actor)


def possible(
    procedure: Procedure,
    case: CaseState,
    actor: Actor,
    at: datetime,
    children: Children = NO_CHILDREN,
) -> dict[tuple[str, str], tuple[Obstacle, ...]]:
    """Each trigger of the case's state, for each record that it can be about, with what stands in
    its way; empty when it is possible."""
    answer: dict[tuple[str, str], tuple[Obstacle, ...]] = {}
    if case.went is not None:
        return answer
    actor = at_case(actor, case)
    for trigger in procedure.definition.triggers:
        for about, seen in each_way(procedure, case, trigger):
            given = seen.data, seen.documents
            tried = Attempt(seen, case.state, actor, at, *given, children, procedure)
            ways = [w for w in procedure.ways_from(trigger, case.state) if w.leads_back(tried)]
            if ways:
                found = [standing(way, tried) for way in ways]
                answer[trigger, about] = () if [] in found else _united(found)
    return answer


def _united(found: list[list[Obstacle]]) -> tuple[Obstacle, ...]:
    return tuple(dict.fromkeys(obstacle for of_way in found for obstacle in of_way))
