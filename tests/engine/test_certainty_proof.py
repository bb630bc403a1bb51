"""The proof by processes: callers, workers and a dispatcher are killed, the database is stopped,
connections are cut, clocks are set; afterwards the rows are as if nothing had happened.

`make soak` does many rounds, and goes on where it was stopped (`tests/engine/rounds.py`).
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, stop_at_once
from tests.courts import ADMIN
from tests.engine.callers import BUSY, DONE, LENGTH, LI, Asked, Outside, came_of, opened, planned
from tests.engine.cut_connection import Proxy, proxied
from tests.engine.outside_checks import check_rows, names_taken
from tests.engine.rounds import SOAK, passed, rounds
from tests.engine.test_certainty_processes import until
from zhixing.adapters import AdapterRegistry
from zhixing.engine import Dispatcher, Engine, VirtualClock

pytestmark = pytest.mark.processes
KILLS = 100 if SOAK else 25
CUTS = 100 if SOAK else 25
STOPS = 20 if SOAK else 3
CASES = 12
CLOCK = "clock"
"""The code of a call that is refused because the clock is not believed."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the processes share: ledgers, what the outside was sent, the clock."""
    made = tmp_path / "shared"
    made.mkdir()
    return made


def fill(url: str, now: datetime) -> None:
    """Cases that lapse one after the other in the next seconds."""
    clock = VirtualClock(now)
    with Engine(url, BUSY, clock=clock, drafts=True, upgrade=True) as court:
        for number in range(CASES):
            clock.set(now - LENGTH + timedelta(seconds=number / 3))
            court.open_case("busy", actor=LI, officer="li")


