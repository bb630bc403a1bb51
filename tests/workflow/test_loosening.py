"""A copy of a shipped definition, loosened by one edit as a person could make it: an error at its
line, that cites the law."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import DATA, ROOT
from zhixing.workflow.linting import lint

CN = ROOT / "definitions" / "cn"
EDITS: list[dict[str, str]] = yaml.safe_load((DATA / "loosened.yaml").read_text())


@pytest.mark.parametrize("number", range(len(EDITS)))
def test_a_loosened_copy_is_an_error_that_cites_the_law(tmp_path: Path, number: int) -> None:
    name, before, after = (EDITS[number][key] for key in ("in", "before", "after"))
    shutil.copytree(CN, tmp_path / "cn")
    file = tmp_path / "cn" / f"{name}.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    errors = [finding for finding in lint(file) if finding.is_error]
    assert errors, after
    assert any("〔" in f.zh or "主席令" in f.zh or f.code == "unknown-choice" for f in errors)


def test_a_copy_under_another_id_owes_the_law_as_much(tmp_path: Path) -> None:
    shutil.copytree(CN, tmp_path / "cn")
    file = tmp_path / "cn" / "first_enforcement_nanhu.yaml"
    text = (CN / "first_enforcement.yaml").read_text()
    renamed = text.replace("id: first_enforcement\n", "id: first_enforcement_nanhu\n", 1)
    file.write_text(renamed)
    assert [f for f in lint(file) if f.is_error] == []
    file.write_text(renamed.replace("gates_closing: for_now\n", "gates: archive\n"))
    assert {f.code for f in lint(file) if f.is_error} == {"law-carried-out"}
