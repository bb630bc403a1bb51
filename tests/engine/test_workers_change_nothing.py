"""The same life with a worker at every moment, with nobody until somebody records, and with worker
processes killed in between: the same rows."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.engine.callers import fork
from tests.engine.rounds import passed, rounds
from tests.engine.test_lateness_changes_nothing import END, FREE, LI, START, Step, enter, steps
from zhixing.engine import Engine, Refused, VirtualClock
from zhixing.engine.storage.schema import cases, metadata

pytestmark = pytest.mark.processes
OF_CASES = (
    "zx_cases",
    "zx_deadlines",
    "zx_history",
    "zx_tasks",
    "zx_alerts",
    "zx_outbox",
    "zx_inbox",
    "zx_incidents",
    "zx_requests",
)
RECORDED = {
    # when it was recorded, and what is counted or hashed of that
    "zx_history": {"recorded_at", "hash", "tx", "position", "rows"},
    "zx_cases": {"updated_at", "head"},
    # an alert is named by chance, and ended when that is recorded
    "zx_alerts": {"id", "closed_at"},
    # a request goes out when it is recorded
    "zx_outbox": {"created_at", "send_at"},
    # the case as it was given back, with the time and the head of then
    "zx_requests": {"recorded_at", "result"},
}
"""What differs, because it says when somebody wrote."""

Entered = list[tuple[datetime, Step]]


def entered(dice: random.Random) -> Entered:
    """A life, and when each step of it is entered: at once, or days later."""
    life = steps(dice)
    delays = [timedelta(hours=dice.choice((0, 0, 0.2, 2, 5, 30, 200))) for _ in life]
    late = [(min(s.at + delay, END), s) for s, delay in zip(life, delays, strict=True)]
    return sorted(late, key=lambda pair: pair[0])


def rows(court: Engine) -> dict[str, list[Any]]:
    """All rows about cases, but for what says when they were written."""
    found = {}
    with court.database.connect() as connection:
        for name in OF_CASES:
            columns = [c for c in metadata.tables[name].c if c.name not in RECORDED.get(name, ())]
            found[name] = sorted(map(repr, connection.execute(sa.select(*columns))))
    return found


Until = Callable[[Engine, datetime], None]
"""What workers do before a moment."""


def lived(url: str, life: Entered, workers: Until) -> tuple[list[str], dict[str, list[Any]]]:
    """What came of each step, and the rows in the end."""
    clock, came = VirtualClock(START), []
    with Engine(url, FREE, clock=clock, drafts=True) as court:
        court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"})
        for moment, step in life:
            workers(court, moment)
            clock.set(moment)
            try:
                enter(court, step, random.Random(7))
                came.append("done")
            except Refused as refused:
                came.append(",".join(obstacle.code for obstacle in refused.obstacles))
        workers(court, END)
        clock.set(END)
        court.run_due()
        assert court.verify(rules=True).findings == ()
        return came, rows(court)


def at_every_moment(court: Engine, until: datetime) -> None:
    """A worker that is there whenever something is due."""
    clock = court.clock
    assert isinstance(clock, VirtualClock)
    while True:
        with court.database.connect() as connection:
            due = connection.execute(sa.select(sa.func.min(cases.c.wake_at))).scalar()
        if due is None or due > until:
            return
        clock.set(max(due, clock.now()))
        court.run_due()


def nobody(court: Engine, until: datetime) -> None:
    """No worker: what is due comes when somebody records."""


class KilledBetween:
    """Worker processes that come at some moment before, and are killed at any point."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def __call__(self, court: Engine, until: datetime) -> None:
        clock = court.clock
        assert isinstance(clock, VirtualClock)
        if clock.now() == until:
            return
        begins = clock.now() + (until - clock.now()) * self._dice.random()

        def work(url: str, folder: Path, name: str) -> None:
            clock.set(begins)
            while clock.now() < until:
                court.run_due()
                clock.advance(hours=6)
            signal.pause()

        pid = fork(work, "", Path(), "")
        time.sleep(self._dice.uniform(0, 0.03))  # for the moment of the kill to be any
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@pytest.mark.parametrize("seed", rounds("workers", in_test=12, in_soak=500))
def test_whoever_works_when_leaves_the_same_rows(tmp_path: Path, seed: int) -> None:
    life = entered(random.Random(seed))
    expected = lived("sqlite://", life, at_every_moment)
    assert lived("sqlite://", life, nobody) == expected, life
    url = f"sqlite:///{tmp_path}/killed.db"
    assert lived(url, life, KilledBetween(random.Random(seed))) == expected, life
    passed("workers", seed)


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", rounds("workers-postgresql", in_test=2, in_soak=50))
def test_on_postgresql_too(new_postgresql: Callable[[], str], seed: int) -> None:
    life = entered(random.Random(seed))
    clock = VirtualClock(START)
    urls = [new_postgresql() for _ in range(2)]
    for url in urls:
        Engine(url, FREE, clock=clock, upgrade=True, drafts=True).close()
    expected = lived(urls[0], life, at_every_moment)
    assert lived(urls[1], life, KilledBetween(random.Random(seed))) == expected, life
    passed("workers-postgresql", seed)
