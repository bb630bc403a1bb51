"""The server of a simulated far side on loopback: HTTP and JSON, and every way to do it badly."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import AwareDatetime, BaseModel, ValidationError

from .faults import FaultProfile
from .simulation import Given, Manner, Simulation

_LONGEST_BODY = 5_000_000
_HUGE = 3_000_000
_DRIPS = 0.05
_GONE = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)


class _Request(BaseModel):
    operation: str
    payload: dict[str, Any]


class _Event(BaseModel):
    event: str
    payload: dict[str, Any]


class _Tick(BaseModel):
    now: AwareDatetime


class FarSide(ThreadingHTTPServer):
    """The server of one simulation; `ticked` is called after each tick, before its reply."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, simulation: Simulation, port: int = 0, ticked: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.simulation, self.ticked = simulation, ticked
        self.is_stopped = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hangs up in the midst is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    server: FarSide

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def _serve(self) -> None:
        if self.server.is_stopped.is_set():
            self.close_connection = True
            return
        try:
            given = self._given()
        except ValidationError as error:
            given = Given(400, {"error": error.errors(include_url=False)[0]["msg"]})
        except ValueError:
            given = Given(400, {"error": "no JSON"})
        time.sleep(given.wait)
        with suppress(*_GONE):
            _MANNERS[given.manner](self, given)

    def _given(self) -> Given:
        address = urlsplit(self.path)
        parts = [unquote(part) for part in address.path.strip("/").split("/")]
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        route = _ROUTES.get((self.command, parts[0], len(parts)))
        body = self._body()
        if route is None or body is None:
            self.close_connection = body is None
            return Given(413 if body is None else 404, {"error": "there is nothing here"})
        return route(self, self.server.simulation, parts, asked | body)

    def _body(self) -> dict[str, Any] | None:
        """The JSON object that was sent; None for more than is read."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LONGEST_BODY:
            return None
        read = self.rfile.read(length)
        found = json.loads(read) if read else {}
        if not isinstance(found, dict):
            raise ValueError("no object")
        return found

    @property
    def key(self) -> str:
        return self.headers.get("Idempotency-Key", "")

    # -- manners

    def send_plainly(self, given: Given) -> None:
        self.send_whole(given.status, json.dumps(given.value).encode())

    def send_whole(self, status: int, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def send_another_shape(self, given: Given) -> None:
        self.send_whole(given.status, b'{"answers": "<html>please log in</html>"}')

    def send_too_much(self, given: Given) -> None:
        self.send_whole(given.status, b'{"answers": [' + b" " * _HUGE + b"]}")

    def send_for_ever(self, given: Given) -> None:
        self.send_whole(given.status, b"[", length=10**12)
        while not self.server.is_stopped.is_set():
            self.wfile.write(b" " * 65536)
            self.wfile.flush()

    def send_drops(self, given: Given) -> None:
        body = json.dumps(given.value).encode()
        self.send_whole(given.status, b"", length=len(body))
        for byte in body:
            if self.server.is_stopped.wait(_DRIPS):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def send_half(self, given: Given) -> None:
        body = json.dumps(given.value).encode()
        self.send_whole(given.status, body[: len(body) // 2], length=len(body))
        self.close_connection = True

    def reset(self, given: Given) -> None:
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


_MANNERS: Mapping[Manner, Callable[[_Handler, Given], None]] = {
    Manner.PLAIN: _Handler.send_plainly,
    Manner.WRONG_SHAPE: _Handler.send_another_shape,
    Manner.HUGE: _Handler.send_too_much,
    Manner.ENDLESS: _Handler.send_for_ever,
    Manner.DRIP: _Handler.send_drops,
    Manner.CUT: _Handler.send_half,
    Manner.RESET: _Handler.reset,
}

_Asked = dict[str, Any]
_Route = Callable[[_Handler, Simulation, list[str], _Asked], Given]


def _take(handler: _Handler, far: Simulation, parts: list[str], asked: _Asked) -> Given:
    request = _Request.model_validate(asked)
    if not handler.key:
        return Given(400, {"error": "there is no Idempotency-Key"})
    return far.take(handler.key, request.operation, request.payload)


def _happen(handler: _Handler, far: Simulation, parts: list[str], asked: _Asked) -> Given:
    event = _Event.model_validate(asked)
    return far.happen(event.event, event.payload, handler.key)


def _tick(handler: _Handler, far: Simulation, parts: list[str], asked: _Asked) -> Given:
    given = far.tick(_Tick.model_validate(asked).now)
    handler.server.ticked()
    return given


def _books(handler: _Handler, far: Simulation, parts: list[str], asked: _Asked) -> Given:
    since, until = asked.get("since", "0001-01-01"), asked.get("until", "9999-12-31")
    days = [datetime.fromisoformat(day).date().isoformat() for day in (since, until)]
    return far.books(days[0], days[1], int(asked.get("after", 0)))


_ROUTES: Mapping[tuple[str, str, int], _Route] = {
    ("POST", "requests", 1): _take,
    ("GET", "requests", 3): lambda handler, far, parts, asked: far.answers(parts[1]),
    ("GET", "entries", 1): _books,
    ("POST", "events", 1): _happen,
    ("POST", "tick", 1): _tick,
    ("GET", "ledger", 1): lambda handler, far, parts, asked: Given(200, {"ledger": far.acts()}),
    ("GET", "world", 1): lambda handler, far, parts, asked: Given(200, far.state()),
    ("GET", "faults", 1): lambda handler, far, parts, asked: Given(
        200, far.faults().model_dump(mode="json")
    ),
    ("PUT", "faults", 1): lambda handler, far, parts, asked: far.set_faults(
        FaultProfile.model_validate(asked)
    ),
}
