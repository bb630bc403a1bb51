"""A definition compiled once: its machine, typed fields, calendar, and what touches what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

from transitions import Machine

from ...workflow.checks.conditions import condition_of, required
from ...workflow.errors import DataError, UnknownField
from ...workflow.guards.acts import acts_in
from ...workflow.guards.cel import Expression, GuardCompiler, ValueExpression
from ...workflow.guards.places import conditions, viewers_of
from ...workflow.law.armed import rule_of_law
from ...workflow.model.definition import Definition
from ...workflow.model.facts import Facts
from ...workflow.model.field_types import FieldType
from ...workflow.model.flow import FieldSpec, Transition, others_act
from ...workflow.model.limits import DeadlineRule, escalation_of, period_of, warnings_of
from ...workflow.model.parts import ApprovalStep, Computed, FromTable
from ...workflow.model.records import defaults_of, parse_of, reviver_of
from ...workflow.periods.calendar_files import calendar_named
from ...workflow.periods.calendars import Calendar, plain_calendar
from ...workflow.periods.period import Period
from ..model.case import Proposal
from .attempt import Attempt
from .by_rule import ByRule
from .machine import CompiledTransition, Gating, ProcedureEvent, build_machine, machine_kind
from .obstacles import checks_of

Rule = TypeVar("Rule")


class Procedure:
    """A definition ready to run. It is shared by every case on it and holds none of them.

    Raises `UnknownCalendar` when the definition counts on a calendar that is not there.
    """

    def __init__(self, definition: Definition, calendar: Calendar | None = None) -> None:
        self.definition = definition
        self.id = definition.id
        self.hash = definition.hash
        self.calendar = calendar or _calendar(definition)
        self._index_fields()
        self._index_deadlines()
        self._compile_conditions(GuardCompiler.of(definition))
        self._index_tasks()
        self.machine = build_machine(definition, self.gating)
        events: Any = self.machine.events
        self._events: dict[str, ProcedureEvent] = dict(events)
        facts = Facts(definition)
        self.opening = facts.at_opening()
        asked = {id(t): facts.of(t) for t in definition.transitions}
        for way in self.ways():
            way.asked = asked[id(way.spec)]
            way.checks = checks_of(way, definition)
        viewing = {viewer.when for viewer in viewers_of(definition)} - {None}
        compiler = GuardCompiler.of(definition)
        self.viewing = {text: compiler.compile(text) for text in sorted(map(str, viewing))}
        self.tells_links = any(
            t.adopts or any(to in definition.links for to, _ in t.told)
            for t in definition.transitions
        )
        self.asks_children = frozenset(
            t.trigger for t in definition.transitions if self._asks_children(t)
        )

    def _index_fields(self) -> None:
        """What is known of the fields: types, defaults, what is sealed; and what suspends."""
        self.fields = self.definition.fields
        self.revivers = {n: r for n, spec in self.fields.items() if (r := reviver_of(spec))}
        self._index_books()
        sealed = [name for name, spec in self.fields.items() if spec.sealed]
        sealed += [name for name, kind in self.definition.documents.items() if kind.sealed]
        self.sealed = frozenset(sealed)
        self.defaults = defaults_of(self.fields)
        self.documents_of_records = _kinds_by_list(self.definition)
        self.watched_triggers = _watched(self.definition)
        named = (others_act(name) for t in self.definition.transitions for name in t.not_by_who)
        self.kept_apart = tuple(dict.fromkeys(filter(None, named)))
        self.grounds = {
            state: suspension.ground
            for suspension in self.definition.suspensions
            for state in suspension.states
        }
        self.pausing = frozenset(self.grounds.values())

    def _index_books(self) -> None:
        """Which fields hold document numbers; whether cases enter anything in the books."""
        definition = self.definition
        self.identities = _of_identity(self.fields)
        lists = {name: _of_identity(of) for name, of in definition.records.items()}
        self.identities_of_records = {name: of for name, of in lists.items() if of}
        is_found = any(spec.searchable for spec in self.fields.values())
        enters = definition.accounts, definition.holds, definition.persons
        self.has_books = any(enters) or is_found

    def _index_deadlines(self) -> None:
        """Which deadlines each state, trigger and mode starts, touches, ends or is gated by."""
        rules = self.rules = ByRule(self.definition.deadlines, rule_of_law)
        last = len(rules)
        self.order = ByRule({name: i for i, name in enumerate(rules)}, lambda name: last)
        at = self.definition.alerts_at
        warnings = {name: warnings_of(rule, at) for name, rule in rules.items()}
        self.warnings = ByRule(warnings, lambda name: warnings_of(rules[name], at))
        escalations = {name: escalation_of(rule, at) for name, rule in rules.items()}
        self.escalations = ByRule(escalations, lambda name: escalation_of(rules[name], at))
        self.entering = _index(rules, lambda rule: rule.starts.entering)
        self.starting_on = _index(rules, lambda rule: rule.starts.on)
        self.proposing = _index(rules, lambda rule: rule.starts.proposing)
        self.touching = _index(rules, lambda rule: (*rule.met_by, *rule.ends_by))
        self.ending_on = _index(rules, lambda rule: filter(None, [rule.ends_on]))
        self.leaving = _index(rules, lambda rule: rule.ends_leaving)
        by_mode = _index(rules, lambda rule: rule.gates_closing)
        self.gating = Gating(_index(rules, lambda rule: rule.gates), by_mode)
        self._periods: dict[tuple[int, int, str], Period] = {}

    def _compile_conditions(self, compiler: GuardCompiler) -> None:
        """Every expression of the definition but the guards of its ways, compiled."""
        definition = self.definition
        self.computed = {
            name: compiler.value(spec.is_, spec.type)
            for name, spec in definition.data.items()
            if spec.is_ is not None
        }
        self.start_conditions = {
            name: compiler.compile(rule.starts.when)
            for name, rule in self.rules.items()
            if rule.starts.when is not None
        }
        self.checklist_conditions = {
            name: {
                id: compiler.compile(condition)
                for id, item in checklist.items.items()
                if (condition := condition_of(item)) is not None
            }
            for name, checklist in definition.checklists.items()
        }
        self.form_conditions = {
            name: {
                id: compiler.compile(asked.required_when)
                for id, asked in form.fields.items()
                if asked.required_when is not None
            }
            for name, form in definition.forms.items()
        }
        self.table_rows = {
            name: tuple((compiler.compile(row.when), row.is_) for row in table.rows)
            for name, table in definition.tables.items()
        }

    def _asks_children(self, t: Transition) -> bool:
        """Whether something of the transition asks about other proceedings."""
        if any(map(others_act, t.not_by_who)):
            return True
        asked = chain(self._conditions(t), self._values_set(t))
        return any(expression.subs for expression in asked)

    def _values_set(self, t: Transition) -> Iterator[Expression]:
        """What computes the values that a transition sets."""
        for field, value in t.sets.items():
            if isinstance(value, Computed):
                yield self.expression(value.is_, field)

    def _conditions(self, t: Transition) -> Iterator[Expression]:
        """Every condition that is asked when a transition is tried or taken."""
        compiler = GuardCompiler.of(self.definition)
        yield from map(compiler.compile, required(self.definition, t))
        yield from self.form_conditions.get(t.form or "", {}).values()
        tables = (value.table for value in t.sets.values() if isinstance(value, FromTable))
        for name in tables:
            yield from map(itemgetter(0), self.table_rows[name])
        for name, condition in self.start_conditions.items():
            starts = self.rules[name].starts
            if t.to in starts.entering or t.trigger in (*starts.on, *starts.proposing):
                yield condition

    def _index_tasks(self) -> None:
        """Which tasks each state and trigger offers."""
        tasks = self.definition.tasks
        self.tasks_entering = _index(tasks, lambda task: task.starts.entering)
        self.tasks_on = _index(tasks, lambda task: task.starts.on)

    def expression(self, text: str, field: str) -> ValueExpression:
        """What computes a value for a field, compiled once."""
        return GuardCompiler.of(self.definition).value(text, self.fields[field].type)

    def parse_field(self, name: str, value: Any) -> Any:
        """A typed value. Raises `UnknownField`, `DataError`."""
        known = self.fields.get(name)
        if known is None:
            raise UnknownField(field=name)
        if name in self.computed:
            why_zh, why_en = "由算式得出，不能写入", "is computed and never written"
            raise DataError(field=name, value=value, why_zh=why_zh, why_en=why_en)
        return None if value is None else parse_of(name, known, value)

    def steps_of(self, proposal: Proposal) -> tuple[ApprovalStep, ...]:
        """The steps that a proposal must pass: those of its approval, and who must confirm it."""
        approval = self.definition.approvals.get(proposal.approval)
        own = approval.steps if approval is not None else ()
        return (*own, *map(_confirmation, proposal.confirmed_by))

    def period(self, rule: DeadlineRule, length: int) -> Period:
        """The period of a rule on this procedure's calendar, made once."""
        key = (id(rule), length, self.calendar.version)
        found = self._periods.get(key)
        if found is None:
            found = self._periods[key] = period_of(rule, length, self.calendar)
        return found

    def run(self, trigger: str, attempt: Attempt) -> bool:
        """Send an attempt through the machine; false when no way of the trigger was possible."""
        event = self._events.get(trigger)
        return event is not None and event.send(attempt)

    def ways(self) -> Iterator[CompiledTransition]:
        """Every transition of the machine, of each trigger from each state."""
        for event in self._events.values():
            sources: Any = event.transitions.values()
            for ways in sources:
                yield from ways

    def ways_from(self, trigger: str, state: str) -> list[CompiledTransition]:
        """The ways that a trigger has from a state."""
        event = self._events.get(trigger)
        found: Any = event.transitions.get(state, ()) if event else ()
        return list(found)

    def library_machine(self, kind: type[Machine], **options: Any) -> Machine:
        """This procedure as any machine of `transitions` (`MarkupMachine`, `GraphMachine`)."""
        return build_machine(self.definition, self.gating, machine_kind(kind), **options)


