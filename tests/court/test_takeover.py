"""Running cases come in (存量案件): as if they had been lived here from the start."""

from __future__ import annotations

import io
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from tests.conftest import at
from tests.console.test_command import zhixing
from tests.court.moving_in import CN, DEFINITIONS, children_of, facts_of, lived, standing, state_of
from tests.engine.test_moving import NEW
from zhixing.court import (
    CaseFacts,
    CourtTakeover,
    Takeover,
    TakeoverFileRefused,
    TakeoverItem,
    export_log,
    read_takeover,
    takeover_schema,
)
from zhixing.engine import (
    Actor,
    Engine,
    NotAllowed,
    NumberTaken,
    Refused,
    Replacement,
    TakenOverOtherwise,
    TakeoverRefused,
    VirtualClock,
)
from zhixing.workflow import definition_from_text

PRESIDENT = Actor.of("zhou", "president")
OFFICER = Actor.of("li", "officer")
NUMBER = "(2025)京0108执1234号"


def facts(**other: Any) -> dict[str, Any]:
    """A case in measures with two seizures: a deposit frozen before the suit, and a car in rank."""
    return {
        "procedure": "first_enforcement",
        "number": NUMBER,
        "officer": "li",
        "opened_on": "2025-03-03",
        "state": "measures",
        "state_since": "2025-03-06",
        "data": {
            "applicant": "a1",
            "debtor": "d1",
            "account": "6222",
            "claim": "50000.00",
            "applied_on": "2025-03-03",
            "filed_on": "2025-03-03",
            "assigned_officer": "li",
            "found": "60000",
            "receipt": [{"id": "1", "amount": "8000.00", "paid_on": "2025-04-01"}],
            "payout": [{"id": "1", "amount": "8000.00", "payee": "a1"}],
            "asset": [
                {"id": "account", "what": "某行存款", "kind": "deposit"},
                {"id": "car", "what": "车辆", "kind": "movable"},
            ],
        },
        "documents": [
            {"kind": "application", "reference": "卷1-1", "on": "2025-03-03"},
            {"kind": "notice", "reference": "卷1-7", "on": "2025-03-05"},
        ],
        "acts": [
            {"act": "accept", "on": "2025-03-03", "by": "wang"},
            {"act": "record_inquiry", "on": "2025-03-06", "by": "li"},
        ],
        "limits": [
            {"rule": "filing_review", "met_on": "2025-03-03"},
            {"rule": "case_limit", "since": "2025-03-03"},
            {"rule": "six_months_unenforced"},
        ],
        "sub_procedures": [deposit(), car()],
        **other,
    }


def deposit(**other: Any) -> dict[str, Any]:
    return {
        "name": "seizure",
        "about": "account",
        "state": "effective",
        "state_since": "2025-01-10",
        "data": {"registered_on": "2025-01-10", "runs_from": "2025-01-10", "until": "2026-01-10"},
        "limits": [{"rule": "term_deposit"}, {"rule": "ask_to_renew"}],
        **other,
    }


def car() -> dict[str, Any]:
    return {
        "name": "seizure",
        "about": "car",
        "state": "waiting",
        "state_since": "2025-03-07",
        "data": {"measures_before": 1, "rank": 2},
    }


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(at("2025-06-03 09:00"))


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, DEFINITIONS, clock=clock, drafts=True, upgrade=True) as engine:
        yield engine


@pytest.fixture
def here(clock: VirtualClock) -> Iterator[Engine]:
    """A court for what does not depend on the database."""
    with Engine("sqlite://", DEFINITIONS, clock=clock, drafts=True) as engine:
        yield engine


def taken(engine: Engine, said: dict[str, Any] | None = None) -> Takeover:
    return CourtTakeover(engine).take_over(CaseFacts.of(said or facts()), actor=PRESIDENT)


def foreseen(engine: Engine, said: dict[str, Any] | None = None) -> Takeover:
    return CourtTakeover(engine).preview(CaseFacts.of(said or facts()), actor=PRESIDENT)


