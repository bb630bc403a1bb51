"""Running cases on a new version of their procedure: what would become of each, and the move.

A case can move when the new version has its state, the states it may return to, and its data.
Deadlines keep their start and are computed by the new rule; a rule that is gone ends; a new rule of
the present state starts when that state was entered. Work in the pools goes on where the new
version knows it; a proposal, where the new version asks the same roles to decide it. A case with a
procedure of its own (a redesign) stays on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement

from ...workflow.model.definition import Definition
from ..decision.decide import decide
from ..decision.procedure import Procedure
from ..errors import MoveRefused, TransitionalRuleStays
from ..model.case import CaseState
from ..model.event import Actor, Event
from ..storage.case_rows import load_cases
from ..storage.definition_store import store_definition
from ..storage.schema import cases
from ..work.runtime import Runtime, Transaction
from .paging import count, pages
from .publishing import move_to

Outcome = Literal["unaffected", "can-move", "cannot-move"]
Progress = Callable[[int, int], None]
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
    for ids in pages(runtime, _running(definition)):
        with runtime.transaction() as transaction:
            loaded = load_cases(transaction.connection, transaction.version, ids)
            for case in loaded.values():
                yield _plan_case(transaction, case, procedure)


def migrate_cases(
    runtime: Runtime,
    definition: Definition,
    *,
    actor: Actor,
    note: str = "",
    progress: Progress | None = None,
) -> tuple[int, list[MigrationPlan]]:
    """Move the cases that can, page by page, each with a history entry.

    Gives how many moved, and the plans of those that stay. An interrupted run is simply repeated:
    what has moved is on the new version already. Raises `TransitionalRuleStays` unless the version
    says that running cases move.
    """
    _check_transitional(definition)
    runtime.registry.add(definition)
    staying: list[MigrationPlan] = []
    moved, total = 0, count(runtime, _running(definition))
    for ids in pages(runtime, _running(definition)):
        stay = _move_page(runtime, definition, ids, actor, note)
        staying += stay
        moved += len(ids) - len(stay)
        if progress is not None:
            progress(moved + len(staying), total)
    return moved, staying


def _check_transitional(definition: Definition) -> None:
    rule = definition.transitional
    if rule is None or rule.running_cases != "move":
        raise TransitionalRuleStays(procedure=definition.id, version=definition.version)


def _move_page(
    runtime: Runtime, definition: Definition, ids: list[str], actor: Actor, note: str
) -> list[MigrationPlan]:
    """Move the cases of a page in one transaction; gives those that stay."""
    procedure, staying = runtime.registry.compiled(definition), []
    with runtime.transaction() as transaction:
        store_definition(transaction.connection, definition, transaction.now)
        unit = transaction.unit(lock=True)
        for case_id in ids:
            case = unit.case(case_id)
            plan = _plan_case(transaction, case, procedure)
            if plan.outcome == "cannot-move":
                staying.append(plan)
                continue
            move = move_to(transaction.connection, case, definition)
            unit.fire(case_id, Event(transaction.now, actor, command=move, note=note))
        unit.flush()
    return staying


def _plan_case(transaction: Transaction, case: CaseState, procedure: Procedure) -> MigrationPlan:
    layers = transaction.version(case.definition_hash).definition.layers
    if layers and layers[-1].level == "case":
        return _stays(
            case, "个案再造的案件按其版本办理", "its procedure was redesigned for it alone"
        )
    move = move_to(transaction.connection, case, procedure.definition)
    try:
        after = decide(procedure, case, Event(transaction.now, _PLANNER, command=move)).case
    except MoveRefused as refused:
        return _stays(case, refused.why_zh, refused.why_en)
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
    before = {d.id: d for d in case.deadlines}
    later = {d.id: d for d in after.deadlines if d.live}
    for id in dict.fromkeys([*before, *later]):
        was = before[id].due_day if id in before else None
        will_be = later[id].due_day if id in later else None
        if was != will_be:
            rule = (before.get(id) or later[id]).rule
            yield DueDateShift(rule=rule, before=was, after=will_be)


def _stays(case: CaseState, why_zh: str, why_en: str) -> MigrationPlan:
    return MigrationPlan(
        case_id=case.id,
        number=case.number,
        state=case.state,
        outcome="cannot-move",
        why_zh=why_zh,
        why_en=why_en,
    )


def _running(definition: Definition) -> tuple[ColumnElement[bool], ...]:
    return (
        cases.c.procedure == definition.id,
        cases.c.definition_hash != definition.hash,
        cases.c.closed_at.is_(None),
    )
