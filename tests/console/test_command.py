"""The `zhixing` command as people type it: real processes, exit codes, words and JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DATA, LOAN, ROOT, at
from tests.courts import ACCEPTED
from zhixing.engine import Actor, Engine, VirtualClock

COMMON = str(ROOT / "definitions" / "cn" / "common.yaml")
FINES = str(ROOT / "definitions" / "it" / "road_fines.yaml")


def zhixing(
    *arguments: str, cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zhixing.console", *arguments]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "ZHIXING_LANG": "en", **env},
        capture_output=True,
        text=True,
    )


def test_lint_says_where_and_exits_1_on_findings(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(LOAN)
    bad.write_text(LOAN.replace("to: noticed", "to: noticd"))
    assert zhixing("lint", str(good)).returncode == 0
    result = zhixing("lint", str(good), str(bad), "--lang", "zh")
    assert result.returncode == 1
    assert (
        "未知的状态 noticd；是否指 noticed？ [unknown-state]" in result.stdout
        and "^" in result.stdout
    )
    report = json.loads(zhixing("lint", str(bad), "--json").stdout)
    assert report["errors"] == 1 and report["findings"][0]["code"] == "unknown-state"
    assert zhixing("lint", str(tmp_path / "none.yaml")).returncode == 1
    assert zhixing("lint", str(tmp_path)).returncode == 1
    assert zhixing("lint").returncode == 2


def test_lint_of_a_folder_knows_what_each_file_is(tmp_path: Path) -> None:
    folder = tmp_path / "definitions"
    shutil.copytree(ROOT / "definitions" / "cn", folder / "cn")
    shutil.copytree(ROOT / "definitions" / "law", folder / "law")
    (folder / "compose.yaml").write_text("services: {web: {image: x}}\n")
    (folder / "notes.txt").write_text("id: no\n")
    clean = json.loads(zhixing("lint", str(folder), "--json").stdout)
    ours = list((folder / "cn").rglob("*.yaml"))
    assert (clean["files"], clean["errors"]) == (len(ours) + 1, 0)
    assert "child-missing" not in {f["code"] for f in clean["findings"]}
    broken = {
        folder / "cn" / "objection.scenarios.yaml": ("fire: accept", "fires: accept"),
        folder / "cn" / "first_enforcement.simulation.yaml": ("staff:", "staf:"),
        folder / "cn" / "layers" / "jiayu.yaml": ("overlay:", "overlays:"),
        folder / "law" / "law.yaml": ("\nversion:", "\nversions:"),
    }
    for file, (before, after) in broken.items():
        file.write_text(file.read_text().replace(before, after, 1))
    for file in {*ours} - broken.keys():
        if file.name not in ("common.yaml", "objection.yaml", "first_enforcement.yaml"):
            file.unlink()  # they were read above
    report = json.loads(zhixing("lint", str(folder), "--json").stdout)
    assert {f["file"] for f in report["findings"] if f["severity"] == "error"} >= set(
        map(str, broken)
    )


def test_a_folder_with_nothing_of_ours_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    told = zhixing("lint", str(tmp_path))
    assert told.returncode == 1 and "nothing-to-check" in told.stderr


def test_errors_come_first_and_the_rest_is_folded(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "definitions" / "cn", tmp_path / "cn")
    file = tmp_path / "cn" / "first_enforcement.yaml"
    file.write_text(file.read_text().replace("to: closing_review", "to: closing_revew", 1))
    lines = zhixing("lint", str(file), "--lang", "zh").stdout.splitlines()
    assert "错误: 未知的状态 closing_revew" in lines[0]
    folded = next(line for line in lines if "另有" in line)
    assert "law-unverified" in folded and "--all" in folded
    assert sum("law-unverified" in line for line in lines) == 1
    every = zhixing("lint", str(file), "--all", "--lang", "zh").stdout
    assert every.count("[law-unverified]") > 3 and "另有" not in every


def test_lint_names_the_law_it_went_by(tmp_path: Path) -> None:
    good, other = tmp_path / "good.yaml", tmp_path / "law"
    good.write_text(LOAN)
    told = zhixing("lint", str(good)).stdout.splitlines()[-1]
    assert told.startswith("by definitions/law cn version ")
    assert told.endswith("each definition by the law of the day it takes effect")
    other.mkdir()
    (other / "law.yaml").write_text("law: xy\nversion: 7\ntitle: {zh: 某法, en: some law}\n")
    zh = zhixing("lint", str(good), "--law", str(other), "--lang", "zh").stdout
    assert f"依据 {other} xy 版本 7（" in zh and "按各定义施行日适用" in zh
    report = json.loads(zhixing("lint", str(good), "--law", str(other), "--json").stdout)
    assert (report["law"]["name"], report["law"]["version"]) == ("xy", "7")
    [run] = json.loads(zhixing("lint", str(good), "--format", "sarif").stdout)["runs"]
    assert run["properties"]["law"]["name"] == "cn"
    (other / "law.yaml").write_text("law: xy\n")
    refused = zhixing("lint", str(good), "--law", str(other))
    assert refused.returncode == 1 and "missing key version" in refused.stderr


def test_the_law_of_a_day_is_shown_and_a_folder_of_tables_is_checked(tmp_path: Path) -> None:
    asked = ("law", "show", "freeze-deposit-max", "--on")
    [row] = json.loads(zhixing(*asked, "2015-02-03", "--json").stdout)["rows"]
    assert (row["length"], row["unit"], row["until"]) == (6, "month", "2015-02-03")
    assert "the limit is 1 year" in zhixing(*asked, "2015-02-04").stdout
    none = zhixing(*asked, "2004-12-31")
    assert none.returncode == 1 and "from 2005-01-01 until 2015-02-03" in none.stderr
    assert "did you mean archive" in zhixing("law", "show", "archiv").stderr
    assert zhixing("law", "show", "--on", "soon").returncode == 1
    shown = zhixing("law", "show", "--on", "2024-01-01").stdout
    assert "nobody may waive a statutory limit" in shown and "enforcement-application" in shown
    shutil.copytree(ROOT / "definitions" / "law", tmp_path / "law")
    table = tmp_path / "law" / "time_limits.csv"
    assert zhixing("law", "check", str(tmp_path / "law")).returncode == 0
    table.write_text(table.read_text().replace(",2015-02-03,", ",2015-02-04,"))
    wrong = zhixing("law", "check", str(tmp_path / "law"))
    assert wrong.returncode == 1 and "[law-overlap]" in wrong.stdout and "^" in wrong.stdout
    report = json.loads(zhixing("law", "check", str(tmp_path / "law"), "--json").stdout)
    assert report["errors"] == 1 and report["findings"][0]["line"] > 1


@pytest.mark.parametrize(
    ("kind", "start"), [("mermaid", "---\ntitle"), ("dot", "digraph"), ("svg", "<svg")]
)
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
    database = f"sqlite:///{tmp_path}/c.db"
    at = ("--db", database, "--definitions", str(definition), "--drafts")
    opened = zhixing(
        "case",
        "open",
        "loan",
        "amount=100",
        "--id",
        "c1",
        "--as",
        "li",
        "--role",
        "officer",
        "--json",
        *at,
    )
    assert json.loads(opened.stdout)["case"]["state"] == "fresh"
    refused = zhixing("case", "fire", "c1", "notify", "--role", "chief", *at)
    assert (
        refused.returncode == 1
        and "only officer may do this" in refused.stderr
        and "Traceback" not in refused.stderr
    )
    assert (
        json.loads(zhixing("case", "fire", "c1", "notify", "--json", *at).stdout)["error"]["code"]
        == "refused"
    )
    assert (
        zhixing(
            "case",
            "fire",
            "c1",
            "notify",
            "--as",
            "li",
            "--role",
            "officer",
            "--document",
            "notice=n1",
            *at,
        ).returncode
        == 0
    )
    shown = json.loads(zhixing("case", "show", "c1", "--role", "chief", "--json", *at).stdout)
    assert (
        shown["case"]["state"] == "noticed"
        and shown["deadlines"][0]["rule"] == "payment"
        and shown["deadlines"][0]["steps"]
    )
    assert "finish" in zhixing("case", "show", "c1", *at).stdout
    assert "c1" in zhixing("case", "list", *at).stdout
    assert "notify" in zhixing("case", "history", "c1", *at).stdout
    assert "payment" in zhixing("deadline", "list", "--case", "c1", *at).stdout
    assert json.loads(zhixing("deadline", "list", "--json", *at).stdout) == {"deadlines": []}
    assert zhixing("worker", "--once", *at).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nonsense",), 2),
        (("case", "open"), 2),
        (("case", "show", "x", "--db", "nonsense"), 1),
        (("case", "show", "x", "--db", "sqlite://"), 1),
        (("case", "open", "loan", "novalue", "--db", "sqlite://"), 2),
        (("period", "2024-01-01"), 2),
        (("period", "yesterday", "3", "day"), 1),
        (("period", "2024-01-01", "-3", "day"), 1),
        (("period", "2024-01-01", "0", "day"), 1),
        (("period", "2024-01-01", "x", "day"), 1),
        (("period", "2024-01-01", "3", "moon"), 1),
        (("period", "2024-01-01", "3", "day", "--deduct", "2024-02-02..2024-01-01"), 1),
        (("period", "2024-01-01", "3", "day", "--calendar", "mars"), 1),
        (("period", "2024-01-01T10:00", "3", "day"), 1),
        (("db", "upgrade", "--db", "oracle://x/y"), 1),
        (("db", "upgrade", "--db", "sqlite:////nowhere/at/all.db"), 1),
        (("replay", "nowhere.yaml", "nowhere.csv"), 1),
        (("charter", "check", "nowhere.yaml"), 1),
        (("charter", "check", "/"), 1),
        (("charter", "check", str(DATA / "road_fines_part.csv.gz")), 1),
        (("db", "init", "--charter", str(DATA / "road_fines_part.csv.gz"), "--db", "sqlite://"), 1),
        (("migrate", "run", "7", "--db", "sqlite://"), 1),
        (("diagram", "nowhere.yaml"), 1),
        (("diagram", FINES, "--format", "png"), 2),
        (("diagram", FINES, "-o", "/nowhere/x.svg"), 1),
        (("print", FINES, "-o", "/nowhere/x.html"), 1),
        (("schema", "--write", "/nowhere"), 1),
        (("test", FINES, "--generate", "/nowhere/x.yaml"), 1),
        (("simulate", "nowhere.yaml"), 1),
        (("test", COMMON), 1),
    ],
)
def test_nonsense_ends_in_words_and_the_right_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    result = zhixing(*arguments, cwd=tmp_path)
    assert result.returncode == code, result.stderr
    assert result.stderr and "Traceback" not in result.stderr


def test_period_gives_the_due_date_and_its_steps() -> None:
    answer = json.loads(zhixing("period", "2024-09-24", "7", "day", "--json").stdout)
    assert answer["due"] == "2024-10-08" and any("国庆节" in step["zh"] for step in answer["steps"])
    assert zhixing("period", "2024-09-24", "7", "day").stdout.splitlines()[0] == "due: 2024-10-08"
    assert (
        json.loads(
            zhixing("period", "2024-09-24", "7", "day", "--calendar", "none", "--json").stdout
        )["due"]
        == "2024-10-01"
    )
    assert (
        json.loads(zhixing("period", "2024-10-15", "15", "day", "--backward", "--json").stdout)[
            "due"
        ]
        == "2024-09-30"
    )
    deducted = zhixing(
        "period", "2025-03-03", "30", "day", "--deduct", "2025-03-10..2025-03-20", "--json"
    )
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
    assert (
        result.returncode == 1 and f"{table}:3:" in result.stderr and "2024-10-08" in result.stdout
    )


def test_a_courts_closure_is_laid_over_the_national_calendar(tmp_path: Path) -> None:
    overlay = tmp_path / "court.yaml"
    overlay.write_text(
        "id: court\nrest:\n  - {from: 2024-10-08, to: 2024-10-09, reason: 搬迁}\n"
        "work: [2024-10-05]\n"
    )
    answer = json.loads(
        zhixing("period", "2024-09-30", "8", "day", "--calendar", str(overlay), "--json").stdout
    )
    assert answer["due"] == "2024-10-10" and any("搬迁" in step["zh"] for step in answer["steps"])
    assert (
        json.loads(
            zhixing("period", "2024-09-30", "5", "day", "--calendar", str(overlay), "--json").stdout
        )["due"]
        == "2024-10-05"
    )
    overlay.write_text("rest: [someday]\ncolour: red\n")
    result = zhixing("period", "2024-09-30", "5", "day", "--calendar", str(overlay))
    assert (
        result.returncode == 1
        and f"{overlay}:1:8" in result.stderr
        and f"{overlay}:2:1" in result.stderr
    )


def test_the_demonstration_prints_what_it_computed(tmp_path: Path) -> None:
    result = zhixing("demo", "--json", cwd=tmp_path)
    report = json.loads(result.stdout)
    assert report["cases"] == 20 == sum(report["modes"].values())
    assert {"fully_performed", "for_now", "terminated"} <= report["modes"].keys()
    assert report["overdue"] and report["alerts"] > 20
    assert {"network.freeze", "lists.publish", "lists.delete"} <= report["outside"].keys()
    assert sum(report["outside"].values()) == sum(report["took_effect"].values())
    database = f"sqlite:///{tmp_path}/zhixing-demo.db"
    assert (
        len(json.loads(zhixing("case", "list", "--json", "--db", database).stdout)["cases"]) >= 20
    )
    listed = json.loads(zhixing("deadline", "list", "--json", "--db", database).stdout)["deadlines"]
    assert {d["id"] for d in report["overdue"]} == {d["id"] for d in listed}
    assert json.loads(zhixing("demo", "--json", cwd=tmp_path).stdout) == report, (
        "the same seed lives the same half year"
    )
    words = zhixing("demo", "--lang", "zh", cwd=tmp_path)
    assert (
        words.returncode == 0
        and "超期清单" in words.stdout
        and "民事诉讼法第八十五条" in words.stdout
    )


def test_refused_definitions_stop_no_clock_the_versions_in_the_database_stay_in_force(
    tmp_path: Path,
) -> None:
    definition, database = tmp_path / "loan.yaml", f"sqlite:///{tmp_path}/c.db"
    definition.write_text(LOAN)
    clock = VirtualClock(at("2020-03-02 09:00"))
    with Engine(database, definition, clock=clock, drafts=True) as engine:
        case = engine.open_case("loan", actor=Actor.of("li", "officer"), data={"amount": "5"}).id
    definition.write_text(LOAN.replace("to: noticed", "to: nowhere"))
    worker = ("worker", "--once", "--db", database, "--definitions", str(definition))
    assert "accept-clock" in zhixing(*worker).stderr  # years have passed since the last entry
    accept = ("db", "accept-clock", "--as", "sun", "--role", "system_admin", "--db", database)
    assert zhixing(*accept).returncode == 0
    served = zhixing(*worker)
    assert (
        served.returncode == 0
        and "loan.yaml:" in served.stderr
        and "stay in force" in served.stderr
    )
    with Engine(database) as engine:
        assert {d.rule: d.status for d in engine.deadlines(case, live=False)}["answer"] == "expired"


def frozen(database: Path) -> str:
    """A freeze that its case has opened."""
    with Engine(f"sqlite:///{database}", ROOT / "definitions" / "cn", drafts=True) as engine:
        filing, chief = Actor.of("liu", "filing_judge"), Actor.of("zhou", "bureau_chief")
        data = {"applicant": "a1", "debtor": "d1", "claim": "500.00", "account": "6222"}
        case = engine.open_case("first_enforcement", actor=filing, data=data).id
        review = ACCEPTED
        engine.fire(case, "accept", actor=filing, data=review, documents={"application": "a"})
        engine.fire(case, "assign", actor=chief, data={"assigned_officer": "li"})
        li, papers = Actor.of("li", "officer"), {"notice": "n", "report_order": "r"}
        engine.fire(case, "issue_notice", actor=li, documents=papers)
        engine.fire(case, "propose_freeze", actor=li)
        (freeze,) = engine.query(parent=case)
        return freeze.id


def test_a_freeze_is_proposed_approved_and_seen_from_the_command_line(tmp_path: Path) -> None:
    on = ("--db", f"sqlite:///{tmp_path}/c.db")
    freeze = frozen(tmp_path / "c.db")
    proposed = zhixing(
        "case", "fire", freeze, "order_freeze", "amount=400", "--as", "li", "--role", "officer", *on
    )
    assert (
        proposed.returncode == 0
        and "waits for approval: order the freeze (order_freeze, by li, step 1/1, bureau chief)"
        in proposed.stdout
    )
    assert "approval" in zhixing("task", "list", "--role", "bureau_chief", *on).stdout
    workload = json.loads(zhixing("task", "workload", "--json", *on).stdout)["workload"]
    assert [w["count"] for w in workload if w["pool"] == ["bureau_chief"]] == [1]
    own = zhixing(
        "case", "approve", freeze, "order_freeze", "--as", "li", "--role", "bureau_chief", *on
    )
    assert own.returncode == 1 and "nobody approves what they proposed" in own.stderr
    assert (
        "(approved)"
        in zhixing(
            "case", "approve", freeze, "order_freeze", "--as", "zhou", "--role", "bureau_chief", *on
        ).stdout
    )
    assert zhixing("case", "reject", freeze, "order_freeze", *on).returncode == 2
    assert "<svg" in zhixing("case", "diagram", freeze, *on).stdout
    assert zhixing("case", "seen-by", freeze, "officer", *on).returncode == 1


def test_a_version_is_published_by_two_people_from_the_command_line(tmp_path: Path) -> None:
    file, on = tmp_path / "loan.yaml", ("--db", f"sqlite:///{tmp_path}/c.db")
    file.write_text(LOAN.replace("to: noticed", "to: nowhere"))
    propose = ("version", "propose", str(file), "--as", "li", "--role", "procedure_editor", *on)
    assert zhixing(*propose).returncode == 1
    file.write_text(LOAN)
    assert "#1 loan 1" in zhixing(*propose).stdout
    approve = ("version", "approve", "1", "--role", "procedure_publisher", *on)
    assert zhixing(*approve, "--as", "li").returncode == 1
    assert "published" in zhixing(*approve, "--as", "wang").stdout
    assert (
        json.loads(zhixing("version", "list", "--json", *on).stdout)["versions"][0]["decided_by"]
        == "wang"
    )
    zhixing("case", "open", "loan", "amount=5", "--id", "a", "--role", "officer", *on)
    by_wang = ("--as", "wang", "--role", "procedure_publisher", *on)
    assert "1 running case(s) finish on it" in zhixing("version", "withdraw", "1", *by_wang).stdout
    assert zhixing("version", "withdraw", "7", *by_wang).returncode == 1


def test_the_merged_view_says_where_each_value_comes_from(tmp_path: Path) -> None:
    layer = str(ROOT / "definitions" / "cn" / "layers" / "jiayu.yaml")
    assert any(
        "length: 5" in line and "jiayu.yaml:13" in line
        for line in zhixing("view", layer).stdout.splitlines()
    )
    values = {v["path"]: v for v in json.loads(zhixing("view", layer, "--json").stdout)["values"]}
    assert values["deadlines.disburse_funds.length"]["value"] == 5
    assert values["roles.officer.title.zh"]["file"].endswith("common.yaml")
    assert zhixing("view", str(tmp_path / "none.yaml")).returncode == 1
