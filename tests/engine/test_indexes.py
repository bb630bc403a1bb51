"""The lists that people ask for are found by index: the plans of the very statements are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from zhixing.engine import Engine

CASES = 30_000
_SERIES = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) ",
        "n",
    ),
    "postgresql": ("", "generate_series(1, {count}) AS n(i)"),
}
_CASES = """
INSERT INTO zx_cases (court, id, procedure, definition_hash, state, version, number, number_key,
  officer, data, particulars, opened_at, updated_at, closed_at)
{series}SELECT 'court-' || (i % 300), 'case-' || i, 'loan', :hash, 'fresh', 1, '（2025）' || i,
  '(2025)' || i, 'officer-' || (i % 900), '{{}}', '{{}}', '2025-03-03T01:00:00Z',
  '2025-03-03T01:00:00Z',
  CASE WHEN i % 3 = 0 THEN '2025-04-03T01:00:00Z'{stamp} END FROM {source}
"""
_DEADLINES = """
INSERT INTO zx_deadlines (court, id, case_id, rule, key, status, live, start, due_day, due_at,
  warned, escalated, round, provisional, calendar_version, watcher, extensions)
{series}SELECT 'court-' || (i % 300), 'case-' || i || '.1', 'case-' || i, 'answer', '',
  CASE WHEN i % 100 = 0 THEN 'expired' ELSE 'running' END, {yes}, '2025-03-03T01:00:00Z',
  '2025-03-10', '2025-03-10T16:00:00Z', 0, 0, 1, {no}, '1', '', '[]' FROM {source}
"""


@pytest.fixture
def crowded(engine: Engine) -> Engine:
    """A database with so many cases that going through them all would be noticed."""
    with engine.database.begin() as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        series, source = (t.format(count=CASES) for t in _SERIES[connection.dialect.name])
        words = {
            "series": series,
            "source": source,
            "stamp": "::timestamptz" if is_postgresql else "",
            "yes": "true" if is_postgresql else "1",
            "no": "false" if is_postgresql else "0",
        }
        for text in (_CASES, _DEADLINES):
            filled = sa.text(text.format(**words))
            values = {"hash": engine.registry.current("loan").hash} if ":hash" in text else {}
            connection.execute(filled, values)
        connection.exec_driver_sql("ANALYZE")
    return engine


def plans_of(engine: Engine, ask: Callable[[], object]) -> Iterator[str]:
    """The plan of each statement that a question runs."""
    asked: list[tuple[str, Any]] = []

    def keep(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(engine.database, "before_cursor_execute", keep)
    try:
        ask()
    finally:
        sa.event.remove(engine.database, "before_cursor_execute", keep)
    is_postgresql = engine.database.dialect.name == "postgresql"
    with engine.database.connect() as connection:
        for statement, parameters in asked:
            if statement.lstrip().upper().startswith("SELECT") and "zx_" in statement:
                explain = "EXPLAIN " if is_postgresql else "EXPLAIN QUERY PLAN "
                rows = connection.exec_driver_sql(explain + statement, parameters).all()
                yield "\n".join(str(row[-1]) for row in rows)


KEY_OF_CASES = "zx_cases_1"
"""As SQLite calls it; PostgreSQL says `zx_cases_pk`."""

Question = tuple[Callable[[Engine], object], str]
QUESTIONS: dict[str, Question] = {
    "a case": (lambda e: e.case("case-7"), "zx_cases_id"),
    "a court's cases": (lambda e: e.query(court="court-7"), KEY_OF_CASES),
    "a court's open cases": (
        lambda e: e.query(court="court-7", open_only=True),
        "zx_cases_court_open",
    ),
    "the next page": (lambda e: e.query(court="court-7", after="case-15007"), KEY_OF_CASES),
    "a case by its number": (lambda e: e.query(number="（2025）15007"), "zx_cases_number"),
    "an officer's cases": (lambda e: e.query(officer="officer-7"), "zx_cases_officer"),
    "what is overdue": (lambda e: e.overdue(limit=50), "zx_deadlines_overdue"),
    "the sub-procedures of a case": (lambda e: e.query(parent="case-7"), "zx_cases_parent"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_list_is_found_by_its_index(crowded: Engine, question: str) -> None:
    ask, index = QUESTIONS[question]
    plans = list(plans_of(crowded, lambda: ask(crowded)))
    assert index in plans[0].replace("zx_cases_pk", KEY_OF_CASES)
    for plan in plans:
        assert "Seq Scan" not in plan and "SCAN zx_" not in _without_index_scans(plan)
    of_cases = [plan for plan in plans[1:] if "zx_deadlines" in plan]
    assert all("zx_deadlines_case" in plan for plan in of_cases)


def _without_index_scans(plan: str) -> str:
    """SQLite says SCAN … USING INDEX for walking an index in its order."""
    return "\n".join(line for line in plan.splitlines() if "USING" not in line)


def test_every_page_of_what_is_overdue_is_found_by_its_index(
    crowded: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhixing.engine.queries.deadlines._LARGEST_PAGE", 100)
    plans = list(plans_of(crowded, lambda: crowded.overdue(limit=CASES)))
    pages = [plan for plan in plans if "zx_deadlines_overdue" in plan]
    assert len(pages) == CASES // 100 // 100 + 1
    assert all("Seq Scan" not in plan for plan in pages)
    assert all("SCAN zx_" not in _without_index_scans(plan) for plan in pages)
