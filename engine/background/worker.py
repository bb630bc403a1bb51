"""What wakes an engine: one APScheduler per process, asleep until the next moment, sweeping on an
interval.

The database is the truth: nothing is kept here but the time of the next look, so any number of
processes may do this. APScheduler's jobs only ring; the work is done by a thread of its own, so
that a ring during work is never missed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ...adapters.registry import AdapterRegistry
from ..errors import DatabaseBusy
from ..outside.dispatcher import Dispatcher, next_sending
from ..storage.database import reading
from ..storage.failures import translated
from ..work.runtime import Runtime
from .enforcement import BATCH, next_moment, run_batch

log = logging.getLogger("zhixing.scheduler")
_BETWEEN_LOOKS = timedelta(seconds=1)
_SHORTEST_WAIT = timedelta(milliseconds=2)


class Worker:
    """Enforces deadlines and sends requests in the background until stopped.

    `sweep_seconds` bounds how late something is noticed that another process wrote; `batch` how
    many cases one transaction serves; `dispatch` says whether requests are sent (by default when
    there is an adapter).
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        sweep_seconds: float = 15.0,
        batch: int = BATCH,
        dispatch: bool | None = None,
    ) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler

        options = {"coalesce": True, "misfire_grace_time": None}
        self._scheduler: Any = BackgroundScheduler(timezone=UTC, job_defaults=options)
        sweep = timedelta(seconds=sweep_seconds)
        self._watches = [
            _Watch(
                runtime,
                self._scheduler,
                "deadlines",
                sweep,
                lambda: run_batch(runtime, batch),
                next_moment,
            )
        ]
        adapters = AdapterRegistry(runtime.adapters, discover=True)
        if bool(adapters) if dispatch is None else dispatch:
            self._watches.append(
                _Watch(
                    runtime,
                    self._scheduler,
                    "outbox",
                    sweep,
                    Dispatcher(runtime, adapters).run_due,
                    next_sending,
                )
            )
        self._runtime = runtime
        runtime.on_commit(self.wake)

    def start(self) -> None:
        self._scheduler.start()
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """Finish the transactions in hand and stop; commits wake it no more."""
        self._runtime.off_commit(self.wake)
        for watch in self._watches:
            watch.stop()
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Something was committed here: look again, though at most once per second."""
        for watch in self._watches:
            watch.wake()


class _Watch:
    """One table watched: woken at its next moment, by a wake, or by the sweep."""

    def __init__(
        self,
        runtime: Runtime,
        scheduler: Any,
        name: str,
        sweep: timedelta,
        serve: Callable[[], int],
        next_of: Callable[[Connection], datetime | None],
    ) -> None:
        self._runtime, self._scheduler, self._name, self._sweep = (runtime, scheduler, name, sweep)
        self._serve, self._next_of = serve, next_of
        self._ring = threading.Event()
        self._stopping = threading.Event()
        self._last_look = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"zhixing-{name}", daemon=True)

    def start(self) -> None:
        self._scheduler.add_job(
            self._ring.set, "interval", seconds=self._sweep.total_seconds(), id=self._name
        )
        self._ring.set()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._ring.set()
        self._thread.join()

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
            while not self._stopping.is_set() and self._serve():
                self._stopping.wait(0.001)  # between two batches the database belongs to others
            self._sleep_until_next()
        except (DatabaseBusy, SQLAlchemyError) as error:
            log.warning("%s: %s; trying again in a second", self._name, error)
            self._ring_at(datetime.now(UTC) + _BETWEEN_LOOKS)
        except Exception:
            log.exception("%s: the look failed; trying again in a second", self._name)
            self._ring_at(datetime.now(UTC) + _BETWEEN_LOOKS)

    def _sleep_until_next(self) -> None:
        with translated(), reading(self._runtime.database) as connection:
            moment = self._next_of(connection)
            now = self._runtime.now(connection) if moment is not None else None
        if moment is not None and now is not None:
            wait = max(moment - now, _SHORTEST_WAIT)
            if wait < self._sweep:
                self._ring_at(datetime.now(UTC) + wait)
