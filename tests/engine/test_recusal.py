"""Whoever did an act that keeps him from another does not decide on that one either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import at
from tests.engine.families import HEAD
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text

ENFORCING = f"""
id: enforcing
{HEAD}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
links:
  objection: {{title: {{zh: 异议案件, en: objection}}, procedure: objection}}
transitions:
  - {{trigger: seize, title: {{zh: 冻, en: seize}}, from: open, to: stay, by: any_officer}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer}}
powers: {{open: {{by: officer}}, link: {{by: chief}}}}
"""
OBJECTION = f"""
id: objection
{
    HEAD.replace(
        "approvals: {",
        "approvals: {panel: {title: {zh: 合议, en: panel},"
        " steps: [{by: chief, votes: 2, of: 3}]}, ",
    )
}
initial: open
states:
  open: {{title: {{zh: 审, en: open}}}}
  ruled: {{title: {{zh: 裁, en: ruled}}, closes: ended}}
links:
  enforced: {{title: {{zh: 执行案件, en: enforcement}}, procedure: enforcing}}
transitions:
  - {{trigger: hear, title: {{zh: 听证, en: hear}}, from: open, to: stay, by: any_officer}}
  - {{trigger: rule, title: {{zh: 裁, en: rule}}, from: open, to: ruled, by: officer,
      approval: panel, not_by_who: [hear, enforced.seize]}}
powers: {{open: {{by: officer}}, link: {{by: chief}},
  late: {{by: officer, within: 1wd, approval: panel}}}}
"""
LI, WANG, SUN = Actor.of("li", "officer"), Actor.of("wang", "chief"), Actor.of("sun", "chief")
ZHOU = Actor.of("zhou", "chief", "officer")
FAMILY = [definition_from_text(text) for text in (ENFORCING, OBJECTION)]


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    """An objection to what Zhou seized in the enforcement, and heard by Zhao."""
    with Engine(database, FAMILY, clock=clock, upgrade=True, drafts=True) as court:
        court.open_case("enforcing", actor=LI, id="e", officer="li")
        court.open_case("objection", actor=LI, id="o", officer="li")
        court.fire("e", "seize", actor=ZHOU)
        court.link("o", "enforced", "e", actor=WANG)
        yield court


def test_who_seized_does_not_vote_on_the_objection(court: Engine) -> None:
    court.fire("o", "rule", actor=LI)
    with pytest.raises(Refused) as refused:
        court.approve("o", "rule", actor=ZHOU)
    [obstacle] = refused.value.obstacles
    assert (obstacle.code, obstacle.trigger) == ("same-person", "enforced.seize")
    court.approve("o", "rule", actor=WANG)
    assert court.approve("o", "rule", actor=SUN).state == "ruled"
    assert court.verify(rules=True).otherwise == ()


def test_nor_does_his_deputy_nor_who_heard_it_here(court: Engine) -> None:
    court.fire("o", "hear", actor=Actor.of("sun", "officer"))
    court.fire("o", "rule", actor=LI)
    with pytest.raises(Refused):
        court.approve("o", "rule", actor=SUN)
    with pytest.raises(Refused):
        court.reject("o", "rule", actor=ZHOU, note="x")


def test_nor_on_a_ruling_that_is_entered_late(court: Engine, clock: VirtualClock) -> None:
    clock.set(at("2025-03-10 09:00"))
    court.fire("o", "rule", actor=LI, happened_at=at("2025-03-04 09:00"))
    with pytest.raises(Refused) as refused:
        court.approve("o", "late:rule", actor=ZHOU)
    assert [o.code for o in refused.value.obstacles] == ["same-person"]
