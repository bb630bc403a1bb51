"""A closed case is opened again by an act that says so, with its approval: what closing ended stays
ended, what the state begins begins, and a sub-procedure is not opened again under a closed case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import at
from zhixing.engine import Actor, Engine, LostRace, Refused, VirtualClock
from zhixing.engine.model.effects import Decision
from zhixing.engine.model.event import Event
from zhixing.engine.work.unit import UnitOfWork
from zhixing.workflow import definition_from_text, inspect

LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
TEXT = """
id: {id}
title: {{zh: 案件, en: case}}
version: 1
effective: 2024-01-01
roles:
  officer: {{title: {{zh: 承办人, en: officer}}}}
  chief: {{title: {{zh: 局长, en: chief}}}}
powers:
  open: {{by: [officer, procedure]}}
  correct: {{by: officer, documents: proof, approval: chief}}
  late: {{by: officer}}
documents: {{proof: {{title: {{zh: 证明, en: proof}}}}}}
modes: {{ended: {{zh: 终结, en: ended}}}}
initial: work
states:
  work: {{title: {{zh: 办理, en: work}}}}
  again: {{title: {{zh: 续行, en: again}}}}
  over: {{title: {{zh: 终结, en: over}}, closes: ended{leaves}}}
approvals:
  chief: {{title: {{zh: 审批, en: approval}}, steps: [{{by: chief}}]}}
tasks:
  look: {{title: {{zh: 复查, en: look}}, starts: {{entering: again}}, offered_to: officer,
    done_by: note}}
{parts}
transitions:
  - {{trigger: end, title: {{zh: 终结, en: end}}, from: [work, again], to: over, by: officer}}
  - {{trigger: note, title: {{zh: 记录, en: note}}, from: [work, again, over],
      to: stay, by: officer}}
  - {{trigger: revoke, title: {{zh: 撤销终结, en: revoke}}, from: over, to: again, by: officer,
      reopens: true, approval: chief}}
{ways}
deadlines:
  term: {{title: {{zh: 办理期限, en: term}}, starts: {{entering: work}}, length: 30, unit: day,
    met_by: note, on_expiry: {{alert: officer}}}}
  anew: {{title: {{zh: 续行期限, en: term anew}}, starts: {{entering: again}}, length: 10,
    unit: day, met_by: note, on_expiry: {{alert: officer}}}}
  file: {{title: {{zh: 归档, en: file}}, starts: {{entering: over}}, length: 5, unit: day,
    met_by: note, survives_closing: true, ends_leaving: over}}
  keep: {{title: {{zh: 保管, en: keep}}, starts: {{entering: work}}, length: 90, unit: day,
    survives_closing: true}}
