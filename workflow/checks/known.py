"""What a case surely knows when a time limit starts: whatever a start asks must be known by then.

Known is what was known on every way there: defaults, what opening requires, and what acts on the
way need, require or set. What lies on some of the ways only may be missing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import partial, reduce
from typing import NamedTuple

from ..guards.cel import GuardCompiler
from ..guards.cel_tree import Tree, partial_value
from ..model.definition import Definition
from ..model.facts import OPEN, Facts
from ..model.flow import RETURN, STAY, Transition
from ..model.limits import DeadlineRule, Starts
from ..model.parts import FromTable
from ..source.findings import Finding, Severity
from ..source.positions import Position
from .structure import entrances, ways

Fields = frozenset[str]


def check(definition: Definition) -> Iterator[Finding]:
    """Fields that the start of a deadline asks and that a case may not know by then."""
    asking = {name: rule for name, rule in definition.deadlines.items() if _asks(rule)}
    if not asking:
        return
    known = Known(definition)
    for name, rule in asking.items():
        yield from _unknown(definition, name, rule, known.at_start(rule.starts))


def _asks(rule: DeadlineRule) -> bool:
    """Whether the start of a deadline asks the case for something."""
    asked = rule.starts.when, rule.starts.counted_from, rule.ends_on
    return any(asked) or isinstance(rule.length, str)


def _unknown(
    definition: Definition, name: str, rule: DeadlineRule, known: Fields
) -> Iterator[Finding]:
    """What the condition of a start asks without asking first whether it is known; the end."""
    starts = rule.starts
    if starts.when is not None:
        guard = GuardCompiler.of(definition).compile(starts.when)
        for field in sorted(set(guard.fields) - known):
            if not _is_asked_first(guard.tree, field):
                yield _finding(starts.at_value("when"), name, field)
    end = rule.ends_on
    if end is not None and not (
        end in known or _is_of_record(rule) or _waits_for(definition, starts, end)
    ):
        yield _finding(rule.at_value("ends_on"), name, end)
    if rule.each is None:
        yield from _uncounted(definition, name, rule, known)


def _is_of_record(rule: DeadlineRule) -> bool:
    """Whether its end stands in a record: what is known of one is not followed."""
    return rule.each is not None and str(rule.ends_on).startswith(f"{rule.each}.")


def _uncounted(
    definition: Definition, name: str, rule: DeadlineRule, known: Fields
) -> Iterator[Finding]:
    """A deadline has no length without its field, and without a day counts from when it starts."""
    length, day = rule.length, rule.starts.counted_from
    power = definition.powers.get(OPEN)
    is_passed_on = Facts(definition).is_passed_on()
    if isinstance(length, str) and not (length in known or is_passed_on):
        yield _finding(rule.at_value("length"), name, length)
    if day not in {None, getattr(power, "dated_by", None), *known} and not _waits_for(
        definition, rule.starts, day
    ):
        zh = f"期限 {name} 起算时若还不知道 {day}，即自起算之时计算"
        en = f"where {day} is not known when {name} starts, it counts from then"
        yield Finding(rule.starts.at_value("counted_from"), "start-unset", zh, en, "note")


def _waits_for(definition: Definition, starts: Starts, day: str | None) -> bool:
    """Whether a start waits until a day is known."""
    if starts.when is None:
        return False
    return _is_asked_first(GuardCompiler.of(definition).compile(starts.when).tree, day)


def _is_asked_first(tree: Tree, field: str | None) -> bool:
    """Whether a condition is decided where a field is not known (`given.FIELD && …`)."""
    return partial_value(tree, {f"given.{field}": False}) is not None


def _finding(at: Position, name: str, field: str, severity: Severity = "error") -> Finding:
    zh = f"期限 {name} 起算时可能还不知道 {field}：应由立案或此前的动作必填，或给默认值"
    en = (
        f"when {name} starts, {field} may not be known: let opening or an act before it "
        "require it, or give it a default"
    )
    return Finding(at, "start-unset", zh, en, severity)


class _Step(NamedTuple):
    """A way that can be gone: by which act, the state it enters, and what is known round it.

    Opening is the first of them, by no act.
    """

    trigger: str
    enters: str
    before: Fields
    after: Fields


class Known:
    """The fields that are surely known in each state, and with each step between them."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._facts = Facts(definition)
        self._ways = list(_moves(definition))
        self.in_state = {definition.initial: self._at_opening()}
        self._propagate()
        self._everything = frozenset(definition.fields)
        self._steps = list(self._gone())

    def at_start(self, starts: Starts) -> Fields:
        """What is known whenever a deadline starts.

        Where nothing ever starts it that is everything: other checks tell of it.
        """
        steps = filter(partial(_is_start, starts), self._steps)
        found = [step.after for step in steps]
        # what a proposal brings is known only when it is approved
        found += [step.before for step in self._steps if step.trigger in starts.proposing]
        return reduce(frozenset.intersection, found, self._everything)

    def _propagate(self) -> None:
        """Work out what is known on every way to each state that can be reached."""
        leaving: defaultdict[str, list[_Move]] = defaultdict(list)
        for move in self._ways:
            leaving[move.source].append(move)
        todo = deque(self.in_state)
        while todo:
            for move in leaving[todo.popleft()]:
                if self._narrows(move):
                    todo.append(move.target)

    def _narrows(self, move: _Move) -> bool:
        """Take in what is known after a move to a state; whether less is known there now."""
        known = self._after(move)
        before = self.in_state.get(move.target)
        self.in_state[move.target] = known & self.in_state.get(move.target, known)
        return self.in_state[move.target] != before

    def _gone(self) -> Iterator[_Step]:
        """Opening, and every move from a state that can be reached."""
        opening = self._at_opening()
        yield _Step("", self._definition.initial, opening, opening)
        for move in self._ways:
            if move.source in self.in_state:
                before = self.in_state[move.source]
                yield _Step(move.t.trigger, move.enters, before, self._after(move))

    def _after(self, move: _Move) -> Fields:
        """What is known after a transition: what it needs and sets too, less what it unsets."""
        t = move.t
        unset = {name for name, value in t.sets.items() if self._may_be_none(value)}
        brought = self._facts.form_of(t).required.union(t.needs, t.sets)
        return (self.in_state[move.source] | brought) - unset

    def _at_opening(self) -> Fields:
        """What opening requires, and defaults: a record has its own as soon as it is there."""
        data = self._definition.fields.items()
        defaults = {name for name, spec in data if spec.default is not None}
        return self._facts.form_of_opening().required.union(defaults)

    def _may_be_none(self, value: object) -> bool:
        """Whether a field can be unset by what it is set to: the last word of a table, say."""
        if isinstance(value, FromTable):
            return self._definition.tables[value.table].otherwise is None
        return value is None


def _is_start(starts: Starts, step: _Step) -> bool:
    """Whether a step starts what starts so: by its act, into its states, or both."""
    is_state = step.enters in starts.entering
    if not starts.on:
        return is_state
    return step.trigger in starts.on and (is_state or not starts.entering)


class _Move(NamedTuple):
    """A transition from one of its states to one that it may lead to."""

    source: str
    t: Transition
    target: str

    @property
    def enters(self) -> str:
        """The state that is entered; staying enters it where an act starts something there."""
        return "" if self.t.to == RETURN else self.target


def _moves(definition: Definition) -> Iterator[_Move]:
    """Every transition from each of its states to each that it may lead to."""
    origins = entrances(definition)
    for source, t in ways(definition):
        ends = {RETURN: origins[source], STAY: {source}}
        for target in sorted(ends.get(t.to, {t.to})):
            yield _Move(source, t, target)
