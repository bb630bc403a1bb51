"""A new notice of holidays: which due dates it changes, listed before it is applied, then applied
case by case."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, select

from ...workflow.periods.calendars import Calendar
from ..decision.decide import decide
from ..decision.procedure import Procedure
from ..model.case import CaseState
from ..model.commands import Recalculate
from ..model.event import Actor, Event
from ..storage.case_rows import is_of_case, load_cases
from ..storage.schema import deadlines
from ..work.runtime import Runtime
from .paging import pages

_PAGE = 500
_COUNTER = Actor.of("calendar")


class DueDateChange(BaseModel):
    """A running deadline whose due date changes."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    case_id: str
    rule: str
    before: date | None
    after: date | None
    provisional: bool


def calendar_changes(runtime: Runtime, name: str, calendar: Calendar) -> list[DueDateChange]:
    """What `calendar` would change; nothing is written."""
    found: list[DueDateChange] = []
    for ids in pages(runtime, _with_running_deadlines(), _PAGE):
        with runtime.transaction() as transaction:
            event = Event(transaction.now, _COUNTER, command=Recalculate())
            loaded = load_cases(transaction.connection, transaction.version, ids)
            for case in loaded.values():
                procedure = transaction.version(case.definition_hash)
                if procedure.definition.calendar == name:
                    found += _differences(procedure, case, calendar, event)
    return found


def apply_calendar(
    runtime: Runtime, name: str, calendar: Calendar, actor: Actor
) -> list[DueDateChange]:
    """Count by `calendar` from now on; gives what changed.

    Cases are written page by page, so an interrupted run can be repeated.
    """
    changes = calendar_changes(runtime, name, calendar)
    runtime.registry.use_calendar(name, calendar)
    touched = list(dict.fromkeys(change.case_id for change in changes))
    note = f"calendar {calendar.version}"
    for start in range(0, len(touched), _PAGE):
        with runtime.transaction() as transaction:
            unit = transaction.unit()
            event = Event(transaction.now, actor, command=Recalculate(), note=note)
            for case_id in touched[start : start + _PAGE]:
                unit.fire(case_id, event)
            unit.flush()
    return changes


def _differences(
    procedure: Procedure, case: CaseState, calendar: Calendar, event: Event
) -> Iterator[DueDateChange]:
    other = copy(procedure)  # the same rules on another calendar
    other.calendar = calendar
    before = {d.id: d for d in case.deadlines}
    for after in decide(other, case, event).effects.changed.values():
        yield DueDateChange(
            case_id=case.id,
            rule=after.rule,
            before=before[after.id].due_day,
            after=after.due_day,
            provisional=after.provisional,
        )


def _with_running_deadlines() -> tuple[ColumnElement[bool], ...]:
    running = select(deadlines.c.id).where(deadlines.c.live, deadlines.c.status == "running")
    return (running.where(is_of_case(deadlines)).exists(),)
