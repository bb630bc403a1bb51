"""A measure goes on in another court: its term ends on the same day, its rank stays, and it is
acted on where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.conftest import DATA, at
from tests.court.debts import CHARTER, officer
from tests.engine.families import HEAD
from zhixing.court import CourtAssets, CourtLinks
from zhixing.engine import (
    Actor,
    BadEvent,
    CaseAt,
    Deadline,
    Engine,
    Refused,
    VirtualClock,
)
from zhixing.workflow import (
    Definition,
    Extension,
    TimeUnit,
    definition_from_text,
    load_definition,
)

EAST, WEST = officer("east"), officer("west")
CHIEF = Actor.of("zhao", "chief", at="all")
PRESIDENT = Actor.of("president", "president", at="all")
PROCEEDING = """
id: {id}
{head}
data:
  debtor: {{type: text, title: {{zh: 被执行人, en: debtor}}}}
  claim: {{type: money, default: 0, title: {{zh: 标的额, en: claim}}}}
  asset:
    type: records
    title: {{zh: 财产, en: assets}}
    fields:
      number: {{type: text, title: {{zh: 编号, en: number}}}}
      kind: {{type: text, title: {{zh: 种类, en: kind}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
forms:
  opening: {{title: {{zh: 立, en: open}}, fields: {{debtor: {{}}, claim: {{}}, asset: {{}}}}}}
sub_procedures:
  measure: {{title: {{zh: 查封, en: measures}}, procedure: measure, each: asset,
    states: [effective, released],
    passes: {{number: asset.number, kind: asset.kind, debtor: debtor, claim: claim}}}}
links:
  {other}: {{title: {{zh: 关联, en: the other}}, procedure: {other}}}
transitions:
  - {{trigger: seize, each: asset, title: {{zh: 查封, en: seize}}, from: open, to: stay,
      by: officer, opens: measure}}
  - {{trigger: take_on, title: {{zh: 接收, en: take on}}, from: open, to: stay, by: officer,
      adopts: {{{other}: measure}}}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer,
      when: measure.open == 0 && measure.at.effective == 0}}
powers: {{open: {{by: officer, form: opening}}, link: {{by: [officer, chief]}},
  transfer: {{by: chief}}}}
"""


def proceeding(id: str, other: str) -> Definition:
    return definition_from_text(PROCEEDING.format(id=id, other=other, head=HEAD))


DEFINITIONS = [
    proceeding("preserving", "enforcing"),
    proceeding("enforcing", "preserving"),
    load_definition(DATA / "books" / "measure.yaml"),
]
ASSET = {"id": "car", "number": "京A-1", "kind": "deposit"}


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    """An asset on which a preservation of the east is first and one of the west second, and the
    enforcement in the west that the first is linked with."""
    with Engine(database, DEFINITIONS, clock=clock, drafts=True, upgrade=True) as engine:
        engine.set_first_charter(CHARTER)
        for id, who, procedure in (
            ("first", EAST, "preserving"),
            ("second", WEST, "preserving"),
            ("enforced", WEST, "enforcing"),
        ):
            data: dict[str, Any] = {"debtor": "D1", "claim": "1000"}
            data |= {"asset": [ASSET]} if procedure == "preserving" else {}
            place = {"court": who.id.partition("@")[2], "officer": who.id}
            engine.open_case(procedure, id=id, actor=who, data=data, **place)
        for id, who in (("first", EAST), ("second", WEST)):
            engine.fire(id, "seize", actor=who, about="car")
            engine.fire(measure(engine, id), "order", actor=who, data={"amount": "600"})
            engine.fire(measure(engine, id), "register", actor=who)
        engine.link("enforced", "preserving", "first", actor=CHIEF)
        clock.advance(days=100)
        yield engine


def measure(court: Engine, of: str) -> str:
    return court.query(parent=of)[-1].id


def queue(court: Engine) -> list[tuple[str, str, Any]]:
    found = CourtAssets(court).queue("京A-1", actor=PRESIDENT).measures
    return [(m.court, m.of_case, m.rank) for m in found]


def test_its_term_its_rank_and_what_is_known_of_it_go_along(court: Engine) -> None:
    here = measure(court, "first")
    (before,) = court.deadlines(here)
    court.fire("enforced", "take_on", actor=WEST)
    there = measure(court, "enforced")
    case, (limit,) = court.case(there), court.deadlines(there)
    assert (case.court, case.parent_id, case.officer) == ("west", "enforced", WEST.id)
    assert case.state == "effective"
    assert case.data == court.case(here).data
    assert (limit.start, limit.due_day) == (before.start, before.due_day)
    assert limit.due_day == date(2026, 3, 3)
    assert queue(court) == [("west", "enforced", 1), ("west", "second", 2)]
    assert court.case("enforced").data["asset"] == [ASSET]


def test_it_is_over_where_it_was_and_nobody_acts_on_it_there(court: Engine) -> None:
    here = measure(court, "first")
    court.fire("enforced", "take_on", actor=WEST)
    there = measure(court, "enforced")
    left = court.case(here)
    assert (left.closed_at is None, left.went_to) == (False, ("west", there))
    assert court.possible(here, actor=EAST) == ()
    assert court.case(there).came_from == ("east", here)
    assert court.deadlines(here) == ()
    ended = [line for line in court.history(here)[-1].effects if line.get("deadline") == "term"]
    assert [line["what"] for line in ended] == ["cancelled"]
    with pytest.raises(Refused) as refused:
        court.fire(here, "release", actor=EAST)
    assert [o.code for o in refused.value.obstacles] == ["elsewhere"]
    assert there in str(refused.value)
    assert court.fire("first", "close", actor=EAST).state == "done"
    with pytest.raises(Refused):
        court.fire("enforced", "close", actor=WEST)


def test_who_waits_moves_up_when_it_ends_there_and_not_when_it_goes(
    court: Engine, clock: VirtualClock
) -> None:
    waiting = measure(court, "second")
    court.fire("enforced", "take_on", actor=WEST)
    assert court.case(waiting).state == "waiting"
    clock.set(at("2026-03-05 09:00"))
    court.run_due()
    assert court.case(measure(court, "enforced")).state == "lapsed"
    assert court.case(waiting).state == "effective"
    assert queue(court) == [("west", "second", 1)]


def test_a_person_moves_it_who_may_in_both(court: Engine) -> None:
    here = measure(court, "first")
    for actor, code in ((EAST, Refused), (WEST, Refused)):
        with pytest.raises(code):
            court.transfer(here, "enforced", as_="measure", actor=actor)
    court.transfer(here, "enforced", as_="measure", actor=CHIEF)
    with pytest.raises(BadEvent):
        court.transfer(here, "enforced", as_="measure", actor=CHIEF)
    assert queue(court)[0] == ("west", "enforced", 1)


def test_it_goes_back_with_its_term(court: Engine) -> None:
    court.fire("enforced", "take_on", actor=WEST)
    court.fire("first", "take_on", actor=EAST)
    again = measure(court, "first")
    assert court.case(again).court == "east"
    assert [limit.due_day for limit in court.deadlines(again)] == [date(2026, 3, 3)]
    assert queue(court) == [("east", "first", 1), ("west", "second", 2)]


def test_both_histories_tell_it_prove_themselves_and_are_decided_alike(court: Engine) -> None:
    here = measure(court, "first")
    court.fire("enforced", "take_on", actor=WEST)
    there = measure(court, "enforced")
    assert court.history(here)[-1].changes["went"] == ["west", there]
    assert court.history(there)[0].kind == "taken-over"
    report = court.verify(rules=True)
    assert (report.findings, report.otherwise, report.not_repeatable) == ((), (), 0)
    told: CaseAt = court.case_at(here, court.case(here).closed_at)
    assert told.state == "effective"
    family = {case.case_id for case in CourtLinks(court).family("first").cases}
    assert {here, there, "enforced"} <= family


def test_a_term_that_was_renewed_goes_as_renewed(court: Engine) -> None:
    court.fire(measure(court, "first"), "renew", actor=EAST)
    court.fire("enforced", "take_on", actor=WEST)
    moved = court.case(measure(court, "enforced"))
    assert moved.data["until"] == date(2027, 3, 3)
    assert [limit.due_day for limit in court.deadlines(moved.id)] == [date(2027, 3, 3)]
    court.fire(moved.id, "release", actor=WEST)
    assert court.case(measure(court, "second")).state == "effective"


PART = f"""
id: paper
{HEAD}
initial: sent
states:
  sent: {{title: {{zh: 送, en: sent}}}}
  served: {{title: {{zh: 达, en: served}}, closes: ended}}
transitions:
  - {{trigger: serve, title: {{zh: 达, en: served}}, from: sent, to: served, by: officer,
      tells: {{parent: heard}}}}
deadlines:
  serve: {{title: {{zh: 送达, en: serve}}, starts: {{entering: sent}}, length: 150, unit: day,
    met_by: serve, on_expiry: {{alert: officer}}}}
powers: {{open: {{by: procedure}}}}
"""
FREEZE = f"""
id: measure
{HEAD}
data:
  note: {{type: text, default: 无, title: {{zh: 备注, en: note}}}}
  checked: {{type: flag, default: false, title: {{zh: 已核, en: checked}}}}
sub_procedures: {{paper: {{title: {{zh: 文书, en: papers}}, procedure: paper}}}}
forms: {{note: {{title: {{zh: 备注, en: note}}, fields: {{note: {{overwrites: true}}}}}}}}
initial: ordered
states:
  ordered: {{title: {{zh: 办, en: ordered}}}}
  lifted: {{title: {{zh: 解, en: lifted}}, closes: ended}}
transitions:
  - {{trigger: send, title: {{zh: 送, en: send}}, from: ordered, to: stay, by: officer,
      form: note, documents: proof, opens: paper}}
  - {{trigger: heard, title: {{zh: 知, en: heard}}, from: ordered, to: stay, by: procedure}}
  - {{trigger: report, title: {{zh: 报, en: report}}, from: ordered, to: stay, by: officer}}
  - {{trigger: look, title: {{zh: 核, en: look}}, from: ordered, to: stay, by: officer,
      not_by_who: send}}
  - {{trigger: sign, title: {{zh: 签, en: sign}}, from: ordered, to: lifted, by: officer,
      approval: chief}}
tasks:
  reporting: {{title: {{zh: 报告, en: report}}, offered_to: officer,
    starts: {{entering: ordered}}, done_by: report}}
  looking: {{title: {{zh: 核对, en: look}}, offered_to: officer,
    starts: {{entering: ordered}}, done_by: look}}
deadlines:
  report: {{title: {{zh: 报告, en: report}}, starts: {{entering: ordered}}, length: 5, unit: day,
    met_by: heard, on_expiry: {{alert: officer}}}}
  appeal: {{title: {{zh: 复议, en: appeal}}, starts: {{entering: ordered}}, length: 10, unit: day,
    met_by: heard, restorable_by: chief, on_expiry: {{alert: officer}}}}
powers: {{open: {{by: procedure}}, restore: {{by: chief}}, arm: {{by: officer}}}}
"""


@pytest.fixture
def busy(database: str, clock: VirtualClock) -> Iterator[tuple[Engine, str]]:
    """A measure with all that can wait in it, and the case of another court that takes it on."""
    passes = "passes: {{number: asset.number, kind: asset.kind, debtor: debtor, claim: claim}}"
    text = PROCEEDING.replace(passes, "").replace("[effective, released],", "[ordered, lifted]")
    text = text.replace("at.effective", "at.ordered")
    bare = [
        definition_from_text(text.format(id=id, other=other, head=HEAD))
        for id, other in (("preserving", "enforcing"), ("enforcing", "preserving"))
    ]
    parts = [definition_from_text(PART), definition_from_text(FREEZE)]
    with Engine(database, [*bare, *parts], clock=clock, drafts=True, upgrade=True) as engine:
        engine.set_first_charter(CHARTER)
        for id, who in (("first", EAST), ("enforced", WEST)):
            data = {"asset": [ASSET]} if who is EAST else {}
            procedure = "preserving" if who is EAST else "enforcing"
            court = who.id.partition("@")[2]
            engine.open_case(procedure, id=id, actor=who, court=court, officer=who.id, data=data)
        engine.link("enforced", "preserving", "first", actor=CHIEF)
        engine.fire("first", "seize", actor=EAST, about="car")
        sub = measure(engine, "first")
        engine.fire(sub, "send", actor=EAST, data={"note": "无"}, documents={"proof": "P1"})
        engine.fire(sub, "report", actor=EAST)
        engine.fire(sub, "sign", actor=EAST)
        clock.advance(days=100)
        engine.run_due()
        engine.restore(sub, "appeal", Extension(120, TimeUnit.DAY, "zhao"), actor=CHIEF)
        engine.arm_law(sub, "case-fund-disbursement", actor=EAST)
        yield engine, sub


def limit_of(limit: Deadline) -> tuple[str, str, date | None]:
    return limit.rule, limit.status, limit.due_day


def test_what_keeps_an_account_stays_with_its_court(database: str, clock: VirtualClock) -> None:
    bare = [proceeding("preserving", "enforcing"), proceeding("enforcing", "preserving")]
    text = (DATA / "books" / "measure.yaml").read_text(encoding="utf-8")
    account = "accounts: {funds: {title: {zh: 款, en: money}, received: amount, paid_out: claim}}"
    kept = definition_from_text(f"{text}\n{account}\n")
    with Engine(database, [*bare, kept], clock=clock, drafts=True, upgrade=True) as court:
        court.set_first_charter(CHARTER)
        for id, who, procedure in (("p", EAST, "preserving"), ("e", WEST, "enforcing")):
            place = {"court": who.id.partition("@")[2], "officer": who.id}
            data = {"asset": [ASSET]} if who is EAST else {}
            court.open_case(procedure, id=id, actor=who, data=data, **place)
        court.link("e", "preserving", "p", actor=CHIEF)
        court.fire("p", "seize", actor=EAST, about="car")
        with pytest.raises(BadEvent, match="account"):
            court.fire("e", "take_on", actor=WEST)
        assert court.query(parent="e") == ()


def test_all_that_waits_in_it_goes_along_and_what_was_done_is_known(
    busy: tuple[Engine, str],
) -> None:
    court, here = busy
    (paper,) = court.query(parent=here)
    before = {limit_of(limit) for limit in court.deadlines(here)}
    assert ("report", "expired", date(2025, 3, 10)) in before
    court.fire("enforced", "take_on", actor=WEST)
    there = measure(court, "enforced")
    assert {limit_of(limit) for limit in court.deadlines(there)} == before
    assert len(before) == 3, "one missed, one restored, one armed by hand"
    tasks = [task.name for task in court.tasks(case_id=there)]
    assert tasks == ["looking"], "what was done is not offered again"
    assert [task.name for task in court.tasks(case_id=here)] == []
    case = court.case(there)
    assert (case.documents, case.waiting) == ({"proof": ["P1"]}, ())
    (moved,) = court.query(parent=there)
    assert (moved.procedure, moved.court, moved.state) == ("paper", "west", "sent")
    (limit,) = court.deadlines(moved.id)
    assert limit.start == court.history(paper.id)[0].happened_at
    assert court.case(paper.id).went_to == ("west", moved.id)
    court.fire(moved.id, "serve", actor=WEST)
    assert court.history(there)[-1].trigger == "heard"
    with pytest.raises(Refused) as refused:  # who sent it is known there too
        court.fire(there, "look", actor=Actor.of(EAST.id, "officer", at="west"))
    assert "same-person" in {o.code for o in refused.value.obstacles}
    report = court.verify(rules=True)
    assert (report.findings, report.otherwise, report.not_repeatable) == ((), (), 0)
