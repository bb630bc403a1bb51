"""Keys hold the court, numbers are compared and taken once; tables for units of an organisation.

SQLite changes no key of a table, and with foreign keys on none can be dropped that is referred to.
So on both databases the tables are made anew under another name, filled, and put in the place of
the old ones, children dropped before their parents.
"""

import unicodedata

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Day, Json, Moment

revision = "0004"
down_revision = "0003"

_ANEW = (
    "inbox",
    "outbox",
    "alerts",
    "tasks",
    "history",
    "deadlines",
    "incidents",
    "publications",
    "cases",
)
"""The tables that are made anew, children before their parents."""

_COURT = "CASE WHEN c.court = '' THEN 'court' ELSE c.court END"
"""The court of a case `c`; one that named none belongs to the only court there was."""

_COURT_IF_ANY = f"coalesce({_COURT}, '')"
_OF_CASE = "JOIN zx_cases c ON c.id = o.case_id"
_OF_ITSELF = "JOIN zx_cases c ON c.id = o.id"
_LONGEST_KEY = 200
_PAGE = 5000

_INDEXES = (
    ("zx_alerts_case", "zx_alerts", ["case_id"], ""),
    ("zx_alerts_id", "zx_alerts", ["id"], ""),
    ("zx_alerts_unseen", "zx_alerts", ["at"], "seen_by IS NULL"),
    ("zx_cases_closed", "zx_cases", ["closed_at"], "closed_at IS NOT NULL"),
    ("zx_cases_court_open", "zx_cases", ["court", "id"], "closed_at IS NULL"),
    ("zx_cases_id", "zx_cases", ["id"], ""),
    ("zx_cases_number", "zx_cases", ["number_key"], ""),
    (
        "zx_cases_number_key",
        "zx_cases",
        ["court", "number_key"],
        "number_key <> '' AND parent_id IS NULL",
    ),
    ("zx_cases_officer", "zx_cases", ["officer", "id"], ""),
    ("zx_cases_parent", "zx_cases", ["parent_id", "court"], "parent_id IS NOT NULL"),
    ("zx_cases_state", "zx_cases", ["procedure", "state"], ""),
    ("zx_cases_wake", "zx_cases", ["wake_at"], "wake_at IS NOT NULL"),
    ("zx_deadlines_case", "zx_deadlines", ["court", "case_id", "live"], ""),
    ("zx_deadlines_due", "zx_deadlines", ["due_at"], "live"),
    ("zx_deadlines_overdue", "zx_deadlines", ["due_at"], "live AND status = 'expired'"),
    ("zx_deputies_deputy", "zx_deputies", ["deputy", "until"], ""),
    ("zx_incidents_id", "zx_incidents", ["id"], ""),
    ("zx_incidents_open", "zx_incidents", ["at"], "resolved_at IS NULL"),
    ("zx_outbox_case", "zx_outbox", ["court", "case_id"], ""),
    ("zx_outbox_due", "zx_outbox", ["send_at"], "send_at IS NOT NULL"),
    ("zx_outbox_id", "zx_outbox", ["id"], ""),
    ("zx_publications_current", "zx_publications", ["procedure", "status", "effective"], ""),
    ("zx_publications_kind", "zx_publications", ["kind", "procedure", "status"], ""),
    ("zx_refusals_actor", "zx_refusals", ["actor", "hour"], ""),
    ("zx_refusals_case", "zx_refusals", ["case_id"], ""),
    ("zx_refusals_court", "zx_refusals", ["court", "at"], ""),
    ("zx_tasks_case", "zx_tasks", ["case_id"], ""),
    ("zx_tasks_open", "zx_tasks", ["pool", "offered_at"], "ended_at IS NULL"),
    ("zx_tasks_person", "zx_tasks", ["claimed_by"], "ended_at IS NULL"),
)
_UNIQUE = ("zx_cases_number_key",)


def upgrade(op: Operations) -> None:
    doubled = _number_keys(op)
    _copy_cases(op)
    _copy_work(op)
    _copy_history(op)
    _copy_requests(op)
    _tell_of(op, _copy_incidents(op), doubled)
    _copy_publications(op)
    _put_in_place(op)
    _make_tables_for_units(op)
    for name, table, columns, condition in _INDEXES:
        unique = name in _UNIQUE
        op.create_index(name, table, columns, unique=unique, **_where(condition))


def _where(condition: str) -> dict[str, sa.TextClause]:
    if not condition:
        return {}
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def _text(name: str, length: int, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False, server_default=default)


