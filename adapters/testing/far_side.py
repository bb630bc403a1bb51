"""A far side on loopback that behaves as its author wrote, and misbehaves as a test asks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, Self


class Misbehaviour(StrEnum):
    """What a far side may do instead of answering well; it has acted on the request by then."""

    HTML = "html"
    """A page for people, with status 200."""
    TRUNCATED = "truncated"
    """Half of its JSON."""
    NOT_A_NUMBER = "not-a-number"
    """JSON with NaN."""
    DEEP = "deep"
    """Lists within lists, fifty thousand deep."""
    NOT_TEXT = "not-text"
    """Bytes that are no UTF-8."""
    ANOTHER_KIND = "another-kind"
    """JSON of another kind: a list where a table is due."""
    DRIPS = "drips"
    """A byte now and then, for ever."""
    SILENT = "silent"
    """The connection stays open, and nothing comes."""
    DROPS = "drops"
    """The connection is closed without an answer."""
    POURS = "pours"
    """An answer without an end."""
    REFLECTS = "reflects"
    """Status 400, and in its body every header of the request. It has not acted."""


Misbehaving = Misbehaviour | int | bytes | None
"""How a far side misbehaves: a status with which it refuses without acting, or a body that it
sends in place of its own."""


@dataclass(frozen=True)
class FarAnswer:
    """What a far side says of a request, whatever its wire: `key` is that of the request."""

    id: str
    kind: str
    data: Mapping[str, Any]
    final: bool = True
    key: str = ""


Script = Callable[[str, str], Sequence[FarAnswer]]
"""What a far side says, by the key and the operation of a request it has taken."""


class FarSide(Protocol):
    """What the contract needs of a double; one may raise `CannotMisbehave` where it cannot."""

    ledger: Sequence[tuple[str, str]]
    """What it acted on, in order: the key that came, and the operation."""
    is_exhausted: bool
    """Whether somebody took all that it poured."""

    def misbehave(self, how: Misbehaving) -> None:
        """From now on, with every request; None: it behaves again."""
        ...

    def says(self, script: Script) -> None:
        """What it answers from now on."""
        ...

    def damaged(self) -> Sequence[Misbehaving]:
        """Its last good answer, each time with one thing in it wrong."""
        ...

    def stop(self) -> None:
        """Be gone: whoever comes is refused the connection."""
        ...


@dataclass(frozen=True)
class Request:
    """A request as it came over HTTP; names of headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Its body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """What goes back: a status, and a value that is sent as JSON."""

    status: int = 200
    value: Any = field(default_factory=dict)

    def content(self) -> bytes:
        """The value as it is sent."""
        return json.dumps(self.value, default=str).encode()


Serve = Callable[["MisbehavingServer", Request], Response]
"""The far side's own behaviour: its author's few lines on how it takes requests and answers."""

_POUR_BYTES = 64_000_000
_CHUNK = b'["x", ' * 11_000
_BODIES = {
    Misbehaviour.HTML: b"<html><body>Please log in</body></html>",
    Misbehaviour.NOT_A_NUMBER: b'{"answers": NaN, "found": NaN}',
    Misbehaviour.DEEP: b"[" * 50_000 + b"]" * 50_000,
    Misbehaviour.NOT_TEXT: b'{"a": "\xff\xfe"}',
    Misbehaviour.ANOTHER_KIND: b'[1, "x", null]',
}
_WRONG: tuple[Any, ...] = (None, 17, -1, "x", "", [], {}, [{}], True, 10**30)


