"""Values for the steps of a scenario: what makes conditions true where the solver can say so, else
something plain of the right type."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from ...workflow.checks.conditions import required
from ...workflow.guards.acts import DID
from ...workflow.guards.cel import GuardCompiler
from ...workflow.guards.solver import GuardSolver, z3
from ...workflow.model.definition import Definition
from ...workflow.model.facts import Facts
from ...workflow.model.field_types import FieldType
from ...workflow.model.flow import Transition
from ...workflow.model.parts import FormField
from ...workflow.model.records import parse_of

START = datetime(2025, 3, 3, 9)
_LONG_ENOUGH = timedelta(days=40)
_CASE = "case."
_PLAIN: dict[FieldType, Any] = {
    FieldType.TEXT: "x",
    FieldType.NUMBER: 1,
    FieldType.MONEY: "1.00",
    FieldType.DATE: f"{START:%Y-%m-%d}",
    FieldType.FLAG: True,
    FieldType.LIST: ["x"],
    FieldType.DATETIME: f"{START:%Y-%m-%dT%H:%M}:00+08:00",
    FieldType.PARTY: "p1",
    FieldType.IDENTITY: "E12345678",
}
_WRITTEN = {"true": True, "false": False}


class ExampleValues:
    """Values by the conditions of a definition. `begin` says which ways a story goes; `acts` are
    those that it rests on."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._facts = Facts(definition)
        self._solver: GuardSolver | None = None
        self._story: dict[str, Any] = {}
        self.acts: list[str] = []

    def begin(self, ways: Iterable[Transition]) -> None:
        """Look for values that satisfy the conditions of all these ways at once."""
        if z3() is not None:
            self._solver = GuardSolver(self._definition, GuardCompiler.of(self._definition))
        guards = chain.from_iterable(required(self._definition, way) for way in ways)
        example = self._example_of(list(dict.fromkeys(guards)), {})
        self._story = _of_the_case(self._definition, example)
        self.acts = [
            name.removeprefix(DID) for name, said in example.items() if _is_done(name, said)
        ]

    def known_from_the_start(self, ways: Sequence[Transition]) -> dict[str, Any]:
        """What a case is opened with: what the form of opening requires, and what conditions of
        these ways read and no form of theirs asks for."""
        form, known = self._facts.form_of_opening(), self._read_by(ways)
        power = self._facts.power_to_open()
        if not form.fields:
            is_passed_on = power is not None and power.form is None
            return known if is_passed_on else {}
        asked = chain.from_iterable(map(self._form, ways))
        later = known.keys() & asked
        return {
            name: known.get(name, self.plain(name))
            for name, listed in form.fields.items()
            if listed.required or (name in known and name not in later)
        }

    def _read_by(self, ways: Iterable[Transition]) -> dict[str, Any]:
        """Values of what the conditions of these ways read."""
        found: dict[str, Any] = {}
        for way in ways:
            found |= self._example(way, {})
        return found

    def wanted(self, way: Transition, is_answer: bool, known: Mapping[str, Any]) -> dict[str, Any]:
        """What is brought with a transition, of what it may bring: what its form requires, what it
        needs, and what its conditions want of a case of which this is known."""
        example, taken = self._example(way, known), self.asked(way, is_answer)
        return {
            name: self._value(name, example)
            for name in self._filled_in(way, example)
            if name in taken
        }

    def lacking(self, way: Transition, is_answer: bool, known: Mapping[str, Any]) -> dict[str, Any]:
        """What has to be so before: what the conditions of a way want, and it cannot bring itself,
        and what the story wants by now or later."""
        wanted = {**self._story, **self._example(way, known)}
        taken = self.asked(way, is_answer)
        return {
            name: wanted[name]
            for name in sorted(wanted.keys() - taken)
            if known.get(name) != self._typed(name, wanted[name])
        }

    def asked(self, way: Transition, is_answer: bool) -> frozenset[str]:
        """The fields that may be brought with a way."""
        return self._facts.of(way).takes(is_answer)

    def can_bring(self, way: Transition, is_answer: bool, name: str, value: Any) -> bool:
        """Whether a way makes a fact so: it sets it, or takes it."""
        if name in way.sets:
            return bool(way.sets[name] == value)
        return name in self.asked(way, is_answer)

    def plain(self, name: str) -> Any:
        """Something of the field's type."""
        spec = self._definition.fields[name]
        if spec.type is FieldType.CHOICE:
            return next(iter(spec.choices or ["x"]))
        if spec.fields:
            return [{field: self.plain(f"{name}.{field}") for field in spec.fields}]
        return _PLAIN[spec.type]

    def _typed(self, name: str, value: Any) -> Any:
        return parse_of(name, self._definition.fields[name], value)

    def _filled_in(self, way: Transition, example: Mapping[str, Any]) -> list[str]:
        form = self._form(way).items()
        listed = [name for name, asked in form if asked.required or name in example]
        return list(dict.fromkeys((*listed, *way.needs)))

    def _form(self, way: Transition) -> Mapping[str, FormField]:
        """What the form of a transition asks for; nothing where it has none."""
        return self._definition.forms[way.form].fields if way.form is not None else {}

    def _value(self, name: str, example: Mapping[str, Any]) -> Any:
        """What the first of these knows."""
        return ChainMap({**example}, self._story, {name: self.plain(name)})[name]

    def _example(self, way: Transition, known: Mapping[str, Any]) -> dict[str, Any]:
        """Values for the conditions of one way, near to what is known already, and to the story in
        what the way brings itself."""
        asked = self._facts.of(way)
        brought = asked.fields | asked.answered
        before = {n: v for n, v in known.items() if v is not None and n not in brought}
        story = {n: self._typed(n, v) for n, v in self._story.items() if n not in before}
        return self._solved(required(self._definition, way), {**before, **story})

    def _solved(self, guards: list[str], near: Mapping[str, Any]) -> dict[str, Any]:
        return _of_the_case(self._definition, self._example_of(guards, near))

    def _example_of(self, guards: list[str], near: Mapping[str, Any]) -> Mapping[str, str]:
        if self._solver is None or not guards:
            return {}
        formula = self._solver.all_hold(guards)
        later = self._solver.on_day(START.date() + _LONG_ENOUGH)  # whatever the way there takes
        known = self._solver.everything_known(guards)
        for wanted in ((formula, known, later), (formula, known), (formula,)):
            example = self._solver.example(*wanted, near=near)
            if example is not None:
                return example
        return {}


def _is_done(name: str, said: str) -> bool:
    """Whether a value of an example says that an act has happened."""
    return name.startswith(DID) and said == "true"


def _of_the_case(definition: Definition, example: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an example, of the case and of the record at hand."""
    fields = {name.removeprefix(_CASE): text for name, text in example.items()}
    return {
        name: _WRITTEN.get(text, text.strip('"'))
        for name, text in fields.items()
        if name in definition.fields
    }
