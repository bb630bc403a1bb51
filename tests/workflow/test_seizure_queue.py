"""Seizures and those that wait: who holds on a day, held to a life day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.test_formulas import results
from zhixing.workflow.formulas.forms import form_named
from zhixing.workflow.formulas.seizure_queue import (
    PropertyKind,
    QueueAct,
    QueueEvent,
    RenewalFrom,
    TermFrom,
    seizure_queue,
)

QUEUES = [
    # the day after the last day the next one is effective
    (("2021-03-01:seize:A;2021-05-01:seize:B", "2024-03-01"), ("A", "2024-03-01", "B")),
    (("2021-03-01:seize:A;2021-05-01:seize:B", "2024-03-02"), ("B", "2027-03-02", "")),
    # two lapses on the way; nobody is left
    (("2015-03-01:seize:A;2015-05-01:seize:B", "2021-03-02"), ("B", "2021-03-02", "")),
    (("2015-03-01:seize:A;2015-05-01:seize:B", "2021-03-03"), ("", "", "")),
    # several wait, in the order of registration, however they are written
    (
        ("2021-03-01:seize:A;2021-06-01:seize:C;2021-05-01:seize:B", "2022-01-01"),
        ("A", "2024-03-01", "B;C"),
    ),
    # renewed on the last day, twice, and one day too late
    (("2021-03-01:seize:A;2024-03-01:renew:A", "2024-03-02"), ("A", "2027-03-01", "")),
    (
        ("2021-03-01:seize:A;2024-02-01:renew:A;2027-02-01:renew:A", "2028-01-01"),
        ("A", "2030-03-01", ""),
    ),
    (("2021-03-01:seize:A;2024-03-02:renew:A", "2024-03-02"), ("", "", "")),
    # one that waits has no term to renew
    (
        ("2021-03-01:seize:A;2021-05-01:seize:B;2022-01-01:renew:B", "2024-03-02"),
        ("B", "2027-03-02", ""),
    ),
    # released on the day: the next takes effect that day
    (
        ("2021-03-01:seize:A;2021-05-01:seize:B;2022-07-01:release:A", "2022-07-01"),
        ("B", "2025-07-01", ""),
    ),
    (
        ("2021-03-01:seize:A;2021-05-01:seize:B;2022-07-01:release:A", "2022-06-30"),
        ("A", "2024-03-01", "B"),
    ),
    # a sale ends all, with or without a name
    (("2021-03-01:seize:A;2021-05-01:seize:B;2022-07-01:sale:A", "2022-07-01"), ("", "", "")),
    (("2021-03-01:seize:A;2021-05-01:seize:B;2022-07-01:sale", "2023-07-01"), ("", "", "")),
    # after a lapse one may seize anew, behind those who waited
    (
        ("2021-03-01:seize:A;2021-05-01:seize:B;2024-03-05:seize:A", "2024-03-06"),
        ("B", "2027-03-02", "A"),
    ),
    # the last day of a month
    (("2024-02-29:seize:A", "2027-02-28"), ("A", "2027-02-28", "")),
    # a last day that a ruling names wins, for one that waits too
    (("2021-03-01:seize:A:2022-03-01;2021-05-01:seize:B", "2022-03-02"), ("B", "2025-03-02", "")),
    (
        ("2021-03-01:seize:A;2021-05-01:seize:B:2024-05-01;2021-06-01:seize:C", "2024-05-02"),
        ("C", "2027-05-02", ""),
    ),
    (
        ("2021-03-01:seize:A;2021-05-01:seize:B:2022-05-01;2021-06-01:seize:C", "2024-03-01"),
        ("A", "2024-03-01", "C"),
    ),
    (("", "2024-03-01"), ("", "", "")),
    (("2021-03-01:seize:A", "2021-02-28"), ("", "", "")),
]


@pytest.mark.parametrize(("cells", "expected"), QUEUES)
def test_who_holds_and_who_waits(cells: tuple[str, str], expected: tuple[str, ...]) -> None:
    assert results("seizure_queue", "immovable", *cells) == expected


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("deposit", "2025-05-01"),
        ("movable", "2026-05-01"),
        ("immovable", "2027-05-01"),
        ("other right", "2027-05-01"),
        ("不动产", "2027-05-01"),
    ],
)
def test_how_long_a_term_is_depends_on_what_is_seized(kind: str, until: str) -> None:
    row = (kind, "2024-05-01:seize:A", "2024-06-01")
    assert results("seizure_queue", *row) == ("A", until, "")


def test_terms_that_the_rule_is_silent_about_are_conventions() -> None:
    waits = ("immovable", "2021-03-01:seize:A;2021-05-01:seize:B", "2024-03-02")
    registered = results("seizure_queue", *waits, term_from=str(TermFrom.REGISTRATION))
    assert registered == ("B", "2024-05-01", "")
    renewed = ("immovable", "2021-03-01:seize:A;2024-02-20:renew:A", "2024-03-02")
    from_act = results("seizure_queue", *renewed, renewal_from=str(RenewalFrom.ACT))
    assert from_act == ("A", "2027-02-20", "")


def test_an_act_without_effect_is_told() -> None:
    form = form_named("seizure_queue")
    events = "2024-05-01:seize:A;2025-05-02:renew:A;2025-05-03:release:A"
    row = {"kind": "deposit", "events": events, "asked_on": "2025-06-01"}
    told = [step.en for step in form.row(row).steps]
    assert any("2025-05-02 A renewed without effect" in line for line in told)
    assert any("2025-05-03 A released without effect" in line for line in told)


def test_a_last_day_that_a_ruling_names_is_told_and_whether_it_is_too_late() -> None:
    form = form_named("seizure_queue")
    events = "2024-05-01:seize:A:2024-11-01;2024-10-01:renew:A:2026-01-01"
    row = {"kind": "deposit", "events": events, "asked_on": "2025-06-01"}
    computed = form.row(row)
    assert computed.results == ("A", "2026-01-01", "")
    told = [step.en for step in computed.steps]
    assert "2024-05-01 A: the ruling names 2024-11-01" in told
    longest = "later than the longest term, 2025-11-01"
    assert f"2024-10-01 A: the ruling names 2026-01-01, {longest}" in told


def on_from(day: date, years: int) -> date:
    """The same day so many years on; 28 February where the year has no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def held_day_by_day(events: list[QueueEvent], asked_on: date) -> tuple[str, str, list[str]]:
    """Who holds movables, until when, and who waits: each day lived through by itself."""
    holder, until, waiting, day = "", date.min, list[str](), events[0].day
    while day <= asked_on:
        if holder and until < day:
            holder = ""
            if waiting:
                holder, until = waiting.pop(0), on_from(day, 2)
        for _, act, who, _ in [event for event in events if event.day == day]:
            if act is QueueAct.SEIZE and holder:
                waiting.append(who)
            elif act is QueueAct.SEIZE:
                holder, until = who, on_from(day, 2)
            elif act is QueueAct.RENEW and who == holder:
                until = on_from(until, 2)
            elif act is QueueAct.SALE:
                holder, waiting = "", []
            elif act is QueueAct.RELEASE and who in waiting:
                waiting.remove(who)
            elif act is QueueAct.RELEASE and who == holder:
                holder = waiting.pop(0) if waiting else ""
                until = on_from(day, 2)
        day += timedelta(days=1)
    return holder, str(until) if holder else "", waiting


