"""The court around its cases: its lists, what its pages are built of, what leaves it.

Everything that these verbs take, return or raise is importable from here.
"""

from .claims.errors import NoSuchClaim
from .claims.verbs import CourtClaims
from .claims.views import CaseClaim
from .figures.verbs import CourtFigures
from .figures.views import ClosingFigures, LimitsKept, WorkFigures
from .lists.errors import BadCursor, BadFilter, BadLimit, UnknownFilter
from .lists.filters import Filters, Wanted
from .lists.pages import Count, Page
from .lists.rows import (
    AlertRow,
    CaseRow,
    DeadlineRow,
    ExportRow,
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
from .out.verbs import LogForm, export_log

__all__ = [
    "ActForm",
    "ActView",
    "AlertRow",
    "AskedDocument",
    "BadCursor",
    "BadFilter",
    "BadLimit",
    "CalendarMissing",
    "CaseClaim",
    "CaseRow",
    "ClosingFigures",
    "Count",
    "CourtClaims",
    "CourtFigures",
    "CourtLists",
    "CourtMetadata",
    "DeadlineRow",
    "ExportRow",
    "FieldView",
    "Filters",
    "IncidentRow",
    "LateRow",
    "LimitsKept",
    "LimitView",
    "LogForm",
    "Named",
    "NoSuchAct",
    "NoSuchClaim",
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
    "WorkFigures",
    "export_log",
    "officer_calendar",
]
