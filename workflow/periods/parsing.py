"""Units, days and deductions from the text that people type."""

from __future__ import annotations

from datetime import date

from ..errors import BadDate, UnknownUnit
from .adjustments import Deduction
from .counting import TimeUnit


def parse_unit(text: str) -> TimeUnit:
    """A unit by its name, in English (singular or plural) or Chinese. Raises `UnknownUnit`."""
    known = {unit.value: unit for unit in TimeUnit}
    known |= {f"{unit.value}s": unit for unit in TimeUnit}
    known |= {
        "小时": TimeUnit.HOUR,
        "日": TimeUnit.DAY,
        "天": TimeUnit.DAY,
        "工作日": TimeUnit.WORKING_DAY,
        "月": TimeUnit.MONTH,
        "年": TimeUnit.YEAR,
    }
    try:
        return known[text.strip().lower().replace("_", "-")]
    except KeyError:
        raise UnknownUnit(unit=text, known=", ".join(unit.value for unit in TimeUnit)) from None


def parse_day(text: str) -> date:
    """An ISO date. Raises `BadDate`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadDate(value=text) from None


def parse_deduction(text: str) -> Deduction:
    """`FROM..TO`, or `FROM..` for one that still runs. Raises `BadDate`, `BadDeduction`."""
    since, separator, until = text.partition("..")
    if not separator:
        raise BadDate(value=text)
    return Deduction(parse_day(since), parse_day(until) if until.strip() else None)
