"""A far side in a process of its own calls back over real sockets, and the case moves: once, by
what is truly the far side's, and by nothing else."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

import httpx
import pytest
from pydantic import SecretStr

from tests.adapters.simulated import until
from tests.engine.test_callbacks import Quiet, refused
from zhixing.adapters import (
    NO_FAULTS,
    FaultProfile,
    NetworkInquiry,
    Sender,
    SimulatorProcess,
    Webhooks,
    callback_app,
    sign_callback,
)
from zhixing.engine import Actor, Dispatcher, Engine
from zhixing.workflow import definition_from_text

pytestmark = pytest.mark.processes

LI, KEY = Actor.of("li", "officer"), SecretStr("a key of the network 1")
NEVER = timedelta(days=1)
"""So long does nobody ask: what comes in this test comes by itself."""
INQUIRING = definition_from_text("""
id: inquiring
title: {zh: 查询, en: inquiring}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: officer, form: debtor}}
data:
  debtor: {type: text, title: {zh: 被执行人, en: debtor}}
  found: {type: money, default: 0, title: {zh: 查明, en: found}}
forms: {debtor: {title: {zh: 登记, en: debtor}, fields: {debtor: {required: true}}}}
requests:
  inquiry: {title: {zh: 查询, en: inquiry}, operation: network.inquire,
    sends: {person: case.debtor}, answers: {answered: found, partial: part}, takes: {found: found}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  known: {title: {zh: 已查明, en: known}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: ask, title: {zh: 查, en: ask}, from: open, to: stay, by: officer, asks: inquiry}
  - {trigger: part, title: {zh: 部分, en: a part}, from: open, to: stay, by: outside}
  - {trigger: found, title: {zh: 反馈, en: found}, from: open, to: known, by: outside}
  - {trigger: end, title: {zh: 结, en: end}, from: [open, known], to: done, by: officer}
""")


@dataclass
class Heard:
    """The court's end of callbacks, and each that came as it came."""

    url: str
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> int:
        """As the far side would send it: signed, where no headers are given."""
        signed = headers or sign_callback("network", KEY, body, now=datetime.now(UTC))
        sent = {"Content-Type": "application/json", **signed}
        with httpx.Client(trust_env=False, timeout=30) as client:
            return client.post(self.url, content=body, headers=sent).status_code


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    with Engine(database, INQUIRING, drafts=True, upgrade=True, retries=5) as engine:
        yield engine


@pytest.fixture
def heard(court: Engine) -> Iterator[Heard]:
    webhooks = Webhooks([Sender("network", (KEY,))], nonces=court.nonces())
    app: Any = callback_app(court.receive, webhooks, court.note_refused_callback)
    end = Heard("")

    def keeping(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        names = ("TIMESTAMP", "NONCE", "SIGNATURE")
        headers = {f"Zhixing-{n.title()}": environ.get(f"HTTP_ZHIXING_{n}", "") for n in names}
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length < 100_000:
            body = environ["wsgi.input"].read(length)
            end.came.append((headers, body))
            environ["wsgi.input"] = io.BytesIO(body)
        return app(environ, start_response)

    with make_server("127.0.0.1", 0, keeping, handler_class=Quiet) as server:  # type: ignore[type-var]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        end.url = f"http://127.0.0.1:{server.server_port}/network"
        yield end
        server.shutdown()


def network(heard: Heard, ledger: Path, faults: FaultProfile = NO_FAULTS) -> SimulatorProcess:
    secret = KEY.get_secret_value()
    return SimulatorProcess("network", 1, faults, ledger, callback=heard.url, secret=secret)


def asked(court: Engine, far: SimulatorProcess) -> str:
    """A case that asked the far side, and was not answered at once; gives the request's key."""
    far.happens("open_account", person="d1", account="6222", bank="ICBC", balance="90.50")
    court.adapters[:] = [NetworkInquiry(far.url, latency=NEVER)]
    court.open_case("inquiring", actor=LI, id="c", data={"debtor": "d1"})
    court.fire("c", "ask", actor=LI)
    Dispatcher(court).run_due()
    (request,) = court.requests(case_id="c", open_only=False)
    return request.id


def is_known(court: Engine) -> bool:
    return court.case("c").state == "known"


def outcomes(court: Engine, key: str) -> list[str]:
    return [answer.outcome for answer in court.answers(key)]


def test_a_far_side_calls_back_and_the_case_moves(
    court: Engine, heard: Heard, tmp_path: Path
) -> None:
    with network(heard, tmp_path / "network") as far:
        key = asked(court, far)
        until(lambda: is_known(court), "it did not call back")
    assert court.case("c").data["found"] == Decimal("90.50")
    assert outcomes(court, key)[-1] == "taken"
    assert not court.requests(case_id="c") and not refused(court) and not court.incidents()


def test_what_a_far_side_forged_moves_nothing_and_its_true_answer_does(
    court: Engine, heard: Heard, tmp_path: Path
) -> None:
    with network(heard, tmp_path / "network", FaultProfile(forged=1.0)) as far:
        key = asked(court, far)
        until(lambda: is_known(court), "the true answer did not come")
    assert set(refused(court)) == {("callback:network", 401)}
    assert outcomes(court, key) == ["taken"] * len(court.answers(key))
    assert [e.trigger for e in court.history("c")].count("found") == 1


def test_an_answer_in_parts_and_twice_is_taken_once(
    court: Engine, heard: Heard, tmp_path: Path
) -> None:
    with network(heard, tmp_path / "network", FaultProfile(partial=1.0, twice=1.0)) as far:
        asked(court, far)
        until(lambda: is_known(court), "it did not call back")
        until(lambda: len(heard.came) >= 3, "it did not come twice")
    assert [e.trigger for e in court.history("c")].count("found") == 1
    assert not court.incidents()


def _replayed(heard: Heard, key: str) -> int:
    headers, body = heard.came[-1]
    return heard.post(body, headers)


def _altered(heard: Heard, key: str) -> int:
    headers, body = heard.came[-1]
    return heard.post(body.replace(b"90.50", b"99.50"), headers)


def _to_nobody(heard: Heard, key: str) -> int:
    told = {"key": "nobody's", "message_id": "1", "kind": "answered", "data": {"found": "5"}}
    return heard.post(json.dumps(told).encode())


WRONG: dict[str, tuple[int, Callable[[Heard, str], int]]] = {
    "replayed": (409, _replayed),
    "altered": (401, _altered),
    "malformed": (400, lambda heard, key: heard.post(b'{"key": ')),
    "oversized": (413, lambda heard, key: heard.post(b" " * 1_500_000)),
    "for an unknown key": (404, _to_nobody),
}


@pytest.mark.parametrize("why", WRONG)
def test_what_is_wrong_after_that_has_its_status_is_kept_and_changes_nothing(
    court: Engine, heard: Heard, tmp_path: Path, why: str
) -> None:
    with network(heard, tmp_path / "network") as far:
        key = asked(court, far)
        until(lambda: is_known(court), "it did not call back")
    before, answers = court.case("c"), court.answers(key)
    status, send = WRONG[why]
    assert send(heard, key) == status
    assert refused(court) == [("callback:network", status)]
    assert (court.case("c"), court.answers(key)) == (before, answers)
    assert not court.incidents()
