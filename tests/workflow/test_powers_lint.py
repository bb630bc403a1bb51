"""What lint says of powers: each code at its line; and what a layer may do with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import LOAN
from zhixing.workflow import Finding, inspect

WITH_PARTY = LOAN.replace(
    "roles:\n", "roles:\n  debtor: {party: true, title: {zh: 债务人, en: debtor}}\n", 1
)


def findings(tmp_path: Path, text: str) -> dict[str, Finding]:
    file = tmp_path / "loan.yaml"
    file.write_text(text, encoding="utf-8")
    return {finding.code: finding for finding in inspect(file)[1]}


@pytest.mark.parametrize(
    ("before", "after", "code", "severity"),
    [
        ("  assign: {by: chief}", "  asign: {by: chief}", "unknown-power", "error"),
        ("  assign: {by: chief}", "  assign: {by: cheif}", "unknown-role", "error"),
        ("  assign: {by: chief}", "  assign: {by: chief, grounds: rest}", "power-key", "error"),
        ("  waive: {by: chief}", "  waive: {by: chief, form: loan}", "power-key", "error"),
        ("  waive: {by: chief}", "  waive: {by: clock}", "power-of-nobody", "error"),
        ("  waive: {by: chief}", "  waive: {by: debtor}", "power-of-party", "error"),
        (
            "  waive: {by: chief}",
            "  waive: {by: chief, deadlines: anser}",
            "unknown-deadline",
            "error",
        ),
        (
            "  deduct: {by: officer}",
            "  deduct: {by: officer, grounds: resting}",
            "unknown-ground",
            "error",
        ),
        ("  extend: {by: chief}", "  extend: {by: officer}", "power-not-usable", "error"),
        ("form: loan}", "form: loan, dated_by: amount}", "dated-by", "error"),
        ("form: loan}", "form: loan, approval: x}", "unknown-approval", "error"),
    ],
)
def test_a_mistake_in_a_power_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, code: str, severity: str
) -> None:
    assert before in WITH_PARTY
    text = WITH_PARTY.replace(before, after, 1)
    found = findings(tmp_path, text)[code]
    assert found.severity == severity and found.zh and found.en
    assert after.strip().split(":")[0] in text.splitlines()[found.at.line - 1]


def entering(*powers: str) -> str:
    """The loan, with powers over the past in its table."""
    text = LOAN.replace("powers:\n", "powers:\n" + "".join(f"  {power}\n" for power in powers), 1)
    have = "documents:\n  proof: {title: {zh: 材料, en: proof}}\n"
    text = text.replace("documents:\n", have, 1) if "\ndocuments:\n" in text else have + text
    chain = "  chiefly: {title: {zh: 局长审批, en: by the chief}, steps: [{by: chief}]}\n"
    head = "approvals:\n"
    return text.replace(head, head + chain, 1) if f"\n{head}" in text else text + head + chain


OF_THE_PAST = {
    "late-unbounded",
    "late-unconfirmed",
    "correct-documents",
    "correct-approval",
    "power-key",
    "power-of-party",
    "unknown-power",
}


@pytest.mark.parametrize(
    ("power", "codes"),
    [
        ("late: {by: officer}", {"late-unbounded", "late-unconfirmed"}),
        ("late: {by: officer, within: 3wd}", {"late-unconfirmed"}),
        ("late: {by: officer, approval: chiefly}", set()),
        ("late: {by: officer, within: 3wd, approval: chiefly, documents: proof}", set()),
        ("enter_late: {by: officer, approval: chiefly}", {"unknown-power"}),
        ("arm: {by: officer, within: 3wd}", {"power-key"}),
        ("correct: {by: officer}", {"correct-documents", "correct-approval"}),
        ("correct: {by: officer, documents: proof}", {"correct-approval"}),
        ("correct: {by: officer, approval: chiefly}", {"correct-documents"}),
        ("correct: {by: officer, approval: chiefly, documents: proof}", set()),
    ],
)
def test_a_power_over_the_past_is_bounded_and_rests_on_more_than_one_word(
    tmp_path: Path, power: str, codes: set[str]
) -> None:
    text = entering(power)
    found = {code: f for code, f in findings(tmp_path, text).items() if code in OF_THE_PAST}
    assert found.keys() == codes
    errors = {"correct-documents", "unknown-power", "power-key"}
    assert {code for code, f in found.items() if f.is_error} == codes & errors
    for finding in found.values():
        assert power.split(":")[0] in text.splitlines()[finding.at.line - 1]


def test_the_old_name_of_late_entry_leads_to_the_new_one(tmp_path: Path) -> None:
    found = findings(tmp_path, entering("enter_late: {by: officer}"))["unknown-power"]
    assert "late" in found.en.partition("did you mean")[2]


@pytest.mark.parametrize("power", ["late", "correct"])
def test_a_party_enters_and_corrects_nothing_by_itself(tmp_path: Path, power: str) -> None:
    text = entering(f"{power}: {{by: debtor, documents: proof}}").replace(
        "roles:\n", "roles:\n  debtor: {party: true, title: {zh: 债务人, en: debtor}}\n", 1
    )
    assert findings(tmp_path, text)["power-of-party"].is_error


@pytest.mark.parametrize(
    ("below", "above", "looser"),
    [
        ("3wd", "2wd", False),
        ("3wd", "5wd", True),
        ("3d", "4d", True),
        ("3wd", "3d", False),
        ("3d", "2wd", True),
        ("3wd", "5d", True),
    ],
)
def test_a_layer_only_shortens_how_late_something_is_entered(
    tmp_path: Path, below: str, above: str, looser: bool
) -> None:
    late = f"late: {{by: officer, within: {below}, approval: chiefly}}"
    (tmp_path / "loan.yaml").write_text(entering(late), encoding="utf-8")
    layer = tmp_path / "layer.yaml"
    layer.write_text(
        "overlay: loan.yaml\nlevel: court\nid: x\ntitle: {zh: 层, en: layer}\nversion: 1\n"
        f"effective: 2024-01-01\npowers:\n  late: {{within: {above}}}\n",
        encoding="utf-8",
    )
    codes = {finding.code for finding in inspect(layer)[1] if finding.is_error}
    assert codes == ({"looser"} if looser else set())


def test_an_extension_is_counted_as_its_limit_is(tmp_path: Path) -> None:
    text = LOAN.replace("length: 5, unit: day, times: 1", "length: 5, unit: hour, times: 1")
    found = findings(tmp_path, text)["extension-unit"]
    assert found.is_error and "extension" in text.splitlines()[found.at.line - 1]


def test_without_powers_lint_says_who_opens_and_that_nobody_orders(tmp_path: Path) -> None:
    found = findings(tmp_path, LOAN.partition("powers:\n")[0])["no-powers"]
    assert found.severity == "note"
    assert "officer" in found.en and "chief" in found.en


def test_an_act_for_the_cases_own_officer_needs_somebody_who_names_him(tmp_path: Path) -> None:
    text = LOAN.replace("open: {by: [officer, chief]", "open: {by: chief").replace(
        "  assign: {by: chief}\n", ""
    )
    assert findings(tmp_path, text)["officer-never-named"].severity == "warning"


@pytest.mark.parametrize(
    ("power", "looser"),
    [
        ("assign: {by: [chief, officer]}", True),
        ("open: {by: chief}", False),
        ("watch: {by: officer}", False),
        ("waive: {by: chief, deadlines: answer}", False),
        ("deduct: {by: officer, grounds: notice}", False),
        ("correct: {by: chief, documents: notice}", True),
        ("extend: {by: chief, documents: notice}", False),
    ],
)
def test_a_layer_only_narrows_powers(tmp_path: Path, power: str, looser: bool) -> None:
    (tmp_path / "loan.yaml").write_text(LOAN, encoding="utf-8")
    layer = tmp_path / "layer.yaml"
    layer.write_text(
        "overlay: loan.yaml\nlevel: court\nid: x\ntitle: {zh: 层, en: layer}\nversion: 1\n"
        f"effective: 2024-01-01\npowers:\n  {power}\n",
        encoding="utf-8",
    )
    codes = {finding.code for finding in inspect(layer)[1] if finding.is_error}
    assert codes == ({"looser"} if looser else set())
