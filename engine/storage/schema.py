"""The tables, in one place. Every name begins with `zx_`, so that a host's database can hold them.

- zx_definitions: the text of every definition version that a case runs on, by its content hash
- zx_cases: one row a proceeding; `wake_at` is the next moment a clock has something to do for it;
  `particulars` holds its documents, deductions, proposals, open tasks, origins, who did what, and
  the fields that are stated; `number_key` is its number as numbers are compared
- zx_deadlines: one row a time limit, live or ended
- zx_history: one row an event, numbered by the version it made: `given` is everything the decision
  was given, `rows` the digests of the rows it wrote, `hash` chains it to the one before (the last
  is the case's `head`); `tx` and `position` order all entries as they were committed
- zx_tasks: work in pools, open or ended; a picture of what the case row holds
- zx_publications: which version of a procedure was proposed, published, withdrawn, by whom; for
  which unit of the organisation, and over what (`base_hash`) it lies
- zx_moves: running cases on their way to a version, and how far they are
- zx_alerts: warnings and expiries that people must see
- zx_outbox: requests to outside systems, written with the decision
- zx_inbox: answers already taken, by request and message id
- zx_incidents: what the clock or the dispatcher could not do, for a person; of no case, of no court
- zx_refusals: what somebody was refused, once an hour with how often
- zx_deputies: who acts for whom, where and how long
- zx_requests: what verbs with a `request_id` came to, by case (`scope`), or by court for openings
- zx_marks: what is known of the database as a whole, by name: whether it is held after a restore,
  which clock was accepted
- zx_exports: what somebody took out of the database as a file, of which court, when
- zx_postings: movements of money, each entered once by what a case's facts say; never changed
- zx_funds: what each account of a case comes to, and since when the oldest of its money lies there
- zx_holds: what each measure holds, and its place in the queue of the asset
- zx_found: by what cases are found: persons by the hash of a number, fields that are searchable
- zx_persons: the numbers of documents by their hashes, shortened, and encrypted where that is so
- zx_nonces: what callbacks were signed with, until their time has passed anyway

What belongs to a case holds the case's court first in its key, and refers to the case by court and
id; so PostgreSQL can partition it by court. A case's court never changes. Its id is one over all
courts all the same: cases are asked for by their id alone.

Locks: an event updates its case's row where the version is the one it read, and writes that row
before its deadlines. The clock claims case rows, the dispatcher outbox rows, with `FOR UPDATE SKIP
LOCKED`; an answer locks its outbox row, a decision about a publication its row, a move the rows of
the cases it moves. Who opens cases under ids of their own holds a lock of the ids (PostgreSQL).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    text,
)

from .column_types import Day, Json, Moment

SCHEMA_VERSION = "0011"
"""The revision that these tables are of."""
VERSION_TABLE = "zx_alembic_version"

metadata = MetaData()


def _id(name: str, *args: Any, **kw: Any) -> Column[str]:
    return Column(name, String(100), *args, **kw)


def _court() -> Column[str]:
    return _id("court", nullable=False)


def _about() -> Column[str]:
    """The id of the record of its case that something is about; empty where it is about none."""
    return Column("about", String(64), nullable=False, server_default="")


def _numbered() -> Column[int]:
    """An id that the database counts; within a key of several columns SQLite does not."""
    whole = BigInteger().with_variant(Integer, "sqlite")
    return Column("id", whole, autoincrement=True, nullable=False)


def _key(table: str, *columns: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint(*columns, name=f"{table}_pk")


def _of_case(table: str, id: str = "case_id") -> ForeignKeyConstraint:
    """The case that a row belongs to, or its parent, in the row's own court."""
    name = f"{table}_{id.removesuffix('_id')}_fk"
    return ForeignKeyConstraint(["court", id], ["zx_cases.court", "zx_cases.id"], name=name)


def _of_definition(table: str) -> ForeignKeyConstraint:
    name = f"{table}_definition_fk"
    return ForeignKeyConstraint(["definition_hash"], ["zx_definitions.hash"], name=name)