class MisbehavingServer:
    """An HTTP server in a thread: `with MisbehavingServer(serve) as far_side: far_side.url`.

    `serve` is its good behaviour: it calls `take` for what is handed over, and gives `answers`. A
    connection that it does not answer is closed after `longest_seconds`.
    """

    def __init__(
        self,
        serve: Serve,
        script: Script | None = None,
        *,
        longest_seconds: float = 12.0,
    ) -> None:
        self._serve = serve
        self._longest_seconds = longest_seconds
        self._script: Script = script or (lambda key, operation: ())
        self._how: Misbehaving = None
        self._lock = threading.Lock()
        self._last: Any = None
        self._is_stopped = False
        self.taken: dict[str, tuple[str, Any]] = {}
        """What it acted on: operation and payload, by key."""
        self.ledger: list[tuple[str, str]] = []
        self.is_exhausted = False
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Be gone: whoever comes is refused the connection."""
        if not self._is_stopped:
            self._is_stopped = True
            self._server.shutdown()
            self._server.server_close()

    def misbehave(self, how: Misbehaving) -> None:
        """From now on, with every request; None: it behaves again."""
        self._how = how

    def says(self, script: Script) -> None:
        """What it answers from now on, by key and operation."""
        self._script = script

    def take(self, key: str, operation: str, payload: Any) -> None:
        """Act on a request: once on a key, however often it comes."""
        with self._lock:
            if key not in self.taken:
                self.taken[key] = operation, payload
                self.ledger.append((key, operation))

    def answers(self, key: str) -> Sequence[FarAnswer] | None:
        """What there is to say of a request; None of one that was never taken."""
        with self._lock:
            taken = self.taken.get(key)
        return None if taken is None else self._script(key, taken[0])

    def damaged(self) -> list[Misbehaving]:
        """Its last good answer, each time with one thing in it wrong, or left out."""
        return [json.dumps(value).encode() for value in _damaged(self._last)]

    # -- one exchange

    def exchange(self, request: Request, line: _Line) -> None:
        """Answer one request, well or as it was told to misbehave."""
        how = self._how
        if how is Misbehaviour.REFLECTS:
            line.send(400, json.dumps(dict(request.headers)).encode())
        elif isinstance(how, int):
            line.send(how, b'{"error": "refused"}')
        else:
            response = self._serve(self, request)
            self._answer(how, response, line)

    def _answer(self, how: Misbehaviour | bytes | None, response: Response, line: _Line) -> None:
        content = response.content()
        if how is None:
            self._last = json.loads(content)
            line.send(response.status, content)
        elif isinstance(how, Misbehaviour):
            self._misbehave(how, content, line)
        else:
            line.send(200, how)

    def _misbehave(self, how: Misbehaviour, content: bytes, line: _Line) -> None:
        if how is Misbehaviour.TRUNCATED:
            line.send(200, content[: max(1, len(content) // 2)])
        elif how is Misbehaviour.POURS:
            self.is_exhausted = line.pour()
        elif how is Misbehaviour.DRIPS:
            line.drip(self._longest_seconds)
        elif how is Misbehaviour.SILENT:
            line.wait(self._longest_seconds)
        elif how is not Misbehaviour.DROPS:
            line.send(200, _BODIES[how])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Line(BaseHTTPRequestHandler):
    """One connection: it carries one exchange."""

    protocol_version = "HTTP/1.1"

    def send(self, status: int, content: bytes) -> None:
        self._head(status, len(content))
        self.wfile.write(content)

    def pour(self) -> bool:
        """Send without an end; gives whether the other side took it all."""
        self._head(200, 10 * _POUR_BYTES)
        for _ in range(_POUR_BYTES // len(_CHUNK)):
            self.wfile.write(_CHUNK)
        return True

    def drip(self, seconds: float) -> None:
        self._head(200, _POUR_BYTES)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wfile.write(b" ")
            time.sleep(0.05)

    def wait(self, seconds: float) -> None:
        """Until the other side hangs up, or longer than anybody should wait."""
        self.connection.settimeout(seconds)
        self.connection.recv(1)

    def _head(self, status: int, length: int) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


def _handler(server: MisbehavingServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Line):
        def _exchange(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with suppress(OSError):
                server.exchange(Request(self.command, self.path, headers, body), self)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _exchange

    return Handler


def _damaged(value: Any) -> Iterator[Any]:
    for path in _paths(value, ()):
        for wrong in _WRONG:
            yield _with(value, path, partial(_put, wrong))
        yield _with(value, path, _leave_out)


def _put(wrong: Any, holder: Any, step: Any) -> None:
    holder[step] = wrong


def _leave_out(holder: Any, step: Any) -> None:
    del holder[step]


_Path = tuple[Any, ...]


def _paths(value: Any, above: _Path) -> Iterator[_Path]:
    """Every place within a value."""
    parts = enumerate(value) if isinstance(value, list) else ()
    for step, part in value.items() if isinstance(value, dict) else parts:
        yield (*above, step)
        yield from _paths(part, (*above, step))


def _with(value: Any, path: _Path, change: Callable[[Any, Any], None]) -> Any:
    copy = deepcopy(value)
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    change(holder, path[-1])
    return copy
