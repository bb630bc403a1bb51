"""Far sides at their worst, processes killed and halted at random: by the far sides' own ledgers
every request took effect once, or a person is told; no answer is lost, none is taken twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.simulated import Court as Asking
from zhixing.adapters import (
    CaseFunds,
    FaultProfile,
    SimulatorProcess,
)
from zhixing.engine import Actor, Engine, RequestStatus
from zhixing.workflow import definition_from_text

pytestmark = pytest.mark.processes
SOAK = "ZHIXING_SOAK" in os.environ
CASES = 5_000 if SOAK else 25
"""Each asks the network for a freeze and the bank for a payment."""
DISTURBED = 0.02 if SOAK else 0.3
"""After this share of the cases something dies or halts."""
LONGEST = 3_600 if SOAK else 240
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
from zhixing.engine import DatabaseBusy, Dispatcher, Engine

database, network, bank = sys.argv[1:]
adapters = [NetworkInquiry(network, latency=timedelta(0)), CaseFunds(bank, latency=timedelta(0))]
for adapter in adapters:
    hurried = {"seconds": 1.0, "silence": timedelta(seconds=20)}
    adapter.operations = {n: replace(o, **hurried) for n, o in adapter.operations.items()}
engine = Engine(database, adapters=adapters)
first = timedelta(seconds=0.05)
dispatcher = Dispatcher(
    engine, threads=8, lease=timedelta(seconds=7), first_retry=first, breaker_rest_seconds=0.2
)
print("ready", flush=True)
while True:
    try:
        dispatcher.run_due()
    except DatabaseBusy:
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
        for process in self._running:
            self._end(process)

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
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def funded(bank: SimulatorProcess) -> str:
    """An account with all that is to be paid."""
    asking = Asking(CaseFunds(bank.url), bank)
    key = asking.send("open_account", case_number="2025-1")
    until(lambda: asking.last(key), "no account is opened")
    account = str(asking.last(key).data["account"])
    bank.happens("receipt", account=account, amount="9000000.00", payer="debtor")
    return account


def until(is_so: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + LONGEST
    while not (found := is_so()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return found


def opened(court: Engine, account: str) -> Iterator[str]:
    """Cases that each ask for both."""
    for n in range(CASES):
        data = {"person": f"d{n}", "account": account, "amount": f"{n + 1}.{n % 100:02}"}
        court.open_case("fire", actor=LI, id=f"c{n}", data=data)
        court.fire(f"c{n}", "go", actor=LI)
        yield f"c{n}"


def unsettled(court: Engine) -> int:
    """How many requests neither have their last answer nor are before a person."""
    told = {incident.outbox_id for incident in court.incidents()}
    open_ones = court.requests(limit=20_000)
    return sum(one.send_at is not None or one.id not in told for one in open_ones)


def test_whatever_dies_or_halts_each_request_takes_effect_once_or_is_told(
    database: str, tmp_path: Path
) -> None:
    chance = random.Random(14)
    with ExitStack() as stack:
        network = stack.enter_context(
            SimulatorProcess("network", 3, ledger=tmp_path / "network", day_seconds=0.01)
        )
        bank = stack.enter_context(
            SimulatorProcess("case_funds", 4, ledger=tmp_path / "bank", day_seconds=0.01)
        )
        account = funded(bank)
        court = stack.enter_context(Engine(database, FIRE, drafts=True, upgrade=True))
        for far_side in (network, bank):
            far_side.set_faults(ROUGH)
        ids = []
        with Workers(database, network.url, bank.url) as workers:
            for id in opened(court, account):
                ids.append(id)
                if chance.random() < DISTURBED:
                    time.sleep(chance.uniform(0, 0.3))  # for the moment to be any
                    disturb(workers, network, chance)
            until(lambda: unsettled(court) == 0, "some are left")
        check(court, ids, network, bank)
        told = {i.outbox_id for i in court.incidents()}
        assert len(told) < CASES, "most are answered without anybody's help"


def disturb(workers: Workers, network: SimulatorProcess, chance: random.Random) -> None:
    """Something dies, or stands still for longer than a lease."""
    what = chance.choice(["kill", "kill", "halt", "far side"])
    place = chance.randrange(2)
    if what == "kill":
        workers.kill(place)
    elif what == "halt":
        with workers.halted(place):
            time.sleep(8 if chance.random() < 0.3 else 1)
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
    """What left the bank is what cases know of, and what a person is asked about, to the cent."""
    paid_here = {id: court.case(id).data["paid"] for id in heard if heard[id]["paid"]}
    acted = {act["key"] for act in bank.acts()}
    unknown = [
        Decimal(str(request.payload["amount"]))
        for (id, name), request in by_name.items()
        if name == "pay" and id not in paid_here and request.id in acted
    ]
    left = Decimal("9000000.00") - Decimal(next(iter(bank.world()["accounts"].values()))["balance"])
    assert left == sum(paid_here.values(), Decimal(0)) + sum(unknown, Decimal(0))
