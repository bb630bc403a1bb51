"""Measures beside each other: who stands in the queue of an asset, and what holds how much."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, and_, func, not_, select, text

from ...workflow.guards.variables import amount_of
from ...workflow.model.books import ASSETS
from ..decision.books import of_case, place_in
from ..decision.finding import marked_by
from ..model.books import COUNTED, QUEUED, Hold
from ..model.case import CaseState
from .schema import IS_FOUND, found, holds

IN_ORDER = (holds.c.registered_on.nulls_last(), holds.c.place, holds.c.id)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_IS_QUEUED = holds.c.standing.in_(sorted(QUEUED))
_IS_COUNTED = holds.c.standing.in_(sorted(COUNTED))


def queued(connection: Connection, asset: str) -> list[tuple[str, str]]:
    """(case, standing) of every measure that waits for an asset or is in effect on it, in the
    order in which they were registered."""
    query = select(holds.c.case_id, holds.c.standing).where(holds.c.asset == asset, _IS_QUEUED)
    return [(id, standing) for id, standing in connection.execute(query.order_by(*IN_ORDER))]


def held_by_others(connection: Connection, case: CaseState, hold: Hold) -> dict[str, Any]:
    """What conditions of a measure may ask of the others: those on its asset `before` it and in
    effect, and how much others hold of its case and of its debtor's other cases."""
    mine = and_(holds.c.court == case.court, holds.c.case_id == case.id)
    here = and_(holds.c.court == case.court, holds.c.of_case == of_case(case))
    others = select(func.coalesce(func.sum(holds.c.cents), 0)).where(_IS_COUNTED, not_(mine))
    known: dict[str, Any] = {"of_case": _amount(connection, others.where(here))}
    known["of_debtor"] = Decimal(0)
    if hold.debtor:
        elsewhere = others.where(holds.c.debtor == hold.debtor, not_(here))
        known["of_debtor"] = _amount(connection, elsewhere)
    queue = queued(connection, hold.asset) if hold.asset else []
    return known | place_in(queue, case.id) | marked_by(said_of_asset(connection, hold.asset, case))


def said_of_asset(
    connection: Connection, asset: str, but: CaseState | None = None
) -> list[dict[str, Any]]:
    """What cases (all but one) say of an asset."""
    query = select(found.c.shown).where(found.c.name == ASSETS, found.c.value == asset)
    query = query.where(IS_FOUND).order_by(found.c.id)
    if but is not None:
        query = query.where(not_(and_(found.c.court == but.court, found.c.case_id == but.id)))
    return list(connection.execute(query).scalars())


def _amount(connection: Connection, query: Select[Any]) -> Decimal:
    return amount_of(int(connection.execute(query).scalar_one()))


def lock_books(connection: Connection, keys: Iterable[str]) -> None:
    """Let nobody else change what holds an asset, or is held for a case or against a debtor,
    before the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        for key in sorted(set(keys)):
            connection.execute(_LOCK, {"key": f"zhixing:{key}"})
