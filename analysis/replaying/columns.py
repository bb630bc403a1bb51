"""What the columns of a log carry, as the fields of a case take it: logs write days and times in
ways of their own, on the clock of the place where they were kept."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from ...workflow.model.field_types import FieldType
from ..reading.times import moment

Read = Callable[[str, ZoneInfo], str]
"""From the text of a column to that of a field, with the zone of the definition."""


def as_written(text: str, zone: ZoneInfo) -> str:
    """A text as the log has it."""
    return text


def _day(text: str, zone: ZoneInfo) -> str:
    """The local day of a time; what is none stays, and the field says what it takes."""
    found = moment(text)
    if found is None:
        return text
    local = found.at.astimezone(zone) if found.at.tzinfo else found.at
    return local.date().isoformat()


def _time(text: str, zone: ZoneInfo) -> str:
    """A time without an offset is one of the definition's zone."""
    found = moment(text)
    if found is None or found.at.tzinfo is not None:
        return text
    return found.at.replace(tzinfo=zone).isoformat()


_READ: dict[FieldType, Read] = {FieldType.DATE: _day, FieldType.DATETIME: _time}


def reader_of(kind: FieldType) -> Read:
    """How a column is read for a field of a type."""
    return _READ.get(kind, as_written)
