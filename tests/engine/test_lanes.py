"""A counterparty that is slow, fails or hangs costs its own requests alone; what is asked about one
thing goes in order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import BaseModel

from tests.conftest import stop_at_once
from tests.courts import key_of
from zhixing.adapters import Answer, Call, Operation, Reply, TemporaryFailure
from zhixing.engine import (
    Actor,
    DatabaseBusy,
    Dispatcher,
    Engine,
    Exchange,
    VirtualClock,
    traced,
)
from zhixing.engine.storage import schema
from zhixing.workflow import definition_from_text

LI = Actor.of("li", "officer")
FREEZING = definition_from_text("""
id: freezing
title: {zh: 冻结扣划, en: freezing}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data:
  bank: {type: text, title: {zh: 银行, en: bank}}
  account: {type: text, title: {zh: 账户, en: account}}
forms: {account: {title: {zh: 账户, en: account}, fields: {bank: {}, account: {}}}}
powers: {open: {by: officer, form: account}}
requests:
  freeze: {title: {zh: 冻结, en: freeze}, operation: net.freeze,
    answers: {answered: told, failed: lost}, sends: {bank: case.bank, account: case.account}}
  transfer: {title: {zh: 扣划, en: transfer}, operation: net.transfer, answers: {answered: told},
    sends: {bank: case.bank, account: case.account}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: both, title: {zh: 冻划, en: both}, from: open, to: stay, by: officer,
     asks: [freeze, transfer]}
  - {trigger: freeze, title: {zh: 冻, en: freeze}, from: open, to: stay, by: officer, asks: freeze}
  - {trigger: told, title: {zh: 答, en: told}, from: open, to: stay, by: outside}
  - {trigger: lost, title: {zh: 未获, en: lost}, from: open, to: stay, by: outside}
  - {trigger: end, title: {zh: 结, en: end}, from: open, to: done, by: officer}
