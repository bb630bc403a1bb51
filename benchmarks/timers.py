"""Deadlines in numbers: arming, firing with full effect, lateness, two processes, and a million
that sleep."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import resource
import statistics
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
from .measure import Row, milliseconds

OFFICER = Actor.of("li", "officer")
ROUNDS = 3

Fresh = Callable[[], str]
"""Gives the URL of an empty database."""


def _arm(url: str, count: int, due: datetime, spread: float = 0.0) -> float:
    """Cases with one deadline each, opened in batches in the host's transaction; gives the rate."""
    clock = VirtualClock(due - timedelta(hours=1))
    with Engine(url, definition_from_text(TIMER), clock=clock, upgrade=True, drafts=True) as engine:
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
    more = "".join(_EXTRA.replace("N", str(n)) for n in range(9))
    ten = TIMER.replace("deadlines:\n", "deadlines:\n" + more)
    with Engine(
        url,
        definition_from_text(ten),
        clock=VirtualClock(datetime.now(UTC)),
        upgrade=True,
        drafts=True,
    ) as engine:
        start = time.perf_counter()
        for first in range(0, count, 1000):
            engine.open_many(
                "timer", [NewCase(id=f"t{n}") for n in range(first, first + 1000)], actor=OFFICER
            )
        return count * 10 / (time.perf_counter() - start)


_EXTRA = """\
  more_N: {title: {zh: 期限, en: limit}, starts: {entering: waiting}, length: 3, unit: day,
    on_expiry: {}}
"""


def _fire_all(url: str) -> float:
    with Engine(url, definition_from_text(TIMER), drafts=True) as engine:
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
    with Engine(url, definition_from_text(TIMER), drafts=True) as engine:
        engine.start(sweep_seconds=1)
        time.sleep(seconds)


def _drain(url: str) -> None:
    with Engine(url, definition_from_text(TIMER), drafts=True) as engine:
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
    late = _late_by(url)
    assert len(late) == 5000, f"{len(late)} of 5000 fired"
    return late[int(len(late) * 0.99)]


def _late_by(url: str) -> list[float]:
    """How many seconds after it was due each deadline was recorded, the least first."""
    entry = history.c
    query = sa.select(entry.happened_at, entry.recorded_at).where(entry.trigger == "lapse")
    engine = connect(url)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    engine.dispose()
    return sorted((recorded - at).total_seconds() for at, recorded in rows)


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


_SLEEPING = """
INSERT INTO zx_cases (id, wake_at, {columns})
SELECT 'm' || n, now() + n * interval '1 second' + interval '1 day', {columns}
FROM zx_cases, generate_series(1, {count}) n WHERE id = 't0'
"""


def _million(url: str, count: int = 1_000_000) -> list[Row]:
    """A million armed deadlines that sleep: how often an idle worker looks, how long a look takes,
    and how much memory it costs."""
    _arm(url, 1, datetime.now(UTC) + timedelta(hours=1))
    engine = connect(url)
    columns = ", ".join(c.name for c in cases.columns if c.name not in ("id", "wake_at"))
    with engine.begin() as connection:
        connection.exec_driver_sql(_SLEEPING.format(columns=columns, count=count))
        connection.exec_driver_sql("ANALYZE zx_cases")
    asked, grown = _idle(engine, seconds=5)
    with engine.connect() as connection:
        next_moment(connection)
        look = statistics.median(milliseconds(lambda: next_moment(connection)) for _ in range(9))
    engine.dispose()
    what = "a million sleep, PostgreSQL"
    return [
        Row(f"{what}: looks of an idle worker in 5 s", asked, unit=""),
        Row(f"{what}: one look", look, unit="ms"),
        Row(f"{what}: memory grew by", grown, unit="MiB"),
    ]


def _idle(engine: sa.Engine, seconds: float) -> tuple[int, float]:
    """How often a worker with nothing to do looks, and how its memory grows, in MiB."""
    asked = 0

    def count(*_: Any) -> None:
        nonlocal asked
        asked += 1

    with Engine(engine, definition_from_text(TIMER), drafts=True) as idle:
        sa.event.listen(engine, "commit", count)
        before = _resident()
        idle.start(sweep_seconds=1)
        time.sleep(seconds)
        grown = _resident() - before
        idle.stop()
        sa.event.remove(engine, "commit", count)
    return asked, grown


def _resident() -> float:
    """The memory that this process holds now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def rows(postgresql: Fresh) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        numbers = itertools.count()

        def sqlite() -> str:
            return f"sqlite:///{Path(folder)}/timers{next(numbers)}.db"

        return [
            *_on("SQLite", sqlite),
            *_on("PostgreSQL", postgresql),
            *_million(postgresql()),
        ]


def _on(name: str, fresh: Fresh) -> list[Row]:
    ours, theirs = [], []
    for _ in range(ROUNDS):
        url = fresh()
        armed = _arm(url, 4000, datetime.now(UTC) - timedelta(seconds=5))
        ours.append((armed, _fire_all(url), _arm_many(fresh(), 1000)))
        theirs.append(_apscheduler(fresh(), 500))
    armed, fired, armed_ten = map(statistics.median, zip(*ours, strict=True))
    inserted, rung = map(statistics.median, zip(*theirs, strict=True))
    one, two = _by_processes(fresh)
    store, empty = "APScheduler SQLAlchemyJobStore", "APScheduler, empty job"
    late = f"99 % of 5 000 due in ten seconds, {name}: within"
    return [
        Row(f"arming, {name} (a case with one deadline)", armed, store, inserted, "≥ 20"),
        Row(f"arming, {name} (ten deadlines a case)", armed_ten, store, inserted, "≥ 20"),
        Row(f"firing with full effect, {name}", fired, empty, rung, "≥ 2"),
        Row(f"firing by two processes, {name}", two, "by one", one, "linear (2)"),
        Row(late, _lateness(fresh()), target="< 1 s", unit="s"),
    ]


def _by_processes(fresh: Fresh) -> tuple[float, float]:
    """By one process and by two, in turn."""
    pairs = [(_processes(fresh(), 3000, 1), _processes(fresh(), 3000, 2)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
