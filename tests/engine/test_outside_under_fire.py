"""Far sides at their worst, processes killed and halted at random, the database stopped in the
midst: by the far sides' own ledgers every request took effect once, or a person is told; no answer
is lost, none is taken twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.simulated import Court as Asking
from tests.conftest import stop_at_once
from zhixing.adapters import (
    CaseFunds,
    FaultProfile,
    SimulatorProcess,
)
from zhixing.engine import Actor, DatabaseFault, Engine, RequestStatus, TransactionLost
from zhixing.workflow import definition_from_text

pytestmark = pytest.mark.processes
SOAK = "ZHIXING_SOAK" in os.environ
CASES = 5_000 if SOAK else 25
"""Each asks the network for a freeze and the bank for a payment."""
OUTSTANDING = 400
"""So many requests are open at most: an answer that is asked for too late is none."""
PAUSE = 6.0 if SOAK else 1.0
"""Something dies or halts again after so many seconds at most."""
LONGEST = 3_600 if SOAK else 240
ALL = "90000000.00"
LI = Actor.of("li", "officer")
ROUGH = FaultProfile(
    unavailable=0.2,
    taken_but_slow=0.05,
    reset=0.1,
    partial=0.2,
    twice=0.2,
    reordered=0.1,
    never=0.05,
    wrong_data=0.1,
    contradictory=0.1,
    forged=0.1,
    wrong_shape=0.1,
    huge=0.02,
    drip=0.02,
    cut=0.1,
    late_seconds=0.2,
    slow_seconds=1.5,
)
FIRE = definition_from_text("""
id: fire
title: {zh: 冻结付款, en: freeze and pay}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data:
  person: {type: text, title: {zh: 被执行人, en: debtor}}
  account: {type: text, title: {zh: 账号, en: account}}
  amount: {type: money, default: 0, title: {zh: 金额, en: amount}}
  paid: {type: money, default: 0, title: {zh: 已付, en: paid}}
forms:
  case: {title: {zh: 案件, en: case}, fields: {person: {}, account: {}, amount: {}}}
powers: {open: {by: officer, form: case}}
requests:
  freeze: {title: {zh: 冻结, en: freeze}, operation: network.freeze,
    sends: {person: case.person, amount: case.amount}, answers: {answered: frozen}}
  pay: {title: {zh: 发放, en: pay}, operation: case_funds.release,
    sends: {account: case.account, amount: case.amount, payee: zhang, payee_account: A1,
      voucher: V1, decided_by: [li, wang]}, answers: {answered: paid}, takes: {paid: amount}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: go, title: {zh: 办, en: go}, from: open, to: stay, by: officer, asks: [freeze, pay]}
  - {trigger: frozen, title: {zh: 已冻, en: frozen}, from: open, to: stay, by: outside}
  - {trigger: paid, title: {zh: 已付, en: paid}, from: open, to: stay, by: outside}
  - {trigger: end, title: {zh: 结, en: end}, from: open, to: done, by: officer}
""")
DISPATCH = """
import sys, time
from dataclasses import replace
from datetime import timedelta
from zhixing.adapters import CaseFunds, NetworkInquiry
from zhixing.engine import DatabaseFault, Dispatcher, Engine, TransactionLost

database, network, bank = sys.argv[1:]
adapters = [NetworkInquiry(network, latency=timedelta(0)), CaseFunds(bank, latency=timedelta(0))]
for adapter in adapters:
    hurried = {"seconds": 1.0, "silence": timedelta(seconds=20), "at_a_time": 4}
    adapter.operations = {n: replace(o, **hurried) for n, o in adapter.operations.items()}
engine = Engine(database, adapters=adapters, lock_timeout=timedelta(seconds=2))
first = timedelta(seconds=0.05)
dispatcher = Dispatcher(
    engine, threads=8, lease=timedelta(seconds=7), first_retry=first, breaker_rest_seconds=0.2
)
print("ready", flush=True)
while True:
    try:
        dispatcher.run_due()
    except (DatabaseFault, TransactionLost):
        pass
    time.sleep(0.01)