def _of_identity(fields: Mapping[str, FieldSpec]) -> frozenset[str]:
    """The fields that hold the number of a document."""
    return frozenset(name for name, spec in fields.items() if spec.type is FieldType.IDENTITY)


def _watched(definition: Definition) -> frozenset[str]:
    """The triggers of which a case keeps who fired them last: those that others ask about."""
    others = chain.from_iterable(t.not_by_who for t in definition.transitions)
    asked = (acts_in(text) for _, _, text in conditions(definition))
    items = chain.from_iterable(part.items.values() for part in definition.checklists.values())
    done = (item.done_by for item in items)
    return frozenset(chain(others, *asked, *done))


def _kinds_by_list(definition: Definition) -> dict[str, frozenset[str]]:
    """The kinds of document that each record of a list has its own of."""
    kinds = definition.documents.items()
    lists = definition.records
    return {of: frozenset(name for name, kind in kinds if kind.each == of) for of in lists}


def _confirmation(by: tuple[str, ...]) -> ApprovalStep:
    """A step of one vote; `person:ID` among those who may give it is no role of the definition."""
    return ApprovalStep.model_construct(by=by, votes=1, of=None)


def _index(
    rules: Mapping[str, Rule], keys: Callable[[Rule], Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    """The names of the rules by each key that they give, in the order of the file."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, rule in rules.items():
        for key in dict.fromkeys(keys(rule)):
            found[key].append(name)
    return {key: tuple(names) for key, names in found.items()}


def _calendar(definition: Definition) -> Calendar:
    if definition.calendar == "none":
        return plain_calendar(definition.zone)
    return calendar_named(definition.calendar)