def due(engine: Engine, case_id: str) -> dict[str, tuple[str, date | None]]:
    return {d.rule: (d.status, d.due_day) for d in engine.deadlines(case_id, live=False)}


def rows_of(engine: Engine) -> dict[str, int]:
    names = sa.inspect(engine.database).get_table_names()
    with engine.database.connect() as connection:
        count = sa.func.count()
        return {
            name: connection.execute(sa.select(count).select_from(sa.table(name))).scalar() or 0
            for name in names
        }


@pytest.mark.parametrize("name", ["first_enforcement", "preservation", "objection"])
def test_a_case_that_comes_in_stands_as_one_that_was_lived_here(name: str) -> None:
    clock, numbers = VirtualClock(at("2024-01-01 09:00")), itertools.count(1)
    options: dict[str, Any] = {"synchronous": "NORMAL", "drafts": True, "clock_tolerance": None}
    with Engine("sqlite://", DEFINITIONS, clock=clock, **options) as engine:
        for step, (there, now, case) in enumerate(lived(name)):
            if step % 4 == 0 and not state_of(there, case).proposals:
                clock.set(now.now())
                said = facts_of(there, case, f"({step})执{next(numbers)}号")
                done = taken(engine, said)
                assert done.at_once == ()
                assert standing(engine, done.case_id) == standing(there, case)
        assert next(numbers) > 8
        assert_proven(engine)


def assert_proven(engine: Engine) -> None:
    """Every entry proves itself, and comes out the same when it is decided again."""
    report = engine.verify(rules=True)
    assert report.findings == () and report.otherwise == () and report.not_repeatable == 0


def test_measures_come_with_their_rank_and_their_running_terms(court: Engine) -> None:
    done = taken(court)
    case = court.case(done.case_id)
    assert (case.state, case.number, case.officer) == ("measures", NUMBER, "li")
    assert case.opened_at == at("2025-03-03 00:00")
    assert str(case.data["receipt"][0]["amount"]) == "8000.00" and case.documents["notice"] == [
        "卷1-7"
    ]
    assert due(court, case.id)["case_limit"] == ("running", date(2025, 9, 3))
    assert due(court, case.id)["filing_review"][0] == "met"
    frozen, waiting = children_of(court, case.id)
    assert (frozen.state, frozen.about, frozen.data["rank"]) == ("effective", "account", 1)
    assert frozen.data["kind"] == "deposit" and frozen.officer == "li"
    assert due(court, frozen.id) == {
        "term_deposit": ("running", date(2026, 1, 10)),
        "ask_to_renew": ("running", date(2025, 12, 31)),  # the third is a holiday
    }
    assert (waiting.state, waiting.data["rank"], due(court, waiting.id)) == ("waiting", 2, {})
    assert_proven(court)


def test_a_case_that_came_in_goes_on_as_any_other(court: Engine, clock: VirtualClock) -> None:
    case = taken(court).case_id
    frozen, waiting = children_of(court, case)
    day = {"in_effect_on": "2025-06-03"}
    reply = {"assistance_notice": "n", "reply": "r"}
    court.fire(waiting.id, "promote", actor=OFFICER, data=day, documents=reply)
    assert due(court, waiting.id)["term_movable"] == ("running", date(2027, 6, 3))
    clock.set(at("2026-01-11 09:00"))
    court.run_due()
    assert state_of(court, frozen.id).state == "lapsed"
    kinds = [(e.kind, e.trigger) for e in court.history(case)]
    assert kinds.count(("event", "measure_ended")) == 1
    assert_proven(court)