def _id(name: str, default: str | None = None) -> sa.Column:
    return _text(name, 100, default)


def _numbered(op: Operations, is_alone: bool = True) -> sa.Column:
    """An id that the database counts; within a key of several columns SQLite cannot."""
    counts = is_alone or op.get_bind().dialect.name == "postgresql"
    whole = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", whole, autoincrement=counts, nullable=False)


def _key(name: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"zx_{name}_pk")


def _of(name: str, referred: str, column: str) -> sa.ForeignKeyConstraint:
    """By court and id, to a table that is made anew."""
    keys = [f"zx_new_{referred}.court", f"zx_new_{referred}.id"]
    constraint = f"zx_{name}_{column.removesuffix('_id')}_fk"
    return sa.ForeignKeyConstraint(["court", column], keys, name=constraint)


def _of_definition(name: str) -> sa.ForeignKeyConstraint:
    constraint = f"zx_{name}_definition_fk"
    return sa.ForeignKeyConstraint(["definition_hash"], ["zx_definitions.hash"], name=constraint)


def _fill(op: Operations, table: sa.Table, source: str, **new: str) -> None:
    """The rows of an old table (`o`), with what its columns did not have yet."""
    quote = op.get_bind().dialect.identifier_preparer.quote
    kept = [quote(column.name) for column in table.columns if column.name not in new]
    columns = ", ".join([*kept, *new])
    values = ", ".join([*(f"o.{name}" for name in kept), *new.values()])
    old = table.name.replace("zx_new_", "zx_")
    op.execute(f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM {old} o {source}")


# -- numbers

_WITH_NUMBER = f"""
SELECT id, number FROM zx_cases WHERE id > :last AND number <> '' ORDER BY id LIMIT {_PAGE}
"""
_DOUBLED = f"""
SELECT court, id, number, number_key, oldest, opened_at FROM (
  SELECT {_COURT} AS court, c.id, c.number, n.number_key, c.opened_at,
    first_value(c.id) OVER (
      PARTITION BY {_COURT}, n.number_key ORDER BY c.opened_at, c.id) AS oldest
  FROM zx_cases c JOIN zx_new_numbers n ON n.id = c.id WHERE c.parent_id IS NULL) AS numbered
WHERE id <> oldest ORDER BY opened_at, id
"""


def _number_keys(op: Operations) -> list[sa.Row]:
    """Every case's number as numbers are compared, in a table of its own until they are copied.

    Gives the cases whose number an older one of their court has: their keys say which they are.
    """
    numbers = op.create_table(
        "zx_new_numbers", _id("id"), _text("number_key", _LONGEST_KEY), _key("numbers", "id")
    )
    connection, last = op.get_bind(), ""
    while rows := connection.execute(sa.text(_WITH_NUMBER), {"last": last}).all():
        keys = [
            {"id": id, "number_key": unicodedata.normalize("NFKC", number)[:_LONGEST_KEY]}
            for id, number in rows
        ]
        connection.execute(sa.insert(numbers), keys)
        last = rows[-1].id
    doubled = list(connection.execute(sa.text(_DOUBLED)))
    for row in doubled:
        mark = f" #{row.id}"
        key = row.number_key[: _LONGEST_KEY - len(mark)] + mark
        connection.execute(sa.update(numbers).where(numbers.c.id == row.id).values(number_key=key))
    return doubled


def _tell_of(op: Operations, incidents: sa.Table, doubled: list[sa.Row]) -> None:
    """An incident for each case whose number an older one has, as of when it was opened."""
    connection = op.get_bind()
    last = connection.execute(sa.select(sa.func.max(incidents.c.id))).scalar() or 0
    for number, row in enumerate(doubled, last + 1):
        values = {
            "court": row.court,
            "id": number,
            "case_id": row.id,
            "kind": "number-duplicate",
            "at": row.opened_at,
            "message": f"案号 {row.number} 与案件 {row.oldest} 重复，请更正",
        }
        connection.execute(sa.insert(incidents).values(values))


# -- tables made anew


def _copy_cases(op: Operations) -> None:
    table = op.create_table(
        "zx_new_cases",
        _id("court"),
        _id("id"),
        _text("procedure", 64),
        _text("definition_hash", 64),
        _text("state", 64),
        sa.Column("version", sa.Integer, nullable=False),
        _text("number", 100),
        _text("number_key", _LONGEST_KEY),
        _id("officer"),
        _id("team", default=""),
        sa.Column("data", Json, nullable=False),
        sa.Column("particulars", Json, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("closed_at", Moment),
        sa.Column("closing_mode", sa.String(64)),
        sa.Column("wake_at", Moment),
        sa.Column("parent_id", sa.String(100)),
        sa.Column("sub_procedure", sa.String(64)),
        _key("cases", "court", "id"),
        _of_definition("cases"),
        _of("cases", "cases", "parent_id"),
    )
    numbers = "LEFT JOIN zx_new_numbers n ON n.id = o.id"
    new = {"court": _COURT, "number_key": "coalesce(n.number_key, '')", "team": "''"}
    _fill(op, table, f"{_OF_ITSELF} {numbers}", **new)
    op.drop_table("zx_new_numbers")


def _copy_work(op: Operations) -> None:
    """What is to be done about a case: time limits, tasks, alerts."""
    table = op.create_table(
        "zx_new_deadlines",
        _id("court"),
        _id("id"),
        _id("case_id"),
        _text("rule", 64),
        _text("key", 200),
        _text("status", 16),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("start", Moment, nullable=False),
        sa.Column("due_day", Day),
        sa.Column("due_at", Moment),
        sa.Column("wake_at", Moment),
        sa.Column("warned", sa.Integer, nullable=False),
        sa.Column("escalated", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        _text("calendar_version", 16),
        _id("watcher"),
        sa.Column("extensions", Json, nullable=False),
        sa.Column("ended_at", Moment),
        _key("deadlines", "court", "id"),
        _of("deadlines", "cases", "case_id"),
    )
    _fill(op, table, _OF_CASE, court=_COURT)
    table = op.create_table(
        "zx_new_tasks",
        _id("court"),
        _id("id"),
        _id("case_id"),
        _text("kind", 16),
        _text("name", 64),
        _text("pool", 500),
        _text("status", 16),
        _id("claimed_by"),
        sa.Column("offered_at", Moment, nullable=False),
        sa.Column("claimed_at", Moment),
        sa.Column("ended_at", Moment),
        _key("tasks", "court", "id"),
        _of("tasks", "cases", "case_id"),
    )
    _fill(op, table, _OF_CASE, court=_COURT)
    table = op.create_table(
        "zx_new_alerts",
        _id("court"),
        _id("id"),
        _id("case_id"),
        _id("deadline_id"),
        _text("rule", 64),
        _text("kind", 16),
        sa.Column("roles", Json, nullable=False),
        _id("watcher"),
        sa.Column("at", Moment, nullable=False),
        sa.Column("due_day", Day),
        sa.Column("seen_by", sa.String(100)),
        _key("alerts", "court", "id"),
        _of("alerts", "cases", "case_id"),
    )
    _fill(op, table, _OF_CASE, court=_COURT)


def _copy_history(op: Operations) -> None:
    table = op.create_table(
        "zx_new_history",
        _id("court"),
        _id("case_id"),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        _text("kind", 16),
        _text("trigger", 64),
        _id("actor"),
        sa.Column("roles", Json, nullable=False),
        _text("source", 64),
        _text("target", 64),
        sa.Column("changes", Json, nullable=False),
        sa.Column("effects", Json, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        _key("history", "court", "case_id", "seq"),
        _of("history", "cases", "case_id"),
        sqlite_with_rowid=False,
    )
    _fill(op, table, _OF_CASE, court=_COURT)


def _copy_requests(op: Operations) -> None:
    table = op.create_table(
        "zx_new_outbox",
        _id("court"),
        _id("id"),
        _id("case_id"),
        sa.Column("seq", sa.Integer, nullable=False),
        _text("request", 64),
        _text("operation", 130),
        sa.Column("payload", Json, nullable=False),
        _text("status", 16),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("send_at", Moment),
        sa.Column("leased_until", Moment),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("answered_at", Moment),
        sa.Column("last_error", sa.Text, nullable=False),
        _key("outbox", "court", "id"),
        _of("outbox", "cases", "case_id"),
    )
    _fill(op, table, _OF_CASE, court=_COURT)
    table = op.create_table(
        "zx_new_inbox",
        _id("court"),
        _id("source"),
        _text("message_id", 200),
        _id("outbox_id"),
        _text("kind", 32),
        sa.Column("answer", Json, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        _key("inbox", "court", "source", "message_id"),
        _of("inbox", "outbox", "outbox_id"),
    )
    request = "JOIN zx_outbox x ON x.id = o.outbox_id"
    _fill(op, table, f"{request} JOIN zx_cases c ON c.id = x.case_id", court=_COURT)


def _copy_incidents(op: Operations) -> sa.Table:
    table = op.create_table(
        "zx_new_incidents",
        _id("court"),
        _numbered(op, is_alone=False),
        sa.Column("case_id", sa.String(100)),
        sa.Column("outbox_id", sa.String(100)),
        _text("kind", 32),
        sa.Column("at", Moment, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("resolved_at", Moment),
        sa.Column("resolved_by", sa.String(100)),
        sa.Column("resolution", sa.Text, nullable=False, server_default=""),
        _key("incidents", "court", "id"),
    )
    _fill(op, table, f"LEFT {_OF_CASE}", court=_COURT_IF_ANY)
    return table


def _copy_publications(op: Operations) -> None:
    table = op.create_table(
        "zx_new_publications",
        _numbered(op),
        _text("kind", 16, "definition"),
        _text("procedure", 64),
        _id("court", default=""),
        sa.Column("case_id", sa.String(100)),
        _text("definition_hash", 64),
        sa.Column("base_hash", sa.String(64)),
        _text("version", 200),
        sa.Column("effective", Day, nullable=False),
        _text("status", 16),
        _id("proposed_by"),
        sa.Column("proposed_for", Json, nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        _id("decided_by"),
        sa.Column("decided_at", Moment),
        _id("withdrawn_by"),
        sa.Column("withdrawn_at", Moment),
        sa.Column("note", sa.Text, nullable=False),
        _key("publications", "id"),
        _of_definition("publications"),
        _of("publications", "cases", "case_id"),
    )
    new = {"court": _COURT_IF_ANY, "kind": "'definition'", "base_hash": "NULL"}
    new["proposed_for"] = "'[]'"
    _fill(op, table, f"LEFT {_OF_CASE}", **new)


def _put_in_place(op: Operations) -> None:
    for name in _ANEW:
        op.drop_table(f"zx_{name}")
    for name in _ANEW:
        op.rename_table(f"zx_new_{name}", f"zx_{name}")
    if op.get_bind().dialect.name != "postgresql":
        return
    for name in ("incidents", "publications"):
        op.execute(f"ALTER SEQUENCE zx_new_{name}_id_seq RENAME TO zx_{name}_id_seq")
        sequence = f"pg_get_serial_sequence('zx_{name}', 'id')"
        last = "coalesce(max(id), 1), max(id) IS NOT NULL"
        op.execute(f"SELECT setval({sequence}, {last}) FROM zx_{name}")


# -- tables for units of an organisation


def _make_tables_for_units(op: Operations) -> None:
    op.add_column("zx_definitions", _text("kind", 16, "definition"))
    op.create_table(
        "zx_refusals",
        _id("court"),
        _id("id"),
        sa.Column("case_id", sa.String(100)),
        _text("verb", 32),
        _text("trigger", 64),
        _id("actor"),
        sa.Column("roles", Json, nullable=False),
        _text("code", 64),
        sa.Column("why", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("hour", Moment, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, server_default="1"),
        _key("refusals", "court", "id"),
    )
    op.create_table(
        "zx_deputies",
        _id("id"),
        _id("court"),
        _id("person"),
        _id("deputy"),
        sa.Column("roles", Json, nullable=False),
        sa.Column("since", Day, nullable=False),
        sa.Column("until", Day, nullable=False),
        _id("appointed_by"),
        sa.Column("appointed_at", Moment, nullable=False),
        _id("ended_by", default=""),
        sa.Column("ended_at", Moment),
        sa.Column("note", sa.Text, nullable=False),
        _key("deputies", "id"),
    )
    op.create_table(
        "zx_moves",
        _numbered(op),
        _text("procedure", 64),
        _text("definition_hash", 64),
        _id("court", default=""),
        _text("status", 16),
        _id("proposed_by"),
        sa.Column("proposed_for", Json, nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        _id("decided_by", default=""),
        sa.Column("decided_at", Moment),
        sa.Column("moved", sa.Integer, nullable=False, server_default="0"),
        sa.Column("stayed", sa.Integer, nullable=False, server_default="0"),
        _id("last_case", default=""),
        sa.Column("finished_at", Moment),
        sa.Column("note", sa.Text, nullable=False),
        _key("moves", "id"),
        _of_definition("moves"),
    )
