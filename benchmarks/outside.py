"""Requests to the outside: sent beside a bare loop of httpx, with a dead counterparty of ten, and
ten thousand that wait."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import statistics
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from pydantic import BaseModel

from zhixing.adapters import Answer, Call, HttpJson, Operation, Reply, TemporaryFailure
from zhixing.engine import Actor, Dispatcher, Engine, NewCase
from zhixing.workflow import definition_from_text

from .measure import Row

OFFICER = Actor.of("li", "officer")
ROUNDS, REQUESTS, BANKS, EACH = 5, 300, 10, 30
LATENCY_SECONDS, TIMEOUT_SECONDS = 0.02, 1.0
ASKING = """
id: asking
title: {zh: 询问, en: asking}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data: {bank: {type: text, title: {zh: 银行, en: bank}}}
forms: {case: {title: {zh: 案件, en: case}, fields: {bank: {}}}}
powers: {open: {by: officer, form: case}}
requests:
  ask: {title: {zh: 查, en: ask}, operation: net.ask, sends: {bank: case.bank},
    answers: {answered: told}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: go, title: {zh: 查, en: go}, from: open, to: stay, by: officer, asks: ask}
  - {trigger: told, title: {zh: 答, en: told}, from: open, to: stay, by: outside}
  - {trigger: end, title: {zh: 结, en: end}, from: open, to: done, by: officer}
