"""What is told of a running court: figures over a real scrape, exchanges as fields, a trace carried
from the caller to the far side."""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import LOAN, ROOT
from tests.engine.test_lanes import FREEZING, AtBank, Network, Nothing, asked, heard
from zhixing.adapters import (
    Answer,
    Call,
    HttpJson,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
)
from zhixing.engine import Actor, Dispatcher, Engine, Exchange, Metrics, VirtualClock, traced

LI = Actor.of("li", "officer")
Scraped = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def net() -> Network:
    return Network(seconds=3.0)


@pytest.fixture
def court(database: str, clock: VirtualClock, net: Network) -> Iterator[Engine]:
    options: dict[str, Any] = {"adapters": [net], "drafts": True, "upgrade": True}
    with Engine(database, FREEZING, clock=clock, **options) as court:
        yield court


@contextmanager
def scraped_at(*metrics: Metrics) -> Iterator[str]:
    """The address where metrics may be scraped."""
    registry = CollectorRegistry(auto_describe=True)
    for one in metrics:
        registry.register(one)
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    try:
        yield f"http://127.0.0.1:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def scrape(url: str) -> Scraped:
    with urllib.request.urlopen(url, timeout=30) as reply:
        text = reply.read().decode()
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    return {(s.name, tuple(s.labels[n] for n in sorted(s.labels))): s.value for s in samples}


def of(found: Scraped, name: str, *labels: str) -> float:
    return found[f"zhixing_{name}", labels]


def _unavailable(call: Call) -> Reply:
    raise TemporaryFailure(why="closed for the night")


def _refuses(call: Call) -> Reply:
    raise PermanentFailure(why="no such account: Zhang San")


def _breaks(call: Call) -> Reply:
    raise KeyError("an adapter's own fault")


def _taken(call: Call) -> Reply:
    part = Answer(call.key, "1", "partial", {}, final=False)
    return Reply([part, Answer(call.key, "2", "told-so", {}, final=False)], pending=True)


def test_a_scrape_tells_what_is_open_with_whom_and_for_how_long(
    court: Engine, net: Network, clock: VirtualClock
) -> None:
    net.does = {"dead": _unavailable, "slow": _taken, "strict": _refuses}
    for id, bank in (("c1", "dead"), ("c2", "dead"), ("c3", "slow"), ("c4", "strict")):
        asked(court, id, bank)
    Dispatcher(court).run_due()
    asked(court, "c5", "slow")
    clock.advance(hours=1)
    with scraped_at(Metrics(court)) as url:
        found = scrape(url)
    assert of(found, "database_readable") == 1
    assert of(found, "requests_open", "net/dead", "waiting") == 2
    assert of(found, "requests_open", "net/slow", "sent") == 1
    assert of(found, "requests_open", "net.freeze", "waiting") == 1, "nobody looked at it yet"
    assert ("zhixing_requests_open", ("net/strict", "waiting")) not in found, "it has failed"
    assert of(found, "requests_oldest_seconds", "net/dead") == pytest.approx(3600, abs=5)
    assert of(found, "requests_most_attempts", "net/dead") == 1
    assert of(found, "requests_silent", "net/slow") == 0
    assert of(found, "requests_due") == 4
    assert 3500 < of(found, "requests_due_seconds") <= 3605
    assert of(found, "incidents_open", "request") == 1
    assert of(found, "answers_to_open_requests", "taken") == 0
    assert of(found, "answers_to_open_requests", "not-taken") == 2


def test_a_scrape_tells_how_long_exchanges_took_and_what_came_of_them(
    court: Engine, net: Network
) -> None:
    with scraped_at(Metrics(court)) as url:
        net.does = {"dead": _unavailable, "broken": _breaks, "strict": _refuses}
        for n, bank in enumerate(("dead", "broken", "strict", "alive", "alive")):
            asked(court, f"c{n}", bank)
        Dispatcher(court).run_due()
        found = scrape(url)
    counts = {
        labels[1]: value for (name, labels), value in found.items() if name.endswith("_count")
    }
    assert counts == {
        "ok": 2,
        "adapter-temporary": 1,
        "adapter-fault": 1,
        "adapter-permanent": 1,
    }
    assert 0 <= of(found, "exchange_seconds_sum", "net.freeze", "ok") < 60
    assert of(found, "exchange_seconds_bucket", "+Inf", "net.freeze", "ok") == 2