"""
CHILD = TEXT.format(id="child", parts="", ways="", leaves="")
PARENT = TEXT.format(
    id="parent",
    leaves=", leaves: child",
    parts="sub_procedures: {child: {title: {zh: 子程序, en: child}, procedure: child}}",
    ways=(
        "  - {trigger: begin, title: {zh: 启动, en: begin}, from: [work, again], to: stay,"
        " by: officer, opens: child}\n"
        "  - {trigger: check, title: {zh: 核查, en: check}, from: [work, again], to: stay,"
        " by: officer, when: child.open == 0}\n"
    ),
)


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-03 10:00"))
    both = [definition_from_text(PARENT), definition_from_text(CHILD)]
    with Engine(database, both, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("parent", id="p", actor=LI, officer="li")
        yield engine


def fire(court: Engine, trigger: str, case: str = "p") -> None:
    court.clock.advance(days=1)
    court.fire(case, trigger, actor=LI)


def reopen(court: Engine, case: str = "p") -> None:
    fire(court, "revoke", case)
    court.approve(case, "revoke", actor=WANG)


def statuses(court: Engine, case: str = "p") -> dict[str, str]:
    """By rule; of several of one rule the one that runs."""
    listed = [*court.deadlines(case, live=False), *court.deadlines(case)]
    return {d.rule: str(d.status) for d in listed}


def test_it_waits_for_its_approval_and_then_the_case_is_open(court: Engine) -> None:
    fire(court, "end")
    closed = court.case("p")
    assert (closed.closing_mode, closed.closed_at) == ("ended", court.clock.now())
    fire(court, "revoke")
    assert court.case("p").closing_mode == "ended"
    case = court.approve("p", "revoke", actor=WANG)
    assert (case.state, case.closing_mode, case.closed_at) == ("again", None, None)
    assert [c.id for c in court.query(open_only=True)] == ["p"]
    assert {"what": "reopened", "mode": "ended"} in court.history("p")[-1].effects


def test_what_closing_ended_stays_ended_and_what_the_state_begins_begins(court: Engine) -> None:
    fire(court, "end")
    assert statuses(court) == {"term": "cancelled", "keep": "running", "file": "running"}
    reopen(court)
    assert statuses(court) == {
        "term": "cancelled",
        "keep": "running",
        "file": "cancelled",
        "anew": "running",
    }
    assert [task.name for task in court.tasks(case_id="p")] == ["look"]
    fire(court, "end")
    case = court.case("p")
    assert (case.closing_mode, court.tasks(case_id="p")) == ("ended", ())
    assert statuses(court)["file"] == "running" and statuses(court)["anew"] == "cancelled"


def test_as_of_each_day_it_is_what_it_was_and_the_history_proves_itself(court: Engine) -> None:
    fire(court, "end")
    reopen(court)
    assert court.case_at("p", date(2025, 3, 4)).closing_mode == "ended"
    now = court.case_at("p", date(2025, 3, 5))
    assert (now.state, now.closing_mode) == ("again", None)
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


def test_a_reopening_that_is_annulled_never_was(court: Engine) -> None:
    fire(court, "end")
    reopen(court)
    seq = court.history("p")[-1].seq
    court.correct("p", actor=LI, note="wrong case", documents={"proof": "d"}, annul=[seq])
    case = court.approve("p", "correct", actor=WANG)
    assert (case.state, case.closing_mode) == ("over", "ended")
    assert statuses(court)["anew"] == "cancelled"


def test_a_sub_procedure_is_open_again_for_its_parent(court: Engine) -> None:
    fire(court, "begin")
    child = next(c.id for c in court.query() if c.id != "p")
    fire(court, "end", child)
    fire(court, "check")
    reopen(court, child)
    with pytest.raises(Refused) as refused:
        fire(court, "check")
    assert [o.code for o in refused.value.obstacles] == ["guard"]


def test_it_is_not_opened_again_under_a_closed_case(court: Engine) -> None:
    fire(court, "begin")
    child = next(c.id for c in court.query() if c.id != "p")
    fire(court, "end", child)
    fire(court, "revoke", child)
    fire(court, "end")
    with pytest.raises(Refused) as refused:
        court.approve(child, "revoke", actor=WANG)
    assert [o.code for o in refused.value.obstacles] == ["parent-closed"]
    assert "所属案件已结" in refused.value.text("zh")
    assert court.case(child).closing_mode == "ended"
    reopen(court)
    assert court.approve(child, "revoke", actor=WANG).state == "again"


def test_a_parent_that_closes_meanwhile_is_seen_when_it_is_written(
    court: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fire(court, "begin")
    child = next(c.id for c in court.query() if c.id != "p")
    fire(court, "end", child)
    fire(court, "revoke", child)
    decide, is_closed = UnitOfWork._check_parent_is_open, []

    def then_it_closes(unit: UnitOfWork, decision: Decision) -> None:
        """The parent is open when the child is decided, and closed before that is written."""
        decide(unit, decision)
        if not is_closed:
            is_closed.append(True)
            with unit_of(court, unit) as other:
                other.fire("p", Event(court.clock.now(), LI, "end"))
                other.flush()

    monkeypatch.setattr(UnitOfWork, "_check_parent_is_open", then_it_closes)
    with pytest.raises(LostRace) as lost:
        court.approve(child, "revoke", actor=WANG)
    assert lost.value.data["case_id"] == "p"


@contextmanager
def unit_of(court: Engine, unit: UnitOfWork) -> Iterator[UnitOfWork]:
    """Another unit on the same rows, as if its transaction had been committed in between."""
    yield UnitOfWork(unit.repository, court.clock.now())


WAY = "from: over, to: again, by: officer,\n      reopens: true, approval: chief"


@pytest.mark.parametrize(
    ("way", "code"),
    [
        (WAY.replace("      reopens: true,", "     "), "leaves-terminal"),
        (WAY.replace(", approval: chief", ""), "reopens"),
        (WAY.replace("from: over", "from: [work, over]"), "reopens"),
        (WAY.replace("to: again", "to: over"), "reopens"),
        (WAY.replace("to: again", "to: stay"), "reopens"),
    ],
)
def test_lint_tells_what_cannot_reopen(tmp_path: Path, way: str, code: str) -> None:
    file = tmp_path / "child.yaml"
    broken = CHILD.replace(WAY, way)
    assert broken != CHILD
    file.write_text(broken)
    found = [f for f in inspect(file)[1] if f.is_error and f.code == code]
    line = CHILD[: CHILD.index(WAY)].count("\n") + 1
    assert len(found) == 1 and found[0].at.line in (line, line + 1)


def test_a_gate_that_closing_ends_is_told(tmp_path: Path) -> None:
    file = tmp_path / "child.yaml"
    file.write_text(CHILD.replace("met_by: note, on_expiry: {alert: officer}", "gates: end", 1))
    (found,) = [f for f in inspect(file)[1] if f.is_error]
    assert found.code == "reopens" and "term" in found.en
