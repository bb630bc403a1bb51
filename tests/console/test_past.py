"""What happened earlier, what would follow, and what is corrected, from the command line."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.console.test_command import zhixing
from zhixing.engine import Actor, Engine

LATE = Path(__file__).parents[1] / "data" / "late.yaml"
OFFICER = ("--as", "li", "--role", "officer")
CHIEF = ("--as", "wang", "--role", "chief")


@pytest.fixture
def at(tmp_path: Path) -> tuple[str, ...]:
    """A case that was opened yesterday, and where it is."""
    database = f"sqlite:///{tmp_path}/late.db"
    with Engine(database, LATE, drafts=True) as engine:
        engine.open_case(
            "late",
            id="c",
            actor=Actor.of("li", "officer"),
            officer="li",
            data={"amount": "100"},
            happened_at=datetime.now(UTC) - timedelta(days=1),
        )
    return ("--db", database, "--definitions", str(LATE), "--drafts")


def shanghai(days_ago: int) -> str:
    """A day, as the court counts it."""
    return f"{datetime.now(UTC) + timedelta(hours=8) - timedelta(days=days_ago):%Y-%m-%d}"


def test_history_shows_when_it_happened_and_who_entered_it_when(at: tuple[str, ...]) -> None:
    day = shanghai(1)
    fired = zhixing("case", "fire", "c", "report", "--on", day, *OFFICER, *at)
    assert fired.returncode == 0, fired.stderr
    shown = zhixing("case", "history", "c", "--lang", "zh", *at).stdout.splitlines()
    line = next(line for line in shown if "已冻结  li（承办人）" in line)
    assert day in line.partition("<")[0] and f"补录：li 于 {shanghai(0)}" in line


def test_a_call_with_a_name_takes_effect_once_and_a_version_not_seen_is_refused(
    at: tuple[str, ...],
) -> None:
    named = ("case", "fire", "c", "pay", "--request-id", "p-1", "--json", *OFFICER, *at)
    first, again = zhixing(*named), zhixing(*named)
    assert json.loads(first.stdout)["case"] == json.loads(again.stdout)["case"]
    entries = json.loads(zhixing("case", "history", "c", "--json", *at).stdout)["history"]
    assert [entry["trigger"] for entry in entries].count("pay") == 1
    stale = zhixing("case", "fire", "c", "pay", "--expect-version", "1", "--json", *OFFICER, *at)
    assert json.loads(stale.stdout)["error"]["code"] == "stale-version"


def test_a_preview_says_what_would_follow_and_writes_nothing(at: tuple[str, ...]) -> None:
    told = zhixing("case", "preview", "c", "note", "--lang", "zh", *OFFICER, *at)
    assert "案件将处于：已登记 (noted)" in told.stdout and "登记  已冻结 → 已登记" in told.stdout
    entries = json.loads(zhixing("case", "history", "c", "--json", *at).stdout)["history"]
    assert [entry["trigger"] for entry in entries].count("note") == 0


def test_what_is_corrected_is_marked_and_says_what_it_rests_on(at: tuple[str, ...]) -> None:
    remark = ("case", "fire", "c", "remark", "note=wrong", *OFFICER, *at)
    assert zhixing(*remark).returncode == 0
    entries = json.loads(zhixing("case", "history", "c", "--json", *at).stdout)["history"]
    seq = next(str(entry["seq"]) for entry in entries if entry["trigger"] == "remark")
    mend = (
        "case",
        "correct",
        "c",
        "--data",
        f"{seq}:note=right",
        "--entry-on",
        f"{seq}:{shanghai(0)}",
        "--why",
        "typo",
    )
    document = ("--document", "proof=letter 1")
    assert zhixing(*mend, *document, *OFFICER, *at).returncode == 0
    assert zhixing("case", "approve", "c", "correct", *CHIEF, *at).returncode == 0
    shown = json.loads(zhixing("case", "show", "c", "--json", *at).stdout)
    assert shown["case"]["data"]["note"] == "right"
    marked = zhixing("case", "history", "c", "--lang", "en", *at).stdout.splitlines()
    assert [line for line in marked if "corrected since" in line and " remark " in line]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("fire", "c", "pay", "--on", "yesterday"), "when"),
        (("fire", "c", "pay", "--on", "2026-01-08T10:00"), "when"),
        (("fire", "c", "pay", "--on", "2999-01-08"), "happened-at"),
        (("preview", "c", "pay", "--on", "x"), "when"),
    ],
)
def test_a_time_that_cannot_be_read_is_told_with_its_code(
    at: tuple[str, ...], command: tuple[str, ...], code: str
) -> None:
    answer = zhixing("case", *command, "--json", *OFFICER, *at)
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["error"]["code"] == code


def test_a_task_that_is_not_there_is_not_finished(at: tuple[str, ...]) -> None:
    assert zhixing("task", "finish", "c", "nothing", *OFFICER, *at).returncode == 1


SAYS_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("case", "history", "c"), ["立案", "报告", "li（承办人）", "起算“每月缴费”（至 "]),
        (("case", "show", "c"), ["已冻结", "每月缴费", "进行中"]),
        (("case", "list"), ["已冻结"]),
        (("deadline", "list", "--case", "c"), ["每月缴费", "进行中"]),
        (("events",), ["立案", "报告"]),
        (("case", "preview", "c", "note", *OFFICER), ["登记  已冻结 → 已登记"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_printed_for_people_is_in_their_words_and_their_time(
    at: tuple[str, ...], command: tuple[str, ...], words: list[str]
) -> None:
    """Titles of acts, nodes, offices, limits and statuses; the clock of Shanghai, not of Greenwich:
    a case opened at the same time yesterday shows that hour."""
    zhixing("case", "fire", "c", "report", *OFFICER, *at)
    told = zhixing(*command, "--lang", "zh", *at).stdout
    assert [word for word in words if word not in told] == [], told
    for id in ("running", "armed", "opened", "frozen →"):
        assert id not in told
    times = {int(found[0][:2]) for found in SAYS_TIME.finditer(told)}
    hour = (datetime.now(UTC) + timedelta(hours=8)).hour
    assert times <= {hour, (hour - 1) % 24, (hour + 1) % 24}


def test_what_is_given_to_machines_stays_exact(at: tuple[str, ...]) -> None:
    entry = json.loads(zhixing("case", "history", "c", "--json", *at).stdout)["history"][0]
    assert (entry["kind"], entry["target"], entry["roles"]) == ("opened", "frozen", ["officer"])
    assert datetime.fromisoformat(entry["happened_at"]).utcoffset() == timedelta(0)
    assert {effect["what"] for effect in entry["effects"]} == {"armed"}
