"""Periods of law against worked examples and against a small independent oracle."""

from __future__ import annotations

import runpy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, at
from tests.workflow import oracle
from zhixing.workflow import (
    Counting,
    Deduction,
    Extension,
    Period,
    TimeUnit,
    load_overlay,
    national_calendar,
    plain_calendar,
)
from zhixing.workflow.errors import (
    BadDeduction,
    BadLength,
    DateOutsideCalendar,
    NaiveDatetime,
    StillDeducted,
    UnknownCounting,
    UnknownUnit,
)
from zhixing.workflow.periods.holidays import named_by_law
from zhixing.workflow.periods.parsing import parse_unit
from zhixing.workflow.periods.period import stricter

CN = national_calendar()


def due(
    start: str, length: int, unit: str, *deduct: tuple[str, str], backward: bool = False
) -> str:
    kind = TimeUnit(unit)
    counting = Counting.WORKING if kind is TimeUnit.WORKING_DAY else Counting.LITIGATION
    deductions = [Deduction(date.fromisoformat(a), date.fromisoformat(b)) for a, b in deduct]
    return (
        Period(length, kind, CN, counting, backward)
        .due(date.fromisoformat(start), deductions)
        .day.isoformat()
    )


@pytest.mark.parametrize(
    ("start", "length", "unit", "expected"),
    [
        # Spring Festival 2024: 10 to 17 February off; Sundays 4 and 18 February worked
        ("2024-02-06", 5, "day", "2024-02-18"),
        ("2024-02-03", 1, "day", "2024-02-04"),
        ("2024-02-05", 5, "working-day", "2024-02-18"),
        ("2024-01-31", 1, "month", "2024-02-29"),
        # National Day 2024: 1 to 7 October off; 29 September and 12 October worked
        ("2024-09-24", 7, "day", "2024-10-08"),
        ("2024-09-22", 7, "day", "2024-09-29"),
        ("2024-10-09", 3, "day", "2024-10-12"),
        # Spring Festival 2025: 28 January to 4 February off; 26 January, 8 February worked
        ("2025-01-26", 3, "day", "2025-02-05"),
        ("2025-01-24", 3, "working-day", "2025-02-05"),
        ("2024-12-31", 1, "month", "2025-02-05"),
        # National Day 2025: 1 to 8 October off; 28 September and 11 October worked
        ("2025-09-25", 7, "day", "2025-10-09"),
        ("2025-09-21", 7, "day", "2025-09-28"),
        # Spring Festival 2026: 15 to 23 February off; 14 and 28 February are working days
        ("2026-02-10", 5, "day", "2026-02-24"),
        ("2026-02-13", 1, "day", "2026-02-14"),
        ("2026-02-21", 7, "day", "2026-02-28"),
        # month ends and leap years
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2023-02-28", 1, "year", "2024-02-28"),
        ("2023-08-31", 6, "month", "2024-02-29"),
        ("2025-03-31", 1, "month", "2025-04-30"),
        ("2025-05-31", 1, "month", "2025-06-30"),
    ],
)
def test_worked_examples(start: str, length: int, unit: str, expected: str) -> None:
    assert due(start, length, unit) == expected


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2025-02-05", 3, "2025-01-27"),
        ("2024-10-15", 15, "2024-09-30"),
        ("2024-10-14", 15, "2024-09-29"),
        ("2025-06-10", 7, "2025-06-03"),
    ],
)
def test_a_backward_period_moves_to_the_earlier_working_day(
    start: str, length: int, expected: str
) -> None:
    assert due(start, length, "day", backward=True) == expected


def test_deducted_days_lengthen_the_period_and_count_once() -> None:
    assert due("2025-03-03", 30, "day") == "2025-04-02"
    assert (
        due("2025-03-03", 30, "day", ("2025-03-10", "2025-03-20")) == "2025-04-14"
    )  # 12 April is a Saturday
    assert (
        due("2025-03-03", 30, "day", ("2025-03-10", "2025-03-20"), ("2025-03-15", "2025-03-20"))
        == "2025-04-14"
    )
    assert due("2025-03-03", 30, "day", ("2025-02-01", "2025-03-08")) == "2025-04-07"
    assert due("2025-03-03", 30, "day", ("2025-05-01", "2025-05-08")) == "2025-04-02"


