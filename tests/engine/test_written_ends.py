"""A time limit that ends on the day which a document names, and not by counting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import at
from zhixing.engine import Actor, Engine, Replacement, VirtualClock
from zhixing.workflow import (
    EndNotWritten,
    Extension,
    Finding,
    TimeUnit,
    definition_from_text,
    lint,
    review_page,
)

LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
FLOW = """\
id: mediation
title: {zh: 调解书履行}
version: 1
effective: 2025-01-01
roles: {officer: {title: {zh: 承办人}}, chief: {title: {zh: 局长}}}
documents: {basis: {title: {zh: 依据}}}
grounds: {rest: {zh: 中止}}
data: {pay_by: {type: date, title: {zh: 调解书载明的履行日}}}
powers:
  open: {by: officer, form: opening}
  correct: {by: officer, approval: chief, documents: basis}
  extend: {by: chief, deadlines: pay}
approvals: {chief: {title: {zh: 局长审批}, steps: [{by: chief}]}}
forms:
  opening: {title: {zh: 立案}, fields: {pay_by: {required: true}}}
  agreement: {title: {zh: 和解}, fields: {pay_by: {required: true, overwrites: true}}}
modes: {done: {zh: 结案}}
initial: open
states:
  open: {title: {zh: 在办}}
  resting: {title: {zh: 中止}}
  done: {title: {zh: 已结}, closes: done}
transitions:
  - {trigger: agree, title: {zh: 另行约定}, from: open, to: stay, by: officer, form: agreement}
  - {trigger: rest, title: {zh: 中止}, from: open, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复}, from: resting, to: return, by: officer}
  - {trigger: pay, title: {zh: 履行}, from: open, to: done, by: officer}
suspensions: [{states: resting, ground: rest}]
deadlines:
  pay:
    title: {zh: 履行期限}
    starts: {entering: open}
    ends_on: pay_by
    warn: 2d
    met_by: pay
    extension: {by: chief, length: 30, unit: day}
