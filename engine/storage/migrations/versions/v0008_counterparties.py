"""A request knows who is asked, what it is about, and the trace that it belongs to."""

import sqlalchemy as sa
from alembic.operations import Operations

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


def _index(op: Operations, name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "zx_outbox", columns, postgresql_where=where, sqlite_where=where)
