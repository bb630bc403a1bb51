"""One damaged row costs one case: it is told, and everything else goes on."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import LOAN
from tests.courts import ADMIN
from zhixing.engine import Actor, DamagedCase, Engine, VirtualClock, ZhixingError
from zhixing.engine.background.enforcement import RETRY_AFTER, next_moment
from zhixing.engine.storage.damage import first_row
from zhixing.workflow import definition_from_text

LI, CHIEF = Actor.of("li", "officer"), Actor.of("zhou", "chief")
SPOILED = "spoiled"
TYPED = ("opened_at", "updated_at", "closed_at", "version", "wake_at", "start", "due_day", "due_at")
"""Columns that PostgreSQL lets nobody spoil: they have a type of their own."""

CASE_DAMAGE = [
    ("definition_hash", "'" + "0" * 64 + "'"),
    ("state", "'nowhere'"),
    ("version", "'many'"),
    ("data", "'null'"),
    ("data", "'[1]'"),
    ("data", '\'{"amount": {"a": 1}}\''),
    ("data", "'{broken'"),
    ("particulars", "'null'"),
    ("particulars", "'{broken'"),
    ("particulars", "'{\"tasks\": [7]}'"),
    ("particulars", '\'{"deductions": "x"}\''),
    ("particulars", "'{\"proposals\": [{}]}'"),
    ("opened_at", "'no time'"),
    ("closed_at", "'never'"),
    ("wake_at", "'soon'"),
    ("wake_at", "'0'"),
]
DEADLINE_DAMAGE = [
    ("rule", "'unheard_of'"),
    ("status", "'half'"),
    ("start", "'no time'"),
    ("due_day", "'2025-99-99'"),
    ("due_at", "'midnight'"),
    ("wake_at", "'soon'"),
    ("warned", "'twice'"),
    ("escalated", "'often'"),
    ("round", "'first'"),
    ("extensions", "'[7]'"),
    ("extensions", "'null'"),
    ("extensions", "'{broken'"),
]
ALL = [("zx_cases", *d) for d in CASE_DAMAGE] + [("zx_deadlines", *d) for d in DEADLINE_DAMAGE]


@pytest.fixture
def court(engine: Engine) -> Engine:
    for id in ("a", SPOILED, "z"):
        engine.open_case("loan", actor=LI, id=id, data={"amount": "1"})
    return engine


def spoil(engine: Engine, table: str, column: str, value: str) -> bool:
    """Set one column of the row(s) of a case to what is no value of it.

    False where the database itself refuses that: PostgreSQL by the types of its columns.
    """
    key = "id" if table == "zx_cases" else "case_id"
    sql = f"UPDATE {table} SET {column} = {value} WHERE {key} = '{SPOILED}'"
    is_postgresql = engine.database.dialect.name == "postgresql"
    if is_postgresql and (column in TYPED or "broken" in value or column in NUMBERS):
        with pytest.raises(sa.exc.DBAPIError):
            change(engine, sql)
        return False
    change(engine, sql)
    return True


def change(engine: Engine, sql: str) -> None:
    """Change rows as nobody may: the database's own checks are off."""
    if engine.database.dialect.name == "sqlite":
        raw = sqlite3.connect(str(engine.database.url.database))  # which holds no foreign keys
        raw.execute(sql)
        raw.commit()
        raw.close()
        return
    with engine.database.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(sql)


NUMBERS = ("warned", "escalated", "round")


@pytest.mark.parametrize(("table", "column", "value"), ALL)
def test_whatever_is_damaged_costs_its_case_alone(
    court: Engine, clock: VirtualClock, caplog: Any, table: str, column: str, value: str
) -> None:
    if not spoil(court, table, column, value):
        return
    clock.advance(days=8)
    with caplog.at_level(logging.ERROR, "zhixing"):
        served = court.run_due()
    assert served >= 2
    assert {d.case_id for d in court.overdue()} >= {"a", "z"}
    (incident,) = court.incidents()
    assert (incident.case_id, incident.kind) == (SPOILED, "clock")
    again = clock.now() + RETRY_AFTER
    assert f"{again.astimezone(UTC):%Y-%m-%d %H:%M} UTC" in incident.message
    assert [r.name for r in caplog.records] == ["zhixing"]
    assert "Traceback (most recent call last)" in caplog.text
    assert court.run_due() == 0, "it is tried again later, not at once"
    # lists go on, and tell
    listed = {case.id: case for case in court.query()}
    assert set(listed) == {"a", SPOILED, "z"}
    assert not listed["a"].damaged
    assert len(court.alerts()) >= 2
    if (table, column) == ("zx_cases", "wake_at"):
        assert court.case(SPOILED).wake_at == again, "the clock itself has set it right"
        return
    with pytest.raises(ZhixingError) as asked:
        court.case(SPOILED)
    assert asked.value.code and not asked.value.retryable
    assert listed[SPOILED].damaged
    # it is tried again, and the incident stays one
    clock.advance(minutes=6)
    court.run_due()
    assert len(court.incidents()) == 1


