"""Requests claimed by lease. Each claim raises the request's fence, and whoever writes names the
fence of his claim: one whose lease another took over can change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    not_,
    null,
    or_,
    select,
    text,
    update,
)

from ...adapters.protocol import Operation
from ...workflow.errors import ZhixingError
from ..storage.compiled_sql import CompiledStatement
from ..storage.damage import each_row
from ..storage.hold import hold_of
from ..storage.schema import outbox
from .addressing import IS_KNOWN_HERE, IS_OPEN_TO, WAITS_FOR_ANOTHER, address, names_of

UNREAD = "why"
"""Why a claimed row cannot be read."""
CLAIMED = "claimed"
"""When a row was claimed, as the process counts."""
ENDED = "ended"
"""Whether who knows a row has written, in this transaction, that its request is answered."""
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
# built once: what a statement costs to build, a dispatcher would pay at every look
_NOT_LEASED = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("now"))
# one that was written since they were addressed waits for the next look: its lane is not known
_IS_OURS = and_(IS_KNOWN_HERE, outbox.c.counterparty.is_not(None), IS_OPEN_TO)
_IS_SEEN_TO = (outbox.c.takes_back == "") | (outbox.c.fence > 0)
"""That a request takes nothing back, or that somebody looked whether there is something to."""
_IS_DUE = and_(
    outbox.c.send_at <= bindparam("now"),
    _NOT_LEASED,
    _IS_SEEN_TO,
    or_(
        and_(_IS_OURS, not_(WAITS_FOR_ANOTHER)),
        and_(outbox.c.send_at <= bindparam("nobodys"), not_(IS_KNOWN_HERE)),
    ),
)
_CLAIMED = (
    select(outbox)
    .order_by(outbox.c.send_at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_DUE = _CLAIMED.where(_IS_DUE)
_WITHOUT_MOMENT = {dialect: _CLAIMED.where(which) for dialect, which in _NO_MOMENT.items()}
_MOMENT = case(
    (outbox.c.leased_until > outbox.c.send_at, outbox.c.leased_until), else_=outbox.c.send_at
)
_NEXT = {
    dialect: select(_MOMENT)
    .where(outbox.c.send_at.is_not(None), IS_KNOWN_HERE, IS_OPEN_TO, not_(WAITS_FOR_ANOTHER))
    .where(text(f"NOT {which}"))
    .order_by(outbox.c.send_at)
    .limit(1)
    for dialect, which in _NO_MOMENT.items()
}
_THIS = outbox.c.court == bindparam("of"), outbox.c.id == bindparam("key")
_IS_STILL_OURS = outbox.c.fence == bindparam("claimed")
_LEASED = CompiledStatement(
    update(outbox).where(*_THIS).values(leased_until=bindparam("until"), fence=outbox.c.fence + 1)
)

Row = Mapping[str, Any]


def next_claim(
    connection: Connection, operations: Mapping[str, Operation], closed: Sequence[str] = ()
) -> datetime | None:
    """When the next request wants to be sent, polled, or taken over from a process that died.

    Those for counterparties that are `closed` want nothing now, nor do those that wait for others.
    """
    names = names_of(operations, closed)
    return connection.execute(_NEXT[connection.dialect.name], names).scalar()


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
    address(connection, operations)
    names = names_of(operations, closed)
    due = {**names, "now": now, "nobodys": now - NOBODYS_AFTER, "most": limit}
    rows = _claimed(connection, _DUE, due)
    if not rows:  # what has no moment is due to nobody, ever
        rows = _claimed(connection, _WITHOUT_MOMENT[connection.dialect.name], {"most": limit})
    leases = ({"of": row["court"], "key": row["id"], "until": now + lease} for row in rows)
    _LEASED.run_many(connection, leases)
    return rows


def write(
    connection: Connection, row: Row, values: Mapping[str, Any], *, is_last: bool = False
) -> bool:
    """Change a claimed request; gives whether it was still the caller's to change.

    What is written last raises the fence: then also the caller can change nothing more.
    """
    statement = _changing(tuple(values), UNREAD not in row, is_last)
    return _changed(connection, statement, row, {"claimed": row.get("fence"), **_new(values)})


def take_over(connection: Connection, row: Mapping[Any, Any], values: Mapping[str, Any]) -> bool:
    """Change a request for good, by somebody who holds no lease: it is sent and asked about no
    more, and whoever holds one can change nothing more. Gives whether it is there."""
    return _changed(connection, _taking_over(tuple(values)), row, _new(values))


@cache
def _changing(names: Sequence[str], is_fenced: bool, is_last: bool) -> CompiledStatement:
    this = (*_THIS, _IS_STILL_OURS) if is_fenced else _THIS
    fence = {"fence": outbox.c.fence + 1} if is_last else {}
    return CompiledStatement(update(outbox).where(*this).values({**_given(names), **fence}))


@cache
def _taking_over(names: Sequence[str]) -> CompiledStatement:
    over = {"send_at": null(), "leased_until": null(), "fence": outbox.c.fence + 1}
    return CompiledStatement(update(outbox).where(*_THIS).values({**over, **_given(names)}))


def _given(names: Sequence[str]) -> dict[str, Any]:
    return {name: bindparam(f"new_{name}") for name in names}


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


def _changed(
    connection: Connection,
    statement: CompiledStatement,
    row: Mapping[Any, Any],
    values: Mapping[str, Any],
) -> bool:
    this = {"of": row["court"], "key": row["id"]}
    return bool(statement.run_many(connection, [{**this, **values}]))


def _claimed(connection: Connection, query: Select[Any], values: Mapping[str, Any]) -> list[Row]:
    """Requests as rows; those that another dispatcher is just claiming are left to it."""
    hold = hold_of(connection)
    if hold is not None:  # after a restore nothing is sent but what a person released
        query = query.where(outbox.c.id.in_(hold.requests))
    return each_row(connection, query, ("id", "court", "case_id"), _plain, _unread, values)


def _plain(row: RowMapping) -> Row:
    """A row as its claim leaves it."""
    return {**as_row(row), "fence": row["fence"] + 1}


def as_row(row: RowMapping) -> Row:
    """A row by the names of its columns."""
    return {str(name): value for name, value in row.items()}


def _unread(texts: RowMapping, why: ZhixingError) -> Row:
    """A request that cannot be read, as far as it is known."""
    return {**as_row(texts), UNREAD: why}