def test_a_deduction_reached_only_by_lengthening_counts_too() -> None:
    assert (
        due("2025-03-03", 10, "day", ("2025-03-05", "2025-03-08"), ("2025-03-14", "2025-03-17"))
        == "2025-03-19"
    )


dates = st.dates(date(2004, 3, 1), date(2026, 6, 30))

spans = st.lists(
    st.tuples(st.dates(date(2010, 1, 1), date(2012, 12, 31)), st.integers(0, 60)), max_size=4
)


@settings(max_examples=400, deadline=None)
@given(dates, st.integers(1, 90), st.sampled_from(["day", "working-day"]), st.booleans())
def test_days_agree_with_the_oracle(start: date, length: int, unit: str, backward: bool) -> None:
    if start.year == 2004 and backward:
        return
    assert (
        due(start.isoformat(), length, unit, backward=backward)
        == oracle.due(start, length, unit, backward).isoformat()
    )


@settings(max_examples=300, deadline=None)
@given(dates, st.integers(1, 30), st.sampled_from(["month", "year"]))
def test_months_and_years_agree_with_the_oracle(start: date, length: int, unit: str) -> None:
    if same_year_known(start, length, unit):
        assert due(start.isoformat(), length, unit) == oracle.due(start, length, unit).isoformat()


def same_year_known(start: date, length: int, unit: str) -> bool:
    return oracle.same_day_later(start, length * (12 if unit == "year" else 1)) < date(2026, 12, 1)


@settings(max_examples=400, deadline=None)
@given(
    st.dates(date(2010, 1, 1), date(2012, 6, 30)),
    st.integers(1, 60),
    st.sampled_from(["day", "working-day", "month"]),
    spans,
    st.booleans(),
)
def test_deductions_agree_with_the_oracle(
    start: date, length: int, unit: str, spans: list[tuple[date, int]], backward: bool
) -> None:
    length = min(length, 12) if unit == "month" else length
    if backward and unit == "month":
        return
    pairs = tuple((a, a + timedelta(days=n)) for a, n in spans)
    expected = oracle.due(start, length, unit, backward, pairs).isoformat()
    assert (
        due(
            start.isoformat(),
            length,
            unit,
            *((a.isoformat(), b.isoformat()) for a, b in pairs),
            backward=backward,
        )
        == expected
    )


def test_the_calendar_agrees_with_the_yearly_notices_day_by_day() -> None:
    day = date(2004, 1, 1)
    while day <= date(2026, 12, 31):
        assert CN.is_working(day) != oracle.rests(day), day
        day += timedelta(days=1)


def test_a_year_without_a_notice_is_provisional() -> None:
    result = Period(10, TimeUnit.DAY, CN).due(date(2027, 9, 25))
    assert result.provisional and result.day == date(2027, 10, 6)
    _, steps = Period(10, TimeUnit.DAY, CN).explain(date(2027, 9, 25))
    assert "尚未公布" in steps[-1].zh
    assert (
        not Period(10, TimeUnit.DAY, plain_calendar(), Counting.PLAIN)
        .due(date(2027, 9, 25))
        .provisional
    )


def test_a_year_of_long_ago_is_not_said_to_be_announced_later() -> None:
    result, steps = Period(10, TimeUnit.DAY, CN).explain(date(2003, 4, 21))
    assert result.provisional and result.day == date(2003, 5, 6)  # 1 to 3 May, 5 May for Saturday 3
    assert "2003 年放假安排未收录" in steps[-1].zh and "not on record" in steps[-1].en
    assert "劳动节补假" in " ".join(step.zh for step in steps)


