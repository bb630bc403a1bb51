"""Simulated far sides: real servers that act once on a key, forget nothing that they acknowledged,
and behave as badly as they are told, the same for every run of a seed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.adapters.simulated import START, Court, until
from zhixing.adapters import (
    NO_FAULTS,
    WORST,
    Answer,
    Call,
    FaultProfile,
    NetworkInquiry,
    OtherLedger,
    Outage,
    PermanentFailure,
    Simulator,
    SimulatorProcess,
    SimulatorRefuses,
    TemporaryFailure,
    Unclear,
    UnknownSimulator,
)

FREEZE = {"person": "p", "amount": "100.00"}


def call(operation: str, key: str, **payload: Any) -> Call:
    shape = NetworkInquiry.operations[operation].request
    return Call(operation, key, shape.model_validate(payload), timeout_seconds=0.4)


@pytest.mark.processes
def test_a_simulator_that_is_killed_goes_on_with_what_it_acknowledged(tmp_path: Path) -> None:
    with SimulatorProcess("network", seed=5, ledger=tmp_path / "ledger") as network:
        court = Court(NetworkInquiry(network.url), network)
        network.happens("open_account", person="p", account="1", bank="ICBC", balance="250.00")
        for number in range(3):
            court.send("freeze", f"freeze-{number}", **FREEZE)
        before = network.world()
        for _ in range(2):
            network.kill()
            with pytest.raises(TemporaryFailure):
                court.adapter.send(call("freeze", "freeze-0", **FREEZE))
            network.start_again()
            for number in range(3):
                court.send("freeze", f"freeze-{number}", **FREEZE)
        after = network.world()
        assert network.ledger == [(f"freeze-{number}", "freeze") for number in range(3)]
        assert {**after, "now": ""} == {**before, "now": ""}
        frozen = [court.last(f"freeze-{number}") for number in range(3)]
        assert [a.data["frozen"] for a in frozen if a] == ["100.00", "100.00", "50.00"]


KILLS = 4


@pytest.mark.processes
def test_while_it_is_killed_again_and_again_each_request_takes_effect_once(tmp_path: Path) -> None:
    rough = FaultProfile(unavailable=0.2, reset=0.2, taken_but_slow=0.1, slow_seconds=0.2)
    with SimulatorProcess("network", 5, rough, tmp_path / "ledger") as network:
        network.happens("open_account", person="p", account="1", bank="ICBC", balance="9000.00")
        court = Court(NetworkInquiry(network.url), network)
        keys = [f"freeze-{number}" for number in range(60)]

        def ask(mine: list[str]) -> None:
            for key in mine:
                court.send("freeze", key, **FREEZE)

        threads = [threading.Thread(target=ask, args=(keys[part::3],)) for part in range(3)]
        for thread in threads:
            thread.start()
        for kill in range(1, KILLS + 1):
            enough = kill * len(keys) // (KILLS + 1)
            until(lambda: len(court.replies) >= enough, "nothing is taken")  # noqa: B023
            network.kill()
            network.start_again()
        for thread in threads:
            thread.join()
        assert sorted(network.ledger) == sorted((key, "freeze") for key in keys)
        (account,) = network.world()["accounts"].values()
        assert [hold["limit"] for hold in account["holds"]] == ["100.00"] * len(keys)


def test_a_line_that_was_cut_off_in_the_writing_is_none(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    with Simulator("network", ledger=ledger) as network:
        Court(NetworkInquiry(network.url), network).send("inquire", "one", person="p")
    whole = ledger.read_bytes()
    ledger.write_bytes(whole + b'{"is": "request", "key": "tw')
    with Simulator("network", ledger=ledger) as network:
        assert network.ledger == [("one", "inquire")]
        Court(NetworkInquiry(network.url), network).send("inquire", "two", person="p")
    assert [json.loads(line)["is"] for line in ledger.read_text().splitlines()] == [
        "begin",
        "request",
        "request",
    ]


def test_a_fault_of_the_first_time_is_met_once_whatever_restarts_come_between(
    tmp_path: Path,
) -> None:
    """Else a far side that is restarted more often than it is got past is never got past."""
    ledger = tmp_path / "ledger"
    request = {"operation": "inquire", "payload": {"person": "p"}}
    key = {"Idempotency-Key": "one"}
    given = []
    for _ in range(3):
        with Simulator("network", ledger=ledger, faults=FaultProfile(unavailable=1.0)) as network:
            asked = httpx.post(f"{network.url}/requests", json=request, headers=key)
            given.append(asked.status_code)
    assert given == [503, 202, 202]


def test_a_ledger_is_that_of_one_far_side(tmp_path: Path) -> None:
    Simulator("network", seed=1, ledger=tmp_path / "ledger").__enter__().__exit__()
    with pytest.raises(OtherLedger, match="seed 1"):
        Simulator("network", seed=2, ledger=tmp_path / "ledger")
    with pytest.raises(UnknownSimulator, match="network"):
        Simulator("nothing")


def test_the_same_key_with_another_request_is_refused() -> None:
    with Simulator("network") as network:
        court = Court(NetworkInquiry(network.url), network)
        court.send("inquire", "one", person="p")
        with pytest.raises(PermanentFailure, match="409"):
            court.adapter.send(call("inquire", "one", person="q"))
        assert len(network.acts()) == 1


def test_on_ticks_nothing_is_answered_until_the_clock_is_moved() -> None:
    with Simulator("network", clock="ticks") as network:
        court = Court(NetworkInquiry(network.url), network)
        key = court.send("inquire", person="p")
        assert court.answers(key) == []
        court.days_pass(1)
        (answer,) = court.answers(key)
        assert answer.final and answer.happened_at == date(2025, 1, 6)


def lived(seed: int, order: list[int]) -> list[list[Answer]]:
    """The answers to forty requests that come in this order, at the far side's worst."""
    profile = WORST.model_copy(update={"endless": 0, "drip": 0, "slow_seconds": 0, "huge": 0})
    with Simulator("network", seed, profile, clock="ticks") as network:
        court = Court(NetworkInquiry(network.url), network)
        for number in order:
            court.send("inquire", f"k{number}", person=f"p{number}")
        court.days_pass(1)
        found = []
        for number in range(len(order)):
            found.append(until(lambda n=number: seen(court, f"k{n}"), "never readable"))
        return found


