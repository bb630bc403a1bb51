"""Requests to a real server that is slow, silent and forgetful: each is acted on once, and answered
as an event."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.console.test_command import zhixing
from tests.courts import ACCEPTED, ADMIN, key_of
from tests.engine.test_certainty_processes import until
from zhixing.adapters import (
    NO_FAULTS,
    AdapterRegistry,
    Answer,
    BadRequest,
    Call,
    FaultProfile,
    NetworkInquiry,
    NetworkSimulator,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
    UnknownOperation,
)
from zhixing.adapters.network_inquiry import InquiryAnswer, InquiryRequest
from zhixing.engine import Actor, Dispatcher, Engine

OFFICER, CHIEF, FILING = (
    Actor.of("li", "officer"),
    Actor.of("zhou", "bureau_chief"),
    Actor.of("liu", "filing_judge"),
)

DEFINITIONS = ROOT / "definitions" / "cn"

ALL_GOOD = FaultProfile(
    unavailable=0.3,
    taken_but_slow=0.2,
    partial=0.5,
    twice=0.5,
    never=0.0,
    late_seconds=0.3,
    slow_seconds=0.2,
)


def noticed(engine: Engine, number: int) -> str:
    data = {
        "applicant": f"a{number}",
        "debtor": f"d{number}",
        "claim": "50000",
        "account": "62220001",
    }
    review = ACCEPTED
    case = engine.open_case("first_enforcement", actor=FILING, data=data, id=f"case-{number}")
    application = {"application": "doc"}
    engine.fire(case.id, "accept", actor=FILING, data=review, documents=application)
    engine.fire(case.id, "assign", actor=CHIEF, data={"assigned_officer": "li"})
    engine.fire(
        case.id, "issue_notice", actor=OFFICER, documents={"notice": "n", "report_order": "r"}
    )
    return case.id


@pytest.fixture
def network() -> Iterator[NetworkSimulator]:
    with NetworkSimulator(seed=3, faults=ALL_GOOD) as network:
        yield network


def drain(engine: Engine, dispatcher: Dispatcher, ids: list[str]) -> None:
    def is_over() -> bool:
        dispatcher.run_due()
        return all("inquiry_on" in engine.case(id).data for id in ids)

    until(is_over, "not everything was answered")


def test_an_inquiry_goes_out_after_the_commit_and_its_answer_becomes_an_event(
    database: str, network: NetworkSimulator
) -> None:
    with Engine(
        database, DEFINITIONS, adapters=[NetworkInquiry(network.url)], upgrade=True, drafts=True
    ) as engine:
        ids = [noticed(engine, n) for n in range(6)]
        assert network.ledger == []
        drain(engine, Dispatcher(engine), ids)
        history = engine.history(ids[0])
        entry = next(h for h in history if h.trigger == "record_inquiry")
        assert entry.actor == "outside" and entry.note.startswith("network.inquire")
        assert Counter(network.ledger) == {(key_of(engine, id), "inquire"): 1 for id in ids}
        for id in ids:
            triggers = [h.trigger for h in engine.history(id)]
            assert triggers.count("record_inquiry") == 1
            assert triggers.count("record_partial") <= 1


def test_a_worker_that_looks_once_sends_and_asks_too(
    database: str, network: NetworkSimulator
) -> None:
    """As cron runs it: each run a process of its own, that finds the adapter by itself."""
    with Engine(database, DEFINITIONS, upgrade=True, drafts=True) as engine:
        case_id = noticed(engine, 1)
        once = ("worker", "--db", database, "--drafts", "--definitions", str(DEFINITIONS), "--once")

        def is_answered() -> bool:
            ran = zhixing(*once, ZHIXING_NETWORK_URL=network.url)
            assert ran.returncode == 0, ran.stderr
            return "inquiry_on" in engine.case(case_id).data

        until(is_answered, "it is not answered")
        assert network.ledger == [(key_of(engine, case_id), "inquire")]


def test_what_tries_procedures_out_asks_nobody(
    network: NetworkSimulator, embedded_cn: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment sets up: scenarios and trials are no cases of a court."""
    file = str(DEFINITIONS / "first_enforcement.yaml")
    ran = zhixing("test", file, ZHIXING_NETWORK_URL=network.url)
    assert ran.returncode == 0, ran.stderr
    monkeypatch.setenv("ZHIXING_NETWORK_URL", network.url)
    noticed(embedded_cn, 1)
    embedded_cn.run_due()
    assert network.ledger == []

    def is_sent() -> bool:
        embedded_cn.run_due(discover=True)
        return len(network.ledger) == 1

    until(is_sent, "it is not sent")


