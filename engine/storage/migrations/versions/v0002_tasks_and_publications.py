"""Work in pools, and the publication of versions."""

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Day, Moment

revision = "0002"
down_revision = "0001"


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def upgrade(op: Operations) -> None:
    op.create_table(
        "zx_tasks",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("case_id", sa.String(100), sa.ForeignKey("zx_cases.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("pool", sa.String(500), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("claimed_by", sa.String(100), nullable=False),
        sa.Column("offered_at", Moment, nullable=False),
        sa.Column("claimed_at", Moment),
        sa.Column("ended_at", Moment),
    )
    op.create_index(
        "zx_tasks_open", "zx_tasks", ["pool", "offered_at"], **_where("ended_at IS NULL")
    )
    op.create_index("zx_tasks_case", "zx_tasks", ["case_id"])
    op.create_index("zx_tasks_person", "zx_tasks", ["claimed_by"], **_where("ended_at IS NULL"))
    op.create_table(
        "zx_publications",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(100), sa.ForeignKey("zx_cases.id")),
        sa.Column(
            "definition_hash", sa.String(64), sa.ForeignKey("zx_definitions.hash"), nullable=False
        ),
        sa.Column("version", sa.String(200), nullable=False),
        sa.Column("effective", Day, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("proposed_by", sa.String(100), nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        sa.Column("decided_by", sa.String(100), nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("withdrawn_by", sa.String(100), nullable=False),
        sa.Column("withdrawn_at", Moment),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index(
        "zx_publications_current", "zx_publications", ["procedure", "status", "effective"]
    )
