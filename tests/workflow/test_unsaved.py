"""What an editor holds and nobody has saved is checked as the files would be."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import ROOT
from zhixing.workflow import Finding, lint, lint_text

CN = ROOT / "definitions"
FILES = {p.relative_to(CN).as_posix(): p.read_text() for p in CN.glob("cn/**/*.yaml")}
DEFINITIONS = sorted(name for name in FILES if name.count(".") == 1 and "common" not in name)


def of_name(finding: Finding, folder: str) -> Finding:
    """A finding as it is told of the file's path in the editor."""
    at = replace(finding.at, file=finding.at.file.removeprefix(folder))
    return replace(finding, at=at, zh=finding.zh.replace(folder, ""))


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_text_is_checked_as_its_file(name: str) -> None:
    on_disk = [of_name(finding, f"{CN}{os.sep}") for finding in lint(CN / name)]
    assert lint_text(FILES[name], name, FILES.get) == on_disk


def test_what_is_asked_for_are_the_files_that_a_text_names() -> None:
    asked: list[str] = []

    def resolve(path: str) -> str | None:
        asked.append(path)
        return FILES.get(path)

    assert not any(
        f.is_error for f in lint_text(FILES["cn/layers/jiayu.yaml"], "cn/layers/j.yaml", resolve)
    )
    assert asked[:2] == ["cn/first_enforcement.yaml", "cn/common.yaml"]


def test_what_is_open_in_the_editor_counts_and_not_what_was_saved() -> None:
    base = FILES["cn/first_enforcement.yaml"].replace("  disburse_funds:\n", "  pay_out:\n")
    opened = {**FILES, "cn/first_enforcement.yaml": base}
    [finding] = [
        f
        for f in lint_text(FILES["cn/layers/jiayu.yaml"], "cn/layers/jiayu.yaml", opened.get)
        if f.is_error
    ]
    assert (finding.code, Path(finding.at.file).name) == ("missing-key", "jiayu.yaml")


def test_a_file_that_is_not_there_or_lies_outside_is_told_where_it_is_named() -> None:
    text = FILES["cn/freeze_deposit.yaml"]
    line = 1 + text[: text.index("common.yaml")].count("\n")
    [missing] = lint_text(text, "cn/freeze_deposit.yaml", lambda path: None)
    assert (missing.code, missing.at.line) == ("file", line)
    outside = text.replace("common.yaml", "../../secret.yaml")
    [refused] = lint_text(outside, "cn/freeze_deposit.yaml", lambda path: "fragment: x")
    assert (refused.code, refused.at.line) == ("import-outside", line)


def test_a_text_that_is_being_written_ends_in_findings_at_every_sign() -> None:
    text = FILES["cn/dishonest_list.yaml"]
    lengths = random.Random(13).sample(range(len(text)), 60)
    told = [lint_text(text[:length], "cn/dishonest_list.yaml", FILES.get) for length in lengths]
    assert sum(map(any, told)) > 50  # a text may be whole before its last words
