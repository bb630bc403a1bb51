"""A deadline's rule as a period of law."""

from __future__ import annotations

from datetime import timedelta

from .calendars import Calendar
from .models import Deadline
from .periods import Counting, Period, Unit


def period_of(rule: Deadline, length: int, calendar: Calendar) -> Period:
    """The period a deadline's rule counts; `working-day` implies its own counting."""
    return Period(length, rule.unit, calendar, counting_of(rule), rule.backward)


def counting_of(rule: Deadline) -> Counting:
    """How a rule counts; working days imply their own counting."""
    if rule.unit is Unit.WORKING_DAY and rule.counting is Counting.LITIGATION:
        return Counting.WORKING
    return rule.counting


def lead(text: str) -> timedelta:
    """How long before the last day a warning goes out: `3d`, `12h`."""
    amount = int(text[:-1])
    return timedelta(days=amount) if text.endswith("d") else timedelta(hours=amount)


def starts_with_day(rule: Deadline) -> bool:
    """Whether a deadline takes effect as its last day begins, not when it is over."""
    return rule.expires == "start-of-day" and rule.unit is not Unit.HOUR
