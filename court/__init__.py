"""The court around its cases: its lists, what its pages are built of, what leaves it.

Everything that these verbs take, return or raise is importable from here.
"""

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
from .takeover.errors import TakeoverFileRefused
from .takeover.facts import (
    ActFacts,
    CaseFacts,
    DeductionFacts,
    DocumentFacts,
    ExtensionFacts,
    LimitFacts,
    SubProcedureFacts,
    takeover_schema,
)
from .takeover.files import TakeoverItem, read_takeover
from .takeover.verbs import CourtTakeover
from .takeover.views import (
    Takeover,
    TakeoverGap,
    TakeoverLimit,
    TakeoverLine,
    TakeoverMoment,
)

__all__ = [
    "ActFacts",
    "ActForm",
    "ActView",
    "AlertRow",
    "AskedDocument",
    "BadCursor",
    "BadFilter",
    "BadLimit",
    "CalendarMissing",
    "CaseFacts",
    "CaseRow",
    "ClosingFigures",
    "Count",
    "CourtFigures",
    "CourtLists",
    "CourtMetadata",
    "CourtTakeover",
    "DeadlineRow",
    "DeductionFacts",
    "DocumentFacts",
    "ExportRow",
    "ExtensionFacts",
    "FieldView",
    "Filters",
    "IncidentRow",
    "LateRow",
    "LimitFacts",
    "LimitsKept",
    "LimitView",
    "LogForm",
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
    "SubProcedureFacts",
    "Takeover",
    "TakeoverFileRefused",
    "TakeoverGap",
    "TakeoverItem",
    "TakeoverLimit",
    "TakeoverLine",
    "TakeoverMoment",
    "TaskRow",
    "UnknownFilter",
    "Wanted",
    "WorkFigures",
    "export_log",
    "officer_calendar",
    "read_takeover",
    "takeover_schema",
]