@pytest.mark.parametrize(
    ("year", "count", "some"),
    [
        # 13 days since 2025; New Year's Eve of the lunar year among them, or not, by the version
        (
            2027,
            13,
            {"02-05": "春节", "02-09": "春节补假", "06-09": "端午节", "05-04": "劳动节补假"},
        ),
        (2029, 13, {"02-12": "春节", "04-04": "清明节", "09-22": "中秋节", "09-24": "中秋节补假"}),
        (2020, 11, {"01-25": "春节", "01-28": "春节补假"}),
        (2013, 11, {"02-09": "春节", "02-11": "春节"}),
        (2003, 10, {"05-03": "劳动节", "05-05": "劳动节补假"}),
        (1998, 7, {"10-02": "国庆节"}),
    ],
)
def test_the_measures_name_the_days_off_of_a_year(
    year: int, count: int, some: dict[str, str]
) -> None:
    named = named_by_law(year)
    festivals = [name for name in named.values() if not name.endswith("补假")]
    overlaps = 1 if year == 2020 else 0  # Mid-Autumn fell on 1 October
    assert len(festivals) == count - overlaps
    assert some.items() <= {day.isoformat()[5:]: name for day, name in named.items()}.items()
    in_stead = named.keys() - {day for day, name in named.items() if not name.endswith("补假")}
    assert len(in_stead) == sum(day.weekday() >= 5 for day in named)
    assert all(day.weekday() < 5 for day in in_stead)


def test_every_day_that_the_measures_named_was_off_by_the_notices_too() -> None:
    for year in range(2008, 2027):
        for day, name in named_by_law(year).items():
            assert name.endswith("补假") or oracle.rests(day), day


def test_the_table_of_lunar_days_is_what_the_library_computes() -> None:
    lunar_days = runpy.run_path(str(ROOT / "docs" / "_make" / "lunar_days.py"))
    assert lunar_days["TABLE"].read_text(encoding="utf-8") == lunar_days["text"]()


def test_every_step_is_explained_in_both_languages_with_its_article() -> None:
    result, steps = Period(7, TimeUnit.DAY, CN).explain(
        date(2025, 1, 22), [Deduction(date(2025, 1, 23), date(2025, 1, 24), "公告")]
    )
    assert result.day == date(2025, 2, 5)
    words = " ".join(step.text("zh") for step in steps)
    assert (
        "扣除 1 日" in words
        and "春节" in words
        and "第八十五条" in words
        and "顺延至 2025-02-05" in words
    )
    assert "moves on to 2025-02-05 (Civil Procedure Law art. 85)" in [
        step.text("en") for step in steps
    ]


def test_an_extension_counts_on_from_the_unrolled_last_day() -> None:
    period = Period(6, TimeUnit.MONTH, CN)
    extension = Extension(3, TimeUnit.MONTH, "院长")
    assert period.due(date(2025, 1, 17), (), [extension]).day == date(2025, 10, 17)
    assert any("院长" in step.zh for step in period.explain(date(2025, 1, 17), (), [extension])[1])


def test_other_procedures_never_roll() -> None:
    assert Period(60, TimeUnit.DAY, plain_calendar("Europe/Rome"), Counting.PLAIN).due(
        date(2006, 8, 2)
    ).day == date(2006, 10, 1)
    assert Period(1, TimeUnit.YEAR, CN, Counting.FIXED).due(date(2024, 10, 3)).day == date(
        2025, 10, 3
    )
    assert Period(15, TimeUnit.DAY, CN, Counting.CUSTODY).due(date(2025, 9, 20)).day == date(
        2025, 10, 5
    )


def test_days_of_detention_are_counted_from_the_day_of_reception_to_the_next() -> None:
    """拘留所条例 art. 32: from the day of reception to the second day is one day."""
    period = Period(1, TimeUnit.DAY, CN, Counting.CUSTODY)
    due, steps = period.explain(at("2025-09-30 23:50"))
    assert due.day == date(2025, 10, 1) and "拘留所条例第三十二条" in steps[0].text("zh")
    leave = Deduction(date(2025, 10, 3), date(2025, 10, 5), "请假出所")  # art. 27: does not count
    fifteen = Period(15, TimeUnit.DAY, CN, Counting.CUSTODY)
    assert fifteen.due(at("2025-09-20 10:00")).day == date(2025, 10, 5)
    assert fifteen.due(at("2025-09-20 10:00"), [leave]).day == date(2025, 10, 7)


