"""Requests are fenced, and an answer is known by the request that it answers.

Each claim of a request has a number: a holder whose lease ran out can change nothing more.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Json, Moment

revision = "0007"
down_revision = "0006"

_KEY = ("court", "outbox_id", "message_id")
_OLDER = """
DELETE FROM zx_inbox a USING zx_inbox b WHERE a.court = b.court AND a.outbox_id = b.outbox_id
AND a.message_id = b.message_id AND a.source > b.source
"""


def upgrade(op: Operations) -> None:
    fence = sa.Column("fence", sa.Integer, nullable=False, server_default="0")
    op.add_column("zx_outbox", fence)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_OLDER)
        op.execute("ALTER TABLE zx_inbox DROP CONSTRAINT zx_inbox_pk")
        columns = ", ".join(_KEY)
        op.execute(f"ALTER TABLE zx_inbox ADD CONSTRAINT zx_inbox_pk PRIMARY KEY ({columns})")
    else:
        _make_anew(op)


def _make_anew(op: Operations) -> None:
    """SQLite changes no key of a table."""
    op.create_table(
        "zx_new_inbox",
        sa.Column("court", sa.String(100), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("outbox_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(*_KEY, name="zx_inbox_pk"),
        sa.ForeignKeyConstraint(
            ["court", "outbox_id"], ["zx_outbox.court", "zx_outbox.id"], name="zx_inbox_outbox_fk"
        ),
    )
    columns = "court, source, message_id, outbox_id, kind, answer, received_at, outcome"
    op.execute(f"INSERT OR IGNORE INTO zx_new_inbox ({columns}) SELECT {columns} FROM zx_inbox")
    op.drop_table("zx_inbox")
    op.rename_table("zx_new_inbox", "zx_inbox")
