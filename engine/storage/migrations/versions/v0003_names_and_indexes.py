"""Columns by what they hold, and an index for every list that people ask for."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0003"
down_revision = "0002"

_RENAMED = (("extra", "particulars"), ("mode", "closing_mode"), ("sub", "sub_procedure"))


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def upgrade(op: Operations) -> None:
    for old, new in _RENAMED:
        op.execute(f"ALTER TABLE zx_cases RENAME COLUMN {old} TO {new}")
    op.drop_index("zx_cases_officer", "zx_cases")
    op.create_index("zx_cases_officer", "zx_cases", ["officer", "id"])
    op.create_index("zx_cases_court", "zx_cases", ["court", "id"])
    op.create_index(
        "zx_cases_court_open", "zx_cases", ["court", "id"], **_where("closed_at IS NULL")
    )
    op.create_index("zx_cases_number", "zx_cases", ["number"])
    op.create_index("zx_cases_closed", "zx_cases", ["closed_at"], **_where("closed_at IS NOT NULL"))
    op.create_index(
        "zx_deadlines_overdue",
        "zx_deadlines",
        ["due_at"],
        **_where("live AND status = 'expired'"),
    )
