"""A charter changed under the charter in force: proposed by one person, decided by another."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from ..charter.files import charter_from_text
from ..charter.model import Charter
from ..charter.store import KIND
from ..errors import CharterExists, PublicationRefused
from ..model.event import Actor
from ..storage.definition_store import definition_text
from ..storage.schema import cases, publications
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

SETTER = Actor.of("db init")
"""Who sets the first charter: whoever has the database before anybody has a say in it."""


def propose(
    transaction: Transaction, charter: Charter, day: date, actor: Actor, note: str
) -> Publication:
    """Propose a charter. Raises `PublicationRefused` when its number is taken."""
    proposed = _proposed(charter, day)
    check_number_free(transaction, proposed)
    return insert_proposed(transaction, proposed, actor, note)


def _proposed(charter: Charter, day: date) -> Proposed:
    return Proposed(
        kind=KIND,
        procedure=KIND,
        hash=charter.hash,
        version=charter.version,
        effective=day,
        text=charter.source_text,
    )


def decide(
    transaction: Transaction,
    id: int,
    actor: Actor,
    in_favour: bool,
    note: str,
) -> Publication:
    """Put a charter in force, or refuse it.

    Every court that has cases stays one. Raises `PublicationRefused`, `UnknownPublication`.
    """
    found = get(transaction.connection, id, KIND, lock=True)
    check_decidable(found, actor)
    if in_favour:
        text = definition_text(transaction.connection, found.definition_hash) or ""
        _check_courts(transaction, charter_from_text(text))
    return mark_decided(transaction, found, actor, in_favour, note)


def _check_courts(transaction: Transaction, charter: Charter) -> None:
    """Every court that has cases is one of the charter: else nobody could act on them.

    Raises `PublicationRefused`.
    """
    other = select(cases.c.court).where(cases.c.court.not_in(charter.courts)).distinct()
    courts = ", ".join(transaction.connection.execute(other.limit(5)).scalars())
    if courts:
        raise PublicationRefused(
            procedure=KIND,
            version=charter.version,
            why_zh=f"法院 {courts} 有案件，章程须包括它们",
            why_en=f"{courts} have cases: they are courts of every charter",
        )


def set_first(transaction: Transaction, charter: Charter, day: date) -> Publication:
    """The charter that a database begins with.

    Raises `CharterExists` when it has one, `PublicationRefused` when cases are of other courts.
    """
    p = publications.c
    present = select(p.id).where(p.kind == KIND, p.status == "published").limit(1)
    if transaction.connection.execute(present).first() is not None:
        raise CharterExists()
    _check_courts(transaction, charter)
    found = insert_proposed(transaction, _proposed(charter, day), SETTER, "")
    return mark_decided(transaction, found, SETTER, True, "")
