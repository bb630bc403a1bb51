"""Guards as logic: whether some case satisfies them, and an example of one. The solver is Z3 (extra `lint`).

A guard holds when it is true and every value that decides it is known, as CEL evaluates it: `false && unknown` is false,
`true || unknown` is true. Text is known by equality only; parts that cannot be expressed are left free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from ..model.definition import Definition
from ..model.field_types import FieldType, parse
from .cel import COUNTS, GuardCompiler
from .cel_tree import Constant, FunctionCall, Items, Name, Tree, names_in

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EFFORT, _ALL_EFFORT, _LEAST = 200_000, 4_000_000, 2_000
"""How hard one question, and all of them, may be: the solver's own count, the same on every machine (4 million is about a second); each
counts for `_LEAST` at the least."""

_ORDER = {
    "_<_": lambda a, b: a < b,
    "_<=_": lambda a, b: a <= b,
    "_>_": lambda a, b: a > b,
    "_>=_": lambda a, b: a >= b,
}

_ARITHMETIC = {"_+_": lambda a, b: a + b, "_-_": lambda a, b: a - b, "_*_": lambda a, b: a * b}
_PART = re.compile(r"(-?\d+(?:\.\d+)?)(h|m|s)")


@cache
def z3() -> Any:
    """The solver, or None where it is not installed."""
    try:
        import z3 as module
    except ImportError:
        return None
    return module


Example = Mapping[str, str]


class GuardSolver:
    """The guards of one definition as formulas over the values a case can have.

    Questions that are too hard, and all after so much effort, stay unanswered: then it has `gave_up`, and finds nothing.
    """

    def __init__(self, definition: Definition, compiler: GuardCompiler) -> None:
        self._definition, self._compiler = definition, compiler
        self._z3 = z3()
        self._context = (
            self._z3.Context()
        )  # of its own: the same definition always gets the same examples
        self._variables: dict[str, Any] = {}
        self._codes: dict[str, int] = {}
        self._domain: list[Any] = []
        self._opaque: dict[Tree, Any] = {}
        self._holds: dict[str, Any] = {}
        self._satisfiable: dict[str, bool] = {}
        self._spent = self._count = 0
        self.gave_up = False

    def holds(self, guard: str) -> Any:
        """The formula: the guard is true, and what decides it is known. Raises `GuardError`."""
        found = self._holds.get(guard)
        if found is None:
            value, known = self._translate(self._compiler.compile(guard).tree)
            found = self._holds[guard] = self._z3.And(value, known)
        return found

    def all_hold(self, guards: Iterable[str]) -> Any:
        """The formula: every guard holds."""
        return (
            self._z3.And(*(self.holds(g) for g in guards))
            if guards
            else self._z3.BoolVal(True, self._context)
        )

    def everything_known(self, guards: Iterable[str]) -> Any:
        """The formula: every field that the guards read is known."""
        names = {
            n
            for g in guards
            for n in names_in(self._compiler.compile(g).tree)
            if n.startswith("case.")
        }
        return (
            self._z3.And(*(self._known(n) for n in sorted(names)))
            if names
            else self._z3.BoolVal(True, self._context)
        )

    def more_than_zero(self, name: str) -> Any:
        """The formula: a number (`SUB.open`, say) is positive."""
        return self._variable(name) > 0

    def differ(self, one: str, other: str) -> Any:
        """The formula: two fields of the case are both known and not equal."""
        a, b = f"case.{one}", f"case.{other}"
        return self._z3.And(self._known(a), self._known(b), self._variable(a) != self._variable(b))

    def on_day(self, day: date) -> Any:
        """The formula: it is that day."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return self._variable("today") == int((midnight - _EPOCH).total_seconds())

    def no(self, formula: Any) -> Any:
        return self._z3.Not(formula)

    def can_hold(self, guard: str) -> bool:
        """Whether something satisfies a guard, as far as is known."""
        known = self._satisfiable.get(guard)
        if known is None and self.is_exhausted:
            self.gave_up = True
            return True
        if known is None:
            known = self._satisfiable[guard] = self._ask([self.holds(guard)])[0] != self._z3.unsat
        return known

    def example(self, *formulas: Any) -> Example | None:
        """Values that make all the formulas true, plain ones where there are; None when there are none (or none was found)."""
        found, solver = self._ask(formulas)
        if found != self._z3.sat:
            return None
        read = self._read_by(formulas)
        solver.set("rlimit", _EFFORT)
        for wish in self._plain_wishes(read):
            solver.push()
            solver.add(wish)
            if solver.check() != self._z3.sat:
                solver.pop()
        solver.check()
        return self._shown(solver.model(), read)

    def _plain_wishes(self, read: set[str]) -> Iterator[Any]:
        """What makes an example plain, each to be had if it can: numbers not negative, fields at their defaults."""
        numbers = [
            self._variables[n]
            for n in sorted(read & self._variables.keys())
            if self._z3.is_int(self._variables[n])
        ]
        if numbers:
            yield self._z3.And(*(n >= 0 for n in numbers))
        for name in sorted(read & self._variables.keys()):
            head, _, field = name.partition(".")
            spec = self._definition.data.get(field) if head == "case" else None
            if spec is not None and isinstance(spec.default, bool | int | str):
                value = parse(field, spec.type, spec.default)
                variable = self._variables[name]
                if spec.type is FieldType.FLAG:
                    yield variable == value
                elif spec.type in (FieldType.NUMBER, FieldType.MONEY):
                    yield variable == int(value * 100 if spec.type is FieldType.MONEY else value)
                elif spec.type in (FieldType.TEXT, FieldType.CHOICE, FieldType.PARTY):
                    yield variable == self._code(value)

    def _ask(self, formulas: Iterable[Any]) -> tuple[Any, Any]:
        """Whether the formulas can hold (sat, unsat or unknown), and the solver in which they do."""
        if self._spent > _ALL_EFFORT:
            self.gave_up = True
            return self._z3.unknown, None
        solver = self._z3.Solver(ctx=self._context)
        solver.set("rlimit", _EFFORT)
        solver.add(*self._domain, *formulas)
        before = self._count
        found = solver.check()
        statistics = solver.statistics()
        self._count = (
            statistics.get_key_value("rlimit count")
            if "rlimit count" in statistics.keys()  # noqa: SIM118
            else before
        )
        self._spent += max(self._count - before if before else 0, _LEAST)
        self.gave_up = self.gave_up or found == self._z3.unknown
        return found, solver

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing more will be answered."""
        return self._spent > _ALL_EFFORT

    def _read_by(self, formulas: Iterable[Any]) -> set[str]:
        """The names of the variables in formulas."""
        found: set[str] = set()
        seen: set[int] = set()
        todo = list(formulas)
        while todo:
            part = todo.pop()
            if part.get_id() in seen:
                continue
            seen.add(part.get_id())
            if self._z3.is_const(part) and part.decl().kind() == self._z3.Z3_OP_UNINTERPRETED:
                found.add(part.decl().name())
            todo.extend(part.children())
        return found

    # -- formulas

    def _translate(self, tree: Tree) -> tuple[Any, Any]:
        """The value of a tree, and the formula that says whether it is known."""
        z = self._z3
        true = z.BoolVal(True, self._context)
        if isinstance(tree, Constant):
            if isinstance(tree.value, bool):
                return z.BoolVal(tree.value, self._context), true
            if isinstance(tree.value, str):
                return z.IntVal(self._code(tree.value), self._context), true
            return z.IntVal(int(tree.value), self._context), true
        if isinstance(tree, Name):
            return self._variable(tree.name), self._known(tree.name)
        if isinstance(tree, FunctionCall):
            return self._call(tree)
        return self._unknown(tree, is_flag=True), true

    def _call(self, tree: FunctionCall) -> tuple[Any, Any]:
        z, name, arguments = self._z3, tree.function, tree.arguments
        if name in ("_&&_", "_||_"):
            (a, ka), (b, kb) = map(self._translate, arguments)
            if name == "_&&_":
                return z.And(a, b), z.Or(z.And(ka, kb), z.And(ka, z.Not(a)), z.And(kb, z.Not(b)))
            return z.Or(a, b), z.Or(z.And(ka, kb), z.And(ka, a), z.And(kb, b))
        if name == "!_":
            a, ka = self._translate(arguments[0])
            return z.Not(a), ka
        if name == "_?_:_":
            (c, kc), (a, ka), (b, kb) = map(self._translate, arguments)
            return z.If(c, a, b), z.And(kc, z.If(c, ka, kb))
        if name == "@in" and isinstance(arguments[1], Items):
            a, ka = self._translate(arguments[0])
            return z.Or(*(a == self._translate(i)[0] for i in arguments[1].items)) if arguments[
                1
            ].items else z.BoolVal(False, self._context), ka
        if name in ("timestamp", "duration") and isinstance(arguments[0], Constant):
            seconds = _seconds(name, str(arguments[0].value))
            if seconds is not None:
                return z.IntVal(seconds, self._context), z.BoolVal(True, self._context)
        if name in ("_==_", "_!=_", *_ORDER, *_ARITHMETIC) and len(arguments) == 2:
            return self._compared(tree)
        return self._unknown(tree, is_flag=True), z.BoolVal(True, self._context)

    def _compared(self, tree: FunctionCall) -> tuple[Any, Any]:
        z, name = self._z3, tree.function
        (a, ka), (b, kb) = (self._translate(part) for part in tree.arguments)
        known = z.And(ka, kb)
        if name in _ARITHMETIC:
            return (
                (_ARITHMETIC[name](a, b), known)
                if z.is_int(a) and z.is_int(b)
                else (self._unknown(tree, is_flag=False), known)
            )
        if a.sort() != b.sort() or (name in _ORDER and not z.is_int(a)):
            return self._unknown(tree, is_flag=True), known
        return (
            a == b if name == "_==_" else a != b if name == "_!=_" else _ORDER[name](a, b)
        ), known

    def _unknown(self, tree: Tree, is_flag: bool) -> Any:
        found = self._opaque.get(tree)
        if found is None:
            make = self._z3.Bool if is_flag else self._z3.Int
            found = self._opaque[tree] = make(f"?{len(self._opaque)}", self._context)
        return found

    def _code(self, text: str) -> int:
        return self._codes.setdefault(text, len(self._codes) + 1)

    def _known(self, name: str) -> Any:
        """Whether a name has a value; fields with a default, and everything that is not a field, always have."""
        head, _, field = name.partition(".")
        if head != "case" or self._definition.data[field].default is not None:
            return self._z3.BoolVal(True, self._context)
        return self._variable(f"given.{field}")

    def _variable(self, name: str) -> Any:
        found = self._variables.get(name)
        if found is None:
            found = self._variables[name] = self._declare(name)
        return found

    def _declare(self, name: str) -> Any:
        z = self._z3
        head, _, field = name.partition(".")
        if head == "given":
            flag = z.Bool(name, self._context)
            if self._definition.data[field].default is not None:
                self._domain.append(flag)
            return flag
        if head == "case":
            spec = self._definition.data[field]
            if spec.type is FieldType.FLAG:
                return z.Bool(name, self._context)
            variable = z.Int(name, self._context)
            if spec.choices:
                self._domain.append(z.Or(*(variable == self._code(c) for c in spec.choices)))
            return variable
        if name in ("now", "today"):
            self._variables[name] = z.Int(name, self._context)
            now, today = self._variable("now"), self._variable("today")
            self._domain.append(
                z.And(today > 0, now - today < 2 * 86400, today - now < 86400, today % 86400 == 0)
            )
            return self._variables[name]
        return self._child(name, head)

    def _child(self, name: str, sub: str) -> Any:
        z, kind = self._z3, name.partition(".")[2]
        field = kind.partition(".")[2]
        if (
            kind.startswith("latest.")
            and self._definition.sub_procedures[sub].fields[field] is FieldType.FLAG
        ):
            return z.Bool(name, self._context)
        variable = self._variables[name] = z.Int(name, self._context)
        if kind in COUNTS:
            all_of = [
                self._variables.setdefault(f"{sub}.{c}", z.Int(f"{sub}.{c}", self._context))
                for c in COUNTS
            ]
            running, count, concluded = all_of
            self._domain.append(z.And(running >= 0, concluded >= 0, count == running + concluded))
        elif kind.startswith("at."):
            self._domain.append(z.And(variable >= 0, variable <= self._variable(f"{sub}.count")))
        return variable

    # -- examples

    def _shown(self, model: Any, wanted: set[str]) -> Example:
        words = {code: text for text, code in self._codes.items()}
        shown = {}
        for name in wanted & self._variables.keys():
            shown[name] = self._value(
                name, model.eval(self._variables[name], model_completion=True), words
            )
        unknown = [n for n, v in shown.items() if n.startswith("given.") and v == "false"]
        return {
            n: v
            for n, v in sorted(shown.items())
            if not n.startswith("given.") or v == "false"
            if f"given.{n[5:]}" not in unknown
        }

    def _value(self, name: str, value: Any, words: Mapping[int, str]) -> str:
        if self._z3.is_true(value) or self._z3.is_false(value):
            return "true" if self._z3.is_true(value) else "false"
        number = value.as_long()
        kind = self._kind(name)
        if kind is FieldType.MONEY:
            return str((Decimal(number) / 100).quantize(Decimal("0.01")))
        if kind in (FieldType.DATE, FieldType.DATETIME):
            moment = _EPOCH + timedelta(seconds=max(min(number, 2**35), 0))
            return moment.date().isoformat() if kind is FieldType.DATE else moment.isoformat()
        if kind in (FieldType.TEXT, FieldType.CHOICE, FieldType.PARTY):
            return f'"{words.get(number, "…")}"'
        return str(number)

    def _kind(self, name: str) -> FieldType:
        head, _, field = name.partition(".")
        if head == "case":
            return self._definition.data[field].type
        if name == "today":
            return FieldType.DATE
        if name == "now":
            return FieldType.DATETIME
        return self._definition.sub_procedures[head].fields.get(
            field.partition(".")[2], FieldType.NUMBER
        )


def format_example(example: Example) -> str:
    """An example as people read it: `case.amount = 5.00, freeze.open = 1`."""
    return ", ".join(f"{name} = {value}" for name, value in example.items()) or "—"


def _seconds(kind: str, text: str) -> int | None:
    try:
        if kind == "timestamp":
            return int((datetime.fromisoformat(text) - _EPOCH).total_seconds())
        return int(
            sum(float(n) * {"h": 3600, "m": 60, "s": 1}[unit] for n, unit in _PART.findall(text))
        )
    except (ValueError, TypeError):
        return None
