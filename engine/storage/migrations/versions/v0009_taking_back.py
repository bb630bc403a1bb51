"""A request may take another back; answers are listed by when they came."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0009"
down_revision = "0008"


def upgrade(op: Operations) -> None:
    named = sa.Column("takes_back", sa.String(64), nullable=False, server_default="")
    op.add_column("zx_outbox", named)
    where = sa.text("takes_back <> '' AND send_at IS NOT NULL")
    op.create_index(
        "zx_outbox_taking_back",
        "zx_outbox",
        ["send_at"],
        postgresql_where=where,
        sqlite_where=where,
    )
    not_taken = sa.text("outcome <> 'taken'")
    op.create_index(
        "zx_inbox_not_taken",
        "zx_inbox",
        ["received_at"],
        postgresql_where=not_taken,
        sqlite_where=not_taken,
    )
    op.create_index("zx_inbox_received", "zx_inbox", ["received_at"])
