"""One case on its way through one event: what the machine and the guards see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from ...workflow.guards.cel import Children, Guard
from ...workflow.model.definition import Definition
from ...workflow.periods.calendars import Calendar
from ..model.case import CaseState, Proposal
from ..model.event import Actor
from ..model.obstacle import Obstacle


class Rules(Protocol):
    """What an attempt asks of the procedure it is made under."""

    definition: Definition
    calendar: Calendar
    checklist_conditions: dict[str, dict[str, Guard]]
    form_conditions: dict[str, dict[str, Guard]]


@dataclass(slots=True)
class Attempt:
    """One case going through one event: the machine's model.

    `data` and `documents` include what the event brings; `given` names the fields that the event
    itself gives; `approved` is the proposal whose approval has passed.
    """

    case: CaseState
    state: str
    actor: Actor
    at: datetime
    data: Mapping[str, Any]
    documents: Mapping[str, Any]
    children: Children
    rules: Rules
    given: Collection[str] = ()
    approved: Proposal | None = None
    taken: Any = None
    refusals: list[Obstacle] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The time guards see: the event's own."""
        return self.at

    @property
    def today(self) -> datetime:
        """Midnight UTC of the local day, as dates look to guards."""
        day = self.rules.calendar.local_day(self.at)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
