"""Which record an act is about: one that there is, or a new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...workflow.language import Words
from ...workflow.model.records import ID, Record, checked_id, defaults_of
from ..errors import Refused
from ..model.case import CaseState
from ..model.obstacle import Obstacle
from .at_hand import hold, records_in
from .facts import accept_input
from .obstacles import words
from .procedure import Procedure
from .turn import Turn


def take_up(turn: Turn) -> None:
    """The case as an act about one record sees it. Raises `Refused` where there is none such."""
    trigger, about = turn.event.trigger, turn.event.about
    name = turn.procedure.definition.about.get(trigger)
    if name is None:
        if about:
            raise _refused(turn, Obstacle("not-about-one", item=about))
        return
    record, turn.before = _at_hand(turn, name), turn.case.clone()
    hold(turn.case, name, record, turn.procedure.documents_of_records)
    turn.tell(what="about", records=name, id=record[ID])


def let_go(turn: Turn) -> None:
    """The record at hand is as it was: its act waits."""
    before = turn.before
    if before is not None:
        case = turn.case
        case.data, case.stated, case.documents = before.data, before.stated, before.documents


def each_way(
    procedure: Procedure, case: CaseState, trigger: str
) -> Iterator[tuple[str, CaseState]]:
    """The case as a trigger sees it, once for each record that it can be about, with its id."""
    definition = procedure.definition
    name = definition.about.get(trigger)
    if name is None:
        yield "", case
        return
    new = _empty(procedure, name, "")
    for record in [new] if trigger in definition.adding else records_in(case.data, name):
        seen = case.clone()
        hold(seen, name, record, procedure.documents_of_records)
        yield record[ID], seen


def bring(turn: Turn, name: str | None, other: str) -> dict[str, Any]:
    """The record of another case, which the event is about, is one of this case's list from now on.

    It comes once, with the first sub-procedure that is about it, and keeps its id where that is
    free. Gives what changed. Raises `DataError`.
    """
    if name is None:
        return {}
    case, event, procedure = turn.case, turn.event, turn.procedure
    origin = f"{other}/{event.about}"
    known = [record[ID] for record in records_in(case.data, name)]
    is_here = case.came.get(origin) in known
    if is_here:
        return {}
    id = _next_id(known) if event.about in known else event.about
    hold(case, name, _empty(procedure, name, id), procedure.documents_of_records)
    turn.tell(what="about", records=name, id=id)
    input = accept_input(procedure, case, event.data, {})
    case.data, case.stated = input.data, input.stated
    case.came = {**case.came, origin: id}
    return input.changes


def _at_hand(turn: Turn, name: str) -> Record:
    """The record that the event names, or a new one. Raises `Refused`, `DataError`."""
    definition, about = turn.procedure.definition, turn.event.about
    records = {record[ID]: record for record in records_in(turn.case.data, name)}
    title, known = words(definition.data[name].title), tuple(records)
    if turn.event.trigger in definition.adding:
        return _new(turn, name, title, known)
    if not about:
        raise _refused(turn, Obstacle("about-none", title=title, known=known))
    if about not in records:
        raise _refused(turn, Obstacle("no-record", item=about, title=title, known=known))
    found: Record = records[about]
    return found


def _new(turn: Turn, name: str, title: Words, known: Sequence[str]) -> Record:
    """A record that an act adds, as nobody wrote it yet. Raises `Refused`, `DataError`."""
    id = checked_id(name, turn.event.about or _next_id(known))
    if id in known:
        raise _refused(turn, Obstacle("record-known", item=id, title=title))
    return _empty(turn.procedure, name, id)


def _empty(procedure: Procedure, name: str, id: str) -> Record:
    """A record as nobody wrote it yet."""
    return {ID: id, **defaults_of(procedure.definition.records[name])}


def _next_id(known: Sequence[str]) -> str:
    """The id of a record that nobody named: the next number."""
    numbers = [int(id) for id in known if id.isdecimal()]
    return str(max(numbers, default=len(known)) + 1)


def _refused(turn: Turn, obstacle: Obstacle) -> Refused:
    return Refused(turn.case.id, turn.event.trigger, turn.case.state, (obstacle,))
