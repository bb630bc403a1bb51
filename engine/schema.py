"""The tables, in one place. Every name begins with `zx_` so that a host's database can hold them beside its own.

| table | holds | found by |
| --- | --- | --- |
| zx_definitions | the text of every definition version that a case runs on | its content hash |
| zx_cases | one row a proceeding; `wake_at` is the next moment a clock has something to do for it | id; wake_at (partial) |
| zx_deadlines | one row a time limit, live or ended | case and live; due_at (partial) |
| zx_history | one row an event, numbered by the version it made | case and seq |
| zx_tasks | work in pools: tasks and approvals that wait, open or ended; a picture of what the case row holds | open ones by pool; case |
| zx_publications | which version of a procedure was proposed, published, withdrawn, by whom | procedure and effective date |
| zx_alerts | warnings and expiries that people must see | case; unseen by time |
| zx_outbox | requests to outside systems, written with the decision | due to be sent (partial) |
| zx_inbox | answers already taken, by source and message id | its key |
| zx_incidents | what the clock or the dispatcher could not do, for a person | open ones by time |

Locks: an event updates its case's row where the version is the one it read; the clock claims case rows with
`FOR UPDATE SKIP LOCKED`. The case row is always written before its deadlines.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Dialect, ForeignKey, Index, Integer, MetaData, String, Table, Text, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

from ..workflow.data import to_json

metadata = MetaData()


class Json(UserDefinedType[Any]):
    """JSON with money, dates and times in their stored forms: JSONB on PostgreSQL, text elsewhere."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "JSON"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return dump_json

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return load_json


def dump_json(value: Any) -> str | None:
    if value is None:
        return None
    return "{}" if value == {} else _encode(value)  # most columns of most rows are empty


_encode = json.JSONEncoder(default=to_json, ensure_ascii=False, separators=(",", ":")).encode


def load_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value


@compiles(Json, "postgresql")
def _jsonb(element: Any, compiler: Any, **kw: Any) -> str:
    return "JSONB"


class Moment(UserDefinedType[datetime]):
    """An instant: `timestamptz` on PostgreSQL; elsewhere ISO text in UTC, which sorts as time does."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else dump_moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return load_moment


@lru_cache(maxsize=4096)
def dump_moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def load_moment(value: Any) -> datetime | None:
    if value is None:
        return None
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


@compiles(Moment, "postgresql")
def _timestamptz(element: Any, compiler: Any, **kw: Any) -> str:
    return "TIMESTAMP WITH TIME ZONE"


class Day(UserDefinedType[date]):
    """A date: native on PostgreSQL, ISO text elsewhere."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else lambda value: value.isoformat() if value else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return load_day


def load_day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


@compiles(Day, "postgresql")
def _date(element: Any, compiler: Any, **kw: Any) -> str:
    return "DATE"


def _id(name: str, *args: Any, **kw: Any) -> Column[str]:
    return Column(name, String(100), *args, **kw)


