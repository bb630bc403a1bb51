"""How a procedure runs: cases, decisions, deadlines and requests, kept in a database."""

from typing import Any

from ..workflow.errors import DataError, ZhixingError
from ..workflow.loading import DefinitionRefused
from ..workflow.periods import Deduction, Extension, Unit
from .clock import Clock, SystemClock, VirtualClock
from .engine import Engine
from .errors import (
    CaseExists,
    CaseNotFound,
    DatabaseBusy,
    EngineError,
    ExtensionRefused,
    LostRace,
    MoveRefused,
    PublicationRefused,
    Refused,
    SchemaOutdated,
    UnknownDeadline,
    UnknownProcedure,
)
from .publishing import Publication
from .seeing import ChecklistLine, PartyView
from .values import Actor, NewCase, Obstacle
from .views import AlertView, Case, Deadline, HistoryEntry, Incident, Possible, Task, Waiting, Workload

__all__ = [
    "Actor",
    "AlertView",
    "Case",
    "CaseExists",
    "CaseNotFound",
    "Clock",
    "DataError",
    "DatabaseBusy",
    "Deadline",
    "Deduction",
    "DefinitionRefused",
    "Engine",
    "EngineError",
    "Extension",
    "ExtensionRefused",
    "HistoryEntry",
    "Incident",
    "LostRace",
    "MoveRefused",
    "NewCase",
    "Obstacle",
    "Possible",
    "Refused",
    "SchemaOutdated",
    "SystemClock",
    "Unit",
    "UnknownDeadline",
    "UnknownProcedure",
    "VirtualClock",
    "ChecklistLine",
    "PartyView",
    "Publication",
    "PublicationRefused",
    "Task",
    "Waiting",
    "Workload",
    "ZhixingError",
]


def __getattr__(name: str) -> Any:
    if name == "AsyncEngine":
        from .aio import AsyncEngine

        return AsyncEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