def seen(court: Court, key: str) -> list[Answer] | None:
    try:
        return [*court.answers(key), Answer(key, "end", "end")]
    except (TemporaryFailure, Unclear):
        return None


def test_a_run_is_the_same_for_a_seed_in_whatever_order_requests_come() -> None:
    one, other = lived(7, list(range(40))), lived(7, list(range(39, -1, -1)))
    assert one == other
    assert one != lived(8, list(range(40)))
    sizes = {len(answers) - 1 for answers in one}
    assert {0, 1, 2} <= sizes, "some are silent, some say it once, some more"


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("wrong_shape", "malformed"),
        ("huge", "longer than"),
        ("endless", "longer than|too long"),
        ("drip", "too long|Timeout"),
        ("cut", "ProtocolError"),
        ("forged", "another request"),
    ],
)
def test_bad_manners_pass_and_the_answer_is_there(fault: str, failure: str) -> None:
    with Simulator("network", faults=FaultProfile(**{fault: 1.0})) as network:
        court = Court(NetworkInquiry(network.url), network)
        key = court.send("inquire", person="p")
        for _ in range(2):
            with pytest.raises(Unclear, match=failure):
                NetworkInquiry(network.url, seconds=0.4).poll(key)
        (answer,) = court.answers(key)
        assert answer.kind == "answered"


@pytest.mark.parametrize(
    ("fault", "failure"),
    [("unavailable", TemporaryFailure), ("taken_but_slow", Unclear), ("reset", Unclear)],
)
def test_a_request_that_is_taken_badly_is_acted_on_once(
    fault: str, failure: type[Exception]
) -> None:
    with Simulator("network", faults=FaultProfile(**{fault: 1.0, "slow_seconds": 1})) as network:
        with pytest.raises(failure):
            NetworkInquiry(network.url).send(call("inquire", "one", person="p"))
        was_taken = fault != "unavailable"
        until(lambda: len(network.acts()) == was_taken, "it is not as it should be")
        Court(NetworkInquiry(network.url), network).send("inquire", "one", person="p")
        assert network.ledger == [("one", "inquire")]


def test_what_is_answered_may_be_wrong_in_every_way() -> None:
    profile = FaultProfile(wrong_data=1, contradictory=1, twice=1)
    with Simulator("network", faults=profile) as network:
        network.happens("open_account", person="p", account="1", bank="ICBC", balance="90.00")
        court = Court(NetworkInquiry(network.url), network)
        wrong, right, other, again = court.answers(court.send("freeze", **FREEZE))
        assert wrong.data == {"wrong": "data"} and wrong.message_id != right.message_id
        assert (right.data["frozen"], other.data["frozen"]) == ("90.00", "91.00")
        assert again == right
        network.set_faults(FaultProfile(never=1))
        assert court.answers(court.send("freeze", **FREEZE)) == []


