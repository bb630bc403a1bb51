"""Pages of lists are found by index, wherever they lie: the plans of their statements are read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks import lists as crowd
from benchmarks.definitions import ring
from tests.engine.test_indexes import plans_of
from zhixing.court import CourtLists
from zhixing.court.lists.stuck import Reason
from zhixing.engine import Engine, VirtualClock
from zhixing.engine.storage import schema
from zhixing.engine.storage.person_rows import said_of
from zhixing.engine.storage.queues import said_of_asset

CASES = 40_000


@pytest.fixture
def crowded(
    database: str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """A hundred courts with so many cases that going through them all would be noticed."""
    monkeypatch.setattr(crowd, "COUNT", CASES)
    with Engine(database, ring(), clock=clock, upgrade=True, drafts=True) as engine:
        crowd.crowd(engine)
        yield engine


ASKED: dict[str, Any] = {"actor": crowd.PRESIDENT, "court": "court-7", "limit": 20}
QUESTIONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "cases": ("cases", {}, "zx_cases_court_opened"),
    "cases in a state": ("cases", {"procedure": "ring", "state": "a"}, "zx_cases_court_state"),
    "an officer's cases": ("cases", {"officer": "officer-7"}, "zx_cases_officer"),
    "a case by its number": ("cases", {"number": "（2025）执7号"}, "zx_cases_number"),
    "a debtor's cases": ("cases", {"where": {"debtor": "debtor-7"}}, "zx_found_value"),
    "money that is held": ("money", {}, "zx_funds_held"),
    "closed cases": ("closed", {}, "zx_cases_court_closed"),
    "cases closed so": ("closed", {"mode": "done"}, "zx_cases_court_"),
    "what is due": ("due", {}, "zx_deadlines_court_due"),
    "a rule that is due": ("due", {"rule": "next"}, "zx_deadlines_court_due"),
    "what is due of an officer": ("due", {"officer": "officer-7"}, "zx_deadlines_case"),
    "what is overdue": ("overdue", {}, "zx_deadlines_"),
    "work": ("tasks", {}, "zx_tasks_court_open"),
    "work of a role": ("tasks", {"role": "clerk"}, "zx_tasks_court_open"),
    "alerts": ("alerts", {}, "zx_alerts_"),
    "late entries": ("late", {}, "zx_history_late"),
    "requests": ("requests", {}, "zx_outbox_court_open"),
}


def test_pages_are_found_by_their_index(crowded: Engine) -> None:
    is_sqlite = crowded.database.dialect.name == "sqlite"
    for asked, (name, filters, index) in QUESTIONS.items():
        found = partial(getattr(CourtLists(crowded), name), **ASKED, **filters)
        cursor = found().cursor
        for more in [{}, {"cursor": cursor}] if cursor else [{}]:
            plans = list(plans_of(crowded, partial(found, **more)))
            if is_sqlite or index.startswith(_FILLED):  # PostgreSQL walks what is empty as it likes
                assert any(index in plan for plan in plans), (asked, plans)
            assert not any(map(is_a_walk, plans)), (asked, plans)


def test_a_page_of_a_hundred_courts_is_the_first_of_all_their_rows(crowded: Engine) -> None:
    """Of many courts few rows are looked at first; of those that have all the first ones, more."""
    lists, table = CourtLists(crowded), schema.cases
    query = sa.select(table.c.id).where(table.c.closed_at.is_(None))
    with crowded.database.connect() as connection:
        wanted = connection.execute(query.order_by(table.c.opened_at, table.c.id).limit(120))
        expected = list(wanted.scalars())
    found: list[str] = []
    cursor = ""
    while len(found) < len(expected):
        page = lists.cases(actor=crowd.PRESIDENT, limit=20, cursor=cursor)
        found += [row.case_id for row in page.rows]
        cursor = page.cursor
    assert found == expected
    of_one = [int(id.removeprefix("case-")) % crowd.COURTS for id in expected[:20] if id != "first"]
    assert len(set(of_one)) < 4  # else nothing was asked twice
    plans = list(plans_of(crowded, partial(lists.cases, actor=crowd.PRESIDENT, limit=20)))
    assert any("zx_cases_court_opened" in plan for plan in plans), plans
    assert not any(map(is_a_walk, plans)), plans


def test_stuck_cases_are_looked_for_by_index(crowded: Engine) -> None:
    reasons: tuple[Reason, ...] = ("idle", "suspended", "orphaned")
    for reason in reasons:
        plans = list(plans_of(crowded, partial(CourtLists(crowded).stuck, reason, **ASKED)))
        assert any("zx_cases_" in plan for plan in plans), (reason, plans)
        assert not any(map(is_a_walk, plans)), (reason, plans)


def test_what_is_said_of_persons_and_of_assets_is_looked_up_by_index(crowded: Engine) -> None:
    """Every decision of a case that has persons or holds an asset asks it."""
    with crowded.transaction(None, writes=False) as transaction:
        connection, case = transaction.connection, transaction.unit().case("case-8")
        for ask in (
            lambda: said_of(connection, case, {"a", "b"}),
            lambda: said_of_asset(connection, "X"),
        ):
            plans = list(plans_of(crowded, ask))
            assert plans and all("zx_found_value" in plan for plan in plans), plans


def is_a_walk(plan: str) -> bool:
    """Whether every row of a large table is looked at."""
    large = ("zx_cases", "zx_deadlines", "zx_found", "zx_funds")
    lines = [line for line in plan.splitlines() if "USING" not in line]
    return any(f"{how} {table}" in line for line in lines for table in large for how in _WALKS)


_WALKS = ("SCAN", "Seq Scan on")
_FILLED = ("zx_cases", "zx_deadlines", "zx_tasks", "zx_found", "zx_funds")
