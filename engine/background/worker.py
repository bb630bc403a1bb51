"""What wakes an engine: one APScheduler per process, asleep until the next moment, sweeping on an
interval.

The database is the truth: nothing is kept here but the time of the next look, so any number of
processes may do this. APScheduler's jobs only ring; the work is done by a thread of its own, so
that a ring during work is never missed.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ...adapters.registry import AdapterRegistry
from ..errors import DatabaseFault, TransactionLost
from ..outside.dispatcher import THREADS, Dispatcher
from ..outside.waits import growing
from ..storage.database import reading
from ..storage.failures import translated
from ..storage.forks import tell_in_children
from ..storage.hold import hold_of
from ..work.runtime import Runtime
from .enforcement import BATCH, next_moment, run_batch

log = logging.getLogger("zhixing.scheduler")
_BETWEEN_LOOKS = timedelta(seconds=1)
_SHORTEST_WAIT = timedelta(milliseconds=2)
_FIRST_BACKOFF = timedelta(milliseconds=50)


class Worker:
    """Enforces deadlines and sends requests in the background until stopped.

    `sweep_seconds` bounds how late something is noticed that another process wrote; `batch` how
    many cases one transaction serves; `dispatch` says whether requests are sent (by default when
    there is an adapter). In a forked child it does not run, and can be started anew.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        sweep_seconds: float = 15.0,
        batch: int = BATCH,
        dispatch: bool | None = None,
    ) -> None:
        self._runtime = runtime
        self._sweep = timedelta(seconds=sweep_seconds)
        self._batch = batch
        self._dispatch = dispatch
        self._running: _Watches | None = None
        tell_in_children(self._after_fork)

    def start(self) -> None:
        """Begin, or begin again after `stop`. One that runs goes on as it is."""
        if self._running is not None:
            return
        self._running = _Watches(self._watches())
        self._runtime.on_commit(self.wake)
        self._running.start()

    def stop(self) -> None:
        """Finish the transactions in hand and stop; commits wake it no more."""
        running, self._running = self._running, None
        if running is not None:
            self._runtime.off_commit(self.wake)
            running.stop()

    def wake(self) -> None:
        """Something was committed here: look again, though at most once per second."""
        if self._running is not None:
            self._running.wake()

    def _after_fork(self) -> None:
        """The threads are the parent's: nothing runs here, and there is nothing to wait for."""
        if self._running is not None:
            self._running = None
            self._runtime.off_commit(self.wake)

    def _watches(self) -> list[_Watch]:
        runtime, sweep = self._runtime, self._sweep
        heart = _Heart(runtime)

        def serve(_: Callable[[], bool]) -> int:
            heart.beat()
            return run_batch(runtime, self._batch)

        watches = [_Watch(runtime, "deadlines", sweep, serve, next_moment)]
        adapters = AdapterRegistry(runtime.adapters, discover=True)
        if bool(adapters) if self._dispatch is None else self._dispatch:
            watches.append(_Outbox(runtime, sweep, adapters))
        return watches


class _Watches:
    """Everything that one start began, on a scheduler of its own."""

    def __init__(self, watches: list[_Watch]) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler

        options = {"coalesce": True, "misfire_grace_time": None}
        self._scheduler: Any = BackgroundScheduler(timezone=UTC, job_defaults=options)
        self._watches = watches

    def start(self) -> None:
        self._scheduler.start()
        for watch in self._watches:
            watch.start(self._scheduler)

    def stop(self) -> None:
        for watch in self._watches:
            watch.stop()
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        for watch in self._watches:
            watch.wake()


