"""What is known of a case's facts along a way, as far as its conditions ask for it.

A fact is a field (`case.paid`), a kind of document on file (`document.proof`), or an act that has
happened (`did.served`). Along a way it is not known at all, it has one value, or it has some value
that nobody can tell. Flags and choices that people bring are followed value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import chain, product, starmap
from math import prod
from operator import attrgetter
from typing import Any

from ..guards.acts import DID
from ..guards.cel import GuardCompiler
from ..guards.cel_tree import Constant, FunctionCall, Name, Tree, names_in, partial_value
from ..model.definition import Definition
from ..model.facts import Facts as Writers
from ..model.field_types import FieldType, parse
from ..model.flow import FieldSpec, Transition
from ..model.parts import Computed
from .conditions import required

FIELD, DOCUMENT, GIVEN = "case.", "document.", "given."
_MOST_VALUES = 48
"""Ways to fill in one form that are told apart; of more, each value is some value."""


class Unknown(Enum):
    """What is not one value: nobody wrote it, it may be known or not, it is known."""

    UNSET = "unset"
    MAYBE = "maybe"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class Presumed:
    """The default of a field that nobody wrote: conditions see it; for forms it is not known."""

    value: Any


UNSET, MAYBE, SOME = Unknown.UNSET, Unknown.MAYBE, Unknown.SOME

Value = Any
"""A value, a `Presumed` one, or an `Unknown`."""
Facts = tuple[Value, ...]
"""What is known of each fact that is followed, in the order of their names."""
Counts = tuple[tuple[str, int], ...]
"""How many sub-procedures are open, by what conditions call it (`freeze.open`)."""

CLOCK, OUTSIDE, PROCEDURE, PEOPLE = "clock", "outside", "procedure", "people"
_RESERVED = {CLOCK: CLOCK, OUTSIDE: OUTSIDE, PROCEDURE: PROCEDURE}
_NONE: frozenset[str] = frozenset()


def kinds_of_doers(t: Transition) -> tuple[str, ...]:
    """By whom a transition is done, each kind once: people, or one of the reserved roles."""
    return tuple(dict.fromkeys(_RESERVED.get(role, PEOPLE) for role in t.by))


class FactsOnTheWay:
    """What acts make of the facts that conditions ask for; of all of them, or of those named."""

    def __init__(self, definition: Definition, names: Iterable[str] | None = None) -> None:
        self._definition = definition
        self._writers = Writers(definition)
        self._acts = {id(t): _Act(definition, t) for t in definition.transitions}
        asked = chain.from_iterable(map(attrgetter("asked"), self._acts.values()))
        followed = filter(self._is_followed, asked) if names is None else names
        self.names = tuple(sorted(set(followed)))
        self._at = {name: index for index, name in enumerate(self.names)}
        self._known_after: dict[tuple[int, str, Facts, Counts], list[Facts]] = {}

    def _is_followed(self, name: str) -> bool:
        """Whether one value says it all: no list, no field of a record, nothing computed."""
        kind, _, rest = name.partition(".")
        if f"{kind}." == DOCUMENT:
            return self._definition.documents[rest].each is None
        spec = self._definition.data.get(rest)
        is_plain = spec is not None and spec.type is not FieldType.RECORDS and spec.is_ is None
        return is_plain or f"{kind}." == DID

    # -- the beginning

    def at_opening(self) -> Iterator[Facts]:
        """What may be known of a case just opened."""
        facts = tuple(map(self._at_first, self.names))
        power, form = self._writers.power_to_open(), self._writers.form_of_opening()
        if power is None:
            return iter([facts])
        if self._writers.is_passed_on():
            fields = _named(FIELD, self._definition.data)
            return iter([tuple(map(dict.fromkeys(fields, MAYBE).get, self.names, facts))])
        brought = self._writers.at_opening()
        given = brought.fields, form.required, brought.anew, power.documents
        return self._brought(facts, *given)

    def _at_first(self, name: str) -> Value:
        kind, _, rest = name.partition(".")
        if f"{kind}." != FIELD:
            return False
        spec = self._definition.data[rest]
        value = seen(spec, spec.default)
        return value if value is UNSET else Presumed(value)

    # -- an act

    def after(self, t: Transition, doer: str, facts: Facts, counts: Counts) -> list[Facts]:
        """What may be known after a transition that a kind of doer does; nothing where its
        conditions cannot hold. `counts` is how many sub-procedures are open, as far as it counts.
        """
        key = id(t), doer, facts, counts
        found = self._known_after.get(key)
        if found is None:
            act, names = self._acts[id(t)], self.names
            possible = (b for b in self._tried(t, doer, facts) if self._may_hold(act, b, counts))
            changed = (tuple(map(act.effects.get, names, brought)) for brought in possible)
            found = self._known_after[key] = list(dict.fromkeys(changed))
        return found

    def _tried(self, t: Transition, doer: str, facts: Facts) -> Iterator[Facts]:
        """What is known while the conditions of a transition are asked."""
        if doer == PEOPLE:
            asked, needed = self._writers.of(t), self._acts[id(t)].needed
            return self._brought(facts, asked.fields, needed, asked.anew, t.documents)
        if self.missing(t, doer, facts):
            return iter(())
        return self._brought(facts, self._taken(t, doer), _NONE, _NONE, ())

    def _taken(self, t: Transition, doer: str) -> frozenset[str]:
        """What an answer brings; neither the clock nor word from a proceeding brings anything."""
        return self._writers.taken_on.get(t.trigger, _NONE) if doer == OUTSIDE else _NONE

    def missing(self, t: Transition, doer: str, facts: Facts) -> list[str]:
        """What a transition asks for that is not there, and that such a doer does not bring."""
        if doer == PEOPLE:
            return []
        act, taken = self._acts[id(t)], self._taken(t, doer)
        lacks: dict[str, Callable[[Value], bool]] = {
            **dict.fromkeys(_named(FIELD, act.computed - taken), _is_unset),
            **dict.fromkeys(_named(FIELD, act.needed - taken), _is_unwritten),
            **dict.fromkeys(_named(DOCUMENT, t.documents), _is_off_file),
        }
        return [name for name, lacking in sorted(lacks.items()) if lacking(self._of(facts, name))]

    def _of(self, facts: Facts, name: str) -> Value:
        return facts[self._at[name]] if name in self._at else MAYBE

    def _brought(
        self,
        facts: Facts,
        fields: Iterable[str],
        needed: Collection[str],
        anew: Collection[str],
        documents: Iterable[str],
    ) -> Iterator[Facts]:
        """What may be known once people brought what they may, and what is needed."""
        options = [[value] for value in facts]
        for name in _named(FIELD, fields) & self._at.keys():
            index, field = self._at[name], name.removeprefix(FIELD)
            if _is_open(facts[index]) or field in anew:
                kept = () if field in needed else (facts[index],)
                options[index] = list(dict.fromkeys((*kept, *self._domain(field))))
        for name in _named(DOCUMENT, documents) & self._at.keys():
            options[self._at[name]] = [True]
        too_many = prod(map(len, options)) > _MOST_VALUES
        return product(*(map(_as_one, options) if too_many else options))

    def _domain(self, field: str) -> Iterable[Value]:
        """The values that a field may be given, where they are few."""
        spec = self._definition.data[field]
        few = (True, False) if spec.type is FieldType.FLAG else (SOME,)
        return spec.choices or few

    # -- conditions

    def _may_hold(self, act: _Act, facts: Facts, counts: Counts) -> bool:
        if not act.conditions:
            return True
        view = _View(act, dict(zip(self.names, facts, strict=True)), dict(counts))
        return all(True in view.possible(tree) for tree in act.conditions)

    def said(self, facts: Facts, t: Transition) -> Iterator[tuple[str, Value]]:
        """The facts that the conditions of a transition ask for, as they are known."""
        asked = self._acts[id(t)].of_conditions
        return ((name, self._of(facts, name)) for name in sorted(asked & self._at.keys()))


class _Act:
    """What a transition asks for, and what it makes so."""

    def __init__(self, definition: Definition, t: Transition) -> None:
        self._definition, self._t = definition, t
        self._compiler = GuardCompiler.of(definition)
        trees = (self._compiler.compile(text).tree for text in required(definition, t))
        self.conditions = tuple(trees)
        self.needed = definition.form_of(t).required.union(t.needs)
        self.computed = frozenset(chain.from_iterable(map(self._read_by, t.computed.items())))

    @property
    def asked(self) -> set[str]:
        """The facts that its conditions ask for, and those that it needs and nobody may bring."""
        found = self.of_conditions | _named(FIELD, self.computed)
        if PEOPLE in kinds_of_doers(self._t):
            return found
        return found | _named(FIELD, self.needed) | _named(DOCUMENT, self._t.documents)

    @cached_property
    def of_conditions(self) -> set[str]:
        """The facts that its conditions ask for."""
        return set(chain.from_iterable(map(self.facts_in, self.conditions)))

    @cached_property
    def effects(self) -> dict[str, Value]:
        """What is so once it is done: its fields as they are set, itself as done."""
        fields = self._definition.fields
        values = {FIELD + name: set_to(fields[name], v) for name, v in self._t.sets.items()}
        papers = dict.fromkeys(_named(DOCUMENT, self._t.documents), True)
        return {**values, **papers, DID + self._t.trigger: True}

    def facts_in(self, tree: Tree) -> Iterator[str]:
        """The facts that a condition is about; of a computed field those that it is computed of."""
        computed = self._definition.computed
        for name in names_in(tree):
            field = name.removeprefix(GIVEN).removeprefix(FIELD)
            if field in computed:
                yield from _named(FIELD, self._read_by((field, computed[field])))
            elif name.startswith(DID):
                yield name
            else:
                yield FIELD + field

    def _read_by(self, computed: tuple[str, str]) -> tuple[str, ...]:
        """The fields that a computed value is computed of."""
        field, text = computed
        return self._compiler.value(text, self._definition.fields[field].type).fields


class _View:
    """What a condition can come to where some facts are known."""

    def __init__(self, act: _Act, facts: Mapping[str, Value], counts: Mapping[str, int]) -> None:
        self._act, self._facts = act, facts
        values = zip(facts, map(_plain, facts.values()), strict=True)
        certain = (n for n, v in facts.items() if v is not MAYBE)
        given = {GIVEN + n.removeprefix(FIELD): facts[n] is not UNSET for n in certain}
        self._known = {**dict(filter(_is_one_value, values)), **given, **counts}

    def possible(self, tree: Tree) -> frozenset[Any]:
        """True, false, or that it fails: what the condition may come to."""
        if isinstance(tree, FunctionCall) and tree.function in _LOGIC:
            sides = product(*map(self.possible, tree.arguments))
            return frozenset(starmap(_LOGIC[tree.function], sides))
        value = partial_value(tree, self._known)
        if isinstance(value, bool):
            return frozenset((value,))
        asked = map(self._facts.get, self._act.facts_in(tree)) if _is_strict(tree) else ()
        return _FAILED if any(map(_is_unset, asked)) else _ANY


_FAILS = "fails"
"""What a condition is that asks for what is not known: neither it holds nor its opposite."""
_FAILED: frozenset[Any] = frozenset((_FAILS,))
_ANY: frozenset[Any] = frozenset((True, False))


def _decided_by(decisive: bool) -> Callable[..., Any]:
    """Logic as CEL has it: one side that decides outweighs a failure of the other."""

    def operate(*sides: Any) -> Any:
        if decisive in sides:
            return decisive
        return _FAILS if _FAILS in sides else not decisive

    return operate


_LOGIC: dict[str, Callable[..., Any]] = {
    "_&&_": _decided_by(False),
    "_||_": _decided_by(True),
    "!_": {True: False, False: True, _FAILS: _FAILS}.__getitem__,
}
_CHOOSING = {"_?_:_", *_LOGIC}


def _is_strict(tree: Tree) -> bool:
    """Whether a condition needs all that it names: it compares, and chooses nothing."""
    if isinstance(tree, FunctionCall):
        return tree.function not in _CHOOSING and all(map(_is_strict, tree.arguments))
    return isinstance(tree, Name | Constant)


# -- values


def seen(spec: FieldSpec, value: Any) -> Value:
    """A value as conditions see it; some value where they are not asked here."""
    if value is None:
        return UNSET
    if spec.type is FieldType.MONEY:
        return int(Decimal(str(value)) * 100)
    return parse("", spec.type, value) if spec.type in _FOLLOWED else SOME


_FOLLOWED = (FieldType.FLAG, FieldType.CHOICE, FieldType.NUMBER)


def set_to(spec: FieldSpec, value: Any) -> Value:
    """What a field is once a transition has set it; the last word of a table may be none."""
    if isinstance(value, Computed) or value in ("today", "now"):
        return SOME
    return seen(spec, value) if isinstance(value, _CONSTANT) else MAYBE


_CONSTANT = (bool, int, str, Decimal, type(None))


def _plain(value: Value) -> Value:
    return value.value if isinstance(value, Presumed) else value


def _is_one_value(named: tuple[str, Value]) -> bool:
    return not isinstance(named[1], Unknown)


def _is_unset(value: Value) -> bool:
    return value is UNSET


def _is_unwritten(value: Value) -> bool:
    """Whether nobody wrote a field yet."""
    return value is UNSET or isinstance(value, Presumed)


def _is_open(value: Value) -> bool:
    """Whether a form may still bring a field."""
    return value is MAYBE or _is_unwritten(value)


def _is_off_file(value: Value) -> bool:
    return value is False


def _as_one(options: list[Value]) -> list[Value]:
    """One value that stands for several."""
    may_be_none = any(map(_is_open, options))
    return options if len(options) == 1 else [MAYBE if may_be_none else SOME]


def _named(kind: str, names: Iterable[str]) -> set[str]:
    """What facts of a kind are called."""
    return set(map(kind.__add__, names))
