"""What was proposed, published, refused and withdrawn: rows that never change but in their status.

Definitions, charters and tables of law go the same way: one person proposes, another decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, RowMapping, insert, select, update

from ..errors import PublicationRefused, UnknownPublication
from ..model.event import Actor
from ..storage.asked import asked
from ..storage.damage import each_row, first_row, unread
from ..storage.definition_store import store_text
from ..storage.schema import publications
from ..work.runtime import Transaction


class PublicationStatus(StrEnum):
    """The life of a version."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STANDING = (PublicationStatus.PROPOSED, PublicationStatus.PUBLISHED)
STANDS = publications.c.status.in_([status.value for status in STANDING])


class Publication(BaseModel):
    """A version of a procedure (or of one case's), of the charter or the law, and who did what.

    It is in force for `court`, a unit of the organisation, and what is below it (`""` is all).
    `base_hash` is the text that a layer lies over. `proposed_for` are those whose deputy the
    proposer was: they decide it as little as he does. In a list, `damaged` says why one cannot be
    read.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: int
    kind: str
    procedure: str
    case_id: str | None
    court: str
    definition_hash: str
    base_hash: str | None
    version: str
    effective: date
    status: PublicationStatus
    proposed_by: str
    proposed_for: tuple[str, ...] = ()
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    note: str
    damaged: str = ""


class Proposed(BaseModel):
    """What somebody proposes to publish: the text, what it is called, where and from when."""

    model_config = ConfigDict(frozen=True)

    kind: str
    procedure: str
    hash: str
    version: str
    effective: date
    text: str
    court: str = ""
    case_id: str | None = None
    base_hash: str | None = None


def insert_proposed(
    transaction: Transaction, proposed: Proposed, actor: Actor, note: str
) -> Publication:
    """Keep the text and its proposal."""
    connection, now = transaction.connection, transaction.now
    text = proposed.model_dump(
        include={"hash", "kind", "procedure", "version", "effective", "text"}
    )
    store_text(connection, {**text, "stored_at": now})
    named = {"kind", "procedure", "version", "effective", "court", "case_id", "base_hash"}
    values = proposed.model_dump(include=named) | {
        "definition_hash": proposed.hash,
        "status": PublicationStatus.PROPOSED.value,
        "proposed_by": actor.id,
        "proposed_for": sorted(actor.acts_for),
        "proposed_at": now,
        "decided_by": "",
        "withdrawn_by": "",
        "note": note,
    }
    key = connection.execute(insert(publications).values(values)).inserted_primary_key
    assert key is not None
    return get(connection, int(key[0]))


def check_number_free(transaction: Transaction, proposed: Proposed) -> None:
    """A number of a charter or a law is given once. Raises `PublicationRefused`."""
    p = publications.c
    same = select(p.id).where(
        p.kind == proposed.kind,
        p.version == proposed.version,
        STANDS,
    )
    if transaction.connection.execute(same).first() is not None:
        raise refused(proposed, "版本号已被使用", "the number is taken")


def get(
    connection: Connection, id: int, kind: str | None = None, lock: bool = False
) -> Publication:
    """One publication (of a kind). Raises `UnknownPublication`, `DamagedRow`."""
    query = select(publications).where(publications.c.id == id)
    found = first_row(connection, query.with_for_update() if lock else query, id, _publication)
    if found is None or kind not in (None, found.kind):
        raise UnknownPublication(id=id)
    return found


def _publication(row: RowMapping) -> Publication:
    return Publication(**row)


def check_decidable(found: Publication, actor: Actor) -> None:
    """It waits, and nobody decides what they proposed, or a person whose deputy they are.

    Raises `PublicationRefused`.
    """
    if found.status != PublicationStatus.PROPOSED:
        raise refused(
            found, f"状态为 {found.status}，不在待批准", f"it is {found.status}, not proposed"
        )
    if not actor.persons.isdisjoint((found.proposed_by, *found.proposed_for)):
        raise refused(found, "不能批准自己提请的版本", "nobody publishes what they proposed")


def mark_decided(
    transaction: Transaction, found: Publication, actor: Actor, in_favour: bool, note: str
) -> Publication:
    """What was proposed is published, or refused."""
    status = PublicationStatus.PUBLISHED if in_favour else PublicationStatus.REFUSED
    values = {
        "status": status.value,
        "decided_by": actor.id,
        "decided_at": transaction.now,
    }
    return _mark(transaction, found, values, note)


def mark_withdrawn(
    transaction: Transaction, found: Publication, actor: Actor, note: str
) -> Publication:
    """It is in force no more. Raises `PublicationRefused` unless it stands."""
    is_applied_redesign = found.case_id is not None and found.status == PublicationStatus.PUBLISHED
    if found.status not in STANDING or is_applied_redesign:
        raise refused(found, f"状态为 {found.status}，不能撤回", f"it is {found.status}")
    values = {
        "status": PublicationStatus.WITHDRAWN.value,
        "withdrawn_by": actor.id,
        "withdrawn_at": transaction.now,
    }
    return _mark(transaction, found, values, note)


def _mark(
    transaction: Transaction, found: Publication, values: Mapping[str, Any], note: str
) -> Publication:
    told = f"{found.note}\n{note}".strip()
    change = update(publications).where(publications.c.id == found.id)
    transaction.connection.execute(change.values(**values, note=told))
    return get(transaction.connection, found.id)


def listed(
    transaction: Transaction,
    procedure: str | None = None,
    case_id: str | None = None,
    kind: str | None = None,
) -> tuple[Publication, ...]:
    """Publications, the newest first."""
    query = select(publications).order_by(publications.c.id.desc())
    wanted = {
        publications.c.procedure: procedure,
        publications.c.case_id: case_id,
        publications.c.kind: kind,
    }
    query = query.where(*asked(wanted))
    texts = ("id", "kind", "procedure", "court", "definition_hash", "version", "status")
    shown = each_row(transaction.connection, query, texts, _publication, unread(Publication))
    return tuple(shown)


def refused(found: Publication | Proposed, zh: str, en: str) -> PublicationRefused:
    """Why a version cannot be proposed, published or withdrawn."""
    return PublicationRefused(
        procedure=found.procedure, version=found.version, why_zh=zh, why_en=en
    )