def test_what_has_passed_comes_at_once_each_on_its_own_day(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2026-02-02 09:00"))
    foretold = foreseen(court)
    done = taken(court)
    assert foretold.at_once == done.at_once and foretold.state == done.state
    told = {(m.part, m.what, m.name): (m.due_day, m.happened_at) for m in done.at_once}
    over, ended = at("2025-09-04 00:00"), at("2026-01-11 00:00")
    assert told["", "expired", "case_limit"] == (date(2025, 9, 3), over)
    assert told["seizure@account", "expired", "term_deposit"] == (date(2026, 1, 10), ended)
    assert told["seizure@account", "event", "lapse"] == (None, ended)
    assert told["", "event", "measure_ended"] == (None, clock.now())  # the case learns it here
    frozen, _ = children_of(court, done.case_id)
    assert frozen.state == "lapsed" and frozen.closed_at == ended
    recorded = {e.recorded_at for e in court.history(frozen.id)}
    assert recorded == {clock.now()}
    kinds = {alert.kind for alert in court.alerts()}
    assert kinds == {"expired", "escalated"}  # no warning of what lies in the past
    before = len(court.history(done.case_id))
    court.run_due()
    assert len(court.history(done.case_id)) == before  # once
    assert_proven(court)


def test_warnings_that_lie_in_the_past_are_not_sent_and_those_to_come_are(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-08-20 09:00"))
    done = taken(court)
    limit = next(one for one in done.limits if one.rule == "case_limit")
    assert limit.is_warning and done.at_once == ()
    assert [a.kind for a in court.alerts()] == []
    clock.set(at("2025-08-30 09:00"))  # five days before the end
    court.run_due()
    assert [(a.kind, a.rule) for a in court.alerts()] == [("warning", "case_limit")]


def test_what_was_over_and_done_with_is_taken_as_it_stands(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2026-02-02 09:00"))
    limits = [
        {"rule": "case_limit", "since": "2025-03-03", "over": True},
        {"rule": "six_months_unenforced", "over": True},
    ]
    done = taken(court, facts(limits=limits, sub_procedures=[car()]))
    assert done.at_once == () and list(court.alerts()) == []
    assert due(court, done.case_id)["case_limit"] == ("expired", date(2025, 9, 3))
    court.run_due()
    assert list(court.alerts()) == []


def test_a_preview_writes_nothing(court: Engine, clock: VirtualClock) -> None:
    clock.set(at("2026-02-02 09:00"))
    before = rows_of(court)
    seen = foreseen(court)
    assert seen.outcome == "foreseen" and seen.case_id == "" and seen.at_once
    assert rows_of(court) == before
    assert list(court.query()) == []


def test_limits_of_which_nothing_was_said_are_named(here: Engine) -> None:
    gaps = {(gap.part, gap.rule) for gap in foreseen(here).unmentioned}
    assert ("", "not_before_three_months") in gaps  # from accepting the case
    assert ("", "case_limit") not in gaps
    silent = facts(sub_procedures=[deposit(limits=[], acts=[act("take_effect")])])
    gaps = {(gap.part, gap.rule) for gap in foreseen(here, silent).unmentioned}
    assert ("seizure@account", "ask_to_renew") in gaps


def act(name: str, on: str = "2025-03-06") -> dict[str, str]:
    return {"act": name, "on": on, "by": "li"}


def batch_of(count: int) -> list[dict[str, Any]]:
    """Cases of which three are broken: no such state, a day to come, a number that is no text."""
    cases = [facts(number=f"(2025)京0108执{n}号") for n in range(count)]
    cases[5]["state"] = "nowhere"
    cases[17]["limits"][1]["since"] = "2031-01-01"
    cases[30]["number"] = 30
    return cases


def test_in_a_batch_what_is_broken_costs_itself_and_says_why(court: Engine) -> None:
    lines = list(batch(court, batch_of(40)))
    failed = [line for line in lines if line.error is not None]
    assert [line.item for line in failed] == [6, 18, 31]
    faults = [line.error["faults"][0] for line in failed if line.error]
    assert [(f["place"], f["code"]) for f in faults] == [
        ("state", "takeover-state"),
        ("limits[1]", "takeover-start"),
        ("number", "takeover-shape"),
    ]
    assert all(f["zh"] and f["en"] for f in faults)
    assert sum(line.done is not None for line in lines) == 37
    assert len([c for c in court.query(limit=500) if c.parent_id is None]) == 37
    # mended and brought again: those that are here stay, the three come in
    mended = [facts(number=f"(2025)京0108执{n}号") for n in range(40)]
    again = [line.done.outcome for line in batch(court, mended) if line.done is not None]
    assert (again.count("here"), again.count("taken-over")) == (37, 3)
    assert_proven(court)


def batch(engine: Engine, cases: list[dict[str, Any]], **options: Any) -> Iterator[Any]:
    items = (item(number, case) for number, case in enumerate(cases, 1))
    return CourtTakeover(engine).batch(items, actor=PRESIDENT, **options)


def item(number: int, case: dict[str, Any]) -> TakeoverItem:
    try:
        return TakeoverItem(number, facts=CaseFacts.of(case))
    except TakeoverRefused as refused:
        return TakeoverItem(number, error=refused)


def test_the_same_case_comes_in_once_whoever_brings_it(court: Engine) -> None:
    first = taken(court)
    before = rows_of(court)
    other = Actor.of("deputy.chen", "president")
    again = CourtTakeover(court).take_over(CaseFacts.of(facts()), actor=other)
    assert (again.outcome, again.case_id) == ("here", first.case_id)
    assert foreseen(court).outcome == "here"
    assert rows_of(court) == before
    wide = facts(number="（2025）京0108执1234号")  # numbers are compared in their normal form
    with pytest.raises(TakenOverOtherwise) as otherwise:
        taken(court, wide | {"officer": "qian"})
    assert otherwise.value.case_id == first.case_id
    assert len(list(court.query())) == 3


def test_two_who_bring_the_same_file_at_once_bring_each_case_once(
    court: Engine, database: str, clock: VirtualClock
) -> None:
    cases = [facts(number=f"({n})执", sub_procedures=[car()]) for n in range(6)]
    with (
        Engine(database, DEFINITIONS, clock=clock, drafts=True) as other,
        ThreadPoolExecutor() as pool,
    ):
        both = pool.map(lambda engine: list(batch(engine, cases)), [court, other])
        lines = [line for each in both for line in each]
    assert [line.error for line in lines if line.error] == []
    assert Counter(line.done.outcome for line in lines) == {"taken-over": 6, "here": 6}
    assert len(court.query(limit=500)) == 12


def test_the_number_of_a_case_that_was_opened_here_is_taken(here: Engine) -> None:
    clerk = Actor.of("wang", "filing_judge")
    given = {"application": "a"}
    here.open_case("first_enforcement", actor=clerk, number=NUMBER, documents=given)
    with pytest.raises(NumberTaken):
        taken(here)


def test_nobody_takes_a_case_over_whom_the_charter_does_not_let(court: Engine) -> None:
    for who in (OFFICER, Actor.of("wang", "filing_judge", "bureau_chief")):
        with pytest.raises(NotAllowed):
            CourtTakeover(court).take_over(CaseFacts.of(facts()), actor=who)
        with pytest.raises(NotAllowed):
            CourtTakeover(court).preview(CaseFacts.of(facts()), actor=who)
    assert list(court.query()) == []
    kept = court.refusals(actor=Actor.of("audit", "audit_admin"))
    assert {r.verb for r in kept} == {"take_over", "preview_take_over"}


def test_everything_that_is_wrong_is_told_at_once_with_its_place(here: Engine) -> None:
    wrong = facts(
        returns_to=["inquiry"],
        tasks=["nothing"],
        deductions=[{"ground": "holiday", "since": "2025-03-10", "until": "2025-03-12"}],
        acts=[act("fly"), act("accept", "2025-02-01")],
        documents=[{"kind": "letter", "reference": "x"}, {"kind": "clue_record", "reference": "y"}],
        limits=[
            {"rule": "no_such", "since": "2025-03-03"},
            {"rule": "case_limit"},
            {"rule": "filing_review", "since": "2025-03-04"},
            {"rule": "case_limit", "since": "2025-03-03", "round": 2},
            {"rule": "case_limit", "since": "2025-03-03", "over": True, "met_on": "2025-03-04"},
            {"rule": "verify_clue", "since": "2025-03-10", "key": "c9"},
        ],
    )
    wrong["data"] |= {"claim": "much", "colour": "red", "asset.what": "x"}
    with pytest.raises(TakeoverRefused) as refused:
        taken(here, wrong)
    places = {fault.place for fault in refused.value.faults}
    assert places == {
        "returns_to",
        "tasks[0]",
        "deductions[0]",
        "acts[0]",
        "acts[1]",
        "documents[0]",
        "documents[1]",
        "data.claim",
        "data.colour",
        "data.asset.what",
        "limits[0]",
        "limits[3]",
        "limits[4]",
        "limits[5]",
    }
    assert all(fault.zh in refused.value.text("zh") for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"rule": "case_limit"}, "takeover-start"),
        ({"rule": "filing_review", "since": "2025-03-04"}, "takeover-start"),
        ({"rule": "case_limit", "since": "2026-01-01"}, "takeover-start"),
        ({"rule": "case_limit", "since": "2025-03-03", "over": True}, "takeover-over"),
        ({"rule": "case_limit", "since": "2025-03-03", "met_on": "2025-03-01"}, "takeover-met"),
    ],
)
def test_a_limit_is_counted_from_its_true_start_and_never_written(
    here: Engine, limit: dict[str, Any], code: str
) -> None:
    with pytest.raises(TakeoverRefused) as refused:
        taken(here, facts(limits=[limit]))
    assert [(f.place, f.code) for f in refused.value.faults] == [("limits[0]", code)]
    with pytest.raises(TakeoverRefused):
        CaseFacts.of(facts(limits=[{**limit, "due": "2025-09-03"}]))


