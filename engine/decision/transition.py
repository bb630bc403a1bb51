"""A trigger carried out: what it brings is taken in, the machine is asked, and a way that was
possible takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...workflow.errors import GuardValueMissing
from ...workflow.model.flow import PARENT, RETURN, Link, SubProcedure
from ...workflow.model.parts import Computed, FromTable
from ...workflow.periods.adjustments import Deduction
from ..errors import Refused
from ..model.case import CaseState, Proposal, TaskKind
from ..model.effects import REOPENED, EntryKind, StartChild, Tell
from ..model.event import CLOCK, Actor, Event
from ..model.obstacle import Obstacle
from . import tasks
from .at_hand import data_about, id_at_hand, ids_concerned
from .attempt import Attempt
from .computed import with_computed
from .deadlines import (
    close,
    follow_written_ends,
    leave,
    perform,
    recalculate_deducted,
    start_where_due,
)
from .facts import Input, accept_input, stated_with
from .machine import CompiledTransition
from .obstacles import words
from .orders import name_officer
from .powers import by_hand
from .procedure import Procedure
from .records import take_up
from .turn import Outcome, Turn


def file_documents(turn: Turn) -> None:
    """The documents that come with an order are put on file."""
    input = accept_input(turn.procedure, turn.case, {}, turn.event.documents)
    turn.case.documents = input.documents


def taken_in(turn: Turn) -> Input:
    """What the event brings, beside the case as its act sees it.

    Raises `Refused` where it is about no record that there is, `DataError`, `BadEvent`.
    """
    take_up(turn)
    event = turn.event
    return accept_input(turn.procedure, turn.case, event.data, event.documents)


def attempt(
    turn: Turn, input: Input, actor: Actor, approved: Proposal | None = None
) -> tuple[CompiledTransition, Attempt]:
    """Send the case, with what the event brings, through the machine; gives the way it took.

    Raises `Refused` with every obstacle.
    """
    procedure, case, event = turn.procedure, turn.case, turn.event
    tried = Attempt(
        case,
        case.state,
        actor,
        event.at,
        input.data,
        input.documents,
        turn.children,
        procedure,
        event.data,
        event.documents,
        approved,
        event.recorded_at is not None,
    )
    if not procedure.run(event.trigger, tried):
        raise _refusal(procedure, case, event, tried)
    return tried.taken, tried


def _refusal(procedure: Procedure, case: CaseState, event: Event, tried: Attempt) -> Refused:
    """Why no way of a trigger was possible: every obstacle on every way."""
    obstacles = tuple(dict.fromkeys(tried.refusals))
    return Refused(
        case.id,
        event.trigger,
        case.state,
        obstacles or (_no_way(procedure, case, event),),
    )


def _no_way(procedure: Procedure, case: CaseState, event: Event) -> Obstacle:
    """Why there was not even a way: no such trigger, or not from this state."""
    known = tuple(procedure.definition.triggers)
    if event.trigger not in known:
        return Obstacle("unknown-trigger", trigger=event.trigger, known=known)
    title = procedure.definition.states[case.state].title
    return Obstacle("state", trigger=event.trigger, title=words(title))


def carry_out(
    turn: Turn, way: CompiledTransition, tried: Attempt, input: Input, doer: Actor
) -> Outcome:
    """The way that an attempt took; `doer` is who counts as having done it."""
    procedure, case, trigger = turn.procedure, turn.case, turn.event.trigger
    returning = way.spec.to == RETURN
    case.data, case.documents, case.stated = input.data, input.documents, input.stated
    changes = input.changes
    source, case.state = case.state, tried.state
    if way.spec.sets:
        _set_values(turn, way, tried, changes)
    if trigger in procedure.watched_triggers:
        case.done_by = {**case.done_by, trigger: tuple(sorted(doer.persons))}
    if way.spec.assigns is not None:
        name_officer(turn, str(case.data[way.spec.assigns]))
        turn.tell(what="assigned", officer=case.officer)
    perform(turn, trigger)
    follow_written_ends(turn, changes)
    if case.state != source:
        _enter(turn, source, returning)
    for name in procedure.starting_on.get(trigger, ()):
        entering = procedure.rules[name].starts.entering
        if not entering or case.state in entering:
            start_where_due(turn, name)
    if procedure.definition.tasks or case.proposals:
        tasks.follow(turn, source, trigger, doer.id, returning)
    turn.effects.tells = [_word(turn, to, what) for to, what in way.spec.told]
    turn.effects.adopts = list(way.spec.adopted)
    _request_and_open(turn, way)
    return Outcome(EntryKind.EVENT, changes, source)


def _set_values(
    turn: Turn, way: CompiledTransition, tried: Attempt, changes: dict[str, Any]
) -> None:
    """What a way sets, from the case as it was before any of it is set."""
    procedure = turn.procedure
    values: dict[str, Any] = {}
    for name, given in way.spec.sets.items():
        value = _given_value(procedure, name, given, tried)
        if value == "today":
            values[name] = procedure.calendar.local_day(turn.at)
        elif value == "now":
            values[name] = turn.at
        else:
            values[name] = procedure.parse_field(name, value)
    changes.update(values)
    turn.case.stated = stated_with(turn.case.stated, procedure.defaults, values)
    turn.case.data = {**turn.case.data, **values}


def _given_value(procedure: Procedure, field: str, given: Any, tried: Attempt) -> Any:
    """The value that a definition gives: from a table, computed, or as it is written."""
    if isinstance(given, FromTable):
        return _from_table(procedure, given.table, tried)
    if isinstance(given, Computed):
        return procedure.expression(given.is_, field).value(tried)
    return given


def _from_table(procedure: Procedure, name: str, tried: Attempt) -> Any:
    """The value of the first row whose condition holds.

    A row whose condition needs what is not known does not hold.
    """
    for guard, value in procedure.table_rows[name]:
        try:
            if guard.allows(tried):
                return value
        except GuardValueMissing:
            continue
    return procedure.definition.tables[name].otherwise


def _enter(turn: Turn, source: str, returning: bool) -> None:
    """Leave one state and enter another: origins, suspension, time limits, closing."""
    procedure, case = turn.procedure, turn.case
    if procedure.grounds:
        _keep_origins(turn, source, returning)
    if source in procedure.leaving:
        leave(turn, source)
    if procedure.grounds:
        _switch_suspension(turn, source)
    if not returning:
        for name in procedure.entering.get(case.state, ()):
            if not procedure.rules[name].starts.on:
                start_where_due(turn, name)
    mode = procedure.definition.states[case.state].closes
    if mode is not None:
        case.closed_at, case.closing_mode = turn.at, mode
        close(turn)
    elif case.closed_at is not None:
        _reopen(turn)


def _reopen(turn: Turn) -> None:
    """The case is open again; what closing ended stays ended."""
    turn.tell(what=REOPENED, mode=turn.case.closing_mode)
    turn.case.closed_at = turn.case.closing_mode = None


def _keep_origins(turn: Turn, source: str, returning: bool) -> None:
    """A case that rests remembers where it came from; one that moves on forgets."""
    case, grounds = turn.case, turn.procedure.grounds
    if returning:
        case.origins = case.origins[:-1]
    elif case.state in grounds:
        case.origins = (*case.origins, source)
    elif source in grounds:
        case.origins = ()


def _switch_suspension(turn: Turn, source: str) -> None:
    """Resting and going on again are deductions of their ground, from this day or to it."""
    case, grounds = turn.case, turn.procedure.grounds
    before, after = grounds.get(source), grounds.get(case.state)
    if before == after:
        return
    today, deducted = turn.procedure.calendar.local_day(turn.at), case.deductions
    if before is not None:
        case.deductions = tuple(
            replace(d, until=max(today, d.since)) if d.ground == before and d.until is None else d
            for d in case.deductions
        )
    if after is not None:
        document = ", ".join(turn.event.documents.values())
        case.deductions = (*case.deductions, Deduction(today, None, after, document))
    recalculate_deducted(turn, deducted)


def _word(turn: Turn, to: str, trigger: str) -> Tell:
    """Word to related proceedings: of a sub-procedure about its record, or to those about one."""
    sub = turn.procedure.definition.sub_procedures.get(to)
    if sub is None:
        return Tell(to, trigger, about=turn.case.about if to == PARENT else "")
    at_hand = id_at_hand(turn.case.data, sub.each) if sub.each is not None else None
    return Tell(to, trigger, about=at_hand or "")


def _request_and_open(turn: Turn, way: CompiledTransition) -> None:
    """What a way asks of outside systems, and the sub-procedures it opens."""
    definition, data = turn.procedure.definition, turn.case.data
    event = turn.event
    is_belated = event.recorded_at is not None and event.actor.id == CLOCK.id
    for name in way.spec.takes_back:
        if is_belated:
            _leave_to_hand(turn, f"undo:request:{name}")
        else:
            tasks.take_back(turn, name)
    for name in way.spec.asks:
        if is_belated:  # nobody asks in the name of a day that was over when the court knew of it
            _leave_to_hand(turn, f"send:request:{name}")
        else:
            turn.effects.requests += tasks.outbound(turn, name)
    for name in way.spec.opens:
        known = with_computed(turn.procedure, data, turn.at)
        if name in definition.links:
            turn.effects.children.append(_linked(name, definition.links[name], known))
            continue
        sub = definition.sub_procedures[name]
        for about in ids_concerned(data, sub.each):
            given = passed(data_about(known, sub.each, about), sub)
            turn.effects.children.append(StartChild(name, sub.procedure, given, about=about))


def _leave_to_hand(turn: Turn, name: str) -> None:
    roles = by_hand(turn.procedure.definition)
    tasks.offer(turn, TaskKind.FOLLOW_UP, name[:64], roles)


def _linked(name: str, link: Link, data: Mapping[str, Any]) -> StartChild:
    """A case of its own to open, which this one is linked with."""
    return StartChild(
        name,
        link.procedure,
        passed(data, link),
        is_linked=True,
        court=_text(data, link.court),
        number=_text(data, link.number),
    )


def _text(data: Mapping[str, Any], field: str | None) -> str:
    """What a field says; nothing where there is none, or it is not known."""
    return str(data.get(field) or "") if field is not None else ""


def passed(data: Mapping[str, Any], sub: SubProcedure) -> dict[str, Any]:
    """What a sub-procedure is given of the case's data, under its own names."""
    return {
        child: data[parent] for child, parent in sub.passes.items() if data.get(parent) is not None
    }
