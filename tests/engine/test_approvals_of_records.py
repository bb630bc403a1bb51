"""An act about each record waits for approval for each of them by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.conftest import at
from tests.engine.families import HEAD
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text

LISTING = f"""
id: listing
{HEAD}
data:
  debtor:
    type: records
    title: {{zh: 被执行人, en: debtors}}
    fields:
      why: {{type: text, title: {{zh: 事由, en: why}}}}
      listed: {{type: flag, default: false, title: {{zh: 已纳入, en: listed}}}}
      dropped: {{type: flag, default: false, title: {{zh: 未予纳入, en: dropped}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
forms:
  list: {{title: {{zh: 审批表, en: form}}, fields: {{debtor.why: {{required: true}}}}}}
transitions:
  - {{trigger: add, adds: debtor, title: {{zh: 加, en: add}}, from: open, to: stay, by: officer}}
  - {{trigger: list, each: debtor, title: {{zh: 纳入, en: list}}, from: open, to: stay,
      by: officer, form: list, documents: proof, approval: chief, if_refused: drop,
      sets: {{debtor.listed: true}}}}
  - {{trigger: drop, each: debtor, title: {{zh: 不予, en: drop}}, from: open, to: stay,
      by: procedure, sets: {{debtor.dropped: true}}}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer,
      when: "case.debtor.all(d, d.listed || d.dropped)"}}
deadlines:
  decide:
    each: debtor
    title: {{zh: 七日内审批, en: decide in seven days}}
    starts: {{proposing: list}}
    length: 7
    unit: day
    met_by: list
    on_expiry: {{alert: chief}}
powers: {{open: {{by: officer}}, late: {{by: officer, within: 1wd, approval: chief}}}}
"""
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    """A case of two debtors."""
    flow = definition_from_text(LISTING)
    with Engine(database, [flow], clock=clock, upgrade=True, drafts=True) as court:
        court.open_case("listing", actor=LI, id="a", officer="li")
        court.fire("a", "add", actor=LI, about="zhang")
        court.fire("a", "add", actor=LI, about="zhao")
        clock.set(at("2025-03-10 09:00"))
        yield court


def propose(court: Engine, debtor: str) -> None:
    given = {"data": {"debtor.why": f"{debtor} 逃避"}, "documents": {"proof": f"{debtor}.pdf"}}
    court.fire("a", "list", actor=LI, about=debtor, **given)


def listed(court: Engine) -> dict[str, bool]:
    return {record["id"]: record["listed"] for record in court.case("a").data["debtor"]}


def waiting(court: Engine) -> list[str]:
    return [w.name for w in court.case("a").waiting]


def limits(court: Engine) -> dict[str, str]:
    return {d.key: d.status for d in court.deadlines("a", live=False)}


def test_both_wait_with_their_own_tasks_limits_and_votes(
    court: Engine, clock: VirtualClock
) -> None:
    propose(court, "zhang")
    clock.set(at("2025-03-11 09:00"))
    propose(court, "zhao")
    assert waiting(court) == ["list@zhang", "list@zhao"]
    assert {t.about for t in court.tasks(case_id="a")} == {"zhang", "zhao"}
    assert {d.key: d.due_day for d in court.deadlines("a")} == {
        "zhang": date(2025, 3, 17),
        "zhao": date(2025, 3, 18),
    }
    with pytest.raises(Refused, match="awaits chief"):
        court.fire("a", "list", actor=LI, about="zhao", data={"debtor.why": "又"})
    court.approve("a", "list@zhao", actor=WANG)
    assert listed(court) == {"zhang": False, "zhao": True}
    assert limits(court) == {"zhang": "running", "zhao": "met"}
    assert waiting(court) == ["list@zhang"]
    court.approve("a", "list", actor=WANG)
    assert listed(court) == {"zhang": True, "zhao": True}
    assert court.tasks(case_id="a") == ()
    assert court.case("a").documents == {"proof": ["zhao.pdf", "zhang.pdf"]}
    assert court.history("a")[-1].trigger == "list"
    assert court.fire("a", "close", actor=LI).state == "done"
    assert court.verify(rules=True).otherwise == ()


def test_the_trigger_alone_says_not_which_of_two(court: Engine) -> None:
    propose(court, "zhang")
    propose(court, "zhao")
    for verb in (court.approve, court.reject):
        with pytest.raises(Refused) as refused:
            verb("a", "list", actor=WANG, note="x")
        assert "list@zhang, list@zhao" in refused.value.text("zh")


def test_one_is_refused_and_one_taken_back(court: Engine) -> None:
    propose(court, "zhang")
    propose(court, "zhao")
    court.reject("a", "list@zhang", actor=WANG, note="证据不足")
    assert waiting(court) == ["list@zhao"]
    assert [r["dropped"] for r in court.case("a").data["debtor"]] == [True, False]
    court.withdraw("a", "list@zhao", actor=LI)
    assert (waiting(court), listed(court)) == ([], {"zhang": False, "zhao": False})
    assert limits(court) == {"zhang": "met", "zhao": "cancelled"}
    assert court.verify(rules=True).otherwise == ()


def test_as_of_a_day_what_waited_then(court: Engine, clock: VirtualClock) -> None:
    propose(court, "zhang")
    propose(court, "zhao")
    clock.set(at("2025-03-11 09:00"))
    court.approve("a", "list@zhang", actor=WANG)
    clock.set(at("2025-03-12 09:00"))
    court.approve("a", "list", actor=WANG)
    days = {day: court.case_at("a", date(2025, 3, day)) for day in (10, 11, 12)}
    assert {day: then.waiting for day, then in days.items()} == {
        10: ("list@zhang", "list@zhao"),
        11: ("list@zhao",),
        12: (),
    }
    assert days[11].documents == {"proof": ["zhang.pdf"]}
    assert [r["listed"] for r in days[11].data["debtor"]] == [True, False]


def test_two_that_happened_earlier_wait_apart(court: Engine, clock: VirtualClock) -> None:
    clock.set(at("2025-03-18 09:00"))
    for debtor in ("zhang", "zhao"):
        court.fire(
            "a",
            "list",
            actor=LI,
            about=debtor,
            data={"debtor.why": "迟录"},
            documents={"proof": "1"},
            happened_at=at("2025-03-11 09:00"),
        )
    assert waiting(court) == ["late:list@zhang", "late:list@zhao"]
    court.approve("a", "late:list@zhao", actor=WANG)
    assert sorted(waiting(court)) == ["late:list@zhang", "list@zhao"]


def test_what_adds_a_record_waits_once_unless_each_is_named(clock: VirtualClock) -> None:
    """Two that are voted on by one name would be mixed up: one would take the other's data."""
    free = "title: {zh: 加, en: add}, from: open, to: stay, by: officer}"
    text = LISTING.replace(free, f"{free[:-1]}, form: list, approval: chief}}")
    with Engine("sqlite://", [definition_from_text(text)], clock=clock, drafts=True) as court:
        court.open_case("listing", actor=LI, id="a", officer="li")
        court.fire("a", "add", actor=LI, data={"debtor.why": "one"})
        with pytest.raises(Refused) as refused:
            court.fire("a", "add", actor=LI, data={"debtor.why": "two"})
        assert [o.code for o in refused.value.obstacles] == ["awaiting-approval"]
        court.approve("a", "add", actor=WANG)
        court.fire("a", "add", actor=LI, data={"debtor.why": "two"})
        court.approve("a", "add", actor=WANG)
        assert [d["why"] for d in court.case("a").data["debtor"]] == ["one", "two"]
