"""What wakes an engine: one APScheduler per process, asleep until the next moment, sweeping on an interval.

The database is the truth: nothing is kept here but the time of the next look, so that any number of these may run.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import database
from .clockwork import BATCH, next_moment, run_batch
from .errors import DatabaseBusy

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger("zhixing.scheduler")
_LEAST_WAIT = timedelta(seconds=1)


class Worker:
    """Enforces deadlines and sends requests in the background. `sweep_seconds` bounds how late a missed nudge is."""

    def __init__(self, engine: Engine, *, sweep_seconds: float = 15.0, batch: int = BATCH, dispatch: bool | None = None) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler

        self.engine = engine
        self._sweep, self._batch = timedelta(seconds=sweep_seconds), batch
        self._stopping = threading.Event()
        self._dispatcher = self._make_dispatcher(dispatch)
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._lock = threading.Lock()
        self._last_look = datetime.min.replace(tzinfo=UTC)

    def _make_dispatcher(self, dispatch: bool | None) -> Any:
        from ..adapters.registry import AdapterRegistry
        from .dispatcher import Dispatcher

        adapters = AdapterRegistry(self.engine.adapters, discover=True)
        wanted = bool(adapters) if dispatch is None else dispatch
        return Dispatcher(self.engine, adapters) if wanted else None

    def start(self) -> None:
        now = datetime.now(UTC)
        self._scheduler.add_job(self._tick, "interval", seconds=self._sweep.total_seconds(), next_run_time=now, id="deadlines")
        if self._dispatcher is not None:
            self._scheduler.add_job(self._dispatch, "interval", seconds=0.2, next_run_time=now, id="dispatch")
        self.engine.on_commit(self.nudge)
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the batch in hand and stop."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def nudge(self) -> None:
        """Something was committed: look again, at most once per second."""
        if not self._stopping.is_set():
            self._look_at(max(datetime.now(UTC), self._last_look + _LEAST_WAIT))

    def _look_at(self, moment: datetime) -> None:
        with self._lock:
            job = self._scheduler.get_job("deadlines")
            if job is not None and (job.next_run_time is None or moment < job.next_run_time):
                job.modify(next_run_time=moment)

    def _tick(self) -> None:
        self._last_look = datetime.now(UTC)
        try:
            while not self._stopping.is_set() and run_batch(self.engine, self._batch):
                self._stopping.wait(0.001)  # leave the database to others between two batches
            self._sleep_until_next()
        except DatabaseBusy as error:
            log.warning("%s", error)
            self._look_at(datetime.now(UTC) + _LEAST_WAIT)
        except Exception:
            log.exception("the sweep failed; the next one will try again")

    def _sleep_until_next(self) -> None:
        with database.translated(), self.engine.database.connect() as connection:
            moment = next_moment(connection)
            behind = datetime.now(UTC) - self.engine.now(connection)
        if moment is not None:
            wait = max(moment - self.engine.clock.now() + max(behind, timedelta()), timedelta(milliseconds=5))
            if wait < self._sweep:
                self._look_at(datetime.now(UTC) + wait)

    def _dispatch(self) -> None:
        try:
            while not self._stopping.is_set() and self._dispatcher.run_due():
                pass
        except DatabaseBusy as error:
            log.warning("%s", error)
        except Exception:
            log.exception("dispatching failed; the next round will try again")
