"""A definition file ends in a checked model, or in findings at their lines; whatever it holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.conftest import LOAN, ROOT
from zhixing.workflow import (
    DefinitionRefused,
    definition_from_text,
    inspect,
    load_definition,
    shape_words,
)


def found(tmp_path: Path, text: str | bytes) -> list[tuple[int, int, str]]:
    file = tmp_path / "x.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(f.at.line, f.at.column, f.code) for f in inspect(file)[1]]


@pytest.mark.parametrize(
    "file",
    [
        p
        for p in sorted((ROOT / "definitions").rglob("*.yaml"))
        if p.parent.name in ("cn", "it", "nl") and p.name.count(".") == 1
    ],
    ids=lambda p: p.stem,
)
def test_every_definition_that_ships_is_free_of_errors(file: Path) -> None:
    assert [f for f in inspect(file)[1] if f.severity == "error"] == []


def test_every_element_knows_its_place() -> None:
    definition = definition_from_text(LOAN, "loan.yaml")
    lines = LOAN.splitlines()
    assert lines[definition.states["noticed"].at.line - 1].startswith("  noticed:")
    assert lines[definition.deadlines["payment"].at.line - 1].startswith("  payment:")
    transition = definition.transitions[0]
    place = transition.at_value("to")
    assert lines[place.line - 1][place.column - 1 :].startswith("noticed")


def test_a_definition_cannot_be_changed() -> None:
    definition = definition_from_text(LOAN, "loan.yaml")
    with pytest.raises(Exception, match="frozen"):
        definition.initial = "done"


def test_several_mistakes_are_told_at_once_each_at_its_place(tmp_path: Path) -> None:
    text = LOAN.replace("to: noticed, by: officer", "to: notised, by: oficer").replace(
        "case.paid >= case.amount", 'case.paid >= "x"'
    )
    codes = found(tmp_path, text)
    line = next(i for i, line in enumerate(text.splitlines(), 1) if "to: notised" in line)
    row = text.splitlines()[line - 1]
    assert (line, row.index("notised") + 1, "unknown-state") in codes
    assert (line, row.index("oficer") + 1, "unknown-role") in codes
    guard = next(i for i, line in enumerate(text.splitlines(), 1) if 'case.paid >= "x"' in line)
    assert (guard, text.splitlines()[guard - 1].index(">=") + 1, "guard") in codes


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("version: 1", "", "missing-key"),
        ("initial: fresh", "initial: fresh\ncolour: red", "unknown-key"),
        ("length: 7", "length: 0", "period-length"),
        ("length: 7", "length: -3", "period-length"),
        ("unit: day\n    warn", "unit: fortnight\n    warn", "shape"),
        ("effective: 2024-01-01", "effective: someday", "shape"),
        ("initial: fresh", "initial: fresh\ncalendar: mars", "unknown-calendar"),
        ("initial: fresh", "initial: fresh\nzone: Mars/Base", "unknown-zone"),
        ("keyed_by: clue", "keyed_by: glue", "unknown-field"),
        ("from: resting, to: return", "from: fresh, to: return", "return-from"),
        ("on_expiry: {fire: lapse}", "on_expiry: {fire: finish}", "clock-may-not"),
        ("from: [noticed, overdue]", "from: [done]", "leaves-terminal"),
        ("paid: {type: money, default: 0", "paid: {type: money, default: lots", "value"),
        (
            "lost: {title: {zh: 终结, en: lost}, closes: lost}",
            "lost: {title: {zh: 终结, en: lost}}",
            "dead-end",
        ),
        ("length: due_days", "length: amount", "length-field"),
    ],
)
def test_each_mistake_has_its_code(tmp_path: Path, before: str, after: str, code: str) -> None:
    assert before in LOAN
    assert code in [c for _, _, c in found(tmp_path, LOAN.replace(before, after, 1))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "empty"),
        (b"\xff\xfeid: x", "encoding"),
        (b"a: 1\nb: \xe6\x89", "encoding"),
        (b"a:\n\tb: 1\n", "yaml"),
        (b"a: 1\na: 2\n", "duplicate-key"),
        (b"a: &x [1]\nb: *x\n", "alias"),
        (b"a: !!python/object/apply:os.system ['true']\n", "tag"),
        (b"a: 1\n---\nb: 2\n", "documents"),
        (b"[" * 500, "file-depth"),
        (b"[" * 500_000, "yaml|file-depth"),  # libyaml itself has a bound in newer releases
        (b"{a: " * 500, "file-depth"),
        (b"- 1\n- 2\n", "shape"),
        (b"just words", "shape"),
        (b"a: \x07", "yaml"),
        (b"? [a]\n: b\n", "key"),
        (b"x" * 10_000_000, "file-size"),
        (b"a: [" + b"1," * 300_000 + b"1]", "file-depth"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_hostile_file_ends_in_a_finding(tmp_path: Path, text: bytes, code: str) -> None:
    assert set(code.split("|")) & {c for _, _, c in found(tmp_path, text)}


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)
    )
    assert "alias" in [c for _, _, c in found(tmp_path, bomb)]


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        load_definition(tmp_path / "none.yaml")
    assert refused.value.findings[0].code == "file"


def test_a_file_is_checked_again_when_it_or_what_it_stands_on_has_changed(tmp_path: Path) -> None:
    own = ROOT / "definitions" / "cn"
    file, common = tmp_path / "fine.yaml", tmp_path / "common.yaml"
    file.write_bytes((own / "fine.yaml").read_bytes())
    common.write_bytes((own / "common.yaml").read_bytes())
    first = load_definition(file)
    assert load_definition(file) is first, "nothing has changed"
    common.write_text(common.read_text() + "\n# no rule\n")
    again = load_definition(file)
    assert again is not first and again.hash == first.hash
    common.write_text("fragment: [")
    with pytest.raises(DefinitionRefused):
        load_definition(file)
    common.unlink()
    with pytest.raises(DefinitionRefused):
        load_definition(file)


def test_words_of_old_yaml_stay_words() -> None:
    definition = definition_from_text(LOAN.replace("{zh: 通知书, en: notice}", "{zh: 否, en: no}"))
    assert definition.documents["notice"].title.en == "no"


@pytest.mark.fuzz
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, len(LOAN)), st.integers(0, 60), st.text(max_size=20))
@example(0, 60, "")
@example(0, 1, "0[")
def test_a_mutated_definition_never_ends_in_a_traceback(
    start: int, cut: int, inserted: str
) -> None:
    text = LOAN[:start] + inserted + LOAN[start + cut :]
    try:
        definition_from_text.__wrapped__(text.encode("utf-8", "replace").decode(), "fuzz")
    except DefinitionRefused as refused:
        assert refused.findings
        assert all(f.zh and f.en and f.code for f in refused.findings)


def test_a_court_needs_no_english() -> None:
    text = """\
id: loan
title: {zh: 借款}
version: 1
effective: 2025-01-01
roles: {clerk: {title: {zh: 书记员}}}
powers: {open: {by: clerk}}
modes: {done: {zh: 完毕}}
initial: open
states: {open: {title: {zh: 在办}}, shut: {title: {zh: 已结}, closes: done}}
transitions: [{trigger: shut, title: {zh: 结案}, from: open, to: shut, by: clerk}]
"""
    loan = definition_from_text(text)
    assert (loan.title.text("zh"), loan.title.text("en")) == ("借款", "借款")
    assert loan.transitions[0].title.en == "结案"
    with pytest.raises(DefinitionRefused):
        definition_from_text(text.replace("{zh: 借款}", "{en: loan}"))
    with pytest.raises(DefinitionRefused):
        definition_from_text(text.replace("{zh: 借款}", '{zh: 借款, en: ""}'))


def test_whatever_a_file_must_be_is_told_in_chinese_too() -> None:
    """Each `require` of a model, and each error of pydantic's that it raises by name."""
    codes = set()
    for path in (ROOT / "workflow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "require":
                codes.add(ast.literal_eval(node.args[1]))
    assert len(codes) > 10
    assert codes - shape_words._ZH.keys() == set()
