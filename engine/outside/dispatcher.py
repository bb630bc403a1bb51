"""Requests to the outside: claimed by lease, sent with their idempotency key, repeated until taken,
polled until answered.

A process that dies after sending leaves a lease behind; when it runs out the request is sent again
with the same key, on which the other side acts once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
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
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from ...adapters.protocol import Adapter, Answer, Call, PermanentFailure, TemporaryFailure
from ...adapters.registry import AdapterRegistry
from ...workflow.errors import ZhixingError
from ..errors import DatabaseFault
from ..model.effects import RequestStatus
from ..storage.damage import damaged_row, each_row
from ..storage.hold import hold_of
from ..storage.incidents import record_incident
from ..storage.schema import outbox
from ..work.runtime import Runtime
from .breaker import Breaker
from .inbox import fail_request, take_answer

log = logging.getLogger("zhixing")

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=1), timedelta(hours=1)
_FIRST_POLL, _LONGEST_POLL = timedelta(seconds=0.2), timedelta(minutes=30)
_MOST_DOUBLINGS = 20
_WHY = "why"
"""Why a claimed row cannot be read."""
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
_LEASED = update(outbox).where(outbox.c.court == bindparam("of"), outbox.c.id == bindparam("key"))


def next_sending(connection: Connection) -> datetime | None:
    """When the next request wants to be sent, polled, or taken over from a process that died."""
    is_leased = outbox.c.leased_until > outbox.c.send_at
    moment = case((is_leased, outbox.c.leased_until), else_=outbox.c.send_at)
    waiting = select(moment).where(outbox.c.send_at.is_not(None))
    waiting = waiting.where(not_(_NO_MOMENT[connection.dialect.name]))
    return connection.execute(waiting.order_by(outbox.c.send_at).limit(1)).scalar()


class Dispatcher:
    """Sends a runtime's requests.

    Any number of them, in any number of processes, may run on one database.
    """

    def __init__(
        self,
        runtime: Runtime,
        adapters: AdapterRegistry | None = None,
        *,
        lease: timedelta = LEASE,
        first_retry: timedelta = _FIRST_RETRY,
        first_poll: timedelta = _FIRST_POLL,
        breaker_threshold: int = 5,
        breaker_rest_seconds: float = 30.0,
    ) -> None:
        self.runtime = runtime
        self.adapters = adapters or AdapterRegistry(runtime.adapters)
        self._lease, self._first_retry, self._first_poll = lease, first_retry, first_poll
        self._breaker_options = (breaker_threshold, breaker_rest_seconds)
        self._breakers: dict[str, Breaker] = {}

    def run_due(self, limit: int = 50) -> int:
        """Send or poll what is due; gives how many requests were handled."""
        rows = self._claim(limit)
        for row in rows:
            self._serve(row)
        return len(rows)

    def _serve(self, row: Any) -> None:
        """Handle one request. Whatever is wrong with it costs it alone, and is told."""
        try:
            if _WHY in row:
                raise row[_WHY]
            self._handle(row)
        except Exception as error:
            if not _is_of_the_request(error):
                raise
            self._put_off(row, error)

    def _put_off(self, row: Any, error: Exception) -> None:
        """An incident for a person; it is tried again when that is resolved, or much later."""
        log.error("the request %a could not be handled", row["id"], exc_info=error)
        why = (
            error if isinstance(error, ZhixingError) else damaged_row("zx_outbox", row["id"], error)
        )
        case = {"court": row["court"], "case_id": row["case_id"]}
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            record_incident(
                transaction.connection, now, "request", why.text("zh"), outbox_id=row["id"], **case
            )
            values = {"send_at": now + _LONGEST_RETRY, "leased_until": None}
            _write(transaction.connection, row, values)

    def _claim(self, limit: int) -> list[Any]:
        with self.runtime.transaction() as transaction:
            connection = transaction.connection
            now = self.runtime.now(connection)
            is_due = and_(
                outbox.c.send_at.is_not(None),
                outbox.c.send_at <= now,
                (outbox.c.leased_until.is_(None)) | (outbox.c.leased_until <= now),
            )
            rows = _claimed(connection, is_due, limit)
            if not rows:  # what has no moment is due to nobody, ever
                rows = _claimed(connection, _NO_MOMENT[connection.dialect.name], limit)
            if rows:
                leased = _LEASED.values(leased_until=now + self._lease)
                connection.execute(leased, [{"of": r["court"], "key": r["id"]} for r in rows])
        return rows

    def _handle(self, row: Any) -> None:
        is_polling = row["status"] == RequestStatus.SENT
        try:
            adapter = self.adapters.adapter(row["operation"])
            breaker = self._breaker(adapter)
            if breaker.is_open():
                self._later(row, row["attempts"], "circuit open", row["status"])
                return
            answers, is_pending = self._call(adapter, row, is_polling)
            breaker.record(True)
        except TemporaryFailure as failure:
            breaker.record(False)
            self._failed(row, failure, is_polling)
        except (PermanentFailure, ZhixingError) as failure:
            self._give_up(row, failure)
        else:
            self._sent(row, adapter, list(answers), is_pending)

    def _breaker(self, adapter: Adapter) -> Breaker:
        return self._breakers.setdefault(adapter.name, Breaker(*self._breaker_options))

    def _call(self, adapter: Adapter, row: Any, is_polling: bool) -> tuple[Iterable[Answer], bool]:
        """The answers there are, and whether more may come."""
        if is_polling:
            return adapter.poll(row["id"]), True
        payload = self.adapters.request(row["operation"], row["payload"])
        operation = row["operation"].partition(".")[2]
        reply = adapter.send(Call(operation, row["id"], payload))
        return reply.answers, reply.pending

    def _sent(self, row: Any, adapter: Adapter, answers: list[Answer], is_pending: bool) -> None:
        polls = row["attempts"] + 1 if row["status"] == RequestStatus.SENT else 0
        wait = min(self._first_poll * 2 ** min(polls, _MOST_DOUBLINGS), _LONGEST_POLL)
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            values: dict[str, Any] = {
                "status": RequestStatus.SENT.value,
                "attempts": polls,
                "send_at": now + wait,
                "leased_until": None,
                "last_error": "",
            }
            if row["sent_at"] is None:
                values["sent_at"] = now
            if not is_pending:
                values |= {
                    "status": RequestStatus.ANSWERED.value,
                    "send_at": None,
                    "answered_at": now,
                }
            _write(transaction.connection, row, values)
        for answer in answers:
            with self.runtime.transaction() as transaction:
                take_answer(transaction, adapter.name, answer)

    def _failed(self, row: Any, failure: ZhixingError, is_polling: bool) -> None:
        attempts = row["attempts"] + 1
        if attempts >= MAX_ATTEMPTS and not is_polling:
            self._give_up(row, failure)
        else:
            status = RequestStatus.SENT if is_polling else RequestStatus.WAITING
            self._later(row, attempts, failure.text("zh"), status.value)

    def _later(self, row: Any, attempts: int, why: str, status: str) -> None:
        wait = min(self._first_retry * 2 ** min(attempts, _MOST_DOUBLINGS), _LONGEST_RETRY)
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            values = {
                "status": status,
                "attempts": attempts,
                "send_at": now + wait,
                "leased_until": None,
                "last_error": why,
            }
            _write(transaction.connection, row, values)

    def _give_up(self, row: Any, failure: ZhixingError) -> None:
        """No more attempts."""
        with self.runtime.transaction() as transaction:
            fail_request(transaction, row, failure.text("zh"))


def _claimed(
    connection: Connection, which: ColumnElement[bool] | TextClause, limit: int
) -> list[dict[str, Any]]:
    """Requests as rows; those that another dispatcher is just claiming are left to it."""
    query = select(outbox).where(which).order_by(outbox.c.send_at).limit(limit)
    hold = hold_of(connection)
    if hold is not None:  # after a restore nothing is sent but what a person released
        query = query.where(outbox.c.id.in_(hold.requests))
    claimed = query.with_for_update(skip_locked=True)
    return each_row(connection, claimed, ("id", "court", "case_id"), _plain, _unread)


def _plain(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _unread(texts: RowMapping, why: ZhixingError) -> dict[str, Any]:
    """A request that cannot be read, as far as it is known."""
    return {**_plain(texts), _WHY: why}


def _is_of_the_request(error: Exception) -> bool:
    """Whether something is wrong with a request, and not with the database or its clock."""
    if isinstance(error, ZhixingError) and error.retryable:
        return False
    return not isinstance(error, DatabaseFault | SQLAlchemyError)


def _write(connection: Connection, row: Any, values: dict[str, Any]) -> None:
    this = outbox.c.court == row["court"], outbox.c.id == row["id"]
    connection.execute(update(outbox).where(*this).values(**values))