def test_what_is_wrong_with_a_measure_says_of_which(here: Engine) -> None:
    measures = [deposit(), deposit(about="house"), deposit(state="frozen"), {**car(), "name": "x"}]
    with pytest.raises(TakeoverRefused) as refused:
        taken(here, facts(sub_procedures=measures))
    assert [fault.place for fault in refused.value.faults] == [
        "sub_procedures[1].about",
        "sub_procedures[2].state",
        "sub_procedures[3].name",
    ]
    assert list(here.query()) == []


def test_extensions_and_deductions_lengthen_it_by_the_rules(here: Engine) -> None:
    longer = {"length": 3, "unit": "month", "approver": "zhou", "document": "延长审批表"}
    limits = [{"rule": "case_limit", "since": "2025-03-03", "extensions": [longer]}]
    apart = [{"ground": "appraisal", "since": "2025-04-01", "until": "2025-04-11"}]
    done = taken(here, facts(limits=limits, deductions=apart))
    assert due(here, done.case_id)["case_limit"] == ("running", date(2025, 12, 15))
    limits[0]["extensions"] = [longer, longer]
    with pytest.raises(TakeoverRefused) as refused:
        taken(here, facts(number="other", limits=limits))
    assert [f.place for f in refused.value.faults] == ["limits[0].extensions[1]"]


