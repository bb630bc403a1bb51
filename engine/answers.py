"""An answer from outside becomes an event of its case, once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from ..workflow.errors import ZhixingError
from .schema import inbox, incidents, outbox
from .unit import Unit
from .values import OUTSIDE, Event

if TYPE_CHECKING:
    from ..adapters.protocol import Answer
    from .operations import Operations


def take_answer(operations: Operations, connection: Connection, now: datetime, source: str, answer: Answer) -> str:
    """Write the answer to the inbox and bring its event to the case; gives `taken`, `duplicate`, `unknown` or why not.

    An answer that the case refuses is kept with the reason and becomes an incident.
    """
    row = connection.execute(select(outbox).where(outbox.c.id == answer.key).with_for_update()).mappings().first()
    if row is None:
        return "unknown"
    known = select(inbox.c.message_id).where(inbox.c.source == source, inbox.c.message_id == answer.message_id)
    if connection.execute(known).first() is not None:
        return "duplicate"
    outcome = _bring(operations, connection, now, row, answer)
    connection.execute(insert(inbox), {
        "source": source, "message_id": answer.message_id, "outbox_id": answer.key, "kind": answer.kind,
        "answer": dict(answer.data), "received_at": now, "outcome": outcome,
    })  # fmt: skip
    if answer.final:
        done = {"status": "answered", "answered_at": now, "send_at": None, "leased_until": None}
        connection.execute(update(outbox).where(outbox.c.id == answer.key).values(**done))
    return outcome


def _bring(operations: Operations, connection: Connection, now: datetime, row: Any, answer: Answer) -> str:
    unit = Unit.on(connection, operations.registry, now, lock=True)
    request = unit.procedure(unit.case(row["case_id"])).definition.requests[row["request"]]
    trigger = request.answers.get(answer.kind)
    if trigger is None:
        return "not listened for"
    data = {field: _plain(answer.data[name]) for field, name in request.takes.items() if name in answer.data}
    try:
        unit.fire(row["case_id"], Event(now, OUTSIDE, trigger, data, note=f"{row['operation']} {answer.message_id}"))
    except ZhixingError as error:
        if error.retryable:
            raise
        record_incident(connection, now, "answer", error.text("zh"), case_id=row["case_id"], outbox_id=row["id"])
        return error.text("en")
    unit.flush()
    return "taken"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, float) else value


def record_incident(
    connection: Connection, now: datetime, kind: str, message: str, case_id: str | None = None, outbox_id: str | None = None
) -> None:
    """Keep an incident for a person, unless the same one is already open."""
    same = select(incidents.c.id).where(
        incidents.c.kind == kind, incidents.c.case_id == case_id, incidents.c.outbox_id == outbox_id, incidents.c.resolved_at.is_(None)
    )
    if connection.execute(same).first() is None:
        values = {"case_id": case_id, "outbox_id": outbox_id, "kind": kind, "at": now, "message": message, "resolution": ""}
        connection.execute(insert(incidents), values)
