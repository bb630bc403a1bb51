"""What would follow of an act, before anybody does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..decision.procedure import Procedure
from ..model.case import CaseState
from ..model.effects import Decision
from .views import Case, Deadline


class Foreseen(BaseModel):
    """One entry that the history would get: `happened_at` is what the law would count from."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    case_id: str
    kind: str
    trigger: str
    happened_at: datetime
    source: str
    target: str
    effects: tuple[dict[str, Any], ...]
    alerts: tuple[str, ...]
    requests: tuple[str, ...]
    tasks: tuple[str, ...]

    @classmethod
    def of(cls, decision: Decision) -> Foreseen:
        entry, effects = decision.entry, decision.effects
        return cls(
            case_id=decision.case.id,
            kind=entry.kind.value,
            trigger=entry.trigger,
            happened_at=entry.happened_at,
            source=entry.source,
            target=entry.target,
            effects=tuple(entry.effects),
            alerts=tuple(f"{alert.kind}:{alert.rule}" for alert in effects.alerts),
            requests=tuple(request.request for request in effects.requests),
            tasks=tuple(task.name for task in effects.tasks),
        )


class Preview(BaseModel):
    """The case as it would stand, its live limits, and every entry that would be written."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, defer_build=True)

    case: Case
    deadlines: tuple[Deadline, ...]
    entries: tuple[Foreseen, ...]

    @classmethod
    def of(cls, procedure: Procedure, case: CaseState, decisions: Sequence[Decision]) -> Preview:
        today = procedure.calendar.local_day(case.known_at)
        return cls(
            case=Case.of(procedure, case, case.known_at),
            deadlines=tuple(Deadline.of(procedure, case, d, today) for d in case.live()),
            entries=tuple(map(Foreseen.of, decisions)),
        )
