"""Facts of published enforcement cases: what follows from them by arithmetic is what the library
computes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml

from tests.conftest import DATA, ROOT
from zhixing.workflow import Period, load_definition, national_calendar
from zhixing.workflow.formulas.catalogue import FORMULAS
from zhixing.workflow.model.limits import period_of
from zhixing.workflow.periods.counting import Counting, TimeUnit

FILES = ("enforcement_cases.yaml", "enforcement_cases_2.yaml")
CASES = [case for name in FILES for case in yaml.safe_load((DATA / name).read_text())]
FIRST = load_definition(ROOT / "definitions" / "cn" / "first_enforcement.yaml")
CN = national_calendar()
COUNTED = {
    "LIT": Counting.LITIGATION,
    "CIV": Counting.CIVIL,
    "FIXED": Counting.FIXED,
    "WD": Counting.WORKING,
}


def expectations(key: str, *starts: str) -> list[Any]:
    """What is expected of a rule or formula that begins so, in every case."""
    return [
        pytest.param(e, id=f"{case['id']}-{e.get(key)}-{number}")
        for case in CASES
        for number, e in enumerate(case.get("expected", ()))
        if str(e.get(key, "")).startswith(starts)
    ]


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_the_cases_are_there_with_their_sources() -> None:
    assert len(CASES) == 19 + 26
    assert all(case["source"] for case in CASES)


@pytest.mark.parametrize("fact", expectations("rule", "calendar"))
def test_working_days_of_real_dates(fact: dict[str, Any]) -> None:
    assert CN.is_working(day(fact["date"])) is fact["workday"]


@pytest.mark.parametrize("fact", expectations("rule", "terminate-for-now-min"))
def test_closing_for_now_is_not_lawful_before_three_months(fact: dict[str, Any]) -> None:
    rule = FIRST.deadlines["not_before_three_months"]
    over = period_of(rule, 3, CN).due(day(fact["start"])).at
    assert rule.expires == "end-of-day"
    earliest = CN.local_day(over)
    assert earliest == day(fact["earliest"])
    assert (day(fact["done"]) < earliest) == (fact["verdict"] == "violated")


@pytest.mark.parametrize(
    "fact", expectations("rule", "auction-second", "resume-filing", "15 working days")
)
def test_due_dates_of_real_events(fact: dict[str, Any]) -> None:
    length, unit, counting = {
        "auction-second": (30, TimeUnit.DAY, Counting.LITIGATION),
        "resume-filing": (7, TimeUnit.DAY, Counting.LITIGATION),
    }.get(fact["rule"], (15, TimeUnit.WORKING_DAY, Counting.WORKING))
    due = Period(length, unit, CN, counting).due(day(fact["start"])).day
    assert due == day(fact["due"])
    if "done" in fact:
        late = max((day(fact["done"]) - due).days, 0)
        assert late == fact["days_late"] and (late > 0) == (fact["verdict"] == "violated")


def counted() -> list[Any]:
    """Every time limit of a case that says how long it is and how it is counted."""
    return [p for p in expectations("rule", "") if COUNTED.get(p.values[0].get("calendar_rule"))]


@pytest.mark.parametrize("fact", counted())
def test_time_limits_of_real_cases(fact: dict[str, Any]) -> None:
    counting = COUNTED[fact["calendar_rule"]]
    due = Period(fact["length"], TimeUnit(fact["unit"]), CN, counting).due(day(fact["start"])).day
    assert due == day(fact.get("due") or fact["ends"])
    if fact.get("verdict") in ("met", "violated"):
        late = max((day(fact["done"]) - due).days, 0)
        assert late == fact.get("days_late", 0)
        assert (late > 0) == (fact["verdict"] == "violated")


def test_every_kind_of_time_limit_is_among_them() -> None:
    found = {p.values[0]["calendar_rule"] for p in counted()}
    assert found == COUNTED.keys() and len(counted()) >= 20


@pytest.mark.parametrize("fact", expectations("formula", "enforcement-fee"))
def test_fees_of_real_cases_by_the_tariff_in_force(fact: dict[str, Any]) -> None:
    amount, value = Decimal(str(fact["inputs"]["amount"])), Decimal(str(fact["value"]))
    is_present = fact["inputs"]["regime"] == 2007
    fee = FORMULAS["enforcement_fee"].value(amount)
    assert (fee == value) is is_present


def test_the_fee_that_a_ruling_states_is_that_of_claim_and_costs() -> None:
    (case,) = (case for case in CASES if case["id"] == "CN-37")
    base = Decimal(str(case["claim"])) + Decimal(str(case["costs"]))
    fee = FORMULAS["enforcement_fee"].value(base)
    (fact,) = case["expected"]
    assert fee == Decimal(str(fact["computed"])) and round(fee) == fact["stated"] == case["fee"]


@pytest.mark.parametrize("fact", expectations("formula", "double-interest"))
def test_double_interest_of_real_cases(fact: dict[str, Any]) -> None:
    given = fact["inputs"]
    if not {"base", "start", "end", "count"} <= given.keys():
        assert fact["formula"] != "double-interest"
        return
    first = day(given["start"])
    ends = first - timedelta(days=1) if given["count"] == "inclusive" else first
    interest = FORMULAS["delay_interest"].value(
        Decimal(str(given["base"])), ends, day(given["end"])
    )
    assert interest == Decimal(str(fact["value"])).quantize(Decimal("0.01"))
