"""The published enforcement cases live on the shipped definitions: what the law gives them is what
the engine computes from their facts, and nothing is claimed that no scenario asserts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import DATA, ROOT
from zhixing.analysis import Opened, Scenario, ScenarioStep, load_scenarios, run_scenarios
from zhixing.console.definitions import family_of
from zhixing.workflow import Period, load_definition, national_calendar, shipped_law
from zhixing.workflow.claims import Title, TitleItem, TitlePart, TitlePayment, standing
from zhixing.workflow.formulas import (
    Instalment,
    Payment,
    delay_interest,
    delay_interest_by_instalments,
    enforcement_fee,
    preservation_fee,
)
from zhixing.workflow.guards.cel import GuardCompiler
from zhixing.workflow.guards.expressions import Children
from zhixing.workflow.model.field_types import FieldType

Fact = Mapping[str, Any]
Place = tuple[str, int]
"""A case and the place of an entry among what is expected of it, from 1."""

LIVED = DATA / "real_cases"
FILES = sorted(LIVED.glob("*.scenarios.yaml"))
CN = ROOT / "definitions" / "cn"
CALENDAR = national_calendar()
CENT, DAY = Decimal("0.01"), timedelta(days=1)
IS_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read(file: str) -> Any:
    return yaml.safe_load((DATA / file).read_text(encoding="utf-8"))


CASES: dict[str, Fact] = {
    case["id"]: case
    for name in ("enforcement_cases.yaml", "enforcement_cases_2.yaml")
    for case in read(name)
}
EXPECTED: dict[Place, Fact] = {
    (name, number): entry
    for name, case in CASES.items()
    for number, entry in enumerate(case.get("expected", ()), 1)
}
COVERED: list[tuple[Place, Fact]] = [
    ((case, tie["entry"]), tie)
    for case, ties in read("real_cases/covered.yaml").items()
    for tie in ties
]
LEFT: list[tuple[Place, Fact]] = [
    ((row["case"], row["entry"]), row) for row in read("real_cases/not_computed.yaml")
]


def day(text: Any) -> date:
    return date.fromisoformat(str(text)[:10])


def yuan(value: Any) -> Decimal:
    return Decimal(str(value))


def named(by: str, key: str = "") -> list[Any]:
    """What is covered in one way, by its case and place."""
    return [
        pytest.param(place, tie, id=f"{place[0]}-{place[1]}")
        for place, tie in COVERED
        if tie["by"] == by and (not key or key in tie)
    ]


# -- the scenarios hold


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
def test_the_cases_live_on_the_shipped_definition(file: Path) -> None:
    family = family_of(CN / file.name.replace(".scenarios", ""))
    report = run_scenarios(family[0], load_scenarios(file), family)
    assert report.failures == () and report.scenarios > 0


def test_every_scenario_is_of_a_case() -> None:
    names = [name for file in FILES for name in scenarios_of(file.name.partition(".")[0])]
    assert {name.partition(" ")[0] for name in names} <= CASES.keys()


# -- everything expected is covered or said not to be, once


def test_everything_expected_is_computed_or_said_not_to_be() -> None:
    said = Counter(place for place, _ in COVERED + LEFT)
    assert said.keys() == EXPECTED.keys()
    assert {place for place, times in said.items() if times > 1} == set()


@pytest.mark.parametrize(("place", "row"), COVERED + LEFT)
def test_what_is_listed_names_its_rule(place: Place, row: Fact) -> None:
    entry = EXPECTED[place]
    assert row["rule"] == (entry.get("rule") or entry["formula"])


def test_what_is_not_computed_says_why_in_two_languages() -> None:
    assert all(row["zh"] and row["en"] for _, row in LEFT)


@pytest.mark.parametrize(
    ("place", "row"), [(place, row) for place, row in LEFT if row.get("by_law")]
)
def test_the_law_of_its_day_gives_what_no_definition_carries_out(place: Place, row: Fact) -> None:
    entry = EXPECTED[place]
    start = day(entry["start"])
    law = shipped_law().statutes(start)[row["rule"]]
    assert law.length is not None and law.unit is not None and law.counting is not None
    due = Period(law.length, law.unit, CALENDAR, law.counting).due(start).day
    assert (due == day(entry.get("due") or entry["ends"])) is not entry.get("counter", False)


# -- what a scenario asserts


@dataclass(frozen=True)
class Act:
    """An act of a scenario: on which day, with what, and with which codes it was refused."""

    trigger: str
    on: date
    data: Mapping[str, Any]
    refused: tuple[str, ...]


class Told:
    """What one scenario does and asserts."""

    def __init__(self, scenario: Scenario) -> None:
        self._opened, self._steps = scenario.opened, scenario.steps

    @cached_property
    def acts(self) -> list[Act]:
        return [
            Act(step.fire, day(step.moment), step.data, step.refused)
            for step in self._steps
            if step.fire
        ]

    @cached_property
    def days(self) -> set[date]:
        """Every day on which something happens, and every day that is entered as a fact."""
        steps: tuple[Opened | ScenarioStep, ...] = (self._opened, *self._steps)
        entered = (value for step in steps for value in step.data.values())
        told = (value for value in entered if IS_A_DAY.fullmatch(str(value)))
        return {day(step.moment) for step in steps} | {day(value) for value in told}

    def of(self, trigger: str) -> list[Act]:
        return [act for act in self.acts if act.trigger == trigger]

    def last_days(self, limit: str) -> set[date]:
        """The last days that are asserted of a limit."""
        return {day(last) for step in self._steps for last in _said(step.due, limit)}

    def statuses(self, limit: str) -> list[tuple[date, str]]:
        """On which day which status is asserted of a limit."""
        return [
            (day(step.moment), status)
            for step in self._steps
            for status in _said(step.deadlines, limit)
        ]

    def asserts(self, what: str, value: str) -> bool:
        """Whether a step ends in a state or closing mode, or has an act accepted or refused."""
        if what in ("state", "mode"):
            return any(getattr(step, what) == value for step in self._steps)
        return any(bool(act.refused) is (what == "refuses") for act in self.of(value))


def _said(of: Mapping[str, str], limit: str) -> Iterator[str]:
    return (value for name, value in of.items() if name.partition("@")[0] == limit)


@cache
def scenarios_of(file: str) -> Mapping[str, Told]:
    found = load_scenarios(LIVED / f"{file}.scenarios.yaml").scenarios
    return {scenario.name: Told(scenario) for scenario in found}


def told(place: Place, tie: Fact) -> Told:
    assert tie["scenario"].startswith(f"{place[0]} ")
    return scenarios_of(tie["file"])[tie["scenario"]]


def last_day(entry: Fact) -> date:
    """The last day that an entry expects."""
    if "max_years" in entry:
        start = day(entry["start"])
        return start.replace(year=start.year + entry["max_years"])
    return day(entry.get("due") or entry.get("ends") or entry.get("latest") or entry["date"])


@pytest.mark.parametrize(("place", "tie"), named("scenario"))
def test_the_days_that_count_are_facts_of_the_scenario(place: Place, tie: Fact) -> None:
    """The day from which a limit runs and the day of the act are lived through or entered."""
    entry, case = EXPECTED[place], CASES[place[0]]
    flat = entry | entry.get("inputs", {})
    known = told(place, tie).days | {day(e["until"]) for e in case["events"] if "until" in e}
    counted = ("start", "done", "notice", "notice_by", "closed")
    assert {day(flat[key]) for key in counted if key in flat} <= known


@pytest.mark.parametrize(("place", "tie"), named("scenario", "limit"))
def test_a_limit_ends_on_the_expected_day_and_is_kept_or_missed(place: Place, tie: Fact) -> None:
    entry, of = EXPECTED[place], told(place, tie)
    assert last_day(entry) in of.last_days(tie["limit"])
    if "workday" in entry:
        assert CALENDAR.is_working(last_day(entry)) is entry["workday"]
    verdict = str(entry.get("verdict", ""))
    if not verdict.startswith(("met", "violated")):
        return
    done = day(entry.get("done") or entry["start"])
    late = {"expired", "met-late"} & {s for at, s in of.statuses(tie["limit"]) if at <= done}
    assert bool(late) is verdict.startswith("violated")
    assert max((done - last_day(entry)).days, 0) == entry.get("days_late", 0)


@pytest.mark.parametrize(("place", "tie"), named("scenario", "act"))
def test_an_act_is_open_or_refused_as_the_law_says(place: Place, tie: Fact) -> None:
    entry, acts = EXPECTED[place], told(place, tie).of(tie["act"])
    kinds = {
        "earliest": first_day,
        "gap_days": after_a_gap,
        "hours": at_least_as_many_hours,
        "ratio": within_the_bounds_of_a_deposit,
        "low": within_the_bounds_of_a_deposit,
        "notice_by": announced_in_time,
        "notice": announced_in_time,
    }
    flat = entry | entry.get("inputs", {})
    check = next(check for key, check in kinds.items() if key in flat)
    check(flat, acts, CASES[place[0]])


def accepted(acts: list[Act], on: date | None = None) -> list[Act]:
    return [act for act in acts if not act.refused and on in (None, act.on)]


def refused(acts: list[Act], on: date | None = None) -> list[Act]:
    return [act for act in acts if act.refused and on in (None, act.on)]


def first_day(entry: Fact, acts: list[Act], _: Fact) -> None:
    """It is refused on the day before by a limit alone, and open from the day on."""
    earliest = day(entry["earliest"])
    assert accepted(acts, earliest) and not accepted(acts, earliest - DAY)
    assert [act.refused for act in refused(acts, earliest - DAY)] == [("gate",)]
    early = bool(refused(acts, day(entry["done"])))
    assert early is (entry["verdict"] == "violated")


def after_a_gap(entry: Fact, acts: list[Act], case: Fact) -> None:
    """It is accepted so many days after the case was closed."""
    closed = day(next(event["date"] for event in case["events"] if event["step"] == "closed"))
    assert accepted(acts, closed + entry["gap_days"] * DAY) and not refused(acts)


def at_least_as_many_hours(entry: Fact, acts: list[Act], _: Fact) -> None:
    hours = entry["hours"]
    assert entry["verdict"] == "met"
    assert any(act.data.get("bidding_hours") == hours for act in accepted(acts))
    assert any(act.data.get("bidding_hours") == hours - 1 for act in refused(acts))


def within_the_bounds_of_a_deposit(entry: Fact, acts: list[Act], case: Fact) -> None:
    """The deposit of the case is open; a cent above or below what the law allows is not."""
    (event,) = (e for e in case["events"] if e["step"] == "auction_started")
    deposit, price = yuan(event["deposit"]), yuan(event["start_price"])
    ratio = round(deposit / price, 5)
    assert ratio == yuan(entry.get("ratio", entry.get("value")))
    assert deposit in {yuan(act.data["deposit"]) for act in accepted(acts)}
    assert (entry.get("a", deposit), entry.get("b", price)) == (deposit, price)
    beyond = {yuan(act.data["deposit"]) for act in refused(acts)}
    least, most = yuan(entry.get("low", "0.05")), yuan(entry.get("high", "0.2"))
    assert price * most + CENT in beyond and price * least - CENT in beyond
    assert entry["verdict"] == "met"


def announced_in_time(entry: Fact, acts: list[Act], _: Fact) -> None:
    """What is announced on the day of the case for its day is open, or refused for the notice;
    where the true day may be one earlier, both."""
    noticed, begins = day(entry.get("notice_by") or entry["notice"]), day(entry["start"])
    assert (begins - noticed).days == entry.get("days_before", entry.get("value"))
    rule = entry["rule"]
    assert shipped_law().statutes(noticed)[rule].length == entry["required"]
    planned = [act for act in acts if day(act.data["auction_on"]) == begins]
    is_open = bool(accepted(planned, noticed))
    assert is_open is entry["verdict"].startswith("met")
    assert is_open is not bool(refused(planned, noticed))
    if entry["verdict"].startswith("undetermined"):
        assert accepted(planned, noticed - DAY)


@pytest.mark.parametrize(("place", "tie"), named("scenario", "only_gate"))
def test_a_closing_lacks_nothing_but_its_day(place: Place, tie: Fact) -> None:
    entry, of = EXPECTED[place], told(place, tie)
    assert accepted(of.of(tie["fresh"]), day(entry["done"])) and entry["verdict"] == "met"
    (tried,) = refused(of.of(tie["only_gate"]), day(entry["closed"]))
    assert tried.refused == ("gate",)


@pytest.mark.parametrize(("place", "tie"), named("scenario", "sums"))
def test_sums_go_out_to_the_cent(place: Place, tie: Fact) -> None:
    """What came and what went out is that of the case, and one cent more is refused."""
    entry, of = EXPECTED[place], told(place, tie)
    entered = {
        yuan(act.data[name])
        for trigger, name in tie["sums"].items()
        for act in accepted(of.of(trigger))
    }
    parts = [yuan(part) for part in entry["parts"]]
    assert entered == {yuan(entry["total"]), *parts} and sum(parts) == yuan(entry["total"])
    beyond = {yuan(act.data[name]) for t, name in tie["sums"].items() for act in refused(of.of(t))}
    assert beyond and beyond <= {part + CENT for part in parts}


@pytest.mark.parametrize(("place", "tie"), named("scenario", "shows"))
def test_a_case_comes_to_stand_where_the_law_puts_it(place: Place, tie: Fact) -> None:
    of = told(place, tie)
    assert all(of.asserts(what, value) for what, value in tie["shows"].items())


def test_every_tie_to_a_scenario_says_what_is_asserted() -> None:
    ways = ("limit", "act", "only_gate", "sums", "shows")
    assert all(
        sum(way in tie for way in ways) == 1 for _, tie in COVERED if tie["by"] == "scenario"
    )


# -- what formulas of the law give on the facts of a case


def last_known_day(case: Fact) -> date:
    """The last day that a case tells; of one that tells none, a day under the law in force."""
    known = [e["date"] for e in case["events"] if e["date"] and len(str(e["date"])) == 10]
    return max(map(day, known), default=date(2024, 1, 1))


def calendar(entry: Fact, _: Fact) -> None:
    given = entry.get("inputs", entry)
    expected = entry["workday"] if "workday" in entry else entry["value"] != "day off"
    assert CALENDAR.is_working(day(given["date"])) is expected
    assert f"{day(given['date']):%A}" == given["weekday"]


REGIMES = {1989: date(2007, 3, 31), 2007: date(2007, 4, 1)}
"""A day on which each tariff was in force."""


def tariff_on(on: date) -> Any:
    return shipped_law().fees(on)["enforcement-application"].tariff


def fee(entry: Fact, case: Fact) -> None:
    """By the tariff in force on the day of the case, and by no other."""
    if "inputs" not in entry:
        total = enforcement_fee(yuan(case["claim"]) + yuan(case["costs"])).fee
        assert total == yuan(entry["computed"]) and round(total) == entry["stated"]
        return
    given, in_force = entry["inputs"], tariff_on(last_known_day(case))
    tariff = tariff_on(REGIMES[given["regime"]])
    assert enforcement_fee(yuan(given["amount"]), tariff=tariff).fee == yuan(entry["value"])
    applies = not str(entry.get("verdict", "")).startswith("does not apply")
    assert (tariff == in_force) is applies


def fee_of_preservation(entry: Fact, _: Fact) -> None:
    assert preservation_fee(yuan(entry["inputs"]["amount"])).fee == yuan(entry["value"])


def double_interest(entry: Fact, _: Fact) -> None:
    given = entry["inputs"]
    first = day(given["start"])
    ends = first - DAY if given["count"] == "inclusive" else first
    found = delay_interest(yuan(given["base"]), ends, day(given["end"]))
    assert found.double_interest == yuan(entry["value"])


def interest_of_a_day(entry: Fact, case: Fact) -> None:
    on = last_known_day(case)
    found = delay_interest(yuan(entry["inputs"]["base"]), on, on + DAY)
    assert found.double_interest == yuan(entry["value"])


def months_from(first: date, count: int) -> Iterator[date]:
    for number in range(count):
        years, month = divmod(first.month - 1 + number, 12)
        yield first.replace(year=first.year + years, month=month + 1)


def interest_while_it_is_paid_off(entry: Fact, _: Fact) -> None:
    given = entry["inputs"]
    first = day(given["first"])
    paid = [Payment(on, yuan(given["pay"])) for on in months_from(first, given["payments"])]
    found = delay_interest_by_instalments([Instalment(first, yuan(given["base"]))], None, paid)
    assert (found.double_interest, found.base_left) == (yuan(entry["value"]), Decimal(0))


def debt_falls(_: Fact, case: Fact) -> None:
    """A month's double interest is less than what is paid of the debt in a month."""
    debt, monthly = (yuan(event["amount"]) for event in case["events"] if "amount" in event)
    month = delay_interest(debt, date(2016, 1, 1), date(2016, 1, 31)).double_interest
    assert month == 1575 and month < monthly


