"""How a list is walked from a place on, in the order of its moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Text,
    cast,
    literal,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from .cursors import Place
from .errors import BadCursor


def is_behind(
    connection: Connection, moment: Column[Any], ids: Sequence[Column[Any]], place: Place
) -> ColumnElement[bool]:
    """Whether a row comes after a place. Raises `BadCursor`.

    A moment is compared as the database holds it: on SQLite as text, also where that is none.
    """
    at, *rest = place
    if connection.dialect.name == "postgresql":
        return tuple_(moment, *ids) > tuple_(_instant(str(at)), *rest)
    return tuple_(type_coerce(moment, Text), *ids) > tuple_(literal(at, Text), *rest)


def _instant(moment: str) -> ColumnElement[Any]:
    """A moment as PostgreSQL wrote it."""
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        raise BadCursor from None
    return cast(literal(moment, Text), TIMESTAMP(timezone=True))


def in_order(connection: Connection, place: Place) -> tuple[Any, ...]:
    """What places are sorted by here as the database sorts its rows."""
    at, *rest = place
    is_text = connection.dialect.name != "postgresql"
    return (at if is_text else datetime.fromisoformat(str(at)), *rest)
