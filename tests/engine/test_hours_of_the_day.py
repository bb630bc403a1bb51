"""When people are told of a limit, and the hour at which its days close."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from tests.conftest import LOAN, at
from tests.engine.test_cases import OFFICER, opened
from tests.engine.test_deadlines import effects, life
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import DefinitionRefused, definition_from_text

ANSWER = "    length: 7\n    unit: day\n    warn: [3d, 1d]\n"
CHAIN = "escalate: [chief], every: 2d"


@contextmanager
def court(clock: VirtualClock, warn: str, every: str = "2d", more: str = "") -> Iterator[Engine]:
    """A court whose answers take ten days; `more` stands on top of its definition."""
    answer = f"    length: 10\n    unit: day\n    warn: {warn}\n"
    chain = f"escalate: [chief, officer], every: {every}"
    text = more + LOAN.replace(ANSWER, answer).replace(CHAIN, chain)
    with Engine("sqlite://", definition_from_text(text), clock=clock, drafts=True) as engine:
        yield engine


def told(engine: Engine, case: str) -> list[tuple[str, str]]:
    """When people heard of the answer that is due."""
    return [line for line in effects(engine, case, "answer") if line[1] != "armed"]


@pytest.mark.parametrize(
    ("warn", "more", "moments"),
    [
        # ten days from 24 September end on 9 October, the first working day after eight of rest
        ("2d", "", ["10-08 00:00"]),
        ("2wd", "", ["09-30 00:00"]),
        ("2wd", 'alerts_at: "09:00"\n', ["09-30 09:00"]),
        ("2d", 'alerts_at: "09:00"\n', ["10-08 09:00"]),
        ("[1wd, 12h, 3wd]", 'alerts_at: "09:00"\n', ["09-29 09:00", "10-09 09:00", "10-09 12:00"]),
    ],
)
def test_a_warning_comes_days_working_days_or_hours_before_the_end(
    clock: VirtualClock, warn: str, more: str, moments: list[str]
) -> None:
    clock.set(at("2025-09-24 10:00"))
    with court(clock, warn, more=more) as engine:
        case = opened(engine).id
        clock.set(at("2025-10-10 00:00"))
        engine.run_due()
        warned = [moment for moment, what in told(engine, case) if what == "warned"]
        assert warned == moments
        assert {d.rule: d.due_day for d in engine.overdue()} == {"answer": date(2025, 10, 9)}


def test_where_no_day_rests_a_lead_of_working_days_is_one_of_days(clock: VirtualClock) -> None:
    clock.set(at("2025-03-11 10:00"))  # due on Friday the 21st
    with court(clock, "[2d, 2wd]") as engine:
        case = opened(engine).id
        clock.set(at("2025-03-21 10:00"))
        engine.run_due()
        assert [moment for moment, _ in told(engine, case)] == ["03-20 00:00"] * 2


def test_an_hour_of_one_limit_goes_before_that_of_the_definition(clock: VirtualClock) -> None:
    with court(clock, '1d\n    alerts_at: "08:30"', more='alerts_at: "09:00"\n') as engine:
        case = opened(engine).id
        clock.set(at("2025-03-13 10:00"))
        engine.run_due()
        assert told(engine, case) == [("03-13 08:30", "warned")]


@pytest.mark.parametrize(
    ("every", "more", "second"),
    [
        ("3d", "", "10-03 00:00"),  # within the holidays
        ("2wd", "", "10-10 00:00"),  # after 30 September and 9 October
        ("2wd", 'alerts_at: "09:00"\n', "10-10 09:00"),
        ("36h", 'alerts_at: "09:00"\n', "10-01 12:00"),
    ],
)
def test_a_step_of_escalation_waits_for_working_days_and_an_hour_too(
    clock: VirtualClock, every: str, more: str, second: str
) -> None:
    clock.set(at("2025-09-19 10:00"))  # due on Monday the 29th
    with court(clock, "1d", every, more) as engine:
        case = opened(engine).id
        clock.set(at("2025-10-11"))
        engine.run_due()
        steps = [line for line in told(engine, case) if line[1].startswith("escalated")]
        assert steps == [("09-30 00:00", "escalated:chief"), (second, "escalated:officer")]


CUT_OFF = 'cut_off: "16:00"'


@pytest.mark.parametrize(
    ("opened_at", "over_at"),
    [
        ("2025-03-03 15:59", "2025-03-13 16:00"),
        ("2025-03-03 16:00", "2025-03-14 16:00"),
    ],
)
def test_what_comes_when_the_days_of_a_limit_have_closed_is_of_the_next_day(
    clock: VirtualClock, opened_at: str, over_at: str
) -> None:
    clock.set(at(opened_at))
    with court(clock, f"1d\n    {CUT_OFF}") as engine:
        early, late = opened(engine).id, opened(engine).id
        (answer,) = (d for d in engine.deadlines(early, explain=True) if d.rule == "answer")
        assert answer.due_at == at(over_at)
        is_moved = opened_at.endswith("16:00")
        assert ("已过 16:00" in answer.steps[0].zh) is is_moved
        clock.set(at(over_at) - timedelta(minutes=1))
        engine.fire(early, "notify", actor=OFFICER, documents={"notice": "n"})
        clock.advance(minutes=1)
        engine.fire(late, "notify", actor=OFFICER, documents={"notice": "n"})
        assert life(engine, early)["answer"] == "met"
        assert life(engine, late)["answer"] == "met-late"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (ANSWER, f"    length: 7\n    unit: hour\n    {CUT_OFF}\n", "cut-off"),
        (ANSWER, ANSWER + '    cut_off: "4 pm"\n', "shape"),
        (ANSWER, ANSWER + f"    counting: custody\n    {CUT_OFF}\n", "cut-off"),
        (ANSWER, ANSWER + '    alerts_at: "24:00"\n', "shape"),
        ("warn: [3d, 1d]", "warn: 2w", "shape"),
    ],
)
def test_an_hour_or_a_lead_that_makes_no_sense_is_a_finding(old: str, new: str, code: str) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        definition_from_text(LOAN.replace(old, new))
    (finding,) = refused.value.findings
    assert finding.zh and finding.en and finding.at.line > 1
    assert finding.code == code
