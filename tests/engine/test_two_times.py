"""What the figures and the rows say when something happened earlier than it was entered, or was
recorded otherwise than it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DATA, at
from zhixing.engine import Actor, Engine, LateAct, Replacement, VirtualClock
from zhixing.engine.storage.schema import metadata
from zhixing.workflow import Definition, definition_from_text, load_definition

LATE = load_definition(DATA / "late.yaml")
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
ZHAO = Actor.of("zhao", "supervisor")
PROOF = {"proof": "p"}


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-01-10 10:00"))
    with Engine(database, LATE, clock=clock, drafts=True, upgrade=True) as court:
        court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "40000"})
        yield court


def to(court: Engine, moment: str) -> None:
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(at(moment))
    court.run_due()


def keys(court: Engine) -> set[tuple[str, ...]]:
    """Every row of every table, by its key."""
    with court.transaction(writes=False) as transaction:
        return {
            (name, *map(str, row))
            for name, table in metadata.tables.items()
            for row in transaction.connection.execute(sa.select(*table.primary_key.columns))
        }


def test_the_figures_count_it_in_time_and_the_entry_against_who_made_it(court: Engine) -> None:
    to(court, "2025-01-22 09:00")
    assert [d.rule for d in court.overdue()] == ["first_report"]
    court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 20), documents=PROOF)
    assert [d.rule for d in court.overdue()] == ["first_report"]  # nobody has confirmed it yet
    court.approve("c", "late:report", actor=ZHAO)
    assert court.overdue() == ()
    [met] = [d for d in court.deadlines("c", live=False) if d.rule == "first_report"]
    assert (met.status, met.overdue_days) == ("met", 0)
    late = [(h.kind, h.actor) for h in court.history("c") if h.late]
    assert late == [("proposed", "li"), ("event", "zhao")]
    approved = court.history("c")[-1].changes["approved"]
    assert approved["proposed_by"] == "li"


def test_the_expiry_that_was_none_stays_in_the_history_as_it_was_told(court: Engine) -> None:
    to(court, "2025-01-22 09:00")
    before = [h.model_dump() for h in court.history("c")]
    court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 20), documents=PROOF)
    court.approve("c", "late:report", actor=ZHAO)
    assert [h.model_dump() for h in court.history("c")][: len(before)] == before
    assert court.verify(rules=True).found == 0


def test_a_preview_says_that_it_would_wait_and_for_whom(court: Engine) -> None:
    to(court, "2025-01-22 09:00")
    seen = court.preview("c", "report", actor=LI, happened_at=date(2025, 1, 20), documents=PROOF)
    assert [(e.kind, e.tasks) for e in seen.entries] == [("proposed", ("late:report",))]
    assert [w.awaits for w in seen.case.waiting] == [("supervisor",)]
    assert court.case("c").waiting == ()


def test_a_limit_that_was_over_expires_once_and_is_dated_then(court: Engine) -> None:
    to(court, "2025-02-20 09:00")
    court.fire("c", "serve", actor=LI, data={"served_on": "2025-02-06"})
    for moment in ("2025-02-21 09:00", "2025-03-21 09:00"):
        to(court, moment)
        expiries = [
            (h.happened_at, h.recorded_at)
            for h in court.history("c")
            if any(e.get("deadline") == "sale" and e["what"] == "expired" for e in h.effects)
        ]
        assert expiries == [(at("2025-02-14"), at("2025-02-20 09:00"))]
        alerts = [a.kind for a in court.alerts(case_id="c") if a.rule == "sale"]
        assert alerts == ["expired"]


@pytest.mark.parametrize(
    "correction",
    [
        {"annul": [2]},
        {"replace": {2: Replacement({"served_on": "2025-01-11"})}},
        {"replace": {1: Replacement({"amount": "1"}, happened_at=at("2025-01-09 10:00"))}},
        {"enter": LateAct("pay", at("2025-01-12 10:00"))},
    ],
)
def test_a_correction_deletes_nothing(court: Engine, correction: dict[str, Any]) -> None:
    court.fire("c", "serve", actor=LI, data={"served_on": "2025-01-10"})
    to(court, "2025-01-14 09:00")
    before, told = keys(court), [h.model_dump() for h in court.history("c")]
    court.correct("c", actor=LI, note="register", documents=PROOF, **correction)
    court.approve("c", "correct", actor=WANG)
    assert before - keys(court) == set()
    assert [h.model_dump() for h in court.history("c")][: len(told)] == told
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


def test_a_corrected_length_moves_the_limit_that_counts_by_it(loan: Definition) -> None:
    kind = "  proof: {title: {zh: 材料, en: proof}}\n"
    text = loan.source_text.replace("documents:\n", f"documents:\n{kind}", 1)
    text = text.replace(
        "powers:\n", "powers:\n  correct: {by: officer, approval: chief, documents: proof}\n", 1
    )
    text += "approvals:\n  chief: {title: {zh: 审批, en: approval}, steps: [{by: chief}]}\n"
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", definition_from_text(text), clock=clock, drafts=True) as engine:
        given = {"amount": "100", "due_days": 10}
        engine.open_case("loan", actor=LI, id="c", officer="li", data=given)
        engine.fire("c", "notify", actor=LI, documents={"notice": "n"})
        due = {d.rule: d.due_day for d in engine.deadlines("c")}
        assert due["payment"] == date(2025, 3, 13)
        other = {1: Replacement({"due_days": 15})}
        engine.correct("c", actor=LI, note="typed wrongly", documents=PROOF, replace=other)
        engine.approve("c", "correct", actor=WANG)
        after = {d.rule: d.due_day for d in engine.deadlines("c")}
        assert after == {**due, "payment": date(2025, 3, 18)}
