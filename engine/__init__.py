"""How a procedure runs: cases, decisions, deadlines and requests, kept in a database.

Everything that a verb takes, returns or raises is importable from here.
"""

from typing import TYPE_CHECKING, Any

from ..adapters.protocol import Answer
from ..workflow.errors import DataError, NaiveDatetime, UnknownField, ZhixingError
from ..workflow.loading import DefinitionRefused
from ..workflow.model.definition import Definition
from ..workflow.periods.adjustments import Deduction, Extension
from ..workflow.periods.calendars import Calendar
from ..workflow.periods.counting import TimeUnit
from ..workflow.periods.period import ExplanationStep
from .audit.anchor import Anchor
from .audit.findings import AuditFinding, AuditReport, Otherwise, Sealing
from .charter.deputies import Deputyship
from .charter.files import CharterRefused, default_charter, load_charter
from .charter.model import Charter
from .charter.refusals import RefusalView
from .clock import Clock, SystemClock, VirtualClock
from .engine import Engine
from .errors import (
    AnchorRefused,
    AnswerRefused,
    BadActor,
    BadAuditSetting,
    BadCaseId,
    BadDeputy,
    BadEvent,
    BadFeedToken,
    BadIdentityKey,
    BadIntake,
    BadRequestId,
    BadText,
    BadTime,
    CaseExists,
    CaseNotFound,
    CharterExists,
    ClockRefused,
    DamagedCase,
    DamagedRow,
    DatabaseBusy,
    DatabaseFault,
    DatabaseUnusable,
    DefinitionDamaged,
    DefinitionMissing,
    EngineError,
    ExtensionRefused,
    HeldAfterRestore,
    IdentityNotKept,
    IntegrityViolated,
    LawRowNotCountable,
    LinkRefused,
    LostRace,
    MigrationRefused,
    MoveRefused,
    NoIdentityKey,
    NoSecondConnection,
    NoSuchRequest,
    NotAllowed,
    NotHeld,
    NothingToJoin,
    NotOpenThen,
    NotPublished,
    NotReconcilable,
    NotWhole,
    NumberTaken,
    OutcomeUnknown,
    ProgramOutdated,
    PublicationRefused,
    Refused,
    RequestInHand,
    RequestOver,
    RequestReused,
    SchemaOutdated,
    StaleVersion,
    TakenOverOtherwise,
    TakeoverFault,
    TakeoverRefused,
    TooManyEvents,
    TransactionLost,
    TransitionalRuleStays,
    UnknownAlert,
    UnknownCourt,
    UnknownDeadline,
    UnknownLawRow,
    UnknownMigration,
    UnknownProcedure,
    UnknownPublication,
)
from .intake import Fires, Intake, Opens
from .model.case import Ballot, DeadlineStatus, NewCase, ProposalStatus, TaskKind, TaskStatus
from .model.commands import LateAct, Replacement
from .model.effects import EntryKind, RequestStatus
from .model.event import Actor
from .model.exchange import Exchange, ExchangeObserver
from .model.happened import Happened
from .model.obstacle import Obstacle
from .model.trace import traced
from .outside.dispatcher import Dispatcher
from .outside.nonces import DatabaseNonces
from .outside.reconciling import BookDifference, Disagreement
from .queries.answer_forms import AnswerForm, AnswerKind
from .queries.as_of import CaseAt, DeadlineAt
from .queries.events import FeedEvent
from .queries.export import CaseExport
from .queries.figures import DueNow, Figures
from .queries.held import Held, HeldMoment, HeldRequest
from .queries.preview import Preview
from .queries.requests import AnswerView, CounterpartyView, ReceivedView, RequestView
from .queries.views import (
    AlertView,
    Case,
    CaseLink,
    Deadline,
    HistoryEntry,
    Incident,
    Possible,
    Task,
    Waiting,
    Workload,
)
from .queries.visibility import ChecklistLine, PartyView, VisibleNode
from .storage.database import connect
from .storage.upgrade import include_name, upgrade_schema
from .verbs.guarded import Asked, Authorize
from .verbs.once import Calling
from .versions.migration import DueDateShift, MigrationPlan
from .versions.moving import Migration, MigrationStatus
from .versions.publications import Publication, PublicationStatus
from .versions.recalculation import DueDateChange
from .versions.renewal import Renewal
from .work.clock_guard import ClockAccepted
from .work.discovery import Shelf
from .work.runtime import Observer, Transaction

