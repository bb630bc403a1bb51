"""Approvals, checklists, forms, decision tables, tasks, guards over sub-procedures, and what a
party sees: through the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.conftest import LOAN, at
from tests.courts import migrate, publish
from zhixing.engine import (
    Actor,
    Case,
    DatabaseBusy,
    DataError,
    Engine,
    LostRace,
    Refused,
    VirtualClock,
)
from zhixing.workflow import definition_from_text

SANCTION = """
id: sanction
title: {zh: 惩戒, en: sanction}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  clerk: {title: {zh: 书记员, en: clerk}}
  panel: {title: {zh: 合议庭, en: panel}}
  president: {title: {zh: 院长, en: president}}
  debtor: {title: {zh: 被执行人, en: debtor}, party: true}
data:
  kind: {type: choice, choices: {person: {zh: 个人, en: person}, company: {zh: 单位, en: company}},
    title: {zh: 对象, en: kind}}
  amount: {type: money, visible_to: debtor, title: {zh: 金额, en: amount}}
  name: {type: text, visible_to: debtor, masked: true, title: {zh: 姓名, en: name}}
  inner: {type: text, title: {zh: 内部意见, en: inner note}}
  days: {type: number, title: {zh: 缴纳期限, en: days to pay}}
  reason: {type: text, title: {zh: 理由, en: reason}}
powers: {open: {by: officer, form: draft}, move: {by: president}}
documents:
  decision: {visible_to: debtor, title: {zh: 决定书, en: decision}}
  memo: {title: {zh: 审查报告, en: memo}}
modes: {paid: {zh: 已缴, en: paid}, dropped: {zh: 不予惩戒, en: dropped}}
initial: draft
states:
  draft: {title: {zh: 草拟, en: draft}}
  decided: {title: {zh: 已决定, en: decided}, visible_to: debtor}
  paid: {title: {zh: 已缴, en: paid}, closes: paid, visible_to: debtor}
  dropped: {title: {zh: 不予惩戒, en: dropped}, closes: dropped}
sub_procedures:
  part: {title: {zh: 分期, en: instalment}, procedure: instalment, fields: {paid: money},
    states: [waiting], passes: {share: amount}}
approvals:
  fine:
    title: {zh: 罚款审批, en: approval of a fine}
    steps: [{by: panel, votes: 2, of: 3}, {by: president}]
checklists:
  fine:
    title: {zh: 罚款要件, en: what a fine needs}
    items:
      memo: {title: {zh: 审查报告在卷, en: memo on file}, documents: memo}
      limit: {title: {zh: 不超过法定上限, en: within the limit},
        when: 'case.amount <= money("100000") || case.kind == "company"'}
forms:
  draft: {title: {zh: 草拟, en: draft}, fields: {name: , kind: , amount: }}
  note: {title: {zh: 记录, en: note}, documents: memo, fields: {inner: }}
  fine:
    title: {zh: 罚款审批表, en: fine}
    fields:
      kind: {required: true}
      amount: {required: true}
      reason: {required_when: 'case.amount > money("50000")'}
tables:
  days:
    title: {zh: 缴纳期限, en: days to pay}
    rows: [{when: 'case.kind == "company"', is: 30}, {when: 'case.amount > money("50000")', is: 20}]
    otherwise: 10
tasks:
  serve: {title: {zh: 送达, en: serve}, starts: {entering: decided}, offered_to: [clerk, officer],
    done_by: served}
transitions:
  - {trigger: note, title: {zh: 记录, en: note}, from: any, to: stay, by: officer,
      form: note}
  - {trigger: fine, title: {zh: 罚款, en: fine}, from: draft, to: decided, by: officer, form: fine,
      documents: decision, checklist: fine, approval: fine, if_refused: drop,
      sets: {days: {table: days}}}
  - {trigger: drop, title: {zh: 不予惩戒, en: drop}, from: draft, to: dropped,
      by: [officer, procedure]}
  - {trigger: served, title: {zh: 送达, en: served}, from: decided, to: stay, by: [clerk, officer]}
  - {trigger: split, title: {zh: 分期, en: split}, from: decided, to: stay, by: officer,
      opens: part}
  - {trigger: close, title: {zh: 缴清, en: close}, from: decided, to: paid, by: officer,
      when: part.at.waiting == 0 && part.count == 2 && part.latest.paid >= money("10")}
deadlines:
  decide: {title: {zh: 审批期限, en: time to decide}, starts: {proposing: fine}, length: 7,
    unit: day, met_by: fine}
  pay: {title: {zh: 缴纳期限, en: time to pay}, starts: {entering: decided}, length: days,
    unit: day, met_by: close}
"""

INSTALMENT = """
id: instalment
title: {zh: 分期, en: instalment}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: procedure}}
data: {share: {type: money, title: {zh: 份额, en: share}}, paid: {type: money, title: {zh: 已缴,
  en: paid}}}
