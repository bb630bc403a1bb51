"""One turn: one event at one case, from what is given to the decision."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from ...workflow.guards.cel import Children
from ..errors import UnknownDeadline
from ..model.case import CaseState, DeadlineState, DeadlineStatus
from ..model.command_json import command_as_json
from ..model.effects import Decision, Effects, Entry, EntryKind
from ..model.event import Event
from ..model.past import Amendment, Redecision
from . import RULES
from .at_hand import put_back
from .procedure import Procedure

NO_CHILDREN: Children = {}
Again = Callable[["Turn", Amendment], Redecision]
"""Decides the past of a turn's case again, otherwise."""


class Outcome(NamedTuple):
    """What a turn came to, as history tells it: its kind and what changed.

    `source` is the state that the case left; by default the one it stands in. `trigger` is what it
    is told of, where that is not the event's.
    """

    kind: EntryKind
    changes: dict[str, Any] | None = None
    source: str | None = None
    trigger: str = ""


class LimitKey(NamedTuple):
    """Which limit a deadline is: of several with the same rule and key, the round."""

    rule: str
    key: str
    round: int


class Naming(Protocol):
    """How what a turn makes is called, where a past is decided again and names shall stay."""

    def deadline(self, case: CaseState, of: LimitKey, number: int) -> str:
        """The id of a deadline that is armed, the `number`-th of its turn."""
        ...

    def task(self, case: CaseState, name: str, number: int) -> str:
        """The id of a task that is offered, the `number`-th of its turn."""
        ...


class _ByVersion:
    """Ids that say which event made them; the same event always gives the same ones."""

    def deadline(self, case: CaseState, of: LimitKey, number: int) -> str:
        return f"{case.id}.{case.version}.{number}"

    def task(self, case: CaseState, name: str, number: int) -> str:
        return f"{case.id}.{case.version}.t{number}"


BY_VERSION = _ByVersion()


