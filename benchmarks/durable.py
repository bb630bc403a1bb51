"""Durable steps per second: load, decide, write, commit; beside the same written by hand on the
driver, DBOS, and a naive ORM."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zhixing.engine import Actor, Engine, VirtualClock

from . import dbos_peer, naive, plain
from .definitions import RING, ring
from .measure import CPU, Row, side_by_side

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
OFFICER = Actor.of("li", "officer")
CASES = 50
ROUNDS = 5

Fresh = Callable[[], str]
"""Gives the URL of an empty database."""


class _Ours:
    """Cases of the ring in our engine."""

    def __init__(self, url: str, synchronous: str, batch: int) -> None:
        self.engine = Engine(
            url, ring(), clock=VirtualClock(NOW), upgrade=True, synchronous=synchronous, drafts=True
        )
        ids = [self.engine.open_case("ring", actor=OFFICER).id for _ in range(CASES)]
        self._turns, self._batch = itertools.cycle(ids), batch

    def work(self) -> int:
        for id in itertools.islice(self._turns, self._batch):
            self.engine.fire(id, "go", actor=OFFICER)
        return self._batch

    def tally(self) -> _Tally:
        with self.engine.database.connect() as connection:
            return _tally(lambda sql: connection.exec_driver_sql(sql).fetchall(), "zx")


class _Plain:
    """The same cases, written by hand."""

    def __init__(self, url: str, synchronous: str, batch: int) -> None:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite":
            self._plain = plain.on_sqlite(str(parsed.database), synchronous)
        else:
            bare = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self._plain = plain.on_postgresql(bare)
        self._turns, self._batch = itertools.cycle(self._plain.open(CASES, RING)), batch

    def work(self) -> int:
        for id in itertools.islice(self._turns, self._batch):
            self._plain.step(id)
        return self._batch

    def tally(self) -> _Tally:
        cursor = self._plain.cursor

        def fetch(sql: str) -> Any:
            cursor.execute(sql)
            return cursor.fetchall()

        return _tally(fetch, "plain")

    def close(self) -> None:
        self._plain.close()


_Tally = tuple[Any, ...]
"""What lies in a database after the work: history rows, the sum of versions, and how many cases
have how many live deadlines."""


def _tally(fetch: Callable[[str], Any], prefix: str) -> _Tally:
    [[told]] = fetch(f"SELECT count(*) FROM {prefix}_history")
    [[versions]] = fetch(f"SELECT sum(version) FROM {prefix}_cases")
    live = fetch(
        f"SELECT running, count(*) FROM (SELECT c.id, count(d.id) AS running FROM {prefix}_cases c"
        f" LEFT JOIN {prefix}_deadlines d ON d.case_id = c.id AND d.live GROUP BY c.id) AS per_case"
        " GROUP BY running ORDER BY running"
    )
    return told, versions, [tuple(row) for row in live]


def rows(postgresql: Fresh) -> list[Row]:
    if not dbos_peer.is_installed():
        print("DBOS is not installed, its rows are left out: pip install -e '.[bench]'")
    with tempfile.TemporaryDirectory() as folder:
        numbers = itertools.count()

        def sqlite() -> str:
            return f"sqlite:///{Path(folder)}/{next(numbers)}.db"

        goal = "≥ 0.15, goal 0.4"
        return [
            *_compare("SQLite NORMAL", sqlite, "NORMAL", 500, goal),
            *_compare("SQLite FULL", sqlite, "FULL", 300, goal, with_dbos=True),
            *_compare("PostgreSQL, one client", postgresql, "FULL", 200, "≥ 0.4, goal 0.8", True),
        ]


def _compare(
    name: str, fresh: Fresh, mode: str, batch: int, goal: str, with_dbos: bool = False
) -> Iterator[Row]:
    what, ruler = f"durable steps, {name}", "written by hand on the driver"
    ours, by_hand = _Ours(fresh(), mode, batch), _Plain(fresh(), mode, batch)
    found = side_by_side(ours.work, by_hand.work, ROUNDS, seconds=0)
    of_cpu = side_by_side(ours.work, by_hand.work, ROUNDS, seconds=0, clock=CPU)
    if ours.tally() != by_hand.tally():
        raise AssertionError(f"{name}: {ours.tally()} is not {by_hand.tally()}")
    by_hand.close()
    yield Row(what, found[0], ruler, found[1], goal)
    yield Row(what, of_cpu[0], ruler, of_cpu[1], clock="CPU")
    if with_dbos and dbos_peer.is_installed():
        with dbos_peer.running(fresh(), fresh(), batch=100) as peer:
            again, theirs = side_by_side(ours.work, peer.work, rounds=3, seconds=0)
        yield Row(what, again, "DBOS, a transaction a step", theirs)
    steps = naive.steps(fresh(), mode, CASES, batch // 4)
    again, theirs = side_by_side(ours.work, steps, rounds=5, seconds=0)
    yield Row(what, again, "naive ORM and transitions", theirs, "≥ 4")
    ours.engine.close()
