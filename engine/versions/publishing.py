"""Versions of procedures in the database: proposed by one person, published by another, withdrawn.

They never change. The version that cases begin on is the last one published that is in effect on
the day. Withdrawing it brings back the one before; cases that began on it finish on it. A version
for one case alone (a redesign) goes the same way, and moves that case when it is approved.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Select, func, insert, select, update

from ...workflow.loading import DefinitionRefused, layer_over, stored_definition
from ...workflow.model.definition import Definition
from ..decision.decide import decide as decide_event
from ..errors import PublicationRefused, UnknownPublication
from ..model.case import CaseState
from ..model.commands import Move
from ..model.event import Actor, Event
from ..storage.case_rows import court_of
from ..storage.definition_store import definition_text, store_definition
from ..storage.schema import history, publications
from ..work.runtime import Transaction


class PublicationStatus(StrEnum):
    """The life of a version."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_STANDING = (PublicationStatus.PROPOSED, PublicationStatus.PUBLISHED)


class Publication(BaseModel):
    """A version of a procedure (or of one case's), and who proposed, decided and withdrew it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: int
    procedure: str
    case_id: str | None
    definition_hash: str
    version: str
    effective: date
    status: PublicationStatus
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    note: str


def propose(
    transaction: Transaction,
    definition: Definition,
    actor: Actor,
    note: str,
    case_id: str | None = None,
) -> Publication:
    """Propose a checked version.

    Raises `PublicationRefused` when its number is taken by another content, or it is there already.
    """
    connection, now = transaction.connection, transaction.now
    _check_free(connection, definition, case_id)
    store_definition(connection, definition, now)
    values = {
        "procedure": definition.id,
        "court": "" if case_id is None else court_of(connection, case_id),
        "case_id": case_id,
        "definition_hash": definition.hash,
        "version": definition.version,
        "effective": definition.effective,
        "status": PublicationStatus.PROPOSED.value,
        "proposed_by": actor.id,
        "proposed_at": now,
        "decided_by": "",
        "withdrawn_by": "",
        "note": note,
    }
    key = connection.execute(insert(publications).values(values)).inserted_primary_key
    assert key is not None
    return get(connection, int(key[0]))


def _check_free(connection: Connection, definition: Definition, case_id: str | None) -> None:
    """A number means one content, for ever."""
    same = select(publications).where(
        publications.c.procedure == definition.id,
        publications.c.version == definition.version,
        publications.c.case_id == case_id,
        publications.c.status.in_([s.value for s in _STANDING]),
    )
    row = connection.execute(same).mappings().first()
    if row is None:
        return
    if row["definition_hash"] != definition.hash:
        number = definition.version
        raise _refused(
            definition,
            f"版本号 {number} 已用于不同内容",
            f"the number {number} is taken by another content",
        )
    done = "提请" if row["status"] == PublicationStatus.PROPOSED else "发布"
    raise _refused(definition, f"此版本已{done}", f"it is {row['status']} already")


def propose_redesign(
    transaction: Transaction, case_id: str, layer: str, actor: Actor, note: str
) -> Publication:
    """Propose a layer (`level: case`) for one case.

    It is tried on the case as it stands. Raises `DefinitionRefused`, `PublicationRefused`,
    `CaseNotFound`, `MoveRefused`.
    """
    unit = transaction.unit()
    case = unit.case(case_id)
    merged = _merged(unit.procedure(case).definition, layer, case_id)
    if not merged.layers or merged.layers[-1].level != "case":
        raise _refused(merged, "个案再造须写 level: case", "a redesign says level: case")
    if not note.strip():
        raise _refused(merged, "个案再造须写明理由", "a redesign needs its reason (note)")
    move = move_to(transaction.connection, case, merged)
    event = Event(transaction.now, actor, command=move, note=note)
    decide_event(transaction.registry.compiled(merged), case, event)
    return propose(transaction, merged, actor, note, case_id)


def _merged(definition: Definition, layer: str, case_id: str) -> Definition:
    merged, findings = layer_over(definition, layer, f"<redesign of {case_id}>")
    errors = [f for f in findings if f.severity == "error"]
    if merged is None or errors:
        raise DefinitionRefused(errors)
    return merged


def decide(
    transaction: Transaction, id: int, actor: Actor, in_favour: bool, note: str
) -> Publication:
    """Publish or refuse what another person proposed; a redesign moves its case.

    Raises `PublicationRefused`, `MoveRefused`, `UnknownPublication`.
    """
    connection = transaction.connection
    found = get(connection, id, lock=True)  # two who decide at once come one after the other
    text = definition_text(connection, found.definition_hash) or ""
    definition = stored_definition(text, f"<stored {found.definition_hash[:12]}>")
    if found.status != PublicationStatus.PROPOSED:
        raise _refused(
            definition, f"状态为 {found.status}，不在待批准", f"it is {found.status}, not proposed"
        )
    if found.proposed_by == actor.id:
        raise _refused(definition, "不能批准自己提请的版本", "nobody publishes what they proposed")
    if found.case_id is not None and in_favour:
        _redesign(transaction, found.case_id, found.note, definition, actor, note)
    decided_as = PublicationStatus.PUBLISHED if in_favour else PublicationStatus.REFUSED
    decided = {
        "status": decided_as.value,
        "decided_by": actor.id,
        "decided_at": transaction.now,
        "note": f"{found.note}\n{note}".strip(),
    }
    connection.execute(update(publications).where(publications.c.id == id).values(**decided))
    return get(connection, id)


def _redesign(
    transaction: Transaction,
    case_id: str,
    reason: str,
    definition: Definition,
    actor: Actor,
    note: str,
) -> None:
    allowed = definition.redesign_by
    if actor.roles.isdisjoint(allowed):
        roles = ", ".join(allowed) or "-"
        raise _refused(
            definition, f"个案再造须由 {roles} 批准", f"only {roles} may approve a redesign"
        )
    transaction.registry.compiled(definition)
    unit = transaction.unit(lock=True)
    case = unit.case(case_id)
    layer = definition.layers[-1]
    based_on = unit.procedure(case).definition.version
    if definition.version != f"{based_on}+{layer.id}.{layer.version}":
        raise _refused(
            definition,
            "案件已转到其他版本，请重新提请",
            "the case is on another version by now; propose it again",
        )
    told = f"{layer.title.zh}：{reason}；{actor.id} {note}".strip("； ")
    move = move_to(transaction.connection, case, definition)
    unit.fire(case_id, Event(transaction.now, actor, command=move, note=told))
    unit.flush()


def move_to(connection: Connection, case: CaseState, definition: Definition) -> Move:
    """The command that puts a case on a version, with when it entered its present state."""
    entered = select(func.max(history.c.at)).where(
        history.c.court == case.court,
        history.c.case_id == case.id,
        history.c.target == case.state,
        history.c.source != history.c.target,
    )
    return Move(definition.hash, connection.execute(entered).scalar() or case.opened_at)


def withdraw(transaction: Transaction, id: int, actor: Actor, note: str) -> Publication:
    """Withdraw a proposed or published version: no case begins on it any more.

    Raises `PublicationRefused`, `UnknownPublication`.
    """
    connection = transaction.connection
    found = get(connection, id, lock=True)
    is_applied_redesign = found.case_id is not None and found.status == PublicationStatus.PUBLISHED
    if found.status not in _STANDING or is_applied_redesign:
        raise PublicationRefused(
            procedure=found.procedure,
            version=found.version,
            why_zh=f"状态为 {found.status}，不能撤回",
            why_en=f"it is {found.status}",
        )
    withdrawn = {
        "status": PublicationStatus.WITHDRAWN.value,
        "withdrawn_by": actor.id,
        "withdrawn_at": transaction.now,
        "note": f"{found.note}\n{note}".strip(),
    }
    connection.execute(update(publications).where(publications.c.id == id).values(**withdrawn))
    return get(connection, id)


def get(connection: Connection, id: int, lock: bool = False) -> Publication:
    """One publication. Raises `UnknownPublication`."""
    query = select(publications).where(publications.c.id == id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise UnknownPublication(id=id)
    return Publication(**row)


def listed(
    transaction: Transaction, procedure: str | None = None, case_id: str | None = None
) -> tuple[Publication, ...]:
    """Publications, the newest first."""
    query: Select[tuple[object, ...]] = select(publications).order_by(publications.c.id.desc())
    if procedure is not None:
        query = query.where(publications.c.procedure == procedure)
    if case_id is not None:
        query = query.where(publications.c.case_id == case_id)
    return tuple(Publication(**row) for row in transaction.connection.execute(query).mappings())


def _refused(definition: Definition, zh: str, en: str) -> PublicationRefused:
    return PublicationRefused(
        procedure=definition.id, version=definition.version, why_zh=zh, why_en=en
    )