if TYPE_CHECKING:
    from .aio import AsyncEngine, AsyncWithin
    from .background.worker import Worker
    from .metrics import Metrics

__all__ = [
    "NotReconcilable",
    "Disagreement",
    "BookDifference",
    "DatabaseNonces",
    "RequestView",
    "RequestInHand",
    "RequestOver",
    "CounterpartyView",
    "AnswerView",
    "ReceivedView",
    "AnswerForm",
    "AnswerKind",
    "AnswerRefused",
    "Actor",
    "AlertView",
    "Anchor",
    "AnchorRefused",
    "Answer",
    "Asked",
    "AsyncEngine",
    "AsyncWithin",
    "AuditFinding",
    "AuditReport",
    "Authorize",
    "BadActor",
    "BadAuditSetting",
    "BadCaseId",
    "BadDeputy",
    "BadEvent",
    "BadFeedToken",
    "BadIdentityKey",
    "BadIntake",
    "BadRequestId",
    "BadText",
    "BadTime",
    "Ballot",
    "Calendar",
    "Calling",
    "Case",
    "CaseAt",
    "CaseExists",
    "CaseExport",
    "CaseLink",
    "CaseNotFound",
    "Charter",
    "CharterExists",
    "CharterRefused",
    "ChecklistLine",
    "Clock",
    "ClockAccepted",
    "ClockRefused",
    "DamagedCase",
    "DamagedRow",
    "DataError",
    "DatabaseBusy",
    "DatabaseFault",
    "DatabaseUnusable",
    "Deadline",
    "DeadlineAt",
    "DeadlineStatus",
    "Deduction",
    "Definition",
    "DefinitionDamaged",
    "DefinitionMissing",
    "DefinitionRefused",
    "Deputyship",
    "Dispatcher",
    "DueDateChange",
    "DueDateShift",
    "DueNow",
    "Engine",
    "EngineError",
    "EntryKind",
    "Exchange",
    "ExchangeObserver",
    "ExplanationStep",
    "Extension",
    "ExtensionRefused",
    "FeedEvent",
    "Figures",
    "Fires",
    "Happened",
    "Held",
    "HeldAfterRestore",
    "IdentityNotKept",
    "HeldMoment",
    "HeldRequest",
    "HistoryEntry",
    "Incident",
    "Intake",
    "IntegrityViolated",
    "LateAct",
    "LawRowNotCountable",
    "LinkRefused",
    "LostRace",
    "Metrics",
    "Migration",
    "MigrationPlan",
    "MigrationRefused",
    "MigrationStatus",
    "MoveRefused",
    "NaiveDatetime",
    "NewCase",
    "NoIdentityKey",
    "NoSecondConnection",
    "NoSuchRequest",
    "NotAllowed",
    "NotHeld",
    "NotOpenThen",
    "NotPublished",
    "NotWhole",
    "NothingToJoin",
    "NumberTaken",
    "Opens",
    "Observer",
    "Obstacle",
    "Otherwise",
    "OutcomeUnknown",
    "PartyView",
    "Possible",
    "Preview",
    "ProgramOutdated",
    "ProposalStatus",
    "Publication",
    "PublicationRefused",
    "PublicationStatus",
    "RefusalView",
    "Refused",
    "Renewal",
    "Replacement",
    "RequestReused",
    "RequestStatus",
    "SchemaOutdated",
    "Sealing",
    "StaleVersion",
    "Shelf",
    "SystemClock",
    "TakenOverOtherwise",
    "TakeoverFault",
    "TakeoverRefused",
    "Task",
    "TaskKind",
    "TaskStatus",
    "TimeUnit",
    "TooManyEvents",
    "Transaction",
    "TransactionLost",
    "TransitionalRuleStays",
    "UnknownAlert",
    "UnknownCourt",
    "UnknownDeadline",
    "UnknownLawRow",
    "UnknownField",
    "UnknownMigration",
    "UnknownProcedure",
    "UnknownPublication",
    "VirtualClock",
    "traced",
    "VisibleNode",
    "Waiting",
    "Worker",
    "Workload",
    "ZhixingError",
    "connect",
    "default_charter",
    "include_name",
    "load_charter",
    "upgrade_schema",
]

_LOADED_WHEN_ASKED = {
    "AsyncEngine": "aio",
    "AsyncWithin": "aio",
    "Metrics": "metrics",
    "Worker": "background.worker",
}


def __getattr__(name: str) -> Any:
    """What needs asyncio, APScheduler or an extra is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