""")


class AtBank(BaseModel):
    """What is asked of a bank about an account."""

    bank: str = ""
    account: str = ""


class Nothing(BaseModel):
    """An answer without content."""


def at_once(call: Call) -> Reply:
    return Reply([Answer(call.key, "1", "answered")], pending=False)


class Network:
    """An adapter with many banks behind it, each of which does what a test says."""

    name = "net"

    def __init__(self, **options: Any) -> None:
        given: dict[str, Any] = {"counterparty": "bank", **options}
        names = ("freeze", "transfer")
        self.operations = {name: Operation(name, AtBank, Nothing, **given) for name in names}
        self.sent: list[tuple[str, str]] = []
        self.calls: list[Call] = []
        self.does: dict[str, Callable[[Call], Reply]] = {}
        self.gives: Callable[[str], Sequence[Answer]] = lambda key: ()

    def send(self, call: Call) -> Reply:
        self.sent.append((call.operation, call.payload.bank))
        self.calls.append(call)
        return self.does.get(call.payload.bank, at_once)(call)

    def poll(self, key: str) -> Sequence[Answer]:
        return self.gives(key)


@pytest.fixture
def open_court(database: str, clock: VirtualClock) -> Iterator[Callable[..., Engine]]:
    opened: list[Engine] = []

    def make(net: Network, **options: Any) -> Engine:
        court = Engine(
            database, FREEZING, adapters=[net], drafts=True, upgrade=True, clock=clock, **options
        )
        opened.append(court)
        return court

    yield make
    for court in opened:
        court.close()


def asked(court: Engine, id: str, bank: str, trigger: str = "freeze", account: str = "1") -> None:
    court.open_case("freezing", actor=LI, id=id, data={"bank": bank, "account": account})
    court.fire(id, trigger, actor=LI)


def rows(court: Engine, id: str) -> list[dict[str, Any]]:
    query = sa.select(schema.outbox).where(schema.outbox.c.case_id == id)
    with court.database.connect() as connection:
        return [dict(row) for row in connection.execute(query.order_by("id")).mappings()]


def heard(court: Engine, id: str) -> int:
    return [entry.trigger for entry in court.history(id)].count("told")


def until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def _unavailable(call: Call) -> Reply:
    raise TemporaryFailure(why="closed for the night")


# -- one counterparty fails


def test_a_bank_that_fails_is_left_alone_and_the_others_are_asked(
    open_court: Callable[..., Engine],
) -> None:
    net = Network()
    net.does = {"dead": _unavailable}
    court = open_court(net)
    for n in range(20):
        asked(court, f"d{n}", "dead")
    for n in range(5):
        asked(court, f"a{n}", "alive")
    dispatcher = Dispatcher(court, breaker_threshold=3)
    dispatcher.run_all_due()
    assert net.sent.count(("freeze", "dead")) == 3
    assert [heard(court, f"a{n}") for n in range(5)] == [1] * 5
    waiting = [row for n in range(20) for row in rows(court, f"d{n}")]
    assert {row["counterparty"] for row in waiting} == {"net/dead"}
    assert sum(row["attempts"] for row in waiting) == 3, "to be left alone is no failure"
    assert {row["leased_until"] for row in waiting} == {None}


def test_after_its_rest_one_call_alone_tries_a_bank_and_then_all_go(
    open_court: Callable[..., Engine], clock: VirtualClock
) -> None:
    net = Network()
    net.does = {"dead": _unavailable}
    court = open_court(net)
    for n in range(8):
        asked(court, f"d{n}", "dead")
    dispatcher = Dispatcher(court, breaker_threshold=2, breaker_rest_seconds=0.05)
    dispatcher.run_all_due()
    for tries in (3, 4):
        clock.advance(hours=1)
        time.sleep(0.25)
        dispatcher.run_all_due()
        assert len(net.sent) == tries
    net.does = {}
    time.sleep(0.25)
    clock.advance(hours=1)
    dispatcher.run_all_due()
    assert [heard(court, f"d{n}") for n in range(8)] == [1] * 8


def test_a_bank_takes_no_more_in_a_minute_than_it_says(
    open_court: Callable[..., Engine],
) -> None:
    net = Network(per_minute=60)
    court = open_court(net)
    for n in range(3):
        asked(court, f"a{n}", "a")
        asked(court, f"b{n}", "b")
    dispatcher = Dispatcher(court)
    dispatcher.run_all_due()
    assert sorted(net.sent) == [("freeze", "a"), ("freeze", "b")]
    with court.database.connect() as connection:
        moment = dispatcher.next_moment(connection)
        assert moment is not None
        assert timedelta(0) < moment - court.now(connection) <= timedelta(seconds=1)


# -- several at a time


def test_a_slow_bank_gets_as_many_as_it_takes_and_the_others_are_done_meanwhile(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    net = Network(at_a_time=2)
    go_on, most, lock = threading.Event(), [0, 0], threading.Lock()

    def slow(call: Call) -> Reply:
        with lock:
            most[0] += 1
            most[1] = max(most)
        go_on.wait(60)
        with lock:
            most[0] -= 1
        return at_once(call)

    net.does = {"slow": slow}
    with Engine(database, FREEZING, adapters=[net], drafts=True, upgrade=True) as court:
        for n in range(6):
            asked(court, f"s{n}", "slow")
        court.start(sweep_seconds=3600)
        until(lambda: most[0] == 2, "two are asked")
        for n in range(6):
            asked(court, f"q{n}", f"quick{n % 2}")
        until(lambda: all(heard(court, f"q{n}") for n in range(6)), "the others are done")
        assert net.sent.count(("freeze", "slow")) == 2
        go_on.set()
        until(lambda: all(heard(court, f"s{n}") for n in range(6)), "the slow ones are done")
        court.stop()
    assert most[1] == 2
    assert [r.message for r in caplog.records if r.levelno >= logging.WARNING] == [
        m for m in caplog.messages if m.startswith("drafts:")
    ]


def test_an_adapter_that_hangs_is_given_up_and_what_it_does_later_changes_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhixing.engine.outside.threads.GRACE_SECONDS", 0.1)
    net = Network(seconds=0.1, at_a_time=1)
    go_on = threading.Event()

    def hangs(call: Call) -> Reply:
        go_on.wait(60)
        return Reply([Answer(call.key, "late", "answered")], pending=True)

    net.does = {"hangs": hangs}
    with Engine(database, FREEZING, adapters=[net], drafts=True, upgrade=True) as court:
        asked(court, "c", "hangs")
        court.start(sweep_seconds=0.05)
        until(lambda: rows(court, "c")[0]["attempts"] > 0, "it is given up")
        assert "no end after" in rows(court, "c")[0]["last_error"]
        net.does = {}
        until(lambda: heard(court, "c") == 1, "it is sent again")
        go_on.set()
        court.stop()
        (row,) = rows(court, "c")
        assert row["status"] == "answered"


def test_stopping_waits_for_no_adapter_that_hangs(database: str) -> None:
    net = Network(seconds=60)
    go_on = threading.Event()
    net.does = {"hangs": lambda call: at_once(call) if go_on.wait(120) else Reply()}
    with Engine(database, FREEZING, adapters=[net], drafts=True, upgrade=True) as court:
        asked(court, "c", "hangs")
        court.start(sweep_seconds=3600)
        until(lambda: bool(net.sent), "it is asked")
        began = time.monotonic()
        court.stop()
        assert time.monotonic() - began < 30
        go_on.set()
        until(lambda: heard(court, "c") == 1, "what it gave in the end is taken")


def test_a_database_that_is_held_as_hanging_exchanges_are_given_up_costs_no_lane(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhixing.engine.outside.threads.GRACE_SECONDS", 0.1)
    net = Network(seconds=0.1, at_a_time=1)
    go_on = threading.Event()

    def hangs(call: Call) -> Reply:
        return at_once(call) if go_on.wait(60) else Reply()

    net.does = {"a": hangs, "b": hangs}
    options: dict[str, Any] = {"drafts": True, "lock_timeout": timedelta(milliseconds=50)}
    with Engine(f"sqlite:///{tmp_path}/cases.db", FREEZING, adapters=[net], **options) as court:
        names = [f"{bank}{n}" for bank in "ab" for n in range(3)]
        for name in names:
            asked(court, name, name[0])
        dispatcher = Dispatcher(court, threads=4, lease=timedelta(seconds=60))
        dispatcher.run_due()
        until(lambda: len(net.sent) == 2, "both are asked")
        with court.database.begin() as host:
            host.execute(sa.text("UPDATE zx_outbox SET fence = fence"))
            time.sleep(0.3)  # for both to take longer than they may
            for _ in range(3):
                with pytest.raises(DatabaseBusy):
                    dispatcher.run_due()
        go_on.set()
        until(lambda: dispatcher.run_due() >= 0 and all(heard(court, n) for n in names), "all go")
        dispatcher.stop()


@pytest.mark.postgresql
def test_a_worker_whose_database_is_stopped_at_once_sends_again_when_it_is_back(
    own_server: Any,
) -> None:
    net, has_stopped = Network(at_a_time=2), threading.Event()
    url = own_server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def stops(call: Call) -> Reply:
        stop_at_once(own_server)
        has_stopped.set()
        return at_once(call)

    with Engine(url, FREEZING, adapters=[net], drafts=True, upgrade=True) as court:
        asked(court, "before", "stops")
        net.does = {"stops": stops}
        court.start(sweep_seconds=0.5)
        assert has_stopped.wait(60), "it is asked"
        own_server.start()
        for n in range(5):
            asked(court, f"c{n}", "a")
        until(lambda: all(heard(court, f"c{n}") for n in range(5)), "the worker gave up")
        court.stop()
        (row,) = rows(court, "before")
        assert heard(court, "before") or row["leased_until"] is not None, "or it goes once more"


# -- in order


def test_what_is_asked_about_one_account_goes_in_order(
    open_court: Callable[..., Engine], clock: VirtualClock
) -> None:
    net = Network(ordered_by="account")
    net.does = {"a": lambda call: Reply()}
    court = open_court(net)
    asked(court, "c", "a", "both")
    asked(court, "other", "a", "both")
    dispatcher = Dispatcher(court)
    dispatcher.run_all_due()
    assert net.sent == [("freeze", "a"), ("freeze", "a")], "cases wait for their own alone"
    with court.database.connect() as connection:
        moment = dispatcher.next_moment(connection)
    assert moment is not None and moment > clock.now(), "what waits for another is not due"
    freeze, transfer = rows(court, "c")
    court.receive(Answer(freeze["id"], "1", "partial", final=False), "net")
    dispatcher.run_all_due()
    assert len(net.sent) == 2, "a part is not the last answer"
    court.receive(Answer(freeze["id"], "2", "answered"), "net")
    dispatcher.run_all_due()
    assert net.calls[-1].key == transfer["id"]


def test_what_names_no_account_or_another_waits_for_nothing(
    open_court: Callable[..., Engine],
) -> None:
    net = Network(ordered_by="account")
    net.does = {"a": lambda call: Reply()}
    court = open_court(net)
    asked(court, "c", "a", "both", account="")
    Dispatcher(court).run_all_due()
    assert sorted(net.sent) == [("freeze", "a"), ("transfer", "a")]


@pytest.mark.postgresql
def test_a_request_written_between_two_statements_of_a_look_waits_for_the_next(
    new_postgresql: Callable[[], str], clock: VirtualClock
) -> None:
    net, url = Network(at_a_time=1), new_postgresql()
    options: dict[str, Any] = {
        "adapters": [net],
        "drafts": True,
        "upgrade": True,
        "clock": clock,
    }
    with Engine(url, FREEZING, **options) as court, Engine(url, FREEZING, **options) as another:
        told: list[Exchange] = []
        court.on_exchange(told.append)
        asked(court, "c0", "a")

        def comes_between(*given: Any) -> None:
            if "counterparty IS NULL AND" in given[2] and len(another.query()) == 1:
                asked(another, "c1", "a")

        sa.event.listen(court.database, "after_cursor_execute", comes_between)
        dispatcher = Dispatcher(court)
        assert (dispatcher.run_due(), len(told)) == (1, 1)
        assert dispatcher.run_due() == 1
        assert [one.counterparty for one in told] == ["net/a", "net/a"]


# -- what an adapter is told


def test_a_request_carries_the_trace_it_was_decided_in(open_court: Callable[..., Engine]) -> None:
    net = Network(seconds=3.5)
    court = open_court(net)
    host = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with traced(host):
        asked(court, "c", "a")
    with traced("no trace"):
        asked(court, "own", "a")
    Dispatcher(court).run_due()
    first, second = net.calls
    assert (first.trace, first.timeout_seconds, first.court) == (host, 3.5, "court")
    assert second.trace.startswith("00-") and len(second.trace) == len(host)
    assert second.trace != host
    assert key_of(court, "c") == first.key


def test_what_is_spoken_is_logged_as_fields(
    open_court: Callable[..., Engine], caplog: pytest.LogCaptureFixture
) -> None:
    court = open_court(Network())
    asked(court, "c", "a")
    with caplog.at_level(logging.DEBUG, logger="zhixing"):
        Dispatcher(court).run_due()
    (fields,) = [r.zhixing for r in caplog.records if hasattr(r, "zhixing")]
    told = {name: fields[name] for name in ("operation", "counterparty", "attempt", "outcome")}
    assert told == {
        "operation": "net.freeze",
        "counterparty": "net/a",
        "attempt": 1,
        "outcome": "ok",
    }
