"""Versions in the database: a second person publishes, cases begin on the one in effect,
withdrawing brings the former back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import LOAN, at
from tests.courts import EDITOR, PUBLISHER, migrate
from tests.engine.test_cases import OFFICER
from zhixing.engine import (
    Actor,
    DefinitionRefused,
    Engine,
    MoveRefused,
    NotAllowed,
    NotPublished,
    PublicationRefused,
    Refused,
    UnknownProcedure,
    VirtualClock,
)
from zhixing.workflow import definition_from_text

LI, WANG, CHIEF = EDITOR, PUBLISHER, Actor.of("zhou", "chief")
BOTH = Actor.of("li", "procedure_editor", "procedure_publisher")
REDESIGNED = LOAN.replace("initial: fresh", "redesign_by: chief\ninitial: fresh")

LAYER = """
level: case
id: c1
title: {zh: 个案加调解, en: mediation in this case}
version: 1
states: {mediation: {title: {zh: 调解, en: mediation}, phase: work}}
transitions:
  mediate: {title: {zh: 调解, en: mediate}, from: fresh, to: mediation, by: officer}
  settle: {title: {zh: 和解, en: settle}, from: mediation, to: noticed, by: officer}
"""


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, clock=clock, upgrade=True) as engine:
        yield engine


def version(number: int, days: int, effective: str = "2024-01-01") -> object:
    text = REDESIGNED.replace("version: 1", f"version: {number}").replace(
        "length: 7", f"length: {days}"
    )
    return definition_from_text(text.replace("effective: 2024-01-01", f"effective: {effective}"))


def publish(court: Engine, definition: object) -> int:
    proposed = court.propose_version(definition, actor=LI)  # type: ignore[arg-type]
    assert court.decide_version(proposed.id, actor=WANG).status == "published"
    return proposed.id


def due(court: Engine) -> int:
    case = court.open_case("loan", actor=OFFICER, data={"amount": "10"})
    (answer,) = [d for d in court.deadlines(case.id) if d.rule == "answer"]
    assert answer.due_day is not None
    return (answer.due_day - at("2025-03-03").date()).days


def test_nobody_publishes_what_they_proposed_and_nothing_runs_before(court: Engine) -> None:
    proposed = court.propose_version(version(1, 7), actor=LI)  # type: ignore[arg-type]
    with pytest.raises(PublicationRefused, match="nobody publishes"):
        court.decide_version(proposed.id, actor=BOTH)
    with pytest.raises(NotAllowed, match="procedure_publisher"):
        court.decide_version(proposed.id, actor=Actor.of("zhao", "procedure_editor"))
    with pytest.raises(UnknownProcedure):
        due(court)
    court.decide_version(proposed.id, actor=WANG, note="经审查")
    assert due(court) == 7
    with pytest.raises(PublicationRefused):
        court.decide_version(proposed.id, actor=WANG)


def test_a_version_takes_effect_on_its_day_and_withdrawing_brings_back_the_one_before(
    court: Engine, clock: VirtualClock
) -> None:
    publish(court, version(1, 7))
    second = publish(court, version(2, 3, effective="2025-03-04"))
    assert due(court) == 7
    clock.set(at("2025-03-04 00:00"))
    case = court.open_case("loan", actor=OFFICER, data={"amount": "10"})
    assert due(court) == 4  # three days from the 4th
    assert court.withdraw_version(second, actor=WANG, note="有误").status == "withdrawn"
    assert due(court) == 8
    assert [str(d.due_day) for d in court.deadlines(case.id) if d.rule == "answer"] == [
        "2025-03-07"
    ], "it finishes on its version"
    with pytest.raises(PublicationRefused):
        court.withdraw_version(second, actor=WANG)


def test_a_published_number_never_means_another_content(court: Engine) -> None:
    publish(court, version(1, 7))
    with pytest.raises(PublicationRefused, match="taken by another content"):
        court.propose_version(version(1, 5), actor=LI)  # type: ignore[arg-type]
    with pytest.raises(PublicationRefused, match="published already"):
        court.propose_version(version(1, 7), actor=LI)  # type: ignore[arg-type]
    assert [
        (v.version, v.status, v.proposed_by, v.decided_by) for v in court.versions(procedure="loan")
    ] == [("1", "published", "li", "wang")]


def test_a_refused_version_does_not_run(court: Engine) -> None:
    proposed = court.propose_version(version(1, 7), actor=LI)  # type: ignore[arg-type]
    assert (
        court.decide_version(proposed.id, actor=WANG, in_favour=False, note="依据不足").status
        == "refused"
    )
    with pytest.raises(UnknownProcedure):
        due(court)


def test_one_case_gets_another_flow_with_reason_and_approval_and_the_others_do_not(
    court: Engine,
) -> None:
    publish(court, version(1, 7))
    ids = [court.open_case("loan", actor=OFFICER, data={"amount": "10"}).id for _ in range(2)]
    with pytest.raises(PublicationRefused, match="reason"):
        court.propose_redesign(ids[0], LAYER, actor=OFFICER, note="")
    proposed = court.propose_redesign(ids[0], LAYER, actor=OFFICER, note="双方愿意调解")
    with pytest.raises(PublicationRefused, match="only chief"):
        court.decide_version(proposed.id, actor=WANG)
    with pytest.raises(Refused):
        court.fire(ids[0], "mediate", actor=OFFICER)
    court.decide_version(proposed.id, actor=CHIEF, note="同意")
    assert court.fire(ids[0], "mediate", actor=OFFICER).state == "mediation"
    entry = next(h for h in court.history(ids[0]) if h.kind == "moved")
    assert entry.actor == "zhou" and "双方愿意调解" in entry.note
    with pytest.raises(Refused):
        court.fire(ids[1], "mediate", actor=OFFICER)
    assert court.fire(ids[0], "settle", actor=OFFICER).state == "noticed"
    assert [str(v.case_id) for v in court.versions(case_id=ids[0])] == [ids[0]]
    text = REDESIGNED.replace("version: 1", "version: 2\ntransitional: {running_cases: move}", 1)
    publish(court, definition_from_text(text))
    moved, [staying] = migrate(court, definition_from_text(text))
    assert (moved, staying.case_id) == (1, ids[0]) and "redesigned" in staying.why_en


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("to: mediation, by: officer", "to: mediation, by: oficer", DefinitionRefused),
        (
            "  settle: {title: {zh: 和解, en: settle}, from: mediation, to: noticed,"
            " by: officer}\n",
            "",
            DefinitionRefused,
        ),
        ("level: case", "level: court", DefinitionRefused),
        ("level: case", "level: moon", DefinitionRefused),
        (LAYER, "- 1", DefinitionRefused),
        ("transitions:\n", "deadlines: {answer: {length: 9}}\ntransitions:\n", DefinitionRefused),
    ],
)
def test_a_redesign_is_verified_as_a_whole_before_it_applies(
    court: Engine, before: str, after: str, error: type[Exception]
) -> None:
    publish(court, version(1, 7))
    case = court.open_case("loan", actor=OFFICER, data={"amount": "10"})
    assert before in LAYER
    with pytest.raises(error):
        court.propose_redesign(case.id, LAYER.replace(before, after), actor=OFFICER, note="x")
    assert court.case(case.id).version == 1 and court.versions(case_id=case.id) == ()


def test_a_file_runs_only_as_a_draft_and_never_beside_what_is_published(
    database: str, clock: VirtualClock
) -> None:
    draft = definition_from_text(LOAN)
    with (
        Engine(database, draft, clock=clock, upgrade=True) as engine,
        pytest.raises(NotPublished, match="drafts"),
    ):
        due(engine)
    with Engine(database, draft, clock=clock, drafts=True) as engine:
        assert due(engine) == 7
        publish(engine, version(9, 2))
        assert due(engine) == 2
        engine.withdraw_version(1, actor=WANG)
        with pytest.raises(NotPublished):
            due(engine)


def test_a_redesign_fits_the_case_as_it_stands_when_it_is_approved(court: Engine) -> None:
    publish(court, version(1, 7))
    moved, closed = (
        court.open_case("loan", actor=OFFICER, data={"amount": "10"}).id for _ in range(2)
    )
    proposed = {
        id: court.propose_redesign(id, LAYER, actor=OFFICER, note="双方愿意调解").id
        for id in (moved, closed)
    }
    court.fire(closed, "notify", actor=OFFICER, documents={"notice": "n"})
    court.fire(closed, "pay", actor=OFFICER, data={"paid": "10"})
    court.fire(closed, "finish", actor=CHIEF)
    with pytest.raises(MoveRefused, match="closed"):
        court.decide_version(proposed[closed], actor=CHIEF)
    with pytest.raises(MoveRefused, match="closed"):
        court.propose_redesign(
            closed, LAYER.replace("version: 1", "version: 2"), actor=OFFICER, note="x"
        )
    text = REDESIGNED.replace("version: 1", "version: 2\ntransitional: {running_cases: move}", 1)
    publish(court, definition_from_text(text))
    assert migrate(court, definition_from_text(text)) == (1, [])
    with pytest.raises(PublicationRefused, match="another version by now"):
        court.decide_version(proposed[moved], actor=CHIEF)
    assert [v.status for v in court.versions(case_id=moved)] == ["proposed"]
    assert court.case(moved).state == "fresh" and court.case(closed).closing_mode is not None