def test_a_case_that_rests_goes_on_where_it_was(here: Engine, clock: VirtualClock) -> None:
    rests = {"state": "suspended", "state_since": "2025-05-06", "returns_to": ["measures"]}
    case = taken(here, facts(**rests)).case_id
    assert due(here, case)["case_limit"] == ("paused", None)
    clock.set(at("2025-06-10 09:00"))
    here.fire(case, "resume", actor=OFFICER, documents={"resumption_notice": "卷2-1"})
    assert here.case(case).state == "measures"
    assert due(here, case)["case_limit"] == ("running", date(2025, 10, 9))


def test_a_case_closed_for_now_comes_with_its_half_yearly_inquiries(
    here: Engine, clock: VirtualClock
) -> None:
    closed = {"state": "closed_for_now", "state_since": "2024-06-03", "opened_on": "2024-01-03"}
    limits = [{"rule": "requery_half_yearly", "since": "2024-06-03", "round": 3}]
    said = facts(**closed, limits=limits, acts=[], sub_procedures=[deposit()])
    said["data"] |= {"applied_on": "2024-01-03", "filed_on": "2024-01-03"}
    case = taken(here, said).case_id
    assert here.case(case).closing_mode == "for_now"
    assert due(here, case) == {"requery_half_yearly": ("running", date(2025, 12, 3))}
    with pytest.raises(TakeoverRefused) as refused:
        taken(
            here, said | {"number": "x", "limits": [{"rule": "case_limit", "since": "2024-01-03"}]}
        )
    assert [f.code for f in refused.value.faults] == ["takeover-closed"]


