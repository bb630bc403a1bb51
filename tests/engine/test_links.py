"""Linked cases: opened by one another or linked by a person; asked about, told, never mixed up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.engine.families import HEAD
from zhixing.engine import (
    Actor,
    BadEvent,
    Engine,
    LinkRefused,
    LostRace,
    NumberTaken,
    Refused,
    VirtualClock,
)
from zhixing.engine.model.event import Event
from zhixing.workflow import definition_from_text

OBJECTION = f"""
id: objection
{HEAD}
data:
  claim: {{type: money, title: {{zh: 金额, en: claim}}}}
  upper: {{type: text, title: {{zh: 上级法院, en: upper court}}}}
  new_number: {{type: text, title: {{zh: 新案号, en: number}}}}
forms:
  opening: {{title: {{zh: 立案, en: opening}}, fields: {{claim: , upper: , new_number: }}}}
initial: filed
states:
  filed: {{title: {{zh: 收, en: filed}}}}
  decided: {{title: {{zh: 裁, en: decided}}, closes: ended}}
links:
  reconsideration:
    title: {{zh: 复议, en: reconsideration}}
    procedure: reconsideration
    passes: {{amount: claim}}
    fields: {{amount: money}}
    states: [revoked]
    court: upper
    number: new_number
transitions:
  - {{trigger: decide, title: {{zh: 裁定, en: decide}}, from: filed, to: decided, by: officer}}
  - {{trigger: propose, title: {{zh: 提请, en: propose}}, from: decided, to: stay, by: officer,
      approval: chief}}
  - {{trigger: appeal, title: {{zh: 申请复议, en: appeal}}, from: decided, to: stay, by: officer,
      when: reconsideration.open == 0, opens: reconsideration}}
  - {{trigger: withdraw_appeal, title: {{zh: 撤回, en: withdraw}}, from: decided, to: stay,
      by: officer, tells: {{reconsideration: drop}}}}
  - {{trigger: redo, title: {{zh: 重审, en: redo}}, from: decided, to: stay, by: officer,
      when: 'reconsideration.at.revoked > 0 && reconsideration.latest.amount >= money("1")'}}
  - {{trigger: answered, title: {{zh: 收到结果, en: answered}}, from: decided, to: stay,
      by: procedure}}
powers:
  open: {{by: officer, form: opening}}
  link: {{by: chief}}
  assign: {{by: chief}}
  correct: {{by: officer, approval: chief, documents: proof}}
"""
RECONSIDERATION = f"""
id: reconsideration
{HEAD}
data: {{amount: {{type: money, title: {{zh: 金额, en: amount}}}}}}
initial: open
states:
  open: {{title: {{zh: 审, en: open}}}}
  revoked: {{title: {{zh: 撤销, en: revoked}}, closes: ended}}
  dropped: {{title: {{zh: 撤回, en: dropped}}, closes: ended}}
links:
  objected: {{title: {{zh: 原异议案, en: objection}}, procedure: objection, states: [decided]}}
transitions:
  - {{trigger: revoke, title: {{zh: 撤销, en: revoke}}, from: open, to: revoked, by: any_officer,
      when: objected.at.decided == 1, tells: {{objected: answered}}}}
  - {{trigger: sit, title: {{zh: 合议, en: sit}}, from: open, to: stay, by: any_officer,
      not_by_who: [poke, objected.decide, objected.propose]}}
  - {{trigger: poke, title: {{zh: 询, en: poke}}, from: open, to: stay, by: any_officer,
      tells: {{objected: answered}}}}
  - {{trigger: drop, title: {{zh: 撤回, en: drop}}, from: open, to: dropped, by: procedure,
      tells: {{objected: answered}}}}
powers:
  open: {{by: [officer, procedure]}}
  link: {{by: chief}}
