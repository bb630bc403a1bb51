"""The court around its cases: its lists, what its pages are built of, what leaves it.

Everything that these verbs take, return or raise is importable from here.
"""

from .figures.errors import NothingToPlot, PlotsMissing
from .figures.plots import figures_as_svg
from .figures.shares import Spread
from .figures.tables import figures_as_csv
from .figures.verbs import CourtFigures
from .figures.views import (
    ClosingFigures,
    Figure,
    Ladder,
    LimitsKept,
    NodeFigures,
    NodeTimes,
    PerformanceTimes,
    ResumptionFigures,
    Resumptions,
    Sanction,
    SanctionFigures,
    SanctionTimes,
    Unread,
    WorkFigures,
)
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
    "CaseRow",
    "ClosingFigures",
    "Count",
    "CourtFigures",
    "CourtLists",
    "CourtMetadata",
    "DeadlineRow",
    "ExportRow",
    "FieldView",
    "Figure",
    "Filters",
    "IncidentRow",
    "Ladder",
    "LateRow",
    "LimitsKept",
    "LimitView",
    "LogForm",
    "Named",
    "NodeFigures",
    "NodeTimes",
    "NoSuchAct",
    "NothingToPlot",
    "OrderView",
    "Page",
    "PerformanceTimes",
    "PlotsMissing",
    "ProcedureSummary",
    "ProcedureView",
    "RefusalRow",
    "RequestRow",
    "ResumptionFigures",
    "Resumptions",
    "RoleView",
    "Row",
    "Sanction",
    "SanctionFigures",
    "SanctionTimes",
    "Spread",
    "StateView",
    "StuckRow",
    "TaskRow",
    "UnknownFilter",
    "Unread",
    "Wanted",
    "WorkFigures",
    "export_log",
    "figures_as_csv",
    "figures_as_svg",
    "officer_calendar",
]
