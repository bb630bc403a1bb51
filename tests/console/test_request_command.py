"""`zhixing request …` as people type it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.console.test_command import zhixing
from tests.engine.test_outbox import ASKING, LI, Outside
from zhixing.adapters import ByHand
from zhixing.engine import Dispatcher, Engine


def made(tmp_path: Path) -> tuple[str, str]:
    """A database in which one request waits, and its key."""
    database = f"sqlite:///{tmp_path}/court.db"
    with Engine(database, ASKING, adapters=[Outside()], drafts=True, upgrade=True) as court:
        court.open_case("asking", actor=LI, id="a")
        court.fire("a", "ask", actor=LI)
        (request,) = court.requests()
    return database, request.id


def test_requests_are_listed_answered_and_shown(tmp_path: Path) -> None:
    database, key = made(tmp_path)
    on = ("--db", database)
    listed = json.loads(zhixing("request", "list", *on, "--json").stdout)
    assert [one["id"] for one in listed["requests"]] == [key]
    assert "waiting" in zhixing("request", "list", *on).stdout
    assert "待发" in zhixing("request", "list", *on, "--lang", "zh").stdout
    assert "net.ask" in zhixing("request", "counterparties", *on).stdout
    form = zhixing("request", "form", key, *on, "--lang", "zh").stdout
    assert "查询（net.ask）" in form and "answered" in form
    answer = tmp_path / "answer.json"
    answer.write_text('{"found": "5"}')
    given = ("--data", str(answer), "--reason", "letter", *on)
    refused = zhixing("request", "answer", key, *given, "--as", "li", "--role", "officer")
    assert refused.returncode == 1 and "may" in refused.stderr + refused.stdout
    who = ("--as", "admin", "--role", "system_admin")
    done = zhixing("request", "answer", key, *given, *who)
    assert done.returncode == 0, done.stderr
    shown = json.loads(zhixing("request", "answers", key, *on, "--json").stdout)
    assert [(a["source"], a["outcome"]) for a in shown["answers"]] == [("hand:admin", "taken")]
    assert json.loads(zhixing("request", "list", *on, "--json").stdout)["requests"] == []
    again = zhixing("request", "retry", key, "--reason", "x", *who, *on)
    assert again.returncode == 1 and "is over" in again.stderr + again.stdout


def test_what_is_asked_by_hand_is_listed_with_its_key_and_answered_by_who_has_it(
    tmp_path: Path,
) -> None:
    database = f"sqlite:///{tmp_path}/court.db"
    by_hand = ByHand(Outside())
    with Engine(database, ASKING, adapters=[by_hand], drafts=True, upgrade=True) as court:
        court.open_case("asking", actor=LI, id="a", officer="li")
        court.fire("a", "ask", actor=LI)
        Dispatcher(court).run_due()
        (request,) = court.requests()
    on = ("--db", database)
    for lang, kind in (("en", "follow-up"), ("zh", "后续事项")):
        listed = zhixing("task", "list", "--role", "officer", "--lang", lang, *on).stdout
        assert kind in listed and request.id in listed
    answer = tmp_path / "answer.json"
    answer.write_text('{"found": "5"}')
    who = ("--as", "li", "--role", "officer", "--data", str(answer), "--reason", "letter", *on)
    assert zhixing("request", "answer", request.id, *who).returncode == 0
    assert json.loads(zhixing("task", "list", "--json", *on).stdout)["tasks"] == []
    received = json.loads(zhixing("request", "received", "--json", *on).stdout)["answers"]
    assert [(one["case_id"], one["source"]) for one in received] == [("a", "hand:li")]
    assert "hand:li" in zhixing("request", "received", *on).stdout
    assert "hand:li" not in zhixing("request", "received", "--not-taken", *on).stdout


def test_a_request_is_given_up_and_bad_data_are_told(tmp_path: Path) -> None:
    database, key = made(tmp_path)
    who = ("--as", "admin", "--role", "system_admin", "--db", database)
    bad = tmp_path / "bad.json"
    for text in ("[1]", "{"):
        bad.write_text(text)
        told = zhixing("request", "answer", key, "--data", str(bad), "--reason", "x", *who)
        assert told.returncode == 2 and "--data" in told.stderr
    done = zhixing("request", "abandon", key, "--reason", "closed", *who)
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(zhixing("request", "list", "--all", "--db", database, "--json").stdout)[
        "requests"
    ]
    assert (one["status"], one["last_error"]) == ("failed", "admin: closed")