def test_hours_run_from_the_next_full_hour_and_a_raw_one_from_the_minute() -> None:
    assert Period(48, TimeUnit.HOUR, CN).due(at("2025-03-03 10:20")).at == at("2025-03-05 11:00")
    over = Period(48, TimeUnit.HOUR, CN).due(at("2025-03-06 10:20")).at
    assert over == at("2025-03-08 11:00"), "a Saturday: hours do not move off it"
    assert Period(8, TimeUnit.HOUR, CN, Counting.RAW).due(at("2025-03-08 10:20")).at == at(
        "2025-03-08 18:20"
    )


@pytest.mark.parametrize(
    ("start", "over"),
    [
        ("2025-03-06 10:20", "2025-03-08 11:00"),  # a Saturday: hours do not move off it
        ("2025-03-06 10:00", "2025-03-08 10:00"),
        ("2025-09-30 23:59", "2025-10-03 00:00"),  # into the holidays
    ],
)
def test_hours_of_procedure_run_from_the_next_full_hour_and_end_on_any_day(
    start: str, over: str
) -> None:
    period = Period(48, TimeUnit.HOUR, CN, Counting.HOURS_OF_PROCEDURE)
    due, steps = period.explain(at(start))
    assert due.at == at(over) and not due.provisional
    assert "第八十五条" in steps[0].text("zh") and "CPLI art. 125" in steps[0].text("en")


def test_hours_of_procedure_before_an_hour_leave_out_the_hour_that_has_begun() -> None:
    period = Period(48, TimeUnit.HOUR, CN, Counting.HOURS_OF_PROCEDURE, backward=True)
    assert period.due(at("2025-03-06 10:20")).at == at("2025-03-04 10:00")


@pytest.mark.parametrize(
    ("start", "length", "unit", "expected"),
    [
        ("2025-03-03", 1, "week", "2025-03-10"),
        ("2025-03-08", 1, "week", "2025-03-17"),  # a Saturday, moved
        ("2025-01-22", 2, "week", "2025-02-05"),
    ],
)
def test_a_week_is_seven_days(start: str, length: int, unit: str, expected: str) -> None:
    assert due(start, length, unit) == expected == due(start, 7 * length, "day")
    assert parse_unit("周") is parse_unit("weeks") is TimeUnit.WEEK


@pytest.mark.parametrize(
    ("start", "unit", "deducted", "expected"),
    [
        # 10 days from 5 March end on Saturday 15, moved to Monday 17: it ran till then
        ("2025-03-05", "day", ("2025-03-17", "2025-03-20"), "2025-03-20"),
        ("2025-03-05", "day", ("2025-03-16", "2025-03-20"), "2025-03-20"),
        ("2025-03-05", "day", ("2025-03-17", "2025-03-22"), "2025-03-24"),
        ("2025-03-05", "day", ("2025-03-18", "2025-03-22"), "2025-03-17"),
        # on the last day itself
        ("2025-03-10", "day", ("2025-03-20", "2025-03-25"), "2025-03-25"),
        ("2025-03-05", "working-day", ("2025-03-19", "2025-03-22"), "2025-03-24"),
    ],
)
def test_what_begins_while_a_period_still_runs_carries_it_to_the_day_of_resumption(
    start: str, unit: str, deducted: tuple[str, str], expected: str
) -> None:
    assert due(start, 10, unit, deducted) == expected


def test_hours_too_end_no_earlier_than_they_are_resumed() -> None:
    period = Period(48, TimeUnit.HOUR, CN, Counting.HOURS_OF_PROCEDURE)
    stay = Deduction(date(2025, 3, 8), date(2025, 3, 10))
    due, steps = period.explain(at("2025-03-06 10:20"), [stay])
    assert due.at == at("2025-03-10 11:00") and "2025-03-08" in steps[-1].zh
    for open_since in (date(2025, 3, 6), date(2025, 3, 8)):
        with pytest.raises(StillDeducted):
            period.due(at("2025-03-06 10:20"), [Deduction(open_since, None)])


