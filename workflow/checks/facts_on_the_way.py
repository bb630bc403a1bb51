"""What is known of a case's facts along a way, as far as its conditions ask for it.

A fact is a field (`case.paid`), a kind of document on file (`document.proof`), or an act that has
happened (`did.served`). Along a way it is not known at all, it has one value, or it has some value
that nobody can tell. Flags and choices that people bring are followed value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import chain, product
from math import prod
from typing import Any

from ..guards.acts import DID
from ..guards.cel import GuardCompiler
from ..guards.cel_tree import Constant, FunctionCall, Name, Tree, names_in, partial_value
from ..model.definition import Definition
from ..model.facts import Asked
from ..model.facts import Facts as Writers
from ..model.field_types import FieldType, parse
from ..model.flow import FieldSpec, Transition
from ..model.parts import Computed, Form
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
_NONE: frozenset[str] = frozenset()


def kinds_of_doers(t: Transition) -> Iterator[str]:
    """By whom a transition is done, each kind once: people, or one of the reserved roles."""
    reserved = {CLOCK, OUTSIDE, PROCEDURE}
    return iter(dict.fromkeys(role if role in reserved else PEOPLE for role in t.by))


class FactsOnTheWay:
    """What acts make of the facts that conditions ask for."""

    def __init__(self, definition: Definition, names: Iterable[str] | None = None) -> None:
        self._definition = definition
        self._compiler = GuardCompiler.of(definition)
        self._writers = Writers(definition)
        self._read_by = {FIELD + name: self._fields_of(name) for name in definition.computed}
        self.names = tuple(sorted(self._asked() if names is None else names))
        self._at = {name: index for index, name in enumerate(self.names)}
        self._guards = {id(t): self._conditions(t) for t in definition.transitions}
        self._known_after: dict[tuple[int, str, Facts, Counts], list[Facts]] = {}

    # -- what is followed

    def _asked(self) -> set[str]:
        """The facts that some condition asks for, or that something which brings none needs."""
        asked = set[str]()
        for t in self._definition.transitions:
            asked.update(chain.from_iterable(map(self._facts_in, self._conditions(t))))
            asked |= {FIELD + name for name in self._computed_of(t)}
            if PEOPLE not in kinds_of_doers(t):
                asked |= {FIELD + name for name in self._needed(t)}
                asked |= {DOCUMENT + kind for kind in t.documents}
        return {name for name in asked if self._is_followed(name)}

    def _facts_in(self, tree: Tree) -> Iterator[str]:
        """The facts that a condition is about; of a computed field those that it is computed of."""
        for name in names_in(tree):
            if name.startswith(GIVEN):
                name = FIELD + name.removeprefix(GIVEN)
            yield from self._read_by.get(name, (name,))

    def _is_followed(self, name: str) -> bool:
        """Whether one value says it all: no list, no field of a record, nothing computed."""
        kind, _, rest = name.partition(".")
        if kind == "document":
            return self._definition.documents[rest].each is None
        spec = self._definition.data.get(rest)
        return f"{kind}." == DID or (
            spec is not None and spec.type is not FieldType.RECORDS and spec.is_ is None
        )

    def _conditions(self, t: Transition) -> list[Tree]:
        return [self._compiler.compile(text).tree for text in required(self._definition, t)]

    def _computed_of(self, t: Transition) -> set[str]:
        """The fields without which what a transition sets cannot be computed."""
        read = set[str]()
        for field, text in t.computed.items():
            kind = self._definition.fields[field].type
            read.update(self._compiler.value(text, kind).fields)
        return read

    def _needed(self, t: Transition) -> set[str]:
        """The fields without which a transition is not done."""
        return _required(self._definition.form_of(t)).union(t.needs)

    def _fields_of(self, computed: str) -> tuple[str, ...]:
        """The fields that a computed one is computed of."""
        spec = self._definition.data[computed]
        read = self._compiler.value(self._definition.computed[computed], spec.type).fields
        return tuple(FIELD + name for name in read)

    # -- the beginning

    def at_opening(self) -> Iterator[Facts]:
        """What may be known of a case just opened."""
        facts = tuple(map(self._at_first, self.names))
        asked, power = self._writers.at_opening(), self._writers.power_to_open()
        if power is None:
            return iter([facts])
        if power.form is None and PROCEDURE in power.by:
            return iter([tuple(map(_or_passed_on, self.names, facts))])
        needed = _required(self._writers.form_of_opening())
        return self._brought(facts, asked.fields, needed, {*power.documents}, asked)

    def _at_first(self, name: str) -> Value:
        kind, _, rest = name.partition(".")
        if f"{kind}." != FIELD:
            return False
        spec = self._definition.data[rest]
        value = self._constant(spec, spec.default)
        return value if value is UNSET else Presumed(value)

    def _constant(self, spec: FieldSpec, value: Any) -> Value:
        """A value as conditions see it; some value where they cannot be asked here."""
        if value is None:
            return UNSET
        if spec.type in (FieldType.FLAG, FieldType.CHOICE, FieldType.NUMBER):
            return parse("", spec.type, value)
        if spec.type is FieldType.MONEY:
            return int(Decimal(str(value)) * 100)
        return SOME

    # -- an act

    def after(self, t: Transition, doer: str, facts: Facts, counts: Counts) -> list[Facts]:
        """What may be known after a transition that a kind of doer does; nothing where its
        conditions cannot hold. `counts` is how many sub-procedures are open, as far as it counts.
        """
        key = id(t), doer, facts, counts
        found = self._known_after.get(key)
        if found is None:
            possible = (b for b in self._tried(t, doer, facts) if self._may_hold(t, b, counts))
            found = list(dict.fromkeys(self._with_effects(t, b) for b in possible))
            self._known_after[key] = found
        return found

    def _tried(self, t: Transition, doer: str, facts: Facts) -> Iterator[Facts]:
        """What is known while the conditions of a transition are asked."""
        if doer != PEOPLE and self.missing(t, doer, facts):
            return iter(())
        asked = self._writers.of(t)
        if doer == PEOPLE:
            return self._brought(facts, asked.fields, self._needed(t), {*t.documents}, asked)
        return self._brought(facts, self._taken(t, doer), set(), set(), asked)

    def _taken(self, t: Transition, doer: str) -> frozenset[str]:
        """What an answer brings; neither the clock nor word from a proceeding brings anything."""
        return self._writers.taken_on.get(t.trigger, _NONE) if doer == OUTSIDE else _NONE

    def missing(self, t: Transition, doer: str, facts: Facts) -> list[str]:
        """What a transition asks for that is not there, and that such a doer does not bring."""
        needed = sorted(self._needed(t) - self._taken(t, doer))
        computed = sorted(self._computed_of(t) - self._taken(t, doer))
        lacking = [FIELD + n for n in needed if _is_unwritten(self._of(facts, FIELD + n))]
        lacking += [FIELD + n for n in computed if self._of(facts, FIELD + n) is UNSET]
        kinds = [DOCUMENT + kind for kind in t.documents]
        return lacking + [name for name in kinds if self._of(facts, name) is False]

    def _of(self, facts: Facts, name: str) -> Value:
        return facts[self._at[name]] if name in self._at else MAYBE

    def _brought(
        self,
        facts: Facts,
        fields: Iterable[str],
        needed: set[str],
        documents: set[str],
        asked: Asked,
    ) -> Iterator[Facts]:
        """What may be known once people brought what they may, and what is needed."""
        values = {
            self._at[FIELD + name]: self._values(name, facts, name in needed, name in asked.anew)
            for name in fields
            if FIELD + name in self._at
        }
        if prod(map(len, values.values())) > _MOST_VALUES:
            values = {index: [_joined(options)] for index, options in values.items()}
        values |= {self._at[DOCUMENT + k]: [True] for k in documents if DOCUMENT + k in self._at}
        for brought in product(*values.values()):
            new = dict(zip(values, brought, strict=True))
            yield tuple(new.get(index, value) for index, value in enumerate(facts))

    def _values(self, name: str, facts: Facts, is_needed: bool, is_anew: bool) -> list[Value]:
        """What a field may be once people could bring it."""
        spec, present = self._definition.data[name], facts[self._at[FIELD + name]]
        if not (_is_unwritten(present) or present is MAYBE or is_anew):
            return [present]
        brought = _domain(spec)
        return brought if is_needed else list(dict.fromkeys([present, *brought]))

    def _with_effects(self, t: Transition, facts: Facts) -> Facts:
        """What is known once a transition has set what it sets."""
        new: dict[str, Value] = {DID + t.trigger: True}
        for name, value in t.sets.items():
            if FIELD + name in self._at:
                new[FIELD + name] = self._set_to(name, value)
        return tuple(new.get(n, v) for n, v in zip(self.names, facts, strict=True))

    def _set_to(self, name: str, value: Any) -> Value:
        if isinstance(value, bool | int | str | Decimal) and value not in ("today", "now"):
            return self._constant(self._definition.fields[name], value)
        if value is None:
            return UNSET
        return SOME if isinstance(value, Computed | str) else MAYBE

    # -- conditions

    def _may_hold(self, t: Transition, facts: Facts, counts: Counts) -> bool:
        trees = self._guards[id(t)]
        if not trees:
            return True
        view = _View(dict(zip(self.names, facts, strict=True)), dict(counts), self._facts_in)
        return all(True in view.possible(tree) for tree in trees)

    def said(self, facts: Facts, t: Transition) -> Iterator[tuple[str, Value]]:
        """The facts that the conditions of a transition ask for, as they are known."""
        asked = set(chain.from_iterable(map(self._facts_in, self._guards[id(t)])))
        for name in sorted(asked.intersection(self._at)):
            yield name, self._of(facts, name)


_FAILS = "fails"
"""A condition that asks for what is not known: it neither holds nor does its opposite."""
_ANY: frozenset[Any] = frozenset((True, False))
_LOGIC = {"_&&_": False, "_||_": True}
"""The value of one side that decides, whatever the other side is."""


class _View:
    """What a condition can come to where some facts are known."""

    def __init__(
        self,
        facts: Mapping[str, Value],
        known: Mapping[str, Any],
        facts_in: Callable[[Tree], Iterator[str]],
    ) -> None:
        self._facts, self._facts_in = facts, facts_in
        said = {n: v.value if isinstance(v, Presumed) else v for n, v in facts.items()}
        plain = {n: v for n, v in said.items() if not isinstance(v, Unknown)}
        fields = {n: v for n, v in facts.items() if n.startswith(FIELD)}
        given = {
            GIVEN + n.removeprefix(FIELD): v is not UNSET
            for n, v in fields.items()
            if v is not MAYBE
        }
        self._known = {**plain, **given, **known}

    def possible(self, tree: Tree) -> frozenset[Any]:
        """True, false, or that it fails: what the condition may come to."""
        if isinstance(tree, FunctionCall) and tree.function in _LOGIC:
            return _joined_by(_LOGIC[tree.function], *map(self.possible, tree.arguments))
        if isinstance(tree, FunctionCall) and tree.function == "!_":
            return frozenset(v if v is _FAILS else not v for v in self.possible(tree.arguments[0]))
        value = partial_value(tree, self._known)
        if isinstance(value, bool):
            return frozenset((value,))
        asked = self._facts_in(tree) if _is_strict(tree) else ()
        lacks = any(self._facts.get(name) is UNSET for name in asked)
        return frozenset((_FAILS,)) if lacks else _ANY


def _joined_by(decisive: bool, one: frozenset[Any], other: frozenset[Any]) -> frozenset[Any]:
    """What logic makes of two sides, as CEL has it: one side that decides outweighs a failure."""
    found = set[Any]()
    for sides in product(one, other):
        if decisive in sides:
            found.add(decisive)
        else:
            found.add(_FAILS if _FAILS in sides else not decisive)
    return frozenset(found)


def _is_strict(tree: Tree) -> bool:
    """Whether a condition needs all that it names: it compares, and chooses nothing."""
    if isinstance(tree, Name | Constant):
        return True
    if not isinstance(tree, FunctionCall) or tree.function in ("_?_:_", *_LOGIC):
        return False
    return all(map(_is_strict, tree.arguments))


def _domain(spec: FieldSpec) -> list[Value]:
    """The values that a field may be given, where they are few."""
    if spec.type is FieldType.FLAG:
        return [True, False]
    return list(spec.choices) if spec.choices else [SOME]


def _is_unwritten(value: Value) -> bool:
    """Whether nobody wrote a field yet."""
    return value is UNSET or isinstance(value, Presumed)


def _joined(options: list[Value]) -> Value:
    """One value that stands for several."""
    if len(options) == 1:
        return options[0]
    return MAYBE if any(o is MAYBE or _is_unwritten(o) for o in options) else SOME


def _or_passed_on(name: str, value: Value) -> Value:
    """What a field may be where a related proceeding opens a case: it passes on what it has."""
    return MAYBE if name.startswith(FIELD) else value


def _required(form: Form) -> set[str]:
    """What a form always requires."""
    return {name for name, field in form.fields.items() if field.required}