def test_acts_that_were_done_are_done(here: Engine) -> None:
    case = taken(here, facts(acts=[act("object_to_closing"), act("check_report")]))
    held = state_of(here, case.case_id)
    assert held.done_by["check_report"] == ("li",)
    assert held.done_by["object_to_closing"] == ("li",)


def test_history_and_what_is_made_of_it_say_that_it_was_taken_over(
    court: Engine, clock: VirtualClock
) -> None:
    case = taken(court, facts(note="旧系统数据，2025年6月切换")).case_id
    first = court.history(case)[0]
    assert (first.kind, first.source, first.target) == ("taken-over", "", "measures")
    assert first.actor == "zhou" and first.note.startswith("旧系统")
    _, kept = first.given["command"]
    assert kept["documents"]["notice"] == [["卷1-7", "2025-03-05"]]
    assert ["record_inquiry", "2025-03-06", "li"] in kept["acts"]
    told = {(line["deadline"], line["what"]) for line in first.effects if "deadline" in line}
    assert ("case_limit", "taken-over") in told and ("filing_review", "met") in told
    assert court.case(case).taken_over_at == clock.now()
    for child in children_of(court, case):
        assert court.history(child.id)[0].kind == "taken-over"
    then = court.case_at(case, clock.now())
    assert (then.state, then.data["claim"]) == ("measures", court.case(case).data["claim"])
    assert then.documents == court.case(case).documents
    assert {(d.rule, d.status, d.due_day) for d in then.deadlines} == {
        (d.rule, d.status, d.due_day) for d in court.deadlines(case, live=False)
    }
    auditor = Actor.of("audit", "audit_admin")
    page = court.case_page(case, actor=auditor, lang="zh")
    assert "接入（存量案件）" in page
    assert court.export_case(case, actor=auditor).history[0].kind == "taken-over"
    log = io.StringIO()
    assert export_log(court, log, actor=auditor) == 3
    assert "接入（存量案件）" in log.getvalue()


def test_what_happened_before_it_came_is_no_late_entry(court: Engine, clock: VirtualClock) -> None:
    case = taken(court).case_id
    clock.set(at("2025-06-04 09:00"))
    with pytest.raises(Refused) as refused:
        court.fire(case, "survey_on_site", actor=OFFICER, happened_at=date(2025, 5, 30))
    assert refused.value.obstacles[0].code == "before-opening"
    assert "接入" in refused.value.obstacles[0].text("zh")
    survey, report = {"survey_record": "s"}, {"property_report": "r"}
    on_third = date(2025, 6, 3)
    court.fire(case, "survey_on_site", actor=OFFICER, documents=survey, happened_at=on_third)
    court.fire(case, "record_report", actor=OFFICER, documents=report)
    assert_proven(court)


def test_facts_that_were_taken_over_wrongly_are_corrected(
    court: Engine, clock: VirtualClock
) -> None:
    case = taken(court, facts(limits=[{"rule": "six_months_unenforced"}])).case_id
    assert due(court, case)["six_months_unenforced"][1] == date(2025, 9, 3)
    clock.advance(hours=2)
    right = {1: Replacement(data={"claim": "60000.00", "applied_on": "2025-03-05"})}
    basis = {"correction_basis": "卷宗第3页"}
    court.correct(case, actor=OFFICER, note="申请日登记有误", documents=basis, replace=right)
    court.approve(case, "correct", actor=Actor.of("zhao", "bureau_chief"))
    assert str(court.case(case).data["claim"]) == "60000.00"
    assert due(court, case)["six_months_unenforced"][1] == date(2025, 9, 5)
    assert taken(court, facts(limits=[{"rule": "six_months_unenforced"}])).outcome == "here"
    assert_proven(court)


