"""Requests claimed by lease. Each claim raises the request's fence, and whoever writes names the
fence of his claim: one whose lease another took over can change nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    TextClause,
    and_,
    bindparam,
    case,
    not_,
    or_,
    select,
    text,
    update,
)

from ...adapters.protocol import Operation
from ...workflow.errors import ZhixingError
from ..storage.damage import each_row
from ..storage.hold import hold_of
from ..storage.schema import outbox
from .addressing import address, is_none_of, waits_for_another

UNREAD = "why"
"""Why a claimed row cannot be read."""
NOBODYS_AFTER = timedelta(days=1)
"""A request due for so long that is of no adapter here is claimed all the same: to be told."""
_NO_MOMENT = {
    "sqlite": text(
        "(zx_outbox.send_at IS NOT NULL"
        " AND (zx_outbox.send_at >= ':' OR coalesce(zx_outbox.leased_until, '') >= ':'))"
    ),
    "postgresql": text(
        "(zx_outbox.send_at IS NOT NULL"
        " AND (zx_outbox.send_at = 'infinity'"
        " OR coalesce(zx_outbox.leased_until = 'infinity', false)))"
    ),
}
"""Requests that want to be sent at what is no moment, as a database may keep it."""
_LEASED = (
    update(outbox)
    .where(outbox.c.court == bindparam("of"), outbox.c.id == bindparam("key"))
    .values(leased_until=bindparam("until"), fence=outbox.c.fence + 1)
)

Row = Mapping[str, Any]


def next_claim(
    connection: Connection, operations: Mapping[str, Operation], closed: Sequence[str] = ()
) -> datetime | None:
    """When the next request wants to be sent, polled, or taken over from a process that died.

    Those for counterparties that are `closed` want nothing now, nor do those that wait for others.
    """
    is_leased = outbox.c.leased_until > outbox.c.send_at
    moment = case((is_leased, outbox.c.leased_until), else_=outbox.c.send_at)
    waiting = select(moment).where(outbox.c.send_at.is_not(None), _of(operations))
    waiting = waiting.where(is_none_of(closed), not_(waits_for_another()))
    waiting = waiting.where(text(f"NOT {_NO_MOMENT[connection.dialect.name]}"))
    return connection.execute(waiting.order_by(outbox.c.send_at).limit(1)).scalar()


def claim(
    connection: Connection,
    now: datetime,
    lease: timedelta,
    limit: int,
    operations: Mapping[str, Operation],
    closed: Sequence[str] = (),
) -> list[Row]:
    """Requests of these operations that are due, from now on leased to the caller.

    None for counterparties that are `closed`. Those of no adapter that this process knows are left
    for a day to the processes that do.
    """
    is_nobodys = and_(outbox.c.send_at <= now - NOBODYS_AFTER, not_(_of(operations)))
    # one that was written since they were addressed waits for the next look: its lane is not known
    is_ours = and_(_of(operations), outbox.c.counterparty.is_not(None), is_none_of(closed))
    is_due = and_(
        outbox.c.send_at <= now,
        (outbox.c.leased_until.is_(None)) | (outbox.c.leased_until <= now),
        or_(and_(is_ours, not_(waits_for_another())), is_nobodys),
    )
    address(connection, operations)
    rows = _claimed(connection, is_due, limit)
    if not rows:  # what has no moment is due to nobody, ever
        rows = _claimed(connection, _NO_MOMENT[connection.dialect.name], limit)
    if rows:
        leases = [{"of": r["court"], "key": r["id"], "until": now + lease} for r in rows]
        connection.execute(_LEASED, leases)
    return rows


def write(connection: Connection, row: Row, values: Mapping[str, Any]) -> bool:
    """Change a claimed request; gives whether it was still the caller's to change."""
    this = [outbox.c.court == row["court"], outbox.c.id == row["id"]]
    if UNREAD not in row:
        this.append(outbox.c.fence == row["fence"])
    changed = connection.execute(update(outbox).where(*this).values(**values))
    return bool(changed.rowcount)


def taken_over(values: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody writes who holds no lease: whoever holds one can then change nothing more."""
    return {"send_at": None, "leased_until": None, "fence": outbox.c.fence + 1, **values}


def _of(operations: Collection[str]) -> ColumnElement[bool]:
    return outbox.c.operation.in_(sorted(operations))


def _claimed(
    connection: Connection, which: ColumnElement[bool] | TextClause, limit: int
) -> list[Row]:
    """Requests as rows; those that another dispatcher is just claiming are left to it."""
    query = select(outbox).where(which).order_by(outbox.c.send_at).limit(limit)
    hold = hold_of(connection)
    if hold is not None:  # after a restore nothing is sent but what a person released
        query = query.where(outbox.c.id.in_(hold.requests))
    claimed = query.with_for_update(skip_locked=True)
    return each_row(connection, claimed, ("id", "court", "case_id"), _plain, _unread)


def _plain(row: RowMapping) -> Row:
    """A row as its claim leaves it."""
    return {**_texts(row), "fence": row["fence"] + 1}


def _texts(row: RowMapping) -> Row:
    return {str(name): value for name, value in row.items()}


def _unread(texts: RowMapping, why: ZhixingError) -> Row:
    """A request that cannot be read, as far as it is known."""
    return {**_texts(texts), UNREAD: why}
