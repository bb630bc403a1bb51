"""A court in a process of its own, that takes what another asks, and asks in turn.

python -m tests.engine.a_court '{"name": …, "database": …, "definitions": …, "port": …, "other": …,
"other_url": …, "key": …, "dies": …}'

With `dies` it ends at once (SIGKILL) where a request of the other court stands: `before` in the
midst of the transaction, `after` when all is written and nothing answered yet.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from pydantic import SecretStr

from zhixing.adapters import (
    CourtSettings,
    IncomingRequest,
    OtherCourts,
    Reply,
    Sender,
    Webhooks,
    request_app,
)
from zhixing.engine import Asked, DatabaseBusy, Dispatcher, Engine, Fires, Intake, Opens

FROM = {"from_court": "sender", "asked_as": "key"}
DOES: dict[str, dict[str, Opens | Fires]] = {
    "east": {},
    "west": {
        "entrust": Opens(
            "matter",
            {**FROM, "matter": "matter", "person": "person", "reply_by": "reply_by"},
            {"letter": "letter"},
        ),
        "take_back": Fires("take_back"),
        "hand_over": Opens(
            "taken",
            {
                **FROM,
                "applicant": "applicant",
                "debtor": "debtor",
                "claim": "claim",
                "measure": "measures",
            },
            {"ruling": "ruling"},
        ),
        "refer_bankruptcy": Opens("bankruptcy", {**FROM, "debtor": "debtor", "unpaid": "unpaid"}),
    },
}


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def end_at_once() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def authorize(asked: Asked) -> bool:
    """The host's own word: asked in the midst of a transaction."""
    if asked.actor.id.startswith("court:"):
        end_at_once()
    return True


def serve(
    name: str,
    database: str,
    definitions: str,
    port: int,
    other: str,
    other_url: str,
    key: str,
    dies: str,
) -> None:
    far = CourtSettings(url=other_url, key=SecretStr(key))
    engine = Engine(
        database,
        definitions,
        adapters=[OtherCourts(name, {other: far})],
        drafts=True,
        upgrade=True,
        authorize=authorize if dies == "before" else None,
    )
    intake = Intake(engine, name, DOES[name])

    def take(request: IncomingRequest, sender: str) -> Reply:
        reply = intake.take(request, sender)
        if dies == "after":
            end_at_once()
        return reply

    webhooks = Webhooks([Sender(other, (SecretStr(key),))], nonces=engine.nonces())
    app = request_app(take, webhooks, engine.note_refused_callback)
    server: Any = make_server("127.0.0.1", port, app, Server, Quiet)  # type: ignore[type-var]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    send(engine)


def send(engine: Engine) -> None:
    """Send what is due, again and again, soon after a failure."""
    first = timedelta(seconds=0.05)
    dispatcher = Dispatcher(engine, first_retry=first, breaker_rest_seconds=0.2)
    while True:
        with suppress(DatabaseBusy):
            dispatcher.run_due()
        time.sleep(0.02)


if __name__ == "__main__":
    serve(**json.loads(sys.argv[1]))
