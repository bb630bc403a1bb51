"""What of the law the shipped definitions carry out: by the command, in numbers, at their lines."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.test_law import LAW
from zhixing.workflow import load_definition
from zhixing.workflow.law.law import Law, LawRefused
from zhixing.workflow.law.reference import REFERENCE, Reference
from zhixing.workflow.review.coverage import coverage, coverage_page

ROOT = Path(__file__).parents[2]
RECUSAL = ROOT / "definitions" / "cn" / "recusal.yaml"


def asked(*options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "zhixing.console", "coverage", *options]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return told.returncode, told.stdout


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    code, text = asked("--json")
    assert code == 0
    found: dict[str, Any] = json.loads(text)
    return found


def test_nearly_every_row_of_the_law_is_carried_out_and_the_others_say_why_not(
    told: dict[str, Any],
) -> None:
    rows = Law.from_folder(LAW).all_statutes()
    assert told["rows"] == len(rows) >= 268
    assert told["carried_out"] / told["rows"] >= 0.95
    missing = {row["id"]: row["reason"] for row in told["missing"]}
    assert missing.keys() | told["there"].keys() == rows.keys()
    assert all(reason["zh"] and reason["en"] for reason in missing.values())
    assert told["unsettled"] == []


def test_every_part_of_the_procedure_is_there_or_says_why_not(told: dict[str, Any]) -> None:
    parts = {name: section["parts"] for name, section in told["sections"].items()}
    assert parts["nodes"] == 40 and parts["states"] == 19
    for section in told["sections"].values():
        assert len(section["there"]) + len(section["missing"]) == section["parts"]


def test_each_row_is_carried_out_at_the_line_that_is_told(told: dict[str, Any]) -> None:
    for id, places in told["there"].items():
        for place in places:
            line = Path(place["file"]).read_text("utf-8").splitlines()[place["line"] - 1]
            assert id in line, (id, place)


def test_the_page_in_the_documents_is_current() -> None:
    code, page = asked("--markdown")
    assert code == 0
    assert (ROOT / "docs" / "coverage.md").read_text("utf-8") == page


def _of_recusal(folder: Path, reference: str) -> Any:
    (folder / REFERENCE).write_text(reference, "utf-8")
    found = Reference.from_folder(folder)
    return coverage([load_definition(RECUSAL)], Law.from_folder(folder), found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LAW, tmp_path / "law"))


def test_what_is_named_and_not_there_is_told(folder: Path) -> None:
    found = _of_recusal(
        folder,
        "nodes: {a: {zh: 甲, en: a, in: recusal.deadlines.decide},"
        " b: {zh: 乙, en: b, in: recusal.deadlines.decides}}\n",
    )
    (there, absent) = found.sections["nodes"]
    assert [place.name for place in there.places] == ["recusal.deadlines.decide"]
    assert absent.unknown == ("recusal.deadlines.decides",)
    assert absent in found.unsettled and there not in found.unsettled
    assert "没有定义执行" in coverage_page(found)


def test_a_reason_for_what_is_carried_out_after_all_is_told(folder: Path) -> None:
    found = _of_recusal(folder, "rows: {recusal-decision: {zh: 无, en: none}}\n")
    assert "recusal-decision" in {entry.id for entry in found.unsettled}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nodes: [1]\n", "shape"),
        ("nodes: {a: {zh: 甲}}\n", "missing-key"),
        ("nods: {}\n", "unknown-key"),
        ("- a\n", "shape"),
        ("nodes: {a: {zh: 甲, en: a, inn: b}}\n", "unknown-key"),
    ],
)
def test_a_reference_that_is_wrong_is_told_at_its_line(folder: Path, text: str, code: str) -> None:
    with pytest.raises(LawRefused) as refused:
        _of_recusal(folder, text)
    assert code in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("text", [None, "a: ["], ids=["no file", "no YAML"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "nope.yaml"
    if text is not None:
        file.write_text(text)
    command = [sys.executable, "-m", "zhixing.console", "coverage", str(file)]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 1 and "nope.yaml:" in told.stderr and not told.stdout
