"""Figures as rows: what they are about (`by`), and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ...engine.queries.views import View
from ..lists.rows import Row
from .shares import Spread


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


class Unread(View):
    """Cases that figures could not be counted of, since they cannot be read: how many, and the
    first of them."""

    count: int = 0
    cases: tuple[str, ...] = ()


class NodeTimes(View):
    """How long cases stood in one node (a state, or a phase) in a period, in whole days.

    `ended` are the stays that ended in it, `running` those that last at its end, counted up to
    then. Time in which the cases rested (中止) is a row of its own, `is_suspended`.
    """

    by: Mapping[str, str]
    title_zh: str
    title_en: str
    is_suspended: bool
    ended: Spread
    running: Spread


class NodeFigures(View):
    """The times of every node, and what could not be read."""

    rows: tuple[NodeTimes, ...]
    unread: Unread


class PerformanceTimes(View):
    """Within how many days, from its start, what a time limit asks for was done."""

    by: Mapping[str, str]
    days: Spread


class Resumptions(View):
    """Cases closed in a period, and closed ones that went on in it.

    `closed` closings fell in the period, which are this `share` of all in their group (the same
    but for the mode); `standing` are closings from before it that stood when it began. `resumed` of
    both went on in it: the case was opened again, or another resumes it. `rate` is their share;
    None where there was nothing to resume. `after` are the days between closing and going on.
    """

    by: Mapping[str, str]
    closed: int
    share: float | None
    standing: int
    resumed: int
    rate: float | None
    after: Spread


class ResumptionFigures(View):
    """What was closed and went on, and what could not be read."""

    rows: tuple[Resumptions, ...]
    unread: Unread


class SanctionTimes(View):
    """How often a coercive measure was taken in a period, in how many cases.

    `after` are the days from the opening of the case to its first; `first` counts the cases in
    which it was the first measure of all, `after_heavier` the times it was taken for the first time
    after a heavier one.
    """

    by: Mapping[str, str]
    title_zh: str = ""
    title_en: str = ""
    rung: int | None = None
    times: int
    cases: int
    first: int
    after_heavier: int
    after: Spread


class SanctionFigures(View):
    """The coercive measures that were taken, and what could not be read."""

    rows: tuple[SanctionTimes, ...]
    unread: Unread


class Sanction(View):
    """One coercive measure: which (a row of the law, with its `rung` and citation), on which day,
    by which act of which case."""

    measure: str
    title_zh: str
    title_en: str
    rung: int
    basis: str
    day: date
    act: str
    case_id: str


class Ladder(Row):
    """The coercive measures of one case against one debtor, as its data names him, in their order.

    `times` counts them by measure. `is_in_order` says that none was first taken after a heavier one
    (a higher `rung`).
    """

    debtor: str
    measures: tuple[Sanction, ...]
    times: Mapping[str, int]
    highest: int
    is_in_order: bool


Figure = (
    LimitsKept
    | ClosingFigures
    | WorkFigures
    | NodeTimes
    | PerformanceTimes
    | Resumptions
    | SanctionTimes
    | Ladder
)
"""A row of figures."""