class _Heart:
    """Says in the database that a worker looks, at most once a minute; and whether it is held."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def beat(self) -> None:
        if not self._runtime.keep_alive():
            return
        with translated(), reading(self._runtime.database) as connection:
            hold = hold_of(connection)
        if hold is not None:
            log.warning("held after a restore since %s: see zhixing db held", hold.since)


class _Watch:
    """One table watched: woken at its next moment, by a wake, or by the sweep."""

    def __init__(
        self,
        runtime: Runtime,
        name: str,
        sweep: timedelta,
        serve: Callable[[Callable[[], bool]], int],
        next_of: Callable[[Connection], datetime | None],
    ) -> None:
        self._runtime, self._name, self._sweep = runtime, name, sweep
        self._serve, self._next_of = serve, next_of
        self._scheduler: Any = None
        self._ring = threading.Event()
        self._stopping = threading.Event()
        self._last_look = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"zhixing-{name}", daemon=True)
        self._failures = 0
        self._in_vain = 0

    def start(self, scheduler: Any) -> None:
        self._scheduler = scheduler
        scheduler.add_job(
            self._ring.set, "interval", seconds=self._sweep.total_seconds(), id=self._name
        )
        self._ring.set()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._ring.set()
        self._thread.join()

    def ring(self) -> None:
        """Look again at once."""
        self._ring.set()

    def wake(self) -> None:
        if not self._stopping.is_set():
            self._ring_at(max(datetime.now(UTC), self._last_look + _BETWEEN_LOOKS))

    def _ring_at(self, moment: datetime) -> None:
        """Bring the next ring forward to `moment` (the interval goes on from there)."""
        with self._lock:
            job = self._scheduler.get_job(self._name)
            if job is not None and job.next_run_time is not None and moment < job.next_run_time:
                job.modify(next_run_time=moment)

    def _run(self) -> None:
        while True:
            self._ring.wait()
            self._ring.clear()
            if self._stopping.is_set():
                return
            self._look()

    def _look(self) -> None:
        self._last_look = datetime.now(UTC)
        try:
            served = self._serve_all()
            self._sleep_until_next(served)
            self._failures = 0
        except (DatabaseFault, TransactionLost, SQLAlchemyError) as error:
            log.warning("%s: %s; trying again in %s", self._name, error, self._after_failure())
        except Exception:
            wait = self._after_failure()
            log.exception("%s: the look failed; trying again in %s", self._name, wait)

    def _serve_all(self) -> int:
        served = 0
        while not self._stopping.is_set():
            count = self._serve(self._stopping.is_set)
            if count == 0:
                break
            served += count
            self._stopping.wait(0.001)  # between two batches the database belongs to others
        return served

    def _after_failure(self) -> timedelta:
        """Ring again after a wait that grows with each failure, and is never quite the same."""
        wait = growing(_BETWEEN_LOOKS, self._failures, self._sweep) * random.uniform(0.5, 1.0)
        self._failures += 1
        self._ring_at(datetime.now(UTC) + wait)
        return wait

    def _sleep_until_next(self, served: int) -> None:
        with translated(), reading(self._runtime.database) as connection:
            moment = self._next_of(connection)
            now = self._runtime.now(connection) if moment is not None else None
        if moment is None or now is None:
            return
        wait = max(moment - now, _SHORTEST_WAIT)
        if moment <= now and not served:
            # somebody else holds it, or the database is held: to ask again at once is in vain
            wait = growing(_FIRST_BACKOFF, self._in_vain, self._sweep)
            self._in_vain += 1
        else:
            self._in_vain = 0
        if wait < self._sweep:
            self._ring_at(datetime.now(UTC) + wait)


class _Outbox(_Watch):
    """The requests to the outside, several at a time."""

    def __init__(self, runtime: Runtime, sweep: timedelta, adapters: AdapterRegistry) -> None:
        self._outside = Dispatcher(runtime, adapters, threads=THREADS, on_free=self.ring)
        super().__init__(runtime, "outbox", sweep, self._send, self._outside.next_moment)

    def stop(self) -> None:
        super().stop()
        self._outside.stop()

    def _send(self, is_stopping: Callable[[], bool]) -> int:
        return self._outside.run_due(is_stopping=is_stopping)
