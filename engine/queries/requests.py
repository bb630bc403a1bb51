"""Requests to the outside and their answers as lists, and how each counterparty stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, case, func, select

from ..model.effects import RequestStatus
from ..storage.damage import each_row, unread
from ..storage.schema import inbox, outbox
from ..work.runtime import Transaction
from .views import View

IS_OPEN = (
    outbox.c.answered_at.is_(None),
    outbox.c.status != RequestStatus.FAILED.value,
    outbox.c.status != RequestStatus.WITHDRAWN.value,
)


class RequestView(View):
    """A request to the outside, and how far it is.

    `counterparty` is who is asked (`adapter` or `adapter/name`; unknown until a process that has
    the adapter looked), `thing` what it is about there, `about` the record of the case. `send_at`
    is when it is sent or asked about next: None where nothing more is done of itself. `attempts`
    counts failures in a row, or how often it was asked about. `takes_back` is the request of the
    definition that it takes back; `damaged` says why one cannot be read.
    """

    id: str
    court: str
    case_id: str
    request: str
    operation: str
    about: str = ""
    counterparty: str | None = None
    thing: str | None = None
    payload: dict[str, Any] = {}
    status: RequestStatus
    attempts: int
    created_at: datetime
    send_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    last_error: str = ""
    takes_back: str = ""
    damaged: str = ""


class AnswerView(View):
    """An answer as it came, and what came of it (`taken`, or why not).

    `source` is the adapter it came from, or `hand:PERSON`. `damaged` says why one cannot be read.
    """

    court: str
    outbox_id: str
    message_id: str
    source: str
    kind: str
    answer: dict[str, Any] = {}
    received_at: datetime
    outcome: str
    damaged: str = ""


class ReceivedView(AnswerView):
    """An answer with the request that it answers: of which case, asked of whom, when."""

    case_id: str
    request: str
    operation: str
    counterparty: str | None = None
    asked_at: datetime


class CounterpartyView(View):
    """How one counterparty stands: requests by status, the oldest that is open, the most failures
    in a row, and how many are asked about no more though their last answer has not come."""

    counterparty: str
    waiting: int
    sending: int
    sent: int
    silent: int
    oldest: datetime
    most_attempts: int


def requests(
    transaction: Transaction,
    case_id: str | None,
    status: Collection[RequestStatus],
    counterparty: str | None,
    open_only: bool,
    limit: int,
) -> tuple[RequestView, ...]:
    """Requests in the order they were made."""
    query = select(outbox).order_by(outbox.c.created_at, outbox.c.id).limit(limit)
    if open_only:
        query = query.where(*IS_OPEN)
    if case_id is not None:
        query = query.where(outbox.c.case_id == case_id)
    if counterparty is not None:
        query = query.where(outbox.c.counterparty == counterparty)
    if status:
        query = query.where(outbox.c.status.in_([one.value for one in status]))
    return _read(transaction, query, _KNOWN_OF_REQUEST, RequestView)


def answers(transaction: Transaction, request: str) -> tuple[AnswerView, ...]:
    """The answers to a request in the order they came."""
    query = select(inbox).where(inbox.c.outbox_id == request)
    query = query.order_by(inbox.c.received_at, inbox.c.message_id)
    return _read(transaction, query, _KNOWN_OF_ANSWER, AnswerView)


def received(
    transaction: Transaction,
    case_id: str | None,
    counterparty: str | None,
    not_taken: bool,
    limit: int,
) -> tuple[ReceivedView, ...]:
    """Answers with their requests, the latest first."""
    same = (inbox.c.court == outbox.c.court) & (inbox.c.outbox_id == outbox.c.id)
    query = select(inbox, *_OF_REQUEST).join(outbox, same)
    if not_taken:
        query = query.where(inbox.c.outcome != _TAKEN)
    if case_id is not None:
        query = query.where(outbox.c.case_id == case_id)
    if counterparty is not None:
        query = query.where(outbox.c.counterparty == counterparty)
    query = query.order_by(inbox.c.received_at.desc(), inbox.c.message_id).limit(limit)
    return _read(transaction, query, (*_KNOWN_OF_ANSWER, "case_id", "request"), ReceivedView)


def counterparties(transaction: Transaction) -> tuple[CounterpartyView, ...]:
    """How each counterparty stands of which something is open."""
    whom = func.coalesce(outbox.c.counterparty, outbox.c.operation)
    rows = transaction.connection.execute(
        select(
            whom.label("counterparty"),
            *(_count(outbox.c.status == s.value).label(s.value) for s in _COUNTED),
            _count(outbox.c.send_at.is_(None)).label("silent"),
            func.min(outbox.c.created_at).label("oldest"),
            func.max(outbox.c.attempts).label("most_attempts"),
        )
        .where(*IS_OPEN)
        .group_by(whom)
        .order_by(whom)
    )
    return tuple(CounterpartyView(**row) for row in rows.mappings())


_COUNTED = (RequestStatus.WAITING, RequestStatus.SENDING, RequestStatus.SENT)
_KNOWN_OF_REQUEST = ("id", "court", "case_id", "request", "operation", "status", "last_error")
_TAKEN = "taken"
_OF_REQUEST = (
    outbox.c.case_id,
    outbox.c.request,
    outbox.c.operation,
    outbox.c.counterparty,
    outbox.c.created_at.label("asked_at"),
)
_KNOWN_OF_ANSWER = ("message_id", "court", "outbox_id", "source", "kind", "outcome")


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _read(
    transaction: Transaction, query: Select[Any], known: tuple[str, ...], view: type[Any]
) -> tuple[Any, ...]:
    def shown(row: RowMapping) -> Any:
        return view(**{name: row[name] for name in view.model_fields if name in row})

    return tuple(each_row(transaction.connection, query, known, shown, unread(view)))