class Turn:
    """A case going through an event under its procedure.

    `case` is this turn's own, in the version that it makes, and may change.

    The deadlines in it are shared with the case as it was read: `own` gives one that may be
    changed. `again` decides the case's past again, otherwise; None where that is not at hand.
    `amends` is what the turn decides otherwise of the past, as its entry keeps it; `is_aside` says
    that its entry is about such a thing that still waits. `before` is the case before a record of
    it was taken in hand. `confirmed_by` are those who must confirm what it overturns, each the
    roles (or persons) one of whom must agree.
    """

    __slots__ = (
        "again",
        "amends",
        "at",
        "before",
        "case",
        "children",
        "confirmed_by",
        "effects",
        "event",
        "is_aside",
        "naming",
        "procedure",
    )

    def __init__(
        self,
        procedure: Procedure,
        case: CaseState,
        event: Event,
        children: Children = NO_CHILDREN,
        effects: Effects | None = None,
        naming: Naming = BY_VERSION,
    ) -> None:
        self.naming = naming
        self.again: Again | None = None
        self.amends: dict[str, Any] | None = None
        self.before: CaseState | None = None
        self.is_aside = False
        self.confirmed_by: tuple[tuple[str, ...], ...] = ()
        self.procedure = procedure
        self.case = case
        self.event = event
        self.at = event.at
        self.children = children
        self.effects = effects if effects is not None else Effects()

    def live(self, rules: Collection[str] | None = None) -> list[DeadlineState]:
        """The deadlines that an event may still change, of some rules or of all.

        It is a list of its own: a turn changes the case's while it goes through them.
        """
        return [d for d in self.case.live() if rules is None or d.rule in rules]

    def find_live(self, name: str, is_missed: bool = False) -> DeadlineState:
        """A live deadline by its rule's name or its id.

        Of several rounds the one that has been missed, or has not. Raises `UnknownDeadline`.
        """
        found = [d for d in self.live() if name in (d.id, d.rule)]
        if not found:
            raise UnknownDeadline(case_id=self.case.id, rule=name)
        asked = (d for d in found if (d.status is DeadlineStatus.EXPIRED) is is_missed)
        return next(asked, found[0])

    def new_deadline_id(self, rule: str, key: str, round: int = 1) -> str:
        """An id for a deadline that this turn arms."""
        of = LimitKey(rule, key, round)
        return self.naming.deadline(self.case, of, len(self.effects.armed))

    def new_task_id(self, name: str) -> str:
        """An id for a task that this turn offers."""
        return self.naming.task(self.case, name, len(self.effects.tasks))

    def own(self, deadline: DeadlineState) -> DeadlineState:
        """The deadline as this turn may change it; it is then written."""
        id = deadline.id
        mine = self.effects.armed.get(id) or self.effects.changed.get(id)
        return mine if mine is not None else self.adopt(deadline, deadline.clone())

    def adopt(self, deadline: DeadlineState, changed: DeadlineState) -> DeadlineState:
        """Put a changed copy in the place of a deadline of the case."""
        deadlines = self.case.deadlines
        deadlines[deadlines.index(deadline)] = changed
        self.effects.changed[changed.id] = changed
        return changed

    def arm(self, deadline: DeadlineState) -> None:
        """Add a new deadline to the case."""
        self.case.deadlines.append(deadline)
        self.effects.armed[deadline.id] = deadline

    def tell(self, **line: Any) -> None:
        """Add a line to what history shows of this turn."""
        self.effects.told.append(line)

    def tell_deadline(self, deadline: DeadlineState, what: str) -> None:
        """What became of a deadline, with its due day."""
        day = deadline.due_day
        line = {"deadline": deadline.rule, "what": what, "due": day.isoformat() if day else None}
        if deadline.key:
            line["key"] = deadline.key
        self.effects.told.append(line)

    def part(self, event: Event) -> Turn:
        """The same turn seen as another event (an approved act inside a vote, say)."""
        return self._as(Turn(self.procedure, self.case, event, self.children, self.effects))

    def trial(self, event: Event | None = None) -> Turn:
        """The same turn on a copy of its case: to see what would become of it."""
        case = self.case.clone()
        return self._as(Turn(self.procedure, case, event or self.event, self.children))

    def _as(self, other: Turn) -> Turn:
        other.naming, other.again = self.naming, self.again
        return other

    def conclude(self, outcome: Outcome) -> Decision:
        """The decision: the case as it will be, with the next moment that a clock must look at."""
        case, event = self.case, self.event
        if self.procedure.definition.records:
            put_back(case, self.procedure.documents_of_records)
        case.wake_at = earliest_moment(case)
        entry = Entry(
            event.at,
            outcome.kind,
            outcome.trigger or event.trigger or getattr(event.command, "trigger", ""),
            event.actor.id,
            event.actor.ordered_roles,
            case.state if outcome.source is None else outcome.source,
            case.state,
            outcome.changes or {},
            self.effects.told,
            event.note,
            self._given(),
            event.recorded_at is not None or "insert" in (self.amends or ()),
            event.request_id,
            self.procedure.hash,
            self.procedure.calendar.version,
            RULES,
        )
        return Decision(case, entry, self.effects)

    def _given(self) -> dict[str, Any]:
        """Everything that the decision was given beside who and when, each where there is any."""
        event = self.event
        parts = (
            ("data", dict(event.data)),
            ("documents", dict(event.documents)),
            ("about", event.about),
            ("acts_for", sorted(event.actor.acts_for)),
            ("sub_procedures", self.children),
            ("follows", event.follows),
            ("aside", self.is_aside),
        )
        given: dict[str, Any] = {name: part for name, part in parts if part}
        if event.command is not None:
            given["command"] = command_as_json(event.command)
        if self.case.version == 1:
            given["case"] = _given_of_case(self.case)
        if self.amends is not None:
            given["amends"] = self.amends
        return given


def _given_of_case(case: CaseState) -> dict[str, str]:
    """What a case was opened with beside its data, each where there is any."""
    given = {
        "number": case.number,
        "officer": case.officer,
        "team": case.team,
        "parent": case.parent_id,
        "sub_procedure": case.sub_procedure,
        "about": case.about,
    }
    return {name: value for name, value in given.items() if value}


def earliest_moment(case: CaseState) -> datetime | None:
    """The next moment at which a clock has something to do for the case."""
    first: datetime | None = None
    for deadline in case.deadlines:
        moment = deadline.wake_at
        if moment is not None and deadline.live and (first is None or moment < first):
            first = moment
    return first
