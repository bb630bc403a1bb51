"""Kept texts (definitions, charters, tables of law) by their hash, and which are published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import starmap
from typing import Any

from sqlalchemy import Connection, func, insert, select

from ...workflow.model.definition import Definition
from ..errors import DefinitionDamaged
from .schema import cases, definitions, publications

DEFINITION = "definition"
"""The kind of the texts that are definitions."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published version: for which unit it is in force, from which day, over which base."""

    id: int
    hash: str
    base_hash: str | None
    unit: str
    effective: date


def published_versions(connection: Connection, procedure: str) -> list[Published]:
    """The published versions of a procedure, those of single cases aside."""
    p = publications.c
    query = select(p.id, p.definition_hash, p.base_hash, p.court, p.effective).where(
        p.kind == DEFINITION,
        p.procedure == procedure,
        p.status == "published",
        p.case_id.is_(None),
    )
    return list(starmap(Published, connection.execute(query.order_by(p.id))))


def was_ever_published(connection: Connection, procedure: str) -> bool:
    """Whether a version of a procedure was ever published, withdrawn since or not."""
    p = publications.c
    query = select(p.id).where(
        p.kind == DEFINITION,
        p.procedure == procedure,
        p.case_id.is_(None),
        p.status.in_(("published", "withdrawn")),
        p.decided_at.is_not(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def text_in_force(connection: Connection, kind: str, subject: str) -> str | None:
    """The text of a kind that was published last; None without one."""
    p = publications.c
    query = select(p.definition_hash).where(
        p.kind == kind, p.procedure == subject, p.status == "published"
    )
    latest = query.order_by(p.effective.desc(), p.id.desc()).limit(1)
    hash = connection.execute(latest).scalar()
    return definition_text(connection, hash) if hash is not None else None


def running_on(connection: Connection, hash: str) -> int:
    """How many open cases run on a version."""
    query = (
        select(func.count())
        .select_from(cases)
        .where(cases.c.definition_hash == hash, cases.c.closed_at.is_(None))
    )
    return int(connection.execute(query).scalar_one())


def stored_hashes(connection: Connection, hashes: Iterable[str]) -> set[str]:
    """Those of some texts that are kept."""
    query = select(definitions.c.hash).where(definitions.c.hash.in_(tuple(hashes)))
    return set(connection.execute(query).scalars())


def store_definition(connection: Connection, definition: Definition, now: datetime) -> None:
    """Keep the text of a definition version, once."""
    store_text(
        connection,
        {
            "hash": definition.hash,
            "kind": DEFINITION,
            "procedure": definition.id,
            "version": definition.version,
            "effective": definition.effective,
            "text": definition.source_text,
            "stored_at": now,
        },
    )


def store_text(connection: Connection, values: Mapping[str, Any]) -> None:
    """Keep a text by its hash, unless it is there."""
    present = select(definitions.c.hash).where(definitions.c.hash == values["hash"])
    if connection.execute(present).first() is not None:
        return
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or_skip

        connection.execute(insert_or_skip(definitions).values(values).on_conflict_do_nothing())
    else:
        connection.execute(insert(definitions).prefix_with("OR IGNORE"), dict(values))


def definition_text(connection: Connection, hash: str) -> str | None:
    """The stored text of a version, held to its hash. Raises `DefinitionDamaged`."""
    text = connection.execute(select(definitions.c.text).where(definitions.c.hash == hash)).scalar()
    if text is not None and hashlib.sha256(text.encode()).hexdigest() != hash:
        raise DefinitionDamaged(hash=hash)
    return text
