"""Any time limit of the law, armed on a case by hand: counted as the row in force says, explained,
cited, met by hand, and untouched by later tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.conftest import at
from tests.courts import EDITOR, PUBLISHER
from zhixing.engine import (
    Actor,
    BadEvent,
    Engine,
    LawRowNotCountable,
    Refused,
    Replacement,
    UnknownLawRow,
    VirtualClock,
)
from zhixing.workflow import Extension, Law, TimeUnit, definition_from_text, shipped_law

LI, WANG, CLERK = Actor.of("li", "officer"), Actor.of("wang", "chief"), Actor.of("q", "clerk")
FLOW = """\
id: plain
title: {zh: 案件}
version: 1
effective: 2025-01-01
roles: {officer: {title: {zh: 承办人}}, chief: {title: {zh: 局长}}, clerk: {title: {zh: 书记员}}}
documents: {basis: {title: {zh: 依据}}}
data: {claim: {type: number, default: 1, title: {zh: 标的}}}
powers:
  open: {by: officer, form: opening}
  arm: {by: officer}
  waive: {by: chief}
  late: {by: officer, within: 9d, approval: chief}
  correct: {by: officer, approval: chief, documents: basis}
approvals: {chief: {title: {zh: 局长审批}, steps: [{by: chief}]}}
forms: {opening: {title: {zh: 立案}, fields: {claim: }}}
grounds: {rest: {zh: 中止}}
modes: {done: {zh: 结案}}
initial: open
states:
  open: {title: {zh: 在办}}
  resting: {title: {zh: 中止}}
  done: {title: {zh: 已结}, closes: done}
transitions:
  - {trigger: rest, title: {zh: 中止}, from: open, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复}, from: resting, to: return, by: officer}
  - {trigger: close, title: {zh: 结案}, from: open, to: done, by: officer}
suspensions: [{states: resting, ground: rest}]
deadlines:
  own: {title: {zh: 自有期限}, starts: {entering: open}, length: 90, unit: day, met_by: close}