def test_a_freeze_is_a_proceeding_of_its_own_that_tells_its_case(database: str) -> None:
    with (
        NetworkSimulator(1, NO_FAULTS) as network,
        Engine(
            database, DEFINITIONS, adapters=[NetworkInquiry(network.url)], upgrade=True, drafts=True
        ) as engine,
    ):
        network.happens("open_account", person="d1", account="6222", bank="ICBC", balance="90000")
        case_id = noticed(engine, 1)
        engine.fire(case_id, "propose_freeze", actor=OFFICER)
        (child,) = engine.query(parent=case_id)
        assert (child.procedure, child.data["limit"], child.data["debtor"]) == (
            "freeze_deposit",
            Decimal("50650.00"),  # the claim and the fee
            "d1",
        )
        waiting = engine.fire(child.id, "order_freeze", actor=OFFICER, data={"amount": "40000"})
        assert waiting.state == "proposed" and "amount" not in waiting.data, (
            "what needs approval takes effect with it"
        )
        engine.approve(child.id, "order_freeze", actor=CHIEF)
        engine.fire(
            child.id,
            "send_notice",
            actor=OFFICER,
            documents={"ruling": "r", "assistance_notice": "n"},
        )
        dispatcher = Dispatcher(engine)

        def is_effective() -> bool:
            dispatcher.run_due()
            return engine.case(child.id).state == "effective"

        until(is_effective, "it is not answered")
        frozen = engine.case(child.id)
        assert (frozen.state, frozen.data["frozen"]) == ("effective", Decimal("40000.00"))
        assert [d.rule for d in engine.deadlines(child.id)] == ["freeze_term"]
        assert "measure_effective" in [h.trigger for h in engine.history(case_id)]


class _Moody:
    """An adapter whose behaviour a test chooses."""

    name = "network"
    operations = {
        "inquire": Operation("inquire", InquiryRequest, InquiryAnswer),
        "freeze": NetworkInquiry.operations["freeze"],
    }

    def __init__(
        self, failure: Exception | None = None, answers: list[Answer] | None = None
    ) -> None:
        self.failure, self.answers, self.calls = failure, answers or [], 0

    def send(self, call: Call) -> Reply:
        self.calls += 1
        if self.failure is not None:
            raise self.failure
        return Reply(self.answers, pending=True)

    def poll(self, key: str) -> list[Answer]:
        return self.answers


def test_a_request_refused_for_good_becomes_an_incident_that_can_be_retried(
    embedded_cn: Engine,
) -> None:
    adapter: Any = _Moody(PermanentFailure(why="no such person"))
    case_id = noticed(embedded_cn, 1)
    dispatcher = Dispatcher(embedded_cn, AdapterRegistry([adapter]))
    dispatcher.run_due()
    (incident,) = embedded_cn.incidents()
    assert (incident.kind, incident.case_id) == ("request", case_id)
    assert "inquiry_failed" in [h.trigger for h in embedded_cn.history(case_id)]
    adapter.failure, adapter.answers = (
        None,
        [Answer(key_of(embedded_cn, case_id), "m1", "answered", {"found": "12.00"})],
    )
    embedded_cn.resolve(incident.id, actor=ADMIN, resolution="更正后重发", retry=True)
    assert embedded_cn.incidents() == ()
    dispatcher.run_due()
    assert embedded_cn.case(case_id).data["found"] == Decimal("12.00")


