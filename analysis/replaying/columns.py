"""What the columns of a log carry, as the fields of a case take it: logs write days and times in
ways of their own, on the clock of the place where they were kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from ...workflow.model.field_types import FieldType

Read = Callable[[str, ZoneInfo], str]
"""From the text of a column to that of a field, with the zone of the definition."""

_DAY_AND_MORE = 11
"""A day alone has one character fewer."""


def as_written(text: str, zone: ZoneInfo) -> str:
    """A text as the log has it."""
    return text


def _day(text: str, zone: ZoneInfo) -> str:
    """The local day of a time; what is none stays, and the field says what it takes."""
    moment = _moment(text)
    if moment is None or len(text) < _DAY_AND_MORE:
        return text
    local = moment.astimezone(zone) if moment.tzinfo else moment
    return local.date().isoformat()


def _time(text: str, zone: ZoneInfo) -> str:
    """A time without an offset is one of the definition's zone."""
    moment = _moment(text)
    if moment is None or moment.tzinfo is not None:
        return text
    return moment.replace(tzinfo=zone).isoformat()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


_READ: dict[FieldType, Read] = {FieldType.DATE: _day, FieldType.DATETIME: _time}


def reader_of(kind: FieldType) -> Read:
    """How a column is read for a field of a type."""
    return _READ.get(kind, as_written)
