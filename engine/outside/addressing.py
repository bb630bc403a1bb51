"""Whom a request is for and what it is about: what its operation says of its payload, written on
its row before it is first claimed. Only a process that has the adapter knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from ...adapters.protocol import Operation
from ..model.effects import RequestStatus
from ..storage.damage import each_row
from ..storage.schema import outbox

_AT_A_TIME = 500
_LONGEST = 200
_OPEN = (RequestStatus.WAITING.value, RequestStatus.SENDING.value, RequestStatus.SENT.value)
_KNOWN_BY = ("id", "court", "operation")
_ADDRESS = (
    update(outbox)
    .where(outbox.c.court == bindparam("of"), outbox.c.id == bindparam("key"))
    .values(counterparty=bindparam("whom"), thing=bindparam("what"))
)


def counterparty_of(operation: str, shape: Operation, payload: Mapping[str, Any]) -> str:
    """Who is asked: the adapter, or whom of those behind it the request names."""
    adapter = operation.partition(".")[0]
    named = payload.get(shape.counterparty) if shape.counterparty else None
    return f"{adapter}/{named}"[:_LONGEST] if named else adapter


def thing_of(operation: str, shape: Operation, payload: Mapping[str, Any]) -> str:
    """What a request is about, within its adapter; empty where it waits for no other."""
    named = payload.get(shape.ordered_by) if shape.ordered_by else None
    return f"{operation.partition('.')[0]}/{named}"[:_LONGEST] if named else ""


def address(connection: Connection, operations: Mapping[str, Operation]) -> None:
    """Write on every request of these operations that is to be sent whom it is for."""
    while _address_some(connection, operations) == _AT_A_TIME:
        continue


def waits_for_another() -> ColumnElement[bool]:
    """That its case asked something else about the same thing before, which is not over yet."""
    before = aliased(outbox)
    earlier = exists().where(
        before.c.court == outbox.c.court,
        before.c.case_id == outbox.c.case_id,
        before.c.thing == outbox.c.thing,
        before.c.id < outbox.c.id,
        before.c.status.in_(_OPEN),
    )
    return (outbox.c.thing != "") & earlier


def is_none_of(counterparties: Sequence[str]) -> ColumnElement[bool]:
    """That a request is for none of these."""
    named = outbox.c.counterparty
    return or_(named.is_(None), named.not_in(counterparties))


def _address_some(connection: Connection, operations: Mapping[str, Operation]) -> int:
    unknown = (
        select(outbox.c.id, outbox.c.court, outbox.c.operation, outbox.c.payload)
        .where(outbox.c.counterparty.is_(None), outbox.c.send_at.is_not(None))
        .where(outbox.c.operation.in_(sorted(operations)))
        # in one order, so that two who address at once wait for each other and do not deadlock
        .order_by(outbox.c.court, outbox.c.id)
        .limit(_AT_A_TIME)
        .with_for_update()
    )
    rows = each_row(connection, unknown, _KNOWN_BY, _with_payload, _without)
    if rows:
        connection.execute(_ADDRESS, list(_addresses(rows, operations)))
    return len(rows)


def _addresses(
    rows: Sequence[Mapping[str, Any]], operations: Mapping[str, Operation]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        asked = row["operation"], operations[row["operation"]], row["payload"]
        what, whom = thing_of(*asked), counterparty_of(*asked)
        yield {"of": row["court"], "key": row["id"], "whom": whom, "what": what}


def _with_payload(row: RowMapping) -> Mapping[str, Any]:
    payload = row["payload"] if isinstance(row["payload"], Mapping) else {}
    return {**row, "payload": payload}


def _without(row: RowMapping, why: Exception) -> Mapping[str, Any]:
    """What cannot be read is its adapter's all the same, and is told when it is claimed."""
    return {**row, "payload": {}}
