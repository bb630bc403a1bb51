"""When something happened, and when it is recorded."""

from __future__ import annotations

from datetime import date, datetime

from ...workflow.periods.calendars import Calendar
from ..clock import check_aware
from ..errors import BadTime

_FIRST_YEAR = 1000
"""Before it nothing happens: at the ends of time no zone can be taken off."""


def when(
    happened_at: datetime | date | None, calendar: Calendar, now: datetime
) -> tuple[datetime, datetime | None]:
    """When something happened, and when it is entered where that is later.

    Raises `BadTime`, `NaiveDatetime`.
    """
    if happened_at is None:
        return now, None
    moment = moment_of(happened_at, calendar, now)
    is_today = moment == now and not isinstance(happened_at, datetime)
    return moment, None if is_today else now


def moment_of(given: datetime | date, calendar: Calendar, now: datetime) -> datetime:
    """The instant of what happened by now. A day is its end, today is now.

    So whatever happened on a day happened before. Raises `BadTime`, `NaiveDatetime`.
    """
    if not isinstance(given, date):  # a datetime is one too
        raise _bad(given, "应为日期或带时区的时间", "it is a day, or a time with its zone")
    if given.year < _FIRST_YEAR:
        raise _bad(given, "过早", "it is too early")
    if isinstance(given, datetime):
        check_aware(given)
        if given > now:
            raise _after_now(given)
        return given
    today = calendar.local_day(now)
    if given > today:
        raise _after_now(given)
    return now if given == today else calendar.last_moment_of(given)


def check_begun(moment: datetime, opened_at: datetime) -> None:
    """Nothing happens to a case before it was opened. Raises `BadTime`."""
    if moment < opened_at:
        raise _bad(moment, "早于立案", "it is before the case was opened")


def _after_now(value: object) -> BadTime:
    return _bad(value, "不得晚于现在", "it is not after now")


def _bad(value: object, zh: str, en: str) -> BadTime:
    return BadTime(value=value, why_zh=zh, why_en=en)