"""
SUNDAY = "2025-06-15"


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-03 09:00"))
    flow = definition_from_text(FLOW, "mediation.yaml")
    with Engine(database, flow, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("mediation", id="a", actor=LI, officer="li", data={"pay_by": SUNDAY})
        yield engine


def due(court: Engine) -> str:
    (limit,) = court.deadlines("a")
    return str(limit.due_day)


def test_it_is_over_when_the_day_is_over_also_a_rest_day(court: Engine) -> None:
    assert due(court) == SUNDAY
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(at("2025-06-16 00:00"))
    court.run_due()
    assert [(d.rule, d.status) for d in court.overdue()] == [("pay", "expired")]
    assert [a.kind for a in court.alerts(case_id="a")] == ["warning"]


def test_it_says_that_the_document_names_the_day(court: Engine) -> None:
    steps = court.explain_deadline("a", "pay").steps
    assert [step.zh for step in steps] == [f"文书载明至 {SUNDAY}"]
    assert [step.en for step in steps] == [f"written in the document: {SUNDAY}"]


def test_it_moves_off_a_rest_day_only_where_its_rule_says_so() -> None:
    text = FLOW.replace("ends_on: pay_by", "ends_on: pay_by\n    counting: litigation")
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", definition_from_text(text), clock=clock, drafts=True) as court:
        court.open_case("mediation", id="a", actor=LI, officer="li", data={"pay_by": SUNDAY})
        assert due(court) == "2025-06-16"
        assert str(court.explain_deadline("a", "pay").steps[-1].day) == "2025-06-16"


def test_it_follows_the_field_when_another_day_is_agreed(court: Engine) -> None:
    court.fire("a", "agree", actor=LI, data={"pay_by": "2025-07-20"})
    assert due(court) == "2025-07-20"
    assert court.history("a")[-1].effects[-1]["what"] == "recomputed"
    assert court.verify(rules=True).otherwise == ()


def test_it_follows_the_field_when_that_is_corrected(court: Engine) -> None:
    other = {1: Replacement({"pay_by": "2025-05-15"})}
    court.correct("a", actor=LI, note="x", documents={"basis": "b"}, replace=other)
    court.approve("a", "correct", actor=WANG)
    assert due(court) == "2025-05-15"
    assert court.verify(rules=True).otherwise == ()


def test_a_suspension_does_not_move_it_and_an_extension_does(court: Engine) -> None:
    court.fire("a", "rest", actor=LI)
    assert due(court) == SUNDAY
    court.fire("a", "resume", actor=LI)
    court.extend("a", "pay", Extension(30, TimeUnit.DAY, "wang"), actor=WANG)
    assert due(court) == "2025-07-15"
    assert len(court.explain_deadline("a", "pay").steps) == 2


def test_a_day_that_is_not_written_is_refused_with_a_code(database: str) -> None:
    text = FLOW.replace("  correct:", "  arm: {by: officer}\n  correct:").replace(
        "starts: {entering: open}", "starts: {on: agree}"
    )
    unasked = text.replace(
        "fields: {pay_by: {required: true}}}\n  agr", "fields: {pay_by: }}\n  agr"
    )
    clock = VirtualClock(at("2025-03-03 09:00"))
    flow = definition_from_text(unasked)
    with Engine(database, flow, clock=clock, drafts=True, upgrade=True) as court:
        court.open_case("mediation", id="a", actor=LI, officer="li")
        with pytest.raises(EndNotWritten) as refused:
            court.arm("a", "pay", actor=LI)
        assert refused.value.code == "period-end-unwritten"
        assert "pay_by" in refused.value.text("zh")


def test_the_page_for_review_names_the_field() -> None:
    assert "至“调解书载明的履行日”一栏所载之日止" in review_page(definition_from_text(FLOW), "zh")


# -- lint


def told(tmp_path: Path, text: str) -> list[Finding]:
    file = tmp_path / "mediation.yaml"
    file.write_text(text)
    return [finding for finding in lint(file) if finding.is_error]


def test_a_start_that_waits_until_the_end_is_known_needs_it_of_nobody(tmp_path: Path) -> None:
    may_be_left_out = FLOW.replace("fields: {pay_by: {required: true}}", "fields: {pay_by: }", 1)
    starts = next(line for line in FLOW.splitlines() if line.strip().startswith("starts: {"))
    waits = starts.replace("}", ", when: given.pay_by}", 1)
    assert [f.code for f in told(tmp_path, may_be_left_out)] == ["start-unset"]
    assert told(tmp_path, may_be_left_out.replace(starts, waits, 1)) == []


@pytest.mark.parametrize(
    ("was", "now", "code", "place"),
    [
        ("ends_on: pay_by", "ends_on: pay_bye", "unknown-field", "pay_bye"),
        ("type: date", "type: text", "date-field", "pay_by"),
        ("fields: {pay_by: {required: true}}", "fields: {pay_by: }", "start-unset", "pay_by"),
        ("ends_on: pay_by", "ends_on: pay_by\n    backward: true", "written-end", "pay_by"),
        ("ends_on: pay_by", "ends_on: pay_by\n    counting: raw", "period-counting", None),
        ("ends_on: pay_by", "ends_on: pay_by\n    length: 3", "shape", None),
        ("    ends_on: pay_by\n", "    unit: day\n", "missing-key", None),
    ],
)
def test_what_is_no_written_end_is_told(
    tmp_path: Path, was: str, now: str, code: str, place: Any
) -> None:
    assert told(tmp_path, FLOW) == []
    text = FLOW.replace(was, now, 1)
    found = told(tmp_path, text)
    assert {f.code for f in found} == {code}
    lines = [text.splitlines()[f.at.line - 1][f.at.column - 1 :] for f in found]
    assert place is None or place in lines
