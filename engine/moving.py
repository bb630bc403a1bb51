"""Running cases on a new version of their procedure: what would become of each, and the move of those that can.

A case can move when the new version has its state, the states it may return to, and its data. Deadlines keep their start and
are computed by the new rule; a rule that is gone ends; a new rule of the present state starts when that state was entered. Work in the
pools goes on where the new version knows it; a proposal, where the new version asks the same roles to decide it. A case with a procedure
of its own (a redesign) stays on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, func, select

from ..workflow.models import Definition
from . import store
from .decision import decide
from .errors import MoveRefused, TransitionalRuleStays
from .machine import Procedure
from .publishing import move_to
from .schema import cases
from .unit import Unit
from .values import Actor, CaseState, Event

if TYPE_CHECKING:
    from .engine import Engine

Outcome = Literal["unaffected", "can-move", "cannot-move"]
_PAGE = 200


class DueShift(BaseModel):
    """A deadline that the move touches: due before and after (None where it does not run)."""

    model_config = ConfigDict(frozen=True)

    rule: str
    before: date | None
    after: date | None


class CasePlan(BaseModel):
    """What the new version means for one running case."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    number: str
    state: str
    outcome: Outcome
    shifts: tuple[DueShift, ...] = ()
    ends: tuple[str, ...] = ()
    """Tasks, and triggers that wait for approval, that would end undone."""
    why_zh: str = ""
    why_en: str = ""


def plan(engine: Engine, definition: Definition) -> Iterator[CasePlan]:
    """Every running case of the procedure that is not on this version yet; nothing is written."""
    procedure = engine.registry.compiled(definition)
    for ids in _pages(engine, definition):
        with engine.database.begin() as connection:
            unit = Unit.on(connection, engine.registry, engine.now(connection))
            for case in store.load_cases(connection, unit.version, ids).values():
                yield _plan_case(connection, unit, case, procedure)


def move(
    engine: Engine, definition: Definition, *, actor: Actor, note: str = "", progress: Callable[[int, int], None] | None = None
) -> tuple[int, list[CasePlan]]:
    """Move the cases that can, page by page, each with a history entry; gives how many, and those that stay.

    An interrupted run is simply repeated: what has moved is on the new version already. Raises `TransitionalRuleStays` unless
    the version says that running cases move.
    """
    if definition.transitional is None or definition.transitional.running_cases != "move":
        raise TransitionalRuleStays(procedure=definition.id, version=definition.version)
    procedure = engine.registry.add(definition)
    moved, staying, total = 0, [], _count(engine, definition)
    for ids in _pages(engine, definition):
        with engine.database.begin() as connection:
            now = engine.now(connection)
            store.store_definition(connection, definition, now)
            unit = Unit.on(connection, engine.registry, now, lock=True)
            for case_id in ids:
                found = _plan_case(connection, unit, unit.case(case_id), procedure)
                if found.outcome == "cannot-move":
                    staying.append(found)
                    continue
                unit.fire(case_id, Event(now, actor, change=move_to(connection, unit.case(case_id), definition), note=note))
                moved += 1
            unit.flush()
        if progress is not None:
            progress(moved + len(staying), total)
    return moved, staying


def _plan_case(connection: Connection, unit: Unit, case: CaseState, procedure: Procedure) -> CasePlan:
    layers = unit.procedure(case).definition.layers
    if layers and layers[-1].level == "case":
        return _stays(case, "个案再造的案件按其版本办理", "its procedure was redesigned for it alone")
    try:
        after = decide(procedure, case, Event(unit.now, Actor.of("plan"), change=move_to(connection, case, procedure.definition))).case
    except MoveRefused as refused:
        return _stays(case, refused.why_zh, refused.why_en)
    before = {d.id: d for d in case.deadlines}
    later = {d.id: d for d in after.deadlines if d.live}
    shifts = [
        DueShift(rule=(before.get(id) or later[id]).rule, before=before[id].due_day if id in before else None,
                 after=later[id].due_day if id in later else None)
        for id in [*before, *(i for i in later if i not in before)]
        if (before[id].due_day if id in before else None) != (later[id].due_day if id in later else None)
    ]  # fmt: skip
    goes_on = {t.id for t in after.tasks}
    ends = tuple(t.name for t in case.tasks if t.id not in goes_on)
    outcome: Outcome = "can-move" if shifts or ends else "unaffected"
    return CasePlan(case_id=case.id, number=case.number, state=case.state, outcome=outcome, shifts=tuple(shifts), ends=ends)


def _stays(case: CaseState, why_zh: str, why_en: str) -> CasePlan:
    return CasePlan(case_id=case.id, number=case.number, state=case.state, outcome="cannot-move", why_zh=why_zh, why_en=why_en)


def _running(definition: Definition) -> tuple[object, ...]:
    return (cases.c.procedure == definition.id, cases.c.definition_hash != definition.hash, cases.c.closed_at.is_(None))


def _count(engine: Engine, definition: Definition) -> int:
    with engine.database.begin() as connection:
        query = select(func.count()).select_from(cases).where(*_running(definition))  # type: ignore[arg-type]
        return int(connection.execute(query).scalar_one())


def _pages(engine: Engine, definition: Definition) -> Iterator[list[str]]:
    last = ""
    while True:
        query = select(cases.c.id).where(cases.c.id > last, *_running(definition)).order_by(cases.c.id).limit(_PAGE)  # type: ignore[arg-type]
        with engine.database.begin() as connection:
            ids = list(connection.execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]
