"""Work in pools, and who has how much of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, Select, func, select

from ...workflow.errors import ZhixingError
from ..storage.case_rows import is_of_case
from ..storage.column_types import load_moment
from ..storage.damage import damaged, is_damage
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
    if open_only:
        query = query.where(tasks.c.ended_at.is_(None))
    if role is not None:
        query = query.where(tasks.c.pool.in_(_pools_of(transaction, role, open_only)))
    wanted = {tasks.c.case_id: case_id, tasks.c.claimed_by: person, tasks.c.court: court}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    query = query.order_by(tasks.c.offered_at, tasks.c.id).limit(limit)
    rows = transaction.connection.execute(query).mappings()
    return tuple(_shown(transaction, row) for row in rows)


def _shown(transaction: Transaction, row: RowMapping) -> Task:
    """A task; one whose case cannot be read is shown, and says so."""
    try:
        return Task.of(transaction.version(row["definition_hash"]), row)
    except Exception as error:
        if not isinstance(error, ZhixingError) and not is_damage(error):
            raise
        why = error if isinstance(error, ZhixingError) else damaged(row["case_id"], error)
        return Task.damaged_of(row, why)


def _pools_of(transaction: Transaction, role: str, open_only: bool) -> list[str]:
    """The pools that a role is among: a pool is the roles that it is offered to."""
    pools: Select[Any] = select(tasks.c.pool).distinct()
    if open_only:
        pools = pools.where(tasks.c.ended_at.is_(None))
    found = transaction.connection.execute(pools).scalars()
    return [pool for pool in found if role in pool.split(",")]


def workload(transaction: Transaction) -> tuple[Workload, ...]:
    """Who has how much claimed, and how much waits unclaimed in each pool."""
    counted = (
        select(tasks.c.pool, tasks.c.claimed_by, func.count(), func.min(tasks.c.offered_at))
        .where(tasks.c.ended_at.is_(None))
        .group_by(tasks.c.pool, tasks.c.claimed_by)
        .order_by(tasks.c.pool, tasks.c.claimed_by)
    )
    return tuple(
        Workload(
            pool=tuple(pool.split(",")), person=person, count=count, oldest=load_moment(oldest)
        )
        for pool, person, count, oldest in transaction.connection.execute(counted)
    )