"""

Fresh = Callable[[], str]
"""Gives the URL of an empty database."""


class _Asked(BaseModel):
    bank: str = ""


class _Given(BaseModel):
    pass


class _Net:
    """Banks that are asked over HTTP, or only waited for; they answer `at_once`, or later."""

    name = "net"

    def __init__(self, send: Callable[[Call], None], at_once: bool = True) -> None:
        later = timedelta(0) if at_once else timedelta(hours=1)
        options: dict[str, Any] = {"counterparty": "bank", "seconds": TIMEOUT_SECONDS}
        options["latency"] = later
        self.operations = {"ask": Operation("ask", _Asked, _Given, **options)}
        self.at_once, self.handed_over = at_once, threading.Semaphore(0)
        self._send = send

    def send(self, call: Call) -> Reply:
        self._send(call)
        self.handed_over.release()
        return Reply([Answer(call.key, "1", "answered")], False) if self.at_once else Reply()

    def poll(self, key: str) -> Sequence[Answer]:
        return ()


def rows(fresh: Fresh) -> list[Row]:
    """Every figure, on the databases that `fresh` gives."""
    return [*_dispatching(fresh), *_dead(fresh), *_waiting(fresh)]


# -- beside a bare loop


class _Far(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # in one piece: else the answer waits for an acknowledgement
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        return


def _listen(pipe: Any) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Far)
    pipe.send(server.server_port)
    server.serve_forever()


@contextmanager
def _far_side() -> Any:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_listen, args=(theirs,))
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


@dataclass(frozen=True)
class _Way:
    """One way to send: what it is called, on which databases, whether answers come at once, and
    by how many threads (0: by the caller itself)."""

    what: str
    fresh: Fresh
    at_once: bool
    threads: int = 0
    target: str = ""


def _dispatching(postgresql: Fresh) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, _far_side() as url:
        ways = list(_ways(_files(folder), postgresql))
        rounds = [(_bare(url), [_dispatched(way, url) for way in ways]) for _ in range(ROUNDS)]
    bare = statistics.median(rate for rate, _ in rounds)
    ours = map(statistics.median, zip(*(rates for _, rates in rounds), strict=True))
    return [
        Row(way.what, rate, "bare httpx loop", bare, way.target)
        for way, rate in zip(ways, ours, strict=True)
    ]


def _ways(sqlite: Fresh, postgresql: Fresh) -> Iterator[_Way]:
    """An answer that comes with the request costs an event of its case too; one that comes later
    leaves the sending by itself."""
    for name, fresh, target in (("SQLite", sqlite, "≥ 0.5"), ("PostgreSQL", postgresql, "")):
        for at_once, what in ((False, "sent"), (True, "sent and answered")):
            yield _Way(f"requests {what}, {name}", fresh, at_once, 0, target)
            yield _Way("the same, eight threads", fresh, at_once, 8)


def _files(folder: str) -> Fresh:
    numbers = itertools.count()
    return lambda: f"sqlite:///{folder}/{next(numbers)}.db"


def _bare(url: str) -> float:
    body = json.dumps({"bank": "b"}).encode()
    with httpx.Client(trust_env=False) as client:
        client.post(url, content=body)
        began = time.perf_counter()
        for _ in range(REQUESTS):
            client.post(url, content=body).json()
        return REQUESTS / (time.perf_counter() - began)


def _dispatched(way: _Way, url: str) -> float:
    http = HttpJson(url)

    def send(call: Call) -> None:
        http.ask("POST", "/", seconds=call.timeout_seconds, body=call.payload.model_dump())

    net = _Net(send, way.at_once)
    with _court(way.fresh(), net, ["b"] * (REQUESTS + 1)) as court:
        Dispatcher(court).run_due(limit=1)  # the bare loop too has its connection by now
        return REQUESTS / _seconds(court, net, REQUESTS, way.threads)


# -- one dead of ten


def _dead(fresh: Fresh) -> list[Row]:
    alone = [_others(fresh(), is_dead=False) for _ in range(ROUNDS)]
    beside = [_others(fresh(), is_dead=True) for _ in range(ROUNDS)]
    ours, theirs = statistics.median(beside), statistics.median(alone)
    told = "nine of ten banks, the tenth dead"
    return [Row(told, ours, "the tenth alive", theirs, "≥ 0.9")]


def _others(database: str, is_dead: bool) -> float:
    def send(call: Call) -> None:
        if is_dead and call.payload.bank == "b0":
            time.sleep(TIMEOUT_SECONDS)
            raise TemporaryFailure(why="nobody there")
        time.sleep(LATENCY_SECONDS)

    banks = [f"b{n % BANKS}" for n in range(BANKS * EACH)]
    others = (BANKS - 1) * EACH
    net = _Net(send)
    with _court(database, net, banks) as court:
        passed = _seconds(court, net, others if is_dead else len(banks), threads=32)
    return (others if is_dead else len(banks) * (BANKS - 1) / BANKS) / passed


# -- many that wait


def _waiting(fresh: Fresh) -> list[Row]:
    few, many = (_peak(fresh(), count) for count in (1_000, 10_000))
    return [Row("memory of a look, 10 000 waiting", many, "1 000 waiting", few, "≥ 0.9", "MB")]


def _peak(database: str, count: int) -> float:
    """The most memory that one look at the outbox takes, in MB."""
    with _court(database, _Net(lambda call: None), ["b"] * count) as court:
        dispatcher = Dispatcher(court)
        dispatcher.run_due()
        tracemalloc.start()
        dispatcher.run_due()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak / 1e6


# -- courts


@contextmanager
def _court(database: str, net: _Net, banks: Sequence[str]) -> Any:
    asking = definition_from_text(ASKING)
    with Engine(database, asking, adapters=[net], upgrade=True, drafts=True) as court:
        new = [NewCase(id=f"c{n}", data={"bank": bank}) for n, bank in enumerate(banks)]
        for first in range(0, len(new), 1000):
            court.open_many("asking", new[first : first + 1000], actor=OFFICER)
        with court.database.begin() as connection:
            for case in new:
                court.fire(str(case.id), "go", actor=OFFICER, within=connection)
        yield court


def _seconds(court: Engine, net: _Net, wanted: int, threads: int) -> float:
    """How long it takes until so many are answered; where answers come later, until they are sent
    and that is written."""
    done = _done(court, net)
    began = time.perf_counter()
    if not threads:
        Dispatcher(court).run_all_due()
        return time.perf_counter() - began
    free, is_over = threading.Event(), threading.Event()
    dispatcher = Dispatcher(court, threads=threads, on_free=free.set)
    looking = threading.Thread(target=_look, args=(dispatcher, free, is_over), daemon=True)
    looking.start()
    for _ in range(wanted):
        done.acquire()
    if not net.at_once:
        dispatcher.stop()
    passed = time.perf_counter() - began
    is_over.set()
    free.set()
    looking.join()
    dispatcher.stop()
    return passed


def _done(court: Engine, net: _Net) -> threading.Semaphore:
    """Is released for each request that is answered, or else sent."""
    done = net.handed_over = threading.Semaphore(0)
    if net.at_once:
        net.handed_over = threading.Semaphore(0)
        court.on_event(lambda happened: done.release() if happened.trigger == "told" else None)
    return done


def _look(dispatcher: Dispatcher, free: threading.Event, is_over: threading.Event) -> None:
    """As a worker does: look while there is something, then wait until there is room."""
    while not is_over.is_set():
        free.clear()
        while dispatcher.run_due():
            continue
        free.wait(0.2)
