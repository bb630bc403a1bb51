"""Working days added per CPU second, beside chinesecalendar day by day and bisection in a plain
list."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from zhixing.workflow import Counting, Period, TimeUnit, national_calendar

from .measure import CPU, Row, side_by_side

DAYS = [date(2020, 1, 1) + timedelta(days=i) for i in range(0, 2000, 2)]


def _ours() -> int:
    calendar = national_calendar()
    for day in DAYS:
        calendar.add_working_days(day, 10)
    return len(DAYS)


def _day_by_day() -> int:
    import chinese_calendar

    for day in DAYS[:50]:
        current, left = day, 10
        while left:
            current += timedelta(days=1)
            left -= chinese_calendar.is_workday(current)
    return 50


_ORDINALS = [
    d.toordinal()
    for d in (date(2004, 1, 1) + timedelta(days=i) for i in range(8000))
    if national_calendar().is_working(d)
]


def _bisect() -> int:
    for day in DAYS:
        _ORDINALS[bisect_right(_ORDINALS, day.toordinal()) + 9]
    return len(DAYS)


def _periods() -> int:
    period = Period(7, TimeUnit.DAY, national_calendar(), Counting.LITIGATION)
    for day in DAYS:
        period.due(day)
    return len(DAYS)


def rows() -> list[Row]:
    added, due = "add 10 working days", "whole due dates (7 days, rolled, days repeat)"
    slow = "chinesecalendar day by day"
    compared = (
        (added, _ours, slow, _day_by_day, "≥ 300 000/s"),
        (added, _ours, "bisect in a list, no date made", _bisect, ""),
        (due, _periods, slow, _day_by_day, ""),
    )
    found = []
    for what, ours, ruler, theirs, target in compared:
        figures = side_by_side(ours, theirs, clock=CPU)
        found.append(Row(what, figures[0], ruler, figures[1], target, clock="CPU"))
    return found