def test_a_day_is_over_at_midnight_in_shanghai() -> None:
    assert Period(3, TimeUnit.DAY, CN).due(datetime(2025, 3, 3, 17, tzinfo=UTC)).at == at(
        "2025-03-08 00:00"
    )


@pytest.mark.parametrize("length", [0, -1, True, "3"])
def test_a_length_that_makes_no_sense_is_refused(length: int) -> None:
    with pytest.raises(BadLength):
        Period(length, TimeUnit.DAY, CN)


@pytest.mark.parametrize("length", [0, -1])
def test_nothing_is_extended_by_nothing(length: int) -> None:
    with pytest.raises(BadLength):
        Extension(length, TimeUnit.DAY, "chief")


def test_other_bad_input_has_typed_errors() -> None:
    with pytest.raises(NaiveDatetime):
        Period(3, TimeUnit.DAY, CN).due(datetime(2025, 3, 3, 10))
    with pytest.raises(BadDeduction):
        Deduction(date(2025, 3, 3), date(2025, 3, 1))
    with pytest.raises(UnknownUnit):
        parse_unit("fortnight")
    with pytest.raises(UnknownCounting):
        Period(3, TimeUnit.WORKING_DAY, CN, Counting.LITIGATION)
    with pytest.raises(DateOutsideCalendar):
        Period(3, TimeUnit.DAY, CN).due(date(1900, 1, 1))
    with pytest.raises(BadLength):
        Period(10**9, TimeUnit.DAY, CN).due(date(2025, 1, 1))
    with pytest.raises(StillDeducted):
        Period(30, TimeUnit.DAY, CN).due(date(2025, 3, 3), [Deduction(date(2025, 3, 10), None)])


def test_of_several_limits_the_stricter_binds() -> None:
    short, long = (
        Period(3, TimeUnit.DAY, CN).due(date(2025, 3, 3)),
        Period(10, TimeUnit.DAY, CN).due(date(2025, 3, 3)),
    )
    assert stricter([long, short]) is short


@pytest.mark.parametrize(
    ("taken_in", "days", "released"),
    [
        ("2025-03-03 00:00", 15, "2025-03-18"),
        ("2025-03-03 23:59", 15, "2025-03-18"),  # at whatever hour: the day counts
        ("2024-02-20 09:00", 10, "2024-03-01"),  # over a leap day
        ("2025-12-20 09:00", 15, "2026-01-04"),  # a working Sunday after New Year
        ("2025-01-14 09:00", 15, "2025-01-29"),  # the Spring Festival: not moved
        ("2025-03-03 09:00", 1, "2025-03-04"),
    ],
)
def test_custody_ends_so_many_days_after_the_day_of_reception(
    taken_in: str, days: int, released: str
) -> None:
    due, steps = Period(days, TimeUnit.DAY, CN, Counting.CUSTODY).explain(at(taken_in))
    assert str(due.day) == released
    assert steps[0].zh == f"自 {taken_in[:10]} 收拘起算，当日至次日为一日"
    assert steps[0].article_zh == "拘留所条例第三十二条"


@pytest.mark.parametrize(
    ("written", "closes"),
    [
        ("", datetime(2025, 3, 11, 0, 0)),
        ('day_ends: "24:00"', datetime(2025, 3, 11, 0, 0)),
        ('day_ends: "16:30"', datetime(2025, 3, 10, 16, 30)),
    ],
)
def test_a_day_closes_when_the_calendar_says(
    tmp_path: Path, written: str, closes: datetime
) -> None:
    file = tmp_path / "court.yaml"
    file.write_text(f"id: court\nbase: cn\n{written}\n")
    calendar = load_overlay(file)
    assert calendar.end_of(date(2025, 3, 10)) == closes.replace(tzinfo=calendar.zone)


def test_without_a_calendar_every_day_is_a_working_day() -> None:
    plain = plain_calendar()
    assert all(plain.is_working(date(2025, 10, day)) for day in range(1, 32))
    assert Period(5, TimeUnit.DAY, plain).due(date(2025, 9, 30)).day == date(2025, 10, 5)
