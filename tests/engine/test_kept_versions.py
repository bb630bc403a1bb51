"""Versions that were kept with older words of the language run as they did: `keyed_by`,
`tells_parent`, twin limits, flags."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.conftest import DATA, at
from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.workflow.loading import stored_definition
from zhixing.workflow.model.definition import Definition

FILING, CHIEF = Actor.of("zhou", "filing_judge"), Actor.of("zhao", "bureau_chief")
LI, APPLICANT = Actor.of("li", "officer"), Actor.of("a1", "applicant")


def kept(name: str) -> Definition:
    text = (DATA / "kept" / f"{name}.yaml").read_text(encoding="utf-8")
    return stored_definition(text, f"{name}.yaml")


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-03 09:00"))
    definitions = [kept("first_enforcement"), kept("freeze_deposit")]
    with Engine(database, definitions, clock=clock, drafts=True, upgrade=True) as engine:
        data = {"applicant": "a1", "debtor": "d1", "claim": "50000", "account": "6222"}
        engine.open_case("first_enforcement", id="c", actor=FILING, data=data)
        engine.assign("c", "li", actor=CHIEF)
        review = {"title_effective": True, "has_jurisdiction": True}
        engine.fire("c", "accept", actor=FILING, data=review, documents={"application": "a"})
        engine.fire("c", "assign", actor=CHIEF, data={"assigned_officer": "li"})
        yield engine


def test_twin_limits_are_met_by_one_act(court: Engine) -> None:
    court.fire("c", "issue_notice", actor=LI, documents={"notice": "n", "report_order": "r"})
    met = {d.rule for d in court.deadlines("c", live=False) if str(d.status) == "met"}
    assert {"issue_enforcement_notice", "issue_enforcement_notice_outer"} <= met


def test_limits_by_the_value_of_a_field_and_flags(court: Engine) -> None:
    court.fire("c", "issue_notice", actor=LI, documents={"notice": "n", "report_order": "r"})
    for clue in ("k1", "k2"):
        court.fire("c", "receive_clue", actor=APPLICANT, data={"clue": clue})
    due = {d.key: d.due_day for d in court.deadlines("c") if d.rule == "verify_clue"}
    assert due == {"k1": date(2025, 3, 10), "k2": date(2025, 3, 10)}
    court.fire("c", "verify_clue", actor=LI, data={"clue": "k1"})
    assert [d.key for d in court.deadlines("c") if d.rule == "verify_clue"] == ["k2"]
    court.fire("c", "check_report", actor=LI)
    assert court.case("c").data["report_checked"] is True


def test_word_to_the_parent(court: Engine) -> None:
    court.fire("c", "issue_notice", actor=LI, documents={"notice": "n", "report_order": "r"})
    court.fire("c", "propose_freeze", actor=LI)
    (freeze,) = court.query(procedure="freeze_deposit")
    court.fire(freeze.id, "order_freeze", actor=LI, data={"amount": "40000"})
    court.approve(freeze.id, "order_freeze", actor=CHIEF)
    papers = {"ruling": "r", "assistance_notice": "n"}
    court.fire(freeze.id, "send_notice", actor=LI, documents=papers)
    reply = {"freeze_reply": "p"}
    court.fire(freeze.id, "take_effect", actor=LI, data={"frozen": "40000"}, documents=reply)
    assert court.history("c")[-1].trigger == "measure_effective"
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())