"""
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
FAMILY = [definition_from_text(text) for text in (OBJECTION, RECONSIDERATION)]


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, FAMILY, clock=clock, upgrade=True, drafts=True) as court:
        yield court


def objection(court: Engine, id: str = "o", **data: Any) -> str:
    court.open_case("objection", actor=LI, id=id, officer="li", data={"claim": "5", **data})
    court.fire(id, "decide", actor=LI)
    return id


def appealed(court: Engine, id: str = "o", **data: Any) -> str:
    """An objection with a reconsideration; gives the id of the latter."""
    court.fire(objection(court, id, **data), "appeal", actor=LI)
    return court.case(id).links[0].case_id


def kinds(court: Engine, case: str) -> list[str]:
    return [entry.trigger or entry.kind for entry in court.history(case)]


def test_a_closed_case_opens_another_of_its_own_and_each_knows_the_other(court: Engine) -> None:
    other = appealed(court, new_number="（2025）京01执复1号")
    opened = court.case(other)
    assert (opened.procedure, opened.parent_id, opened.officer) == ("reconsideration", None, "")
    assert (opened.number, str(opened.data["amount"])) == ("（2025）京01执复1号", "5.00")
    [here], [there] = court.case("o").links, opened.links
    assert (here.name, here.is_of, here.title_zh) == ("reconsideration", False, "复议")
    assert (there.case_id, there.is_of, there.name) == ("o", True, "reconsideration")
    assert kinds(court, "o") == ["opened", "decide", "appeal", "linked"]
    assert kinds(court, other) == ["opened", "linked"]
    assert court.query(parent="o") == ()


def test_guards_ask_about_a_link_from_either_side(court: Engine) -> None:
    other = appealed(court)
    with pytest.raises(Refused, match="reconsideration"):
        court.fire("o", "appeal", actor=LI)
    with pytest.raises(Refused, match="reconsideration"):
        court.fire("o", "redo", actor=LI)
    court.fire(other, "revoke", actor=LI)
    court.fire("o", "redo", actor=LI)
    assert court.history("o")[-1].given["sub_procedures"]["reconsideration"]["at.revoked"] == 1
    report = court.verify(rules=True)
    assert (report.findings, report.otherwise) == ((), ())


def test_who_acted_in_the_other_case_may_not_sit_in_this_one(court: Engine) -> None:
    other, sun = appealed(court), Actor.of("sun", "officer")
    with pytest.raises(Refused) as refused:
        court.fire(other, "sit", actor=LI)
    assert [o.code for o in refused.value.obstacles] == ["same-person"]
    [sit] = [act for act in court.possible(other, actor=LI) if act.trigger == "sit"]
    assert [o.code for o in sit.obstacles] == ["same-person"]
    court.fire(other, "sit", actor=sun)
    court.assign("o", "sun", actor=WANG)
    court.fire("o", "propose", actor=sun)
    court.fire(other, "sit", actor=sun)
    court.approve("o", "propose", actor=WANG)
    with pytest.raises(Refused, match="sit"):
        court.fire(other, "sit", actor=sun)
    court.fire(other, "sit", actor=Actor.of("wang", "officer"))
    assert court.verify(rules=True).otherwise == ()


@pytest.mark.parametrize("stands_in", ["sun", "li"])
def test_a_deputy_is_kept_apart_with_the_one_he_stands_in_for(
    court: Engine, stands_in: str
) -> None:
    """Both ways: who did it as a deputy, and whose deputy would do this."""
    other = appealed(court)
    with court.transaction() as transaction:
        unit = transaction.unit()
        actor = Actor("zhao", frozenset({"officer"}), frozenset({stands_in}))
        event = Event(court.clock.now(), actor, "sit")
        if stands_in == "sun":
            unit.fire(other, event)
            return
        with pytest.raises(Refused, match="sit"):
            unit.fire(other, event)


def test_linked_cases_tell_one_another(court: Engine) -> None:
    other = appealed(court)
    court.fire("o", "withdraw_appeal", actor=LI)
    assert court.case(other).state == "dropped"
    assert kinds(court, "o")[-2:] == ["withdraw_appeal", "answered"]
    court.fire("o", "withdraw_appeal", actor=LI)
    assert kinds(court, "o")[-1] == "withdraw_appeal", "an end that has no way for it is not told"


def test_a_person_links_what_there_is_with_the_power_in_both(court: Engine) -> None:
    first, second = objection(court), objection(court, "p")
    court.open_case("reconsideration", actor=LI, id="r", officer="li")
    with pytest.raises(Refused):
        court.link(first, "reconsideration", "r", actor=LI)
    for name, other in (("reconsideration", second), ("reconsiderations", "r")):
        with pytest.raises(BadEvent):
            court.link(first, name, other, actor=WANG)
    linked = court.link(first, "reconsideration", "r", actor=WANG, note="x")
    assert [link.case_id for link in linked.links] == ["r"]
    assert court.history("r")[-1].changes == {"link": ["reconsideration", "o", True]}
    with pytest.raises(BadEvent):
        court.link(first, "reconsideration", "r", actor=WANG)
    court.link("r", "objected", second, actor=WANG)
    with pytest.raises(Refused, match="objected"):
        court.fire("r", "revoke", actor=LI)
    assert court.verify(rules=True).otherwise == ()


def test_a_link_that_was_wrong_is_corrected_and_the_other_side_is_a_task(court: Engine) -> None:
    first = objection(court)
    court.open_case("reconsideration", actor=LI, id="r", officer="li")
    court.link(first, "reconsideration", "r", actor=WANG)
    seq = court.history(first)[-1].seq
    court.correct(first, annul=[seq], actor=LI, note="x", documents={"proof": "p"})
    court.approve(first, "correct", actor=WANG)
    assert court.case(first).links == ()
    assert [t.name for t in court.tasks(case_id=first)] == ["undo:link:reconsideration"]


def test_what_may_not_be_opened_so_is_refused_whole(database: str, clock: VirtualClock) -> None:
    closed = RECONSIDERATION.replace("by: [officer, procedure]", "by: officer")
    family = [definition_from_text(text) for text in (OBJECTION, closed)]
    with Engine(database, family, clock=clock, upgrade=True, drafts=True) as court:
        objection(court)
        with pytest.raises(LinkRefused):
            court.fire("o", "appeal", actor=LI)
        assert kinds(court, "o") == ["opened", "decide"]


def test_a_number_that_is_taken_is_not_given_again(court: Engine) -> None:
    appealed(court, new_number="1")
    objection(court, "p", new_number="1")
    with pytest.raises(NumberTaken):
        court.fire("p", "appeal", actor=LI)
    assert kinds(court, "p") == ["opened", "decide"]


@pytest.mark.postgresql
def test_two_cases_that_tell_one_another_crosswise_never_wait_in_a_circle(
    new_postgresql: Callable[[], str], clock: VirtualClock
) -> None:
    with Engine(new_postgresql(), FAMILY, clock=clock, upgrade=True, drafts=True) as court:
        other = appealed(court)
        broken: list[Exception] = []

        def often(case: str, act: str) -> None:
            for _ in range(15):
                while True:
                    try:
                        court.fire(case, act, actor=LI)
                    except LostRace:
                        continue
                    except Refused:
                        pass
                    except Exception as error:
                        broken.append(error)
                    break

        pairs = ((other, "poke"), ("o", "withdraw_appeal"), (other, "poke"), ("o", "redo"))
        threads = [threading.Thread(target=often, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert broken == []
        pokes = kinds(court, other).count("poke")
        assert kinds(court, "o").count("answered") == pokes + 1
        assert court.verify().findings == ()
