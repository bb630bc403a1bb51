"""What hangs together: families, groups that are heard as one, a moved case's whole history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.courts import ACCEPTED, charter_of
from zhixing.court import CourtLinks
from zhixing.engine import Actor, Case, CaseNotFound, Engine, VirtualClock
from zhixing.workflow import load_definition

CN = ROOT / "definitions" / "cn"
NAMES = (
    "first_enforcement",
    "objection",
    "seizure",
    "freeze_deposit",
    "dishonest_list",
    "disposal",
)
DEFINITIONS = [load_definition(CN / f"{name}.yaml") for name in NAMES]


def judge(court: str) -> Actor:
    return Actor.of("li", "filing_judge", at=court)


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, DEFINITIONS, clock=clock, drafts=True, upgrade=True) as engine:
        engine.set_first_charter(charter_of("east", "west"))
        yield engine


def opened(court: Engine, id: str, at: str = "east", **data: Any) -> Case:
    known = {"applicant": "a1", "debtor": "d1", "claim": "1000", "account": "6222", **data}
    given = {"data": known, "documents": {"application": "a.pdf"}, "number": f"（2025）{id}号"}
    return court.open_case("first_enforcement", id=id, court=at, actor=judge(at), **given)


def link(court: Engine, one: str, name: str, other: str, at: str = "all") -> None:
    court.link(one, name, other, actor=judge(at))


def test_cases_of_one_procedure_are_told_apart_by_the_name_of_the_link(court: Engine) -> None:
    for id in "abcd":
        opened(court, id)
    link(court, "a", "concentrated", "b")
    link(court, "b", "concentrated", "c")
    link(court, "d", "resumed_from", "a")
    links = CourtLinks(court)
    group = links.group("c")
    assert [case.case_id for case in group.cases] == ["c", "b", "a"]
    assert (group.claim, group.held) == (3000, 0)
    assert [case.case_id for case in links.group("d").cases] == ["d"]
    assert {case.case_id for case in links.group("a", "resumed_from").cases} == {"a", "d"}


def test_a_family_is_everything_that_hangs_together_the_nearest_first(court: Engine) -> None:
    for id in "ab":
        opened(court, id)
    link(court, "a", "concentrated", "b")
    court.fire("b", "accept", actor=judge("east"), data=REVIEWED)
    found = CourtLinks(court).family("a")
    assert [(case.case_id, case.distance) for case in found.cases] == [("a", 0), ("b", 1)]
    (relation,) = found.relations
    assert (relation.case_id, relation.of, relation.name) == ("b", "a", "concentrated")
    assert relation.title_zh == "集中执行、并案办理的案件"
    assert found.is_whole


REVIEWED = ACCEPTED


def test_a_history_goes_on_from_court_to_court(court: Engine, clock: VirtualClock) -> None:
    opened(court, "a")
    clock.advance(days=3)
    opened(court, "b", "west")
    link(court, "a", "taken_over", "b")
    clock.advance(days=1)
    court.fire("a", "accept", actor=judge("east"), data=REVIEWED)
    whole = CourtLinks(court).whole_history("b")
    opened_first = [(entry.court, entry.entry.kind) for entry in whole[:2]]
    assert opened_first == [("east", "opened"), ("west", "opened")]
    assert (whole[-1].case_id, whole[-1].entry.trigger) == ("a", "accept")
    assert len(whole) == sum(len(court.history(id)) for id in "ab")


def test_what_is_not_there_is_told(court: Engine) -> None:
    with pytest.raises(CaseNotFound):
        CourtLinks(court).family("nothing")