@st.composite
def queues(draw: st.DrawFn) -> list[QueueEvent]:
    """Five who seize one after another, and what they do later; seldom a sale."""
    day, events = date(2020, 1, 31), list[QueueEvent]()
    for who in "ABCDE":
        events.append(QueueEvent(day, QueueAct.SEIZE, who))
        later = st.integers(0, 1600).map(lambda days, since=day: since + timedelta(days=days))
        acts = [QueueAct.RENEW, QueueAct.RENEW, QueueAct.RELEASE, QueueAct.SALE]
        chosen = draw(st.lists(st.tuples(later, st.sampled_from(acts)), max_size=2))
        events += [QueueEvent(on, act, who) for on, act in chosen]
        day += timedelta(days=draw(st.integers(0, 500)))
    return sorted(events, key=lambda event: event.day)


@given(queues(), st.integers(0, 4000))
def test_the_queue_is_what_it_is_when_each_day_is_lived_through(
    events: list[QueueEvent], days: int
) -> None:
    asked_on = events[0].day + timedelta(days=days)
    queue = seizure_queue(PropertyKind.MOVABLE, events, asked_on)
    held = queue.effective
    standing = (held.who, str(held.until)) if held is not None else ("", "")
    assert (*standing, [each.who for each in queue.waiting]) == held_day_by_day(events, asked_on)
