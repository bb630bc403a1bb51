"""The first tables."""

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Day, Json, Moment

revision = "0001"
down_revision = None


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def _id(name: str, *args: object, **kw: object) -> sa.Column:
    return sa.Column(name, sa.String(100), *args, **kw)


def upgrade(op: Operations) -> None:
    op.create_table(
        "zx_definitions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("effective", Day, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("stored_at", Moment, nullable=False),
    )
    op.create_table(
        "zx_cases",
        _id("id", primary_key=True),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column(
            "definition_hash", sa.String(64), sa.ForeignKey("zx_definitions.hash"), nullable=False
        ),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("court", sa.String(100), nullable=False),
        sa.Column("officer", sa.String(100), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("extra", Json, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("closed_at", Moment),
        sa.Column("mode", sa.String(64)),
        sa.Column("wake_at", Moment),
        _id("parent_id", sa.ForeignKey("zx_cases.id")),
        sa.Column("sub", sa.String(64)),
    )
    op.create_index("zx_cases_wake", "zx_cases", ["wake_at"], **_where("wake_at IS NOT NULL"))
    op.create_index("zx_cases_parent", "zx_cases", ["parent_id"], **_where("parent_id IS NOT NULL"))
    op.create_index("zx_cases_state", "zx_cases", ["procedure", "state"])
    op.create_index("zx_cases_officer", "zx_cases", ["officer"])
    op.create_table(
        "zx_deadlines",
        _id("id", primary_key=True),
        _id("case_id", sa.ForeignKey("zx_cases.id"), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("start", Moment, nullable=False),
        sa.Column("due_day", Day),
        sa.Column("due_at", Moment),
        sa.Column("wake_at", Moment),
        sa.Column("warned", sa.Integer, nullable=False),
        sa.Column("escalated", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("calendar_version", sa.String(16), nullable=False),
        sa.Column("watcher", sa.String(100), nullable=False),
        sa.Column("extensions", Json, nullable=False),
        sa.Column("ended_at", Moment),
    )
    op.create_index("zx_deadlines_case", "zx_deadlines", ["case_id", "live"])
    op.create_index("zx_deadlines_due", "zx_deadlines", ["due_at"], **_where("live"))
    op.create_table(
        "zx_history",
        _id("case_id", sa.ForeignKey("zx_cases.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("trigger", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("changes", Json, nullable=False),
        sa.Column("effects", Json, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zx_alerts",
        _id("id", primary_key=True),
        _id("case_id", sa.ForeignKey("zx_cases.id"), nullable=False),
        _id("deadline_id", nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("watcher", sa.String(100), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("due_day", Day),
        sa.Column("seen_by", sa.String(100)),
    )
    op.create_index("zx_alerts_case", "zx_alerts", ["case_id"])
    op.create_index("zx_alerts_unseen", "zx_alerts", ["at"], **_where("seen_by IS NULL"))
    op.create_table(
        "zx_outbox",
        _id("id", primary_key=True),
        _id("case_id", sa.ForeignKey("zx_cases.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("operation", sa.String(130), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("send_at", Moment),
        sa.Column("leased_until", Moment),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("answered_at", Moment),
        sa.Column("last_error", sa.Text, nullable=False),
    )
    op.create_index("zx_outbox_due", "zx_outbox", ["send_at"], **_where("send_at IS NOT NULL"))
    op.create_index("zx_outbox_case", "zx_outbox", ["case_id"])
    op.create_table(
        "zx_inbox",
        _id("source", primary_key=True),
        sa.Column("message_id", sa.String(200), primary_key=True),
        _id("outbox_id", sa.ForeignKey("zx_outbox.id"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_table(
        "zx_incidents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        _id("case_id"),
        _id("outbox_id"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("resolved_at", Moment),
        sa.Column("resolved_by", sa.String(100)),
        sa.Column("resolution", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("zx_incidents_open", "zx_incidents", ["at"], **_where("resolved_at IS NULL"))
