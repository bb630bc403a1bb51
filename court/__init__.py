"""The court around its cases: the lists that it lives by.

Everything that these verbs take, return or raise is importable from here.
"""

from .lists.errors import BadCursor, BadFilter, BadLimit, UnknownFilter
from .lists.filters import Filters, Wanted
from .lists.pages import Count, Page
from .lists.rows import (
    AlertRow,
    CaseRow,
    DeadlineRow,
    IncidentRow,
    LateRow,
    RefusalRow,
    RequestRow,
    Row,
    StuckRow,
    TaskRow,
)
from .lists.verbs import CourtLists

__all__ = [
    "AlertRow",
    "BadCursor",
    "BadFilter",
    "BadLimit",
    "CaseRow",
    "Count",
    "DeadlineRow",
    "Filters",
    "IncidentRow",
    "LateRow",
    "CourtLists",
    "Page",
    "RefusalRow",
    "RequestRow",
    "Row",
    "StuckRow",
    "TaskRow",
    "UnknownFilter",
    "Wanted",
]
