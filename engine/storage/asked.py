"""What a question asks of rows, as conditions: what is not asked is left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq
from typing import Any

from sqlalchemy import Column, ColumnElement


def asked(
    wanted: Mapping[Column[Any], Any], compare: Callable[[Any, Any], Any] = eq
) -> list[ColumnElement[bool]]:
    """Each column compared with the value that is asked of it; with None any value will do."""
    return [compare(column, value) for column, value in wanted.items() if value is not None]
