"""When something happened, and when it is recorded."""

from __future__ import annotations

from datetime import date, datetime

from ...workflow.errors import NaiveDatetime
from ...workflow.periods.calendars import Calendar
from ..errors import BadTime


def when(
    happened_at: datetime | date | None, calendar: Calendar, now: datetime
) -> tuple[datetime, datetime | None]:
    """When something happened, and when it is entered where that is later.

    A day is its end, or now: whatever happened that day happened before. Raises `BadTime`.
    """
    if happened_at is None:
        return now, None
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
