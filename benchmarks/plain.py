"""The durable step of the ring written by hand, straight on the driver: the ruler for ours.

FROZEN: its tables, statements and values were written once, after the shape and sizes of a case,
its deadlines and its history, and do not follow the engine. It decides nothing and counts no days;
it writes only the columns that a step may change. The statements are the text that each driver is
given.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

NEXT = {"a": "b", "b": "c", "c": "a"}
ARMING = frozenset({"a", "b"})

_TABLES = """
CREATE TABLE plain_definitions (
  hash VARCHAR(64) PRIMARY KEY, procedure VARCHAR(64) NOT NULL, text TEXT NOT NULL);
CREATE TABLE plain_cases (
  id VARCHAR(100) NOT NULL PRIMARY KEY, procedure VARCHAR(64) NOT NULL,
  definition_hash VARCHAR(64) NOT NULL REFERENCES plain_definitions (hash),
  state VARCHAR(64) NOT NULL, version INTEGER NOT NULL, number VARCHAR(100) NOT NULL,
  court VARCHAR(100) NOT NULL, officer VARCHAR(100) NOT NULL, data {json} NOT NULL,
  particulars {json} NOT NULL, opened_at {moment} NOT NULL, updated_at {moment} NOT NULL,
  closed_at {moment}, closing_mode VARCHAR(64), wake_at {moment},
  parent_id VARCHAR(100) REFERENCES plain_cases (id), sub_procedure VARCHAR(64));
CREATE TABLE plain_deadlines (
  id VARCHAR(100) NOT NULL PRIMARY KEY,
  case_id VARCHAR(100) NOT NULL REFERENCES plain_cases (id), rule VARCHAR(64) NOT NULL,
  "key" VARCHAR(200) NOT NULL, status VARCHAR(16) NOT NULL, live BOOLEAN NOT NULL,
  start {moment} NOT NULL, due_day {day}, due_at {moment}, wake_at {moment},
  warned INTEGER NOT NULL, escalated INTEGER NOT NULL, round INTEGER NOT NULL,
  provisional BOOLEAN NOT NULL, calendar_version VARCHAR(16) NOT NULL,
  watcher VARCHAR(100) NOT NULL, extensions {json} NOT NULL, ended_at {moment});
CREATE TABLE plain_history (
  case_id VARCHAR(100) NOT NULL REFERENCES plain_cases (id), seq INTEGER NOT NULL,
  at {moment} NOT NULL, recorded_at {moment} NOT NULL, kind VARCHAR(16) NOT NULL,
  "trigger" VARCHAR(64) NOT NULL, actor VARCHAR(100) NOT NULL, roles {json} NOT NULL,
  source VARCHAR(64) NOT NULL, target VARCHAR(64) NOT NULL, changes {json} NOT NULL,
  effects {json} NOT NULL, note TEXT NOT NULL, PRIMARY KEY (case_id, seq)) {without_rowid};
