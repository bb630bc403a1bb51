"""Column types that mean the same on SQLite and PostgreSQL: JSON, instants, days."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

from ...workflow.model.field_types import to_json


class Json(UserDefinedType[Any]):
    """JSON with money, dates and times as stored: JSONB on PostgreSQL, text elsewhere."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "JSON"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return dump_json

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return load_json


def dump_json(value: Any) -> str | None:
    if value is None:
        return None
    return "{}" if value == {} else _encode(value)  # most columns of most rows are empty


_encode = json.JSONEncoder(default=to_json, ensure_ascii=False, separators=(",", ":")).encode


def load_json(value: Any) -> Any:
    if value == "{}":  # most columns of most rows are empty
        return {}
    return json.loads(value) if isinstance(value, str | bytes) else value


@compiles(Json, "postgresql")
def _jsonb(element: Any, compiler: Any, **kw: Any) -> str:
    return "JSONB"


class Moment(UserDefinedType[datetime]):
    """An instant: `timestamptz` on PostgreSQL; elsewhere ISO text in UTC, sorting as time does."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else dump_moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return load_moment


@lru_cache(maxsize=4096)
def dump_moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def load_moment(value: Any) -> datetime | None:
    if value is None:
        return None
    found: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    if found.tzinfo is None:
        raise ValueError(f"no moment: {value!a}")
    return found if isinstance(value, str) else found.astimezone(UTC)


def load_known_moment(value: Any) -> datetime:
    """A moment that is never unknown: where there is none the row is damaged."""
    found = load_moment(value)
    if found is None:
        raise ValueError("no moment: None")
    return found


@compiles(Moment, "postgresql")
def _timestamptz(element: Any, compiler: Any, **kw: Any) -> str:
    return "TIMESTAMP WITH TIME ZONE"


class Day(UserDefinedType[date]):
    """A date: native on PostgreSQL, ISO text elsewhere."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return (
            None
            if dialect.name == "postgresql"
            else lambda value: value.isoformat() if value else None
        )

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return load_day


def load_day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


@compiles(Day, "postgresql")
def _date(element: Any, compiler: Any, **kw: Any) -> str:
    return "DATE"
