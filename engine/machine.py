"""A definition compiled once into one shared `transitions` machine, with everything a decision needs at hand.

The machine holds no case: a `Passage` carries one case's state through one event. The machine's transitions ask for the
definition's own conditions (`obstacles`); nothing else is registered on it, so the event's dispatch goes straight to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from transitions import Machine
from transitions import State as MachineState
from transitions.core import Event as MachineEvent
from transitions.core import Transition as MachineTransition

from ..workflow.calendars import Calendar, calendar_named, plain_calendar
from ..workflow.checks.guards import required
from ..workflow.checks.structure import entrances
from ..workflow.constructs import FromTable
from ..workflow.data import parse, reviver
from ..workflow.errors import UnknownField
from ..workflow.guards import Children, Guard, GuardCompiler
from ..workflow.models import RETURN, STAY, Deadline, Definition, Transition
from ..workflow.periods import Period
from ..workflow.rules import lead, period_of
from . import obstacles
from .values import Actor, CaseState, Obstacle, Proposal


@dataclass(slots=True)
class Passage:
    """One case going through one event: the machine's model. `data` and `documents` include what the event brings.

    `brought` names the fields that the event itself gives; `approved` is the proposal whose approval has passed.
    """

    case: CaseState
    state: str
    actor: Actor
    at: datetime
    data: Mapping[str, Any]
    documents: Mapping[str, Any]
    children: Children
    procedure: Procedure
    brought: Iterable[str] = ()
    approved: Proposal | None = None
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
    checks: tuple[obstacles.Check, ...]

    def attempt(self, passage: Passage) -> bool:
        """Move the passage on when nothing stands in the way."""
        if self.returns and (not passage.case.origins or passage.case.origins[-1] != self.dest):
            return False
        refusals = passage.refusals
        before = len(refusals)
        for check in self.checks:
            refusals.extend(check(self, passage))
        if len(refusals) > before:
            return False
        passage.taken = self
        if self.dest is not None:
            passage.state = self.dest
        return True


class _Dispatch(MachineEvent):
    """An event of the machine that tries its steps in the order of the file."""

    def send(self, passage: Passage) -> bool:
        steps: Any = self.transitions.get(passage.state, ())
        for step in steps:  # noqa: SIM110 (this loop runs for every decision)
            if step.attempt(passage):
                return True
        return False


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
        compiler = GuardCompiler.of(definition)
        self._compile_constructs(compiler)
        self._index_deadlines()
        self._index_tasks()
        self.machine = _machine(self, compiler)
        self.asking = frozenset(t.trigger for t in definition.transitions if self._asks_children(t, compiler))
        events: Any = self.machine.events
        self._events: dict[str, _Dispatch] = dict(events)

    def _index_deadlines(self) -> None:
        self.entering: dict[str, list[str]] = defaultdict(list)
        self.starting_on: dict[str, list[str]] = defaultdict(list)
        self.proposing: dict[str, list[str]] = defaultdict(list)
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
            for trigger in rule.starts.proposing:
                self.proposing[trigger].append(name)
            for trigger in (*rule.met_by, *rule.ends_by):
                self.touching[trigger] = self.touching.get(trigger, frozenset()) | {name}
            self.leaving |= set(rule.ends_leaving)
            for trigger in rule.gates:
                self.gating[trigger] = (*self.gating.get(trigger, ()), name)
        self.pausing = frozenset(self.grounds.values())

    def _compile_constructs(self, compiler: GuardCompiler) -> None:
        d = self.definition
        self.checklist_conditions = {
            name: {id: compiler.compile(item.when) for id, item in checklist.items.items() if item.when is not None}
            for name, checklist in d.checklists.items()
        }
        self.form_conditions = {
            name: {id: compiler.compile(asked.required_when) for id, asked in form.fields.items() if asked.required_when is not None}
            for name, form in d.forms.items()
        }
        self.table_rows = {name: tuple((compiler.compile(row.when), row.is_) for row in table.rows) for name, table in d.tables.items()}

    def _asks_children(self, t: Transition, compiler: GuardCompiler) -> bool:
        """Whether a condition of the transition asks about sub-procedures."""
        guards = [compiler.compile(text) for text in required(self.definition, t)]
        guards += self.form_conditions.get(t.form or "", {}).values()
        guards += [guard for v in t.sets.values() if isinstance(v, FromTable) for guard, _ in self.table_rows[v.table]]
        return any(guard.subs for guard in guards)

    def _index_tasks(self) -> None:
        self.tasks_entering: dict[str, list[str]] = defaultdict(list)
        self.tasks_on: dict[str, list[str]] = defaultdict(list)
        for name, task in self.definition.tasks.items():
            for state in task.starts.entering:
                self.tasks_entering[state].append(name)
            for trigger in task.starts.on:
                self.tasks_on[trigger].append(name)

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


def _machine(procedure: Procedure, compiler: GuardCompiler) -> ProcedureMachine:
    definition = procedure.definition
    states = [MachineState(name, final=bool(state.closes)) for name, state in definition.states.items()]
    machine = ProcedureMachine(model=None, states=states, initial=definition.initial, auto_transitions=False, send_event=True)
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
                step.checks = obstacles.checks_of(step, procedure)
    return machine
