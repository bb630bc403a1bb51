"""Whom a request is for and what it is about: what its operation says of its payload, written on
its row before it is first claimed. Only a process that has the adapter knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, exists, or_, select, update
from sqlalchemy.orm import aliased

from ...adapters.protocol import Operation
from ..model.effects import RequestStatus
from ..storage.compiled_sql import CompiledStatement
from ..storage.damage import each_row
from ..storage.schema import outbox

_AT_A_TIME = 500
_LONGEST = 200
_OPEN = (RequestStatus.WAITING.value, RequestStatus.SENDING.value, RequestStatus.SENT.value)
_KNOWN_BY = ("id", "court", "operation")
_BEFORE = aliased(outbox)
IS_KNOWN_HERE = outbox.c.operation.in_(bindparam("operations", expanding=True))
"""That a request is of one of these operations."""
IS_OPEN_TO = or_(
    outbox.c.counterparty.is_(None),
    outbox.c.counterparty.not_in(bindparam("closed", expanding=True)),
)
"""That a request is for none of the counterparties that are closed."""
WAITS_FOR_ANOTHER = (outbox.c.thing != "") & exists().where(
    _BEFORE.c.court == outbox.c.court,
    _BEFORE.c.case_id == outbox.c.case_id,
    _BEFORE.c.thing == outbox.c.thing,
    _BEFORE.c.id < outbox.c.id,
    _BEFORE.c.status.in_(_OPEN),
)
"""That its case asked something else about the same thing before, which is not over yet."""
_WITHOUT_ADDRESS = (
    select(outbox.c.id, outbox.c.court, outbox.c.operation, outbox.c.payload)
    .where(outbox.c.counterparty.is_(None), outbox.c.send_at.is_not(None), IS_KNOWN_HERE)
    # in one order, so that two who address at once wait for each other and do not deadlock
    .order_by(outbox.c.court, outbox.c.id)
    .limit(_AT_A_TIME)
    .with_for_update()
)
_ADDRESS = CompiledStatement(
    update(outbox)
    .where(outbox.c.court == bindparam("of"), outbox.c.id == bindparam("key"))
    .values(counterparty=bindparam("whom"), thing=bindparam("what"))
)


def names_of(operations: Collection[str], closed: Sequence[str]) -> dict[str, list[str]]:
    """What the conditions here are given: operations, and counterparties that are closed."""
    return {"operations": sorted(operations), "closed": list(closed)}


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


def _address_some(connection: Connection, operations: Mapping[str, Operation]) -> int:
    known = {"operations": sorted(operations)}
    rows = each_row(connection, _WITHOUT_ADDRESS, _KNOWN_BY, _with_payload, _without, known)
    _ADDRESS.run_many(connection, _addresses(rows, operations))
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
