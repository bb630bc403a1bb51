"""`zhixing request …` as people type it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.console.test_command import zhixing
from tests.engine.test_outbox import ASKING, LI, Outside
from zhixing.engine import Engine


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
