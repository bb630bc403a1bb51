"""Values for the steps of a scenario: what makes conditions true where the solver can say so, else
something plain of the right type."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from ...workflow.checks.conditions import required
from ...workflow.guards.cel import GuardCompiler
from ...workflow.guards.solver import GuardSolver, z3
from ...workflow.model.definition import Definition
from ...workflow.model.field_types import FieldType
from ...workflow.model.flow import Transition
from ...workflow.model.parts import FormField

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
}
_WRITTEN = {"true": True, "false": False}


class ExampleValues:
    """Values by the conditions of a definition. `begin` says which ways a story goes."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        has_solver = z3() is not None
        compiler = GuardCompiler.of(definition)
        self._solver = GuardSolver(definition, compiler) if has_solver else None
        self._story: dict[str, Any] = {}

    def begin(self, ways: Iterable[Transition]) -> None:
        """Look for values that satisfy the conditions of all these ways at once."""
        guards = chain.from_iterable(required(self._definition, way) for way in ways)
        self._story = self._solved(list(dict.fromkeys(guards)))

    def known_from_the_start(self, ways: Iterable[Transition]) -> dict[str, Any]:
        """The values that conditions of these ways read and no form of theirs asks for."""
        known, asked = dict[str, Any](), set[str]()
        for way in ways:
            known |= self._example(way)
            asked |= self._form(way).keys()
        return {name: known[name] for name in known if name not in asked}

    def wanted(self, way: Transition) -> dict[str, Any]:
        """What is filled in with a transition: its form where it has one, else what it needs and
        its conditions want."""
        example = self._example(way)
        return {name: self._value(name, example) for name in self._filled_in(way, example)}

    def plain(self, name: str) -> Any:
        """Something of the field's type."""
        spec = self._definition.data[name]
        if spec.type is FieldType.CHOICE:
            return next(iter(spec.choices or ["x"]))
        return _PLAIN[spec.type]

    def _filled_in(self, way: Transition, example: dict[str, Any]) -> list[str]:
        if way.form is None:
            return list(dict.fromkeys((*way.needs, *example)))
        return [
            name for name, asked in self._form(way).items() if asked.required or name in example
        ]

    def _form(self, way: Transition) -> Mapping[str, FormField]:
        """What the form of a transition asks for; nothing where it has none."""
        return self._definition.forms[way.form].fields if way.form is not None else {}

    def _value(self, name: str, example: dict[str, Any]) -> Any:
        """What the first of these knows."""
        return ChainMap(example, self._story, {name: self.plain(name)})[name]

    def _example(self, way: Transition) -> dict[str, Any]:
        """Values for the conditions of one way: those that suit the whole story where known."""
        found = self._solved(required(self._definition, way))
        return {name: self._story.get(name, value) for name, value in found.items()}

    def _solved(self, guards: list[str]) -> dict[str, Any]:
        if self._solver is None or not guards:
            return {}
        formula = self._solver.all_hold(guards)
        later = self._solver.on_day(START.date() + _LONG_ENOUGH)  # whatever the way there takes
        known = self._solver.everything_known(guards)
        for wanted in ((formula, known, later), (formula, known), (formula,)):
            example = self._solver.example(*wanted)
            if example is not None:
                return _of_the_case(example)
        return {}


def _of_the_case(example: Mapping[str, str]) -> dict[str, Any]:
    return {
        name.removeprefix(_CASE): _WRITTEN.get(text, text.strip('"'))
        for name, text in example.items()
        if name.startswith(_CASE)
    }
