"""Who may write what: an act brings what it asks, nothing known is overwritten, the default is
no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import ROOT, at
from tests.courts import ACCEPTED
from zhixing.analysis.generating.values import ExampleValues
from zhixing.engine import Actor, Engine, Refused
from zhixing.engine.decision.decide import decide, open_case
from zhixing.engine.decision.procedure import Procedure
from zhixing.engine.model.case import CaseState
from zhixing.engine.model.commands import Vote
from zhixing.engine.model.event import EXTERNAL_SYSTEM, RELATED_PROCEEDING, Event
from zhixing.workflow import definition_from_text, load_definition

CN = ROOT / "definitions" / "cn"
FIRST = load_definition(CN / "first_enforcement.yaml")
FILING, CHIEF = Actor.of("liu", "filing_judge"), Actor.of("zhou", "bureau_chief")
LI, APPLICANT = Actor.of("li", "officer"), Actor.of("a1", "applicant")
AT = at("2025-03-03 09:00")

SMALL = """
id: small
title: {zh: 小, en: small}
version: 1
effective: 2024-01-01
roles:
  clerk: {title: {zh: 书记员, en: clerk}}
  judge: {title: {zh: 法官, en: judge}}
  chief: {title: {zh: 局长, en: chief}}
data:
  owed: {type: money, title: {zh: 应付, en: owed}}
  minor: {type: flag, default: false, title: {zh: 未成年, en: minor}}
  paid: {type: money, default: 0, title: {zh: 已付, en: paid}}
  done: {type: flag, default: false, title: {zh: 已办, en: done}}
  found: {type: money, default: 0, title: {zh: 查明, en: found}}
  why: {type: text, title: {zh: 理由, en: reason}}
documents:
  letter: {title: {zh: 信, en: letter}}
  memo: {title: {zh: 报告, en: memo}}
  reply: {title: {zh: 回执, en: reply}}
powers:
  open: {by: clerk, form: opening, documents: letter}
forms:
  opening:
    title: {zh: 立案, en: opening}
    documents: memo
    fields:
      owed: {required: true}
      minor:
      why: {required_when: case.minor}
  age: {title: {zh: 年龄, en: age}, fields: {minor: {required: true}}}
  payment: {title: {zh: 付款, en: payment}, fields: {paid: {required: true, overwrites: true}}}
  reason: {title: {zh: 理由, en: reason}, fields: {why: {required: true}}}
  reply: {title: {zh: 回执, en: reply}, documents: reply, fields: {found: {overwrites: true}}}
approvals: {chief: {title: {zh: 批准, en: approval}, steps: [{by: chief}]}}
requests:
  ask:
    title: {zh: 查询, en: inquiry}
    operation: network.inquire
    answers: {answered: answered, failed: failed}
    takes: {found: found}
modes: {end: {zh: 完, en: end}}
initial: open
states: {open: {title: {zh: 办, en: open}}, end: {title: {zh: 完, en: end}, closes: end}}
transitions:
  - {trigger: age, title: {zh: 年龄, en: age}, from: open, to: stay, by: clerk, form: age}
  - {trigger: pay, title: {zh: 付款, en: pay}, from: open, to: stay, by: clerk, form: payment}
  - {trigger: act, title: {zh: 办, en: act}, from: open, to: stay, by: judge, documents: memo,
      sets: {done: true}}
  - {trigger: need, title: {zh: 须, en: need}, from: open, to: stay, by: judge,
      needs: [why, done, found]}
  - {trigger: decide, title: {zh: 决定, en: decide}, from: open, to: stay, by: judge,
      form: reason, approval: chief}
  - {trigger: tell, title: {zh: 说, en: tell}, from: open, to: stay, by: clerk, form: reason}
  - {trigger: ask, title: {zh: 问, en: ask}, from: open, to: stay, by: clerk, asks: ask}
  - {trigger: answered, title: {zh: 答, en: answer}, from: open, to: stay, by: [outside, clerk],
      form: reply}
  - {trigger: failed, title: {zh: 未成, en: failed}, from: open, to: stay, by: [outside, clerk]}
  - {trigger: end, title: {zh: 完, en: end}, from: open, to: end, by: judge}
