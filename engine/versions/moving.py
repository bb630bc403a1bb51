"""Running cases moved to a published version: proposed by one person, decided by another, then
carried out page by page, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import RowMapping, insert, select, update

from ...workflow.model.definition import Definition
from ...workflow.model.parts import POWERS
from ..charter.standing import Standing
from ..errors import (
    MigrationRefused,
    NotAllowed,
    TransitionalRuleStays,
    UnknownMigration,
)
from ..model.case import CaseState
from ..model.event import Actor, Event
from ..storage.asked import asked
from ..storage.damage import each_row, first_row, unread
from ..storage.definition_store import published_versions
from ..storage.schema import cases, moves
from ..work.in_force import governing_chain, on_day
from ..work.runtime import Runtime, Transaction
from .migration import MigrationPlan, plan_case, running_on_others, stays
from .paging import PAGE, Progress, count
from .publishing import move_to, read_stored


class MigrationStatus(StrEnum):
    """The life of a migration."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"


class Migration(BaseModel):
    """The move of running cases to a version, in one unit of the organisation and below.

    `last_case` is how far it has come; in a list, `damaged` says why one cannot be read.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: int
    procedure: str
    definition_hash: str
    court: str
    status: MigrationStatus
    proposed_by: str
    proposed_for: tuple[str, ...] = ()
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    moved: int
    stayed: int
    last_case: str
    finished_at: datetime | None
    note: str
    damaged: str = ""


def propose(
    transaction: Transaction,
    standing: Standing,
    definition: Definition,
    unit: str,
    actor: Actor,
    note: str,
) -> Migration:
    """Propose to move the running cases of a unit to a version that is in force there.

    Raises `MigrationRefused`, `NotAllowed`, `TransitionalRuleStays`.
    """
    rule = definition.transitional
    if rule is None or rule.running_cases != "move":
        raise TransitionalRuleStays(procedure=definition.id, version=definition.version)
    here = standing.at(actor, unit, transaction.now)
    _check_may(definition, here, unit)
    if not _is_in_force(transaction, standing, definition, unit):
        raise _refused(definition, "该版本未在此处施行", "the version is not in force there")
    values = {
        "procedure": definition.id,
        "definition_hash": definition.hash,
        "court": unit,
        "status": MigrationStatus.PROPOSED.value,
        "proposed_by": actor.id,
        "proposed_for": sorted(here.acts_for),
        "proposed_at": transaction.now,
        "decided_by": "",
        "moved": 0,
        "stayed": 0,
        "last_case": "",
        "note": note,
    }
    key = transaction.connection.execute(insert(moves).values(values)).inserted_primary_key
    assert key is not None
    return get(transaction, int(key[0]))


def _refused(definition: Definition, zh: str, en: str) -> MigrationRefused:
    return MigrationRefused(
        procedure=definition.id, version=definition.version, why_zh=zh, why_en=en
    )


def _is_in_force(
    transaction: Transaction, standing: Standing, definition: Definition, unit: str
) -> bool:
    """Whether the version governs the cases that begin at a unit today."""
    path, today = standing.charter.path(unit), standing.day(transaction.now)
    versions = published_versions(transaction.connection, definition.id)
    chain = governing_chain(versions, path, on_day(today))
    return bool(chain) and chain[-1].hash == definition.hash


def _check_may(definition: Definition, actor: Actor, unit: str) -> None:
    """The new version itself says who may move running cases to it. Raises `NotAllowed`."""
    power = definition.powers.get("move")
    allowed = power.by if power is not None else ()
    if actor.roles.isdisjoint(allowed):
        what, by, where = POWERS["move"], ", ".join(allowed) or "-", unit or "-"
        raise NotAllowed(
            actor=actor.id,
            what_zh=what.zh,
            what_en=what.en,
            why_zh=f"须由 {where} 的 {by} 办理",
            why_en=f"only {by} at {where} may",
        )


def decide(
    transaction: Transaction,
    standing: Standing,
    id: int,
    actor: Actor,
    in_favour: bool,
    note: str,
) -> Migration:
    """Approve or refuse what another person proposed.

    Raises `MigrationRefused`, `NotAllowed`, `UnknownMigration`.
    """
    found = get(transaction, id, lock=True)
    definition = read_stored(transaction.connection, found.definition_hash)
    if found.status != MigrationStatus.PROPOSED:
        zh = f"状态为 {found.status}，不在待批准"
        raise _refused(definition, zh, f"it is {found.status}, not proposed")
    here = standing.at(actor, found.court, transaction.now)
    if not here.persons.isdisjoint((found.proposed_by, *found.proposed_for)):
        raise _refused(definition, "不能批准自己提请的迁移", "nobody approves what they proposed")
    _check_may(definition, here, found.court)
    status = MigrationStatus.APPROVED if in_favour else MigrationStatus.REFUSED
    values = {
        "status": status.value,
        "decided_by": actor.id,
        "decided_at": transaction.now,
        "note": f"{found.note}\n{note}".strip(),
    }
    return _mark(transaction, id, values)


def carry_out(
    runtime: Runtime,
    id: int,
    standing: Callable[[Transaction], Standing],
    progress: Progress | None,
) -> tuple[Migration, list[MigrationPlan]]:
    """Move the cases that can, page by page, each with a history entry; goes on where it stopped.

    Gives the migration as it then is, and the plans of those that stayed in this run. Raises
    `MigrationRefused`, `UnknownMigration`.
    """
    with runtime.transaction() as transaction:
        found = get(transaction, id)
        definition = read_stored(transaction.connection, found.definition_hash)
        if found.status not in (MigrationStatus.APPROVED, MigrationStatus.DONE):
            raise _refused(definition, f"状态为 {found.status}，未经批准", f"it is {found.status}")
    total, staying = count(runtime, running_on_others(definition)), list[MigrationPlan]()
    while found.status == MigrationStatus.APPROVED:
        with runtime.transaction() as transaction:
            page = _Page(transaction, standing(transaction), get(transaction, id, lock=True))
            found = page.move(definition)
            staying += page.staying
        if progress is not None:
            progress(found.moved + found.stayed, total)
    return found, staying


class _Page:
    """One page of a migration, in one transaction."""

    def __init__(self, transaction: Transaction, standing: Standing, found: Migration) -> None:
        self._transaction, self._standing, self._found = transaction, standing, found
        self.staying: list[MigrationPlan] = []

    def move(self, definition: Definition) -> Migration:
        """Move its cases, and keep how far the migration has come."""
        found, transaction = self._found, self._transaction
        if found.status != MigrationStatus.APPROVED:
            return found
        ids = self._next(definition)
        moved = sum(self._move_case(definition, id) for id in ids)
        values: dict[str, Any] = {
            "moved": found.moved + moved,
            "stayed": found.stayed + len(ids) - moved,
        }
        if ids:
            values["last_case"] = ids[-1]
        else:
            values |= {"status": MigrationStatus.DONE.value, "finished_at": transaction.now}
        return _mark(transaction, found.id, values)

    def _next(self, definition: Definition) -> list[str]:
        wanted = (cases.c.id > self._found.last_case, *running_on_others(definition))
        query = select(cases.c.id).where(*wanted).order_by(cases.c.id).limit(PAGE)
        return list(self._transaction.connection.execute(query).scalars())

    def _move_case(self, definition: Definition, id: str) -> bool:
        """Move one case; false when it stays, which is then told."""
        transaction = self._transaction
        unit = transaction.unit(lock=True)
        case = unit.case(id)
        plan = self._plan(definition, case)
        if plan.outcome == "cannot-move":
            self.staying.append(plan)
            return False
        mover = Actor.of(self._found.decided_by)
        move = move_to(transaction.connection, case, definition)
        unit.fire(id, Event(transaction.now, mover, command=move, note=self._found.note))
        unit.flush()
        return True

    def _plan(self, definition: Definition, case: CaseState) -> MigrationPlan:
        transaction, standing = self._transaction, self._standing
        if not standing.charter.is_within(case.court, self._found.court):
            return stays(case, "不在本次迁移的法院范围内", "its court is not part of the migration")
        if not _is_in_force(transaction, standing, definition, case.court):
            return stays(case, "该版本未在其法院施行", "the version is not in force at its court")
        return plan_case(transaction, case, transaction.version(definition.hash))


def _mark(transaction: Transaction, id: int, values: dict[str, Any]) -> Migration:
    transaction.connection.execute(update(moves).where(moves.c.id == id).values(**values))
    return get(transaction, id)


def get(transaction: Transaction, id: int, lock: bool = False) -> Migration:
    """One migration. Raises `UnknownMigration`, `DamagedRow`."""
    query = select(moves).where(moves.c.id == id)
    query = query.with_for_update() if lock else query
    found = first_row(transaction.connection, query, id, _migration)
    if found is None:
        raise UnknownMigration(id=id)
    return found


def _migration(row: RowMapping) -> Migration:
    return Migration(**row)


def listed(transaction: Transaction, procedure: str | None = None) -> tuple[Migration, ...]:
    """Migrations, the newest first."""
    query = select(moves).order_by(moves.c.id.desc())
    query = query.where(*asked({moves.c.procedure: procedure}))
    texts = ("id", "procedure", "definition_hash", "court", "status", "proposed_by")
    return tuple(each_row(transaction.connection, query, texts, _migration, unread(Migration)))