modes: {done: {zh: 已缴, en: done}}
initial: waiting
states: {waiting: {title: {zh: 待缴, en: waiting}}, done: {title: {zh: 已缴, en: done},
  closes: done}}
transitions:
  - {trigger: pay, title: {zh: 缴纳, en: pay}, from: waiting, to: done, by: officer, needs: paid}
"""

LI, WANG, ZHAO, SUN = (
    Actor.of(n, "officer" if n == "li" else "panel") for n in ("li", "wang", "zhao", "sun")
)

PRESIDENT, CLERK, OTHER = (
    Actor.of("qian", "president"),
    Actor.of("zhou", "clerk"),
    Actor.of("wu", "clerk"),
)


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(
        database,
        [definition_from_text(SANCTION), definition_from_text(INSTALMENT)],
        clock=clock,
        upgrade=True,
        drafts=True,
    ) as engine:
        yield engine


def drafted(court: Engine) -> str:
    case = court.open_case("sanction", actor=LI, data={"name": "张三丰"}, officer="li")
    court.fire(case.id, "note", actor=LI, documents={"memo": "m1"}, data={"inner": "secret"})
    return case.id


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [o.code for o in refused.value.obstacles]


def proposed(court: Engine, case: str, amount: str = "60000", **more: str) -> Case:
    return court.fire(
        case,
        "fine",
        actor=LI,
        data={"kind": "person", "amount": amount, "reason": "拒不履行", **more},
        documents={"decision": "d1"},
    )


def test_an_approved_act_takes_effect_with_the_last_vote_and_not_before(court: Engine) -> None:
    case = drafted(court)
    waiting = proposed(court, case)
    assert (waiting.state, "amount" in waiting.data, "decision" in waiting.documents) == (
        "draft",
        False,
        False,
    )
    assert [(w.trigger, w.step, w.steps, w.awaits) for w in waiting.waiting] == [
        ("fine", 1, 2, ("panel",))
    ]
    court.approve(case, "fine", actor=WANG)
    court.approve(case, "fine", actor=ZHAO, note="同意")
    assert court.case(case).waiting[0].awaits == ("president",)
    done = court.approve(case, "fine", actor=PRESIDENT)
    assert (done.state, done.data["amount"], done.data["days"], done.waiting) == (
        "decided",
        Decimal("60000.00"),
        20,
        (),
    )
    entry = court.history(case)[-1]
    assert (entry.trigger, entry.actor, entry.changes["approved"]["proposed_by"]) == (
        "fine",
        "qian",
        "li",
    )
    assert [b[0] for b in entry.changes["approved"]["ballots"]] == ["wang", "zhao", "qian"]
    assert {d.rule: d.status for d in court.deadlines(case, live=False)} == {
        "decide": "met",
        "pay": "running",
    }


def test_nobody_approves_what_they_proposed_nor_twice_nor_without_the_role(court: Engine) -> None:
    case = drafted(court)
    proposed(court, case)
    with pytest.raises(Refused) as refused:
        court.approve(case, "fine", actor=Actor.of("li", "panel"))
    assert codes(refused) == ["same-person"]
    court.approve(case, "fine", actor=WANG)
    with pytest.raises(Refused) as refused:
        court.approve(case, "fine", actor=WANG)
    assert codes(refused) == ["voted"]
    with pytest.raises(Refused) as refused:
        court.approve(case, "fine", actor=CLERK)
    assert codes(refused) == ["role"]
    with pytest.raises(Refused) as refused:
        court.approve(case, "drop", actor=ZHAO)
    assert codes(refused) == ["not-proposed"]


def test_a_panel_of_three_refuses_once_two_can_no_longer_agree_and_each_says_why(
    court: Engine,
) -> None:
    case = drafted(court)
    proposed(court, case)
    with pytest.raises(Refused) as refused:
        court.reject(case, "fine", actor=WANG, note=" ")
    assert codes(refused) == ["reason"]
    court.reject(case, "fine", actor=WANG, note="证据不足")
    court.approve(case, "fine", actor=ZHAO)
    closed = court.reject(case, "fine", actor=SUN, note="情节轻微")
    assert (closed.state, closed.closing_mode, closed.waiting) == ("dropped", "dropped", ())
    assert [h.kind for h in court.history(case)][-2:] == ["refused", "event"]
    assert court.tasks(case_id=case) == ()


def test_what_has_changed_meanwhile_stops_the_last_vote_and_loses_no_vote_before(
    court: Engine, clock: VirtualClock
) -> None:
    case = drafted(court)
    with pytest.raises(Refused) as refused:
        proposed(court, case, amount="200000")
    assert codes(refused) == ["checklist"]
    proposed(court, case)
    with pytest.raises(Refused) as refused:
        proposed(court, case)
    assert codes(refused) == ["awaiting-approval"]
    clock.set(at("2025-03-20 09:00"))
    court.run_due()
    court.approve(case, "fine", actor=WANG)
    court.withdraw(case, "fine", actor=LI)
    assert {d.rule: d.status for d in court.deadlines(case, live=False)} == {"decide": "cancelled"}


def test_a_form_takes_what_it_asks_and_requires_what_it_must(court: Engine) -> None:
    case = drafted(court)
    with pytest.raises(Refused) as refused:
        court.fire(case, "fine", actor=LI, data={"amount": "60000", "inner": "x"})
    assert codes(refused) == ["not-asked", "missing-field", "missing-field", "missing-document"]
    with pytest.raises(DataError):
        court.fire(case, "fine", actor=LI, data={"amount": "many"})
    assert proposed(court, case, amount="500").waiting


def test_a_checklist_shows_item_by_item_what_is_missing(court: Engine) -> None:
    case = court.open_case("sanction", actor=LI, data={"amount": "5", "kind": "person"}).id
    assert [(line.item, line.is_complete) for line in court.checklist(case, "fine")] == [
        ("memo", False),
        ("limit", True),
    ]
    court.fire(case, "note", actor=LI, documents={"memo": "m1"})
    assert all(line.is_complete for line in court.checklist(case, "fine"))
    assert court.checklist(case, "note") == ()


def test_a_task_is_offered_claimed_handed_back_and_done(court: Engine) -> None:
    case = drafted(court)
    proposed(court, case)
    assert [(t.kind, t.name, t.case_id) for t in court.tasks(role="panel")] == [
        ("approval", "fine", case)
    ]
    for actor in (WANG, ZHAO, PRESIDENT):
        court.approve(case, "fine", actor=actor)
    assert court.tasks(role="president") == ()
    (task,) = court.tasks(role="clerk")
    assert (task.name, task.status, task.title_zh) == ("serve", "offered", "送达")
    with pytest.raises(Refused) as refused:
        court.claim_task(case, "serve", actor=PRESIDENT)
    assert codes(refused) == ["role"]
    court.claim_task(case, "serve", actor=CLERK)
    assert [(w.person, w.count) for w in court.workload()] == [("zhou", 1)]
    assert [t.name for t in court.tasks(person="zhou")] == ["serve"]
    for act in (
        lambda: court.claim_task(case, "serve", actor=OTHER),
        lambda: court.fire(case, "served", actor=OTHER),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert codes(refused) == ["claimed"]
    with pytest.raises(Refused) as refused:
        court.hand_back_task(case, "serve", actor=OTHER)
    assert codes(refused) == ["not-claimed"]
    court.hand_back_task(case, "serve", actor=CLERK)
    court.claim_task(case, "serve", actor=OTHER)
    court.fire(case, "served", actor=OTHER)
    assert court.tasks(role="clerk") == () and court.workload() == ()
    (done,) = [t for t in court.tasks(case_id=case, open_only=False) if t.kind == "task"]
    assert (done.status, done.claimed_by) == ("done", "wu")
    with pytest.raises(Refused) as refused:
        court.claim_task(case, "serve", actor=CLERK)
    assert codes(refused) == ["no-task"]


def test_guards_ask_about_the_states_and_the_latest_of_sub_procedures(court: Engine) -> None:
    case = drafted(court)
    proposed(court, case)
    for actor in (WANG, ZHAO, PRESIDENT):
        court.approve(case, "fine", actor=actor)
    for amount in ("5", "20"):
        court.fire(case, "split", actor=LI)
        (child,) = court.query(parent=case, open_only=True)
        with pytest.raises(Refused):
            court.fire(case, "close", actor=LI)
        court.fire(child.id, "pay", actor=LI, data={"paid": amount})
    assert court.fire(case, "close", actor=LI).closing_mode == "paid"
    told = court.history(case)[-1].given["sub_procedures"]["part"]
    assert told == {"count": 2, "open": 0, "concluded": 2}
    assert "latest.paid" not in repr(court.events()), "what it said, its own history shows"


def test_a_party_sees_nodes_documents_and_dates_and_nothing_else(court: Engine) -> None:
    case = drafted(court)
    proposed(court, case)
    for actor in (WANG, ZHAO, PRESIDENT):
        court.approve(case, "fine", actor=actor)
    seen = court.party_view(case, "debtor")
    assert [n.state for n in seen.nodes] == ["decided"]
    assert seen.documents == {"decision": 1}
    assert seen.data == {"amount": Decimal("60000.00"), "name": "张*丰"}
    with pytest.raises(DataError):
        court.party_view(case, "officer")


def test_of_many_who_claim_a_task_at_once_one_has_it(court: Engine) -> None:
    case = drafted(court)
    proposed(court, case)
    for actor in (WANG, ZHAO, PRESIDENT):
        court.approve(case, "fine", actor=actor)

    def attempt(number: int) -> str:
        for _ in range(50):
            try:
                court.claim_task(case, "serve", actor=Actor.of(f"clerk{number}", "clerk"))
                return "claimed"
            except (LostRace, DatabaseBusy):
                continue
            except Refused as refused:
                return f"refused: {refused.obstacles[0].code}"
        return "gave up"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert Counter(outcomes) == {"claimed": 1, "refused: claimed": 7}
    (task,) = court.tasks(role="clerk")
    assert (
        task.status == "claimed"
        and len([h for h in court.history(case) if h.kind == "claimed"]) == 1
    )


def test_votes_cast_at_once_are_each_counted_once(court: Engine) -> None:
    case = drafted(court)
    proposed(court, case)

    def vote(actor: Actor) -> str:
        for _ in range(50):
            try:
                court.approve(case, "fine", actor=actor)
                return "counted"
            except (LostRace, DatabaseBusy):
                continue
            except Refused as refused:
                return refused.obstacles[0].code
        return "gave up"

    with ThreadPoolExecutor(6) as pool:
        outcomes = Counter(pool.map(vote, [WANG, WANG, ZHAO, ZHAO, SUN, SUN]))
    assert outcomes["counted"] == 2 and outcomes["gave up"] == 0
    assert court.case(case).waiting[0].step == 2 and len(court.case(case).waiting[0].ballots) == 2


def test_a_task_waits_while_the_case_rests_and_ends_when_it_leaves_for_good(
    database: str, clock: VirtualClock
) -> None:
    call = "title: {zh: 电话, en: call}, starts: {entering: noticed}"
    task = f"tasks: {{call: {{{call}, offered_to: officer, done_by: pay}}}}\ninitial:"
    with Engine(
        database,
        definition_from_text(LOAN.replace("initial:", task, 1)),
        clock=clock,
        upgrade=True,
        drafts=True,
    ) as engine:
        ids = [engine.open_case("loan", actor=LI, data={"amount": "10"}).id for _ in range(2)]
        for case in ids:
            engine.fire(case, "notify", actor=LI, documents={"notice": "n"})
            engine.claim_task(case, "call", actor=LI)
            engine.fire(case, "rest", actor=LI)
            assert [t.claimed_by for t in engine.tasks(case_id=case)] == ["li"]
            engine.fire(case, "resume", actor=LI)
        engine.fire(ids[0], "pay", actor=LI, data={"paid": "10"})
        clock.advance(days=30)
        engine.run_due()
        assert engine.tasks() == ()
        assert sorted(t.status for t in engine.tasks(open_only=False)) == ["done", "ended"]


@pytest.mark.parametrize(
    ("chain", "waits"),
    [
        ("[{by: panel, votes: 2, of: 3}, {by: president}]", True),
        ("[{by: panel, votes: 2, of: 3}]", False),
        ("[{by: panel, votes: 2, of: 3}, {by: panel}]", False),
    ],
)
def test_a_proposal_goes_on_under_a_new_version_only_where_the_same_people_are_asked(
    court: Engine, chain: str, waits: bool
) -> None:
    case_id = drafted(court)
    proposed(court, case_id)
    for person in (WANG, ZHAO):
        court.approve(case_id, "fine", actor=person)
    text = SANCTION.replace("version: 1", "version: 2\ntransitional: {running_cases: move}")
    new = definition_from_text(
        text.replace("[{by: panel, votes: 2, of: 3}, {by: president}]", chain)
    )
    assert [p.ends for p in court.plan_migration(new)] == [() if waits else ("fine",)]
    publish(court, new)
    assert migrate(court, new, "president") == (1, [])
    assert [w.trigger for w in court.case(case_id).waiting] == (["fine"] if waits else [])
    assert len(court.tasks(case_id=case_id)) == waits
    if waits:
        assert court.approve(case_id, "fine", actor=PRESIDENT).state == "decided"
        return
    assert "lapsed" in str(court.history(case_id)[-1].effects)
    proposed(court, case_id)
    assert court.case(case_id).waiting[0].awaits == ("panel",)


def test_a_case_whose_proposal_brings_what_a_new_version_does_not_know_stays(court: Engine) -> None:
    case_id = drafted(court)
    proposed(court, case_id)
    text = SANCTION.replace("version: 1", "version: 2\ntransitional: {running_cases: move}")
    new = definition_from_text(text.replace("person: {zh: 个人, en: person}, ", ""))
    publish(court, new)
    moved, [staying] = migrate(court, new, "president")
    assert (moved, staying.outcome) == (0, "cannot-move") and "kind" in staying.why_en
    court.withdraw(case_id, "fine", actor=LI)
    assert migrate(court, new, "president") == (1, [])
