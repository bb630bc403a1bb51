"""Whether some case satisfies guards, and an example of one. The solver is Z3 (extra `lint`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any

from ..model.definition import Definition
from ..model.field_types import parse
from .cel import GuardCompiler
from .cel_tree import names_in
from .formulas import EPOCH, Formulas
from .variables import field_of, variable_of

_EFFORT, _ALL_EFFORT, _LEAST = 200_000, 4_000_000, 2_000
"""How hard one question, and all of them, may be: the solver's own count, the same on every
machine (4 million is about a second); each counts for `_LEAST` at the least."""

Example = Mapping[str, str]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@cache
def z3() -> Any:
    """The solver, or None where it is not installed."""
    try:
        import z3 as module
    except ImportError:
        return None
    return module


class GuardSolver:
    """Answers questions about the guards of one definition.

    Questions that are too hard, and all after so much effort, stay unanswered: then it has
    `gave_up`, and finds nothing.
    """

    def __init__(self, definition: Definition, compiler: GuardCompiler) -> None:
        self._definition, self._compiler = definition, compiler
        self._z3 = z3()
        self._formulas = Formulas(self._z3, definition, compiler.kinds)
        self._holds: dict[str, Any] = {}
        self._satisfiable: dict[str, bool] = {}
        self._spent = self._count = 0
        self.gave_up = False

    # -- formulas

    def holds(self, guard: str) -> Any:
        """The formula: the guard is true, and what decides it is known. Raises `GuardError`."""
        found = self._holds.get(guard)
        if found is None:
            formula = self._formulas.of(self._compiler.compile(guard).tree)
            found = self._holds[guard] = self._z3.And(formula.value, formula.known)
        return found

    def all_hold(self, guards: Iterable[str]) -> Any:
        """The formula: every guard holds."""
        return self._all([self.holds(guard) for guard in guards])

    def everything_known(self, guards: Iterable[str]) -> Any:
        """The formula: every field that the guards read is known."""
        names: set[str] = set()
        for guard in guards:
            names.update(names_in(self._compiler.compile(guard).tree))
        fields = [name for name in sorted(names) if field_of(self._definition, name)]
        return self._all(list(map(self._formulas.known, fields)))

    def more_than_zero(self, name: str) -> Any:
        """The formula: a number (`SUB.open`, say) is positive."""
        return self._formulas.variable(name) > 0

    def differ(self, some: Iterable[str], others: Iterable[str]) -> Any:
        """The formula: all these fields of the case are known, and their sums are not equal."""
        sides = [[f"case.{name}" for name in names] for names in (some, others)]
        of = self._formulas
        known = map(of.known, chain.from_iterable(sides))
        one, other = (self._z3.Sum(*map(of.variable, side)) for side in sides)
        return self._z3.And(*known, one != other)

    def on_day(self, day: date) -> Any:
        """The formula: it is that day."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return self._formulas.variable("today") == int((midnight - EPOCH).total_seconds())

    def no(self, formula: Any) -> Any:
        """The formula: another one does not hold."""
        return self._z3.Not(formula)

    def _all(self, formulas: list[Any]) -> Any:
        """The formula: all of these hold; none at all always do."""
        return self._z3.And(*formulas) if formulas else self._formulas.true

    # -- questions

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing more will be answered."""
        return self._spent > _ALL_EFFORT

    def can_hold(self, guard: str) -> bool:
        """Whether something satisfies a guard, as far as is known."""
        if guard in self._satisfiable:
            return self._satisfiable[guard]
        if self.is_exhausted:
            self.gave_up = True
            return True
        found, _ = self._ask([self.holds(guard)])
        self._satisfiable[guard] = bool(found != self._z3.unsat)
        return self._satisfiable[guard]

    def example(self, *formulas: Any, near: Mapping[str, Any] = _NOTHING) -> Example | None:
        """Values that make all the formulas true, plain ones where there are.

        `near` are typed values of fields that are kept where they can be. None when there are none,
        or none was found.
        """
        found, solver = self._ask(formulas)
        if found != self._z3.sat:
            return None
        read = sorted(self._variables_in(formulas) & self._formulas.variables.keys())
        solver.set("rlimit", _EFFORT)
        for wish in chain(self._near(near, read), self._plain_wishes(read)):
            solver.push()
            solver.add(wish)
            if solver.check() != self._z3.sat:
                solver.pop()
        solver.check()
        return self._shown(solver.model(), read)

    def _near(self, values: Mapping[str, Any], read: list[str]) -> Iterator[Any]:
        """That each of these fields has its value, as far as fields are read."""
        for field, value in values.items():
            name, spec = variable_of(field), self._definition.fields[field]
            encoded = self._formulas.encoded(spec.type, value) if name in read else None
            if encoded is not None:
                yield self._formulas.variables[name] == encoded

    def _plain_wishes(self, read: list[str]) -> Iterator[Any]:
        """What makes an example plain, each to be had if it can.

        Numbers are not negative, and fields are at their defaults.
        """
        variables = {name: self._formulas.variables[name] for name in read}
        numbers = list(filter(self._z3.is_int, variables.values()))
        if numbers:
            yield self._all([number >= 0 for number in numbers])
        for name, variable in variables.items():
            default = self._default(name)
            if default is not None:
                yield variable == default

    def _default(self, name: str) -> Any:
        """The default of a field as its variable has it, if it has one."""
        field = field_of(self._definition, name) or ""
        spec = self._definition.fields.get(field)
        if spec is None or not isinstance(spec.default, bool | int | str):
            return None
        return self._formulas.encoded(spec.type, parse(field, spec.type, spec.default))

    def _ask(self, formulas: Iterable[Any]) -> tuple[Any, Any]:
        """Whether the formulas can hold (sat, unsat, unknown), and the solver in which they do."""
        if self.is_exhausted:
            self.gave_up = True
            return self._z3.unknown, None
        solver = self._z3.Solver(ctx=self._formulas.context)
        solver.set("rlimit", _EFFORT)
        solver.add(*self._formulas.domain, *formulas)
        found = solver.check()
        self._spend(solver)
        self.gave_up |= bool(found == self._z3.unknown)
        return found, solver

    def _spend(self, solver: Any) -> None:
        """Add the effort of a question; of the first one it is not known."""
        before, now = self._count, self._counted(solver)
        effort = now - before if before else 0
        self._spent += max(effort, _LEAST)
        self._count = now

    def _counted(self, solver: Any) -> int:
        """The solver's own count, which goes on from one question to the next."""
        statistics, name = solver.statistics(), "rlimit count"
        names = statistics.keys()
        return int(statistics.get_key_value(name)) if name in names else self._count

    def _variables_in(self, formulas: Iterable[Any]) -> set[str]:
        """The names of the variables in formulas. Parts are shared: each is looked at once."""
        found: set[str] = set()
        seen: set[int] = set()
        todo = list(formulas)
        while todo:
            part = todo.pop()
            if part.get_id() not in seen:
                seen.add(part.get_id())
                todo.extend(part.children())
                if self._is_variable(part):
                    found.add(part.decl().name())
        return found

    def _is_variable(self, part: Any) -> bool:
        """Whether a part of a formula is neither an operation nor a value."""
        z = self._z3
        return bool(z.is_const(part) and part.decl().kind() == z.Z3_OP_UNINTERPRETED)

    def _shown(self, model: Any, read: list[str]) -> Example:
        """An example: of each field either its value, or that it is not given."""
        shown = {name: self._value(model, name) for name in read}
        for name in read:
            head, _, field = name.partition(".")
            if head == "given":
                is_given = shown[name] == "true"
                hidden = name if is_given else variable_of(field)
                shown.pop(hidden, None)
        return shown

    def _value(self, model: Any, name: str) -> str:
        """The value of a variable in an example."""
        variable = self._formulas.variables[name]
        return self._formulas.decoded(name, model.eval(variable, model_completion=True))


def format_example(example: Example) -> str:
    """An example as people read it: `case.amount = 5.00, freeze.open = 1`."""
    return ", ".join(f"{name} = {value}" for name, value in example.items()) or "—"
