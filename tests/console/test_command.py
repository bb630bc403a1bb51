"""The `zhixing` command as people type it: real processes, exit codes, words and JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DATA, LOAN, ROOT

FINES = str(ROOT / "definitions" / "it" / "road_fines.yaml")


def zhixing(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zhixing.console", *arguments]
    return subprocess.run(command, cwd=cwd, env={**os.environ, "ZHIXING_LANG": "en", **env}, capture_output=True, text=True)


def test_lint_says_where_and_exits_1_on_findings(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(LOAN)
    bad.write_text(LOAN.replace("to: noticed", "to: noticd"))
    assert zhixing("lint", str(good)).returncode == 0
    result = zhixing("lint", str(good), str(bad), "--lang", "zh")
    assert result.returncode == 1
    assert "未知的状态 noticd；是否指 noticed？ [unknown-state]" in result.stdout and "^" in result.stdout
    report = json.loads(zhixing("lint", str(bad), "--json").stdout)
    assert report["errors"] == 1 and report["findings"][0]["code"] == "unknown-state"
    assert zhixing("lint", str(tmp_path / "none.yaml")).returncode == 1
    assert zhixing("lint", str(tmp_path)).returncode == 1
    assert zhixing("lint").returncode == 2


@pytest.mark.parametrize(("kind", "start"), [("mermaid", "---\ntitle"), ("dot", "digraph"), ("svg", "<svg")])
def test_diagram_draws(kind: str, start: str) -> None:
    result = zhixing("diagram", FINES, "--format", kind, "--lang", "zh")
    assert result.returncode == 0 and result.stdout.startswith(start) and "已加罚" in result.stdout


def test_replay_reports_as_json() -> None:
    result = zhixing("replay", FINES, str(DATA / "road_fines_part.csv.gz"), "--json")
    report = json.loads(result.stdout)
    assert {"cases", "events", "refused", "clock", "violations"} <= report.keys()
    assert report["clock"]["Add penalty"]["missing"] == 0
    assert zhixing("replay", FINES, str(DATA / "none.csv")).returncode == 1


def test_a_case_from_the_command_line(tmp_path: Path) -> None:
    definition = tmp_path / "loan.yaml"
    definition.write_text(LOAN)
    at = ("--db", f"sqlite:///{tmp_path}/c.db", "--definitions", str(definition))
    opened = zhixing("case", "open", "loan", "amount=100", "--id", "c1", "--officer", "li", "--json", *at)
    assert json.loads(opened.stdout)["case"]["state"] == "fresh"
    refused = zhixing("case", "fire", "c1", "notify", "--role", "chief", *at)
    assert refused.returncode == 1 and "only officer may do this" in refused.stderr and "Traceback" not in refused.stderr
    assert json.loads(zhixing("case", "fire", "c1", "notify", "--json", *at).stdout)["error"]["code"] == "refused"
    assert zhixing("case", "fire", "c1", "notify", "--role", "officer", "--document", "notice=n1", *at).returncode == 0
    shown = json.loads(zhixing("case", "show", "c1", "--role", "chief", "--json", *at).stdout)
    assert shown["case"]["state"] == "noticed" and shown["deadlines"][0]["rule"] == "payment" and shown["deadlines"][0]["steps"]
    assert "finish" in zhixing("case", "show", "c1", *at).stdout
    assert "c1" in zhixing("case", "list", *at).stdout
    assert "notify" in zhixing("case", "history", "c1", *at).stdout
    assert "payment" in zhixing("deadline", "list", "--case", "c1", *at).stdout
    assert json.loads(zhixing("deadline", "list", "--json", *at).stdout) == {"deadlines": []}
    assert zhixing("worker", "--once", *at).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nonsense",), 2), (("case", "open"), 2), (("case", "show", "x", "--db", "nonsense"), 1), (("case", "show", "x", "--db", "sqlite://"), 1),
        (("case", "open", "loan", "novalue", "--db", "sqlite://"), 2), (("period", "2024-01-01"), 2), (("period", "yesterday", "3", "day"), 1),
        (("period", "2024-01-01", "-3", "day"), 1), (("period", "2024-01-01", "0", "day"), 1), (("period", "2024-01-01", "x", "day"), 1),
        (("period", "2024-01-01", "3", "moon"), 1), (("period", "2024-01-01", "3", "day", "--deduct", "2024-02-02..2024-01-01"), 1),
        (("period", "2024-01-01", "3", "day", "--calendar", "mars"), 1), (("period", "2024-01-01T10:00", "3", "day"), 1),
        (("db", "upgrade", "--db", "oracle://x/y"), 1), (("db", "upgrade", "--db", "sqlite:////nowhere/at/all.db"), 1),
        (("replay", "nowhere.yaml", "nowhere.csv"), 1), (("diagram", "nowhere.yaml"), 1), (("diagram", FINES, "--format", "png"), 2),
    ],
)  # fmt: skip
def test_nonsense_ends_in_words_and_the_right_code(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    result = zhixing(*arguments, cwd=tmp_path)
    assert result.returncode == code, result.stderr
    assert result.stderr and "Traceback" not in result.stderr


def test_period_gives_the_due_date_and_its_steps() -> None:
    answer = json.loads(zhixing("period", "2024-09-24", "7", "day", "--json").stdout)
    assert answer["due"] == "2024-10-08" and any("国庆节" in step["zh"] for step in answer["steps"])
    assert zhixing("period", "2024-09-24", "7", "day").stdout.splitlines()[0] == "due: 2024-10-08"
    assert json.loads(zhixing("period", "2024-09-24", "7", "day", "--calendar", "none", "--json").stdout)["due"] == "2024-10-01"
    assert json.loads(zhixing("period", "2024-10-15", "15", "day", "--backward", "--json").stdout)["due"] == "2024-09-30"
    deducted = zhixing("period", "2025-03-03", "30", "day", "--deduct", "2025-03-10..2025-03-20", "--json")
    assert json.loads(deducted.stdout)["due"] == "2025-04-14"


def test_period_computes_many_from_a_file(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text(
        "start,length,unit,backward,deduct\n2024-09-24,7,day,,\n2024-10-15,15,day,true,\n"
        "2025-03-03,30,day,,2025-03-10..2025-03-15;2025-03-15..2025-03-20\n"
    )
    rows = list(csv.DictReader(io.StringIO(zhixing("period", "--file", str(table)).stdout)))
    assert [row["due"] for row in rows] == ["2024-10-08", "2024-09-30", "2025-04-14"]
    table.write_text("start,length,unit,backward,deduct\n2024-09-24,7,day,,\nnever,1,day,,\n")
    result = zhixing("period", "--file", str(table))
    assert result.returncode == 1 and f"{table}:3:" in result.stderr and "2024-10-08" in result.stdout


def test_a_courts_closure_is_laid_over_the_national_calendar(tmp_path: Path) -> None:
    overlay = tmp_path / "court.yaml"
    overlay.write_text("id: court\nrest:\n  - {from: 2024-10-08, to: 2024-10-09, reason: 搬迁}\nwork: [2024-10-05]\n")
    answer = json.loads(zhixing("period", "2024-09-30", "8", "day", "--calendar", str(overlay), "--json").stdout)
    assert answer["due"] == "2024-10-10" and any("搬迁" in step["zh"] for step in answer["steps"])
    assert json.loads(zhixing("period", "2024-09-30", "5", "day", "--calendar", str(overlay), "--json").stdout)["due"] == "2024-10-05"
    overlay.write_text("rest: [someday]\ncolour: red\n")
    result = zhixing("period", "2024-09-30", "5", "day", "--calendar", str(overlay))
    assert result.returncode == 1 and f"{overlay}:1:8" in result.stderr and f"{overlay}:2:1" in result.stderr


def test_the_demonstration_prints_what_it_computed(tmp_path: Path) -> None:
    result = zhixing("demo", "--json", cwd=tmp_path)
    report = json.loads(result.stdout)
    assert report["cases"] == 20 == sum(report["modes"].values())
    assert {"fully_performed", "for_now", "terminated"} <= report["modes"].keys()
    assert report["overdue"] and report["alerts"] > 20
    database = f"sqlite:///{tmp_path}/zhixing-demo.db"
    assert len(json.loads(zhixing("case", "list", "--json", "--db", database).stdout)["cases"]) >= 20
    listed = json.loads(zhixing("deadline", "list", "--json", "--db", database).stdout)["deadlines"]
    assert {d["id"] for d in report["overdue"]} == {d["id"] for d in listed}
    assert json.loads(zhixing("demo", "--json", cwd=tmp_path).stdout) == report, "the same seed lives the same half year"
    words = zhixing("demo", "--lang", "zh", cwd=tmp_path)
    assert words.returncode == 0 and "超期清单" in words.stdout and "民事诉讼法第八十五条" in words.stdout
