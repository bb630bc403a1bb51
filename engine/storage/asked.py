"""What a question asks of rows, as conditions and as columns: what is not asked is left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import eq
from typing import Any

from sqlalchemy import Column, ColumnElement


def asked(
    wanted: Mapping[Column[Any], Any], compare: Callable[[Any, Any], Any] = eq
) -> list[ColumnElement[bool]]:
    """Each column compared with the value that is asked of it; with None any value will do."""
    return [compare(column, value) for column, value in wanted.items() if value is not None]


def picked(row: Mapping[Any, Any], names: Iterable[str]) -> dict[str, Any]:
    """Of a row, what stands in the columns of these names."""
    return {name: row[name] for name in names}
