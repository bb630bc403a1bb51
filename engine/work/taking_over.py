"""A running case comes in with its sub-procedures, each by its own first event on the one path."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

from ..decision.at_hand import data_about
from ..decision.computed import with_computed
from ..decision.procedure import Procedure
from ..decision.takeover_faults import known_word, of_record
from ..decision.texts import LONGEST_NUMBER, check_event, check_text
from ..decision.transition import passed
from ..errors import NotPublished, TakeoverFault, TakeoverRefused
from ..model.case import CaseState
from ..model.event import Event
from ..model.taking_over import TakenCase
from .between import child_id
from .unit import UnitOfWork


def take_over(
    unit: UnitOfWork, procedure_id: str, taken: TakenCase, event: Event, place: CaseState
) -> CaseState:
    """A case stands from now on where it stood elsewhere; then comes what the clock owes it.

    `place` says its number, court, officer and team, `event` who takes it over, and why. Raises
    `TakeoverRefused`, `UnknownProcedure`, `NotPublished`, `NumberTaken`, `BadText`.
    """
    check_text("number", place.number, LONGEST_NUMBER)
    first = replace(event, data=taken.data, command=taken.command)
    procedure = _version(unit, procedure_id, place.court, first)
    case = replace(place, procedure=procedure.id, definition_hash=procedure.hash)
    check_event(first)
    unit.begin(procedure, case, first)
    faults = list(_take_children(unit, case, taken, event, ""))
    if faults:
        raise TakeoverRefused(number=place.number, faults=faults)
    unit.settle(event.known_at)
    return unit.case(case.id)


def new_place(court: str, number: str, officer: str, team: str, event: Event) -> CaseState:
    """Where a case comes to lie, before anything is known of it."""
    id = uuid.uuid4().hex
    return CaseState(id, "", "", "", 1, event.at, number, court, officer, team=team)


def _version(unit: UnitOfWork, procedure: str, court: str, event: Event) -> Procedure:
    """The version of the day on which it was applied for; where none was in force then, that of
    today. Raises `UnknownProcedure`, `NotPublished`."""
    try:
        return unit.repository.current(procedure, court, event)
    except NotPublished:
        return unit.repository.current(procedure, court, replace(event, data={}))


def _take_children(
    unit: UnitOfWork, parent: CaseState, taken: TakenCase, event: Event, place: str
) -> Iterator[TakeoverFault]:
    """The sub-procedures of a case come in with it; gives everything that is wrong with them."""
    for index, child in enumerate(taken.children):
        here = f"{place}sub_procedures[{index}]."
        found = list(_misplaced(unit, parent, child))
        if found:
            yield from (replace(one, place=f"{here}{one.place}") for one in found)
            continue
        try:
            case = _take_child(unit, parent, child, event, index)
        except TakeoverRefused as refused:
            yield from (replace(one, place=f"{here}{one.place}") for one in refused.faults)
        else:
            yield from _take_children(unit, case, child, event, here)


def _misplaced(unit: UnitOfWork, parent: CaseState, child: TakenCase) -> Iterator[TakeoverFault]:
    """What the case cannot have: a name it does not know, a record that is not there."""
    subs = unit.procedure(parent).definition.sub_procedures
    yield from known_word("sub-procedure", "name", child.name, subs)
    yield from of_record(parent.data, "about", subs.get(child.name), child.about)


def _take_child(
    unit: UnitOfWork, parent: CaseState, child: TakenCase, event: Event, index: int
) -> CaseState:
    """One sub-procedure; what its case passes on it knows where nobody said otherwise."""
    of = unit.procedure(parent)
    sub = of.definition.sub_procedures[child.name]
    known = with_computed(of, parent.data, event.at)
    data = {**passed(data_about(known, sub.each, child.about), sub), **child.data}
    first = replace(event, data=data, command=child.command)
    check_event(first)
    procedure = _version(unit, sub.procedure, parent.court, first)
    case = new_place(parent.court, parent.number, parent.officer, parent.team, event)
    case.id, case.procedure = child_id(parent, index), procedure.id
    case.definition_hash, case.parent_id = procedure.hash, parent.id
    case.sub_procedure, case.about = child.name, child.about
    unit.begin(procedure, case, first)
    return unit.case(case.id)
