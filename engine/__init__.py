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
from .charter.deputies import Deputyship
from .charter.files import CharterRefused, default_charter, load_charter
from .charter.model import Charter
from .charter.refusals import RefusalView
from .clock import Clock, SystemClock, VirtualClock
from .engine import Engine
from .errors import (
    BadActor,
    BadCaseId,
    BadDeputy,
    BadEvent,
    CaseExists,
    CaseNotFound,
    CharterExists,
    DamagedCase,
    DatabaseBusy,
    DefinitionDamaged,
    DefinitionMissing,
    EngineError,
    ExtensionRefused,
    HeldAfterRestore,
    LostRace,
    MigrationRefused,
    MoveRefused,
    NoSecondConnection,
    NoSuchRequest,
    NotAllowed,
    NotHeld,
    NotPublished,
    NumberTaken,
    PublicationRefused,
    Refused,
    SchemaOutdated,
    TooManyEvents,
    TransitionalRuleStays,
    UnknownAlert,
    UnknownCourt,
    UnknownDeadline,
    UnknownMigration,
    UnknownProcedure,
    UnknownPublication,
)
from .model.case import Ballot, DeadlineStatus, NewCase, ProposalStatus, TaskStatus
from .model.effects import EntryKind, RequestStatus
from .model.event import Actor
from .model.happened import Happened
from .model.obstacle import Obstacle
from .outside.dispatcher import Dispatcher
from .queries.export import CaseExport
from .queries.held import Held, HeldMoment, HeldRequest
from .queries.views import (
    AlertView,
    Case,
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
from .storage.upgrade import upgrade_schema
from .verbs.guarded import Asked, Authorize
from .versions.migration import DueDateShift, MigrationPlan
from .versions.moving import Migration, MigrationStatus
from .versions.publications import Publication, PublicationStatus
from .versions.recalculation import DueDateChange
from .versions.renewal import Renewal
from .work.runtime import Observer, Transaction

if TYPE_CHECKING:
    from .aio import AsyncEngine, AsyncWithin
    from .background.worker import Worker

__all__ = [
    "Actor",
    "AlertView",
    "Answer",
    "Asked",
    "AsyncEngine",
    "AsyncWithin",
    "Authorize",
    "BadActor",
    "BadCaseId",
    "BadDeputy",
    "BadEvent",
    "Ballot",
    "Calendar",
    "Case",
    "CaseExists",
    "CaseExport",
    "CaseNotFound",
    "Charter",
    "CharterExists",
    "CharterRefused",
    "ChecklistLine",
    "Clock",
    "connect",
    "DamagedCase",
    "DatabaseBusy",
    "DataError",
    "Deadline",
    "DeadlineStatus",
    "Deduction",
    "default_charter",
    "Definition",
    "DefinitionDamaged",
    "DefinitionMissing",
    "DefinitionRefused",
    "Deputyship",
    "Dispatcher",
    "DueDateChange",
    "DueDateShift",
    "Engine",
    "EngineError",
    "EntryKind",
    "ExplanationStep",
    "Extension",
    "ExtensionRefused",
    "Happened",
    "Held",
    "HeldAfterRestore",
    "HeldMoment",
    "HeldRequest",
    "HistoryEntry",
    "Incident",
    "load_charter",
    "LostRace",
    "Migration",
    "MigrationPlan",
    "MigrationRefused",
    "MigrationStatus",
    "MoveRefused",
    "NaiveDatetime",
    "NewCase",
    "NoSecondConnection",
    "NoSuchRequest",
    "NotAllowed",
    "NotHeld",
    "NotPublished",
    "NumberTaken",
    "Observer",
    "Obstacle",
    "PartyView",
    "Possible",
    "ProposalStatus",
    "Publication",
    "PublicationRefused",
    "PublicationStatus",
    "RefusalView",
    "Refused",
    "Renewal",
    "RequestStatus",
    "SchemaOutdated",
    "SystemClock",
    "Task",
    "TaskStatus",
    "TimeUnit",
    "TooManyEvents",
    "Transaction",
    "TransitionalRuleStays",
    "UnknownAlert",
    "UnknownCourt",
    "UnknownDeadline",
    "UnknownField",
    "UnknownMigration",
    "UnknownProcedure",
    "UnknownPublication",
    "upgrade_schema",
    "VirtualClock",
    "VisibleNode",
    "Waiting",
    "Worker",
    "Workload",
    "ZhixingError",
]

_LOADED_WHEN_ASKED = {
    "AsyncEngine": "aio",
    "AsyncWithin": "aio",
    "Worker": "background.worker",
}


def __getattr__(name: str) -> Any:
    """What needs asyncio or APScheduler is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