CREATE INDEX plain_cases_closed ON plain_cases (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX plain_cases_court ON plain_cases (court, id);
CREATE INDEX plain_cases_court_open ON plain_cases (court, id) WHERE closed_at IS NULL;
CREATE INDEX plain_cases_number ON plain_cases (number);
CREATE INDEX plain_cases_officer ON plain_cases (officer, id);
CREATE INDEX plain_cases_parent ON plain_cases (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX plain_cases_state ON plain_cases (procedure, state);
CREATE INDEX plain_cases_wake ON plain_cases (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX plain_deadlines_case ON plain_deadlines (case_id, live);
CREATE INDEX plain_deadlines_due ON plain_deadlines (due_at) WHERE live;
CREATE INDEX plain_deadlines_overdue ON plain_deadlines (due_at)
  WHERE live AND status = 'expired'
"""
_SELECT_CASE = """
SELECT state, version, id, procedure, definition_hash, number, court, officer, data, particulars,
  opened_at, closed_at, closing_mode, wake_at, parent_id, sub_procedure
FROM plain_cases WHERE id = {mark}
"""
_SELECT_LIVE = """
SELECT id, rule, "key", status, live, start, due_day, due_at, wake_at, warned, escalated, round,
  provisional, calendar_version, watcher, extensions, ended_at
FROM plain_deadlines WHERE case_id = {mark} AND {live}
"""
_UPDATE_CASE = """
UPDATE plain_cases SET state = {mark}, version = {mark}, data = {mark}, particulars = {mark},
  updated_at = {mark}, closed_at = {mark}, closing_mode = {mark}, wake_at = {mark}
WHERE id = {mark} AND version = {mark}
"""
_INSERT_HISTORY = """
INSERT INTO plain_history (case_id, seq, at, recorded_at, kind, "trigger", actor, roles, source,
  target, changes, effects, note)
VALUES ({mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark},
  {mark}, {mark})
"""
_UPDATE_DEADLINE = """
UPDATE plain_deadlines SET status = {mark}, live = {mark}, wake_at = {mark}, ended_at = {mark}
WHERE id = {mark}
"""
_INSERT_DEADLINE = """
INSERT INTO plain_deadlines (id, case_id, rule, "key", status, live, start, due_day, due_at,
  wake_at, warned, escalated, round, provisional, calendar_version, watcher, extensions, ended_at)
VALUES ({mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark},
  {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark})
"""
_INSERT_CASE = """
INSERT INTO plain_cases (id, procedure, definition_hash, state, version, number, court, officer,
  data, particulars, opened_at, updated_at, wake_at)
VALUES ({mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark},
  {mark}, {mark})
"""
_INSERT_DEFINITION = "INSERT INTO plain_definitions VALUES ({mark}, {mark}, {mark})"

_HASH = "9" * 64
_DATA = '{"claim":"1000.00","paid":"10.00","count":3}'
_MET = '{"deadline":"next","what":"met","due":"2025-03-10"}'
_ARMED = '{"deadline":"next","what":"armed","due":"2025-03-10"}'
_NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
_WARNS_AT = datetime(2025, 3, 8, 16, tzinfo=UTC)
_DUE_AT = datetime(2025, 3, 10, 16, tzinfo=UTC)
_DUE_DAY = date(2025, 3, 10)


class _Statements(NamedTuple):
    """The statements as a driver is given them."""

    select_case: str
    select_live: str
    update_case: str
    insert_history: str
    update_deadline: str
    insert_deadline: str
    insert_case: str
    insert_definition: str


def _statements(**words: str) -> _Statements:
    texts = (
        _SELECT_CASE,
        _SELECT_LIVE,
        _UPDATE_CASE,
        _INSERT_HISTORY,
        _UPDATE_DEADLINE,
        _INSERT_DEADLINE,
        _INSERT_CASE,
        _INSERT_DEFINITION,
    )
    return _Statements(*(text.format(**words).strip() for text in texts))


_FOR_SQLITE = _statements(mark="?", live="live = 1")
_FOR_PSYCOPG = _statements(mark="%s", live="live")


class Plain:
    """Cases of the ring on a driver's own connection: one step is one transaction."""

    def __init__(
        self,
        connection: Any,
        statements: _Statements,
        begin: str,
        commit: Callable[[], object],
        stored: Callable[[Any], Any],
    ) -> None:
        self.cursor = connection.cursor()
        self._connection = connection
        self._sql = statements
        self._begin = begin
        self._commit = commit
        self._now, self._warns_at = stored(_NOW), stored(_WARNS_AT)
        self._due_at, self._due_day = stored(_DUE_AT), stored(_DUE_DAY)

    def open(self, count: int, text: str) -> list[str]:
        """Cases that stand in `a`, each with its deadline and the first line of its history."""
        ids = [uuid.uuid4().hex for _ in range(count)]
        self._start()
        self.cursor.execute(self._sql.insert_definition, (_HASH, "ring", text))
        for id in ids:
            now = self._now
            row = (id, "ring", _HASH, "a", 1, "", "", "", _DATA, "{}", now, now, self._warns_at)
            self.cursor.execute(self._sql.insert_case, row)
            self._tell(id, 1, "opened", "", "", "a", f"[{_ARMED}]")
            self._arm(id, 1)
        self._commit()
        return ids

    def step(self, id: str) -> None:
        """One `go`: the case read and written, its history told, deadlines met and armed."""
        execute, now = self.cursor.execute, self._now
        self._start()
        execute(self._sql.select_case, (id,))
        source, read_version, *_ = self.cursor.fetchone()
        execute(self._sql.select_live, (id,))
        live = self.cursor.fetchall()
        target, version = NEXT[source], read_version + 1
        arms = target in ARMING
        wakes = self._warns_at if arms else None
        changes = (target, version, _DATA, "{}", now, None, None, wakes, id, read_version)
        execute(self._sql.update_case, changes)
        assert self.cursor.rowcount == 1
        told = ",".join([_MET] * len(live) + [_ARMED] * arms)
        self._tell(id, version, "event", "go", source, target, f"[{told}]")
        for deadline in live:
            execute(self._sql.update_deadline, ("met", False, None, now, deadline[0]))
            assert self.cursor.rowcount == 1
        if arms:
            self._arm(id, version)
        self._commit()

    def close(self) -> None:
        self._connection.close()

    def _start(self) -> None:
        if self._begin:  # psycopg begins by itself
            self.cursor.execute(self._begin)

    def _tell(
        self, id: str, seq: int, kind: str, trigger: str, source: str, target: str, effects: str
    ) -> None:
        now, who, roles = self._now, "li", '["officer"]'
        self.cursor.execute(
            self._sql.insert_history,
            (id, seq, now, now, kind, trigger, who, roles, source, target, "{}", effects, ""),
        )

    def _arm(self, id: str, version: int) -> None:
        times = (self._now, self._due_day, self._due_at, self._warns_at)
        row = (f"{id}.{version}.0", id, "next", "", "running", True, *times)
        self.cursor.execute(
            self._sql.insert_deadline, (*row, 0, 0, 1, False, "8db0bd3bf157", "", "[]", None)
        )


def on_sqlite(path: str, synchronous: str) -> Plain:
    """On a new file, with the settings that our engine gives its own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in (
        "busy_timeout = 10000",
        "journal_mode = WAL",
        "foreign_keys = ON",
        f"synchronous = {synchronous}",
    ):
        connection.execute(f"PRAGMA {setting}")
    types = {"json": "JSON", "moment": "TEXT", "day": "TEXT", "without_rowid": "WITHOUT ROWID"}
    connection.executescript(_TABLES.format(**types))
    commit = _committing(connection)
    return Plain(connection, _FOR_SQLITE, "BEGIN IMMEDIATE", commit, _as_text)


def _committing(connection: sqlite3.Connection) -> Callable[[], object]:
    cursor = connection.cursor()
    return lambda: cursor.execute("COMMIT")


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return str(value.isoformat())


def on_postgresql(url: str) -> Plain:
    """On an empty database; psycopg prepares what it runs often, as it does by default."""
    import psycopg

    connection = psycopg.connect(url)
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    moment = "TIMESTAMP WITH TIME ZONE"
    types = {"json": "JSONB", "moment": moment, "day": "DATE", "without_rowid": ""}
    for statement in _TABLES.format(**types).split(";"):
        connection.execute(statement.encode())
    connection.commit()
    return Plain(connection, _FOR_PSYCOPG, "", connection.commit, lambda value: value)
