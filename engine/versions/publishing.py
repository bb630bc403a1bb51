"""Versions of procedures: proposed by one person, published by another, withdrawn.

They never change. A version is in force for a unit of the organisation from a day; the most special
one in force governs the cases that begin. Withdrawing one brings back the one before; cases that
began on it finish on it. A version for one case alone (a redesign) goes the same way, and moves
that case when it is approved.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from operator import attrgetter

from sqlalchemy import Connection, func, select

from ...workflow.checks import check
from ...workflow.checks.layering import check as check_layering
from ...workflow.law.law import Law
from ...workflow.loading import DefinitionRefused, layer_over, stored_definition
from ...workflow.model.definition import OFFICER, Definition
from ..charter.standing import Standing
from ..decision.decide import decide as decide_event
from ..errors import NotAllowed
from ..model.case import CaseState
from ..model.commands import Move
from ..model.event import Actor, Event
from ..storage.definition_store import (
    DEFINITION,
    Published,
    definition_text,
    published_versions,
)
from ..storage.schema import history, publications
from ..work.in_force import governing_chain, on_day
from ..work.runtime import Transaction
from .publications import (
    STANDS,
    Proposed,
    Publication,
    check_decidable,
    get,
    insert_proposed,
    mark_decided,
    refused,
)


def propose(
    transaction: Transaction,
    standing: Standing,
    law: Law,
    definition: Definition,
    unit: str,
    effective: date | None,
    actor: Actor,
    note: str,
) -> Publication:
    """Propose a checked version for a unit, in effect from a day (its own where none is given).

    Raises `DefinitionRefused` when the law in force does not allow it, `PublicationRefused` when
    its number is taken by another content, when it is there already, or when it lies over what is
    not in force there.
    """
    errors = list(filter(attrgetter("is_error"), check(definition, False, law)))
    if errors:
        raise DefinitionRefused(sorted(errors))
    proposed = _proposed(definition, unit, effective or definition.effective)
    if proposed.effective < definition.effective:
        raise refused(proposed, "不得早于其施行日", "not before the day that it names itself")
    _check_free(transaction.connection, proposed)
    _check_base(transaction, standing, definition, proposed)
    return insert_proposed(transaction, proposed, actor, note)


def _proposed(
    definition: Definition, unit: str, effective: date, case_id: str | None = None
) -> Proposed:
    return Proposed(
        kind=DEFINITION,
        procedure=definition.id,
        hash=definition.hash,
        version=definition.version,
        effective=effective,
        text=definition.source_text,
        court=unit,
        case_id=case_id,
        base_hash=definition.layers[-1].over if definition.layers and case_id is None else None,
    )


def _check_free(connection: Connection, proposed: Proposed) -> None:
    """A number means one content, for ever; and for one unit it is published once."""
    p = publications.c
    same = select(p.definition_hash, p.court, p.status).where(
        p.kind == proposed.kind,
        p.procedure == proposed.procedure,
        p.version == proposed.version,
        p.case_id == proposed.case_id,
        STANDS,
    )
    for hash, court, status in connection.execute(same):
        if hash != proposed.hash:
            number = proposed.version
            zh = f"版本号 {number} 已用于不同内容"
            raise refused(proposed, zh, f"the number {number} is taken by another content")
        if court == proposed.court:
            done = "提请" if status == "proposed" else "发布"
            raise refused(proposed, f"此版本已{done}", f"it is {status} already")


def _check_base(
    transaction: Transaction, standing: Standing, definition: Definition, proposed: Proposed
) -> None:
    """A layer lies over what governs its unit on its day, and only narrows it."""
    if proposed.base_hash is None:
        return
    if proposed.base_hash not in _in_force(transaction, standing, proposed):
        zh = "所依据的下层版本在此处未施行，请在现行版本上重新叠加"
        en = "the version that it lies over is not in force there: lay it over the one that is"
        raise refused(proposed, zh, en)
    below = read_stored(transaction.connection, proposed.base_hash)
    findings = list(check_layering(below, definition, definition.layers[-1].level))
    if findings:
        raise DefinitionRefused(findings)


def _in_force(transaction: Transaction, standing: Standing, proposed: Proposed) -> set[str | None]:
    """The base in force for a unit on a day, and the layers over it."""
    versions = published_versions(transaction.connection, proposed.procedure)
    path = standing.charter.path(proposed.court)
    chain = governing_chain(versions, path, on_day(proposed.effective))
    return {v.hash for v in chain}


def read_stored(connection: Connection, hash: str) -> Definition:
    """A kept version. Raises `DefinitionDamaged`, `DefinitionRefused`."""
    return stored_definition(definition_text(connection, hash) or "", f"<stored {hash[:12]}>")


def check_redesigner(definition: Definition, actor: Actor) -> None:
    """A redesign is proposed by the case's own officer, or by those who may approve one.

    Raises `NotAllowed`.
    """
    by = (OFFICER, *definition.redesign_by)
    if actor.roles.isdisjoint(by):
        told = ", ".join(by)
        raise NotAllowed(
            actor=actor.id,
            what_zh="提请个案再造",
            what_en="propose a redesign",
            why_zh=f"须由 {told} 提请",
            why_en=f"only {told} may",
        )


def propose_redesign(
    transaction: Transaction, case: CaseState, layer: str, actor: Actor, note: str
) -> Publication:
    """Propose a layer (`level: case`) for one case.

    It is tried on the case as it stands. Raises `DefinitionRefused`, `PublicationRefused`,
    `MoveRefused`.
    """
    merged = _merged(transaction.version(case.definition_hash).definition, layer, case.id)
    proposed = _proposed(merged, case.court, merged.effective, case.id)
    if not merged.layers or merged.layers[-1].level != "case":
        raise refused(proposed, "个案再造须写 level: case", "a redesign says level: case")
    if not note.strip():
        raise refused(proposed, "个案再造须写明理由", "a redesign needs its reason (note)")
    move = move_to(transaction.connection, case, merged)
    event = Event(transaction.now, actor, command=move, note=note)
    decide_event(transaction.registry.compiled(merged), case, event)
    _check_free(transaction.connection, proposed)
    return insert_proposed(transaction, proposed, actor, note)


def _merged(definition: Definition, layer: str, case_id: str) -> Definition:
    merged, findings = layer_over(definition, layer, f"<redesign of {case_id}>")
    errors = list(filter(attrgetter("is_error"), findings))
    if merged is None or errors:
        raise DefinitionRefused(errors)
    return merged


def decide(
    transaction: Transaction, found: Publication, actor: Actor, in_favour: bool, note: str
) -> Publication:
    """Publish or refuse what another person proposed; a redesign moves its case.

    Raises `PublicationRefused`, `MoveRefused`.
    """
    check_decidable(found, actor)
    if found.case_id is not None:
        definition = read_stored(transaction.connection, found.definition_hash)
        _check_decides_redesign(found, definition, actor)
        if in_favour:
            _redesign(transaction, found, found.case_id, definition, actor, note)
    return mark_decided(transaction, found, actor, in_favour, note)


def _check_decides_redesign(found: Publication, definition: Definition, actor: Actor) -> None:
    """A redesign is approved or refused by those whom it names itself."""
    allowed = definition.redesign_by
    if actor.roles.isdisjoint(allowed):
        roles = ", ".join(allowed) or "-"
        raise refused(found, f"个案再造须由 {roles} 批准", f"only {roles} may approve a redesign")


def _redesign(
    transaction: Transaction,
    found: Publication,
    case_id: str,
    definition: Definition,
    actor: Actor,
    note: str,
) -> None:
    transaction.registry.compiled(definition)
    unit = transaction.unit(lock=True)
    case = unit.case(case_id)
    layer = definition.layers[-1]
    based_on = unit.procedure(case).definition.version
    if definition.version != f"{based_on}+{layer.id}.{layer.version}":
        zh = "案件已转到其他版本，请重新提请"
        raise refused(found, zh, "the case is on another version by now; propose it again")
    told = f"{layer.title.zh}：{found.note}；{actor.id} {note}".strip("； ")
    move = move_to(transaction.connection, case, definition)
    unit.fire(case_id, Event(transaction.now, actor, command=move, note=told))
    unit.flush()


def move_to(connection: Connection, case: CaseState, definition: Definition) -> Move:
    """The command that puts a case on a version, with when it entered its present state."""
    entered = select(func.max(history.c.happened_at)).where(
        history.c.court == case.court,
        history.c.case_id == case.id,
        history.c.target == case.state,
        history.c.source != history.c.target,
    )
    at = connection.execute(entered).scalar() or case.opened_at
    came = case.taken_over
    return Move(definition.hash, came.since if came is not None and came.at == at else at)


def locked(transaction: Transaction, id: int) -> Publication:
    """A version to decide about; two who decide at once come one after the other.

    Raises `UnknownPublication`.
    """
    return get(transaction.connection, id, DEFINITION, lock=True)


def to_be_renewed(
    transaction: Transaction, standing: Standing, procedure: str, day: date
) -> Iterator[tuple[Publication, str]]:
    """The published layers whose base is in force no more, with what governs there until then.

    A layer that was laid over the new base, for the same unit, needs no renewal.
    """
    connection = transaction.connection
    in_effect = [v for v in published_versions(connection, procedure) if v.effective <= day]
    for version in in_effect:
        path = standing.charter.path(version.unit)
        chain = governing_chain(in_effect, path, on_day(day))
        if version.base_hash is None or version.base_hash in map(attrgetter("hash"), chain):
            continue
        if _layer_of(connection, version) not in map(partial(_layer_of, connection), chain):
            yield get(connection, version.id), chain[-1].hash if chain else ""


def _layer_of(connection: Connection, version: Published) -> tuple[str, str]:
    """Which layer a version is, and for which unit; a base is none."""
    layers = read_stored(connection, version.hash).layers
    return version.unit, layers[-1].id if layers else ""
