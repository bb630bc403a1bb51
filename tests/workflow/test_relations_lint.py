"""What lint says of links between cases, in one file and beside the file of the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.families import FREEZE
from tests.engine.test_links import OBJECTION, RECONSIDERATION
from tests.engine.test_transfer import ENFORCING
from tests.engine.test_transfer_of_records import ENFORCING as ENFORCING_ASSETS
from tests.engine.test_transfer_of_records import PRESERVATION as PRESERVING_ASSETS
from zhixing.workflow.linting import lint


def found(folder: Path, objection: str, reconsideration: str) -> dict[str, tuple[int, str]]:
    (folder / "reconsideration.yaml").write_text(reconsideration)
    file = folder / "objection.yaml"
    file.write_text(objection)
    return {f.code: (f.at.line, f.en) for f in lint(file)}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_two_procedures_that_know_one_another_are_clean(tmp_path: Path) -> None:
    assert found(tmp_path, OBJECTION, RECONSIDERATION) == {}
    findings = lint(tmp_path / "reconsideration.yaml")
    assert {f.code for f in findings} <= {"unused-approval", "unused-document"}


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("passes: {amount: claim}", "passes: {amont: claim}", "child-field", "amont"),
        ("passes: {amount: claim}", "passes: {amount: clam}", "unknown-field", "claim?"),
        ("states: [revoked]", "states: [revoked, lost]", "child-state", "lost"),
        ("court: upper", "court: uper", "unknown-field", "upper?"),
        ("number: new_number", "number: nombre", "unknown-field", "nombre"),
        ("{reconsideration: drop}", "{reconsideration: dropp}", "tells", "dropp"),
        ("{reconsideration: drop}", "{reconsidration: drop}", "tells", "reconsideration?"),
        ("opens: reconsideration", "opens: reconsidration", "unknown-sub-procedure", "tion?"),
        ("    court: upper", "    each: claim\n    court: upper", "link", "no record"),
    ],
)
def test_a_mistake_in_a_link_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    text = OBJECTION.replace(before, after, 1)
    assert text != OBJECTION
    line, said = found(tmp_path, text, RECONSIDERATION)[code]
    assert words in said
    assert line == line_of(text, after.strip().splitlines()[0])


def test_a_computed_field_of_the_other_is_neither_passed_nor_asked_for(tmp_path: Path) -> None:
    plain = "amount: {type: money, "
    computed = RECONSIDERATION.replace(plain, plain + 'is: money("7"), ', 1)
    assert computed != RECONSIDERATION
    for file, text in (("reconsideration", computed), ("objection", OBJECTION)):
        (tmp_path / f"{file}.yaml").write_text(text)
    told = [f.at.line for f in lint(tmp_path / "objection.yaml") if "is computed" in f.en]
    assert told == [line_of(OBJECTION, part) for part in ("passes: {amount", "fields: {amount")]


def test_a_link_has_a_name_of_its_own(tmp_path: Path) -> None:
    text = OBJECTION.replace("  reconsideration:\n", "  today:\n", 1)
    assert "word of guards" in found(tmp_path, text, RECONSIDERATION)["link"][1]


def test_what_the_other_does_not_let_a_related_proceeding_open_is_an_error(tmp_path: Path) -> None:
    closed = RECONSIDERATION.replace("by: [officer, procedure]", "by: officer")
    line, said = found(tmp_path, OBJECTION, closed)["link-open"]
    assert "powers: open" in said
    assert line == line_of(OBJECTION, "opens: reconsideration")


def test_what_the_other_tells_is_open_here(tmp_path: Path) -> None:
    deaf = OBJECTION.replace("trigger: answered", "trigger: result")
    assert "answered" in found(tmp_path, deaf, RECONSIDERATION)["child-tells"][1]


@pytest.mark.parametrize(
    ("act", "words"), [("objectd.decide", "objected?"), ("objected.decid", "decide?")]
)
def test_the_act_of_another_proceeding_is_there(tmp_path: Path, act: str, words: str) -> None:
    text = RECONSIDERATION.replace("objected.decide,", f"{act},")
    found(tmp_path, OBJECTION, text)
    [finding] = [f for f in lint(tmp_path / "reconsideration.yaml") if f.code == "not-by-who"]
    assert words in finding.en
    assert finding.at.line == line_of(text, f"{act},")


@pytest.mark.parametrize("wrong", ["{preservatoin: freeze}", "{preservation: freese}"])
def test_what_is_adopted_is_there(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "enforcing.yaml"
    file.write_text(ENFORCING.replace("{preservation: freeze}", wrong))
    [finding] = [f for f in lint(file) if f.code == "adopts"]
    assert finding.at.line == line_of(ENFORCING, "adopts")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("procedure: freeze, each: asset}\n  second", "procedure: frees}\n  second", "no such"),
        ("procedure: freeze, each: asset}\n  second", "procedure: freeze}\n  second", "each"),
        ("worth: {type: money", "worth: {type: number", "asset.worth comes"),
        ("rank: {type: number, default: 1", "rank: {type: text", "asset.rank comes"),
    ],
)
def test_the_record_that_comes_with_what_is_adopted_fits(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    """Told where it is taken over, of what the other case's file says."""
    (tmp_path / "freeze.yaml").write_text(FREEZE)
    there, here = tmp_path / "preserving.yaml", tmp_path / "enforcing.yaml"
    ours = "".join(li for li in ENFORCING_ASSETS.splitlines(True) if "  plain:" not in li)
    here.write_text(ours)
    there.write_text(PRESERVING_ASSETS)
    assert [f for f in lint(here) if f.severity == "error"] == []
    there.write_text(PRESERVING_ASSETS.replace(before, after))
    [finding] = [f for f in lint(here) if f.code == "adopts"]
    assert words in finding.en
    assert finding.at.line == line_of(ours, "adopts")
