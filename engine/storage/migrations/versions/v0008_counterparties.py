"""A request knows who is asked, what it is about, and the trace that it belongs to."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0008"
down_revision = "0007"


def upgrade(op: Operations) -> None:
    op.add_column("zx_outbox", sa.Column("counterparty", sa.String(200)))
    op.add_column("zx_outbox", sa.Column("thing", sa.String(200)))
    trace = sa.Column("trace", sa.String(55), nullable=False, server_default="")
    op.add_column("zx_outbox", trace)
    op.create_index(
        "zx_outbox_unaddressed",
        "zx_outbox",
        ["operation"],
        postgresql_where=sa.text("counterparty IS NULL AND send_at IS NOT NULL"),
        sqlite_where=sa.text("counterparty IS NULL AND send_at IS NOT NULL"),
    )
