"""The court around its cases: the lists that it lives by, and what its pages are built of.

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
from .metadata.errors import NoSuchAct
from .metadata.verbs import CourtMetadata
from .metadata.views import (
    ActForm,
    ActView,
    AskedDocument,
    FieldView,
    LimitView,
    Named,
    OrderView,
    ProcedureSummary,
    ProcedureView,
    RoleView,
    StateView,
)
from .out.calendars import CalendarMissing, officer_calendar

__all__ = [
    "ActForm",
    "ActView",
    "AlertRow",
    "AskedDocument",
    "BadCursor",
    "BadFilter",
    "BadLimit",
    "CalendarMissing",
    "CaseRow",
    "Count",
    "CourtLists",
    "CourtMetadata",
    "DeadlineRow",
    "FieldView",
    "Filters",
    "IncidentRow",
    "LateRow",
    "LimitView",
    "Named",
    "NoSuchAct",
    "OrderView",
    "Page",
    "ProcedureSummary",
    "ProcedureView",
    "RefusalRow",
    "RequestRow",
    "RoleView",
    "Row",
    "StateView",
    "StuckRow",
    "TaskRow",
    "UnknownFilter",
    "Wanted",
    "officer_calendar",
]
