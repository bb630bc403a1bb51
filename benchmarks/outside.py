"""Requests to the outside: sent beside a bare loop of httpx, with a dead counterparty of ten, and
ten thousand that wait."""

from __future__ import annotations

import json
import multiprocessing
import statistics
import threading
import time
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import contextmanager
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
    """Banks that are asked over HTTP, or only waited for."""

    name = "net"

    def __init__(self, send: Callable[[Call], None]) -> None:
        options: dict[str, Any] = {"counterparty": "bank", "seconds": TIMEOUT_SECONDS}
        self.operations = {"ask": Operation("ask", _Asked, _Given, **options)}
        self._send = send

    def send(self, call: Call) -> Reply:
        self._send(call)
        return Reply([Answer(call.key, "1", "answered")], pending=False)

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


def _dispatching(fresh: Fresh) -> list[Row]:
    with _far_side() as url:
        bare, ours, threaded = [], [], []
        for _ in range(ROUNDS):
            bare.append(_bare(url))
            ours.append(_dispatched(fresh(), url, 0))
            threaded.append(_dispatched(fresh(), url, 8))
    ruler, theirs = "bare httpx loop", statistics.median(bare)
    return [
        Row("requests sent and answered", statistics.median(ours), ruler, theirs, "≥ 0.5"),
        Row("the same, eight threads", statistics.median(threaded), ruler, theirs),
    ]


def _bare(url: str) -> float:
    body = json.dumps({"bank": "b"}).encode()
    with httpx.Client(trust_env=False) as client:
        client.post(url, content=body)
        began = time.perf_counter()
        for _ in range(REQUESTS):
            client.post(url, content=body).json()
        return REQUESTS / (time.perf_counter() - began)


def _dispatched(database: str, url: str, threads: int) -> float:
    http = HttpJson(url)

    def send(call: Call) -> None:
        http.ask("POST", "/", seconds=call.timeout_seconds, body=call.payload.model_dump())

    with _court(database, _Net(send), ["b"] * REQUESTS) as court:
        return REQUESTS / _seconds(court, REQUESTS, threads)


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
    with _court(database, _Net(send), banks) as court:
        passed = _seconds(court, others if is_dead else len(banks), threads=32)
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


def _seconds(court: Engine, wanted: int, threads: int) -> float:
    """How long it takes until so many are answered."""
    answered = threading.Semaphore(0)
    court.on_event(lambda happened: answered.release() if happened.trigger == "told" else None)
    began = time.perf_counter()
    if not threads:
        Dispatcher(court).run_all_due()
        return time.perf_counter() - began
    free, is_over = threading.Event(), threading.Event()
    dispatcher = Dispatcher(court, threads=threads, on_free=free.set)
    looking = threading.Thread(target=_look, args=(dispatcher, free, is_over), daemon=True)
    looking.start()
    for _ in range(wanted):
        answered.acquire()
    passed = time.perf_counter() - began
    is_over.set()
    free.set()
    looking.join()
    dispatcher.stop()
    return passed


def _look(dispatcher: Dispatcher, free: threading.Event, is_over: threading.Event) -> None:
    """As a worker does: look while there is something, then wait until there is room."""
    while not is_over.is_set():
        free.clear()
        while dispatcher.run_due():
            continue
        free.wait(0.2)
