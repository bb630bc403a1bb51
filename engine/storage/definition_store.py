"""Kept definition versions: their text by hash, and which one is in effect."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from ...workflow.loading import stored_definition
from ...workflow.model.definition import Definition
from .schema import cases, definitions, publications


def hash_in_effect(connection: Connection, procedure: str, at: datetime) -> str | None:
    """The hash of the published version that cases begin on at a time; None when there is none."""
    query = (
        select(publications.c.definition_hash, publications.c.effective)
        .where(
            publications.c.procedure == procedure,
            publications.c.status == "published",
            publications.c.case_id.is_(None),
        )
        .order_by(publications.c.effective.desc(), publications.c.id.desc())
    )
    for hash, effective in connection.execute(query):
        text = definition_text(connection, hash)
        if (
            text is not None
            and effective <= at.astimezone(ZoneInfo(stored_definition(text, hash).zone)).date()
        ):
            return str(hash)
    return None


def running_on(connection: Connection, hash: str) -> int:
    """How many open cases run on a version."""
    query = (
        select(func.count())
        .select_from(cases)
        .where(cases.c.definition_hash == hash, cases.c.closed_at.is_(None))
    )
    return int(connection.execute(query).scalar_one())


def store_definition(connection: Connection, definition: Definition, now: datetime) -> None:
    """Keep the text of a definition version, once."""
    present = connection.execute(
        select(definitions.c.hash).where(definitions.c.hash == definition.hash)
    ).first()
    if present is not None:
        return
    values = {
        "hash": definition.hash,
        "procedure": definition.id,
        "version": definition.version,
        "effective": definition.effective,
        "text": definition.source_text,
        "stored_at": now,
    }
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or_skip

        connection.execute(insert_or_skip(definitions).values(values).on_conflict_do_nothing())
    else:
        connection.execute(insert(definitions).prefix_with("OR IGNORE"), values)


def definition_text(connection: Connection, hash: str) -> str | None:
    """The stored text of a definition version."""
    return connection.execute(select(definitions.c.text).where(definitions.c.hash == hash)).scalar()


def latest_hash(connection: Connection, procedure: str) -> str | None:
    """The hash of the version of a procedure that was kept last, those of single cases aside."""
    alone = select(publications.c.definition_hash).where(publications.c.case_id.is_not(None))
    query = select(definitions.c.hash).where(
        definitions.c.procedure == procedure, definitions.c.hash.not_in(alone)
    )
    return connection.execute(query.order_by(definitions.c.stored_at.desc()).limit(1)).scalar()
