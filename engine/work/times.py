"""When something happened, and when it is recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ...workflow.errors import NaiveDatetime
from ...workflow.periods.calendars import Calendar
from ..errors import BadTime

_FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)


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
        return _within_dates(happened_at), now
    today = calendar.local_day(now)
    if happened_at > today:
        raise _after_now(happened_at)
    if happened_at == today:
        return now, None
    return calendar.last_moment_of(happened_at), now


def _within_dates(moment: datetime) -> datetime:
    """An instant that has a date in every zone. Raises `BadTime`."""
    if moment < _FIRST:
        raise BadTime(value=moment, why_zh="早于公元1年", why_en="it is before the year 1")
    return moment


def _after_now(value: object) -> BadTime:
    return BadTime(value=value, why_zh="不得晚于现在", why_en="it is not after now")