"""
CLAIM = "law:case-fund-disbursement:30d:LIT"
DAY = date(2025, 3, 5)


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-10 09:00"))
    flow = definition_from_text(FLOW, "plain.yaml")
    with Engine(database, flow, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("plain", id="a", actor=LI, officer="li")
        yield engine


def to(court: Engine, moment: str) -> None:
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(at(moment))
    court.run_due()


def limits(court: Engine, live: bool = True) -> dict[str, str]:
    found = court.deadlines("a", live=live)
    return {d.rule: f"{d.due_day} {d.status}" for d in found if d.rule != "own"}


def statute(id: str) -> str:
    return shipped_law().statutes(DAY)[id].cite()


def test_it_is_counted_as_the_row_says_and_cites_it(court: Engine) -> None:
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    limit = court.explain_deadline("a", CLAIM)
    row = shipped_law().statutes(DAY)["case-fund-disbursement"]
    assert (limit.title_zh, limit.title_en) == (row.zh, row.en)
    assert limit.basis == row.cite()
    assert str(limit.due_day) == "2025-04-07"  # thirty days end on a Friday that is Qingming
    assert "2025-03-05" in limit.steps[0].zh
    entry = court.history("a")[-1]
    assert entry.kind == "armed"
    assert entry.changes["law"] == {"zh": row.zh, "en": row.en, "cite": row.cite()}
    assert row.zh in court.case_page("a", actor=Actor.of("zhao", "audit_admin"))


def test_it_is_shown_where_limits_are_and_warns_and_is_overdue(court: Engine) -> None:
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    to(court, "2025-04-09 09:00")
    assert [d.rule for d in court.overdue(officer="li")] == [CLAIM]
    kinds = sorted(a.kind for a in court.alerts(case_id="a"))
    assert kinds == ["expired", "warning", "warning"]
    court.meet("a", CLAIM, actor=LI)
    assert limits(court, live=False) == {CLAIM: "2025-04-07 met-late"}
    assert court.overdue() == ()


def test_it_is_met_by_hand_by_whoever_may_arm(court: Engine) -> None:
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    with pytest.raises(Refused):
        court.meet("a", CLAIM, actor=CLERK)
    court.meet("a", CLAIM, actor=LI, note="认领表")
    assert limits(court, live=False) == {CLAIM: "2025-04-07 met"}
    assert court.history("a")[-1].kind == "met"


def test_what_acts_meet_is_not_met_by_hand(court: Engine) -> None:
    with pytest.raises(BadEvent):
        court.meet("a", "own", actor=LI)


def test_it_may_be_waived_and_ends_with_the_case(court: Engine) -> None:
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    court.waive("a", CLAIM, actor=WANG)
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=date(2025, 3, 6))
    court.fire("a", "close", actor=LI)
    assert sorted(d.status for d in court.deadlines("a", live=False) if d.rule == CLAIM) == [
        "cancelled",
        "waived",
    ]


def test_several_run_from_different_days_and_none_twice(court: Engine) -> None:
    for day in (DAY, date(2025, 3, 6)):
        court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=day)
    with pytest.raises(BadEvent):
        court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    assert [d.key for d in court.deadlines("a") if d.rule == CLAIM] == ["2025-03-05", "2025-03-06"]


def test_a_suspension_stops_it(court: Engine) -> None:
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    court.fire("a", "rest", actor=LI)
    assert limits(court) == {CLAIM: "None paused"}
    to(court, "2025-03-20 09:00")
    court.fire("a", "resume", actor=LI)
    assert limits(court) == {CLAIM: "2025-04-14 running"}


def test_an_open_length_is_given_and_no_other(court: Engine) -> None:
    with pytest.raises(LawRowNotCountable) as refused:
        court.arm_law("a", "property-report", actor=LI)
    assert refused.value.code == "law-row-not-countable"
    court.arm_law("a", "property-report", actor=LI, counted_from=DAY, length=10)
    assert limits(court) == {"law:property-report:10d:LIT": "2025-03-17 running"}
    with pytest.raises(LawRowNotCountable):
        court.arm_law("a", "case-fund-disbursement", actor=LI, length=60)


@pytest.mark.parametrize("row", ["property-report-lookback", "consumption-restriction-term"])
def test_a_row_that_cannot_be_counted_is_refused_with_its_citation(court: Engine, row: str) -> None:
    with pytest.raises(LawRowNotCountable) as refused:
        court.arm_law("a", row, actor=LI, length=3)
    assert statute(row) in refused.value.text("zh")


def test_the_row_is_that_of_the_day_from_which_it_counts(court: Engine) -> None:
    with pytest.raises(UnknownLawRow) as refused:
        court.arm_law("a", "no-such-limit", actor=LI)
    assert refused.value.code == "law-row-unknown"
    court.arm_law("a", "service-by-announcement", actor=LI, counted_from=date(2020, 6, 1))
    court.arm_law("a", "service-by-announcement", actor=LI, counted_from=DAY)
    assert set(limits(court)) == {
        "law:service-by-announcement:60d:LIT",
        "law:service-by-announcement:30d:LIT",
    }


def test_what_is_counted_back_is_armed_from_its_end(court: Engine) -> None:
    """Seven days before Friday, 2025-04-11: Friday the 4th is Qingming, so Thursday the 3rd."""
    court.arm_law("a", "preservation-renewal-application", actor=LI, counted_from=date(2025, 4, 11))
    assert limits(court) == {"law:preservation-renewal-application:-7d:LIT": "2025-04-03 running"}


def test_it_needs_the_power_and_its_bounds(court: Engine) -> None:
    with pytest.raises(Refused) as refused:
        court.arm_law("a", "case-fund-disbursement", actor=CLERK)
    assert [o.code for o in refused.value.obstacles] == ["role"]


def test_every_row_of_the_law_that_can_be_counted_can_be_armed(court: Engine) -> None:
    rows = shipped_law().statutes(date(2025, 3, 10)).values()
    armed = 0
    for row in rows:
        try:
            open_length = 3 if row.length is None else None
            court.arm_law("a", row.id, actor=LI, length=open_length)
            armed += 1
        except LawRowNotCountable:
            assert row.counting is None or row.unit is None or row.length == 0
    assert armed >= len(rows) - 10
    found = court.deadlines("a", live=False)
    assert len(found) == armed + 1 and all(d.title_zh and d.basis for d in found if d.rule != "own")
    assert court.verify(rules=True).otherwise == ()


def test_replay_late_entry_and_correction_need_no_table(court: Engine) -> None:
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    to(court, "2025-03-12 09:00")
    late = at("2025-03-11 10:00")
    court.arm_law("a", "property-report", actor=LI, length=5, counted_from=DAY, happened_at=late)
    other = {1: Replacement({"claim": 2})}
    court.correct("a", actor=LI, note="x", documents={"basis": "b"}, replace=other)
    court.approve("a", "correct", actor=WANG)
    assert set(limits(court)) == {CLAIM, "law:property-report:5d:LIT"}
    report = court.verify(rules=True)
    assert (report.found, report.otherwise) == (0, ())


def test_a_later_table_changes_nothing_that_runs(database: str) -> None:
    clock = VirtualClock(at("2025-03-10 09:00"))
    flow = definition_from_text(FLOW, "plain.yaml")
    with Engine(database, flow, clock=clock, drafts=True, upgrade=True) as court:
        court.open_case("plain", id="a", actor=LI, officer="li")
        court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
        before = limits(court)
        shorter = shipped_law().to_text().replace("通知,30,day", "通知,20,day")
        new = Law.from_text(shorter.replace("version: 2\\n", "version: 3\\n"))
        proposed = court.propose_law(new, actor=EDITOR)
        court.decide_law(proposed.id, actor=PUBLISHER)
        assert limits(court) == before
        court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
        assert set(limits(court)) == {CLAIM, "law:case-fund-disbursement:20d:LIT"}
        assert court.verify(rules=True).otherwise == ()


def test_an_extension_is_not_known_to_it(court: Engine) -> None:
    court.arm_law("a", "case-fund-disbursement", actor=LI, counted_from=DAY)
    with pytest.raises(Refused):
        court.extend("a", CLAIM, Extension(5, TimeUnit.DAY, "x"), actor=WANG)
