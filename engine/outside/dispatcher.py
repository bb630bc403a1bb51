"""Requests to the outside: claimed by lease, sent with their key, repeated until taken, asked about
until answered.

A process that dies after sending leaves a lease behind; when it runs out the request is sent again
with the same key, on which the other side acts once. What may not be repeated is marked `sending`
before it goes: where its lease runs out, a person decides. Whatever goes wrong with one request is
that request's: counted, put off, and told after a few times.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ...adapters.protocol import (
    Adapter,
    AdapterFault,
    Answer,
    Call,
    Operation,
    PermanentFailure,
    TemporaryFailure,
    Unclear,
)
from ...adapters.registry import AdapterRegistry, BadRequest, UnknownOperation
from ...workflow.errors import ZhixingError
from ...workflow.source.characters import shown
from ..errors import DatabaseFault
from ..model.effects import RequestStatus
from ..storage.damage import damaged_row
from ..storage.incidents import record_incident
from ..work.runtime import Runtime, Transaction
from .breaker import Breaker
from .claims import UNREAD, Row, claim, next_claim, write
from .inbox import fail_request, take_answer

log = logging.getLogger("zhixing")

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
TOLD_AFTER = 5
"""After so many failures in a row a person is told, while it is still tried again."""
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=1), timedelta(hours=1)
_FIRST_POLL, _LONGEST_POLL = timedelta(seconds=0.2), timedelta(minutes=30)
_MOST_DOUBLINGS = 20
_LONGEST_ERROR, _LONGEST_TRACE, _FRAMES = 500, 4000, 8
_WAITS = (0.05, 0.2)
"""Seconds after which answers are written again that met another writer."""

Given = tuple[list[Answer], bool]
"""The answers that there are, and whether more may come."""


class Dispatcher:
    """Sends a runtime's requests, those that its adapters know.

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

    def run_due(self, limit: int = 50, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Send or poll what is due; gives how many requests were handled.

        When it `is_stopping` it lets go, after the request in hand, of those that are left.
        """
        began, handled = time.monotonic(), 0
        for row in self._claim(limit):
            if is_stopping():
                self._let_go(row)
            elif self._is_held(row, began):
                self._serve(row)
                handled += 1
        return handled

    def _claim(self, limit: int) -> list[Row]:
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            known = self.adapters.operations()
            return claim(transaction.connection, now, self._lease, limit, known)

    def _is_held(self, row: Row, began: float) -> bool:
        """Whether a request claimed a while ago is still this process's: then for a lease more."""
        if timedelta(seconds=time.monotonic() - began) < self._lease / 2:
            return True
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            return write(transaction.connection, row, {"leased_until": now + self._lease})

    def _let_go(self, row: Row) -> None:
        with self.runtime.transaction() as transaction:
            write(transaction.connection, row, {"leased_until": None})

    def next_moment(self, connection: Connection) -> datetime | None:
        """When the next request of these adapters wants to be sent, polled or taken over."""
        return next_claim(connection, self.adapters.operations())

    # -- one request

    def _serve(self, row: Row) -> None:
        """Handle one request. Whatever is wrong with it costs it alone, and is told."""
        try:
            if UNREAD in row:
                raise row[UNREAD]
            self._handle(row)
        except Exception as error:
            if not _is_of_the_request(error):
                raise
            self._put_off(row, error)

    def _handle(self, row: Row) -> None:
        adapter = self.adapters.adapter(row["operation"])
        operation = adapter.operations[row["operation"].partition(".")[2]]
        if row["status"] == RequestStatus.SENDING:
            self._stop(row, "uncertain", _UNCERTAIN)
            return
        is_polling = row["status"] == RequestStatus.SENT
        if is_polling and self._is_silent(row, operation):
            self._stop(row, "silent", _SILENT)
            return
        if self._breaker(adapter).is_open():
            self._later(row, row["attempts"], "circuit open", row["status"])
        elif is_polling:
            self._exchange(row, adapter, operation, partial(_polled, adapter, row["id"]))
        else:
            self._send(row, adapter, operation)

    def _send(self, row: Row, adapter: Adapter, operation: Operation) -> None:
        try:
            payload = self.adapters.request(row["operation"], row["payload"])
        except BadRequest as wrong:
            self._give_up(row, wrong)
            return
        if operation.repeatable or self._goes_now(row):
            call = Call(operation.name, row["id"], payload)
            self._exchange(row, adapter, operation, partial(_handed_over, adapter, call))

    def _exchange(
        self, row: Row, adapter: Adapter, operation: Operation, ask: Callable[[], Given]
    ) -> None:
        """Speak with the other side, and write down what came of it."""
        breaker = self._breaker(adapter)
        try:
            given = ask()
        except PermanentFailure as failure:
            breaker.record(True)
            self._give_up(row, failure)
        except TemporaryFailure as failure:
            breaker.record(False)
            self._failed(row, failure)
        except Unclear as failure:
            breaker.record(False)
            self._broke(row, operation, failure)
        except Exception as error:
            if isinstance(error, DatabaseFault | SQLAlchemyError):
                raise
            breaker.record(False)
            self._broke(row, operation, _fault(row, error))
        else:
            breaker.record(True)
            self._sent(row, adapter, operation, given)

    def _breaker(self, adapter: Adapter) -> Breaker:
        return self._breakers.setdefault(adapter.name, Breaker(*self._breaker_options))

    def _is_silent(self, row: Row, operation: Operation) -> bool:
        """Whether its answer takes longer than the operation says."""
        with self.runtime.transaction(writes=False) as transaction:
            now = self.runtime.now(transaction.connection)
        sent_at: datetime = row["sent_at"] or row["created_at"]
        return now >= sent_at + operation.silence

    # -- what came of it

    def _goes_now(self, row: Row) -> bool:
        """Write down that it goes, before it does: what may not be repeated is never sent again.

        Gives whether it is still this process's to send.
        """
        with self.runtime.transaction() as transaction:
            going = {"status": RequestStatus.SENDING.value}
            return write(transaction.connection, row, going)

    def _sent(self, row: Row, adapter: Adapter, operation: Operation, given: Given) -> None:
        """That it was taken, with the answers that came at once: all of it or nothing."""
        answers, is_pending = given
        polls = row["attempts"] + 1 if row["status"] == RequestStatus.SENT else 0
        wait = min(self._first_poll * 2 ** min(polls, _MOST_DOUBLINGS), _LONGEST_POLL)
        if not operation.is_polled:
            wait = operation.silence

        def note(transaction: Transaction) -> None:
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
            write(transaction.connection, row, values)
            for answer in answers:  # also where the lease is another's by now: they are answers
                take_answer(transaction, adapter.name, answer, operation)

        self._in_one_transaction(note)

    def _in_one_transaction(self, note: Callable[[Transaction], None]) -> None:
        """Write what came of a request, again where another writer came between."""
        for wait in _WAITS:
            try:
                with self.runtime.transaction() as transaction:
                    return note(transaction)
            except ZhixingError as error:
                if not error.retryable:
                    raise
            time.sleep(wait)
        with self.runtime.transaction() as transaction:
            return note(transaction)

    def _broke(self, row: Row, operation: Operation, fault: ZhixingError) -> None:
        """Nobody knows what came of it. What may not be repeated waits for a person then."""
        if operation.repeatable or row["status"] == RequestStatus.SENT:
            self._failed(row, fault)
        else:
            self._stop(row, "uncertain", f"{_UNCERTAIN}\n{_with_trace(fault)}")

    def _failed(self, row: Row, failure: ZhixingError) -> None:
        """Once more later; a person is told after a few times, and where it was the last."""
        attempts, is_polling = row["attempts"] + 1, row["status"] == RequestStatus.SENT
        if attempts >= MAX_ATTEMPTS and not is_polling:
            self._give_up(row, failure)
            return
        status = RequestStatus.SENT if is_polling else RequestStatus.WAITING
        self._later(row, attempts, failure.text("zh"), status.value)
        if attempts >= TOLD_AFTER:
            self._tell(row, _with_trace(failure))

    def _later(self, row: Row, attempts: int, why: str, status: str) -> None:
        wait = min(self._first_retry * 2 ** min(attempts, _MOST_DOUBLINGS), _LONGEST_RETRY)
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            values = {
                "status": status,
                "attempts": attempts,
                "send_at": now + wait,
                "leased_until": None,
                "last_error": shown(why)[:_LONGEST_ERROR],
            }
            write(transaction.connection, row, values)

    def _give_up(self, row: Row, failure: ZhixingError) -> None:
        """No more attempts, where it is still this process's."""

        def note(transaction: Transaction) -> None:
            if write(transaction.connection, row, {"leased_until": None}):
                fail_request(transaction, row, _with_trace(failure))

        self._in_one_transaction(note)

    def _stop(self, row: Row, kind: str, words: str) -> None:
        """Nothing more is done of itself: a person is told. An answer that comes is still taken."""
        with self.runtime.transaction() as transaction:
            stopped = {"send_at": None, "leased_until": None, "last_error": kind}
            if write(transaction.connection, row, stopped):
                self._incident(transaction, row, f"{row['operation']}: {words}")

    def _tell(self, row: Row, why: str) -> None:
        with self.runtime.transaction() as transaction:
            self._incident(transaction, row, why)

    def _incident(self, transaction: Transaction, row: Row, why: str) -> None:
        connection = transaction.connection
        now = self.runtime.now(connection)
        about = {"court": row["court"], "case_id": row["case_id"], "outbox_id": row["id"]}
        record_incident(connection, now, "request", why, **about)

    def _put_off(self, row: Row, error: Exception) -> None:
        """An incident for a person; it is tried again when that is resolved, or much later."""
        log.error("the request %a could not be handled", row["id"], exc_info=error)
        known = isinstance(error, ZhixingError)
        why = error if known else damaged_row("zx_outbox", row["id"], error)
        assert isinstance(why, ZhixingError)
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            self._incident(transaction, row, why.text("zh"))
            values = {"send_at": now + _LONGEST_RETRY, "leased_until": None}
            write(transaction.connection, row, values)


def send_due(runtime: Runtime, limit: int) -> int:
    """Send and poll once what is due, of all adapters that are set up here.

    Gives how many requests were handled, which are at most about `limit`.
    """
    adapters, handled = AdapterRegistry(runtime.adapters, discover=True), 0
    dispatcher = Dispatcher(runtime, adapters)
    while adapters and handled < limit:
        count = dispatcher.run_due()
        if not count:
            break
        handled += count
    return handled


_UNCERTAIN = (
    "发送时中断，对方是否已经办理不明；该操作不得重复，请向对方核实后处理"
    " / it broke off while it was sent, and may not be repeated: ask the other side"
)
_SILENT = (
    "逾期未获答复，不再查询，请向对方核实"
    " / no answer came in time and it is asked about no more: ask the other side"
)


def _polled(adapter: Adapter, key: str) -> Given:
    return _answers(adapter.poll(key)), True


def _handed_over(adapter: Adapter, call: Call) -> Given:
    reply = adapter.send(call)
    return _answers(reply.answers), bool(reply.pending)


def _answers(given: Iterable[Answer]) -> list[Answer]:
    """The answers that an adapter gave. Raises `TypeError` for what is none."""
    found = list(given)
    for answer in found:
        if not isinstance(answer, Answer):
            raise TypeError(f"{type(answer).__name__} is no Answer")
    return found


def _fault(row: Row, error: Exception) -> AdapterFault:
    """What an adapter raised that it should not: with its traceback, and in the log."""
    log.error(
        "the adapter of %a failed for the request %a", row["operation"], row["id"], exc_info=error
    )
    fault = AdapterFault(why=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])
    fault.__cause__ = error
    return fault


def _with_trace(failure: ZhixingError) -> str:
    """What went wrong, with the traceback where the adapter itself is at fault."""
    text = failure.text("zh")
    if isinstance(failure, AdapterFault) and failure.__cause__ is not None:
        text += "\n" + "".join(traceback.format_exception(failure.__cause__, limit=-_FRAMES))
    return shown(text)[:_LONGEST_TRACE]


def _is_of_the_request(error: Exception) -> bool:
    """Whether something is wrong with a request, and not with the database or its clock."""
    if isinstance(error, UnknownOperation):
        return True
    if isinstance(error, ZhixingError) and error.retryable:
        return False
    return not isinstance(error, DatabaseFault | SQLAlchemyError)
