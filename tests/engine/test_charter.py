"""The file of a charter: what is wrong with it is told at its line, in two languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.courts import CHARTER, CHARTER_TEXT
from zhixing.engine import CharterRefused, default_charter, load_charter


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        (
            "under: beijing, title: {zh: 海淀区人民法院",
            "under: biejing, title: {zh: 海淀区人民法院",
            "charter-unit",
            "haidian:",
        ),
        (
            "team: {level: team, under: bureau",
            "team: {level: team, under: team",
            "charter-unit",
            "team:",
        ),
        (
            "bureau: {level: bureau, under: haidian",
            "bureau: {level: province, under: haidian",
            "charter-unit",
            "bureau:",
        ),
        ("chaoyang: {", '"chaoyang@2": {', "charter-unit", "chaoyang@2"),
        ("chaoyang: {", '"ch\u0061\u0301oyang": {', "charter-unit", "oyang"),
        (
            "chaoyang: {level: court, under: beijing",
            "chaoyang: {level: court",
            "charter-unit",
            "chaoyang:",
        ),
        (
            "publish: {by: procedure_editor, decided_by: procedure_publisher}",
            "publish: {by: procedure_editor}",
            "charter-two-persons",
            "publish:",
        ),
        (
            "resolve: {by: system_admin}",
            "resolve: {by: [system_admin, audit_admin]}",
            "charter-apart",
            "resolve:",
        ),
        ("resolve: {by: system_admin}", "resolve: {by: sysadmin}", "unknown-role", "resolve:"),
        ("resolve: {by: system_admin}", "resolv: {by: system_admin}", "unknown-key", "resolv:"),
        (
            "  chief: {title",
            "  clock: {title: {zh: 钟, en: clock}}\n  chief: {title",
            "reserved-role",
            "clock:",
        ),
        (
            "  change_charter: {by: security_admin, decided_by: president}\n",
            "",
            "charter-two-persons",
            "publish:",
        ),
    ],
)
def test_a_mistake_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, code: str, line: str
) -> None:
    assert before in CHARTER_TEXT
    file = tmp_path / "charter.yaml"
    file.write_text(CHARTER_TEXT.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CharterRefused) as refused:
        load_charter(file)
    (found, *_) = [f for f in refused.value.findings if f.code == code]
    text = file.read_text(encoding="utf-8").splitlines()[found.at.line - 1]
    assert line in text and found.zh and found.en


def test_a_role_holds_where_it_is_held_and_below() -> None:
    assert CHARTER.path("team") == ("team", "bureau", "haidian", "beijing")
    assert CHARTER.courts == ("beijing", "haidian", "chaoyang") and CHARTER.sole_court == ""
    assert CHARTER.is_within("team", "beijing") and not CHARTER.is_within("team", "chaoyang")
    assert CHARTER.path("elsewhere") == ("elsewhere",)


def test_the_default_charter_has_one_court_and_three_administrators_apart() -> None:
    charter = default_charter()
    assert charter.sole_court == "court"
    assert charter.apart == ("system_admin", "security_admin", "audit_admin")