def test_no_case_no_request_and_no_person_is_in_a_scrape(court: Engine, net: Network) -> None:
    net.does = {"strict": _refuses}
    asked(court, "case-of-zhang", "strict", account="6222-secret")
    Dispatcher(court).run_due()
    key = court.requests(open_only=False)[0].id
    with scraped_at(Metrics(court)) as url, urllib.request.urlopen(url, timeout=30) as reply:
        text = reply.read().decode()
    for secret in ("case-of-zhang", "6222-secret", "Zhang San", key, "li"):
        assert f'"{secret}' not in text and f"{secret}\n" not in text


def test_what_the_clock_owes_and_refused_callbacks_are_told(
    engine: Engine, clock: VirtualClock
) -> None:
    for _ in range(3):
        engine.open_case("loan", actor=LI)
    with scraped_at(Metrics(engine)) as url:
        assert of(scrape(url), "cases_due") == 0
        clock.advance(days=30)
        for _ in range(120):  # the last are only counted
            engine.note_refused_callback("net", 401, "a wrong signature")
        late = scrape(url)
        assert of(late, "cases_due") == 3
        assert of(late, "cases_due_seconds") > timedelta(days=10).total_seconds()
        engine.run_due()
        found = scrape(url)
    assert (of(found, "cases_due"), of(found, "cases_due_seconds")) == (0, 0)
    assert of(found, "deadlines_overdue") == 3
    assert of(found, "callbacks_refused_last_day") == 120


def test_a_database_that_is_away_is_told_and_exchanges_are_still_counted(
    court: Engine, net: Network
) -> None:
    with scraped_at(Metrics(court)) as url:
        asked(court, "c", "a")
        Dispatcher(court).run_due()
        with court.database.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE zx_outbox RENAME TO gone")
        found = scrape(url)
    assert of(found, "database_readable") == 0
    assert of(found, "exchange_seconds_count", "net.freeze", "ok") == 1
    assert not [name for name, _ in found if name.startswith("zhixing_requests")]


def test_the_page_names_what_a_scrape_gives_and_its_rules_ask_for_nothing_else(
    court: Engine, net: Network
) -> None:
    page = (ROOT / "docs" / "how-to" / "watch-it-run.md").read_text()
    with scraped_at(Metrics(court)) as url:
        asked(court, "c", "a")
        asked(court, "d", "a")
        net.does = {"a": _taken}
        Dispatcher(court).run_due(limit=1)
        asked(court, "s", "strict")
        net.does = {"strict": _refuses}
        Dispatcher(court).run_due()
        given = {name for name, _ in scrape(url) if not name.endswith(("_bucket", "_created"))}
    rows = set(re.findall(r"^\| `(zhixing_\w+)`", page, re.M))
    assert rows == {name.removesuffix("_count").removesuffix("_sum") for name in given}
    rules = yaml.safe_load(re.findall(r"^```text\n(groups:.*?)^```", page, re.M | re.S)[0])
    asked_for = {name for rule in rules["groups"][0]["rules"] for name in named(rule["expr"])}
    assert asked_for and asked_for <= given


def named(expression: str) -> list[str]:
    """The metrics that a rule names."""
    return re.findall(r"zhixing_\w+", expression)


def test_two_engines_are_not_scraped_from_one_registry(court: Engine) -> None:
    registry = CollectorRegistry(auto_describe=True)
    registry.register(Metrics(court))
    with pytest.raises(ValueError, match="Duplicated"):
        registry.register(Metrics(court))


def test_an_observer_is_told_of_each_exchange_and_its_failure_stops_nothing(
    court: Engine, net: Network, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Exchange] = []

    def fails(exchange: Exchange) -> None:
        raise RuntimeError("a broken board")

    court.on_exchange(fails)
    court.on_exchange(told.append)
    asked(court, "c", "a")
    Dispatcher(court).run_due()
    assert heard(court, "c") == 1
    ((operation, counterparty, outcome),) = [
        (one.operation, one.counterparty, one.outcome) for one in told
    ]
    assert (operation, counterparty, outcome) == ("net.freeze", "net/a", "ok")
    assert "an observer failed" in caplog.text


