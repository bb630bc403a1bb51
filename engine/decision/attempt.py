"""One case on its way through one event: what the machine and the guards see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ...workflow.guards.cel import Children, Guard, ValueExpression
from ...workflow.guards.variables import midnight
from ...workflow.model.definition import Definition
from ...workflow.model.flow import others_act
from ...workflow.model.parts import ApprovalStep
from ...workflow.periods.calendars import Calendar
from ..model.case import CaseState, Proposal
from ..model.event import EXTERNAL_SYSTEM, Actor
from ..model.obstacle import Obstacle


class Rules(Protocol):
    """What an attempt asks of the procedure it is made under."""

    definition: Definition
    calendar: Calendar
    checklist_conditions: dict[str, dict[str, Guard]]
    form_conditions: dict[str, dict[str, Guard]]
    defaults: dict[str, Any]

    def expression(self, text: str, field: str) -> ValueExpression: ...

    def steps_of(self, proposal: Proposal) -> tuple[ApprovalStep, ...]: ...


def doers(case: CaseState, others: Children, act: str) -> Collection[str]:
    """Who did an act, of a case or (`NAME.TRIGGER`) of another proceeding that it knows of."""
    of_another = others_act(act)
    if of_another is None:
        return case.done_by.get(act, ())
    name, trigger = of_another
    found: Collection[str] = others.get(name, {}).get(f"did.{trigger}", ())
    return found


@dataclass(slots=True)
class Attempt:
    """One case going through one event: the machine's model.

    `data` and `documents` include what the event brings; `given` names the fields and `handed_in`
    the kinds of document that the event itself gives; `approved` is the proposal whose approval has
    passed; `is_late` says that it is entered after it happened. The `case` is as it was before.
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
    handed_in: Collection[str] = ()
    approved: Proposal | None = None
    is_late: bool = False
    taken: Any = None
    refusals: list[Obstacle] = field(default_factory=list)

    @property
    def is_answer(self) -> bool:
        """Whether it is the answer of an outside system, and no person's word."""
        return not self.actor.roles.isdisjoint(EXTERNAL_SYSTEM.roles)

    def knew(self, name: str) -> bool:
        """Whether the case knew a field before: by somebody's word, and not by its default."""
        value = self.case.data.get(name)
        presumed = self.rules.defaults.get(name)
        return value is not None and (value != presumed or name in self.case.stated)

    def knows(self, name: str) -> bool:
        """Whether the case knows a field by now: it did before, or the event says it."""
        is_said = name in self.given or self.knew(name)
        return is_said and self.data.get(name) is not None

    @property
    def done(self) -> Collection[str]:
        """The acts that have happened before, as far as conditions ask about them."""
        return self.case.done_by.keys()

    def doers_of(self, act: str) -> Collection[str]:
        """Who did an act, of this case or (`NAME.TRIGGER`) of another proceeding."""
        return doers(self.case, self.children, act)

    def limits(self, name: str, asked: str) -> int:
        """How many limits of a rule run (or rest), or were missed and can still be met."""
        return self.case.limits(name, asked)

    @property
    def now(self) -> datetime:
        """The time guards see: the event's own."""
        return self.at

    @property
    def today(self) -> datetime:
        """Midnight UTC of the local day, as dates look to guards."""
        return midnight(self.rules.calendar.local_day(self.at))