def items_of_the_title(entry: Fact, case: Fact) -> None:
    """What is owed by the title, the fee for enforcement left out."""
    items = [TitleItem(str(n), yuan(part)) for n, part in enumerate(entry["inputs"]["parts"])]
    stands = standing(Title(tuple(items)), [], last_known_day(case))
    assert stands.due - stands.part(TitlePart.FEE).due == yuan(entry["value"])


def paid_by_the_debtor(entry: Fact, case: Fact) -> None:
    payments = [
        TitlePayment(day(event["date"]), yuan(event["amount"]))
        for n, event in enumerate(case["events"])
        if event["step"] == "performed"
    ]
    claim = next(yuan(event["claim"]) for event in case["events"] if "claim" in event)
    title = Title((TitleItem("claim", claim),))
    assert standing(title, payments, last_known_day(case)).paid == yuan(entry["value"])


@dataclass
class Known:
    """Facts of a case, as a condition of a definition sees them: nothing done, no limit runs."""

    data: Mapping[str, Any]
    children: Children = field(default_factory=dict)
    done: Collection[str] = ()
    now: datetime = datetime(2018, 7, 4, tzinfo=UTC)
    today: datetime = datetime(2018, 7, 4, tzinfo=UTC)

    def limits(self, name: str, asked: str) -> int:
        return 0


