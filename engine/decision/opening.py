"""What can stand in the way of opening a case: facts and documents that nobody asks for, and what
the form of opening requires."""

from __future__ import annotations

from ...workflow.model.facts import OPEN
from ...workflow.model.parts import Power
from ..model.case import CaseState
from ..model.event import RELATED_PROCEEDING, Event
from ..model.obstacle import Obstacle
from .attempt import Attempt
from .facts import accept_input
from .obstacles import missing_documents, unasked, unfilled
from .procedure import Procedure
from .turn import NO_CHILDREN

_NOBODYS = Power(by=("procedure",))


def opening_obstacles(procedure: Procedure, case: CaseState, event: Event) -> list[Obstacle]:
    """Everything that stands in the way of opening a case, which has its defaults and no more.

    What a related proceeding passes on is no caller's word, and needs no form. Raises `DataError`,
    `BadEvent`.
    """
    power = procedure.definition.powers.get(OPEN, _NOBODYS)
    if case.parent_id is not None or _is_passed_on(power, event):
        return []
    attempt = _attempt(procedure, case, event)
    found = [*unasked(procedure.opening, attempt), *missing_documents(power.documents, attempt)]
    if power.form is not None:
        found += unfilled(power.form, attempt)
    return found


def _is_passed_on(power: Power, event: Event) -> bool:
    """Whether a related proceeding opens it, which no form says what to bring."""
    return power.form is None and not event.actor.roles.isdisjoint(RELATED_PROCEEDING.roles)


def _attempt(procedure: Procedure, case: CaseState, event: Event) -> Attempt:
    """The opening as the conditions of its form see it."""
    input = accept_input(procedure, case, event.data, event.documents)
    return Attempt(
        case,
        case.state,
        event.actor,
        event.at,
        input.data,
        input.documents,
        NO_CHILDREN,
        procedure,
        event.data,
        event.documents,
        is_late=event.recorded_at is not None,
    )