definitions = Table(
    "zx_definitions", metadata,
    Column("hash", String(64), primary_key=True),
    Column("procedure", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("effective", Day, nullable=False),
    Column("text", Text, nullable=False),
    Column("stored_at", Moment, nullable=False),
)  # fmt: skip

cases = Table(
    "zx_cases", metadata,
    _id("id", primary_key=True),
    Column("procedure", String(64), nullable=False),
    Column("definition_hash", String(64), ForeignKey("zx_definitions.hash"), nullable=False),
    Column("state", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", String(100), nullable=False),
    Column("court", String(100), nullable=False),
    Column("officer", String(100), nullable=False),
    Column("data", Json, nullable=False),
    Column("extra", Json, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("mode", String(64)),
    Column("wake_at", Moment),
    _id("parent_id", ForeignKey("zx_cases.id")),
    Column("sub", String(64)),
    Index("zx_cases_wake", "wake_at", postgresql_where=text("wake_at IS NOT NULL"), sqlite_where=text("wake_at IS NOT NULL")),
    Index("zx_cases_parent", "parent_id", postgresql_where=text("parent_id IS NOT NULL"), sqlite_where=text("parent_id IS NOT NULL")),
    Index("zx_cases_state", "procedure", "state"),
    Index("zx_cases_officer", "officer"),
)  # fmt: skip

deadlines = Table(
    "zx_deadlines", metadata,
    _id("id", primary_key=True),
    _id("case_id", ForeignKey("zx_cases.id"), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("status", String(16), nullable=False),
    Column("live", Boolean, nullable=False),
    Column("start", Moment, nullable=False),
    Column("due_day", Day),
    Column("due_at", Moment),
    Column("wake_at", Moment),
    Column("warned", Integer, nullable=False),
    Column("escalated", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("calendar_version", String(16), nullable=False),
    Column("watcher", String(100), nullable=False),
    Column("extensions", Json, nullable=False),
    Column("ended_at", Moment),
    Index("zx_deadlines_case", "case_id", "live"),
    Index("zx_deadlines_due", "due_at", postgresql_where=text("live"), sqlite_where=text("live")),
)  # fmt: skip

history = Table(
    "zx_history", metadata,
    _id("case_id", ForeignKey("zx_cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("trigger", String(64), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("roles", Json, nullable=False),
    Column("source", String(64), nullable=False),
    Column("target", String(64), nullable=False),
    Column("changes", Json, nullable=False),
    Column("effects", Json, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

tasks = Table(
    "zx_tasks", metadata,
    _id("id", primary_key=True),
    _id("case_id", ForeignKey("zx_cases.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("pool", String(500), nullable=False),
    Column("status", String(16), nullable=False),
    Column("claimed_by", String(100), nullable=False),
    Column("offered_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("ended_at", Moment),
    Index("zx_tasks_open", "pool", "offered_at", postgresql_where=text("ended_at IS NULL"), sqlite_where=text("ended_at IS NULL")),
    Index("zx_tasks_case", "case_id"),
    Index("zx_tasks_person", "claimed_by", postgresql_where=text("ended_at IS NULL"), sqlite_where=text("ended_at IS NULL")),
)  # fmt: skip

publications = Table(
    "zx_publications", metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("procedure", String(64), nullable=False),
    _id("case_id", ForeignKey("zx_cases.id")),
    Column("definition_hash", String(64), ForeignKey("zx_definitions.hash"), nullable=False),
    Column("version", String(200), nullable=False),
    Column("effective", Day, nullable=False),
    Column("status", String(16), nullable=False),
    Column("proposed_by", String(100), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_by", String(100), nullable=False),
    Column("decided_at", Moment),
    Column("withdrawn_by", String(100), nullable=False),
    Column("withdrawn_at", Moment),
    Column("note", Text, nullable=False),
    Index("zx_publications_current", "procedure", "status", "effective"),
)  # fmt: skip

alerts = Table(
    "zx_alerts", metadata,
    _id("id", primary_key=True),
    _id("case_id", ForeignKey("zx_cases.id"), nullable=False),
    _id("deadline_id", nullable=False),
    Column("rule", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("roles", Json, nullable=False),
    Column("watcher", String(100), nullable=False),
    Column("at", Moment, nullable=False),
    Column("due_day", Day),
    Column("seen_by", String(100)),
    Index("zx_alerts_case", "case_id"),
    Index("zx_alerts_unseen", "at", postgresql_where=text("seen_by IS NULL"), sqlite_where=text("seen_by IS NULL")),
)  # fmt: skip

outbox = Table(
    "zx_outbox", metadata,
    _id("id", primary_key=True),
    _id("case_id", ForeignKey("zx_cases.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("request", String(64), nullable=False),
    Column("operation", String(130), nullable=False),
    Column("payload", Json, nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("send_at", Moment),
    Column("leased_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("answered_at", Moment),
    Column("last_error", Text, nullable=False),
    Index("zx_outbox_due", "send_at", postgresql_where=text("send_at IS NOT NULL"), sqlite_where=text("send_at IS NOT NULL")),
    Index("zx_outbox_case", "case_id"),
)  # fmt: skip

inbox = Table(
    "zx_inbox", metadata,
    _id("source", primary_key=True),
    Column("message_id", String(200), primary_key=True),
    _id("outbox_id", ForeignKey("zx_outbox.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("answer", Json, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
)  # fmt: skip

incidents = Table(
    "zx_incidents", metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _id("case_id"),
    _id("outbox_id"),
    Column("kind", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("message", Text, nullable=False),
    Column("resolved_at", Moment),
    Column("resolved_by", String(100)),
    Column("resolution", Text, nullable=False, server_default=""),
    Index("zx_incidents_open", "at", postgresql_where=text("resolved_at IS NULL"), sqlite_where=text("resolved_at IS NULL")),
)  # fmt: skip