"""


class Workers:
    """Two processes that send requests; killed ones are started again."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, "-c", DISPATCH, *arguments]
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Workers:
        self._running = [self._begin(), self._begin()]
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as all:
            for process in self._running:
                all.callback(self._end, process)

    def kill(self, place: int) -> None:
        """Kill -9 one in whatever it does, and start another."""
        self._end(self._running[place])
        self._running[place] = self._begin()

    @contextmanager
    def halted(self, place: int) -> Iterator[None]:
        """One stands still meanwhile, with whatever it holds."""
        self._running[place].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._running[place].send_signal(signal.SIGCONT)

    def _begin(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        ended_by_itself = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        assert not ended_by_itself


def funded(bank: SimulatorProcess) -> str:
    """An account with all that is to be paid."""
    asking = Asking(CaseFunds(bank.url), bank)
    key = asking.send("open_account", case_number="2025-1")
    until(lambda: asking.last(key), "no account is opened")
    account = str(asking.last(key).data["account"])
    bank.happens("receipt", account=account, amount=ALL, payer="debtor")
    return account


def until(is_so: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + LONGEST
    while not (found := is_so()):
        assert time.monotonic() < end, what
        time.sleep(0.2)
    return found


def again(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Do it until the database is there."""
    end = time.monotonic() + LONGEST
    while True:
        try:
            return work(*args, **kwargs)
        except (DatabaseFault, TransactionLost) as error:
            assert time.monotonic() < end, error
            time.sleep(0.1)


def opened(court: Engine, account: str) -> Iterator[str]:
    """Cases that each ask for both."""
    for n in range(CASES):
        id = f"c{n}"
        data = {"person": f"d{n}", "account": account, "amount": f"{n + 1}.{n % 100:02}"}
        again(court.open_case, "fire", actor=LI, id=id, data=data, request_id=f"open-{id}")
        again(court.fire, id, "go", actor=LI, request_id="go")
        yield id
        if n % 50 == 0:
            until(lambda: unsettled(court) < OUTSTANDING, "too many are open")


def unsettled(court: Engine) -> int:
    """How many requests neither have their last answer nor are before a person."""
    told = {incident.outbox_id for incident in again(court.incidents)}
    open_ones = again(court.requests, limit=20_000)
    return sum(one.send_at is not None or one.id not in told for one in open_ones)


class Held:
    """A file, in which somebody now and then writes for longer than anybody waits."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "cases.db"
        self.url = f"sqlite:///{self._file}"

    def fails(self, chance: random.Random) -> None:
        """Nobody else writes for a while; what is written meanwhile is not committed."""
        with closing(sqlite3.connect(self._file, timeout=60, isolation_level=None)) as somebody:
            somebody.execute("BEGIN IMMEDIATE")
            somebody.execute("UPDATE zx_outbox SET payload = '{}', fence = fence + 1000")
            time.sleep(chance.choice((3, 9)))


class Stopped:
    """A server that is stopped at once now and then, whoever is connected."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def fails(self, chance: random.Random) -> None:
        """Every connection drops, nothing is flushed; it comes back a little later."""
        stop_at_once(self._server)
        time.sleep(chance.choice((0, 1, 3)))
        self._server.start()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def failing(request: pytest.FixtureRequest, tmp_path: Path) -> Held | Stopped:
    """An empty database that can be made to fail."""
    if request.param == "sqlite":
        return Held(tmp_path)
    return Stopped(request.getfixturevalue("own_server"))


def test_whatever_dies_or_halts_each_request_takes_effect_once_or_is_told(
    failing: Held | Stopped, tmp_path: Path
) -> None:
    began = time.monotonic()
    with ExitStack() as stack:
        network = stack.enter_context(
            SimulatorProcess("network", 3, ledger=tmp_path / "network", day_seconds=0.01)
        )
        bank = stack.enter_context(
            SimulatorProcess("case_funds", 4, ledger=tmp_path / "bank", day_seconds=0.01)
        )
        account = funded(bank)
        court = stack.enter_context(Engine(failing.url, FIRE, drafts=True, upgrade=True))
        for far_side in (network, bank):
            far_side.set_faults(ROUGH)
        with (
            Workers(failing.url, network.url, bank.url) as workers,
            disturbed(workers, network, failing) as disturbances,
        ):
            ids = list(opened(court, account))
            until(lambda: unsettled(court) == 0, "some are left")
        told = {i.outbox_id for i in court.incidents()}
        print(f"{2 * len(ids)} requests, {dict(disturbances)}, {len(told)} told to a person,")
        print(f"{time.monotonic() - began:.0f} seconds")
        check(court, ids, network, bank)
        assert set(disturbances) == {"kill", "halt", "far side", "database"}
        assert len(told) < CASES, "most are answered without anybody's help"


@contextmanager
def disturbed(
    workers: Workers, network: SimulatorProcess, database: Held | Stopped
) -> Iterator[Counter[str]]:
    """Again and again something dies or halts meanwhile; gives how often what did."""
    done: Counter[str] = Counter()
    is_over = threading.Event()

    def disturb() -> None:
        chance = random.Random(14)
        kinds = ["kill", "database", "halt", "far side"]
        while not is_over.wait(chance.uniform(0, PAUSE)):  # for the moment to be any
            what = kinds[len(done)] if len(done) < 4 else chance.choice(kinds)
            fall(what, workers, network, database, chance)
            done[what] += 1

    with ThreadPoolExecutor(1) as threads:
        disturbing = threads.submit(disturb)
        try:
            yield done
        finally:
            is_over.set()
        disturbing.result()


def fall(
    what: str,
    workers: Workers,
    network: SimulatorProcess,
    database: Held | Stopped,
    chance: random.Random,
) -> None:
    """Something dies, or stands still for longer than a lease."""
    place = chance.randrange(2)
    if what == "kill":
        workers.kill(place)
    elif what == "halt":
        with workers.halted(place):
            time.sleep(8 if chance.random() < 0.3 else 1)
    elif what == "database":
        database.fails(chance)
    else:
        network.kill()
        network.start_again()


def check(court: Engine, ids: list[str], network: SimulatorProcess, bank: SimulatorProcess) -> None:
    told = {incident.outbox_id for incident in court.incidents()}
    requests = court.requests(open_only=False, limit=20_000)
    by_name = {(r.case_id, r.request): r for r in requests}
    assert len(by_name) == len(requests) == 2 * len(ids)
    acted = Counter(act["key"] for far in (network, bank) for act in far.acts())
    assert max(acted.values()) == 1, "an effect came twice"
    for request in requests:
        is_answered = request.status is RequestStatus.ANSWERED
        assert is_answered or request.id in told, request
        assert not is_answered or acted[request.id] == 1, "answered and never done"
    heard = {id: Counter(e.trigger for e in court.history(id)) for id in ids}
    for (id, name), request in by_name.items():
        trigger = {"freeze": "frozen", "pay": "paid"}[name]
        assert heard[id][trigger] <= 1, "an answer was taken twice"
        assert heard[id][trigger] == 1 or request.id in told, "an answer was lost"
    conserved(court, by_name, bank, told, heard)


def conserved(
    court: Engine,
    by_name: dict[tuple[str, str], Any],
    bank: SimulatorProcess,
    told: set[str | None],
    heard: dict[str, Counter[str]],
) -> None:
    """What left the bank is what was asked of it, and what cases know of, to the cent: all but
    what a person is asked about (an answer that contradicts another, say)."""
    acted = {act["key"] for act in bank.acts()}
    left = Decimal(0)
    for (id, name), request in by_name.items():
        if name != "pay":
            continue
        paid = Decimal(request.payload["amount"]) if request.id in acted else Decimal(0)
        left += paid
        known = Decimal(court.case(id).data["paid"]) if heard[id]["paid"] else Decimal(0)
        assert known == paid or request.id in told, "nobody knows of a payment"
    balance = next(iter(bank.world()["accounts"].values()))["balance"]
    assert Decimal(ALL) - Decimal(balance) == left
