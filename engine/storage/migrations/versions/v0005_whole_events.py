"""Entries hold the whole event and are chained; two times; what a request came to; marks."""

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Json, Moment

revision = "0005"
down_revision = "0004"

_NUMBER_ENTRIES = """
UPDATE zx_history SET position = numbered.n FROM (
    SELECT court AS c, case_id AS i, seq AS s,
        row_number() OVER (ORDER BY recorded_at, court, case_id, seq) AS n
    FROM zx_history
) AS numbered
WHERE court = numbered.c AND case_id = numbered.i AND seq = numbered.s
"""


def _columns() -> dict[str, list[sa.Column[object]]]:
    return {
        "zx_cases": [_text("head", 64)],
        "zx_deadlines": [sa.Column("armed_at", Moment)],
        "zx_alerts": [
            sa.Column("closed_at", Moment),
            sa.Column("closed_why", sa.String(32)),
        ],
        "zx_history": [
            sa.Column("given", Json, nullable=False, server_default="{}"),
            sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()),
            sa.Column("request_id", sa.String(100)),
            _text("definition_hash", 64),
            _text("calendar_version", 16),
            sa.Column("rules", sa.Integer, nullable=False, server_default="0"),
            sa.Column("rows", Json, nullable=False, server_default="{}"),
            _text("hash", 64),
            _text("algorithm", 16),
            sa.Column("tx", sa.BigInteger, nullable=False, server_default="0"),
            sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        ],
    }


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")


def upgrade(op: Operations) -> None:
    op.execute("ALTER TABLE zx_history RENAME COLUMN at TO happened_at")
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.execute(_NUMBER_ENTRIES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE zx_history_position")
        op.execute(
            "SELECT setval('zx_history_position',"
            " (SELECT coalesce(max(position), 0) + 1 FROM zx_history), false)"
        )
    _make_tables(op)
    op.create_index("zx_history_feed", "zx_history", ["tx", "position"])
    has_request = sa.text("request_id IS NOT NULL")
    op.create_index(
        "zx_history_request",
        "zx_history",
        ["court", "case_id", "request_id"],
        postgresql_where=has_request,
        sqlite_where=has_request,
    )


def _make_tables(op: Operations) -> None:
    op.create_table(
        "zx_requests",
        sa.Column("court", sa.String(100), nullable=False),
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("request_id", sa.String(100), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("result", Json, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("court", "scope", "request_id", name="zx_requests_pk"),
    )
    op.create_table(
        "zx_marks",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name="zx_marks_pk"),
    )