def test_a_damaged_case_that_is_overdue_is_in_the_list_and_says_so(
    court: Engine, clock: VirtualClock
) -> None:
    clock.advance(days=8)
    court.run_due()
    with court.database.begin() as connection:
        connection.execute(
            sa.text("UPDATE zx_cases SET state = 'nowhere' WHERE id = :id"), {"id": SPOILED}
        )
    found = {d.case_id: d.damaged for d in court.overdue()}
    assert found["a"] == found["z"] == ""
    assert "nowhere" in found[SPOILED]
    with pytest.raises(DamagedCase, match="nowhere"):
        court.fire(SPOILED, "clue", actor=LI, data={"clue": "x"})


def test_work_in_a_case_whose_definition_is_gone_is_in_the_list_and_says_so(
    court: Engine,
) -> None:
    text = LOAN + ("approvals:\n  two: {title: {zh: 两级, en: two}, steps: [{by: chief}]}\n")
    text = text.replace(
        "to: lost,\n      by: chief}", "to: lost,\n      by: officer, approval: two}"
    )
    definition = definition_from_text(text)
    court.registry.add(definition)
    for id in ("b", "c"):
        court.open_case("loan", actor=LI, id=id, data={"amount": "1"})
    court.clock.advance(days=40)  # type: ignore[attr-defined]
    for id in ("b", "c"):
        court.fire(id, "give_up", actor=Actor.of("li", "officer"))
    change(court, f"UPDATE zx_cases SET definition_hash = '{'0' * 64}' WHERE id = 'b'")
    found = {task.case_id: task.damaged for task in court.tasks()}
    assert found["c"] == "" and "definition" in found["b"]


def test_what_was_mended_is_served_when_its_incident_is_resolved(
    court: Engine, clock: VirtualClock
) -> None:
    with court.database.begin() as connection:
        connection.execute(sa.text("UPDATE zx_cases SET state = 'nowhere' WHERE id = 'spoiled'"))
    clock.advance(days=8)
    court.run_due()
    (incident,) = court.incidents()
    with court.database.begin() as connection:
        connection.execute(sa.text("UPDATE zx_cases SET state = 'fresh' WHERE id = 'spoiled'"))
    court.resolve(incident.id, actor=ADMIN, resolution="数据已修复", retry=True)
    court.run_due()
    assert {d.case_id for d in court.overdue()} == {"a", SPOILED, "z"}


def test_a_programming_error_in_one_case_is_its_incident_alone(
    court: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from zhixing.engine.work.unit import UnitOfWork

    serve = UnitOfWork.catch_up

    def breaks(self: UnitOfWork, case_id: str, *args: Any) -> int:
        if case_id == SPOILED:
            raise AttributeError("no such thing")
        return serve(self, case_id, *args)

    monkeypatch.setattr(UnitOfWork, "catch_up", breaks)
    clock.advance(days=8)
    court.run_due()
    assert {d.case_id for d in court.overdue()} == {"a", "z"}
    (incident,) = court.incidents()
    assert "AttributeError: no such thing" in incident.message
    assert any(r.exc_info for r in caplog.records)


def test_the_next_moment_is_found_beside_a_damaged_one(court: Engine, clock: VirtualClock) -> None:
    with court.database.begin() as connection:
        expected = next_moment(connection)
        bad = "infinity" if connection.dialect.name == "postgresql" else "soon"
        connection.exec_driver_sql(f"UPDATE zx_cases SET wake_at = '{bad}' WHERE id = 'spoiled'")
    court.run_due()
    with court.database.begin() as connection:
        assert next_moment(connection) == min(expected, clock.now() + timedelta(minutes=5))


OPENED_RIGHT = LOAN.replace(
    "on_expiry: {alert: officer, escalate: [chief], every: 2d}",
    "on_expiry: {lapses: {zh: 失权, en: lapsed}}",
)


def test_a_limit_of_a_list_counts_duties_alone(database: str, clock: VirtualClock) -> None:
    with Engine(
        database, definition_from_text(OPENED_RIGHT), clock=clock, drafts=True, upgrade=True
    ) as court:
        for number in range(60):
            court.open_case("loan", actor=LI, id=f"right{number:02}", data={"amount": "1"})
        clock.advance(days=1)
        court.registry.add(definition_from_text(LOAN))
        for number in range(25):
            court.open_case("loan", actor=LI, id=f"duty{number:02}", data={"amount": "1"})
        clock.advance(days=10)
        court.run_due()
        for limit in (1, 5, 20, 24):
            assert [d.case_id for d in court.overdue(limit=limit)] == [
                f"duty{number:02}" for number in range(limit)
            ]
        assert len(court.overdue(limit=25)) == len(court.overdue(limit=1000)) == 25
        assert len(court.overdue(limit=7, court="court")) == 7
        assert court.overdue(limit=7, officer="nobody") == ()


def test_a_database_that_is_away_is_no_damaged_row(court: Engine) -> None:
    away = sa.text("SELECT no_such_column FROM zx_cases")
    with court.database.connect() as connection, pytest.raises(sa.exc.SQLAlchemyError):
        first_row(connection, sa.select(away.columns(sa.column("x"))), "x", dict)
