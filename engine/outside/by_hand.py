"""A request that waits for a person: sent once more, answered by hand, or given up, with a reason.

Its open incidents are closed with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from ...adapters.protocol import Answer, Operation
from ..errors import AnswerRefused, NoSuchRequest, RequestInHand, RequestOver
from ..model.effects import RequestStatus
from ..storage.damage import first_row
from ..storage.incidents import send_again
from ..storage.schema import inbox, incidents, outbox
from ..work.runtime import Transaction
from .answers import LONGEST_DATA, misshapen, unfit
from .inbox import HAND, give_up, take_answer
from .request_tasks import settled

_LONGEST_SOURCE = 100


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that a person gives by hand, from a letter or a call, say."""

    kind: str = "answered"
    data: Mapping[str, Any] = field(default_factory=dict)
    final: bool = True
    happened_at: datetime | date | None = None


def request_of(transaction: Transaction, id: str) -> Mapping[str, Any]:
    """A request's row, locked. Raises `NoSuchRequest`, `DamagedRow`."""
    asked = select(outbox).where(outbox.c.id == id).with_for_update()
    found = first_row(transaction.connection, asked, id, dict)
    if found is None:
        raise NoSuchRequest(request=id)
    return found


def retry(transaction: Transaction, request: Mapping[str, Any], person: str, reason: str) -> None:
    """Send it once more with the same key, whatever became of it.

    Raises `RequestOver`, `RequestInHand`.
    """
    _check_open(request, RequestStatus.ANSWERED, RequestStatus.WITHDRAWN)
    _check_not_in_hand(transaction, request)
    send_again(transaction.connection, transaction.now, request["court"], request["id"])
    settled(transaction, request)
    _close_incidents(transaction, request, person, reason)


def answer(
    transaction: Transaction,
    request: Mapping[str, Any],
    operation: Operation | None,
    given: GivenAnswer,
    person: str,
    reason: str,
) -> None:
    """Bring what a person says that was answered. Raises `RequestOver`, `AnswerRefused`."""
    _check_open(request, RequestStatus.ANSWERED)
    key, number = request["id"], _known_answers(transaction.connection, request) + 1
    answer = Answer(key, f"hand/{number}", given.kind, given.data, given.final, given.happened_at)
    why = unfit(answer, operation.longest_answer if operation else LONGEST_DATA)
    why = why or misshapen(answer, operation)
    if not why:
        source = f"{HAND}{person}"[:_LONGEST_SOURCE]
        came = take_answer(transaction, source, answer, operation, is_ours=True, said=reason)
        why = "" if came == "taken" else came
    if why:
        raise AnswerRefused(request=key, why=why)
    if given.final:
        _close_incidents(transaction, request, person, reason)


def abandon(transaction: Transaction, request: Mapping[str, Any], person: str, reason: str) -> None:
    """Send it no more; the definition is told that it failed.

    Raises `RequestOver`, `RequestInHand`.
    """
    _check_open(request, RequestStatus.ANSWERED, RequestStatus.FAILED, RequestStatus.WITHDRAWN)
    _check_not_in_hand(transaction, request)
    give_up(transaction, request, f"{person}: {reason}")
    settled(transaction, request)
    _close_incidents(transaction, request, person, reason)


def _check_open(request: Mapping[str, Any], *over: RequestStatus) -> None:
    status = RequestStatus(request["status"])
    if status in over:
        raise RequestOver(request=request["id"], status=status.value)


def _check_not_in_hand(transaction: Transaction, request: Mapping[str, Any]) -> None:
    """What may not be repeated, and is being sent by somebody, is nobody else's."""
    until = request["leased_until"]
    if request["status"] == RequestStatus.SENDING and until and until > transaction.now:
        raise RequestInHand(request=request["id"])


def _known_answers(connection: Connection, request: Mapping[str, Any]) -> int:
    of_it = inbox.c.court == request["court"], inbox.c.outbox_id == request["id"]
    count: int = connection.execute(select(func.count()).where(*of_it)).scalar_one()
    return count


def _close_incidents(
    transaction: Transaction, request: Mapping[str, Any], person: str, reason: str
) -> None:
    resolved = {"resolved_at": transaction.now, "resolved_by": person, "resolution": reason}
    of_it = incidents.c.court == request["court"], incidents.c.outbox_id == request["id"]
    is_open = incidents.c.resolved_at.is_(None)
    transaction.connection.execute(update(incidents).where(*of_it, is_open).values(**resolved))
