"""Processes fork, workers start twice or wait in vain: nothing hangs, spins or is shared."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import LOAN, at
from zhixing.engine import Actor, Dispatcher, Engine, VirtualClock, connect
from zhixing.engine.background import worker as worker_module
from zhixing.engine.outside.waits import growing
from zhixing.engine.storage.marks import ALIVE, mark, set_mark
from zhixing.workflow import definition_from_text

pytestmark = pytest.mark.processes
LI = Actor.of("li", "officer")
LONGEST = 60.0
"""Seconds after which a test says that nothing moves any more."""


def until(happened: Callable[[], bool], what: str) -> None:
    """Wait for progress."""
    end = time.monotonic() + LONGEST
    while not happened():
        assert time.monotonic() < end, what
        time.sleep(0.005)


def in_child(work: Callable[[], None]) -> Callable[[], None]:
    """Fork, and do some work in the child; gives how to wait for it to succeed."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        told = b"ok"
        try:
            work()
        except BaseException as error:
            told = repr(error).encode()[:4000]
        finally:
            os.write(writes, told)
            os._exit(0)
    os.close(writes)

    def join() -> None:
        ended: list[int] = []

        def is_over() -> bool:
            ended.append(os.waitpid(child, os.WNOHANG)[0])
            return ended[-1] == child

        try:
            until(is_over, "the child hangs")
        except AssertionError:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise
        with os.fdopen(reads, "rb") as told:
            assert told.read() == b"ok"

    return join


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    with Engine(database, definition_from_text(LOAN), drafts=True, upgrade=True) as engine:
        yield engine


def opens(court: Engine, name: str, count: int = 15) -> None:
    for number in range(count):
        id = f"{name}-{number}"
        court.open_case("loan", actor=LI, id=id, data={"amount": "1"})
        assert court.case(id).id == id


def test_children_of_one_engine_work_beside_each_other_and_their_parent(court: Engine) -> None:
    opens(court, "before")
    children = [in_child(lambda k=k: opens(court, f"child{k}")) for k in range(3)]  # type: ignore[misc]
    opens(court, "parent")
    for join in children:
        join()
    assert len(court.query(limit=1000)) == 15 * 5


def test_a_hosts_own_engine_is_parted_too(database: str) -> None:
    hosts = connect(database)
    court = Engine(hosts, definition_from_text(LOAN), drafts=True, upgrade=True)
    opens(court, "before")
    join = in_child(lambda: opens(court, "child"))
    opens(court, "parent")
    join()
    hosts.dispose()


def test_a_child_of_a_child_works(court: Engine) -> None:
    def child() -> None:
        opens(court, "child", 3)
        in_child(lambda: opens(court, "grandchild", 3))()

    in_child(child)()
    assert len(court.query(limit=100)) == 6


def test_a_fork_while_another_thread_is_in_a_transaction_leaves_the_child_free(
    court: Engine,
) -> None:
    began, over = threading.Event(), threading.Event()

    def write() -> None:
        with court.database.begin() as connection:
            court.open_case("loan", actor=LI, id="slow", within=connection, data={"amount": "1"})
            began.set()
            over.wait(0.2)  # longer than a fork takes, so that it falls into the transaction

    thread = threading.Thread(target=write)
    thread.start()
    assert began.wait(LONGEST)
    in_child(lambda: opens(court, "child", 3))()
    over.set()
    thread.join()
    assert len(court.query(limit=100)) == 4


def test_a_worker_does_not_run_in_the_child_and_can_be_started_there(court: Engine) -> None:
    court.start(sweep_seconds=0.2)

    def names() -> set[str]:
        return {t.name for t in threading.enumerate() if t.name.startswith("zhixing-")}

    def child() -> None:
        assert names() == set()
        court.stop()  # there is nothing to wait for
        opens(court, "child", 3)
        court.start(sweep_seconds=0.2)
        assert names() == {"zhixing-deadlines"}
        court.stop()
        assert names() == set()

    in_child(child)()
    assert names() == {"zhixing-deadlines"}
    court.stop()


def test_locks_that_the_parents_worker_held_do_not_stop_the_child(court: Engine) -> None:
    court.start(sweep_seconds=30)
    running = court._worker._running  # type: ignore[union-attr]
    assert running is not None
    (watch,) = running._watches
    with watch._lock:
        in_child(lambda: opens(court, "child", 2))()
        in_child(court.close)()
    court.stop()


