"""The court around its cases: its lists, what its pages are built of, what leaves it.

Everything that these verbs take, return or raise is importable from here.
"""

from .assets.verbs import CourtAssets
from .assets.views import AssetQueue, DebtorHoldings, QueuedMeasure
from .claims.errors import NoSuchClaim
from .claims.verbs import CourtClaims
from .claims.views import CaseClaim
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
from .ledger.bank import BankLine, bank_lines
from .ledger.errors import BadStatement, NoSuchAccount
from .ledger.verbs import CourtLedger
from .ledger.views import (
    AccountStatement,
    BankFault,
    BankMismatch,
    CreditorShare,
    LedgerEntry,
    MoneyAge,
    MoneyFigures,
    Reconciliation,
    SharePlan,
    TrialBalance,
)
from .links.verbs import CourtLinks
from .links.views import CaseGroup, Family, RelatedCase, Relation, WholeEntry
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
    MoneyRow,
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
from .persons.verbs import CourtPersons
from .persons.views import PersonCase, PersonMeasure, PersonView
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
from .takeover.views import Takeover, TakeoverGap, TakeoverLimit, TakeoverLine, TakeoverMoment

__all__ = [
    "AccountStatement",
    "CreditorShare",
    "SharePlan",
    "ActFacts",
    "ActForm",
    "ActView",
    "AlertRow",
    "AskedDocument",
    "AssetQueue",
    "BadCursor",
    "BadFilter",
    "BadLimit",
    "BadStatement",
    "BankFault",
    "BankLine",
    "BankMismatch",
    "CalendarMissing",
    "CaseClaim",
    "CaseFacts",
    "CaseGroup",
    "CaseRow",
    "ClosingFigures",
    "Count",
    "CourtAssets",
    "CourtClaims",
    "CourtFigures",
    "CourtLedger",
    "CourtLinks",
    "CourtLists",
    "CourtMetadata",
    "CourtPersons",
    "CourtTakeover",
    "DeadlineRow",
    "DebtorHoldings",
    "DeductionFacts",
    "DocumentFacts",
    "ExportRow",
    "ExtensionFacts",
    "Family",
    "FieldView",
    "Figure",
    "Filters",
    "IncidentRow",
    "Ladder",
    "LateRow",
    "LedgerEntry",
    "LimitFacts",
    "LimitView",
    "LimitsKept",
    "LogForm",
    "MoneyAge",
    "MoneyFigures",
    "MoneyRow",
    "Named",
    "NoSuchAccount",
    "NoSuchAct",
    "NoSuchClaim",
    "NodeFigures",
    "NodeTimes",
    "NothingToPlot",
    "OrderView",
    "Page",
    "PerformanceTimes",
    "PersonCase",
    "PersonMeasure",
    "PersonView",
    "PlotsMissing",
    "ProcedureSummary",
    "ProcedureView",
    "QueuedMeasure",
    "Reconciliation",
    "RefusalRow",
    "Relation",
    "RelatedCase",
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
    "SubProcedureFacts",
    "Takeover",
    "TakeoverFileRefused",
    "TakeoverGap",
    "TakeoverItem",
    "TakeoverLimit",
    "TakeoverLine",
    "TakeoverMoment",
    "TaskRow",
    "TrialBalance",
    "UnknownFilter",
    "Unread",
    "Wanted",
    "WholeEntry",
    "WorkFigures",
    "bank_lines",
    "export_log",
    "figures_as_csv",
    "figures_as_svg",
    "officer_calendar",
    "read_takeover",
    "takeover_schema",
]
