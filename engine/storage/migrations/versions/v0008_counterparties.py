"""A request knows who is asked, what it is about, and the trace that it belongs to; nonces of
callbacks are remembered."""

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Moment

revision = "0008"
down_revision = "0007"

_UNADDRESSED = "counterparty IS NULL AND send_at IS NOT NULL"
_OPEN = "answered_at IS NULL AND status <> 'failed'"


def upgrade(op: Operations) -> None:
    op.add_column("zx_outbox", sa.Column("counterparty", sa.String(200)))
    op.add_column("zx_outbox", sa.Column("thing", sa.String(200)))
    trace = sa.Column("trace", sa.String(55), nullable=False, server_default="")
    op.add_column("zx_outbox", trace)
    _index(op, "zx_outbox_unaddressed", ["operation"], _UNADDRESSED)
    _index(op, "zx_outbox_open", ["counterparty", "created_at"], _OPEN)
    op.create_table(
        "zx_nonces",
        sa.Column("sender", sa.String(100), nullable=False),
        sa.Column("nonce", sa.String(128), nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.PrimaryKeyConstraint("sender", "nonce", name="zx_nonces_pk"),
    )
    op.create_index("zx_nonces_until", "zx_nonces", ["until"])


def _index(op: Operations, name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "zx_outbox", columns, postgresql_where=where, sqlite_where=where)
