"""The holidays that the law names itself, for years whose arrangement nobody has announced.

全国年节及纪念日放假办法: art. 2 names the days (as amended in 1999, 2007, 2013 and 2024), art. 6
gives a day off on a working day for each that falls on a weekend.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class _Festival(NamedTuple):
    """So many days off, from a day of the year (`05-01`) or from `before` days before a lunar one
    (a column of `lunar_days.csv`) on."""

    name: str
    first: str
    days: int
    before: int = 0


_NEW_YEAR = _Festival("元旦", "01-01", 1)
_SPRING = _Festival("春节", "spring_festival", 3)
_SPRING_EVE = _Festival("春节", "spring_festival", 3, before=1)
_QINGMING = _Festival("清明节", "qingming", 1)
_LABOUR = _Festival("劳动节", "05-01", 1)
_DRAGON_BOAT = _Festival("端午节", "dragon_boat", 1)
_MID_AUTUMN = _Festival("中秋节", "mid_autumn", 1)
_NATIONAL = _Festival("国庆节", "10-01", 3)
_TRADITION = (_QINGMING, _DRAGON_BOAT, _MID_AUTUMN)

_SINCE: tuple[tuple[int, tuple[_Festival, ...]], ...] = (
    (
        2025,
        (
            _NEW_YEAR,
            _SPRING_EVE._replace(days=4),
            _LABOUR._replace(days=2),
            *_TRADITION,
            _NATIONAL,
        ),
    ),
    (2014, (_NEW_YEAR, _SPRING, _LABOUR, *_TRADITION, _NATIONAL)),
    (2008, (_NEW_YEAR, _SPRING_EVE, _LABOUR, *_TRADITION, _NATIONAL)),
    (2000, (_NEW_YEAR, _SPRING, _LABOUR._replace(days=3), _NATIONAL)),
    (0, (_NEW_YEAR, _SPRING, _LABOUR, _NATIONAL._replace(days=2))),
)
"""The festivals of each version of the Measures, by the first year of which it was the law."""

MEASURES = _SINCE[0][0]
"""The version that years to come are counted by."""


@cache
def named_by_law(year: int) -> dict[date, str]:
    """The days off of a year as the Measures name them, with those off in their stead."""
    festivals = next(festivals for first, festivals in _SINCE if year >= first)
    named = {day: f.name for f in festivals for day in _days(f, year)}
    in_stead: dict[date, str] = {}
    for day, name in sorted(named.items()):
        if day.weekday() >= _SATURDAY:
            in_stead[_next_worked(day, named.keys() | in_stead.keys())] = f"{name}补假"
    return named | in_stead


def _days(festival: _Festival, year: int) -> Iterator[date]:
    """The days of a festival in a year."""
    written = _lunar_days()[year].get(festival.first) or f"{year}-{festival.first}"
    first = date.fromisoformat(written) - festival.before * _ONE_DAY
    return (first + number * _ONE_DAY for number in range(festival.days))


def _next_worked(day: date, off: frozenset[date] | set[date]) -> date:
    """The first day after one that is neither a weekend nor off."""
    while day.weekday() >= _SATURDAY or day in off:
        day += _ONE_DAY
    return day


@cache
def _lunar_days() -> dict[int, dict[str, str]]:
    """The table of lunar festivals and of Qingming by year."""
    text = files(__package__).joinpath("lunar_days.csv").read_text(encoding="utf-8")
    return {int(row["year"]): row for row in csv.DictReader(text.splitlines())}
