"""Figures are what the histories say, case by case."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import SHANGHAI
from tests.court.lived import CHIEF, PRESIDENT, all_cases, live, opened
from zhixing.court import CourtFigures, UnknownFilter
from zhixing.court.figures.shares import at_share
from zhixing.engine import Actor, Engine, VirtualClock


@pytest.fixture
def lived(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with opened(database, clock) as engine:
        live(engine, clock, 60, 7)
        yield engine


def statuses(engine: Engine) -> dict[tuple[str, str], Counter[str]]:
    """What became of each duty, by rule and officer, as its case tells it."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in all_cases(engine):
        for limit in engine.deadlines(case.id, live=False):
            if limit.rule != "right":
                found[limit.rule, case.officer][limit.status] += 1
    return found


def test_limits_are_counted_as_the_cases_tell_them(lived: Engine) -> None:
    figures = CourtFigures(lived).limits(actor=PRESIDENT, by=["rule", "officer"])
    wanted = statuses(lived)
    got = {(one.by["rule"], one.by["officer"]): one for one in figures}
    for key, counted in wanted.items():
        names = ("met", "met-late", "expired", "waived", "cancelled")
        numbers = tuple(counted[name] for name in names)
        if not any(numbers):
            assert key not in got
            continue
        one = got.pop(key)
        assert (one.met, one.met_late, one.expired, one.waived, one.cancelled) == numbers
        due = sum(numbers[:3])
        assert one.kept == (numbers[0] / due if due else None)
    assert got == {}
    assert sum(one.expired for one in figures) > 0 and sum(one.cancelled for one in figures) > 0


def test_closings_are_counted_with_the_days_they_took(lived: Engine) -> None:
    wanted: dict[str, list[float]] = defaultdict(list)
    for case in all_cases(lived):
        if case.closed_at is not None and case.parent_id is None:
            took = (case.closed_at - case.opened_at).total_seconds() / 86_400
            wanted[str(case.closing_mode)].append(round(took, 2))
    figures = CourtFigures(lived).closings(actor=PRESIDENT)
    assert {one.by["mode"]: one.count for one in figures} == {m: len(d) for m, d in wanted.items()}
    for one in figures:
        days = sorted(wanted[one.by["mode"]])
        assert one.longest_days == days[-1]
        assert one.median_days == days[math.ceil(len(days) / 2) - 1]


def test_a_period_is_the_courts_days(lived: Engine) -> None:
    figures = CourtFigures(lived)
    closed = [c for c in all_cases(lived) if c.closed_at is not None and c.parent_id is None]
    days = Counter(c.closed_at.astimezone(SHANGHAI).date() for c in closed if c.closed_at)
    for day, count in days.items():
        found = figures.closings(actor=PRESIDENT, since=day, until=day)
        assert sum(one.count for one in found) == count
    first = min(days)
    assert figures.closings(actor=PRESIDENT, until=first - timedelta(days=1)) == ()


def test_work_is_what_each_officer_has(lived: Engine) -> None:
    found = CourtFigures(lived).work(actor=PRESIDENT, weights={"flow": 2.5})
    cases = [case for case in all_cases(lived) if case.parent_id is None]
    still = Counter(case.officer for case in cases if case.closed_at is None)
    closed = Counter(case.officer for case in cases if case.closed_at is not None)
    late: Counter[str] = Counter()
    for (_, officer), counted in statuses(lived).items():
        late[officer] += counted["expired"]
    assert {one.officer for one in found} == still.keys() | closed.keys() | (+late).keys()
    for one in found:
        numbers = one.open_cases, one.closed, one.overdue
        assert numbers == (still[one.officer], closed[one.officer], late[one.officer])
        assert one.weight == 2.5 * still[one.officer]


def test_each_level_sees_its_own_below_and_an_officer_himself(lived: Engine) -> None:
    figures = CourtFigures(lived)
    every = {one.officer: one for one in figures.work(actor=PRESIDENT)}
    haidian = {one.officer for one in figures.work(actor=CHIEF, court="haidian")}
    assert haidian == {"han", "hu", "hong"} & every.keys()
    (own,) = figures.work(actor=Actor.of("han", "officer@haidian"))
    assert own == every["han"]
    assert figures.work(actor=CHIEF, court="chaoyang") == ()


def test_what_cannot_be_counted_by_is_said(lived: Engine) -> None:
    figures = CourtFigures(lived)
    asked: Any
    for asked in (figures.limits, figures.closings):
        with pytest.raises(UnknownFilter):
            asked(actor=PRESIDENT, by=["colour"])
    with pytest.raises(UnknownFilter):
        figures.closings(actor=PRESIDENT, rule="duty")
    assert all(one.by["rule"] == "duty" for one in figures.limits(actor=PRESIDENT, rule="duty"))


@pytest.mark.parametrize("count", range(1, 12))
def test_the_share_of_values_that_lies_below_is_as_large_as_asked(count: int) -> None:
    values = list(range(count))
    for share in (0.1, 0.5, 0.9, 1.0):
        found = at_share(values, share)
        below = sum(value <= found for value in values)
        assert below >= share * count - 1e-9
        assert below - 1 < share * count
