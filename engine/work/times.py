"""When something happened, and when it is recorded."""

from __future__ import annotations

from datetime import date, datetime

from ...workflow.errors import NaiveDatetime
from ...workflow.periods.calendars import Calendar
from ..errors import BadTime

_FIRST_YEAR = 1000
"""Before it nothing happens: at the ends of time no zone can be taken off."""


def when(
    happened_at: datetime | date | None, calendar: Calendar, now: datetime
) -> tuple[datetime, datetime | None]:
    """When something happened, and when it is entered where that is later.

    A day is its end, or now: whatever happened that day happened before. Raises `BadTime`,
    `NaiveDatetime`.
    """
    if happened_at is None:
        return now, None
    if not isinstance(happened_at, date):  # a datetime is one too
        zh, en = "应为日期或带时区的时间", "it is a day, or a time with its zone"
        raise BadTime(value=happened_at, why_zh=zh, why_en=en)
    if happened_at.year < _FIRST_YEAR:
        raise BadTime(value=happened_at, why_zh="过早", why_en="it is too early")
    if isinstance(happened_at, datetime):
        if happened_at.tzinfo is None:
            raise NaiveDatetime(value=happened_at)
        if happened_at > now:
            raise _after_now(happened_at)
        return happened_at, now
    today = calendar.local_day(now)
    if happened_at > today:
        raise _after_now(happened_at)
    if happened_at == today:
        return now, None
    return calendar.last_moment_of(happened_at), now


def _after_now(value: object) -> BadTime:
    return BadTime(value=value, why_zh="不得晚于现在", why_en="it is not after now")
