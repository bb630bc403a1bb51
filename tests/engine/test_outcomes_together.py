"""What came of several exchanges is written at once, and nothing is weaker for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.engine.test_outbox import ASKING, Outside, asked, at_once, heard, row, told
from zhixing.adapters import Answer, Reply
from zhixing.engine import Dispatcher, Engine, VirtualClock
from zhixing.engine.outside import outcomes as outcomes_module
from zhixing.engine.work.runtime import Transaction


@pytest.fixture
def net() -> Outside:
    outside = Outside(at_a_time=8)
    outside.does = at_once
    return outside


@pytest.fixture
def bank() -> Outside:
    outside = Outside("bank", "pay", repeatable=False)
    outside.does = at_once
    return outside


@pytest.fixture
def court(database: str, clock: VirtualClock, net: Outside, bank: Outside) -> Iterator[Engine]:
    options: dict[str, Any] = {"clock": clock, "adapters": [net, bank]}
    with Engine(database, ASKING, drafts=True, upgrade=True, **options) as engine:
        yield engine


def commits(court: Engine, work: Callable[[], object]) -> int:
    """How often something was committed meanwhile."""
    seen: list[object] = []
    sa.event.listen(court.database, "commit", seen.append)
    work()
    return len(seen)


def test_where_there_is_one_writer_what_came_of_many_exchanges_takes_few_commits(
    court: Engine, net: Outside
) -> None:
    for n in range(20):
        asked(court, f"c{n}")
    needed = commits(court, Dispatcher(court).run_all_due)
    assert [heard(court, f"c{n}") for n in range(20)] == [1] * 20
    has_one_writer = court.database.dialect.name == "sqlite"
    assert needed < 15 if has_one_writer else needed > 20, "else each holds its own case alone"


@pytest.mark.parametrize("threads", [0, 8])
def test_one_outcome_that_cannot_be_written_costs_its_request_alone_and_is_told(
    court: Engine, net: Outside, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    keys = [asked(court, f"c{n}") for n in range(20)]
    real = outcomes_module.take_answer

    def broken(transaction: Transaction, source: str, answer: Answer, *more: Any) -> str:
        if answer.key == keys[7]:
            raise RuntimeError("what nobody thought of")
        return real(transaction, source, answer, *more)

    monkeypatch.setattr(outcomes_module, "take_answer", broken)
    dispatcher = Dispatcher(court, threads=threads)
    while dispatcher.run_due() or sum(heard(court, f"c{n}") for n in range(20)) < 19:
        time.sleep(0.01)
    dispatcher.stop(30)
    assert [heard(court, f"c{n}") for n in range(20)] == [n != 7 for n in range(20)]
    assert sorted(net.sent) == sorted(keys)
    assert row(court, keys[7])["status"] == "waiting"
    ((kind, message),) = told(court)
    assert kind == "request" and "what nobody thought of" in message


def test_what_may_not_be_repeated_is_written_before_the_next_goes(
    court: Engine, bank: Outside, clock: VirtualClock
) -> None:
    keys = []
    for n in range(5):
        keys.append(asked(court, f"c{n}", "pay"))
        clock.advance(seconds=1)
    seen: list[list[str]] = []

    def looks(key: str) -> Reply:
        seen.append([row(court, one)["status"] for one in keys])
        return at_once(key)

    bank.does = looks
    Dispatcher(court).run_due()
    for n, states in enumerate(seen):
        assert states[: n + 1] == ["answered"] * n + ["sending"]


def test_what_came_is_written_before_an_exchange_that_may_outlast_its_lease(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    slow = Outside("bank", "pay", seconds=20.0)
    net.operations = Outside(seconds=1.0).operations
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[net, slow], **options) as court:
        first = asked(court, "first")
        clock.advance(seconds=1)
        asked(court, "second", "pay")
        seen: list[str] = []

        def looks(key: str) -> Reply:
            seen.append(row(court, first)["status"])
            return at_once(key)

        slow.does = looks
        Dispatcher(court, lease=timedelta(seconds=10)).run_due()
        assert seen == ["answered"]


def test_what_waited_long_enough_is_written_before_the_next_goes(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    first = asked(court, "first")
    clock.advance(seconds=1)
    seen: list[str] = []

    def takes_its_time(key: str) -> Reply:
        seen.append(row(court, first)["status"])
        end = time.monotonic() + 0.1
        while key != first and time.monotonic() < end:
            time.sleep(0.01)
        return at_once(key)

    net.does = takes_its_time
    for n in range(2):
        asked(court, f"later{n}")
    Dispatcher(court).run_due()
    assert seen[0] == "waiting" and seen[-1] == "answered"


def test_what_came_is_written_where_the_next_is_interrupted(court: Engine, net: Outside) -> None:
    keys = [asked(court, f"c{n}") for n in range(3)]

    def interrupted(key: str) -> Reply:
        if len(net.sent) == 3:
            raise KeyboardInterrupt
        return at_once(key)

    net.does = interrupted
    with pytest.raises(KeyboardInterrupt):
        Dispatcher(court).run_due()
    states = Counter(row(court, key)["status"] for key in keys)
    assert states == {"answered": 2, "waiting": 1}


def test_several_threads_of_one_dispatcher_lose_nothing(court: Engine, net: Outside) -> None:
    keys = [asked(court, f"c{n}") for n in range(60)]
    all_in_hand = threading.Barrier(8, timeout=30)

    def together(key: str) -> Reply:
        if key in keys[:8]:
            all_in_hand.wait()
        return at_once(key)

    net.does = together
    dispatcher = Dispatcher(court, threads=8)
    end = time.monotonic() + 60
    while any(row(court, key)["status"] != "answered" for key in keys):
        dispatcher.run_due()
        assert time.monotonic() < end
        time.sleep(0.01)
    dispatcher.stop(30)
    assert [heard(court, f"c{n}") for n in range(60)] == [1] * 60
    assert sorted(net.sent) == sorted(keys)


DYING = """
import os, sys
from tests.engine.test_outbox import Outside, at_once
from zhixing.engine import Dispatcher, Engine

