"""The shipped restriction of consumption beside the platform, and what its parent is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, at
from tests.engine.a_platform import beside_the_platform
from zhixing.adapters import Simulator
from zhixing.engine import Actor, Dispatcher, Engine, VirtualClock
from zhixing.workflow import definition_from_text, load_definition

LI, CHEN, WU = Actor.of("li", "officer"), Actor.of("chen", "clerk"), Actor.of("wu", "president")
NUMBER = "(2025)示01执8号"
PARENT = """
id: enforcement
title: {zh: 执行, en: enforcement}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data:
  debtor: {type: party, title: {zh: 被执行人, en: debtor}}
  name: {type: text, title: {zh: 姓名, en: name}}
  due: {type: date, title: {zh: 履行期间届满日, en: last day to perform}}
powers: {open: {by: officer, form: opening}}
forms: {opening: {title: {zh: 立案, en: opening}, fields: {debtor: , name: , due: }}}
modes: {done: {zh: 办结, en: done}}
initial: open
states: {open: {title: {zh: 办理, en: open}}, done: {title: {zh: 办结, en: done}, closes: done}}
sub_procedures:
  restriction:
    title: {zh: 限制消费, en: restriction}
    procedure: consumption_restriction
    passes: {debtor: debtor, person: name, performance_due: due}
transitions:
  - {trigger: restrict, title: {zh: 限制}, from: open, to: stay, by: officer, opens: restriction}
  - {trigger: measure_effective, title: {zh: 生效}, from: open, to: stay, by: procedure}
  - {trigger: measure_ended, title: {zh: 终结}, from: open, to: stay, by: procedure}
  - trigger: end
    title: {zh: 办结, en: end}
    from: open
    to: done
    by: officer
    when: restriction.open == 0
"""
ORDER: dict[str, Any] = {
    "capacity": "debtor",
    "debtor_is_unit": False,
    "on_dishonest_list": False,
    "enough_controlled": False,
    "applicant_holds_back": False,
    "factors": "有收入而不履行",
}


class Restriction:
    """One restriction under an enforcement, and the platform that publishes it."""

    def __init__(self, court: Engine, clock: VirtualClock, platform: Simulator) -> None:
        self.court, self.clock, self.platform = court, clock, platform
        self.dispatcher = Dispatcher(court)
        opened = {"debtor": "d", "name": "张某", "due": "2025-03-02"}
        court.open_case("enforcement", actor=LI, id="e", number=NUMBER, data=opened)
        court.fire("e", "restrict", actor=LI)
        (self.id,) = [child.id for child in court.query(parent="e")]
        self.act("issue_order", LI, "consumption_order", **ORDER)
        court.approve(self.id, "issue_order", actor=WU)

    def act(self, trigger: str, who: Actor, *papers: str, **data: Any) -> None:
        documents = {paper: f"{paper}.pdf" for paper in papers}
        self.court.fire(self.id, trigger, actor=who, documents=documents, data=data)

    def live(self, days: int) -> None:
        """Let days pass, here and at the platform, six hours at a time."""
        end = self.clock.now() + timedelta(days=days)
        while self.clock.now() < end:
            self.clock.advance(hours=6)
            self.platform.tick(self.clock.now())
            self.court.run_due()
            self.dispatcher.run_all_due()

    def told(self) -> list[str]:
        """What the parent was told, in order."""
        triggers = [entry.trigger for entry in self.court.history("e")]
        return [trigger for trigger in triggers if trigger.startswith("measure_")]


@pytest.fixture
def restriction(database: str, clock: VirtualClock) -> Iterator[Restriction]:
    name = "definitions/cn/consumption_restriction.yaml"
    flows = [definition_from_text(PARENT), load_definition(Path(ROOT / name))]
    clock.set(at("2025-03-03 09:00"))
    with beside_the_platform(database, flows, clock) as (court, platform):
        yield Restriction(court, clock, platform)


def test_it_is_published_and_taken_off_and_the_parent_knows_both(restriction: Restriction) -> None:
    restriction.live(2)
    (entry,) = restriction.platform.world()["entries"].values()
    assert (entry["list"], entry["name"], entry["case_number"]) == ("consumption", "张某", NUMBER)
    assert restriction.told() == ["measure_effective"]
    papers = ("lifting_proof", "lifting_notice")
    restriction.act("lift", LI, *papers, lifting_ground="performed")
    restriction.live(3)
    case = restriction.court.case(restriction.id)
    (entry,) = restriction.platform.world()["entries"].values()
    assert case.closing_mode == "lifted" and str(case.data["lifted_on"]) == entry["deleted_on"]
    assert restriction.told() == ["measure_effective", "measure_ended"]


def test_what_was_never_published_is_taken_off_by_a_person(restriction: Restriction) -> None:
    restriction.act("lift", LI, "lifting_proof", "lifting_notice", lifting_ground="agreed")
    restriction.live(1)
    assert restriction.platform.world()["entries"] == {}
    tasks = restriction.court.tasks(case_id=restriction.id)
    assert [task.name for task in tasks] == ["confirm_off"]
    restriction.act("confirm", CHEN, "platform_record", lifted_on="2025-03-04")
    assert restriction.told() == ["measure_effective", "measure_ended"]


def test_each_permission_ends_by_itself_and_has_its_own_papers(restriction: Restriction) -> None:
    for until in ("2025-03-10", "2025-03-20"):
        given = {"permission.why": "travel", "permission.until": until}
        restriction.act("permit", LI, "permit_request", "permit_decision", **given)
        restriction.court.approve(restriction.id, "permit", actor=WU)
        assert restriction.court.case(restriction.id).state == "eased"
        restriction.clock.set(at(f"{until} 23:59") + timedelta(minutes=2))
        restriction.court.run_due()
        assert restriction.court.case(restriction.id).state == "in_force"
    kept = restriction.court.case(restriction.id).data["permission"]
    assert [str(one["until"]) for one in kept] == ["2025-03-10", "2025-03-20"]
