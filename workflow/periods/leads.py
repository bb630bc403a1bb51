"""How long before a moment, or after it, somebody is told: in hours, days or working days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from .calendars import Calendar

_WRITTEN = re.compile(r"([0-9]+)(d|wd|h)")


@dataclass(frozen=True, slots=True)
class Lead:
    """A step of so much time, or of so many working days.

    `at` is the hour of the day, on the calendar's clock, to which a step of days leads; without it
    the hour stays.
    """

    length: timedelta
    working_days: int = 0
    at: time | None = None

    def before(self, moment: datetime, calendar: Calendar) -> datetime:
        """The moment so long before another. Raises `DateOutsideCalendar`."""
        return self._stepped(moment, -1, calendar)

    def after(self, moment: datetime, calendar: Calendar) -> datetime:
        """The moment so long after another. Raises `DateOutsideCalendar`."""
        return self._stepped(moment, 1, calendar)

    def _stepped(self, moment: datetime, side: int, calendar: Calendar) -> datetime:
        stepped = moment + side * self.length
        if not self.working_days and self.at is None:
            return stepped
        local = stepped.astimezone(calendar.zone)
        day = local.date()
        if self.working_days:
            day = calendar.add_working_days(day, side * self.working_days)
        return datetime.combine(day, self.at or local.time(), calendar.zone)


def parse_lead(text: str, at: time | None = None) -> Lead:
    """`3d`, `2wd` or `12h`; `at` is for days alone: hours are counted to the minute."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(text)
    amount, unit = int(written[1]), written[2]
    if unit == "h":
        return Lead(timedelta(hours=amount))
    if unit == "wd":
        return Lead(timedelta(), amount, at)
    return Lead(timedelta(days=amount), at=at)