def test_a_new_version_counts_what_it_adds_from_when_the_state_was_entered(engine: Engine) -> None:
    said = {"procedure": "loan", "number": "借1号", "opened_on": "2025-03-03"}
    said |= {"state": "noticed", "state_since": "2025-05-26"}
    case = taken(engine, said).case_id
    (plan,) = engine.plan_migration(definition_from_text(NEW))
    assert (plan.case_id, plan.outcome) == (case, "can-move")
    assert [(s.rule, s.before, s.after) for s in plan.shifts] == [
        ("payment", None, date(2025, 6, 5)),
        ("report", None, date(2025, 6, 10)),
    ]


def test_it_joins_the_transaction_of_a_host(here: Engine) -> None:
    takeover, said = CourtTakeover(here), CaseFacts.of(facts())
    with here.database.connect() as connection:
        transaction = connection.begin()
        assert takeover.take_over(said, actor=PRESIDENT, within=connection).case_id
        transaction.rollback()
    assert list(here.query()) == []


# -- files and the command


def test_a_file_of_lines_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    lines = [json.dumps(facts()), "", "{broken", json.dumps([1]), json.dumps(facts(colour="red"))]
    file.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    found = list(read_takeover(file))
    assert [(one.item, one.line) for one in found] == [(1, 1), (2, 3), (3, 4), (4, 5)]
    assert found[0].facts is not None and found[0].number == NUMBER
    assert [one.error.code for one in found if one.error] == [
        "takeover-file",
        "takeover",
        "takeover",
    ]


def test_a_file_of_yaml_is_one_list(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(yaml.safe_dump({"cases": [facts(), {"number": "x"}]}, allow_unicode=True))
    first, second = read_takeover(file)
    assert first.facts == CaseFacts.of(facts()) and second.error is not None
    assert second.line is not None and second.line > 10
    file.write_text("- one\n")
    with pytest.raises(TakeoverFileRefused):
        list(read_takeover(file))


def test_the_schema_of_a_case_is_public() -> None:
    schema = takeover_schema()
    assert {"procedure", "number", "state", "state_since"} <= set(schema["required"])
    assert schema["additionalProperties"] is False


def test_from_the_command_line_first_as_a_preview(tmp_path: Path) -> None:
    file, db = tmp_path / "cases.jsonl", f"sqlite:///{tmp_path}/court.db"
    wrong = facts(number="(2025)京0108执2号", state="nowhere")
    file.write_text("\n".join(map(json.dumps, [facts(), wrong])), encoding="utf-8")
    where = ("--db", db, "--definitions", str(CN), "--drafts", "--lang", "zh")
    asked = ("case", "adopt", str(file), "--as", "zhou", "--role", "president", *where)
    seen = zhixing(*asked, "--dry-run")
    assert seen.returncode == 1
    assert f"✓ 第 1 件（第 1 行） {NUMBER} 可以接入" in seen.stdout
    assert "立即：2025-09-03 执行案件期限 届满" in seen.stdout
    assert "[takeover-state]" in seen.stdout
    done = zhixing(*asked)
    assert done.returncode == 1 and f"{NUMBER} 已接入" in done.stdout
    assert "已接入 1，未接入 1" in done.stdout
    assert "已在办，未重复接入 1" in zhixing(*asked).stdout
    file.write_text(json.dumps(facts()), encoding="utf-8")
    again = zhixing(*asked, "--json")
    told = json.loads(again.stdout)
    assert again.returncode == 0 and told["sum"] == {"here": 1}
    assert told["cases"][0]["done"]["outcome"] == "here"
