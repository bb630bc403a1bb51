"""Every step of a period in the words that people read, in both languages."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, at
from zhixing.workflow import Counting, Deduction, Extension, Period, TimeUnit, national_calendar

CN = national_calendar()
FILE = ROOT / "tests" / "data" / "explained_periods.yaml"
EXAMPLES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def _period(written: dict[str, Any]) -> Period:
    written = {**written, "unit": TimeUnit(written["unit"])}
    written["counting"] = Counting(written["counting"])
    if "cut_off" in written:
        written["cut_off"] = time.fromisoformat(written["cut_off"])
    return Period(calendar=CN, **written)


def _days(written: list[str]) -> Deduction:
    since, until = map(date.fromisoformat, written)
    return Deduction(since, until)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['start']} {e['period']['unit']}")
def test_a_period_says_how_it_was_counted(example: dict[str, Any]) -> None:
    period, written = _period(example["period"]), example["start"]
    start = at(written) if ":" in written else date.fromisoformat(written)
    deductions = [_days(days) for days in example.get("deduct", [])]
    extensions = [
        Extension(length, TimeUnit(unit), approver)
        for length, unit, approver in example.get("extend", [])
    ]
    due, steps = period.explain(start, deductions, extensions)
    assert period.due(start, deductions, extensions) == due
    assert due.at == at(example["due"])
    assert due.provisional is example.get("provisional", False)
    assert [{"zh": s.text("zh"), "en": s.text("en")} for s in steps] == example["steps"]