database, sent, most = sys.argv[1], sys.argv[2], int(sys.argv[3])

def does(key):
    with open(sent, "a") as keys:
        keys.write(key + "\\n")
    if len(net.sent) + len(bank.sent) == most:
        os._exit(9)
    return at_once(key)

net, bank = Outside(), Outside("bank", "pay", repeatable=False)
net.does = bank.does = does
with Engine(database, adapters=[net, bank]) as court:
    Dispatcher(court).run_all_due()
"""


@pytest.mark.processes
def test_where_a_process_dies_between_sending_and_writing_nothing_is_lost_and_no_payment_goes_twice(
    database: str, tmp_path: Path
) -> None:
    net, bank = Outside(), Outside("bank", "pay", repeatable=False)
    net.does = bank.does = at_once
    sent = tmp_path / "sent"
    with Engine(database, ASKING, adapters=[net, bank], drafts=True, upgrade=True) as court:
        questions = [asked(court, f"c{n}") for n in range(6)]
        payments = [asked(court, f"p{n}", "pay") for n in range(6)]
        died = subprocess.run(
            [sys.executable, "-c", DYING, database, str(sent), "9"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        )
        assert died.returncode == 9
        before = Counter(sent.read_text(encoding="utf-8").split())
        assert before.total() == 9
        _let_leases_run_out(court)
        Dispatcher(court).run_all_due()
        for n, key in enumerate(questions):
            assert (row(court, key)["status"], heard(court, f"c{n}")) == ("answered", 1)
        unclear = [key for key in payments if row(court, key)["status"] == "sending"]
        assert len(unclear) == len(told(court)) <= 1
        after = before + Counter(bank.sent)
        assert all(after[key] == 1 for key in payments)


def _let_leases_run_out(court: Engine) -> None:
    """The process that held them is dead: let its leases be over, as they are a minute later."""
    with court.database.begin() as connection:
        past = "UPDATE zx_outbox SET leased_until = send_at WHERE leased_until IS NOT NULL"
        connection.execute(sa.text(past))