def shortfall(entry: Fact, _: Fact) -> None:
    """By what the definition itself says that a buyer in default still owes."""
    value = GuardCompiler(load_definition(CN / "disposal.yaml")).value(
        "case.still_owed", FieldType.MONEY
    )
    data = {
        "defaulted_price": yuan(entry["first"]),
        "price": yuan(entry["second"]),
        "forfeited": yuan(entry["deposit"]),
        "default_costs": Decimal(0),
    }
    assert value.value(Known(data)) == yuan(entry["still_owed"])
    assert data["defaulted_price"] - data["price"] == yuan(entry["difference"])


FORMULAS: Mapping[str, Callable[[Fact, Fact], None]] = {
    "calendar": calendar,
    "fee": fee,
    "preservation_fee": fee_of_preservation,
    "delay_interest": double_interest,
    "per_day": interest_of_a_day,
    "instalments": interest_while_it_is_paid_off,
    "falls": debt_falls,
    "title": items_of_the_title,
    "paid": paid_by_the_debtor,
    "shortfall": shortfall,
}


@pytest.mark.parametrize(("place", "tie"), named("formula"))
def test_a_formula_of_the_law_gives_what_is_expected(place: Place, tie: Fact) -> None:
    FORMULAS[tie["how"]](EXPECTED[place], CASES[place[0]])
