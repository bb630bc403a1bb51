"""The column types of the revisions from 0001 on.

Frozen: what an old revision means never changes. Another meaning is another module.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType


class Json(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "JSON"


class Moment(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "TEXT"


class Day(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "TEXT"


@compiles(Json, "postgresql")
def _jsonb(element: Any, compiler: Any, **kw: Any) -> str:
    return "JSONB"


@compiles(Moment, "postgresql")
def _timestamptz(element: Any, compiler: Any, **kw: Any) -> str:
    return "TIMESTAMP WITH TIME ZONE"


@compiles(Day, "postgresql")
def _date(element: Any, compiler: Any, **kw: Any) -> str:
    return "DATE"