"""
PROCEDURE = Procedure(definition_from_text(SMALL))
CLERK, JUDGE, SUN = Actor.of("c", "clerk"), Actor.of("j", "judge"), Actor.of("s", "chief")
LETTER = {"letter": "l-1"}


def opened(
    data: Mapping[str, Any], documents: Mapping[str, str] = LETTER, actor: Actor = CLERK
) -> CaseState:
    case = CaseState("x", "small", PROCEDURE.hash, "", 1, AT)
    return open_case(PROCEDURE, case, Event(AT, actor, data=data, documents=documents)).case


def fired(
    case: CaseState, actor: Actor, trigger: str, documents: tuple[str, ...] = (), **data: Any
) -> CaseState:
    handed_in = {name: f"{name}-1" for name in documents}
    return decide(PROCEDURE, case, Event(AT, actor, trigger, data, handed_in)).case


def approved(case: CaseState, trigger: str) -> CaseState:
    return decide(PROCEDURE, case, Event(AT, SUN, command=Vote(trigger, in_favour=True))).case


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(o.code, o.field or o.document) for o in refused.value.obstacles]


@pytest.fixture
def case() -> CaseState:
    return opened({"owed": "100"})


# -- the attack


@pytest.fixture
def court() -> Iterator[Engine]:
    with Engine("sqlite://", CN, drafts=True, identity_key=b"a secret of this court") as engine:
        yield engine


def at_inquiry(court: Engine) -> str:
    data = {"applicant": "a1", "debtor": "d1", "claim": "50000", "account": "6222"}
    case = court.open_case("first_enforcement", actor=FILING, data=data).id
    court.assign(case, "li", actor=CHIEF)
    review = ACCEPTED
    court.fire(case, "accept", actor=FILING, data=review, documents={"application": "a"})
    court.fire(case, "assign", actor=CHIEF, data={"assigned_officer": "li"})
    notice = {"notice": "n", "report_order": "r"}
    court.fire(case, "issue_notice", actor=LI, documents=notice)
    return case


OF_THE_APPLICANT = sorted(
    {
        t.trigger
        for t in FIRST.transitions
        if "applicant" in t.by and "inquiry" in FIRST.sources_of(t)
    }
)


def test_a_party_writes_no_fact_that_its_act_does_not_ask_for(court: Engine) -> None:
    case, plain = at_inquiry(court), ExampleValues(FIRST).plain
    before, entries = court.case(case), len(court.history(case))
    assert OF_THE_APPLICANT == ["propose_listing", "receive_clue"]
    for trigger in OF_THE_APPLICANT:
        asked = {"receive_clue": {"clue.what": "a car"}}.get(trigger, {})
        stored = {name for name, field in FIRST.fields.items() if field.is_ is None}
        for field in stored - asked.keys():
            data = {**asked, field: plain(field)}
            with pytest.raises(Refused) as refused:
                court.fire(case, trigger, actor=APPLICANT, data=data)
            assert codes(refused) == [("not-asked", field)]
    assert court.case(case) == before and len(court.history(case)) == entries


def test_a_party_hands_in_no_document_that_its_act_does_not_ask_for(court: Engine) -> None:
    case = at_inquiry(court)
    before = court.case(case)
    for kind in FIRST.documents:
        with pytest.raises(Refused) as refused:
            court.fire(
                case,
                "receive_clue",
                actor=APPLICANT,
                data={"clue.what": "a car"},
                documents={kind: "forged"},
            )
        assert codes(refused) == [("document-not-asked", kind)]
    assert court.case(case) == before


def test_all_the_facts_at_once_are_refused_one_by_one(court: Engine) -> None:
    case = at_inquiry(court)
    data = {
        "clue.what": "a car",
        "claim": 9999999,
        "filed_on": "2020-01-01",
        "obstructed": True,
    }
    with pytest.raises(Refused) as refused:
        court.fire(case, "receive_clue", actor=APPLICANT, data=data)
    wanted = {"claim", "filed_on", "obstructed"}
    assert {field for code, field in codes(refused) if code == "not-asked"} == wanted
    assert "is not asked for here" in refused.value.text("en")


def test_an_officer_brings_nothing_that_a_transition_sets(court: Engine) -> None:
    case = at_inquiry(court)
    for field in ("clue.verified", "obstructed", "filed_on", "inquiry_on"):
        with pytest.raises(Refused) as refused:
            value = ExampleValues(FIRST).plain(field)
            court.fire(
                case,
                "survey_on_site",
                actor=LI,
                data={field: value},
                documents={"survey_record": "s"},
            )
        assert codes(refused) == [("not-asked", field)]


def test_several_clues_come_one_after_another(court: Engine) -> None:
    case = at_inquiry(court)
    for clue in ("k1", "k2"):
        court.fire(case, "receive_clue", actor=APPLICANT, about=clue, data={"clue.what": "a car"})
    keys = [d.key for d in court.deadlines(case) if d.rule == "verify_clue"]
    assert sorted(keys) == ["k1", "k2"]
    court.fire(case, "verify_clue", actor=LI, about="k2", documents={"clue_record": "r"})
    assert [c["verified"] for c in court.case(case).data["clue"]] == [False, True]
    assert [d.key for d in court.deadlines(case) if d.rule == "verify_clue"] == ["k1"]


# -- what is known


def test_what_is_known_is_not_overwritten_and_the_same_again_changes_nothing(
    court: Engine,
) -> None:
    case = court.open_case("first_enforcement", actor=FILING, data={"claim": "50000"}).id
    data = {"applicant": "a1", "debtor": "d1", "account": "1"}
    data |= ACCEPTED
    documents = {"application": "a"}
    with pytest.raises(Refused) as refused:
        more = {**data, "claim": "9999999"}
        court.fire(case, "accept", actor=FILING, data=more, documents=documents)
    assert codes(refused) == [("known-fact", "claim")] and "corrected" in refused.value.text("en")
    same = {**data, "claim": "50000.00"}
    after = court.fire(case, "accept", actor=FILING, data=same, documents=documents)
    assert after.data["claim"] == Decimal("50000.00")
    assert "claim" not in court.history(case)[-1].changes


def test_a_form_may_say_that_a_field_is_written_anew(case: CaseState) -> None:
    once = fired(case, CLERK, "pay", paid="10")
    assert fired(once, CLERK, "pay", paid="30").data["paid"] == Decimal("30.00")


def test_a_default_is_presumed_until_somebody_states_it(case: CaseState) -> None:
    assert fired(case, CLERK, "age", minor=True).data["minor"] is True
    stated = fired(case, CLERK, "age", minor=False)
    assert stated.stated == {"minor"} and case.stated == frozenset()
    with pytest.raises(Refused) as refused:
        fired(stated, CLERK, "age", minor=True)
    assert codes(refused) == [("known-fact", "minor")]
    assert fired(stated, CLERK, "age", minor=False).stated == {"minor"}
    told = opened({"owed": "1", "minor": False})
    assert told.stated == {"minor"}


def test_what_a_form_requires_somebody_says_and_a_default_does_not(case: CaseState) -> None:
    with pytest.raises(Refused) as refused:
        fired(case, CLERK, "age")
    assert codes(refused) == [("missing-field", "minor")]


def test_what_is_stated_is_in_history(case: CaseState) -> None:
    event = Event(AT, CLERK, "age", {"minor": False})
    assert decide(PROCEDURE, case, event).entry.changes == {"minor": False}
    after = decide(PROCEDURE, case, event).case
    assert decide(PROCEDURE, after, event).entry.changes == {}


def test_what_is_needed_and_unknown_may_be_brought_but_not_what_others_write(
    case: CaseState,
) -> None:
    known = fired(case, JUDGE, "need", why="because")
    assert known.data["why"] == "because"
    for field, value in (("done", True), ("found", "5")):
        with pytest.raises(Refused) as refused:
            fired(case, JUDGE, "need", why="x", **{field: value})
        assert codes(refused) == [("not-asked", field)]
    with pytest.raises(Refused) as refused:
        fired(known, JUDGE, "need", why="otherwise")
    assert codes(refused) == [("known-fact", "why")]


def test_documents_are_added_and_never_replaced(case: CaseState) -> None:
    once = fired(case, JUDGE, "act", ("memo",))
    assert fired(once, JUDGE, "act", ("memo",)).documents["memo"] == ["memo-1", "memo-1"]
    with pytest.raises(Refused) as refused:
        fired(case, JUDGE, "act", ("memo", "letter"))
    assert codes(refused) == [("document-not-asked", "letter")]


# -- approvals


def test_what_became_known_meanwhile_an_approved_act_does_not_overwrite(case: CaseState) -> None:
    waiting = fired(case, JUDGE, "decide", why="as proposed")
    meanwhile = fired(waiting, CLERK, "tell", why="as told")
    with pytest.raises(Refused) as refused:
        approved(meanwhile, "decide")
    assert codes(refused) == [("known-fact", "why")]
    assert approved(waiting, "decide").data["why"] == "as proposed"
    agreed = fired(waiting, CLERK, "tell", why="as proposed")
    assert approved(agreed, "decide").data["why"] == "as proposed"


# -- answers


def test_an_answer_brings_what_its_request_takes_and_renews_it(case: CaseState) -> None:
    first = fired(case, EXTERNAL_SYSTEM, "answered", found="5")
    assert fired(first, EXTERNAL_SYSTEM, "answered", found="7").data["found"] == Decimal("7.00")
    assert fired(first, EXTERNAL_SYSTEM, "failed", found="0").stated == {"found"}
    with pytest.raises(Refused) as refused:
        fired(case, EXTERNAL_SYSTEM, "answered", found="5", owed="0", done=True)
    assert codes(refused) == [("not-asked", "owed"), ("not-asked", "done")]


def test_an_answer_entered_by_hand_comes_with_its_document(case: CaseState) -> None:
    with pytest.raises(Refused) as refused:
        fired(case, CLERK, "answered", found="5")
    assert codes(refused) == [("missing-document", "reply")]
    assert "by hand" in refused.value.text("en")
    on_paper = fired(case, CLERK, "answered", ("reply",), found="5")
    assert on_paper.data["found"] == Decimal("5.00")
    with pytest.raises(Refused) as refused:
        fired(on_paper, CLERK, "answered", found="6")
    assert codes(refused) == [("missing-document", "reply")], "that on file was another answer's"
    with pytest.raises(Refused) as refused:
        fired(case, CLERK, "failed", found="5")
    assert codes(refused) == [("not-asked", "found")]


# -- opening


def test_opening_brings_what_its_form_asks() -> None:
    with pytest.raises(Refused) as refused:
        opened({"done": True, "found": "1", "paid": "3"}, {"reply": "r"})
    assert refused.value.trigger == "open"
    assert codes(refused) == [
        ("not-asked", "done"),
        ("not-asked", "found"),
        ("not-asked", "paid"),
        ("document-not-asked", "reply"),
        ("missing-document", "letter"),
        ("missing-field", "owed"),
    ]
    with pytest.raises(Refused) as refused:
        opened({"owed": "1", "minor": True})
    assert codes(refused) == [("missing-field", "why")]
    case = opened({"owed": "1"}, {**LETTER, "memo": "m-1"})
    assert case.documents == {"letter": ["l-1"], "memo": ["m-1"]}


def test_without_a_power_to_open_nothing_is_brought() -> None:
    text = SMALL.replace("  open: {by: clerk, form: opening, documents: letter}", "  {}")
    procedure = Procedure(definition_from_text(text))
    case = CaseState("x", "small", procedure.hash, "", 1, AT)
    with pytest.raises(Refused) as refused:
        open_case(procedure, case, Event(AT, CLERK, data={"owed": "1"}))
    assert codes(refused) == [("not-asked", "owed")]
    assert open_case(procedure, case, Event(AT, CLERK)).case.state == "open"


def test_what_a_case_passes_on_needs_no_form(court: Engine) -> None:
    case = at_inquiry(court)
    court.fire(case, "propose_freeze", actor=LI)
    (child,) = court.query(parent=case)
    assert child.data["limit"] == Decimal("50650.00")  # the claim and the fee for enforcing it
    definition = load_definition(CN / "freeze_deposit.yaml")
    procedure = Procedure(definition)
    alone = CaseState("x", definition.id, procedure.hash, "", 1, AT)
    passed = Event(AT, RELATED_PROCEEDING, data={"debtor": "d1", "limit": "1"})
    assert open_case(procedure, alone, passed).case.data["debtor"] == "d1"
    with pytest.raises(Refused) as refused:
        open_case(procedure, alone, Event(AT, RELATED_PROCEEDING, data={"frozen": "1"}))
    assert codes(refused) == [("not-asked", "frozen")]