def test_a_system_that_keeps_failing_is_left_alone_for_a_while(embedded_cn: Engine) -> None:
    adapter: Any = _Moody(TemporaryFailure(why="down"))
    for number in range(5):
        noticed(embedded_cn, number)
    dispatcher = Dispatcher(embedded_cn, AdapterRegistry([adapter]), breaker_threshold=2)
    dispatcher.run_due()
    assert adapter.calls == 2


def test_an_answer_is_taken_once_and_one_that_the_case_refuses_is_kept(embedded_cn: Engine) -> None:
    case_id = noticed(embedded_cn, 1)
    answer = Answer(key_of(embedded_cn, case_id), "m1", "answered", {"found": "7"})
    assert [embedded_cn.receive(answer, "network") for _ in range(3)] == [
        "taken",
        "duplicate",
        "duplicate",
    ]
    assert embedded_cn.receive(Answer("nobody", "m2", "answered"), "network") == "unknown"
    other = key_of(embedded_cn, noticed(embedded_cn, 2))
    refused = embedded_cn.receive(Answer(other, "m3", "answered", {"found": "7.125"}), "network")
    assert "money" in refused
    assert [i.kind for i in embedded_cn.incidents()] == ["answer"]


def test_an_operation_nobody_offers_and_a_request_of_the_wrong_shape_are_refused() -> None:
    registry = AdapterRegistry([_Moody()])
    with pytest.raises(UnknownOperation, match=r"network\.inquire"):
        registry.adapter("bank.open")
    with pytest.raises(BadRequest, match="person"):
        registry.request("network.inquire", {"person": ""})


@pytest.fixture
def embedded_cn() -> Iterator[Engine]:
    with Engine("sqlite://", DEFINITIONS, drafts=True) as engine:
        yield engine


DISPATCH = """
import sys
from datetime import timedelta
from zhixing.adapters import NetworkInquiry
from zhixing.engine import Dispatcher, Engine
import time
engine = Engine(sys.argv[1], sys.argv[3], adapters=[NetworkInquiry(sys.argv[2])], drafts=True)
dispatcher = Dispatcher(engine, lease=timedelta(seconds=0.5), first_retry=timedelta(seconds=0.05))
print("ready", flush=True)
while True:
    dispatcher.run_due(limit=4)
    time.sleep(0.005)
"""


KILLS = 6
"""How many dispatchers are killed in the midst; the one after them may finish."""


@pytest.mark.processes
def test_killing_the_dispatcher_again_and_again_sends_each_request_once(
    database: str, tmp_path: Path, network: NetworkSimulator
) -> None:
    chance = random.Random(11)
    with Engine(database, DEFINITIONS, upgrade=True, drafts=True) as engine:
        ids = [noticed(engine, n) for n in range(15)]
        kills = 0

        def done() -> int:
            """How far it is: what was sent, and what was answered."""
            answered = sum("inquiry_on" in engine.case(id).data for id in ids)
            return len(network.ledger) + answered

        command = [sys.executable, "-c", DISPATCH, database, network.url, str(DEFINITIONS)]
        while done() < 2 * len(ids):
            before = done()
            wanted = before + 1 if kills < KILLS else 2 * len(ids)
            process = subprocess.Popen(command, stdout=subprocess.PIPE)
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            until(lambda: done() >= wanted, "the dispatcher makes no progress")  # noqa: B023
            time.sleep(chance.uniform(0, 0.05))  # for the moment of the kill to be any
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            kills += 1
        assert kills >= 3
        assert Counter(key for key, _ in network.ledger) == {key_of(engine, id): 1 for id in ids}
        for id in ids:
            assert [h.trigger for h in engine.history(id)].count("record_inquiry") == 1
