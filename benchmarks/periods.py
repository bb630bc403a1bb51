"""Working days added per second, beside chinesecalendar day by day and bisection in a plain list."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from zhixing.workflow import Counting, Period, TimeUnit, national_calendar

from .measure import Row, side_by_side

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
    ours, slow = side_by_side(_ours, _day_by_day)
    again, bare = side_by_side(_ours, _bisect)
    due, naive = side_by_side(_periods, _day_by_day)
    return [
        Row("add 10 working days", ours, "chinesecalendar day by day", slow, "≥ 300 000/s"),
        Row("add 10 working days", again, "bisect in a list, no date made", bare),
        Row(
            "whole due dates (7 days, rolled, days repeat)",
            due,
            "chinesecalendar day by day",
            naive,
        ),
    ]