def test_what_a_person_should_see_is_in_the_log_without_asking_for_more(
    court: Engine, net: Network, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    net.does = {"dead": _unavailable, "strict": _refuses}
    asked(court, "s", "strict")
    for n in range(3):
        asked(court, f"d{n}", "dead")
    with caplog.at_level(logging.INFO, logger="zhixing"):
        Dispatcher(court, breaker_threshold=3).run_due()
    seen = {record.getMessage(): record.levelname for record in caplog.records}
    assert seen["net/dead fails again and again and is left alone for a while"] == "WARNING"
    fields = [record.zhixing for record in caplog.records if hasattr(record, "zhixing")]
    incidents = [one for one in fields if "incident" in one]
    assert [(one["incident"], one["case"]) for one in incidents] == [("request", "s")]
    outcomes = [one["outcome"] for one in fields if "outcome" in one]
    assert sorted(outcomes) == ["adapter-permanent"] + 3 * ["adapter-temporary"]
    assert "Zhang San" not in caplog.text


# -- the trace of the caller


class Far:
    """An adapter over HTTP with the transport that ships."""

    name = "net"

    def __init__(self, url: str) -> None:
        self.operations = {
            name: Operation(name, AtBank, Nothing, counterparty="bank")
            for name in ("freeze", "transfer")
        }
        self._http = HttpJson(url)

    def send(self, call: Call) -> Reply:
        body = call.payload.model_dump()
        self._http.ask("POST", "/", seconds=call.timeout_seconds, body=body, trace=call.trace)
        return Reply([Answer(call.key, "1", "answered")], pending=False)

    def poll(self, key: str) -> list[Answer]:
        return []


@contextmanager
def far_side() -> Iterator[tuple[str, list[str]]]:
    """A server, and the traces that it was asked with."""
    traces: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            traces.append(self.headers["traceparent"])
            body = json.dumps({}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", traces
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_trace_of_the_caller_comes_to_the_far_side_through_the_outbox(
    database: str, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    host = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    options: dict[str, Any] = {"drafts": True, "upgrade": True, "clock": clock}
    with Engine(database, FREEZING, **options) as court, traced(host):
        asked(court, "c", "a")
    told: list[Exchange] = []
    with (
        far_side() as (url, traces),
        Engine(database, FREEZING, adapters=[Far(url)], **options) as worker,
        caplog.at_level(logging.DEBUG, logger="zhixing"),
    ):
        worker.on_exchange(told.append)
        Dispatcher(worker).run_due()
        assert heard(worker, "c") == 1
    assert traces == [host] == [exchange.trace for exchange in told]
    fields = [record.zhixing for record in caplog.records if hasattr(record, "zhixing")]
    assert [one["trace"] for one in fields if "trace" in one] == [host]


# -- from the command line


def worker_at(port: int, folder: Path, lang: str = "en") -> subprocess.Popen[str]:
    """A worker that serves its metrics at a port; the definitions lie in the folder."""
    (folder / "loan.yaml").write_text(LOAN)
    command = [sys.executable, "-m", "zhixing.console", "worker", "--lang", lang]
    command += ["--db", f"sqlite:///{folder}/cases.db", "--definitions", str(folder / "loan.yaml")]
    command += ["--metrics", str(port)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.PIPE)


def test_a_worker_serves_its_metrics(tmp_path: Path) -> None:
    worker = worker_at(0, tmp_path)
    assert worker.stderr is not None
    try:
        line = next(line for line in worker.stderr if line.startswith("metrics: "))
        port = int(line.rsplit(":", 1)[1].split("/")[0])
        with urllib.request.urlopen(line.split()[1]) as answer:
            assert b"zhixing_database_readable 1.0" in answer.read()
        second = worker_at(port, tmp_path, lang="zh")
        _, told = second.communicate(timeout=60)
        assert second.returncode == 1 and f"端口 {port} 不能用" in told and "[port-taken]" in told
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=60)
    assert worker.returncode == 0
