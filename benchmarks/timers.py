"""Deadlines in numbers: arming, firing with full effect, lateness, two processes, and a million
that sleep."""

from __future__ import annotations

import logging
import multiprocessing
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from zhixing.engine import Actor, Engine, NewCase, VirtualClock
from zhixing.engine.background.enforcement import next_moment, run_batch
from zhixing.engine.storage.database import connect
from zhixing.engine.storage.schema import cases, history
from zhixing.workflow import definition_from_text

from .definitions import TIMER
from .measure import Row

OFFICER = Actor.of("li", "officer")


def _arm(url: str, count: int, due: datetime, spread: float = 0.0) -> float:
    """Cases with one deadline each, opened in batches in the host's transaction; gives the rate."""
    clock = VirtualClock(due - timedelta(hours=1))
    with Engine(url, definition_from_text(TIMER), clock=clock, upgrade=True) as engine:
        start = time.perf_counter()
        step = 1000 if not spread else max(1, round(count / spread / 20))
        for first in range(0, count, step):
            clock.set(due - timedelta(hours=1) + timedelta(seconds=spread * first / count))
            engine.open_many(
                "timer",
                [NewCase(id=f"t{n}") for n in range(first, min(first + step, count))],
                actor=OFFICER,
            )
        return count / (time.perf_counter() - start)


def _arm_many(url: str, count: int) -> float:
    """Deadlines per second when each case that is opened arms ten."""
    ten = TIMER.replace(
        "deadlines:\n", "deadlines:\n" + "".join(_EXTRA.replace("N", str(n)) for n in range(9))
    )
    with Engine(
        url, definition_from_text(ten), clock=VirtualClock(datetime.now(UTC)), upgrade=True
    ) as engine:
        start = time.perf_counter()
        for first in range(0, count, 1000):
            engine.open_many(
                "timer", [NewCase(id=f"t{n}") for n in range(first, first + 1000)], actor=OFFICER
            )
        return count * 10 / (time.perf_counter() - start)


_EXTRA = "  more_N: {title: {zh: 期限, en: limit}, starts: {entering: waiting}, length: 3, unit: day, on_expiry: {}}\n"


def _fire_all(url: str) -> float:
    with Engine(url, definition_from_text(TIMER)) as engine:
        start = time.perf_counter()
        done = engine.run_due()
        return done / (time.perf_counter() - start)


_fired = threading.Semaphore(0)


def _ring() -> None:
    _fired.release()


def _apscheduler(url: str, count: int) -> tuple[float, float]:
    """One job a deadline in APScheduler's own SQLAlchemy store: inserting, and firing what is due
    (an empty function)."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler: Any = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=connect(url))}, timezone=UTC
    )
    scheduler.start(paused=True)
    start = time.perf_counter()
    for _ in range(count):
        scheduler.add_job(_ring, "date", run_date=datetime.now(UTC), misfire_grace_time=None)
    inserted = count / (time.perf_counter() - start)
    start = time.perf_counter()
    scheduler.resume()
    for _ in range(count):
        _fired.acquire()
    fired = count / (time.perf_counter() - start)
    scheduler.shutdown()
    return inserted, fired


def _serve(url: str, seconds: float) -> None:
    with Engine(url, definition_from_text(TIMER)) as engine:
        engine.start(sweep_seconds=1)
        time.sleep(seconds)


def _drain(url: str) -> None:
    with Engine(url, definition_from_text(TIMER)) as engine:
        while run_batch(engine):
            pass


def _lateness(url: str) -> float:
    """5 000 due within ten seconds, one worker process: the 99th percentile of how late, in
    seconds."""
    due = datetime.now(UTC) + timedelta(seconds=14)
    _arm(url, 5000, due, spread=10)
    context = multiprocessing.get_context("spawn")
    worker = context.Process(
        target=_serve, args=(url, (due - datetime.now(UTC)).total_seconds() + 13)
    )
    worker.start()
    worker.join()
    engine = connect(url)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(history.c.at, history.c.recorded_at).where(history.c.trigger == "lapse")
        ).all()
    engine.dispose()
    late = sorted((recorded - at).total_seconds() for at, recorded in rows)
    assert len(late) == 5000, f"{len(late)} of 5000 fired"
    return late[int(len(late) * 0.99)]


def _processes(url: str, count: int, processes: int) -> float:
    _arm(url, count, datetime.now(UTC) - timedelta(seconds=5))
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_drain, args=(url,)) for _ in range(processes)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return count / (time.perf_counter() - start)


def _million(url: str) -> tuple[int, float, float]:
    """A million armed deadlines: looks per second of an idle worker, milliseconds a look, and
    growth of memory in MiB."""
    due = datetime.now(UTC) + timedelta(days=30)
    _arm(url, 1, due)
    engine = connect(url)
    columns = ", ".join(c.name for c in cases.columns if c.name not in ("id", "wake_at"))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO zx_cases (id, wake_at, {columns}) SELECT 'm' || n, now() + n * interval '1 second' + interval '1 day', {columns} "
            "FROM zx_cases, generate_series(1, 1000000) n WHERE id = 't0'"
        )
        connection.exec_driver_sql("ANALYZE zx_cases")
    with Engine(engine, definition_from_text(TIMER)) as idle:
        asked = 0

        def count(*_: Any) -> None:
            nonlocal asked
            asked += 1

        sa.event.listen(engine, "commit", count)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        idle.start(sweep_seconds=1)
        time.sleep(5)
        idle.stop()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        sa.event.remove(engine, "commit", count)
        start = time.perf_counter()
        with engine.connect() as connection:
            next_moment(connection)
        look = (time.perf_counter() - start) * 1000
    engine.dispose()
    return asked, look, grown


def rows(postgresql: Callable[[], str]) -> tuple[list[Row], list[str]]:
    found, notes = [], []
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(1000))

        def sqlite() -> str:
            return f"sqlite:///{Path(folder)}/timers{next(numbers)}.db"

        for name, fresh in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
            url = fresh()
            armed = _arm(url, 5000, datetime.now(UTC) - timedelta(seconds=5))
            fired = _fire_all(url)
            inserted, rung = _apscheduler(fresh(), 500)
            found.append(
                Row(
                    f"arming, {name} (open a case with one deadline)",
                    armed,
                    "APScheduler SQLAlchemyJobStore",
                    inserted,
                    "≥ 20",
                )
            )
            found.append(
                Row(
                    f"arming, {name} (ten deadlines a case)",
                    _arm_many(fresh(), 2000),
                    "APScheduler SQLAlchemyJobStore",
                    inserted,
                    "≥ 20",
                )
            )
            found.append(
                Row(
                    f"firing with full effect, {name}", fired, "APScheduler, empty job", rung, "≥ 2"
                )
            )
            one, two = _processes(fresh(), 4000, 1), _processes(fresh(), 4000, 2)
            found.append(Row(f"firing by two processes, {name}", two, "by one", one, "linear (2)"))
            notes.append(
                f"{name}: 5 000 due within ten seconds, one worker: 99 % fired within {_lateness(fresh()):.3f} s of their time (target < 1 s)"
            )
        asked, look, grown = _million(postgresql())
        notes.append(
            f"PostgreSQL, 1 000 000 armed: {asked} looks in 5 s, {look:.2f} ms a look, memory grew by {grown:.1f} MiB"
        )
    return found, notes
