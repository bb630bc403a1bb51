"""A network of inquiry and control on loopback, with its own state and its own faults.

Seeded by request: some requests are refused at first (503), some time out after being taken, some
are answered late, in parts, twice, or never. Its ledger has one line for each request it acted on
and survives its own restart.
"""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class FaultProfile:
    """Shares, of all requests, of each kind of fault.

    `late_seconds` is the longest wait for an answer, `slow_seconds` how long a slow reply takes.
    """

    unavailable: float = 0.2
    taken_but_slow: float = 0.1
    partial: float = 0.3
    twice: float = 0.2
    never: float = 0.05
    late_seconds: float = 0.2
    slow_seconds: float = 0.5


NO_FAULTS = FaultProfile(0, 0, 0, 0, 0, 0, 0)

_OPERATIONS = ("inquire", "freeze")
_SUMS = (0, 0, 1200, 58000, 130000, 940000)
_PART = {"kind": "partial", "final": False, "data": {"found": "0", "outstanding": 3}}


@dataclass
class _Taken:
    operation: str
    answers: list[dict[str, Any]] = field(default_factory=list)


class NetworkSimulator:
    """A server in a thread: `with NetworkSimulator(seed=1) as network: … network.url`.

    `ledger` lists (key, operation) as acted on; it is kept in the file given, if one is.
    """

    def __init__(
        self,
        seed: int = 0,
        faults: FaultProfile | None = None,
        ledger: Path | None = None,
        port: int = 0,
    ) -> None:
        self.seed, self.faults, self._path = seed, faults or FaultProfile(), ledger
        self._taken: dict[str, _Taken] = {}
        self._attempts: dict[str, int] = {}
        self._lock = threading.Lock()
        self.ledger: list[tuple[str, str]] = []
        self._restore()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
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
        self._server.shutdown()
        self._server.server_close()

    def _restore(self) -> None:
        if self._path is None or not self._path.exists():
            return
        for line in self._path.read_text().splitlines():
            record = json.loads(line)
            self.ledger.append((record["key"], record["operation"]))
            self._taken[record["key"]] = _Taken(record["operation"], record["answers"])

    def take(self, key: str, operation: str, payload: dict[str, Any]) -> tuple[int, float]:
        """Act on a request once; gives the HTTP status and the seconds before it is sent."""
        chance = random.Random(f"{self.seed}:{key}")
        with self._lock:
            self._attempts[key] = self._attempts.get(key, 0) + 1
            if chance.random() < self.faults.unavailable and self._attempts[key] == 1:
                return 503, 0.0
            if key not in self._taken:
                self._act(key, operation, payload, chance)
        slow = chance.random() < self.faults.taken_but_slow and self._attempts[key] <= 2
        return 202, self.faults.slow_seconds if slow else 0.0

    def _act(
        self, key: str, operation: str, payload: dict[str, Any], chance: random.Random
    ) -> None:
        taken = _Taken(operation, self._answers(key, operation, payload, chance))
        if self._path is not None:
            record = {"key": key, "operation": operation, "answers": taken.answers}
            with self._path.open("a") as file:
                file.write(json.dumps(record) + "\n")
        self.ledger.append((key, operation))
        self._taken[key] = taken

    def _answers(
        self, key: str, operation: str, payload: dict[str, Any], chance: random.Random
    ) -> list[dict[str, Any]]:
        if chance.random() < self.faults.never:
            return []
        now = time.time()
        final = {
            "id": f"{key}/1",
            "operation": operation,
            "kind": "answered",
            "final": True,
            "data": _result(operation, payload, chance),
            "from": now + chance.random() * self.faults.late_seconds,
        }
        answers = [final]
        if operation == "inquire" and chance.random() < self.faults.partial:
            answers.insert(0, final | {"id": f"{key}/0", "from": now} | _PART)
        if chance.random() < self.faults.twice:
            answers.append(final)
        return answers

    def answers(self, key: str) -> list[dict[str, Any]] | None:
        """What has been answered by now; None for a request never taken."""
        with self._lock:
            taken = self._taken.get(key)
            return None if taken is None else [a for a in taken.answers if a["from"] <= time.time()]


def _result(operation: str, payload: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    if operation == "freeze":
        return {"frozen": payload["amount"]}
    return {"found": str(Decimal(chance.choice(_SUMS))), "outstanding": 0}


def _handler(network: NetworkSimulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key, operation = self.headers.get("Idempotency-Key", ""), body.get("operation")
            if self.path != "/requests" or not key or operation not in _OPERATIONS:
                return self._send(400, {"error": "bad request"})
            status, wait = network.take(key, operation, body["payload"])
            time.sleep(wait)
            return self._send(status, {"key": key})

        def do_GET(self) -> None:
            parts = self.path.strip("/").split("/")
            found = network.answers(parts[1]) if len(parts) == 3 else None
            if found is None:
                return self._send(404, {"error": "no such request"})
            return self._send(200, {"answers": found})

        def _send(self, status: int, value: dict[str, Any]) -> None:
            raw = json.dumps(value).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler
