"""A sub-procedure goes to another case with its terms: preservation becomes enforcement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.conftest import at
from tests.engine.families import FREEZE, HEAD
from zhixing.engine import Actor, BadEvent, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text

PRESERVATION = f"""
id: preserving
{HEAD}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
sub_procedures:
  freeze: {{title: {{zh: 冻结, en: freeze}}, procedure: freeze}}
links:
  enforced: {{title: {{zh: 执行案件, en: enforcement}}, procedure: enforcing}}
transitions:
  - {{trigger: seize, title: {{zh: 冻, en: seize}}, from: open, to: stay, by: officer,
      opens: freeze}}
  - {{trigger: hear, title: {{zh: 获知, en: hear}}, from: open, to: stay, by: procedure}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer,
      when: freeze.open == 0}}
powers: {{open: {{by: officer}}, link: {{by: chief}}, transfer: {{by: chief}}}}
"""
ENFORCING = f"""
id: enforcing
{HEAD}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
sub_procedures:
  freeze: {{title: {{zh: 冻结, en: freeze}}, procedure: freeze}}
links:
  preservation: {{title: {{zh: 保全案件, en: preservation}}, procedure: preserving}}
transitions:
  - {{trigger: take_over, title: {{zh: 接收保全, en: take over}}, from: open, to: stay,
      by: officer, adopts: {{preservation: freeze}}}}
  - {{trigger: hear, title: {{zh: 获知, en: hear}}, from: open, to: stay, by: procedure}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer,
      when: freeze.open == 0}}
powers: {{open: {{by: officer}}, link: {{by: chief}}, transfer: {{by: chief}}}}
"""
LI, SUN, WANG = Actor.of("li", "officer"), Actor.of("sun", "officer"), Actor.of("wang", "chief")
FAMILY = [definition_from_text(text) for text in (PRESERVATION, ENFORCING, FREEZE)]


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    """A preservation with two freezes, and the enforcement that it is linked with."""
    with Engine(database, FAMILY, clock=clock, upgrade=True, drafts=True) as court:
        court.open_case("preserving", actor=LI, id="p", officer="li", number="保1")
        court.open_case("enforcing", actor=SUN, id="e", officer="sun", number="执1")
        court.fire("p", "seize", actor=LI)
        court.fire("p", "seize", actor=LI)
        court.link("e", "preservation", "p", actor=WANG)
        clock.set(at("2025-09-01 09:00"))
        yield court


def freezes(court: Engine, of: str) -> list[str]:
    return [case.id for case in court.query(parent=of)]


def test_one_freeze_goes_with_its_term_to_the_officer_of_the_other_case(court: Engine) -> None:
    first, second = freezes(court, "p")
    [before] = court.deadlines(first)
    court.transfer(first, "e", as_="freeze", actor=WANG, note="x")
    assert (freezes(court, "p"), freezes(court, "e")) == ([second], [first])
    moved, [after] = court.case(first), court.deadlines(first)
    assert (moved.parent_id, moved.number, moved.officer) == ("e", "执1", "sun")
    assert (after.due_day, after.start, after.watcher) == (before.due_day, before.start, "sun")
    assert after.due_day == date(2026, 3, 3)
    for case in ("p", first, "e"):
        assert court.history(case)[-1].kind == "transferred"
    report = court.verify(rules=True)
    assert (report.findings, report.otherwise) == ((), ())


def test_from_then_on_it_counts_tells_and_lapses_at_its_new_case(
    court: Engine, clock: VirtualClock
) -> None:
    first, second = freezes(court, "p")
    court.fire(second, "lift", actor=LI)
    court.transfer(first, "e", as_="freeze", actor=WANG)
    assert court.fire("p", "close", actor=LI).state == "done"
    with pytest.raises(Refused):
        court.fire("e", "close", actor=SUN)
    clock.set(at("2026-03-05 09:00"))
    court.run_due()
    assert court.case(first).state == "lifted"
    assert court.history("e")[-1].trigger == "hear"
    assert court.fire("e", "close", actor=SUN).state == "done"


def test_an_act_takes_over_every_open_one_of_the_linked_case(court: Engine) -> None:
    first, second = freezes(court, "p")
    court.fire(first, "lift", actor=LI)
    court.fire("e", "take_over", actor=SUN)
    assert (freezes(court, "p"), freezes(court, "e")) == ([first], [second])
    assert court.case(second).officer == "sun"
    told = {case: court.history(case)[-1].changes for case in ("p", "e")}
    assert told["e"] == {"came": [second, "p", "freeze"]}
    assert told["p"] == {"transfer": [second, "e", "freeze"]}
    assert court.verify(rules=True).otherwise == ()


def test_what_does_not_fit_stays_where_it_is(court: Engine) -> None:
    first, second = freezes(court, "p")
    court.open_case("enforcing", actor=SUN, id="other", officer="sun")
    court.fire(second, "lift", actor=LI)
    with pytest.raises(Refused):
        court.transfer(first, "e", as_="freeze", actor=LI)
    for child, to, name in (
        (first, "other", "freeze"),
        (first, "e", "sale"),
        (second, "e", "freeze"),
    ):
        with pytest.raises(BadEvent):
            court.transfer(child, to, as_=name, actor=WANG)
    court.fire("e", "close", actor=SUN)
    with pytest.raises(BadEvent):
        court.transfer(first, "e", as_="freeze", actor=WANG)
    assert freezes(court, "p") == [first, second]
    assert court.history(first)[-1].kind == "opened"
