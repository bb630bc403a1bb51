"""The lists of a court: by its key, in the order of time, of what is open; who exported what."""

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Json, Moment

revision = "0010"
down_revision = "0009"

INDEXES = {
    "zx_alerts_court": ("zx_alerts", ["court", "at", "id"], "seen_by IS NULL"),
    "zx_cases_court_closed": ("zx_cases", ["court", "closed_at", "id"], "closed_at IS NOT NULL"),
    "zx_cases_court_mode": (
        "zx_cases",
        ["court", "closing_mode", "closed_at", "id"],
        "closed_at IS NOT NULL",
    ),
    "zx_cases_court_opened": ("zx_cases", ["court", "opened_at", "id"], "closed_at IS NULL"),
    "zx_cases_court_state": (
        "zx_cases",
        ["court", "procedure", "state", "opened_at", "id"],
        "closed_at IS NULL",
    ),
    "zx_cases_quiet": (
        "zx_cases",
        ["court", "opened_at", "id"],
        "closed_at IS NULL AND wake_at IS NULL",
    ),
    "zx_deadlines_court_due": ("zx_deadlines", ["court", "status", "due_at", "id"], "live"),
    "zx_exports_at": ("zx_exports", ["court", "at", "id"], ""),
    "zx_history_late": ("zx_history", ["court", "recorded_at", "case_id", "seq"], "late"),
    "zx_outbox_court_open": (
        "zx_outbox",
        ["court", "created_at", "id"],
        "answered_at IS NULL AND status <> 'failed'",
    ),
    "zx_tasks_court_open": ("zx_tasks", ["court", "offered_at", "id"], "ended_at IS NULL"),
}


def upgrade(op: Operations) -> None:
    op.create_table(
        "zx_exports",
        sa.Column("court", sa.String(100), nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("case_id", sa.String(100)),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("filters", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("court", "id", name="zx_exports_pk"),
    )
    for name, (table, columns, text) in INDEXES.items():
        where = sa.text(text) if text else None
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
    op.drop_index("zx_deadlines_due", "zx_deadlines")
