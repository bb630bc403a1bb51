"""The lists that people ask for on a database of a million cases: milliseconds each."""

from __future__ import annotations

import itertools
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from zhixing.engine import Actor, Engine, VirtualClock

from .definitions import ring
from .measure import Row, milliseconds

COUNT = 1_000_000
COURTS = 100
ASKED = 25
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)

_SERIES = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})",
        "n",
    ),
    "postgresql": ("", "generate_series(1, {count}) AS n(i)"),
}
_CLOSED = "(i / 100) % 2 = 0"
_CASES = """
INSERT INTO zx_cases (court, id, number, number_key, officer, state, closed_at, closing_mode,
  wake_at, procedure, definition_hash, version, data, particulars, opened_at, updated_at)
{series} SELECT 'court-' || (i % {courts}), 'case-' || i, '（2025）执' || i || '号',
  '(2025)执' || i || '号', 'officer-' || (i % 3000),
  CASE WHEN {closed} THEN 'done' ELSE t.state END,
  CASE WHEN {closed} THEN t.opened_at END, CASE WHEN {closed} THEN 'done' END,
  CASE WHEN NOT {closed} THEN t.wake_at END, t.procedure, t.definition_hash, t.version, t.data,
  t.particulars, t.opened_at, t.updated_at
FROM zx_cases t, {source} WHERE t.id = 'first'
"""
_DEADLINES = """
INSERT INTO zx_deadlines (court, id, case_id, status, live, wake_at, ended_at, rule, key, start,
  due_day, due_at, warned, escalated, round, provisional, calendar_version, watcher, extensions)
{series} SELECT 'court-' || (i % {courts}), 'case-' || i || '.1.0', 'case-' || i,
  CASE WHEN {closed} THEN 'met' WHEN i % 101 = 0 THEN 'expired' ELSE 'running' END, NOT ({closed}),
  CASE WHEN NOT {closed} AND i % 101 <> 0 THEN t.wake_at END, CASE WHEN {closed} THEN t.start END,
  t.rule, t.key, t.start, t.due_day, t.due_at, t.warned, t.escalated, t.round, t.provisional,
  t.calendar_version, t.watcher, t.extensions
FROM zx_deadlines t, {source} WHERE t.case_id = 'first'
"""
_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    " AND tbl_name IN ('zx_cases', 'zx_deadlines')",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE tablename IN ('zx_cases', 'zx_deadlines') AND indexname NOT LIKE '%_pk'",
}


def rows(postgresql: Callable[[], str]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return [
            *_on("SQLite", f"sqlite:///{Path(folder)}/million.db"),
            *_on("PostgreSQL", postgresql()),
        ]


def _on(name: str, url: str) -> Iterator[Row]:
    clock = VirtualClock(NOW)
    with Engine(
        url, ring(), clock=clock, upgrade=True, synchronous="NORMAL", drafts=True
    ) as engine:
        engine.open_case("ring", id="first", actor=Actor.of("li", "officer"))
        _fill(engine.database)
        for question, ask in _questions(engine).items():
            assert ask()
            found = statistics.median(milliseconds(ask) for _ in range(ASKED))
            what = f"{question} of a million cases, {name}"
            yield Row(what, found, target="< 10 ms, by index", unit="ms")


def _questions(engine: Engine) -> dict[str, Callable[[], object]]:
    """Each asks about another court or number every time."""
    numbers = itertools.count(7)

    def court() -> str:
        return f"court-{next(numbers) % COURTS}"

    def number() -> str:
        return f"（2025）执{next(numbers) * 7919 % COUNT}号"

    return {
        "query(court)": lambda: engine.query(court=court()),
        "query(court, open_only)": lambda: engine.query(court=court(), open_only=True),
        "query(number)": lambda: engine.query(number=number()),
        "overdue(limit=100)": lambda: engine.overdue(limit=100),
    }


def _fill(database: sa.Engine) -> None:
    """A million cases, half of them closed, each with a deadline; one in 200 is overdue."""
    with database.begin() as connection, _without_indexes(connection):
        series, source = (s.format(count=COUNT) for s in _SERIES[connection.dialect.name])
        words = {"series": series, "source": source, "courts": COURTS, "closed": _CLOSED}
        for text in (_CASES, _DEADLINES):
            filled = text.format(**words)
            connection.exec_driver_sql(filled.replace("%", _percent(connection)))
    if database.dialect.name == "postgresql":  # it does so by itself, a little later
        with database.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def _percent(connection: sa.Connection) -> str:
    """psycopg takes a single one for a parameter."""
    return "%%" if connection.dialect.paramstyle in ("pyformat", "format") else "%"


@contextmanager
def _without_indexes(connection: sa.Connection) -> Iterator[None]:
    """Indexes are made again once the rows are there: that is many times as fast."""
    text = _INDEXES[connection.dialect.name].replace("%", _percent(connection))
    indexes = connection.exec_driver_sql(text).all()
    for name, _ in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        connection.exec_driver_sql(definition)
