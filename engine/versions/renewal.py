"""Layers to be renewed: published over a base that is in force no more."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from ...workflow.review.differences import Difference, differences
from ..charter.standing import Standing
from ..storage.definition_store import DEFINITION
from ..storage.schema import publications
from ..work.runtime import Transaction
from .publications import Publication
from .publishing import read_stored, to_be_renewed


class Renewal(BaseModel):
    """A layer that governs no more: what governs its unit until it is renewed, and what differs.

    `changes` lead from what the layer said to what governs now.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, defer_build=True)

    layer: Publication
    governs: str
    changes: tuple[Difference, ...]


def renewals(
    transaction: Transaction, standing: Standing, procedure: str | None
) -> Iterator[Renewal]:
    """Every layer to be renewed today, of a procedure or of all."""
    today = standing.day(transaction.now)
    for name in [procedure] if procedure is not None else _procedures(transaction):
        for layer, governs in to_be_renewed(transaction, standing, name, today):
            before = read_stored(transaction.connection, layer.definition_hash)
            changes: tuple[Difference, ...] = ()
            if governs:
                changes = tuple(differences(before, read_stored(transaction.connection, governs)))
            yield Renewal(layer=layer, governs=governs, changes=changes)


def _procedures(transaction: Transaction) -> list[str]:
    p = publications.c
    query = select(p.procedure).where(p.kind == DEFINITION, p.base_hash.is_not(None))
    return list(transaction.connection.execute(query.distinct().order_by(p.procedure)).scalars())
