"""The lives of deadlines, on SQLite and PostgreSQL, with a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import LOAN, at
from tests.courts import PUBLISHER
from tests.engine.test_cases import CHIEF, OFFICER, noticed, opened
from zhixing.engine import (
    Actor,
    BadEvent,
    Deduction,
    Engine,
    Extension,
    ExtensionRefused,
    Refused,
    TimeUnit,
    UnknownDeadline,
    VirtualClock,
)
from zhixing.workflow import definition_from_text, load_overlay


def life(engine: Engine, case_id: str) -> dict[str, str]:
    return {d.rule: d.status for d in engine.deadlines(case_id, live=False)}


def effects(engine: Engine, case_id: str, rule: str) -> list[tuple[str, str]]:
    return [
        (h.happened_at.astimezone(at("2025-01-01").tzinfo).strftime("%m-%d %H:%M"), e["what"])
        for h in engine.history(case_id)
        for e in h.effects
        if e.get("deadline") == rule
    ]


def test_a_deadline_warns_expires_and_escalates_each_at_its_own_time(
    engine: Engine, clock: VirtualClock
) -> None:
    case = opened(engine)
    clock.set(at("2025-03-30"))
    assert engine.run_due() == 1
    assert engine.run_due() == 0
    assert effects(engine, case.id, "answer") == [
        ("03-03 09:00", "armed"),
        ("03-08 00:00", "warned"),
        ("03-10 00:00", "warned"),
        ("03-11 00:00", "expired"),
        ("03-11 00:00", "escalated:chief"),
    ]
    kinds = [(a.kind, a.roles, a.watcher) for a in engine.alerts(case_id=case.id)]
    assert sorted(kinds) == sorted(
        [("warning", ("officer",), "judge.li")] * 2
        + [("expired", ("officer",), "judge.li"), ("escalated", ("chief",), "judge.li")]
    )


def test_nothing_takes_effect_before_its_time(engine: Engine, clock: VirtualClock) -> None:
    case = noticed(engine)
    clock.set(at("2025-03-13 23:59:59.999999"))
    engine.run_due()
    assert engine.case(case.id).state == "noticed"
    clock.set(at("2025-03-14 00:00"))
    engine.run_due()
    assert engine.case(case.id).state == "overdue"


def test_an_event_that_comes_after_an_expiry_finds_it_done(
    engine: Engine, clock: VirtualClock
) -> None:
    case = noticed(engine)
    clock.set(at("2025-03-20 10:00"))
    engine.fire(case.id, "pay", actor=OFFICER, data={"paid": "1"})
    assert [h.trigger or h.kind for h in engine.history(case.id)] == [
        "opened",
        "notify",
        "deadline",
        "lapse",
        "pay",
    ]


def test_performance_in_time_is_met_and_after_it_met_late(
    engine: Engine, clock: VirtualClock
) -> None:
    early, late = opened(engine), opened(engine)
    clock.set(at("2025-03-10 23:59"))
    engine.fire(early.id, "notify", actor=OFFICER, documents={"notice": "n"})
    clock.set(at("2025-03-11 00:01"))
    engine.fire(late.id, "notify", actor=OFFICER, documents={"notice": "n"})
    assert life(engine, early.id)["answer"] == "met"
    assert life(engine, late.id)["answer"] == "met-late"


def test_overdue_work_is_listed_until_it_is_done(engine: Engine, clock: VirtualClock) -> None:
    case = opened(engine)
    clock.set(at("2025-03-15 10:00"))
    engine.run_due()
    (item,) = engine.overdue()
    assert (item.case_id, item.rule, item.overdue_days, item.officer) == (
        case.id,
        "answer",
        5,
        "judge.li",
    )
    assert engine.overdue(officer="somebody.else") == ()
    engine.fire(case.id, "notify", actor=OFFICER, documents={"notice": "n"})
    assert engine.overdue() == ()


def test_suspension_stops_the_clocks_that_pause_and_no_other(
    engine: Engine, clock: VirtualClock
) -> None:
    case = noticed(engine)
    engine.fire(case.id, "clue", actor=OFFICER, data={"clue": "k1"})
    clock.set(at("2025-03-05 10:00"))
    engine.fire(case.id, "rest", actor=OFFICER)
    assert life(engine, case.id) == {
        "answer": "met",
        "payment": "paused",
        "clue_check": "running",
        "not_yet": "paused",
    }
    clock.set(at("2025-03-25 10:00"))
    engine.run_due()
    assert life(engine, case.id)["clue_check"] == "expired"
    engine.fire(case.id, "resume", actor=OFFICER)
    payment = next(d for d in engine.deadlines(case.id, explain=True) if d.rule == "payment")
    assert payment.due_day == date(2025, 4, 2)  # 13 March and the twenty days of rest
    assert "扣除 20 日" in " ".join(step.zh for step in payment.steps)


def test_a_stay_on_a_last_day_that_was_moved_carries_it_to_the_day_of_resumption(
    engine: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-05 09:00"))
    case = noticed(engine)
    assert {d.rule: d.due_day for d in engine.deadlines(case.id)}["payment"] == date(2025, 3, 17)
    clock.set(at("2025-03-17 10:00"))
    engine.fire(case.id, "rest", actor=OFFICER)
    clock.set(at("2025-03-20 10:00"))
    engine.fire(case.id, "resume", actor=OFFICER)
    payment = {d.rule: d for d in engine.deadlines(case.id)}["payment"]
    assert (payment.status, payment.due_day) == ("running", date(2025, 3, 20))


def test_a_paused_deadline_shows_where_it_would_end_were_it_resumed_today(
    engine: Engine, clock: VirtualClock
) -> None:
    case = noticed(engine)
    clock.set(at("2025-03-05 10:00"))
    engine.fire(case.id, "rest", actor=OFFICER)
    clock.set(at("2025-03-25 10:00"))
    paused = {d.rule: d for d in engine.deadlines(case.id, explain=True)}["payment"]
    assert (paused.status, paused.due_day, paused.due_at) == ("paused", None, None)
    assert paused.foreseeable_day == date(2025, 4, 2)
    assert "如于 2025-03-25 恢复，为 2025-04-02" in paused.steps[-1].zh
    assert "were it resumed on 2025-03-25" in paused.steps[-1].en
    page = engine.case_page(case.id, actor=Actor.of("he", "audit_admin"), lang="en")
    assert "if resumed today: 2025-04-02" in page
    engine.fire(case.id, "resume", actor=OFFICER)
    resumed = {d.rule: d for d in engine.deadlines(case.id)}["payment"]
    assert (resumed.due_day, resumed.foreseeable_day) == (paused.foreseeable_day, None)


def test_a_deduction_lengthens_the_rules_that_name_its_ground(
    engine: Engine, clock: VirtualClock
) -> None:
    case = noticed(engine)
    deduction = Deduction(date(2025, 3, 4), date(2025, 3, 8), "notice", "公告-1")
    engine.deduct(case.id, deduction, actor=OFFICER)
    dues = {d.rule: d.due_day for d in engine.deadlines(case.id)}
    assert dues["payment"] == date(2025, 3, 17)
    assert dues["not_yet"] == date(2025, 4, 3)
    engine.deduct(case.id, Deduction(date(2025, 3, 9), None, "notice"), actor=OFFICER)
    assert life(engine, case.id)["payment"] == "paused"
    engine.deduct(case.id, Deduction(date(2025, 3, 9), date(2025, 3, 10), "notice"), actor=OFFICER)
    assert {d.rule: d.due_day for d in engine.deadlines(case.id)}["payment"] == date(2025, 3, 18)


def test_an_extension_needs_the_approval_its_rule_names(engine: Engine) -> None:
    case = noticed(engine)
    extension = Extension(5, TimeUnit.DAY, "chief.zhou", "批准书")
    with pytest.raises(Refused, match="chief"):
        engine.extend(case.id, "payment", extension, actor=OFFICER)
    with pytest.raises(ExtensionRefused, match="at most 5"):
        engine.extend(case.id, "payment", Extension(6, TimeUnit.DAY, "x"), actor=CHIEF)
    with pytest.raises(ExtensionRefused, match="do not add up"):
        engine.extend(case.id, "payment", Extension(5, TimeUnit.HOUR, "x"), actor=CHIEF)
    with pytest.raises(ExtensionRefused, match="allows none"):
        engine.extend(case.id, "not_yet", extension, actor=CHIEF)
    with pytest.raises(UnknownDeadline):
        engine.extend(case.id, "nothing", extension, actor=CHIEF)
    engine.extend(case.id, "payment", extension, actor=CHIEF)
    assert {d.rule: d.due_day for d in engine.deadlines(case.id)}["payment"] == date(2025, 3, 18)
    with pytest.raises(ExtensionRefused, match="1 time"):
        engine.extend(case.id, "payment", extension, actor=CHIEF)


def test_an_order_that_is_not_possible_is_not_proposed_either(clock: VirtualClock) -> None:
    chain = "approvals:\n  more: {title: {zh: 延长, en: more}, steps: [{by: chief}]}\n"
    text = LOAN.replace("  extend: {by: chief}", "  extend: {by: officer, approval: more}")
    text = text.replace("  deduct: {by: officer}", "  deduct: {by: officer, approval: more}")
    definition = definition_from_text(text + chain)
    with Engine("sqlite://", definition, clock=clock, drafts=True) as engine:
        case = noticed(engine).id
        with pytest.raises(ExtensionRefused, match="at most 5"):
            engine.extend(case, "payment", Extension(60, TimeUnit.DAY, "x"), actor=OFFICER)
        with pytest.raises(UnknownDeadline):
            engine.extend(case, "nothing", Extension(5, TimeUnit.DAY, "x"), actor=OFFICER)
        with pytest.raises(BadEvent, match="no ground"):
            holiday = Deduction(date(2025, 3, 3), date(2025, 3, 5), "holiday", "")
            engine.deduct(case, holiday, actor=OFFICER)
        assert engine.case(case).waiting == () and engine.tasks(case_id=case) == ()
        engine.extend(case, "payment", Extension(5, TimeUnit.DAY, "x"), actor=OFFICER)
        assert [w.trigger for w in engine.case(case).waiting] == ["extend:payment"]
        before = {d.rule: d.due_day for d in engine.deadlines(case)}["payment"]
        assert before == date(2025, 3, 13), "nothing takes effect before the approval"
        engine.approve(case, "extend:payment", actor=CHIEF)
        after = {d.rule: d.due_day for d in engine.deadlines(case)}["payment"]
        assert after == date(2025, 3, 18)


def test_a_waived_deadline_has_no_effect(engine: Engine, clock: VirtualClock) -> None:
    case = noticed(engine)
    engine.waive(case.id, "payment", actor=CHIEF, note="和解")
    clock.set(at("2025-06-01"))
    engine.run_due()
    assert engine.case(case.id).state == "noticed"
    assert life(engine, case.id)["payment"] == "waived"


def test_several_deadlines_of_one_rule_run_at_a_time(engine: Engine, clock: VirtualClock) -> None:
    case = noticed(engine)
    for clue in ("k1", "k2"):
        engine.fire(case.id, "clue", actor=OFFICER, data={"clue": clue})
        clock.advance(days=1)
    engine.fire(case.id, "check_clue", actor=OFFICER, data={"clue": "k1"})
    found = {
        d.key: d.status for d in engine.deadlines(case.id, live=False) if d.rule == "clue_check"
    }
    assert found == {"k1": "met", "k2": "running"}


def test_closing_ends_what_does_not_survive_it(engine: Engine) -> None:
    case = noticed(engine)
    engine.fire(case.id, "pay", actor=OFFICER, data={"paid": "1000"})
    engine.fire(case.id, "finish", actor=CHIEF)
    assert engine.deadlines(case.id) == ()
    assert life(engine, case.id)["payment"] == "cancelled"
    assert engine.case(case.id).wake_at is None


def test_after_an_outage_everything_comes_in_due_order(engine: Engine, clock: VirtualClock) -> None:
    ids = []
    for day in (5, 3, 4):
        clock.set(at(f"2025-03-0{day} 09:00"))
        ids.append(noticed(engine).id)
    clock.set(at("2025-09-01"))
    assert engine.run_due() == 3
    expired = sorted(
        (h.happened_at, i) for i in ids for h in engine.history(i) if h.trigger == "lapse"
    )
    assert [i for _, i in expired] == [ids[1], ids[2], ids[0]]
    assert {h.recorded_at for i in ids for h in engine.history(i) if h.trigger == "lapse"} == {
        clock.now()
    }


def test_a_clock_that_steps_back_repeats_nothing(engine: Engine, clock: VirtualClock) -> None:
    case = noticed(engine)
    clock.set(at("2025-04-20"))
    engine.run_due()
    clock.set(at("2025-03-01"))
    assert engine.run_due() == 0
    clock.set(at("2025-04-21"))
    engine.run_due()
    assert [h.trigger for h in engine.history(case.id)].count("lapse") == 1


YEARLY = LOAN.replace("    length: 7\n", "    length: 7\n    restorable_by: chief\n").replace(
    "  not_yet:",
    """  every_month:
    title: {zh: 每月查询, en: monthly inquiry}
    starts: {entering: fresh}
    length: 1
    unit: month
    counting: fixed
    met_by: propose
    recurring: {times: 3}
    on_expiry: {alert: officer}
  not_yet:""",
)


@pytest.fixture
def monthly(clock: VirtualClock) -> Iterator[Engine]:
    with Engine("sqlite://", definition_from_text(YEARLY), clock=clock, drafts=True) as engine:
        yield engine


def test_a_recurring_deadline_comes_again_from_where_the_last_was_due(
    monthly: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-01-31 09:00"))
    case = opened(monthly)
    dues = []
    for _ in range(3):
        (running,) = [d for d in monthly.deadlines(case.id) if d.rule == "every_month"]
        dues.append(str(running.due_day))
        clock.advance(days=20)
        monthly.fire(case.id, "propose", actor=OFFICER)
    assert dues == ["2025-02-28", "2025-03-31", "2025-04-30"]
    assert [d for d in monthly.deadlines(case.id) if d.rule == "every_month"] == []


def rounds_of(engine: Engine, case_id: str) -> list[tuple[str, str]]:
    """The months of inquiry, the one that is due first before the others."""
    found = [d for d in engine.deadlines(case_id, live=False) if d.rule == "every_month"]
    return [(str(d.due_day), d.status) for d in found]


def test_rounds_that_pass_unserved_expire_each_on_its_day(
    monthly: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-01-31 09:00"))
    case = opened(monthly).id
    clock.set(at("2025-04-02 09:00"))
    monthly.run_due()
    assert rounds_of(monthly, case) == [
        ("2025-02-28", "expired"),
        ("2025-03-31", "expired"),
        ("2025-04-30", "running"),
    ]
    told = [line for line in effects(monthly, case, "every_month") if line[1] == "expired"]
    assert told == [("03-01 00:00", "expired"), ("04-01 00:00", "expired")]
    assert [d.rule for d in monthly.overdue()].count("every_month") == 2
    monthly.fire(case, "propose", actor=OFFICER)
    assert [status for _, status in rounds_of(monthly, case)] == ["expired", "expired", "met"]
    assert [d.rule for d in monthly.overdue()].count("every_month") == 0, "the duty is served again"


def test_an_act_serves_the_round_in_which_it_falls_and_no_other(
    monthly: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-01-31 09:00"))
    case = opened(monthly).id
    for moment in ("2025-02-10 09:00", "2025-02-20 09:00", "2025-02-28 23:59"):
        clock.set(at(moment))
        monthly.fire(case, "propose", actor=OFFICER)
    assert rounds_of(monthly, case) == [("2025-02-28", "met"), ("2025-03-31", "running")]
    clock.set(at("2025-03-01 00:00"))
    monthly.fire(case, "propose", actor=OFFICER)
    assert [status for _, status in rounds_of(monthly, case)] == ["met", "met", "running"]


def test_the_last_round_is_met_late_by_what_comes_after_it(
    monthly: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-01-31 09:00"))
    case = opened(monthly).id
    clock.set(at("2025-05-10 09:00"))
    monthly.fire(case, "propose", actor=OFFICER)
    assert [status for _, status in rounds_of(monthly, case)] == ["expired", "expired", "met-late"]


def test_a_missed_round_is_restored_beside_the_one_that_runs(clock: VirtualClock) -> None:
    text = YEARLY.replace("    recurring: {times: 3}\n", "    recurring: {times: 3}\n    RESTORE")
    definition = definition_from_text(text.replace("RESTORE", "restorable_by: chief\n"))
    with Engine("sqlite://", definition, clock=clock, drafts=True) as engine:
        clock.set(at("2025-01-31 09:00"))
        case = opened(engine).id
        clock.set(at("2025-03-05 09:00"))
        more = Extension(10, TimeUnit.DAY, "chief.zhou", "顺延决定")
        engine.restore(case, "every_month", more, actor=CHIEF)
        assert rounds_of(engine, case) == [("2025-03-10", "running"), ("2025-03-31", "running")]
        engine.fire(case, "propose", actor=OFFICER)
        assert rounds_of(engine, case) == [
            ("2025-03-10", "met"),
            ("2025-03-31", "met"),
            ("2025-04-30", "running"),
        ]


def test_a_missed_period_is_restored_by_the_role_its_rule_names(
    monthly: Engine, clock: VirtualClock
) -> None:
    case = opened(monthly)
    clock.set(at("2025-03-12 10:00"))
    more = Extension(10, TimeUnit.DAY, "chief.zhou", "顺延决定")
    with pytest.raises(ExtensionRefused, match="not missed"):
        monthly.restore(case.id, "not_yet", more, actor=CHIEF)
    with pytest.raises(Refused, match="chief"):
        monthly.restore(case.id, "answer", more, actor=OFFICER)
    monthly.restore(case.id, "answer", more, actor=CHIEF)
    answer = next(d for d in monthly.deadlines(case.id) if d.rule == "answer")
    assert (answer.status, answer.due_day) == ("running", date(2025, 3, 20))
    assert monthly.overdue() == ()
    clock.set(at("2025-03-21 00:00"))
    monthly.run_due()
    assert [d.rule for d in monthly.overdue()] == ["answer"]


def test_a_new_notice_is_shown_before_it_is_applied_and_then_told_in_the_history(
    engine: Engine, clock: VirtualClock, tmp_path: Path
) -> None:
    clock.set(at("2027-01-28 09:00"))
    case = opened(engine)
    other = opened(engine)
    engine.fire(other.id, "notify", actor=OFFICER, documents={"notice": "n"})
    provisional = {d.rule: d for d in engine.deadlines(case.id)}["answer"]
    assert provisional.provisional and provisional.due_day == date(2027, 2, 4)
    notice = tmp_path / "2027.yaml"
    notice.write_text(
        "id: cn\nannounced: [2027]\nrest:\n  - {from: 2027-02-04, to: 2027-02-11, reason: 春节}\n"
    )
    calendar = load_overlay(notice)
    changes = engine.calendar_changes("cn", calendar)
    assert sorted((c.case_id, c.rule, str(c.before), str(c.after)) for c in changes) == sorted(
        [
            (case.id, "answer", "2027-02-04", "2027-02-12"),
            (other.id, "payment", "2027-02-11", "2027-02-12"),
        ]
    )
    assert engine.history(case.id)[-1].kind == "opened"
    engine.apply_calendar("cn", calendar, actor=PUBLISHER)
    assert engine.history(case.id)[-1].kind == "calendar"
    answer = {d.rule: d for d in engine.deadlines(case.id)}["answer"]
    assert not answer.provisional and answer.due_day == date(2027, 2, 12)
    assert engine.calendar_changes("cn", calendar) == []