def test_starting_twice_makes_one_worker_and_stopping_ends_it(court: Engine) -> None:
    def count() -> int:
        return sum(t.name == "zhixing-deadlines" for t in threading.enumerate())

    before = count()
    court.start()
    court.start()
    assert count() == before + 1
    court.stop()
    assert count() == before
    court.stop()


def test_a_worker_that_was_stopped_starts_again_and_is_woken_by_commits(
    database: str, clock: VirtualClock
) -> None:
    definition = definition_from_text(LOAN)
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as court:
        worker = worker_module.Worker(court, sweep_seconds=3600)
        worker.start()
        worker.stop()
        worker.start()
        case = court.open_case("loan", actor=LI, data={"amount": "1"}).id
        clock.advance(days=20)
        court.open_case("loan", actor=LI, data={"amount": "1"})  # whose commit wakes it
        until(lambda: bool(court.overdue()), "the worker sleeps")
        assert {d.case_id for d in court.overdue()} == {case}
        worker.stop()
        assert court._wakers == []


@contextmanager
def counting(engine: sa.Engine) -> Iterator[list[float]]:
    begun: list[float] = []

    def begin(connection: sa.Connection) -> None:
        begun.append(time.monotonic())

    sa.event.listen(engine, "begin", begin)
    yield begun
    sa.event.remove(engine, "begin", begin)


@pytest.mark.postgresql
def test_a_due_case_that_another_transaction_holds_is_asked_for_ever_less(
    new_postgresql: Callable[[], str], clock: VirtualClock
) -> None:
    url = new_postgresql()
    definition = definition_from_text(LOAN)
    with Engine(url, definition, clock=clock, drafts=True, upgrade=True) as court:
        case = court.open_case("loan", actor=LI, data={"amount": "1"}).id
        clock.advance(days=20)
        holder = sa.create_engine(url)
        with holder.begin() as connection:
            connection.execute(sa.text("SELECT 1 FROM zx_cases FOR UPDATE"))
            with counting(court.database) as begun:
                court.start(sweep_seconds=3600)
                until(lambda: len(begun) >= 12, "the worker sleeps")
            # two transactions a look: the waits between looks grow
            looks = begun[1::2]
            waits = [after - before for before, after in pairwise(looks)]
            assert waits[-1] > 4 * 0.05
            assert sum(waits[-2:]) > sum(waits[:2])
        until(lambda: bool(court.overdue()), "the worker gave up")
        assert court.overdue()[0].case_id == case
        court.stop()
        holder.dispose()


def test_looks_that_fail_come_ever_later_and_never_in_step() -> None:
    waits = [growing(timedelta(seconds=1), n, timedelta(seconds=15)) for n in range(9)]
    assert [w.total_seconds() for w in waits] == [1, 2, 4, 8, 15, 15, 15, 15, 15]

    class Broken(worker_module._Watch):
        rings: list[object] = []

        def _ring_at(self, moment: object) -> None:
            self.rings.append(moment)

    def fails() -> int:
        raise RuntimeError("cannot look")

    watch = Broken(None, "x", timedelta(seconds=15), fails, lambda c: None)  # type: ignore[arg-type]
    jittered = {watch._after_failure() / wait for wait in waits}
    assert len(jittered) > 1 and all(0.5 <= part <= 1 for part in jittered)
    watch._look()
    assert len(watch.rings) == len(waits) + 1 and watch._failures == len(waits) + 1


def test_a_worker_says_that_it_lives_at_most_once_a_minute(court: Engine) -> None:
    def alive() -> object:
        with court.database.begin() as connection:
            return mark(connection, ALIVE)

    assert alive() is None
    worker = worker_module.Worker(court, sweep_seconds=0.05)
    asked: list[str] = []
    sa.event.listen(
        court.database, "before_cursor_execute", lambda c, cur, sql, *_: asked.append(sql)
    )
    worker.start()
    until(lambda: sum("wake_at <=" in sql for sql in asked) >= 3, "the worker sleeps")
    worker.stop()
    assert isinstance(alive(), dict)
    assert sum("INSERT INTO zx_marks" in sql for sql in asked) == 1


def test_a_mark_is_set_anew(court: Engine) -> None:
    with court.database.begin() as connection:
        set_mark(connection, "x", {"n": 1}, at("2025-01-01"))
        set_mark(connection, "x", [2], at("2025-01-02"))
        assert mark(connection, "x") == [2]
        assert mark(connection, "y") is None


def test_a_dispatcher_made_before_a_fork_sends_in_the_child(court: Engine, tmp_path: Path) -> None:
    dispatcher = Dispatcher(court)
    dispatcher.run_due()
    in_child(lambda: dispatcher.run_due() and None)()
