"""Figures as rows: what they are about (`by`), and numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ...engine.queries.views import View


class LimitsKept(View):
    """Time limits that ended in a period, or passed in it and are still to be performed.

    `met` in time, `met_late`, `expired` (passed, not performed), `waived`, `cancelled` (what they
    were for is gone). `kept` is the share of those met in time among those that were to be
    performed; None where there were none. Rights that lapsed are not counted.
    """

    by: Mapping[str, str]
    met: int
    met_late: int
    expired: int
    waived: int
    cancelled: int
    kept: float | None


class ClosingFigures(View):
    """Cases closed in a period: how many, and within how many days half of them, nine in ten, all
    were since they were opened."""

    by: Mapping[str, str]
    count: int
    median_days: float
    ninth_decile_days: float
    longest_days: float


class WorkFigures(View):
    """What one officer has: open cases (`weight` counts each by its procedure's weight), limits
    overdue, limits due within a week, cases closed in the period."""

    officer: str
    open_cases: int
    weight: float
    overdue: int
    due_soon: int
    closed: int