class Load:
    """The processes at work on a database; each `kill` ends one of them at random."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def kill(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("kill\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "killed\n"

    def ledger(self) -> tuple[dict[str, Asked], dict[str, str]]:
        """What was asked, in order, by its name; and what is known to have come of it."""
        asked: dict[str, Asked] = {}
        came: dict[str, str] = {}
        for file in sorted(self._folder.glob("*.ledger")):
            for line in map(json.loads, file.read_text().splitlines()):
                if "came" in line:
                    came[line["id"]] = line["came"]
                else:
                    asked[line["id"]] = line
        return asked, came

    def count(self, what: str = DONE) -> int:
        """How many calls are known to have come to something."""
        return sum(came.startswith(what) for came in self.ledger()[1].values())

    def until_more(self, count: int, what: str = DONE) -> None:
        """Wait for so many more calls that come to something."""
        before = self.count(what)
        until(lambda: self.count(what) >= before + count, f"no call comes to {what}")


@contextmanager
def load(url: str, folder: Path, seed: object) -> Iterator[Load]:
    command = [sys.executable, "-m", "tests.engine.callers", url, str(folder), str(seed)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield Load(process, folder)
    finally:
        process.stdin.close()
        assert process.wait(60) == 0
    assert not (folder / "failures").exists(), (folder / "failures").read_text()


def settle(url: str, folder: Path, work: Load) -> None:
    """Ask again under its name whatever may have taken effect, serve the rest, look at all rows."""
    asked, came = work.ledger()
    known = {name: result for name, result in came.items() if result.startswith(DONE)}
    open_ended = [name for name in asked if name in known or came.get(name, UNSURE[0]) in UNSURE]
    with opened(url, folder, retries=20) as court:
        again = {name: came_of(court, asked[name]) for name in open_ended}
        until(lambda: is_over(court, folder), "the rest is not served")
        report = court.verify(rules=True)
    assert {name: again[name] for name in known} == known, "what was acknowledged is another"
    assert names_taken(url) == {name for name, result in again.items() if result.startswith(DONE)}
    assert len(known) > CASES
    assert (report.findings, report.otherwise) == ((), ())
    check_rows(url)


UNSURE = ("outcome-unknown", "database-busy", "transaction-lost", "lost-race")
"""What a call may come to and yet be carried out when it is made again."""


def is_over(court: Engine, folder: Path) -> bool:
    """Serve and send what is due; whether nothing is due soon."""
    court.run_due()
    dispatcher = Dispatcher(court, AdapterRegistry([Outside(folder / "sent")]))
    sent = dispatcher.run_due(1000)
    soon = court.clock.now() + timedelta(seconds=4)
    waiting = court.query(state="waiting", limit=100_000)
    return sent == 0 and all(case.opened_at + LENGTH > soon for case in waiting)


@pytest.mark.parametrize("seed", rounds("kills-sqlite", in_test=1, in_soak=20))
def test_processes_killed_on_sqlite(tmp_path: Path, folder: Path, seed: int) -> None:
    kill_at_random(f"sqlite:///{tmp_path}/cases.db", folder, seed)
    passed("kills-sqlite", seed)


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", rounds("kills-postgresql", in_test=1, in_soak=20))
def test_processes_killed_on_postgresql(
    new_postgresql: Callable[[], str], folder: Path, seed: int
) -> None:
    kill_at_random(new_postgresql(), folder, seed)
    passed("kills-postgresql", seed)


def kill_at_random(url: str, folder: Path, seed: int) -> None:
    fill(url, datetime.now(UTC) + timedelta(seconds=2))
    chance = random.Random(seed)
    with load(url, folder, f"k{seed}") as work:
        for _ in range(KILLS):
            work.until_more(chance.choice((0, 1, 5)))
            time.sleep(chance.uniform(0, 0.1))  # for the moment of the kill to be any
            work.kill()
    settle(url, folder, work)


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", rounds("stops", in_test=1, in_soak=20))
def test_a_database_that_is_stopped_at_once_again_and_again(
    own_server: Any, folder: Path, seed: int
) -> None:
    url = own_server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    fill(url, datetime.now(UTC) + timedelta(seconds=2))
    chance = random.Random(seed)
    with load(url, folder, f"s{seed}") as work:
        for _ in range(STOPS):
            work.until_more(chance.randint(1, 6))
            time.sleep(chance.uniform(0, 0.1))  # for the moment to be any
            stop_at_once(own_server)
            work.kill()
            own_server.start()
        work.until_more(5)
    settle(url, folder, work)
    passed("stops", seed)


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", rounds("cuts", in_test=1, in_soak=10))
def test_connections_cut_anywhere(
    new_postgresql: Callable[[], str], folder: Path, seed: int
) -> None:
    """Whatever is cut: what was said not to be written is not, and a repeat comes to one effect."""
    url = new_postgresql()
    fill(url, datetime.now(UTC))
    chance = random.Random(seed)
    results: dict[str, str] = {}
    cuts = 0
    with proxied(url) as proxy, opened(proxy.url, folder) as court, opened(url, folder) as looks:
        while cuts < CUTS:
            asked = planned(looks, chance, f"x{seed}-{len(results)}")
            arm(proxy, chance)
            first = came_of(court, asked)
            cuts += proxy.disarm()
            assert first in {*UNSURE, "refused", "event"} or first.startswith(DONE)
            if first == "database-busy":
                assert asked["id"] not in names_taken(url)
            results[asked["id"]] = second = came_in_the_end(court, asked)
            assert second == first or first in UNSURE
        until(lambda: is_over(looks, folder), "the rest is not served")
        report = looks.verify(rules=True)
    assert (report.findings, report.otherwise) == ((), ())
    assert names_taken(url) == {name for name, came in results.items() if came.startswith(DONE)}
    check_rows(url)
    passed("cuts", seed)


def arm(proxy: Proxy, chance: random.Random) -> None:
    """Cut at the commit or at any message, before it, in its midst, after it, or in the answer."""
    shares = {"passed": chance.choice((0.0, 0.5, 1.0)), "answered": chance.choice((0.0, 0.5))}
    if chance.random() < 0.5:
        proxy.cut("COMMIT", after_it_was_carried_out=chance.random() < 0.5, **shares)
    else:
        proxy.cut_at(chance.randint(0, 25), **shares)


def came_in_the_end(court: Engine, asked: Asked) -> str:
    """Make a call again until what came of it is sure."""
    while (came := came_of(court, asked)) in UNSURE:
        continue
    return came


def set_clock(folder: Path, ahead: timedelta) -> None:
    """Set the clock of all processes at once, to so much more than the right time."""
    new = folder / "clock.new"
    new.write_text(str(ahead.total_seconds()))
    new.rename(folder / "clock")


def nothing_is_written(work: Load) -> None:
    """Every call is refused for the clock's sake.

    A process that looked just before, and never saw the clock otherwise, looks again soon.
    """

    def is_refused() -> bool:
        before = work.count()
        work.until_more(12, CLOCK)
        return work.count() == before

    until(is_refused, "it is written on")


def accept(url: str, folder: Path) -> None:
    with opened(url, folder) as court:
        court.accept_clock(actor=ADMIN, note="looked at the wall")


@pytest.mark.parametrize("seed", rounds("clocks", in_test=1, in_soak=10))
def test_clocks_that_are_set_under_running_processes(
    tmp_path: Path, folder: Path, seed: int
) -> None:
    """Hours on are believed, minutes back too; hours back or days on are a person's to accept."""
    url = f"sqlite:///{tmp_path}/cases.db"
    chance = random.Random(seed)
    fill(url, datetime.now(UTC) + timedelta(seconds=2))
    with load(url, folder, f"c{seed}") as work:
        work.until_more(5)
        set_clock(folder, timedelta(hours=chance.uniform(1, 20)))
        work.until_more(5)
        set_clock(folder, timedelta())
        nothing_is_written(work)
        accept(url, folder)
        work.until_more(5)
        work.kill()
        set_clock(folder, timedelta(minutes=chance.uniform(-4, -1)))
        work.until_more(5)
        set_clock(folder, timedelta(days=chance.uniform(2, 900)))
        nothing_is_written(work)
        work.kill()
        nothing_is_written(work)
        accept(url, folder)
        work.until_more(5)
    settle(url, folder, work)
    passed("clocks", seed)


@pytest.mark.postgresql
def test_on_postgresql_no_hosts_clock_matters(
    new_postgresql: Callable[[], str], folder: Path
) -> None:
    url = new_postgresql()
    fill(url, datetime.now(UTC) + timedelta(seconds=2))
    with load(url, folder, "p") as work:
        for hours in (0, 5, -5, 100, -0.05):
            set_clock(folder, timedelta(hours=hours))
            work.until_more(5)
        assert work.count(CLOCK) == 0
    set_clock(folder, timedelta())
    settle(url, folder, work)
    with opened(url, folder) as court:
        assert all(event.recorded_at <= datetime.now(UTC) for event in court.events())
