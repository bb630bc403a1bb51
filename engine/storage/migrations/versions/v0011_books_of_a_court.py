"""The books of a court: money by double entry, what holds an asset, what cases are found by."""

import sqlalchemy as sa
from alembic.operations import Operations

from zhixing.engine.storage.migrations.column_types_1 import Day, Json, Moment

revision = "0011"
down_revision = "0010"

INDEXES = {
    "zx_found_case": ("zx_found", ["court", "case_id"], ""),
    "zx_found_value": ("zx_found", ["name", "value", "court"], "NOT is_gone"),
    "zx_funds_held": ("zx_funds", ["court", "since", "id"], "since IS NOT NULL"),
    "zx_holds_asset": ("zx_holds", ["asset"], "asset <> ''"),
    "zx_holds_case": ("zx_holds", ["court", "of_case"], ""),
    "zx_holds_debtor": ("zx_holds", ["debtor"], "debtor <> ''"),
    "zx_postings_case": ("zx_postings", ["court", "case_id"], ""),
    "zx_postings_day": ("zx_postings", ["court", "day", "id"], ""),
    "zx_postings_reference": ("zx_postings", ["court", "reference"], "reference <> ''"),
}


def upgrade(op: Operations) -> None:
    _create(
        op,
        "zx_postings",
        sa.Column("of_case", sa.String(100), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("movement", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("target", sa.String(16), nullable=False),
        sa.Column("cents", sa.BigInteger, nullable=False),
        sa.Column("day", Day, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("is_reversal", sa.Boolean, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
    )
    _create(
        op,
        "zx_funds",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("deposited", sa.BigInteger, nullable=False),
        sa.Column("since", Moment),
        sa.Column("claim", sa.BigInteger),
        id_length=200,
    )
    _create(
        op,
        "zx_holds",
        sa.Column("of_case", sa.String(100), nullable=False),
        sa.Column("asset", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(200), nullable=False),
        sa.Column("debtor", sa.String(200), nullable=False),
        sa.Column("standing", sa.String(16), nullable=False),
        sa.Column("cents", sa.BigInteger),
        sa.Column("registered_on", Day),
        sa.Column("effective_on", Day),
        sa.Column("until", Day),
        sa.Column("place", sa.Integer),
    )
    _create(
        op,
        "zx_found",
        sa.Column("name", sa.String(130), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("shown", Json, nullable=False),
        sa.Column("is_gone", sa.Boolean, nullable=False),
        id_length=400,
    )
    op.create_table(
        "zx_persons",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("shown", sa.String(40), nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name="zx_persons_pk"),
    )
    for name, (table, columns, text) in INDEXES.items():
        where = sa.text(text) if text else None
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def _create(
    op: Operations, table: str, *columns: "sa.Column[object]", id_length: int = 100
) -> None:
    """A table of what cases enter in the books, each row of one case."""
    op.create_table(
        table,
        sa.Column("court", sa.String(100), nullable=False),
        sa.Column("id", sa.String(id_length), nullable=False),
        sa.Column("case_id", sa.String(100), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("court", "id", name=f"{table}_pk"),
        sa.ForeignKeyConstraint(
            ["court", "case_id"], ["zx_cases.court", "zx_cases.id"], name=f"{table}_case_fk"
        ),
    )
