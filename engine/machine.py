"""A definition compiled once into one shared `transitions` machine, with everything a decision needs at hand.

The machine holds no case: a `Passage` carries one case's state through one event. The machine's transitions ask the
definition's own conditions (role, gates, fields, documents, guard); nothing else is registered on it, so the event's
dispatch goes straight to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from transitions import Machine
from transitions import State as MachineState
from transitions.core import Event as MachineEvent
from transitions.core import Transition as MachineTransition

from ..workflow.calendars import Calendar, calendar_named, plain_calendar
from ..workflow.checks.structure import entrances
from ..workflow.data import parse, reviver
from ..workflow.errors import GuardValueMissing, UnknownField
from ..workflow.guards import Guard, GuardCompiler
from ..workflow.models import RETURN, STAY, Deadline, Definition, Transition
from ..workflow.periods import Period
from ..workflow.rules import lead, period_of
from .values import Actor, CaseState, Obstacle, Status

Counts = Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class Passage:
    """One case going through one event: the machine's model. `data` and `documents` include what the event brings."""

    case: CaseState
    state: str
    actor: Actor
    at: datetime
    data: Mapping[str, Any]
    documents: Mapping[str, Any]
    children: Counts
    procedure: Procedure
    taken: Step | None = None
    refusals: list[Obstacle] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The time guards see: the event's own."""
        return self.at

    @property
    def today(self) -> datetime:
        """Midnight UTC of the local day, as dates look to guards."""
        day = self.procedure.calendar.local_day(self.at)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


class Step(MachineTransition):
    """A transition of the definition, from one state."""

    spec: Transition
    guard: Guard | None
    roles: frozenset[str]
    gates: tuple[str, ...]
    returns: bool

    def attempt(self, passage: Passage) -> bool:
        """Move the passage on when nothing stands in the way."""
        if self.returns and (not passage.case.origins or passage.case.origins[-1] != self.dest):
            return False
        obstacles = self.obstacles(passage)
        if obstacles:
            passage.refusals.extend(obstacles)
            return False
        passage.taken = self
        if self.dest is not None:
            passage.state = self.dest
        return True

    def obstacles(self, passage: Passage) -> list[Obstacle]:
        """Everything that stands in the way, in the order people ask: who, when, what is missing, what is not so."""
        found: list[Obstacle] = []
        spec = self.spec
        if self.roles.isdisjoint(passage.actor.roles):
            found.append(_wrong_role(self, passage))
        if spec.not_by_who:
            found.extend(_same_person(spec, passage))
        if self.gates:
            found.extend(_closed_gates(self.gates, passage))
        for name in spec.needs:
            if passage.data.get(name) is None:
                title = passage.procedure.definition.data[name].title
                found.append(Obstacle("missing-field", f"缺少{title.zh}（{name}）", f"{title.en} ({name}) is missing"))
        for name in spec.documents:
            if name not in passage.documents:
                title = passage.procedure.definition.documents[name].title
                found.append(
                    Obstacle("missing-document", f"缺少文书：{title.zh}（{name}）", f"the document {title.en} ({name}) is missing")
                )
        if self.guard is not None and (obstacle := _guarded(self.guard, spec, passage)):
            found.append(obstacle)
        return found


def _wrong_role(step: Step, passage: Passage) -> Obstacle:
    titles = [passage.procedure.definition.role_title(role) for role in step.spec.by]
    zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
    return Obstacle("role", f"须由{zh}办理", f"only {en} may do this")


def _same_person(spec: Transition, passage: Passage) -> list[Obstacle]:
    found = []
    for trigger in spec.not_by_who:
        if passage.case.done_by.get(trigger) == passage.actor.id:
            title = passage.procedure.definition.trigger_title(trigger)
            found.append(Obstacle("same-person", f"不能由“{title.zh}”的同一人办理", f"not by the person who did: {title.en}"))
    return found


def _closed_gates(gates: tuple[str, ...], passage: Passage) -> list[Obstacle]:
    found = []
    for deadline in passage.case.deadlines:
        if deadline.rule in gates and deadline.status in (Status.RUNNING, Status.PAUSED):
            if deadline.due_at is not None and passage.at >= deadline.due_at:
                continue
            title = passage.procedure.definition.deadlines[deadline.rule].title
            day = deadline.due_day.isoformat() if deadline.due_day else "…"
            found.append(Obstacle("gate", f"{title.zh}：{day} 前不得办理", f"{title.en}: not before {day}", deadline.due_at))
    return found


def _guarded(guard: Guard, spec: Transition, passage: Passage) -> Obstacle | None:
    try:
        if guard.allows(passage):
            return None
    except GuardValueMissing as missing:
        return Obstacle("guard-value", missing.text("zh"), missing.text("en"))
    zh, en = (spec.otherwise.zh, spec.otherwise.en) if spec.otherwise else (f"条件不满足：{guard.text}", f"not so: {guard.text}")
    return Obstacle("guard", zh, en)


