"""Cases page by page, so that a long run holds no long transaction and can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from ..storage.schema import cases
from ..work.runtime import Runtime

PAGE = 200
Progress = Callable[[int, int], None]
"""Is told how many of how many are done."""


def pages(
    runtime: Runtime, wanted: Sequence[ColumnElement[bool]], size: int = PAGE
) -> Iterator[list[str]]:
    """The ids of the cases that are wanted, in order, each page read in its own transaction."""
    last = ""
    while True:
        query = select(cases.c.id).where(cases.c.id > last, *wanted).order_by(cases.c.id)
        with runtime.transaction(writes=False) as transaction:
            ids = list(transaction.connection.execute(query.limit(size)).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def count(runtime: Runtime, wanted: Sequence[ColumnElement[bool]]) -> int:
    """How many cases are wanted."""
    query: Any = select(func.count()).select_from(cases).where(*wanted)
    with runtime.transaction() as transaction:
        return int(transaction.connection.execute(query).scalar_one())
