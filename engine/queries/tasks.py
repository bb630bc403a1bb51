"""Work in pools, and who has how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Text, cast, func, select

from ...workflow.errors import ZhixingError
from ..storage.asked import asked
from ..storage.case_rows import is_of_case
from ..storage.column_types import load_moment
from ..storage.damage import each_row
from ..storage.schema import cases, tasks
from ..work.runtime import Transaction
from .views import Task, Workload


def listed(
    transaction: Transaction,
    *,
    case_id: str | None = None,
    role: str | None = None,
    person: str | None = None,
    court: str | None = None,
    open_only: bool = True,
    limit: int = 1000,
) -> tuple[Task, ...]:
    """Tasks and approvals that wait for a role, or that a person has claimed; the oldest first."""
    columns = (cases.c.number, cases.c.officer, cases.c.definition_hash)
    query = select(tasks, *columns).join(cases, is_of_case(tasks))
    looked_at = [tasks.c.ended_at.is_(None)] if open_only else []
    query = query.where(*looked_at)
    if role is not None:
        query = query.where(tasks.c.pool.in_(_pools_of(transaction, role, looked_at)))
    wanted = {tasks.c.case_id: case_id, tasks.c.claimed_by: person, tasks.c.court: court}
    query = query.where(*asked(wanted)).order_by(tasks.c.offered_at, tasks.c.id).limit(limit)
    connection = transaction.connection
    shown = each_row(
        connection, query, _TEXTS, lambda row: _shown(transaction, row), Task.damaged_of
    )
    return tuple(shown)


_TEXTS = ("id", "case_id", "number", "court", "officer", "kind", "name", "pool", "status")


def _shown(transaction: Transaction, row: RowMapping) -> Task:
    """A task; one whose case has no definition is shown, and says so."""
    try:
        return Task.of(transaction.version(row["definition_hash"]), row)
    except ZhixingError as error:
        return Task.damaged_of(row, error)


def _pools_of(
    transaction: Transaction, role: str, looked_at: Sequence[ColumnElement[bool]]
) -> list[str]:
    """The pools that a role is among: a pool is the roles that it is offered to."""
    pools = select(tasks.c.pool).where(*looked_at).distinct()
    found = transaction.connection.execute(pools).scalars()
    return [pool for pool in found if pool and role in pool.split(",")]


_OLDEST = cast(func.min(tasks.c.offered_at), Text)


def workload(transaction: Transaction) -> tuple[Workload, ...]:
    """Who has how much claimed, and how much waits unclaimed in each pool."""
    counted = (
        select(tasks.c.pool, tasks.c.claimed_by, func.count(), _OLDEST)
        .where(tasks.c.ended_at.is_(None))
        .group_by(tasks.c.pool, tasks.c.claimed_by)
        .order_by(tasks.c.pool, tasks.c.claimed_by)
    )
    return tuple(
        Workload(
            pool=tuple((pool or "").split(",")),
            person=person or "",
            count=count,
            oldest=_moment(oldest),
        )
        for pool, person, count, oldest in transaction.connection.execute(counted)
    )


def _moment(text: object) -> datetime | None:
    """A moment as it is kept; None where it is none."""
    try:
        return load_moment(text)
    except ValueError:
        return None
