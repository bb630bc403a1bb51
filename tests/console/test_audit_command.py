"""`zhixing audit`, `zhixing events`, a case as it was and its page, as people type them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import LOAN, at
from tests.console.test_command import zhixing
from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.workflow import definition_from_text

LI = Actor.of("li", "officer")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one case that went two steps."""
    file, clock = tmp_path / "cases.db", VirtualClock(at("2025-03-03 09:00"))
    loan = definition_from_text(LOAN, "loan.yaml")
    with Engine(f"sqlite:///{file}", loan, clock=clock, drafts=True) as engine:
        engine.open_case("loan", actor=LI, id="x", data={"amount": "100"})
        clock.advance(days=2)
        engine.fire("x", "notify", actor=LI, documents={"notice": "n"})
    return file


def test_an_audit_says_what_it_finds_and_ends_with_1(file: Path) -> None:
    where = ("--db", f"sqlite:///{file}", "--definitions", str(file.parent))
    good = zhixing("audit", "verify", "--rules", *where)
    assert (good.returncode, "2 entries decided again, 0 not" in good.stdout) == (0, True)
    assert "not covered: zx_publications" in good.stdout
    anchor = file.parent / "anchor.json"
    assert zhixing("audit", "anchor", "--heads", "-o", str(anchor), *where).returncode == 0
    assert zhixing("audit", "verify", "--anchor", str(anchor), *where).returncode == 0
    with sqlite3.connect(file) as database:
        database.execute("UPDATE zx_history SET actor = 'wang' WHERE seq = 2")
    found = zhixing("audit", "verify", *where)
    assert (found.returncode, "x entry 2 does not match" in found.stdout) == (1, True)
    report = json.loads(zhixing("audit", "verify", "--json", *where).stdout)
    assert [(f["code"], f["seq"]) for f in report["findings"]] == [("entry-changed", 2)]
    assert "zx_outbox" in report["not_covered"]["columns"]
    root = zhixing("audit", "anchor", *where).stdout
    (file.parent / "root.json").write_text(root)
    refused = zhixing("audit", "verify", "--anchor", str(file.parent / "root.json"), *where)
    assert (refused.returncode, "[anchor]" in refused.stderr) == (1, True)


def test_the_key_is_named_by_the_environment(file: Path) -> None:
    key = file.parent / "key"
    key.write_text("a key that nobody else has\n")
    where = ("--db", f"sqlite:///{file}", "--definitions", str(file.parent))
    keyed = {"ZHIXING_AUDIT_KEY": str(key), "ZHIXING_AUDIT": "sm3"}
    accepted = zhixing("db", "accept-clock", "--as", "ops", "--role", "system_admin", *where)
    assert accepted.returncode == 0, accepted.stderr
    fired = zhixing(
        "case", "fire", "x", "clue", "clue=car", "--as", "li", "--role", "officer", *where, **keyed
    )
    assert fired.returncode == 0, fired.stderr
    assert zhixing("audit", "verify", *where, **keyed).returncode == 0
    assert "[key-missing]" in zhixing("audit", "verify", *where).stdout
    missing = zhixing("audit", "verify", *where, ZHIXING_AUDIT_KEY=str(file.parent / "none"))
    assert "[audit-key]" in missing.stderr


def test_a_case_as_it_was_its_page_and_the_feed(file: Path) -> None:
    where = ("--db", f"sqlite:///{file}", "--definitions", str(file.parent))
    then = zhixing("case", "show", "x", "--at", "2025-03-04", *where).stdout
    assert "fresh (fresh)" in then and "noticed" not in then
    assert zhixing("case", "show", "x", "--at", "soon", *where).returncode == 2
    early = zhixing("case", "show", "x", "--at", "2025-03-02", *where)
    assert (early.returncode, "[not-open-then]" in early.stderr) == (1, True)
    page = file.parent / "case.html"
    asked = ("--as", "a", "--role", "audit_admin", "--html", str(page))
    assert zhixing("case", "export", "x", *asked, *where).returncode == 0
    assert "<h1>File of the case x</h1>" in page.read_text(encoding="utf-8")
    events = json.loads(zhixing("events", "--json", *where).stdout)["events"]
    assert [e["seq"] for e in events] == [1, 2]
    rest = zhixing("events", "--after", events[0]["token"], *where).stdout
    assert len(rest.splitlines()) == 1 and "notify" in rest
    assert zhixing("audit", "seal", *where).stdout.strip() == "0 sealed"
