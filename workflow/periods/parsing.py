"""Units, days and deductions from the text that people type."""

from __future__ import annotations

import re
from datetime import date

from ..errors import BadDate, UnknownUnit
from .adjustments import Deduction
from .counting import TimeUnit

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNITS = {
    **{unit.value: unit for unit in TimeUnit},
    **{f"{unit.value}s": unit for unit in TimeUnit},
    "小时": TimeUnit.HOUR,
    "日": TimeUnit.DAY,
    "天": TimeUnit.DAY,
    "周": TimeUnit.WEEK,
    "星期": TimeUnit.WEEK,
    "工作日": TimeUnit.WORKING_DAY,
    "月": TimeUnit.MONTH,
    "年": TimeUnit.YEAR,
}


def parse_unit(text: str) -> TimeUnit:
    """A unit by its name, in English (singular or plural) or Chinese. Raises `UnknownUnit`."""
    unit = _UNITS.get(text.strip().lower().replace("_", "-"))
    if unit is None:
        raise UnknownUnit(unit=text, known=", ".join(TimeUnit))
    return unit


def parse_day(text: str) -> date:
    """An ISO date. Raises `BadDate`."""
    try:
        if _DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:  # a day that no calendar has
        pass
    raise BadDate(value=text)


def parse_deduction(text: str) -> Deduction:
    """`FROM..TO`, or `FROM..` for one that still runs. Raises `BadDate`, `BadDeduction`."""
    since, separator, until = text.partition("..")
    if not separator:
        raise BadDate(value=text)
    return Deduction(parse_day(since), parse_day(until) if until.strip() else None)