def test_in_an_outage_nothing_is_taken_or_answered() -> None:
    outage = Outage(since=START + timedelta(days=1), until=START + timedelta(days=2))
    with Simulator("network", faults=FaultProfile(outages=(outage,)), clock="ticks") as network:
        court = Court(NetworkInquiry(network.url), network)
        key = court.send("inquire", person="p")
        court.days_pass(1)
        with pytest.raises(TemporaryFailure, match="503"):
            court.answers(key)
        with pytest.raises(TemporaryFailure, match="503"):
            court.adapter.send(call("inquire", "two", person="p"))
        court.days_pass(1)
        assert court.last(key) and len(network.acts()) == 1


@pytest.mark.parametrize("clock", ["real", "ticks"])
def test_answers_are_posted_signed_until_they_are_taken(clock: Any) -> None:
    with (
        listening() as (address, heard),
        Simulator("network", 1, FaultProfile(forged=1), clock=clock, callback=address) as network,
    ):
        key = Court(NetworkInquiry(network.url), network).send("inquire", person="p")
        for day in range(3):
            network.tick(START + timedelta(days=day + 1))
        until(lambda: len(heard) >= 3, "nobody calls")
        bodies = [body for _, body in heard if body["message_id"].endswith("/0")]
        assert len(bodies) == 2, "the first was not taken, the second was"
        assert bodies[0]["key"] == key
        assert all("Zhixing-Signature" in headers for headers, _ in heard)


@contextmanager
def listening() -> Iterator[tuple[str, list[tuple[Any, Any]]]]:
    """A court's end that hears callbacks, and takes none of the first two."""
    heard: list[tuple[Any, Any]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append((dict(self.headers), body))
            self.send_response(503 if len(heard) <= 2 else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        server.server_close()


def test_what_a_simulator_does_not_understand_it_says() -> None:
    with Simulator("network") as network:
        for event, given in [("nonsense", {}), ("pay_in", {"account": "none", "amount": "1"})]:
            with pytest.raises(SimulatorRefuses):
                network.happens(event, **given)
        assert network.world()["accounts"] == {}
        host, port = network.url.removeprefix("http://").split(":")
        for body in (b"nonsense", b"[]", b'{"operation": "inquire", "payload": 1}'):
            assert raw(host, int(port), body).startswith(b"HTTP/1.1 400")
        assert network.acts() == []


def raw(host: str, port: int, body: bytes) -> bytes:
    with socket.create_connection((host, port), timeout=10) as connection:
        head = f"POST /requests HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        return connection.recv(4096)


def test_the_books_are_read_page_by_page() -> None:
    with Simulator("network", clock="ticks") as network:
        network.happens("open_account", person="p", account="1", bank="ICBC", balance="9000.00")
        court = Court(NetworkInquiry(network.url), network)
        items = [{"person": "p", "amount": "1.00"}] * 150
        for _ in range(4):
            court.send("freeze_all", items=items)
        court.days_pass(1)
        court.send("freeze", "mine", **FREEZE)
        adapter = NetworkInquiry(network.url)
        today = date(2025, 1, 7)
        assert len(adapter.entries(date(2025, 1, 1), today)) == 601
        (entry,) = adapter.entries(today, today)
        assert (entry.key, entry.kind, entry.amount) == ("mine", "freeze", Decimal("100.00"))
        assert adapter.entries(date(2025, 2, 1), date(2025, 3, 1)) == []


def test_no_faults_are_none() -> None:
    assert FaultProfile() == NO_FAULTS


@pytest.mark.parametrize(
    "nonsense",
    [
        ("nobody",),
        ("network", "--port", "99999999"),
        ("network", "--port", "-1"),
        ("network", "--faults", "none such"),
        ("network", "--faults", '{"twice": 2}'),
        ("network", "--start", "2025-01-06"),
        ("network", "--ledger", "/"),
    ],
)
def test_the_command_says_what_it_does_not_understand(nonsense: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "zhixing.adapters.simulators", *nonsense]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 2 and "Traceback" not in ran.stderr and ran.stderr
