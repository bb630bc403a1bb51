"""A guard that cannot be evaluated on a case stands in the way of that case, at its line; what can
never be evaluated is told by lint at its column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import LOAN, at
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import Definition, GuardFailed, definition_from_text
from zhixing.workflow.linting import lint

LI = Actor.of("li", "officer")
WHEN = 'when: case.paid >= money("0")'
TEN = "[1,2,3,4,5,6,7,8,9,10]"
ENDLESS = "".join(f"{TEN}.all({name}, " for name in "abcdefg") + "a > 0" + ")" * 7
FAILING = (
    ENDLESS,
    "case.due_days * 9223372036854775807 > 1",
    "100 / (case.due_days - 5) > 1",
    "[1, 2][case.due_days] == 1",
    '{"a": 1}["b"] == 1',
    "string(case.due_days).matches(case.clue)",
    "int(case.clue) > 0",
    "timestamp(case.clue) < now",
    "dyn(case.clue) > 1",
    "timestamp(99999999999999) > now",
)
NEVER = {
    'case.clue.matches("[")': '"[',
    "case.clue.matches('a{99999}')": "'a{",
    'timestamp("soon") < today': '"soon',
    'given.clue && timestamp("2025-13-01T00:00:00Z") < today': '"2025',
    'now - today > duration("soon")': '"soon',
    'now - today > duration("99999999999999h")': '"9999',
    'int("x") > 1': '"x',
    "case.due_days / 0 > 1": "/ 0",
    "case.due_days % 0 == 0": "% 0",
    'now.getFullYear("Mars/X") > 1': '"Mars',
}
RIGHT = (
    'case.clue.matches("^[a-z]+$")',
    'now - today > duration("36h")',
    'timestamp("2025-01-08T00:00:00Z") < today',
    "case.due_days / 10 > 0",
    "case.clue == 'timestamp(\"soon\")'",
)


def guarded(guard: str) -> Definition:
    return definition_from_text(LOAN.replace(WHEN, f"when: {json.dumps(guard)}"))


def court(definition: Definition, **data: int) -> Engine:
    engine = Engine("sqlite://", definition, clock=VirtualClock(at("2025-01-10")), drafts=True)
    engine.open_case("loan", id="c", actor=LI, data={"amount": "1", **data})
    engine.fire("c", "clue", actor=LI, data={"clue": "["})
    return engine


@pytest.mark.parametrize("guard", FAILING, ids=lambda guard: guard[:30])
def test_a_guard_that_fails_is_an_obstacle_that_names_its_line(guard: str) -> None:
    with court(guarded(guard), due_days=5) as engine:
        with pytest.raises(Refused) as refused:
            engine.fire("c", "pay", actor=LI, data={"paid": "1"})
        (obstacle,) = refused.value.obstacles
        assert obstacle.code == "guard-failed"
        line = LOAN[: LOAN.index(WHEN)].count("\n") + 1
        for words in (obstacle.zh, obstacle.en):
            assert f":{line}:" in words
        possible = {p.trigger: p for p in engine.possible("c", actor=LI)}
        assert "guard-failed" in {o.code for o in possible["pay"].obstacles}
        engine.fire("c", "clue", actor=LI, data={"clue": "x"})  # the case goes on


def test_what_is_not_known_is_told_as_before() -> None:
    open_loan = guarded("int(case.clue) > 0")
    with Engine("sqlite://", open_loan, drafts=True) as engine:
        engine.open_case("loan", id="c", actor=LI, data={"amount": "1"})
        with pytest.raises(Refused) as refused:
            engine.fire("c", "pay", actor=LI, data={"paid": "1"})
        assert [o.code for o in refused.value.obstacles] == ["guard-value"]


def test_a_condition_of_a_form_that_fails_is_an_obstacle_too() -> None:
    text = LOAN.replace(
        "payment: {title: {zh: 付款, en: payment}, fields: {paid:",
        "payment: {title: {zh: 付款, en: payment}, fields: {due_days: "
        "{required_when: 'int(case.clue) > 0'}, paid:",
    )
    with court(definition_from_text(text)) as engine:
        with pytest.raises(Refused) as refused:
            engine.fire("c", "pay", actor=LI, data={"paid": "1"})
        assert [o.code for o in refused.value.obstacles] == ["guard-failed"]


def test_a_row_of_a_table_that_fails_is_a_coded_error() -> None:
    text = LOAN + (
        "tables:\n  days:\n    title: {zh: 天数, en: days}\n"
        "    rows: [{when: 'int(case.clue) > 0', is: 3}]\n    otherwise: 5\n"
    )
    text = text.replace("form: payment,", "form: payment, sets: {tier: {table: days}},")
    tier = "  tier: {type: number, title: {zh: 档, en: tier}}\n"
    text = text.replace("documents:\n", tier + "documents:\n", 1)
    with court(definition_from_text(text)) as engine, pytest.raises(GuardFailed, match=r":\d+:"):
        engine.fire("c", "pay", actor=LI, data={"paid": "1"})


@pytest.mark.parametrize("guard", NEVER, ids=lambda guard: guard[:40])
def test_what_can_never_be_evaluated_is_told_at_its_column(tmp_path: Path, guard: str) -> None:
    file = tmp_path / "loan.yaml"
    # in single quotes as YAML writes them, where a column is a column
    written = guard.replace("'", "''")
    file.write_text(LOAN.replace(WHEN, f"when: '{written}'"), encoding="utf-8")
    found = [finding for finding in lint(file) if finding.code == "guard"]
    assert len(found) == 1 and found[0].zh != found[0].en
    line = LOAN[: LOAN.index(WHEN)].count("\n") + 1
    before = LOAN[: LOAN.index(WHEN)].rpartition("\n")[2]
    column = len(before) + len("when: '") + guard.index(NEVER[guard]) + 1
    assert (found[0].at.line, found[0].at.column) == (line, column)


@pytest.mark.parametrize("guard", RIGHT)
def test_what_can_be_evaluated_is_not_told(tmp_path: Path, guard: str) -> None:
    file = tmp_path / "loan.yaml"
    file.write_text(LOAN.replace(WHEN, f"when: {json.dumps(guard)}"), encoding="utf-8")
    assert [finding for finding in lint(file) if finding.code == "guard"] == []
