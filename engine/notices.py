"""A new notice of holidays: which due dates it changes, listed before it is applied, then applied case by case."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from ..workflow.calendars import Calendar
from . import store
from .changes import Reckon
from .decision import decide
from .machine import Procedure
from .schema import cases, deadlines
from .unit import Unit
from .values import Actor, CaseState, Event

if TYPE_CHECKING:
    from .engine import Engine

_PAGE = 500


class DueChange(BaseModel):
    """A running deadline whose due date changes."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    rule: str
    before: date | None
    after: date | None
    provisional: bool


def calendar_changes(engine: Engine, name: str, calendar: Calendar) -> list[DueChange]:
    """What `calendar` would change; nothing is written."""
    found: list[DueChange] = []
    for ids in _pages(engine):
        with engine.database.begin() as connection:
            unit = Unit.on(connection, engine.registry, engine.now(connection))
            for case in store.load_cases(connection, unit.version, ids).values():
                procedure = unit.procedure(case)
                if procedure.definition.calendar == name:
                    found += _differences(procedure, case, calendar, Event(unit.now, Actor.of("calendar"), change=Reckon()))
    return found


def apply_calendar(engine: Engine, name: str, calendar: Calendar, actor: Actor) -> list[DueChange]:
    """Count by `calendar` from now on. Cases are written page by page, so an interrupted run can be repeated."""
    changes = calendar_changes(engine, name, calendar)
    engine.registry.use_calendar(name, calendar)
    touched = list(dict.fromkeys(change.case_id for change in changes))
    for start in range(0, len(touched), _PAGE):
        with engine.database.begin() as connection:
            now = engine.now(connection)
            for case_id in touched[start : start + _PAGE]:
                engine.operations.apply(connection, now, case_id, Event(now, actor, change=Reckon(), note=f"calendar {calendar.version}"))
    return changes


def _differences(procedure: Procedure, case: CaseState, calendar: Calendar, event: Event) -> Iterator[DueChange]:
    other = copy(procedure)
    other.calendar = calendar
    before = {d.id: d for d in case.deadlines}
    for after in decide(other, case, event).changed:
        yield DueChange(
            case_id=case.id, rule=after.rule, before=before[after.id].due_day, after=after.due_day, provisional=after.provisional
        )


def _pages(engine: Engine) -> Iterator[list[str]]:
    last = ""
    while True:
        running = select(deadlines.c.case_id).where(deadlines.c.live, deadlines.c.status == "running")
        query = select(cases.c.id).where(cases.c.id > last, cases.c.id.in_(running)).order_by(cases.c.id).limit(_PAGE)
        with engine.database.begin() as connection:
            ids = list(connection.execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]