definitions = Table(
    "zx_definitions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(16), nullable=False, server_default="definition"),
    Column("procedure", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("effective", Day, nullable=False),
    Column("text", Text, nullable=False),
    Column("stored_at", Moment, nullable=False),
)

cases = Table(
    "zx_cases",
    metadata,
    _court(),
    _id("id", nullable=False),
    Column("procedure", String(64), nullable=False),
    Column("definition_hash", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", String(100), nullable=False),
    Column("number_key", String(200), nullable=False),
    Column("officer", String(100), nullable=False),
    Column("team", String(100), nullable=False, server_default=""),
    Column("data", Json, nullable=False),
    Column("particulars", Json, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closing_mode", String(64)),
    Column("wake_at", Moment),
    Column("head", String(64), nullable=False, server_default=""),
    _id("parent_id"),
    Column("sub_procedure", String(64)),
    _about(),
    _key("zx_cases", "court", "id"),
    _of_definition("zx_cases"),
    _of_case("zx_cases", "parent_id"),
)

deadlines = Table(
    "zx_deadlines",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id", nullable=False),
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
    Column("armed_at", Moment),
    Column("ended_at", Moment),
    _key("zx_deadlines", "court", "id"),
    _of_case("zx_deadlines"),
)

history = Table(
    "zx_history",
    metadata,
    _court(),
    _id("case_id", nullable=False),
    Column("seq", Integer, autoincrement=False, nullable=False),
    Column("happened_at", Moment, nullable=False),
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
    Column("given", Json, nullable=False, server_default="{}"),
    Column("late", Boolean, nullable=False, server_default=false()),
    _id("request_id"),
    Column("definition_hash", String(64), nullable=False, server_default=""),
    Column("calendar_version", String(16), nullable=False, server_default=""),
    Column("rules", Integer, nullable=False, server_default="0"),
    Column("rows", Json, nullable=False, server_default="{}"),
    Column("hash", String(64), nullable=False, server_default=""),
    Column("algorithm", String(16), nullable=False, server_default=""),
    Column("tx", BigInteger, nullable=False, server_default="0"),
    Column("position", BigInteger, nullable=False, server_default="0"),
    _key("zx_history", "court", "case_id", "seq"),
    _of_case("zx_history"),
)

tasks = Table(
    "zx_tasks",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id", nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("pool", String(500), nullable=False),
    Column("status", String(16), nullable=False),
    Column("claimed_by", String(100), nullable=False),
    Column("offered_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("ended_at", Moment),
    _about(),
    _key("zx_tasks", "court", "id"),
    _of_case("zx_tasks"),
)

publications = Table(
    "zx_publications",
    metadata,
    _numbered(),
    Column("kind", String(16), nullable=False, server_default="definition"),
    Column("procedure", String(64), nullable=False),
    _id("court", nullable=False, server_default=""),
    _id("case_id"),
    Column("definition_hash", String(64), nullable=False),
    Column("base_hash", String(64)),
    Column("version", String(200), nullable=False),
    Column("effective", Day, nullable=False),
    Column("status", String(16), nullable=False),
    Column("proposed_by", String(100), nullable=False),
    Column("proposed_for", Json, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_by", String(100), nullable=False),
    Column("decided_at", Moment),
    Column("withdrawn_by", String(100), nullable=False),
    Column("withdrawn_at", Moment),
    Column("note", Text, nullable=False),
    _key("zx_publications", "id"),
    _of_definition("zx_publications"),
    _of_case("zx_publications"),
)

moves = Table(
    "zx_moves",
    metadata,
    _numbered(),
    Column("procedure", String(64), nullable=False),
    Column("definition_hash", String(64), nullable=False),
    _id("court", nullable=False, server_default=""),
    Column("status", String(16), nullable=False),
    Column("proposed_by", String(100), nullable=False),
    Column("proposed_for", Json, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_by", String(100), nullable=False, server_default=""),
    Column("decided_at", Moment),
    Column("moved", Integer, nullable=False, server_default="0"),
    Column("stayed", Integer, nullable=False, server_default="0"),
    _id("last_case", nullable=False, server_default=""),
    Column("finished_at", Moment),
    Column("note", Text, nullable=False),
    _key("zx_moves", "id"),
    _of_definition("zx_moves"),
)

alerts = Table(
    "zx_alerts",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id", nullable=False),
    _id("deadline_id", nullable=False),
    Column("rule", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("roles", Json, nullable=False),
    Column("watcher", String(100), nullable=False),
    Column("at", Moment, nullable=False),
    Column("due_day", Day),
    Column("seen_by", String(100)),
    Column("closed_at", Moment),
    Column("closed_why", String(32)),
    _key("zx_alerts", "court", "id"),
    _of_case("zx_alerts"),
)

outbox = Table(
    "zx_outbox",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id", nullable=False),
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
    _about(),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("counterparty", String(200)),
    Column("thing", String(200)),
    Column("trace", String(55), nullable=False, server_default=""),
    Column("takes_back", String(64), nullable=False, server_default=""),
    _key("zx_outbox", "court", "id"),
    _of_case("zx_outbox"),
)

inbox = Table(
    "zx_inbox",
    metadata,
    _court(),
    _id("source", nullable=False),
    Column("message_id", String(200), nullable=False),
    _id("outbox_id", nullable=False),
    Column("kind", String(32), nullable=False),
    Column("answer", Json, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    _key("zx_inbox", "court", "outbox_id", "message_id"),
    ForeignKeyConstraint(
        ["court", "outbox_id"], ["zx_outbox.court", "zx_outbox.id"], name="zx_inbox_outbox_fk"
    ),
)

incidents = Table(
    "zx_incidents",
    metadata,
    _court(),
    _numbered(),
    _id("case_id"),
    _id("outbox_id"),
    Column("kind", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("message", Text, nullable=False),
    Column("resolved_at", Moment),
    Column("resolved_by", String(100)),
    Column("resolution", Text, nullable=False, server_default=""),
    _key("zx_incidents", "court", "id"),
)

refusals = Table(
    "zx_refusals",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id"),
    Column("verb", String(32), nullable=False),
    Column("trigger", String(64), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("roles", Json, nullable=False),
    Column("code", String(64), nullable=False),
    Column("why", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("hour", Moment, nullable=False),
    Column("times", Integer, nullable=False, server_default="1"),
    _key("zx_refusals", "court", "id"),
)

deputies = Table(
    "zx_deputies",
    metadata,
    _id("id", nullable=False),
    _court(),
    Column("person", String(100), nullable=False),
    Column("deputy", String(100), nullable=False),
    Column("roles", Json, nullable=False),
    Column("since", Day, nullable=False),
    Column("until", Day, nullable=False),
    Column("appointed_by", String(100), nullable=False),
    Column("appointed_at", Moment, nullable=False),
    Column("ended_by", String(100), nullable=False, server_default=""),
    Column("ended_at", Moment),
    Column("note", Text, nullable=False),
    _key("zx_deputies", "id"),
)

requests = Table(
    "zx_requests",
    metadata,
    _court(),
    Column("scope", String(100), nullable=False),
    Column("request_id", String(100), nullable=False),
    Column("verb", String(32), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("result", Json, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    _key("zx_requests", "court", "scope", "request_id"),
)

marks = Table(
    "zx_marks",
    metadata,
    Column("name", String(64), nullable=False),
    Column("value", Json, nullable=False),
    Column("at", Moment, nullable=False),
    _key("zx_marks", "name"),
)

nonces = Table(
    "zx_nonces",
    metadata,
    _id("sender", nullable=False),
    Column("nonce", String(128), nullable=False),
    Column("until", Moment, nullable=False),
    _key("zx_nonces", "sender", "nonce"),
)


exports = Table(
    "zx_exports",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id"),
    Column("actor", String(100), nullable=False),
    Column("roles", Json, nullable=False),
    Column("what", String(64), nullable=False),
    Column("filters", Json, nullable=False),
    Column("at", Moment, nullable=False),
    _key("zx_exports", "court", "id"),
)


postings = Table(
    "zx_postings",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id", nullable=False),
    _id("of_case", nullable=False),
    Column("seq", Integer, nullable=False),
    Column("account", String(64), nullable=False),
    Column("place", String(160), nullable=False),
    Column("movement", String(16), nullable=False),
    Column("source", String(16), nullable=False),
    Column("target", String(16), nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("day", Day, nullable=False),
    Column("party", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("is_reversal", Boolean, nullable=False),
    Column("actor", String(100), nullable=False),
    _key("zx_postings", "court", "id"),
    _of_case("zx_postings"),
)

funds = Table(
    "zx_funds",
    metadata,
    _court(),
    Column("id", String(200), nullable=False),
    _id("case_id", nullable=False),
    Column("account", String(64), nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("deposited", BigInteger, nullable=False),
    Column("since", Moment),
    Column("claim", BigInteger),
    _key("zx_funds", "court", "id"),
    _of_case("zx_funds"),
)

holds = Table(
    "zx_holds",
    metadata,
    _court(),
    _id("id", nullable=False),
    _id("case_id", nullable=False),
    _id("of_case", nullable=False),
    Column("asset", String(200), nullable=False),
    Column("kind", String(200), nullable=False),
    Column("debtor", String(200), nullable=False),
    Column("standing", String(16), nullable=False),
    Column("cents", BigInteger),
    Column("registered_on", Day),
    Column("effective_on", Day),
    Column("until", Day),
    Column("place", Integer),
    _key("zx_holds", "court", "id"),
    _of_case("zx_holds"),
)

persons = Table(
    "zx_persons",
    metadata,
    Column("key", String(32), nullable=False),
    Column("shown", String(40), nullable=False),
    Column("sealed", Text),
    Column("at", Moment, nullable=False),
    _key("zx_persons", "key"),
)

found = Table(
    "zx_found",
    metadata,
    _court(),
    Column("id", String(400), nullable=False),
    _id("case_id", nullable=False),
    Column("name", String(130), nullable=False),
    Column("place", String(200), nullable=False),
    Column("value", String(200), nullable=False),
    Column("shown", Json, nullable=False),
    Column("is_gone", Boolean, nullable=False),
    _key("zx_found", "court", "id"),
    _of_case("zx_found"),
)


IS_FOUND = text("NOT zx_found.is_gone")
"""What cases are found by now, in the very words of the index: SQLite uses it for no others."""


class TableIndex(NamedTuple):
    """An index, of the rows that `where` names (of all when it is empty)."""

    table: str
    columns: tuple[str, ...]
    where: str = ""
    is_unique: bool = False


INDEXES = {
    "zx_alerts_case": TableIndex("zx_alerts", ("case_id",)),
    "zx_alerts_court": TableIndex("zx_alerts", ("court", "at", "id"), "seen_by IS NULL"),
    "zx_alerts_id": TableIndex("zx_alerts", ("id",)),
    "zx_alerts_unseen": TableIndex("zx_alerts", ("at",), "seen_by IS NULL"),
    "zx_cases_closed": TableIndex("zx_cases", ("closed_at",), "closed_at IS NOT NULL"),
    "zx_cases_court_closed": TableIndex(
        "zx_cases", ("court", "closed_at", "id"), "closed_at IS NOT NULL"
    ),
    "zx_cases_court_mode": TableIndex(
        "zx_cases", ("court", "closing_mode", "closed_at", "id"), "closed_at IS NOT NULL"
    ),
    "zx_cases_court_open": TableIndex("zx_cases", ("court", "id"), "closed_at IS NULL"),
    "zx_cases_court_opened": TableIndex(
        "zx_cases", ("court", "opened_at", "id"), "closed_at IS NULL"
    ),
    "zx_cases_court_state": TableIndex(
        "zx_cases", ("court", "procedure", "state", "opened_at", "id"), "closed_at IS NULL"
    ),
    "zx_cases_id": TableIndex("zx_cases", ("id",)),
    "zx_cases_number": TableIndex("zx_cases", ("number_key",)),
    "zx_cases_number_key": TableIndex(
        "zx_cases", ("court", "number_key"), "number_key <> '' AND parent_id IS NULL", True
    ),
    "zx_cases_officer": TableIndex("zx_cases", ("officer", "id")),
    "zx_cases_parent": TableIndex("zx_cases", ("parent_id", "court"), "parent_id IS NOT NULL"),
    "zx_cases_quiet": TableIndex(
        "zx_cases", ("court", "opened_at", "id"), "closed_at IS NULL AND wake_at IS NULL"
    ),
    "zx_cases_state": TableIndex("zx_cases", ("procedure", "state")),
    "zx_cases_wake": TableIndex("zx_cases", ("wake_at",), "wake_at IS NOT NULL"),
    "zx_deadlines_case": TableIndex("zx_deadlines", ("court", "case_id", "live")),
    "zx_deadlines_court_due": TableIndex(
        "zx_deadlines", ("court", "status", "due_at", "id"), "live"
    ),
    "zx_deadlines_overdue": TableIndex("zx_deadlines", ("due_at",), "live AND status = 'expired'"),
    "zx_deputies_deputy": TableIndex("zx_deputies", ("deputy", "until")),
    "zx_exports_at": TableIndex("zx_exports", ("court", "at", "id")),
    "zx_found_case": TableIndex("zx_found", ("court", "case_id")),
    "zx_found_value": TableIndex("zx_found", ("name", "value", "court"), "NOT is_gone"),
    "zx_funds_held": TableIndex("zx_funds", ("court", "since", "id"), "since IS NOT NULL"),
    "zx_history_feed": TableIndex("zx_history", ("tx", "position")),
    "zx_history_late": TableIndex("zx_history", ("court", "recorded_at", "case_id", "seq"), "late"),
    "zx_history_request": TableIndex(
        "zx_history", ("court", "case_id", "request_id"), "request_id IS NOT NULL"
    ),
    "zx_holds_asset": TableIndex("zx_holds", ("asset",), "asset <> ''"),
    "zx_holds_case": TableIndex("zx_holds", ("court", "of_case")),
    "zx_holds_debtor": TableIndex("zx_holds", ("debtor",), "debtor <> ''"),
    "zx_incidents_id": TableIndex("zx_incidents", ("id",)),
    "zx_incidents_open": TableIndex("zx_incidents", ("at",), "resolved_at IS NULL"),
    "zx_inbox_not_taken": TableIndex("zx_inbox", ("received_at",), "outcome <> 'taken'"),
    "zx_inbox_received": TableIndex("zx_inbox", ("received_at",)),
    "zx_nonces_until": TableIndex("zx_nonces", ("until",)),
    "zx_outbox_case": TableIndex("zx_outbox", ("court", "case_id")),
    "zx_outbox_court_open": TableIndex(
        "zx_outbox", ("court", "created_at", "id"), "answered_at IS NULL AND status <> 'failed'"
    ),
    "zx_outbox_due": TableIndex("zx_outbox", ("send_at",), "send_at IS NOT NULL"),
    "zx_outbox_id": TableIndex("zx_outbox", ("id",)),
    "zx_outbox_open": TableIndex(
        "zx_outbox", ("counterparty", "created_at"), "answered_at IS NULL AND status <> 'failed'"
    ),
    "zx_outbox_taking_back": TableIndex(
        "zx_outbox", ("send_at",), "takes_back <> '' AND send_at IS NOT NULL"
    ),
    "zx_outbox_unaddressed": TableIndex(
        "zx_outbox", ("operation",), "counterparty IS NULL AND send_at IS NOT NULL"
    ),
    "zx_postings_case": TableIndex("zx_postings", ("court", "case_id")),
    "zx_postings_day": TableIndex("zx_postings", ("court", "day", "id")),
    "zx_postings_reference": TableIndex("zx_postings", ("court", "reference"), "reference <> ''"),
    "zx_publications_current": TableIndex("zx_publications", ("procedure", "status", "effective")),
    "zx_publications_kind": TableIndex("zx_publications", ("kind", "procedure", "status")),
    "zx_refusals_actor": TableIndex("zx_refusals", ("actor", "hour")),
    "zx_refusals_case": TableIndex("zx_refusals", ("case_id",)),
    "zx_refusals_court": TableIndex("zx_refusals", ("court", "at")),
    "zx_tasks_case": TableIndex("zx_tasks", ("case_id",)),
    "zx_tasks_court_open": TableIndex(
        "zx_tasks", ("court", "offered_at", "id"), "ended_at IS NULL"
    ),
    "zx_tasks_open": TableIndex("zx_tasks", ("pool", "offered_at"), "ended_at IS NULL"),
    "zx_tasks_person": TableIndex("zx_tasks", ("claimed_by",), "ended_at IS NULL"),
}
"""Every index by its name.

They are made by the migrations; declared on the tables, SQLAlchemy would load the dialect of
PostgreSQL for those who use SQLite.
"""
