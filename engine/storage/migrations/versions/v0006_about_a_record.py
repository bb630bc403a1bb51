"""Sub-procedures, tasks and requests may be about one record of their case."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0006"
down_revision = "0005"

_TABLES = ("zx_cases", "zx_tasks", "zx_outbox")


def upgrade(op: Operations) -> None:
    for table in _TABLES:
        about = sa.Column("about", sa.String(64), nullable=False, server_default="")
        op.add_column(table, about)
