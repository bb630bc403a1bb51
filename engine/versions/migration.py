"""What a new version of its procedure would mean for each running case; nothing is written.

A case can move when the new version has its state, the states it may return to, and its data.
Deadlines keep their start and are computed by the new rule; a rule that is gone ends; a new rule of
the present state starts when that state was entered. Work in the pools goes on where the new
version knows it; a proposal, where the new version asks the same roles to decide it. A case with a
procedure of its own (a redesign) stays on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement

from ...workflow.model.definition import Definition
from ..decision.decide import decide
from ..decision.procedure import Procedure
from ..errors import MoveRefused
from ..model.case import CaseState
from ..model.event import Actor, Event
from ..storage.case_rows import load_cases
from ..storage.schema import cases
from ..work.runtime import Runtime, Transaction
from .paging import pages
from .publishing import move_to

Outcome = Literal["unaffected", "can-move", "cannot-move"]
_PLANNER = Actor.of("plan")


class DueDateShift(BaseModel):
    """A deadline that the move touches: due before and after (None where it does not run)."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    rule: str
    before: date | None
    after: date | None


class MigrationPlan(BaseModel):
    """What the new version means for one running case.

    `ends` are tasks, and triggers that wait for approval, that would end undone.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    case_id: str
    number: str
    state: str
    outcome: Outcome
    shifts: tuple[DueDateShift, ...] = ()
    ends: tuple[str, ...] = ()
    why_zh: str = ""
    why_en: str = ""


def plan_migration(runtime: Runtime, definition: Definition) -> Iterator[MigrationPlan]:
    """Every running case of the procedure that is not on this version yet; nothing is written."""
    procedure = runtime.registry.compiled(definition)
    for ids in pages(runtime, running_on_others(definition)):
        with runtime.transaction() as transaction:
            loaded = load_cases(transaction.connection, transaction.version, ids)
            for case in loaded.values():
                yield plan_case(transaction, case, procedure)


def plan_case(transaction: Transaction, case: CaseState, procedure: Procedure) -> MigrationPlan:
    """What the move would make of one case."""
    layers = transaction.version(case.definition_hash).definition.layers
    if layers and layers[-1].level == "case":
        return stays(
            case, "个案再造的案件按其版本办理", "its procedure was redesigned for it alone"
        )
    move = move_to(transaction.connection, case, procedure.definition)
    try:
        after = decide(procedure, case, Event(transaction.now, _PLANNER, command=move)).case
    except MoveRefused as refused:
        return stays(case, refused.why_zh, refused.why_en)
    shifts = tuple(_shifts(case, after))
    goes_on = {t.id for t in after.tasks}
    ends = tuple(t.name for t in case.tasks if t.id not in goes_on)
    return MigrationPlan(
        case_id=case.id,
        number=case.number,
        state=case.state,
        outcome="can-move" if shifts or ends else "unaffected",
        shifts=shifts,
        ends=ends,
    )


def _shifts(case: CaseState, after: CaseState) -> Iterator[DueDateShift]:
    going_on = after.live()
    was = {d.id: d.due_day for d in case.deadlines}
    will_be = {d.id: d.due_day for d in going_on}
    for id, rule in {d.id: d.rule for d in (*case.deadlines, *going_on)}.items():
        shift = DueDateShift(rule=rule, before=was.get(id), after=will_be.get(id))
        if shift.before != shift.after:
            yield shift


def stays(case: CaseState, why_zh: str, why_en: str) -> MigrationPlan:
    """The plan of a case that does not move."""
    return MigrationPlan(
        case_id=case.id,
        number=case.number,
        state=case.state,
        outcome="cannot-move",
        why_zh=why_zh,
        why_en=why_en,
    )


def running_on_others(definition: Definition) -> tuple[ColumnElement[bool], ...]:
    """The running cases of a procedure that are not on this version."""
    return (
        cases.c.procedure == definition.id,
        cases.c.definition_hash != definition.hash,
        cases.c.closed_at.is_(None),
    )
