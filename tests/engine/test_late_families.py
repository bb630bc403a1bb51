"""What is entered late, or corrected, where a case has sub-procedures, or moves to a version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.conftest import at
from tests.courts import migrate
from tests.engine.families import HEAD
from zhixing.engine import Actor, Engine, LateAct, Refused, VirtualClock
from zhixing.workflow import Definition, definition_from_text

OVER_THE_PAST = """
  late: {by: officer, within: 2d, approval: chief}
  correct: {by: officer, approval: chief, documents: proof}
"""
PARENT = f"""
id: parent
{HEAD}
data: {{lifted_on: {{type: date, title: {{zh: 解除日, en: day of lifting}}}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  ended: {{title: {{zh: 终, en: ended}}, closes: ended, leaves: [measure]}}
sub_procedures:
  measure: {{title: {{zh: 措施, en: measure}}, procedure: child, states: [frozen]}}
transitions:
  - {{trigger: start, title: {{zh: 启动, en: start}}, from: open, to: stay, by: officer,
      opens: measure}}
  - {{trigger: again, title: {{zh: 再启动, en: start again}}, from: open, to: stay, by: clock,
      opens: measure}}
  - {{trigger: hear, title: {{zh: 听, en: hear}}, from: open, to: stay, by: officer}}
  - {{trigger: told, title: {{zh: 获知, en: told}}, from: open, to: stay, by: procedure,
      sets: {{lifted_on: today}}}}
  - trigger: end
    title: {{zh: 终, en: end}}
    from: open
    to: ended
    by: officer
    when: measure.at.frozen == 0
deadlines:
  pause:
    title: {{zh: 间隔, en: pause}}
    starts: {{on: hear}}
    length: 5
    unit: day
    counting: fixed
    on_expiry: {{alert: officer, fire: again}}
powers:
  open: {{by: officer}}
  move: {{by: chief}}
{OVER_THE_PAST}
"""
CHILD = f"""
id: child
{HEAD}
initial: waiting
states:
  waiting: {{title: {{zh: 待, en: waiting}}}}
  frozen: {{title: {{zh: 冻, en: frozen}}}}
  lifted: {{title: {{zh: 解, en: lifted}}, closes: ended}}
transitions:
  - {{trigger: freeze, title: {{zh: 冻, en: freeze}}, from: waiting, to: frozen, by: officer}}
  - {{trigger: lift, title: {{zh: 解, en: lift}}, from: [waiting, frozen], to: lifted, by: officer,
      tells_parent: told}}
deadlines:
  act:
    title: {{zh: 办理期, en: time to act}}
    starts: {{entering: waiting}}
    length: 30
    unit: day
    counting: fixed
    met_by: freeze
    on_expiry: {{alert: officer}}
powers:
  open: {{by: procedure}}
{OVER_THE_PAST}
"""
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
PROOF = {"proof": "p"}


@pytest.fixture
def court() -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-03 09:00"))
    family = [definition_from_text(CHILD), definition_from_text(PARENT)]
    with Engine("sqlite://", family, clock=clock, drafts=True) as court:
        court.open_case("parent", actor=LI, id="p", officer="li")
        yield court


def to(court: Engine, moment: str) -> None:
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(at(moment))
    court.run_due()


def measures(court: Engine) -> list[str]:
    return [case.id for case in court.query(parent="p")]


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {obstacle.code for obstacle in refused.value.obstacles}


class TestWhatGuardsAskOfSubProcedures:
    """The parent does not end while a measure freezes: no door leads past that guard."""

    @pytest.fixture
    def frozen(self, court: Engine) -> Engine:
        court.fire("p", "start", actor=LI)
        court.fire(measures(court)[0], "freeze", actor=LI)
        to(court, "2025-03-10 09:00")
        return court

    def test_not_late(self, frozen: Engine) -> None:
        for day in (date(2025, 3, 9), date(2025, 3, 4)):
            with pytest.raises(Refused) as refused:
                frozen.fire("p", "end", actor=LI, happened_at=day)
            assert codes(refused) == {"guard"}

    def test_not_by_an_approval_given_when_it_had_frozen(self, court: Engine) -> None:
        court.fire("p", "start", actor=LI)
        to(court, "2025-03-10 09:00")
        court.fire("p", "end", actor=LI, happened_at=date(2025, 3, 4))
        court.fire(measures(court)[0], "freeze", actor=LI)
        with pytest.raises(Refused) as refused:
            court.approve("p", "late:end", actor=WANG)
        assert codes(refused) == {"guard"}

    def test_not_by_a_correction(self, frozen: Engine) -> None:
        with pytest.raises(Refused) as refused:
            frozen.correct(
                "p",
                actor=LI,
                note="x",
                documents=PROOF,
                enter=LateAct("end", at("2025-03-04 10:00")),
            )
        assert codes(refused) == {"guard"}

    def test_and_it_ends_when_nothing_is_frozen(self, frozen: Engine) -> None:
        frozen.fire(measures(frozen)[0], "lift", actor=LI)
        to(frozen, "2025-03-20 09:00")
        frozen.fire("p", "end", actor=LI, happened_at=date(2025, 3, 12))
        assert frozen.approve("p", "late:end", actor=WANG).state == "ended"


def test_a_measure_that_was_opened_late_counts_from_its_day(court: Engine) -> None:
    to(court, "2025-03-20 09:00")
    court.fire("p", "start", actor=LI, happened_at=date(2025, 3, 19))
    court.fire("p", "start", actor=LI, happened_at=date(2025, 3, 10))
    court.approve("p", "late:start", actor=WANG)
    due = {d.due_day for id in measures(court) for d in court.deadlines(id)}
    assert due == {date(2025, 4, 18), date(2025, 4, 9)}


def test_word_to_a_parent_that_was_late_is_of_its_day(court: Engine) -> None:
    court.fire("p", "start", actor=LI)
    [measure] = measures(court)
    to(court, "2025-03-20 09:00")
    court.fire(measure, "lift", actor=LI, happened_at=date(2025, 3, 10))
    court.approve(measure, "late:lift", actor=WANG)
    assert court.case("p").data["lifted_on"] == date(2025, 3, 10)


def test_a_word_that_was_told_is_taken_back_by_a_person_on_both_sides(court: Engine) -> None:
    """What a sub-procedure told is never undone by itself: a task says so, and the parent's entry
    is then annulled by name, with an approval of its own."""
    court.fire("p", "start", actor=LI)
    [measure] = measures(court)
    court.fire(measure, "lift", actor=LI)
    lift = court.history(measure)[-1].seq
    told = next(h.seq for h in court.history("p") if h.trigger == "told")
    given: dict[str, Any] = {"actor": LI, "note": "another account", "documents": PROOF}
    court.correct(measure, annul=[lift], **given)
    assert court.approve(measure, "correct", actor=WANG).state == "waiting"
    assert [t.name for t in court.tasks(case_id=measure)] == ["undo:parent:told"]
    assert court.case("p").data["lifted_on"] == date(2025, 3, 3)
    court.correct("p", annul=[told], **given)
    court.approve("p", "correct", actor=WANG)
    assert court.case("p").data.get("lifted_on") is None
    court.finish_task(measure, "undo:parent:told", actor=LI)
    assert court.tasks(case_id=measure) == ()


def test_what_the_clock_opens_belatedly_is_opened_and_no_task(court: Engine) -> None:
    """A sub-procedure is an effect of law; only what is asked of others becomes a task."""
    to(court, "2025-03-20 09:00")
    court.fire("p", "hear", actor=LI, happened_at=date(2025, 3, 4))
    court.approve("p", "late:hear", actor=WANG)
    assert len(measures(court)) == 1
    assert court.tasks(case_id="p") == ()


# -- versions


def version(number: int, powers: str) -> Definition:
    text = PARENT.replace("version: 1\n", f"version: {number}\n").replace(OVER_THE_PAST, powers)
    return definition_from_text(f"{text}\ntransitional: {{running_cases: move}}\n")


def test_who_had_no_power_over_the_past_has_it_by_the_version_the_case_runs_on() -> None:
    """What is entered is decided by the version of its day, and who may by that of today."""
    first, second = version(1, ""), version(2, OVER_THE_PAST)
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", [definition_from_text(CHILD)], clock=clock, drafts=True) as court:
        publish(court, first)
        court.open_case("parent", actor=LI, id="p", officer="li")
        to(court, "2025-03-10 09:00")
        with pytest.raises(Refused) as refused:
            court.fire("p", "hear", actor=LI, happened_at=date(2025, 3, 9))
        assert codes(refused) == {"no-power"}
        publish(court, second)
        proposed = court.propose_migration(second, actor=Actor.of("one", "chief"))
        with pytest.raises(Refused):
            court.fire("p", "hear", actor=LI, happened_at=date(2025, 3, 9))
        court.decide_migration(proposed.id, actor=WANG)
        court.migrate_cases(proposed.id)
        court.fire("p", "hear", actor=LI, happened_at=date(2025, 3, 9))
        entry = court.history("p")[-1]
        assert (entry.trigger, entry.late) == ("hear", True)
        assert court.case("p").definition_hash == second.hash
        assert court.verify(rules=True).otherwise == ()


def test_what_waits_is_decided_by_the_version_that_the_case_has_moved_to() -> None:
    first, second = version(1, OVER_THE_PAST), version(2, OVER_THE_PAST)
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", [definition_from_text(CHILD)], clock=clock, drafts=True) as court:
        publish(court, first)
        court.open_case("parent", actor=LI, id="p", officer="li")
        to(court, "2025-03-10 09:00")
        court.fire("p", "hear", actor=LI, happened_at=date(2025, 3, 6))
        publish(court, second)
        assert migrate(court, second)[0] == 1
        court.approve("p", "late:hear", actor=WANG)
        assert court.case("p").definition_hash == second.hash
        assert [d.due_day for d in court.deadlines("p")] == [date(2025, 3, 11)]


def publish(court: Engine, definition: Definition) -> None:
    proposed = court.propose_version(definition, actor=Actor.of("e", "procedure_editor"))
    court.decide_version(proposed.id, actor=Actor.of("p", "procedure_publisher"))
