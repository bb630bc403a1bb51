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
from .clock import Clock, SystemClock, VirtualClock
from .engine import Engine
from .errors import (
    BadCaseId,
    BadEvent,
    CaseExists,
    CaseNotFound,
    DatabaseBusy,
    DefinitionMissing,
    EngineError,
    ExtensionRefused,
    LostRace,
    MoveRefused,
    NoSecondConnection,
    NumberTaken,
    PublicationRefused,
    Refused,
    SchemaOutdated,
    TooManyEvents,
    TransitionalRuleStays,
    UnknownDeadline,
    UnknownProcedure,
    UnknownPublication,
)
from .model.case import Ballot, DeadlineStatus, NewCase, ProposalStatus, TaskStatus
from .model.effects import EntryKind, RequestStatus
from .model.event import Actor
from .model.happened import Happened
from .model.obstacle import Obstacle
from .outside.dispatcher import Dispatcher
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
from .versions.migration import DueDateShift, MigrationPlan
from .versions.publishing import Publication, PublicationStatus
from .versions.recalculation import DueDateChange
from .work.runtime import Observer, Transaction

if TYPE_CHECKING:
    from .aio import AsyncEngine, AsyncWithin
    from .background.worker import Worker

__all__ = [
    "Actor",
    "AlertView",
    "Answer",
    "AsyncEngine",
    "AsyncWithin",
    "BadCaseId",
    "BadEvent",
    "Ballot",
    "Calendar",
    "Case",
    "CaseExists",
    "CaseNotFound",
    "ChecklistLine",
    "Clock",
    "DataError",
    "DatabaseBusy",
    "Deadline",
    "DeadlineStatus",
    "Deduction",
    "Definition",
    "DefinitionMissing",
    "DefinitionRefused",
    "Dispatcher",
    "DueDateChange",
    "DueDateShift",
    "Engine",
    "EntryKind",
    "EngineError",
    "ExplanationStep",
    "Extension",
    "ExtensionRefused",
    "Happened",
    "HistoryEntry",
    "Incident",
    "LostRace",
    "MigrationPlan",
    "MoveRefused",
    "NaiveDatetime",
    "NewCase",
    "NoSecondConnection",
    "NumberTaken",
    "Observer",
    "Obstacle",
    "PartyView",
    "Possible",
    "ProposalStatus",
    "Publication",
    "PublicationRefused",
    "PublicationStatus",
    "Refused",
    "RequestStatus",
    "SchemaOutdated",
    "SystemClock",
    "Task",
    "TaskStatus",
    "TimeUnit",
    "TooManyEvents",
    "Transaction",
    "TransitionalRuleStays",
    "UnknownDeadline",
    "UnknownField",
    "UnknownProcedure",
    "UnknownPublication",
    "VirtualClock",
    "VisibleNode",
    "Waiting",
    "Worker",
    "Workload",
    "ZhixingError",
    "connect",
    "upgrade_schema",
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
