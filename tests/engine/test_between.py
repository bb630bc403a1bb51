"""Word between proceedings: a parent and its sub-procedures tell one another what to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from tests.conftest import at
from tests.engine.families import FREEZE, HEAD
from zhixing.engine import (
    Actor,
    Engine,
    LostRace,
    Refused,
    TooManyEvents,
    VirtualClock,
)
from zhixing.workflow import definition_from_text

POWERS = """
  late: {by: officer, approval: chief}
  correct: {by: officer, approval: chief, documents: proof}
"""
ENFORCEMENT = f"""
id: enforcement
{HEAD}
data: {{told_on: {{type: date, title: {{zh: 日, en: day}}}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  ended: {{title: {{zh: 终, en: ended}}, closes: ended, leaves: [freeze, disposal, objection]}}
sub_procedures:
  freeze: {{title: {{zh: 冻结, en: freeze}}, procedure: freeze}}
  disposal: {{title: {{zh: 变价, en: sale}}, procedure: sale, states: [held]}}
  objection: {{title: {{zh: 异议, en: objection}}, procedure: objection}}
transitions:
  - {{trigger: seize, title: {{zh: 冻, en: freeze}}, from: open, to: stay, by: officer,
      opens: freeze}}
  - {{trigger: sell, title: {{zh: 卖, en: sell}}, from: open, to: stay, by: officer,
      opens: disposal}}
  - {{trigger: object, title: {{zh: 异议, en: object}}, from: open, to: stay, by: officer,
      opens: objection}}
  - {{trigger: perform, title: {{zh: 履行完毕, en: perform}}, from: open, to: stay, by: officer,
      tells: {{freeze: lift, disposal: [release, drop]}}}}
  - {{trigger: objection_filed, title: {{zh: 异议成立, en: objection}}, from: open, to: stay,
      by: procedure, sets: {{told_on: today}}, tells: {{disposal: hold}}}}
  - {{trigger: hear, title: {{zh: 获知, en: hear}}, from: open, to: stay, by: procedure}}
  - {{trigger: end, title: {{zh: 终, en: end}}, from: open, to: ended, by: officer,
      when: freeze.open == 0}}
powers:
  open: {{by: officer}}
{POWERS}
"""
DISPOSAL = f"""
id: sale
{HEAD}
initial: selling
states:
  selling: {{title: {{zh: 卖, en: selling}}}}
  held: {{title: {{zh: 停, en: held}}}}
  dropped: {{title: {{zh: 撤, en: dropped}}, closes: ended}}
transitions:
  - {{trigger: hold, title: {{zh: 停, en: hold}}, from: selling, to: held, by: procedure}}
  - {{trigger: release, title: {{zh: 复, en: release}}, from: [selling, held], to: selling,
      by: procedure}}
  - {{trigger: drop, title: {{zh: 撤, en: drop}}, from: [selling, held], to: dropped,
      by: procedure}}
powers: {{open: {{by: procedure}}}}
"""
OBJECTION = f"""
id: objection
{HEAD}
initial: filed
states:
  filed: {{title: {{zh: 收, en: filed}}}}
  upheld: {{title: {{zh: 成立, en: upheld}}, closes: ended}}
transitions:
  - {{trigger: hear, title: {{zh: 听证, en: hear}}, from: filed, to: stay, by: any_officer,
      not_by_who: [parent.sell, parent.seize]}}
  - {{trigger: uphold, title: {{zh: 成立, en: uphold}}, from: filed, to: upheld, by: officer,
      tells: {{parent: objection_filed}}}}
powers:
  open: {{by: procedure}}
{POWERS}
"""
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
PROOF = {"proof": "p"}
FAMILY = [definition_from_text(text) for text in (ENFORCEMENT, FREEZE, DISPOSAL, OBJECTION)]


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, FAMILY, clock=clock, upgrade=True, drafts=True) as court:
        court.open_case("enforcement", actor=LI, id="e", officer="li")
        yield court


def subs(court: Engine, name: str) -> list[str]:
    return [case.id for case in court.query(parent="e") if case.procedure == name]


def triggers(court: Engine, case: str) -> list[str]:
    return [entry.trigger or entry.kind for entry in court.history(case)]


def test_a_parent_lifts_every_measure_at_once(court: Engine) -> None:
    for _ in range(3):
        court.fire("e", "seize", actor=LI)
    first, *others = subs(court, "freeze")
    court.fire(first, "lift", actor=LI)
    court.fire("e", "perform", actor=LI)
    assert {court.case(id).state for id in (first, *others)} == {"lifted"}
    assert triggers(court, "e").count("hear") == 3, "each measure told its parent once"
    assert court.history(others[0])[-1].actor == "procedure"
    assert court.fire("e", "end", actor=LI).state == "ended"
    report = court.verify(rules=True)
    assert (report.findings, report.otherwise) == ((), ())


def test_one_word_after_the_other_as_they_are_listed(court: Engine) -> None:
    court.fire("e", "sell", actor=LI)
    [sale] = subs(court, "sale")
    court.fire("e", "perform", actor=LI)
    assert triggers(court, sale) == ["opened", "release", "drop"]


def test_what_a_measure_cannot_do_is_left_to_a_person_and_the_rest_is_done(court: Engine) -> None:
    for _ in range(2):
        court.fire("e", "seize", actor=LI)
    contested, other = subs(court, "freeze")
    court.fire(contested, "contest", actor=LI)
    court.fire("e", "perform", actor=LI)
    assert court.case(other).state == "lifted"
    assert court.case(contested).state == "contested"
    [entry] = [e for e in court.history("e") if e.kind == "not-taken"]
    told = entry.effects[0]
    assert (told["to"], told["case"], told["trigger"]) == ("freeze", contested, "lift")
    assert "争" in told["why"] and "contested" in told["why_en"]
    [task] = court.tasks(case_id="e")
    assert (task.name, task.title_zh) == ("tell:freeze:lift", "所告知的事项未能办理，须处理：冻结")
    with pytest.raises(Refused, match=r"freeze\.open == 0"):
        court.fire("e", "end", actor=LI)
    court.fire(contested, "settle", actor=LI)
    court.finish_task("e", "tell:freeze:lift", actor=LI)
    assert court.fire("e", "end", actor=LI).state == "ended"
    assert not court.verify(rules=True).otherwise


def test_a_sub_procedure_stops_another_by_way_of_their_parent(court: Engine) -> None:
    court.fire("e", "sell", actor=LI)
    court.fire("e", "object", actor=LI)
    [sale], [objection] = subs(court, "sale"), subs(court, "objection")
    court.fire(objection, "uphold", actor=LI)
    assert court.case(sale).state == "held"
    assert triggers(court, "e")[-1] == "objection_filed"


def test_nobody_who_enforced_sits_on_the_panel_of_the_objection(court: Engine) -> None:
    court.fire("e", "object", actor=LI)
    [objection] = subs(court, "objection")
    court.fire(objection, "hear", actor=LI)
    court.fire("e", "sell", actor=LI)
    with pytest.raises(Refused) as refused:
        court.fire(objection, "hear", actor=LI)
    assert [o.code for o in refused.value.obstacles] == ["same-person"]
    court.fire(objection, "hear", actor=Actor.of("sun", "officer"))
    assert court.verify(rules=True).otherwise == ()


def test_a_parent_that_is_closed_is_told_and_a_person_sees_to_it(court: Engine) -> None:
    court.fire("e", "object", actor=LI)
    [objection] = subs(court, "objection")
    court.fire("e", "end", actor=LI)
    assert court.fire(objection, "uphold", actor=LI).state == "upheld"
    assert [t.name for t in court.tasks(case_id=objection)] == ["tell:parent:objection_filed"]


def test_word_that_was_late_is_of_its_day_all_the_way(court: Engine, clock: VirtualClock) -> None:
    court.fire("e", "sell", actor=LI)
    court.fire("e", "object", actor=LI)
    [sale], [objection] = subs(court, "sale"), subs(court, "objection")
    clock.set(at("2025-03-20 09:00"))
    court.fire(objection, "uphold", actor=LI, happened_at=date(2025, 3, 10))
    court.approve(objection, "late:uphold", actor=WANG)
    assert court.case("e").data["told_on"] == date(2025, 3, 10)
    assert court.history(sale)[-1].happened_at.date() == date(2025, 3, 10)


def test_what_was_told_is_taken_back_by_a_person(court: Engine) -> None:
    court.fire("e", "sell", actor=LI)
    court.fire("e", "perform", actor=LI)
    seq = court.history("e")[-1].seq
    court.correct("e", annul=[seq], actor=LI, note="x", documents=PROOF)
    court.approve("e", "correct", actor=WANG)
    assert {t.name for t in court.tasks(case_id="e")} == {
        "undo:freeze:lift",
        "undo:disposal:release",
        "undo:disposal:drop",
    }


def test_word_without_end_is_refused_whole() -> None:
    hears = "to: stay, by: procedure}"
    text = ENFORCEMENT.replace(hears, f"{hears[:-1]},\n      tells: {{freeze: again}}}}")
    again = FREEZE.replace(
        "transitions:\n",
        "transitions:\n  - {trigger: again, title: {zh: 再, en: again}, from: frozen, to: stay,\n"
        "      by: [officer, procedure], tells: {parent: hear}}\n",
    )
    family = [definition_from_text(t) for t in (text, again, DISPOSAL, OBJECTION)]
    with Engine("sqlite://", family, drafts=True) as court:
        court.open_case("enforcement", actor=LI, id="e", officer="li")
        court.fire("e", "seize", actor=LI)
        [freeze] = subs(court, "freeze")
        with pytest.raises(TooManyEvents):
            court.fire(freeze, "again", actor=LI)
        assert triggers(court, freeze) == ["opened"]


LOTS = f"""
id: lots
{HEAD}
data: {{lot: {{type: records, title: {{zh: 标的物, en: lots}},
  fields: {{name: {{type: text, title: {{zh: 名称, en: name}}}}}}}}}}
forms: {{opening: {{title: {{zh: 立案, en: opening}}, fields: {{lot: }}}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  ended: {{title: {{zh: 终, en: ended}}, closes: ended, leaves: [disposal, objection]}}
sub_procedures:
  disposal: {{title: {{zh: 变价, en: sale}}, procedure: sale, each: lot}}
  objection: {{title: {{zh: 异议, en: objection}}, procedure: objection, each: lot}}
transitions:
  - {{trigger: sell, title: {{zh: 卖, en: sell}}, from: open, to: stay, by: officer,
      opens: disposal}}
  - {{trigger: object, title: {{zh: 异议, en: object}}, each: lot, from: open, to: stay,
      by: officer, opens: objection}}
  - {{trigger: objection_filed, title: {{zh: 异议成立, en: objection}}, each: lot, from: open,
      to: stay, by: procedure, tells: {{disposal: hold}}}}
  - {{trigger: end, title: {{zh: 终, en: end}}, from: open, to: ended, by: officer,
      tells: {{disposal: drop}}}}
powers: {{open: {{by: officer, form: opening}}}}
"""


def test_word_about_one_lot_reaches_the_sale_of_that_lot_alone(database: str) -> None:
    family = [definition_from_text(text) for text in (LOTS, DISPOSAL, OBJECTION)]
    with Engine(database, family, upgrade=True, drafts=True) as court:
        lots = [{"id": name, "name": name} for name in ("house", "car")]
        court.open_case("lots", actor=LI, id="e", officer="li", data={"lot": lots})
        court.fire("e", "sell", actor=LI)
        court.fire("e", "object", actor=LI, about="car")
        [objection] = subs(court, "objection")
        court.fire(objection, "uphold", actor=LI)
        sales = {court.case(id).about: court.case(id).state for id in subs(court, "sale")}
        assert sales == {"house": "selling", "car": "held"}
        court.fire("e", "end", actor=LI)
        assert court.query(parent="e", open_only=True) == (), "word about none reaches all"


_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def measures(
    new_postgresql: Callable[[], str], clock: VirtualClock
) -> Iterator[tuple[Engine, list[str]]]:
    """A court on PostgreSQL with twelve measures of one case, whose terms are over by now."""
    with Engine(new_postgresql(), FAMILY, clock=clock, upgrade=True, drafts=True) as court:
        court.open_case("enforcement", actor=LI, id="e", officer="li")
        for _ in range(12):
            court.fire("e", "seize", actor=LI)
        clock.set(at("2026-03-05 09:00"))
        yield court, subs(court, "freeze")


@pytest.mark.postgresql
def test_the_clock_of_a_measure_waits_for_nobody_who_may_want_the_measure(
    measures: tuple[Engine, list[str]],
) -> None:
    """Who holds the parent comes to its measures next; the clock holds these already."""
    court, freezes = measures
    served = list[int]()
    clock = threading.Thread(target=lambda: served.append(court.run_due()))
    with court.database.begin() as connection, court.database.connect() as other:
        court.fire("e", "seize", actor=LI, within=connection)
        clock.start()
        while clock.is_alive() and not other.execute(_WAITING).scalar_one():
            other.rollback()
        clock.join(0 if other.execute(_WAITING).scalar_one() else None)
        court.fire("e", "perform", actor=LI, within=connection)
    clock.join()
    assert served == [0], "those of a parent that is held are left to a later look"
    assert {court.case(id).state for id in freezes} == {"lifted"}
    assert triggers(court, "e").count("hear") == 13, "the one that was opened last was lifted"


@pytest.mark.postgresql
def test_parent_and_measures_tell_one_another_crosswise_each_exactly_once(
    measures: tuple[Engine, list[str]],
) -> None:
    court, freezes = measures
    broken: list[Exception] = []

    def until_done(act: str, case: str) -> None:
        while True:
            try:
                court.fire(case, act, actor=LI)
            except LostRace:
                continue
            except Refused:
                return  # it is lifted already
            except Exception as error:
                broken.append(error)
            return

    work = [threading.Thread(target=until_done, args=("lift", id)) for id in freezes[:6]]
    work.append(threading.Thread(target=until_done, args=("perform", "e")))
    work.append(threading.Thread(target=court.run_due))
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    court.run_due()
    assert broken == [], "the database never found a circle of locks"
    assert {court.case(id).state for id in freezes} == {"lifted"}
    assert triggers(court, "e").count("hear") == 12
    assert court.verify().findings == ()
