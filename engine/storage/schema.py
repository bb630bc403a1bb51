"""The tables, in one place. Every name begins with `zx_`, so that a host's database can hold them.

- zx_definitions: the text of every definition version that a case runs on, by its content hash
- zx_cases: one row a proceeding; `wake_at` is the next moment a clock has something to do for it;
  `particulars` holds its documents, deductions, proposals, open tasks, origins, and who did what
- zx_deadlines: one row a time limit, live or ended
- zx_history: one row an event, numbered by the version it made
- zx_tasks: work in pools, open or ended; a picture of what the case row holds
- zx_publications: which version of a procedure was proposed, published, withdrawn, by whom
- zx_alerts: warnings and expiries that people must see
- zx_outbox: requests to outside systems, written with the decision
- zx_inbox: answers already taken, by source and message id
- zx_incidents: what the clock or the dispatcher could not do, for a person

Locks: an event updates its case's row where the version is the one it read, and writes that row
before its deadlines. The clock claims case rows, the dispatcher outbox rows, with `FOR UPDATE SKIP
LOCKED`; an answer locks its outbox row, a decision about a publication its row, a move the rows of
the cases it moves.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from .column_types import Day, Json, Moment

metadata = MetaData()


def _id(name: str, *args: Any, **kw: Any) -> Column[str]:
    return Column(name, String(100), *args, **kw)


definitions = Table(
    "zx_definitions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("procedure", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("effective", Day, nullable=False),
    Column("text", Text, nullable=False),
    Column("stored_at", Moment, nullable=False),
)

cases = Table(
    "zx_cases",
    metadata,
    _id("id", primary_key=True),
    Column("procedure", String(64), nullable=False),
    Column("definition_hash", String(64), ForeignKey("zx_definitions.hash"), nullable=False),
    Column("state", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", String(100), nullable=False),
    Column("court", String(100), nullable=False),
    Column("officer", String(100), nullable=False),
    Column("data", Json, nullable=False),
    Column("particulars", Json, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closing_mode", String(64)),
    Column("wake_at", Moment),
    _id("parent_id", ForeignKey("zx_cases.id")),
    Column("sub_procedure", String(64)),
)

deadlines = Table(
    "zx_deadlines",
    metadata,
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
)

history = Table(
    "zx_history",
    metadata,
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
)

tasks = Table(
    "zx_tasks",
    metadata,
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
)

publications = Table(
    "zx_publications",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
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
)

alerts = Table(
    "zx_alerts",
    metadata,
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
)

outbox = Table(
    "zx_outbox",
    metadata,
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
)

inbox = Table(
    "zx_inbox",
    metadata,
    _id("source", primary_key=True),
    Column("message_id", String(200), primary_key=True),
    _id("outbox_id", ForeignKey("zx_outbox.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("answer", Json, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
)

incidents = Table(
    "zx_incidents",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    _id("case_id"),
    _id("outbox_id"),
    Column("kind", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("message", Text, nullable=False),
    Column("resolved_at", Moment),
    Column("resolved_by", String(100)),
    Column("resolution", Text, nullable=False, server_default=""),
)


class TableIndex(NamedTuple):
    """An index, of the rows that `where` names (of all when it is empty)."""

    table: str
    columns: tuple[str, ...]
    where: str = ""


INDEXES = {
    "zx_alerts_case": TableIndex("zx_alerts", ("case_id",)),
    "zx_alerts_unseen": TableIndex("zx_alerts", ("at",), "seen_by IS NULL"),
    "zx_cases_closed": TableIndex("zx_cases", ("closed_at",), "closed_at IS NOT NULL"),
    "zx_cases_court": TableIndex("zx_cases", ("court", "id")),
    "zx_cases_court_open": TableIndex("zx_cases", ("court", "id"), "closed_at IS NULL"),
    "zx_cases_number": TableIndex("zx_cases", ("number",)),
    "zx_cases_officer": TableIndex("zx_cases", ("officer", "id")),
    "zx_cases_parent": TableIndex("zx_cases", ("parent_id",), "parent_id IS NOT NULL"),
    "zx_cases_state": TableIndex("zx_cases", ("procedure", "state")),
    "zx_cases_wake": TableIndex("zx_cases", ("wake_at",), "wake_at IS NOT NULL"),
    "zx_deadlines_case": TableIndex("zx_deadlines", ("case_id", "live")),
    "zx_deadlines_due": TableIndex("zx_deadlines", ("due_at",), "live"),
    "zx_deadlines_overdue": TableIndex("zx_deadlines", ("due_at",), "live AND status = 'expired'"),
    "zx_incidents_open": TableIndex("zx_incidents", ("at",), "resolved_at IS NULL"),
    "zx_outbox_case": TableIndex("zx_outbox", ("case_id",)),
    "zx_outbox_due": TableIndex("zx_outbox", ("send_at",), "send_at IS NOT NULL"),
    "zx_publications_current": TableIndex("zx_publications", ("procedure", "status", "effective")),
    "zx_tasks_case": TableIndex("zx_tasks", ("case_id",)),
    "zx_tasks_open": TableIndex("zx_tasks", ("pool", "offered_at"), "ended_at IS NULL"),
    "zx_tasks_person": TableIndex("zx_tasks", ("claimed_by",), "ended_at IS NULL"),
}
"""Every index by its name.

They are made by the migrations; declared on the tables, SQLAlchemy would load the dialect of
PostgreSQL for those who use SQLite.
"""
