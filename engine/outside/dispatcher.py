"""Requests to the outside: claimed by lease, sent with their key, repeated until taken, asked about
until answered.

A process that dies after sending leaves a lease behind; when it runs out the request is sent again
with the same key, on which the other side acts once. Whatever goes wrong with one request is that
request's, and a counterparty that is slow or fails holds up no other.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ...adapters.registry import AdapterRegistry
from ...workflow.errors import ZhixingError
from ..errors import DatabaseFault
from ..work.runtime import Runtime
from .claims import UNREAD, Row, claim, next_claim, write
from .exchange import Exchanges
from .lanes import Lanes, Turn
from .outcomes import FIRST_POLL, FIRST_RETRY, Outcomes
from .threads import GRACE_SECONDS, Threads, Work

log = logging.getLogger("zhixing")

LEASE = timedelta(seconds=60)
"""How long a claimed request is one process's; it is renewed before an exchange begins."""
THREADS = 32
"""How many exchanges a worker has going on at most."""
_CLAIMED, _NOW = "claimed", "now"
"""When a request was claimed, as the process counts, and by the clock of the court."""


class Dispatcher:
    """Sends a runtime's requests, those that its adapters know.

    Any number of them, in any number of processes, may run on one database. Without `threads` each
    request is handled by the caller, one after another; with them that many at a time, and the
    caller goes on meanwhile: `on_free` is called when there is room for more.
    """

    def __init__(
        self,
        runtime: Runtime,
        adapters: AdapterRegistry | None = None,
        *,
        threads: int = 0,
        on_free: Callable[[], None] = lambda: None,
        lease: timedelta = LEASE,
        first_retry: timedelta = FIRST_RETRY,
        first_poll: timedelta = FIRST_POLL,
        breaker_threshold: int = 5,
        breaker_rest_seconds: float = 30.0,
    ) -> None:
        self.runtime = runtime
        self.adapters = adapters or AdapterRegistry(runtime.adapters)
        self._operations = self.adapters.operations()
        self._outcomes = Outcomes(runtime, first_retry, first_poll)
        self._exchanges = Exchanges(self.adapters, self._outcomes, runtime.exchange_observers)
        self._lease = lease
        self._lanes = Lanes(breaker_threshold, breaker_rest_seconds)
        work = Work(self._take_turn, self._serve, self._lanes.end, self._give_up, on_free)
        self._threads = Threads(threads, work)

    def run_due(self, limit: int = 50, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Send or poll what is due; gives how many requests were claimed.

        When it `is_stopping` it lets go, after the request in hand, of those that are left.
        """
        self._threads.give_up_on_the_stuck()
        rows = self._claim(limit)
        for row in rows:
            self._put(row)
        if self._threads.most:
            # also where a thread that the database failed left something behind
            self._threads.start(len(rows) or self._lanes.has_waiting())
        else:
            self._run_here(is_stopping)
        return len(rows)

    def run_all_due(self) -> int:
        """As `run_due`, until nothing more is due now; gives how many requests were handled."""
        return sum(iter(self.run_due, 0))

    def next_moment(self, connection: Connection) -> datetime | None:
        """When the next request of these adapters wants to be sent, polled or taken over."""
        moment = next_claim(connection, self._operations, self._lanes.closed())
        wait = self._lanes.seconds_to_next()
        if wait is None:
            return moment
        free = self.runtime.now(connection) + timedelta(seconds=wait)
        return free if moment is None else min(moment, free)

    def stop(self, seconds: float = 5.0) -> None:
        """Let go of what waits its turn, and wait so long for what is in hand."""
        self._threads.stop()
        self._let_go(self._lanes.drop_all())
        self._threads.join(seconds)

    # -- whose they are

    def _claim(self, limit: int) -> list[Row]:
        began = time.monotonic()
        with self.runtime.transaction() as transaction:
            connection, closed = transaction.connection, self._lanes.closed()
            now = self.runtime.now(connection)
            rows = claim(connection, now, self._lease, limit, self._operations, closed)
        return [{**row, _CLAIMED: began, _NOW: now} for row in rows]

    def _put(self, row: Row) -> None:
        """Let a claimed request wait its turn; what cannot even be read is told at once."""
        if UNREAD in row:
            self._outcomes.broken(row, row[UNREAD])
            return
        operation = self._exchanges.known(row)
        if operation is not None:
            self._lanes.put(row, operation)

    def _let_go(self, rows: Collection[Row]) -> None:
        if not rows:
            return
        with self.runtime.transaction() as transaction:
            for row in rows:
                write(transaction.connection, row, {"leased_until": None})

    def _is_held(self, turn: Turn) -> bool:
        """Whether a request is still this process's for as long as its exchange may take."""
        needed = timedelta(seconds=turn.operation.seconds + GRACE_SECONDS)
        elapsed = timedelta(seconds=time.monotonic() - turn.row[_CLAIMED])
        if self._lease - elapsed >= needed:
            return True
        with self.runtime.transaction() as transaction:
            until = self.runtime.now(transaction.connection) + max(self._lease, needed)
            return write(transaction.connection, turn.row, {"leased_until": until})

    # -- one after another

    def _run_here(self, is_stopping: Callable[[], bool]) -> None:
        was_busy = False
        while not is_stopping():
            turn = self._lanes.take()
            if turn is None:
                break
            was_busy = self._is_busy(turn, was_busy)
        self._let_go(self._lanes.drop_all())

    def _is_busy(self, turn: Turn, was_busy: bool) -> bool:
        """Handle one request; gives whether its rows were held too long by others.

        Its lease then runs out, and it is handled again. Of two in a row it is not theirs, but the
        database's: that is raised.
        """
        try:
            self._serve(turn)
        except ZhixingError as error:
            if was_busy or not error.retryable:
                raise
            log.warning("the request %a is put off: %s", turn.row["id"], error)
            return True
        finally:
            self._lanes.end(turn)
        return False

    # -- several at a time

    def _take_turn(self) -> Turn | None:
        """The next request that may go; what waits for a counterparty left alone is let go."""
        self._let_go(self._lanes.drop())
        return self._lanes.take()

    def _give_up(self, turn: Turn) -> None:
        self._lanes.record(turn, False)
        self._exchanges.hangs(turn.row, turn.operation)

    def _serve(self, turn: Turn) -> None:
        """Handle one request. Whatever is wrong with it costs it alone, and is told."""
        if not self._is_held(turn):
            return
        record = partial(self._lanes.record, turn)
        try:
            self._exchanges.serve(turn.row, turn.operation, turn.row[_NOW], record)
        except Exception as error:
            if not _is_of_the_request(error):
                raise
            self._outcomes.broken(turn.row, error)


def _is_of_the_request(error: Exception) -> bool:
    """Whether something is wrong with a request, and not with the database or its clock."""
    if isinstance(error, ZhixingError) and error.retryable:
        return False
    return not isinstance(error, DatabaseFault | SQLAlchemyError)
