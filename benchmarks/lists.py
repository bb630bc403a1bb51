"""The lists that people ask for on a database of a million cases: milliseconds each."""

from __future__ import annotations

import itertools
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zhixing.court import CourtLists
from zhixing.engine import Actor, Charter, Engine, VirtualClock
from zhixing.engine.charter.files import charter_from_text

from .definitions import ring
from .measure import Row, milliseconds

COUNT = 1_000_000
COURTS = 100
ASKED = 25
PAGE = 50
PRESIDENT = Actor.of("president", "president@all")
_CHARTER = """
charter: all
title: {{zh: 全省, en: the province}}
version: 1
organisation:
  all: {{level: province, title: {{zh: 全省, en: the province}}}}
{courts}
roles:
  president: {{title: {{zh: 院长, en: president}}}}
  officer: {{title: {{zh: 承办人, en: officer}}}}
powers:
  change_charter: {{by: officer, decided_by: president}}
  oversee: {{by: president}}
"""
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
  CASE WHEN {closed} THEN {opened_at} END, CASE WHEN {closed} THEN 'done' END,
  CASE WHEN NOT {closed} THEN t.wake_at END, t.procedure, t.definition_hash, t.version, t.data,
  t.particulars, {opened_at}, t.updated_at
FROM zx_cases t, {source} WHERE t.id = 'first'
"""
_DEADLINES = """
INSERT INTO zx_deadlines (court, id, case_id, status, live, wake_at, ended_at, rule, key, start,
  due_day, due_at, warned, escalated, round, provisional, calendar_version, watcher, extensions)
{series} SELECT 'court-' || (i % {courts}), 'case-' || i || '.1.0', 'case-' || i,
  CASE WHEN {closed} THEN 'met' WHEN i % 101 = 0 THEN 'expired' ELSE 'running' END, NOT ({closed}),
  CASE WHEN NOT {closed} AND i % 101 <> 0 THEN t.wake_at END, CASE WHEN {closed} THEN t.start END,
  t.rule, t.key, t.start, t.due_day, {due_at}, t.warned, t.escalated, t.round, t.provisional,
  t.calendar_version, t.watcher, t.extensions
FROM zx_deadlines t, {source} WHERE t.case_id = 'first'
"""
_TASKS = """
INSERT INTO zx_tasks (court, id, case_id, kind, name, pool, status, claimed_by, offered_at)
{series} SELECT 'court-' || (i % {courts}), 'case-' || i || '.t0', 'case-' || i, 'task', 'file',
  CASE WHEN i % 3 = 0 THEN 'clerk' ELSE 'officer,chief' END, 'offered', '', {opened_at}
FROM zx_cases t, {source} WHERE t.id = 'first' AND NOT ({closed}) AND i % 5 = 0
"""
_FUNDS = """
INSERT INTO zx_funds (court, id, case_id, account, held, deposited, since, claim)
{series} SELECT 'court-' || (i % {courts}), 'case-' || i || '.funds', 'case-' || i, 'funds',
  100 * (i % 997), 0, CASE WHEN i % 997 > 0 THEN {opened_at} END, 1000000
FROM zx_cases t, {source} WHERE t.id = 'first' AND NOT ({closed}) AND i % 3 = 0
"""
_FOUND = """
INSERT INTO zx_found (court, id, case_id, name, place, value, shown, is_gone)
{series} SELECT 'court-' || (i % {courts}), 'case-' || i || '/debtor/debtor', 'case-' || i,
  'debtor', 'debtor', 'debtor-' || (i % {debtors}), '{{}}', {no}
FROM {source}
"""
DEBTORS = 200_000
_NO = {"sqlite": "0", "postgresql": "FALSE"}
_LATER = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S.000000Z', t.{column}, '-' || (i % 700) || ' days')",
    "postgresql": "t.{column} - (i % 700) * interval '1 day'",
}
_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    " AND tbl_name IN ('zx_cases', 'zx_deadlines', 'zx_tasks', 'zx_funds', 'zx_found')",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE tablename IN ('zx_cases', 'zx_deadlines', 'zx_tasks', 'zx_funds', 'zx_found')"
    " AND indexname NOT LIKE '%_pk'",
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
        crowd(engine)
        for question, ask in _questions(engine).items():
            assert ask()
            found = statistics.median(milliseconds(ask) for _ in range(ASKED))
            what = f"{question} of a million cases, {name}"
            yield Row(what, found, target="< 10 ms, by index", unit="ms")
        for question, ask in _pages(engine).items():
            found = statistics.median(milliseconds(ask) for _ in range(ASKED))
            what = f"a page of {question}, a million cases, {name}"
            yield Row(what, found, target="<= 50 ms", unit="ms")


def crowd(engine: Engine) -> None:
    """Fill an empty database: a hundred courts of a province, with the cases of each."""
    engine.set_first_charter(_province())
    officer = Actor.of("li", "officer@court-0")
    engine.open_case("ring", id="first", court="court-0", actor=officer)
    _fill(engine.database)


def _province() -> Charter:
    """A charter of all courts below one."""
    courts = "".join(
        f"  court-{n}: {{level: court, under: all, title: {{zh: 法院{n}, en: court {n}}}}}\n"
        for n in range(COURTS)
    )
    return charter_from_text(_CHARTER.format(courts=courts))


def _pages(engine: Engine) -> dict[str, Callable[[], object]]:
    """A page in the midst of each list, of another court every time; and of the whole province."""
    lists, numbers = CourtLists(engine), itertools.count(11)
    first = {
        name: getattr(lists, name)(actor=PRESIDENT, court="court-7", limit=PAGE)
        for name in ("cases", "closed", "due", "overdue", "tasks")
    }

    def court() -> str:
        return f"court-{next(numbers) % COURTS}"

    def officer() -> str:
        return f"officer-{next(numbers) % 3000}"

    def page(name: str, **asked: Any) -> object:
        return getattr(lists, name)(actor=PRESIDENT, limit=PAGE, **asked)

    questions = {f"{name}(court)": lambda name=name: page(name, court=court()) for name in first}
    questions |= {
        f"{name}(court), the next": lambda name=name: page(
            name, court="court-7", cursor=first[name].cursor
        )
        for name in first
    }
    questions |= {
        f"{name}(officer)": lambda name=name: page(name, officer=officer())
        for name in ("cases", "due")
    }
    questions |= {f"{name}()": lambda name=name: page(name) for name in first}
    return questions | {
        "due(rule, court)": lambda: page("due", court=court(), rule="next"),
        "tasks(role, court)": lambda: page("tasks", court=court(), role="clerk"),
        "cases(state, court)": lambda: page("cases", court=court(), state="a"),
        "cases(a debtor, court)": lambda: page(
            "cases", court="court-7", where={"debtor": f"debtor-{7 + 100 * next(numbers)}"}
        ),
        "cases(a debtor)": lambda: page("cases", where={"debtor": f"debtor-{next(numbers)}"}),
        "money(court)": lambda: page("money", court=court()),
        "money()": lambda: page("money"),
        "stuck(idle, court)": lambda: lists.stuck("idle", actor=PRESIDENT, court=court()),
    }


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
        for column in ("opened_at", "due_at"):
            words[column] = _LATER[connection.dialect.name].format(column=column)
        words |= {"debtors": DEBTORS, "no": _NO[connection.dialect.name]}
        for text in (_CASES, _DEADLINES, _TASKS, _FUNDS, _FOUND):
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
