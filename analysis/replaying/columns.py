"""What the columns of a log carry, as the fields of a case take it: logs write days and times in
ways of their own, on the clock of the place where they were kept."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from ...workflow.model.field_types import FieldType
from ..reading.times import in_zone, moment

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
    return in_zone(found.at, zone).astimezone(zone).date().isoformat()


def _time(text: str, zone: ZoneInfo) -> str:
    """A time without an offset is one of the definition's zone."""
    found = moment(text)
    return text if found is None else in_zone(found.at, zone).isoformat()


_READ: dict[FieldType, Read] = {FieldType.DATE: _day, FieldType.DATETIME: _time}


def reader_of(kind: FieldType) -> Read:
    """How a column is read for a field of a type."""
    return _READ.get(kind, as_written)
