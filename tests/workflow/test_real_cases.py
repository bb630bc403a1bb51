"""Facts of published enforcement cases: what follows from them by arithmetic is what the library
computes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from tests.conftest import DATA, ROOT
from zhixing.workflow import Period, load_definition, national_calendar
from zhixing.workflow.model.limits import period_of, starts_with_day
from zhixing.workflow.periods.counting import Counting, TimeUnit

CASES = yaml.safe_load((DATA / "enforcement_cases.yaml").read_text())
FIRST = load_definition(ROOT / "definitions" / "cn" / "first_enforcement.yaml")
CN = national_calendar()


def expectations(*rules: str) -> list[Any]:
    return [
        pytest.param(e, id=f"{case['id']}-{e['rule']}")
        for case in CASES
        for e in case.get("expected", ())
        if any(e["rule"].startswith(rule) for rule in rules)
    ]


@pytest.mark.parametrize("fact", expectations("calendar"))
def test_working_days_of_real_dates(fact: dict[str, Any]) -> None:
    assert CN.is_working(date.fromisoformat(fact["date"])) is fact["workday"]


@pytest.mark.parametrize("fact", expectations("terminate-for-now-min"))
def test_closing_for_now_is_not_lawful_before_three_months(fact: dict[str, Any]) -> None:
    rule = FIRST.deadlines["not_before_three_months"]
    over = period_of(rule, 3, CN).due(date.fromisoformat(fact["start"]))
    assert not starts_with_day(rule), "the last day counts to its end"
    earliest = over.at.astimezone(CN.zone).date()
    assert earliest == date.fromisoformat(fact["earliest"])
    assert (date.fromisoformat(fact["done"]) < earliest) == (fact["verdict"] == "violated")


@pytest.mark.parametrize("fact", expectations("auction-second", "resume-filing", "15 working days"))
def test_due_dates_of_real_events(fact: dict[str, Any]) -> None:
    length, unit, counting = {
        "auction-second": (30, TimeUnit.DAY, Counting.LITIGATION),
        "resume-filing": (7, TimeUnit.DAY, Counting.LITIGATION),
    }.get(fact["rule"], (15, TimeUnit.WORKING_DAY, Counting.WORKING))
    due = Period(length, unit, CN, counting).due(date.fromisoformat(fact["start"])).day
    assert due == date.fromisoformat(fact["due"])
    if "done" in fact:
        late = max((date.fromisoformat(fact["done"]) - due).days, 0)
        assert late == fact["days_late"] and (late > 0) == (fact["verdict"] == "violated")
