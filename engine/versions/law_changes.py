"""The tables of law that versions are held to: a set proposed by one person, decided by another."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from ...workflow.law.law import Law, shipped_law
from ..model.event import Actor
from ..storage.definition_store import text_in_force
from ..work.runtime import Transaction
from .publications import (
    Proposed,
    Publication,
    check_decidable,
    check_number_free,
    get,
    insert_proposed,
    mark_decided,
)

KIND = "law"


def law_in_force(connection: Connection) -> Law:
    """The tables that were published last; those of the library where none were."""
    text = text_in_force(connection, KIND, KIND)
    return Law.from_text(text) if text is not None else shipped_law()


def propose(transaction: Transaction, law: Law, day: date, actor: Actor, note: str) -> Publication:
    """Propose a whole set of tables. Raises `PublicationRefused` when its number is taken."""
    proposed = Proposed(
        kind=KIND,
        procedure=KIND,
        hash=law.hash,
        version=f"{law.name}.{law.version}",
        effective=day,
        text=law.to_text(),
    )
    check_number_free(transaction, proposed)
    return insert_proposed(transaction, proposed, actor, note)


def decide(
    transaction: Transaction, id: int, actor: Actor, in_favour: bool, note: str
) -> Publication:
    """Put tables in force, or refuse them. Raises `PublicationRefused`, `UnknownPublication`."""
    found = get(transaction.connection, id, KIND, lock=True)
    check_decidable(found, actor)
    return mark_decided(transaction, found, actor, in_favour, note)
