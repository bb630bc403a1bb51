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
from .claims import CLAIMED, UNREAD, Row, claim, next_claim, write
from .exchange import Exchanges
from .lanes import Lanes, Turn
from .outcomes import FIRST_POLL, FIRST_RETRY, Outcomes, Write
from .taking_back import filled, look
from .threads import GRACE_SECONDS, Threads, Work
from .writing import Together, write_alone

log = logging.getLogger("zhixing")

LEASE = timedelta(seconds=60)
"""How long a claimed request is one process's; it is renewed before an exchange begins."""
THREADS = 32
"""How many exchanges a worker has going on at most."""
_MANY = 200
"""How many requests are claimed at a time where all are to be handled."""
_NOW = "now"
"""When a row was claimed, by the clock of the court."""


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
        self._together = Together(runtime)
        self._outcomes = Outcomes(runtime, first_retry, first_poll, self._writer(threads))
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
        return sum(iter(partial(self.run_due, _MANY), 0))

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

    def _writer(self, threads: int) -> Write | None:
        """How the outcomes of what may be repeated are written; None for each by itself."""
        if self.runtime.database.dialect.name != "sqlite":
            return None
        return self._together.write_with_others if threads else self._together.put

    # -- whose they are

    def _claim(self, limit: int) -> list[Row]:
        began = time.monotonic()
        with self.runtime.transaction(fresh=True) as transaction:
            connection, closed, now = transaction.connection, self._lanes.closed(), transaction.now
            look(transaction, now)
            rows = claim(connection, now, self._lease, limit, self._operations, closed)
            rows = filled(transaction, rows)
        return [{**row, CLAIMED: began, _NOW: now} for row in rows]

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
        if self._outlasts(turn.row[CLAIMED], turn):
            return True
        with self.runtime.transaction() as transaction:
            needed = timedelta(seconds=_longest(turn))
            until = transaction.now + max(self._lease, needed)
            return write(transaction.connection, turn.row, {"leased_until": until})

    def _outlasts(self, claimed: float, turn: Turn) -> bool:
        """Whether a lease of then outlasts a turn, however long it takes."""
        return claimed + self._lease.total_seconds() >= time.monotonic() + _longest(turn)

    # -- one after another

    def _run_here(self, is_stopping: Callable[[], bool]) -> None:
        was_busy = False
        try:
            while not is_stopping() and (turn := self._lanes.take()) is not None:
                was_busy = self._is_busy(turn.row, partial(self._serve_here, turn), was_busy)
        finally:
            self._write_gathered()
        self._let_go(self._lanes.drop_all())

    def _serve_here(self, turn: Turn) -> None:
        try:
            # what came of those before is written while their leases last, whatever this one does
            if self._together.is_due() or not self._outlasts(self._together.oldest, turn):
                self._write_gathered()
            self._serve(turn)
        finally:
            self._lanes.end(turn)

    def _write_gathered(self) -> None:
        """Write what came of requests; what cannot be written costs its request alone."""
        was_busy = False
        for outcome in self._together.write():
            alone = partial(write_alone, self.runtime, outcome.note)
            own = partial(self._told_of_itself, outcome.row, alone)
            was_busy = self._is_busy(outcome.row, own, was_busy)

    def _is_busy(self, row: Row, work: Callable[[], None], was_busy: bool) -> bool:
        """Handle one request; gives whether its rows were held too long by others.

        Its lease then runs out, and it is handled again. Of two in a row it is not theirs, but the
        database's: that is raised.
        """
        try:
            work()
        except ZhixingError as error:
            if was_busy or not error.retryable:
                raise
            log.warning("the request %a is put off: %s", row["id"], error)
            return True
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
        """Handle one request, if it is still ours."""
        if self._is_held(turn):
            record = partial(self._lanes.record, turn)
            asked = turn.row, turn.operation, turn.row[_NOW], record
            self._told_of_itself(turn.row, partial(self._exchanges.serve, *asked))

    def _told_of_itself(self, row: Row, work: Callable[[], None]) -> None:
        """Whatever is wrong with a request costs it alone, and is told."""
        try:
            work()
        except Exception as error:
            if not _is_of_the_request(error):
                raise
            self._outcomes.broken(row, error)


def _longest(turn: Turn) -> float:
    """How many seconds a turn may take before it is given up."""
    return turn.operation.seconds + GRACE_SECONDS


def _is_of_the_request(error: Exception) -> bool:
    """Whether something is wrong with a request, and not with the database or its clock."""
    if isinstance(error, ZhixingError) and error.retryable:
        return False
    return not isinstance(error, DatabaseFault | SQLAlchemyError)