class _Dispatch(MachineEvent):
    """An event of the machine that tries its steps in the order of the file."""

    def send(self, passage: Passage) -> bool:
        steps: Any = self.transitions.get(passage.state, ())
        return any(step.attempt(passage) for step in steps)


class ProcedureMachine(Machine):
    """The `transitions` machine of a definition."""

    transition_cls = Step
    event_cls = _Dispatch


class Procedure:
    """A definition ready to run: its machine, typed fields, calendar, and deadlines indexed by what touches them."""

    def __init__(self, definition: Definition, calendar: Calendar | None = None) -> None:
        self.definition = definition
        self.id = definition.id
        self.hash = definition.hash
        self.calendar = calendar or _calendar(definition)
        self.fields = {n: (f.type, frozenset(f.choices) if f.choices else None) for n, f in definition.data.items()}
        self.revivers = {n: r for n, f in definition.data.items() if (r := reviver(f.type))}
        self.defaults = {n: parse(n, f.type, f.default) for n, f in definition.data.items() if f.default is not None}
        self.watched_triggers = frozenset(t for spec in definition.transitions for t in spec.not_by_who)
        self.grounds = {state: s.ground for s in definition.suspensions for state in s.states}
        self.needs_children = _needs_children(definition)
        self._index_deadlines()
        self.machine = _machine(self)
        events: Any = self.machine.events
        self._events: dict[str, _Dispatch] = dict(events)

    def _index_deadlines(self) -> None:
        self.entering: dict[str, list[str]] = defaultdict(list)
        self.starting_on: dict[str, list[str]] = defaultdict(list)
        self.touching: dict[str, frozenset[str]] = {}
        self.leaving: set[str] = set()
        self.gating: dict[str, tuple[str, ...]] = {}
        self.leads = {n: tuple(sorted(map(lead, rule.warn), reverse=True)) for n, rule in self.definition.deadlines.items()}
        self._periods: dict[tuple[int, int, str], Period] = {}
        self.order = {name: i for i, name in enumerate(self.definition.deadlines)}
        self.rules = self.definition.deadlines
        for name, rule in self.rules.items():
            for state in rule.starts.entering:
                self.entering[state].append(name)
            for trigger in rule.starts.on:
                self.starting_on[trigger].append(name)
            for trigger in (*rule.met_by, *rule.ends_by):
                self.touching[trigger] = self.touching.get(trigger, frozenset()) | {name}
            self.leaving |= set(rule.ends_leaving)
            for trigger in rule.gates:
                self.gating[trigger] = (*self.gating.get(trigger, ()), name)
        self.pausing = frozenset(self.grounds.values())

    def parse_field(self, name: str, value: Any) -> Any:
        """A typed value. Raises `UnknownField`, `DataError`."""
        known = self.fields.get(name)
        if known is None:
            raise UnknownField(field=name)
        return None if value is None else parse(name, known[0], value, known[1])

    def period(self, rule: Deadline, length: int) -> Period:
        """The period of a rule on this procedure's calendar, made once."""
        key = (id(rule), length, self.calendar.version)
        found = self._periods.get(key)
        if found is None:
            found = self._periods[key] = period_of(rule, length, self.calendar)
        return found

    def run(self, trigger: str, passage: Passage) -> bool:
        """Send a passage through the machine; false when no step of the trigger was possible."""
        event = self._events.get(trigger)
        return event is not None and event.send(passage)

    def steps(self, trigger: str, state: str) -> list[Step]:
        """The steps a trigger has from a state."""
        event = self._events.get(trigger)
        found: Any = event.transitions.get(state, ()) if event else ()
        return list(found)


def _calendar(definition: Definition) -> Calendar:
    return plain_calendar(definition.zone) if definition.calendar == "none" else calendar_named(definition.calendar)


def _needs_children(definition: Definition) -> bool:
    return any(t.when and any(f"{sub}." in t.when for sub in definition.sub_procedures) for t in definition.transitions)


def _machine(procedure: Procedure) -> ProcedureMachine:
    definition = procedure.definition
    states = [MachineState(name, final=bool(state.closes)) for name, state in definition.states.items()]
    machine = ProcedureMachine(model=None, states=states, initial=definition.initial, auto_transitions=False, send_event=True)
    compiler = GuardCompiler(definition)
    origins = entrances(definition)
    guards = {t.when: compiler.compile(t.when) for t in definition.transitions if t.when is not None}
    for spec in definition.transitions:
        for source in definition.sources_of(spec):
            targets = [None] if spec.to == STAY else sorted(origins[source]) if spec.to == RETURN else [spec.to]
            for target in targets:
                machine.add_transition(spec.trigger, source, target)
                step: Any = machine.events[spec.trigger].transitions[source][-1]
                step.spec, step.roles = spec, frozenset(spec.by)
                step.guard = guards[spec.when] if spec.when is not None else None
                step.gates = procedure.gating.get(spec.trigger, ())
                step.returns = spec.to == RETURN
    return machine
