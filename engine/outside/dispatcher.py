"""Requests to the outside: claimed by lease, sent with their key, repeated until taken, asked about
until answered.

A process that dies after sending leaves a lease behind; when it runs out the request is sent again
with the same key, on which the other side acts once. What may not be repeated is marked `sending`
before it goes: where its lease runs out, a person decides. Whatever goes wrong with one request is
that request's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ...adapters.protocol import (
    Adapter,
    Answer,
    Call,
    Operation,
    PermanentFailure,
    TemporaryFailure,
    Unclear,
)
from ...adapters.registry import AdapterRegistry, BadRequest, UnknownOperation
from ...workflow.errors import ZhixingError
from ..errors import DatabaseFault
from ..model.effects import RequestStatus
from ..work.runtime import Runtime
from .answers import answers_to
from .breaker import Breaker
from .claims import UNREAD, Row, claim, next_claim, write
from .outcomes import FIRST_POLL, FIRST_RETRY, Outcomes, fault

log = logging.getLogger("zhixing")

LEASE = timedelta(seconds=60)

Given = tuple[list[Answer], bool]
"""The answers that there are, and whether more may come."""


class Dispatcher:
    """Sends a runtime's requests, those that its adapters know.

    Any number of them, in any number of processes, may run on one database. Beside its own
    `adapters` there may be `others` in the process, whose requests it leaves to them.
    """

    def __init__(
        self,
        runtime: Runtime,
        adapters: AdapterRegistry | None = None,
        *,
        others: AdapterRegistry | None = None,
        lease: timedelta = LEASE,
        first_retry: timedelta = FIRST_RETRY,
        first_poll: timedelta = FIRST_POLL,
        breaker_threshold: int = 5,
        breaker_rest_seconds: float = 30.0,
    ) -> None:
        self.runtime = runtime
        self.adapters = adapters or AdapterRegistry(runtime.adapters)
        self._known = {**(others or self.adapters).operations(), **self.adapters.operations()}
        self._outcomes = Outcomes(runtime, first_retry, first_poll)
        self._lease = lease
        self._breaker_options = (breaker_threshold, breaker_rest_seconds)
        self._breakers: dict[str, Breaker] = {}

    def run_due(self, limit: int = 50, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Send or poll what is due; gives how many requests were handled.

        When it `is_stopping` it lets go, after the request in hand, of those that are left.
        """
        began = time.monotonic()
        now, rows = self._claim(limit)
        handled, is_busy = 0, False
        for row in rows:
            if is_stopping():
                self._let_go(row)
            elif self._is_held(row, began):
                is_busy = self._is_busy(row, now, is_busy)
                handled += 1
        return handled

    def run_all_due(self) -> int:
        """As `run_due`, until nothing more is due now; gives how many requests were handled."""
        return sum(iter(self.run_due, 0))

    def next_moment(self, connection: Connection) -> datetime | None:
        """When the next request of these adapters wants to be sent, polled or taken over."""
        return next_claim(connection, self.adapters.operations())

    # -- whose they are

    def _claim(self, limit: int) -> tuple[datetime, list[Row]]:
        own: Collection[str] = self.adapters.operations()
        with self.runtime.transaction() as transaction:
            now = self.runtime.now(transaction.connection)
            rows = claim(transaction.connection, now, self._lease, limit, own, self._known)
        return now, rows

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

    # -- one request

    def _is_busy(self, row: Row, now: datetime, was_busy: bool) -> bool:
        """Handle one request; gives whether its rows were held too long by others.

        Its lease then runs out, and it is handled again. Of two in a row it is not theirs, but the
        database's: that is raised.
        """
        try:
            self._serve(row, now)
        except ZhixingError as error:
            if was_busy or not error.retryable:
                raise
            log.warning("the request %a is put off: %s", row["id"], error)
            return True
        return False

    def _serve(self, row: Row, now: datetime) -> None:
        """Handle one request. Whatever is wrong with it costs it alone, and is told."""
        try:
            if UNREAD in row:
                raise row[UNREAD]
            self._handle(row, now)
        except Exception as error:
            if not _is_of_the_request(error):
                raise
            self._outcomes.broken(row, error)

    def _handle(self, row: Row, now: datetime) -> None:
        try:
            adapter = self.adapters.adapter(row["operation"])
        except UnknownOperation as unknown:
            self._outcomes.nobodys(row, unknown)
            return
        operation = adapter.operations[row["operation"].partition(".")[2]]
        is_polling = row["status"] == RequestStatus.SENT
        if row["status"] == RequestStatus.SENDING:
            self._outcomes.uncertain(row)
        elif is_polling and now >= (row["sent_at"] or row["created_at"]) + operation.silence:
            self._outcomes.silent(row)
        elif self._breaker(adapter).is_open():
            self._outcomes.rests(row)
        elif is_polling:
            self._exchange(row, adapter, operation, partial(_polled, adapter, row["id"]))
        else:
            self._send(row, adapter, operation)

    def _send(self, row: Row, adapter: Adapter, operation: Operation) -> None:
        try:
            payload = self.adapters.request(row["operation"], row["payload"])
        except BadRequest as wrong:
            self._outcomes.given_up(row, wrong)
            return
        if operation.repeatable or self._outcomes.goes(row):
            call = Call(operation.name, row["id"], payload)
            self._exchange(row, adapter, operation, partial(_handed_over, adapter, call))

    def _exchange(
        self, row: Row, adapter: Adapter, operation: Operation, ask: Callable[[], Given]
    ) -> None:
        """Speak with the other side, and write down what came of it."""
        breaker = self._breaker(adapter)
        try:
            answers, more = ask()
        except PermanentFailure as failure:
            breaker.record(True)
            self._outcomes.given_up(row, failure)
        except TemporaryFailure as failure:
            breaker.record(False)
            self._outcomes.failed(row, failure)
        except Unclear as failure:
            breaker.record(False)
            self._broke(row, operation, failure)
        except Exception as error:
            breaker.record(False)
            self._broke(row, operation, fault(row, error))
        else:
            breaker.record(True)
            self._outcomes.taken(row, adapter.name, operation, answers, more)

    def _broke(self, row: Row, operation: Operation, failure: ZhixingError) -> None:
        """Nobody knows what came of it. What may not be repeated waits for a person then."""
        if operation.repeatable or row["status"] == RequestStatus.SENT:
            self._outcomes.failed(row, failure)
        else:
            self._outcomes.uncertain(row, failure)

    def _breaker(self, adapter: Adapter) -> Breaker:
        return self._breakers.setdefault(adapter.name, Breaker(*self._breaker_options))


def _polled(adapter: Adapter, key: str) -> Given:
    return answers_to(key, adapter.poll(key)), True


def _handed_over(adapter: Adapter, call: Call) -> Given:
    reply = adapter.send(call)
    return answers_to(call.key, reply.answers), bool(reply.pending)


def _is_of_the_request(error: Exception) -> bool:
    """Whether something is wrong with a request, and not with the database or its clock."""
    if isinstance(error, ZhixingError) and error.retryable:
        return False
    return not isinstance(error, DatabaseFault | SQLAlchemyError)
