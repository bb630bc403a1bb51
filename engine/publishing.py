"""Versions of procedures in the database: proposed by one person, published by another, withdrawn; never changed.

The version that cases begin on is the last one published that is in effect on the day. Withdrawing it brings back the one
before; cases that began on it finish on it. A version for one case alone (a redesign) goes the same way, and moves that case
when it is approved.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, func, insert, select, update

from ..workflow.loading import DefinitionRefused, layer_over, stored_definition
from ..workflow.models import Definition
from . import decision, store
from .changes import Move
from .errors import PublicationRefused, UnknownPublication
from .schema import cases, history, publications
from .unit import Unit
from .values import Actor, CaseState, Event

if TYPE_CHECKING:
    from .registry import Registry


class Publication(BaseModel):
    """A version of a procedure (or of one case's procedure) and who proposed, decided and withdrew it."""

    model_config = ConfigDict(frozen=True)

    id: int
    procedure: str
    case_id: str | None
    definition_hash: str
    version: str
    effective: date
    status: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    note: str


def propose(
    connection: Connection, now: datetime, definition: Definition, actor: Actor, note: str, case_id: str | None = None
) -> Publication:
    """Propose a checked version. Raises `PublicationRefused` when its number is taken by another content, or it is there already."""
    same = select(publications).where(publications.c.procedure == definition.id, publications.c.version == definition.version)
    same = same.where(publications.c.case_id == case_id if case_id is not None else publications.c.case_id.is_(None))
    for row in connection.execute(same.where(publications.c.status.in_(("proposed", "published")))).mappings():
        if row["definition_hash"] != definition.hash:
            raise _refused(
                definition, f"版本号 {definition.version} 已用于不同内容", f"the number {definition.version} is taken by another content"
            )
        raise _refused(definition, f"此版本已{'提请' if row['status'] == 'proposed' else '发布'}", f"it is {row['status']} already")
    store.store_definition(connection, definition, now)
    values = {
        "procedure": definition.id, "case_id": case_id, "definition_hash": definition.hash, "version": definition.version,
        "effective": definition.effective, "status": "proposed", "proposed_by": actor.id, "proposed_at": now, "decided_by": "",
        "withdrawn_by": "", "note": note,
    }  # fmt: skip
    result = connection.execute(insert(publications).values(values))
    key = result.inserted_primary_key
    assert key is not None
    return get(connection, int(key[0]))


def propose_redesign(
    registry: Registry, connection: Connection, now: datetime, case_id: str, layer: str, actor: Actor, note: str
) -> Publication:
    """Propose a layer (`level: case`) for one case. Raises `DefinitionRefused`, `PublicationRefused`, `CaseNotFound`, `MoveRefused`."""
    unit = Unit.on(connection, registry, now)
    case = unit.case(case_id)
    procedure = unit.procedure(case)
    merged, findings = layer_over(procedure.definition, layer, f"<redesign of {case_id}>")
    errors = [f for f in findings if f.severity == "error"]
    if merged is None or errors:
        raise DefinitionRefused(errors)
    if not merged.layers or merged.layers[-1].level != "case":
        raise _refused(merged, "个案再造须写 level: case", "a redesign says level: case")
    if not note.strip():
        raise _refused(merged, "个案再造须写明理由", "a redesign needs its reason (note)")
    decision.decide(registry.compiled(merged), case, Event(now, actor, change=move_to(connection, case, merged), note=note))
    return propose(connection, now, merged, actor, note, case_id)


def decide(registry: Registry, connection: Connection, now: datetime, id: int, actor: Actor, in_favour: bool, note: str) -> Publication:
    """Publish or refuse what another person proposed; a redesign moves its case. Raises `PublicationRefused`, `MoveRefused`."""
    found = get(connection, id, lock=True)
    definition = stored_definition(store.definition_text(connection, found.definition_hash) or "", f"<stored {found.definition_hash[:12]}>")
    if found.status != "proposed":
        raise _refused(definition, f"状态为 {found.status}，不在待批准", f"it is {found.status}, not proposed")
    if found.proposed_by == actor.id:
        raise _refused(definition, "不能批准自己提请的版本", "nobody publishes what they proposed")
    if found.case_id is not None and in_favour:
        _redesign(registry, connection, now, found, definition, actor, note)
    status = "published" if in_favour else "refused"
    told = f"{found.note}\n{note}".strip()
    connection.execute(
        update(publications).where(publications.c.id == id).values(status=status, decided_by=actor.id, decided_at=now, note=told)
    )
    return get(connection, id)


def _redesign(
    registry: Registry, connection: Connection, now: datetime, found: Publication, definition: Definition, actor: Actor, note: str
) -> None:
    allowed = definition.redesign_by
    if actor.roles.isdisjoint(allowed):
        roles = ", ".join(allowed) or "-"
        raise _refused(definition, f"个案再造须由 {roles} 批准", f"only {roles} may approve a redesign")
    assert found.case_id is not None
    registry.compiled(definition)
    unit = Unit.on(connection, registry, now, lock=True)
    case = unit.case(found.case_id)
    layer = definition.layers[-1]
    if definition.version != f"{unit.procedure(case).definition.version}+{layer.id}.{layer.version}":
        raise _refused(definition, "案件已转到其他版本，请重新提请", "the case is on another version by now; propose it again")
    words = f"{layer.title.zh}：{found.note}；{actor.id} {note}".strip("； ")
    unit.fire(case.id, Event(now, actor, change=move_to(connection, case, definition), note=words))
    unit.flush()


def move_to(connection: Connection, case: CaseState, definition: Definition) -> Move:
    """The change that puts a case on a version, with the time when it entered its present state."""
    entries = select(func.max(history.c.at)).where(
        history.c.case_id == case.id, history.c.target == case.state, history.c.source != history.c.target
    )
    return Move(definition.hash, connection.execute(entries).scalar() or case.opened_at)


def withdraw(connection: Connection, now: datetime, id: int, actor: Actor, note: str) -> Publication:
    """Withdraw a proposed or published version: no case begins on it any more. Raises `PublicationRefused`."""
    found = get(connection, id, lock=True)
    if found.status not in ("proposed", "published") or (found.case_id is not None and found.status == "published"):
        raise PublicationRefused(
            procedure=found.procedure, version=found.version, why_zh=f"状态为 {found.status}，不能撤回", why_en=f"it is {found.status}"
        )
    told = f"{found.note}\n{note}".strip()
    connection.execute(
        update(publications).where(publications.c.id == id).values(status="withdrawn", withdrawn_by=actor.id, withdrawn_at=now, note=told)
    )
    return get(connection, id)


def get(connection: Connection, id: int, lock: bool = False) -> Publication:
    """One publication. Raises `UnknownPublication`."""
    query = select(publications).where(publications.c.id == id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise UnknownPublication(id=id)
    return Publication(**row)


def listed(connection: Connection, procedure: str | None, case_id: str | None) -> tuple[Publication, ...]:
    """Publications, the newest first."""
    query = select(publications).order_by(publications.c.id.desc())
    for column, value in ((publications.c.procedure, procedure), (publications.c.case_id, case_id)):
        if value is not None:
            query = query.where(column == value)
    return tuple(Publication(**row) for row in connection.execute(query).mappings())


def hash_in_effect(connection: Connection, procedure: str, at: datetime) -> str | None:
    """The hash of the published version that cases begin on at a time; None when there is none."""
    query = (
        select(publications.c.definition_hash, publications.c.effective)
        .where(publications.c.procedure == procedure, publications.c.status == "published", publications.c.case_id.is_(None))
        .order_by(publications.c.effective.desc(), publications.c.id.desc())
    )
    for hash, effective in connection.execute(query):
        text = store.definition_text(connection, hash)
        if text is not None and effective <= at.astimezone(ZoneInfo(stored_definition(text, hash).zone)).date():
            return str(hash)
    return None


def running_on(connection: Connection, hash: str) -> int:
    """How many open cases run on a version."""
    query = select(func.count()).select_from(cases).where(cases.c.definition_hash == hash, cases.c.closed_at.is_(None))
    return int(connection.execute(query).scalar_one())


def _refused(definition: Definition, zh: str, en: str) -> PublicationRefused:
    return PublicationRefused(procedure=definition.id, version=definition.version, why_zh=zh, why_en=en)
