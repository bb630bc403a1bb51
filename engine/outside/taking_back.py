"""What takes a request back goes where that one went, after it, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from ...workflow.model.flow import Request
from ..model.effects import RequestStatus
from ..storage.damage import each_row
from ..storage.hold import hold_of
from ..storage.schema import inbox, outbox
from ..work.runtime import Transaction
from .claims import Row, as_row
from .inbox import send_no_more

_AT_A_TIME = 50
_LONGEST_WAIT = timedelta(minutes=1)
_NO = ("refused", "failed")
"""Answers by which the other side says that it did nothing."""
_KNOWN_BY = ("id", "court", "case_id", "about", "takes_back")
_SENT_LONG_AGO: Mapping[str, Any] = {
    "status": RequestStatus.SENT.value,
    "leased_until": None,
    "send_at": None,
    "attempts": 1,
    "sent_at": None,
    "payload": None,
}


def look(transaction: Transaction, now: datetime) -> None:
    """See to what would go out now to take others back; nothing else is claimed before.

    What was not sent yet is not any more. Where nothing was sent nothing goes out. What is just
    being sent comes first, and so does an answer without which it could not be taken back.
    """
    while _look_at_some(transaction, now) == _AT_A_TIME:
        continue


def _look_at_some(transaction: Transaction, now: datetime) -> int:
    connection = transaction.connection
    due = select(outbox).where(
        outbox.c.takes_back != "",
        outbox.c.send_at.is_not(None),
        outbox.c.send_at <= now,
        outbox.c.fence == 0,
    )
    hold = hold_of(connection)
    if hold is not None:  # after a restore nothing happens but what a person released
        due = due.where(outbox.c.id.in_(hold.requests))
    due = due.order_by(outbox.c.send_at).limit(_AT_A_TIME).with_for_update(skip_locked=True)
    rows = each_row(connection, due, _KNOWN_BY, as_row, _unread)
    for row in rows:
        _see_to(transaction, row, now)
    return len(rows)


def _see_to(transaction: Transaction, row: Row, now: datetime) -> None:
    meant = _meant(transaction.connection, row)
    if meant is None:
        _put_off(transaction.connection, row, (), now)
        return
    for other in meant:
        if _is_unsent(other, now):
            send_no_more(transaction, other, RequestStatus.WITHDRAWN)
    waits = [other for other in meant if _is_in_hand(other, now) or _is_needed(row, other)]
    if waits:
        _put_off(transaction.connection, row, waits, now)
    elif any(_went(transaction.connection, other) for other in meant):
        _write(transaction.connection, row, {"fence": 1})  # it may be claimed now
    else:
        send_no_more(transaction, row, RequestStatus.WITHDRAWN)


def _meant(connection: Connection, row: Row) -> list[Row] | None:
    """What a request takes back: what was asked of it since it was taken back last.

    None where another process is just writing about one of them.
    """
    same = (
        outbox.c.court == row["court"],
        outbox.c.case_id == row["case_id"],
        outbox.c.about == row["about"],
        outbox.c.id < row["id"],
    )
    before = select(func.max(outbox.c.id)).where(*same, outbox.c.takes_back == row["takes_back"])
    since = connection.execute(before).scalar() or ""
    which = (*same, outbox.c.request == row["takes_back"], outbox.c.id > since)
    count = connection.execute(select(func.count()).select_from(outbox).where(*which)).scalar()
    held = select(outbox).where(*which).order_by(outbox.c.id).with_for_update(skip_locked=True)
    found = each_row(connection, held, _KNOWN_BY, as_row, _unread)
    return found if len(found) == count else None


def _unread(row: RowMapping, why: Exception) -> Row:
    """What cannot be read may have gone: it is left to the dispatcher, who tells it."""
    return {**_SENT_LONG_AGO, **as_row(row)}


def _is_unsent(row: Row, now: datetime) -> bool:
    """Whether nobody has it in hand, and it is not taken yet."""
    is_free = row["leased_until"] is None or row["leased_until"] <= now
    return row["status"] == RequestStatus.WAITING.value and is_free


def _is_in_hand(row: Row, now: datetime) -> bool:
    """Whether somebody is just sending it, or asking about it."""
    return row["leased_until"] is not None and row["leased_until"] > now


def _is_needed(row: Row, other: Row) -> bool:
    """Whether an answer is awaited that says what taking back needs: a number, say."""
    is_awaited = other["status"] == RequestStatus.SENT.value and other["send_at"] is not None
    return is_awaited and _has_gaps(row)


def _went(connection: Connection, row: Row) -> bool:
    """Whether the other side may have acted on it: not where it said that it did not."""
    if row["status"] == RequestStatus.ANSWERED.value:
        asked = select(inbox.c.kind).where(
            inbox.c.court == row["court"], inbox.c.outbox_id == row["id"]
        )
        kinds = connection.execute(asked).scalars().all()
        return not kinds or any(kind not in _NO for kind in kinds)
    was_claimed = row["leased_until"] is not None or row["attempts"] > 0
    return was_claimed or row["sent_at"] is not None or row["status"] == RequestStatus.SENDING.value


def _put_off(connection: Connection, row: Row, waits: Sequence[Row], now: datetime) -> None:
    moments = [other["leased_until"] or other["send_at"] for other in waits]
    until = min(now + _LONGEST_WAIT, *moments) if moments else now
    _write(connection, row, {"send_at": max(now + timedelta(seconds=1), until)})


def _write(connection: Connection, row: Row, values: Mapping[str, Any]) -> None:
    this = outbox.c.court == row["court"], outbox.c.id == row["id"]
    connection.execute(update(outbox).where(*this).values(**values))


def filled(transaction: Transaction, rows: Sequence[Row]) -> list[Row]:
    """What takes others back with what only their answers said, when it was asked for too early."""
    return [_filled(transaction, row) if _has_gaps(row) else row for row in rows]


def _has_gaps(row: Row) -> bool:
    payload = row.get("payload")
    if not row.get("takes_back") or not isinstance(payload, Mapping):
        return False
    return None in payload.values()


def _filled(transaction: Transaction, row: Row) -> Row:
    unit = transaction.unit()
    requests = unit.procedure(unit.case(row["case_id"])).definition.requests
    sends, takes = requests[row["request"]], requests[row["takes_back"]].takes
    known: dict[str, Any] = {}
    for other in _meant(transaction.connection, row) or ():
        known |= _answered(transaction.connection, other)
    payload = {
        name: _known(sends, takes, known, name) if value is None else value
        for name, value in row["payload"].items()
    }
    return {**row, "payload": payload}


def _answered(connection: Connection, row: Row) -> Mapping[str, Any]:
    asked = select(inbox.c.answer).where(
        inbox.c.court == row["court"], inbox.c.outbox_id == row["id"], inbox.c.outcome == "taken"
    )
    found: dict[str, Any] = {}
    for answer in connection.execute(asked.order_by(inbox.c.received_at)).scalars():
        found |= answer
    return found


def _known(sends: Request, takes: Mapping[str, str], known: Mapping[str, Any], name: str) -> Any:
    """What an answer said of the field of the case that a request sends."""
    field = str(sends.sends.get(name)).removeprefix("case.")
    return known.get(takes.get(field, ""))
