"""A mistake as an administrator makes it is told once: at its line, in Chinese, with what to do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import DATA, ROOT
from zhixing.workflow import Finding
from zhixing.workflow.linting import lint

CN = ROOT / "definitions" / "cn"
MISTAKES: list[dict[str, str]] = yaml.safe_load((DATA / "mistakes.yaml").read_text())
LAYER = (
    "overlay: ../first_enforcement.yaml\nlevel: province\nid: nan\ntitle: {zh: 南省}\n"
    "version: 1\neffective: 2024-06-01\n"
)
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")


def told(file: Path, before: str, after: str) -> list[Finding]:
    """What lint says of a file only after an edit; errors alone, where there are any."""
    file.write_text(before)
    known = {finding.zh for finding in lint(file)}
    file.write_text(after)
    new = [finding for finding in lint(file) if finding.zh not in known]
    return [finding for finding in new if finding.is_error] or new


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_a_mistake_is_told_once_at_its_line_in_chinese(tmp_path: Path, number: int) -> None:
    mistake = MISTAKES[number]
    shutil.copytree(CN, tmp_path / "cn")
    if mistake["in"] == "layer":
        file, text = tmp_path / "cn/layers/nan.yaml", LAYER
        edited = LAYER + mistake["after"]
    else:
        file = tmp_path / "cn" / f"{mistake['in']}.yaml"
        text = file.read_text()
        assert mistake["before"] in text
        edited = text.replace(mistake["before"], mistake["after"], 1)
    [finding] = told(file, text, edited)
    line = edited.splitlines()[finding.at.line - 1]
    assert (finding.code, Path(finding.at.file)) == (mistake["code"], file)
    assert mistake["at"].strip("\n").splitlines()[0] in line
    assert mistake["says"] in finding.zh
    assert ENGLISH.search(re.sub("'[^']*'", "", mistake["says"])) is None
