"""Callbacks over a real socket: what is forged, replayed or misaddressed gets the right status, is
kept, and changes nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from pydantic import SecretStr

from tests.engine.test_outbox import ASKING, Outside, asked, heard
from zhixing.adapters import Answer, Arrival, Sender, Webhooks, callback_app, sign_callback
from zhixing.engine import Actor, Dispatcher, Engine

AUDITOR = Actor.of("zhao", "audit_admin", at="court")
KEY, OTHER = SecretStr("a key of the network 1"), SecretStr("another key of nobody")


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def taking(court: Engine) -> Iterator[str]:
    """A process of a court that takes callbacks; its address."""
    senders = [Sender("net", (KEY,)), Sender("bank", (KEY,))]
    webhooks = Webhooks(senders, nonces=court.nonces())
    app = callback_app(court.receive, webhooks, court.note_refused_callback)
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:  # type: ignore[type-var]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    net = Outside(arrives=Arrival.CALLBACK)
    with Engine(database, ASKING, adapters=[net], drafts=True, upgrade=True) as engine:
        yield engine


def body(key: str, id: str = "1", found: str = "5", **more: Any) -> bytes:
    answer = {
        "key": key,
        "message_id": id,
        "kind": "answered",
        "data": {"found": found},
        "final": True,
    }
    return json.dumps({"answers": [{**answer, **more}]}).encode()


def post(
    url: str, content: bytes, sender: str = "net", to: str = "", key: SecretStr = KEY, **more: Any
) -> int:
    headers = sign_callback(sender, key, content, **{"now": datetime.now(UTC), **more})
    return _post(url, content, headers, to or sender)


def _post(url: str, content: bytes, headers: dict[str, str], to: str = "net") -> int:
    with httpx.Client(trust_env=False) as client:
        sent = {**headers, "Content-Type": "application/json"}
        return client.post(f"{url}/{to}", content=content, headers=sent).status_code


def sent(court: Engine, id: str) -> str:
    key = asked(court, id)
    Dispatcher(court).run_due()
    return key


def refused(court: Engine) -> list[tuple[str, Any]]:
    listed = court.refusals(actor=AUDITOR)
    return [(r.actor, r.why["status"]) for r in reversed(listed) if r.code == "callback"]


def test_a_signed_answer_is_taken_once(court: Engine) -> None:
    key = sent(court, "c")
    with taking(court) as url:
        assert [post(url, body(key)), post(url, body(key))] == [200, 200]
    assert heard(court, "c") == 1
    assert [a.outcome for a in court.answers(key)] == ["taken"]


def test_an_answer_to_nothing_that_was_asked_is_kept_with_the_refusals(court: Engine) -> None:
    key = sent(court, "c")
    for source, about in (("net", "nothing"), ("bank", key), ("net\x1b[8m", "x" * 5000)):
        assert court.receive(Answer(about, "m1", "answered", {"found": "5"}), source) == "unknown"
    kept = [r for r in court.refusals(actor=AUDITOR) if r.code == "answer-unknown"]
    assert {(r.actor, r.why["request"]) for r in kept} >= {
        ("outside:net", "nothing"),
        ("outside:bank", key),
    }
    assert all("\x1b" not in r.actor and len(r.why["request"]) <= 100 for r in kept)
    assert heard(court, "c") == 0


def test_what_is_sent_again_by_another_is_known_in_every_process(
    court: Engine, database: str
) -> None:
    key = sent(court, "c")
    content = body(key)
    headers = sign_callback("net", KEY, content, now=datetime.now(UTC))
    with (
        Engine(database, ASKING, drafts=True) as other,
        taking(court) as here,
        taking(other) as there,
    ):
        assert [_post(here, content, headers), _post(there, content, headers)] == [200, 409]
    assert refused(court) == [("callback:net", 409)]
    assert heard(court, "c") == 1


@pytest.mark.parametrize(
    ("why", "status"),
    [
        ("forged", 401),
        ("old", 401),
        ("of another", 404),
        ("to nobody", 404),
        ("malformed", 400),
        ("no answers", 400),
        ("huge", 413),
        ("unknown sender", 401),
    ],
)
def test_what_is_wrong_has_its_status_is_kept_and_changes_nothing(
    court: Engine, why: str, status: int
) -> None:
    key = sent(court, "c")
    good = body(key)
    now = datetime.now(UTC)
    with taking(court) as url:
        got = {
            "forged": lambda: post(url, good, key=OTHER),
            "old": lambda: post(url, good, now=now - timedelta(hours=1)),
            "of another": lambda: post(url, good, sender="bank"),
            "to nobody": lambda: post(url, body("nothing")),
            "malformed": lambda: post(url, b'{"answers": ['),
            "no answers": lambda: post(url, b'{"answers": 5}'),
            "huge": lambda: post(url, b" " * 2_000_000 + good),
            "unknown sender": lambda: post(url, good, to="somebody"),
        }[why]()
    assert got == status
    assert [s for _, s in refused(court)] == [status]
    assert (heard(court, "c"), court.answers(key)) == (0, ())
    (request,) = court.requests()
    assert request.status.value == "sent"


def test_an_answer_of_the_wrong_shape_is_kept_told_and_ends_nothing(court: Engine) -> None:
    key = sent(court, "c")
    with taking(court) as url:
        assert post(url, body(key, found="much")) == 200
        assert post(url, body(key, id="2")) == 200
    assert [a.outcome == "taken" for a in court.answers(key)] == [False, True]
    assert (heard(court, "c"), len(court.incidents())) == (1, 1)


def test_nonces_are_forgotten_when_their_time_has_passed(court: Engine) -> None:
    nonces, now = court.nonces(), court.clock.now()
    assert nonces.is_new("net", "n" * 16, now - timedelta(seconds=1))
    assert nonces.is_new("net", "m" * 16, now + timedelta(minutes=5))
    assert nonces.is_new("net", "n" * 16, now + timedelta(minutes=5))
    assert not nonces.is_new("net", "m" * 16, now + timedelta(minutes=5))
    assert nonces.is_new("bank", "m" * 16, now + timedelta(minutes=5))
