"""Periods of law counted day by day, written from the statutes and not from the library: slow,
small, independent.

Civil Procedure Law art. 85: the starting day does not count; when the last day is a statutory
holiday, the period ends on the first day after it. A month ends on the day of the same number, or
the month's last day (Civil Code art. 202). Days inside (from, to] of a deduction do not count. One
that begins before the period is over, be it on its last day or on one that this moved to, carries
the last day to the day on which it ends.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

DAY = timedelta(days=1)


@cache
def notices() -> dict[date, str]:
    path = Path(__file__).parent.parent / "data" / "cn_calendar_2004_2026.csv"
    with path.open() as file:
        return {date.fromisoformat(row["date"]): row["status"] for row in csv.DictReader(file)}


def rests(day: date) -> bool:
    status = notices().get(day)
    if status is not None:
        return status == "off"
    return day.weekday() >= 5


def same_day_later(day: date, months: int) -> date:
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def due(
    start: date,
    length: int,
    unit: str,
    backward: bool = False,
    deducted: tuple[tuple[date, date], ...] = (),
) -> date:
    step = -DAY if backward else DAY

    def counts(day: date) -> bool:
        return not any(since < day <= until for since, until in deducted)

    def moved(day: date) -> date:
        while rests(day):
            day += step
        return day

    if unit in ("month", "year"):
        sign = -1 if backward else 1
        end = same_day_later(start, sign * length * (12 if unit == "year" else 1))
        owed = 0
        day = start
        while day != end:  # every deducted day on the way is owed
            day += step
            owed += not counts(day)
    else:
        end, owed = start, length
    while owed:
        end += step
        if counts(end) and not (unit == "working-day" and rests(end)):
            owed -= 1
    last = end if unit == "working-day" else moved(end)
    for since, until in sorted(deducted):
        if not backward and since <= last and until > end:
            end = until
            last = moved(end)
    return last
