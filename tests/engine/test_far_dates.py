"""Dates end with the year 9999, and begin with the year 1: what reaches beyond is told in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATA, LOAN, at
from tests.console.test_command import zhixing
from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.engine.decision.times import moment_of
from zhixing.engine.errors import BadTime
from zhixing.workflow import (
    BeyondDates,
    Deduction,
    Period,
    TimeUnit,
    ZhixingError,
    definition_from_text,
    plain_calendar,
)
from zhixing.workflow.linting import lint

LI, CHIEF = Actor.of("li", "officer"), Actor.of("wang", "chief")
LATE = definition_from_text(
    (DATA / "late.yaml").read_text(encoding="utf-8").replace("calendar: cn", "calendar: none")
)
FAR = ("9999-12-31", "9999-12-28", "0001-01-01")
LENGTHS = (10**18, 10**9, 10**8)


@pytest.mark.parametrize("unit", ["day", "month", "year", "hour"])
@pytest.mark.parametrize("length", LENGTHS)
def test_a_period_beyond_all_dates_is_told(length: int, unit: str) -> None:
    period = Period(length, TimeUnit(unit), plain_calendar())
    for compute in (period.due, period.explain):
        with pytest.raises(BeyondDates) as refused:
            compute(date(2025, 1, 1))
        assert refused.value.code == "period-end" and "9999" in refused.value.text("zh")


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize("unit", ["day", "month", "year", "hour"])
@pytest.mark.parametrize("backward", [False, True])
def test_a_period_at_the_ends_of_time_has_a_date_or_words(
    day: str, unit: str, backward: bool
) -> None:
    for zone in ("Asia/Shanghai", "America/New_York"):
        period = Period(5, TimeUnit(unit), plain_calendar(zone), backward=backward)
        start = date.fromisoformat(day)
        for deductions in ((), (Deduction(start, date.max),)):
            try:
                due, _ = period.explain(start, deductions)
                due.at.astimezone(UTC)
            except ZhixingError:
                continue


@pytest.mark.parametrize("day", FAR)
def test_a_case_says_so_in_the_act_and_in_its_preview(day: str) -> None:
    with Engine(
        "sqlite://", LATE, clock=VirtualClock(at("2025-01-10 10:00")), drafts=True
    ) as engine:
        engine.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"})
        for ask in (engine.fire, engine.preview):
            with pytest.raises(BeyondDates):
                ask("c", "serve", actor=LI, data={"served_on": day})
        assert len(engine.history("c")) == 1


ASKED: dict[str, Callable[[Engine], Any]] = {
    "deduction": lambda e: e.deduct(
        "c", Deduction(date(2025, 1, 10), date.max, "notice"), actor=LI
    ),
    "early": lambda e: e.fire(
        "c",
        "rest",
        actor=LI,
        happened_at=datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    ),
    "late": lambda e: e.fire("c", "rest", actor=LI, happened_at=date.max),
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_entered_at_the_ends_of_time_is_refused(database: str, asked: str) -> None:
    loan = definition_from_text(LOAN + "calendar: none\n")
    clock = VirtualClock(at("2025-01-10 10:00"))
    with Engine(database, loan, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("loan", id="c", actor=LI, data={"amount": "1"})
        engine.fire("c", "notify", actor=LI, documents={"notice": "n"})
        with pytest.raises(ZhixingError):
            ASKED[asked](engine)
        assert engine.case_at("c", date.max).state == "noticed"


@pytest.mark.parametrize("length", [999_999_999, 3_000_000])
def test_lint_reads_it(tmp_path: Path, length: int) -> None:
    file = tmp_path / "loan.yaml"
    file.write_text(LOAN.replace("length: 7\n", f"length: {length}\n"), encoding="utf-8")
    assert isinstance(lint(file), list)


@pytest.mark.parametrize(
    "arguments",
    [
        ("9999-12-30", "5", "day", "--calendar", "none"),
        ("2025-01-01", "5", "day", "--deduct", "2025-01-01..9999-12-31", "--calendar", "none"),
        ("0001-01-01", "5", "day", "--backward", "--calendar", "none"),
        ("2025-01-01", "999999999", "hour"),
    ],
)
def test_the_command_says_so(arguments: tuple[str, ...]) -> None:
    done = zhixing("period", *arguments)
    assert done.returncode == 1 and "[period-end]" in done.stderr


def test_the_first_day_on_which_anything_happens() -> None:
    now, calendar = datetime(2025, 1, 1, tzinfo=UTC), plain_calendar()
    assert moment_of(datetime(1000, 1, 1, tzinfo=UTC), calendar, now).year == 1000
    with pytest.raises(BadTime):
        moment_of(datetime(999, 12, 31, tzinfo=UTC), calendar, now)
