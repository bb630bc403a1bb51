"""Days and times as logs write them: ISO 8601, and what spreadsheets and people in China write."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(
    r"(?P<year>\d{4}) ?[-/.年] ?(?P<month>\d{1,2}) ?[-/.月] ?(?P<day>\d{1,2}) ?日?"
    r"(?:[T ]*(?P<hour>\d{1,2}) ?[:时点] ?(?:(?P<minute>\d{1,2}) ?分?)?"
    r"(?::?(?P<second>\d{1,2}) ?秒?)?)?"
)
"""`2025/3/3 9:00`, `2025.3.3`, `2025年3月3日 9时05分`."""
_LONGEST = 100
_YEARS = range(1800, 9999)
"""Others are slips of the keyboard, and `9999-12-31` says that nobody knows."""
_LENGTH_OF_DAY = len("2025-03-03")
"""No time with an hour is as short."""


class Moment(NamedTuple):
    """A time as a log has it, with an offset or without; or a day alone, at its beginning."""

    at: datetime
    is_day: bool


def moment(text: str | None) -> Moment | None:
    """The time or day that a text is; none where it is neither."""
    plain = (text or "").strip()[:_LONGEST]
    found = _iso(plain) or _written(unicodedata.normalize("NFKC", plain))
    return found if found is not None and found.at.year in _YEARS else None


def in_zone(at: datetime, zone: ZoneInfo) -> datetime:
    """A time without an offset is one of a zone."""
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _iso(text: str) -> Moment | None:
    try:
        return Moment(datetime.fromisoformat(text), len(text) <= _LENGTH_OF_DAY)
    except ValueError:
        return None


def _written(text: str) -> Moment | None:
    """A time as a spreadsheet or a person writes it; no such day is none."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    try:
        at = datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
    return Moment(at, found["hour"] is None)
