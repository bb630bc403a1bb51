"""Guards as formulas of Z3 over the values that a case can have.

A part of a guard has a value, and is known or not, as CEL evaluates it: `false && unknown` is
false, `true || unknown` is true. Text is known by equality only, each text by a number of its
own; times are seconds. Parts that cannot be expressed are left free.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.parts import Account
from ..model.persons import PERSONS
from .cel_tree import Constant, FunctionCall, Items, Name, Tree
from .variables import COUNTS, HOLDS, cents, field_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
}
_EQUALITY: dict[str, Callable[[Any, Any], Any]] = {"_==_": operator.eq, "_!=_": operator.ne}
_COMPARISONS = {**_EQUALITY, **_ORDER}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "_+_": operator.add,
    "_-_": operator.sub,
    "_*_": operator.mul,
}

_TEXTS = frozenset({FieldType.TEXT, FieldType.CHOICE, FieldType.PARTY, FieldType.IDENTITY})
_DAY = 86_400
_LATEST_SHOWN = 2**35
"""Seconds since 1970 that still are a date of the calendar."""

_DURATION_PART = re.compile(r"(-?\d+(?:\.\d+)?)(h|m|s)")
_SECONDS = {"h": 3600, "m": 60, "s": 1}


class Formula(NamedTuple):
    """A part of a guard: its value, and the formula that says whether it is known."""

    value: Any
    known: Any


class Formulas:
    """The formulas of one definition: its variables, and in `domain` what is so in every case."""

    def __init__(self, z3: Any, definition: Definition, kinds: Mapping[str, FieldType]) -> None:
        self._z3, self._definition, self._kinds = z3, definition, kinds
        # A context of its own: the same definition always gets the same examples.
        self.context = z3.Context()
        self.true = z3.BoolVal(True, self.context)
        self.domain: list[Any] = []
        self.variables: dict[str, Any] = {}
        self._codes: dict[str, int] = {}
        self._opaque: dict[Tree, Any] = {}
        self._parts: dict[type[Tree], Callable[[Any], Formula]] = {
            Constant: self._constant,
            Name: self._name,
            FunctionCall: self._call,
        }
        self._encoders: dict[FieldType, Callable[[Any], Any]] = {
            FieldType.FLAG: _same,
            FieldType.NUMBER: _same,
            FieldType.MONEY: cents,
            **dict.fromkeys(_TEXTS, self.code),
        }
        self._decoders: dict[FieldType, Callable[[int], str]] = {
            **dict.fromkeys(FieldType, str),
            FieldType.MONEY: _amount,
            FieldType.DATE: _date,
            FieldType.DATETIME: _date_and_time,
            **dict.fromkeys(_TEXTS, self._quoted),
        }
        self._calls: dict[str, Callable[[FunctionCall], Formula]] = {
            "_&&_": self._and,
            "_||_": self._or,
            "!_": self._not,
            "_?_:_": self._choice,
            "@in": self._membership,
            "timestamp": self._moment,
            "duration": self._moment,
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
        }

    # -- parts of guards

    def of(self, tree: Tree) -> Formula:
        """The formula of a guard, or of a part of one."""
        translate: Callable[[Any], Formula] = self._parts.get(type(tree), self._free)
        return translate(tree)

    def _constant(self, tree: Constant) -> Formula:
        """A value that is written out."""
        value = tree.value
        if isinstance(value, bool):
            return Formula(self._z3.BoolVal(value, self.context), self.true)
        number = self.code(value) if isinstance(value, str) else int(value)
        return Formula(self._z3.IntVal(number, self.context), self.true)

    def _name(self, tree: Name) -> Formula:
        """A variable; it may have no value in a case."""
        return Formula(self.variable(tree.name), self.known(tree.name))

    def _call(self, tree: FunctionCall) -> Formula:
        """An operator or a function on its arguments."""
        translate = self._calls.get(tree.function, self._free)
        return translate(tree)

    def _and(self, tree: FunctionCall) -> Formula:
        """One side that is known to be false decides."""
        z = self._z3
        (a, a_known), (b, b_known) = map(self.of, tree.arguments)
        both_known = z.And(a_known, b_known)
        known = z.Or(both_known, z.And(a_known, z.Not(a)), z.And(b_known, z.Not(b)))
        return Formula(z.And(a, b), known)

    def _or(self, tree: FunctionCall) -> Formula:
        """One side that is known to be true decides."""
        z = self._z3
        (a, a_known), (b, b_known) = map(self.of, tree.arguments)
        both_known = z.And(a_known, b_known)
        known = z.Or(both_known, z.And(a_known, a), z.And(b_known, b))
        return Formula(z.Or(a, b), known)

    def _not(self, tree: FunctionCall) -> Formula:
        """Known where what is denied is."""
        value, known = self.of(tree.arguments[0])
        return Formula(self._z3.Not(value), known)

    def _choice(self, tree: FunctionCall) -> Formula:
        """Only the side that is taken need be known."""
        z = self._z3
        (asked, asked_known), (yes, yes_known), (no, no_known) = map(self.of, tree.arguments)
        known = z.And(asked_known, z.If(asked, yes_known, no_known))
        return Formula(z.If(asked, yes, no), known)

    def _membership(self, tree: FunctionCall) -> Formula:
        """Whether a value is in a list that is written out."""
        member, group = tree.arguments
        if not isinstance(group, Items):
            return self._free(tree)
        value, known = self.of(member)
        if not group.items:
            return Formula(self._z3.BoolVal(False, self.context), known)
        return Formula(self._z3.Or(*(value == self.of(item).value for item in group.items)), known)

    def _moment(self, tree: FunctionCall) -> Formula:
        """A time or a length of time that is written out."""
        text = tree.arguments[0]
        seconds = _seconds(tree.function, text.value) if isinstance(text, Constant) else None
        if seconds is None:
            return self._free(tree)
        return Formula(self._z3.IntVal(seconds, self.context), self.true)

    def _comparison(self, tree: FunctionCall) -> Formula:
        """A comparison; only numbers have an order here, and only like is compared with like."""
        (a, a_known), (b, b_known) = map(self.of, tree.arguments)
        known = self._z3.And(a_known, b_known)
        is_ordered = tree.function in _EQUALITY or self._z3.is_int(a)
        if a.sort() != b.sort() or not is_ordered:
            return Formula(self._unknown(tree, is_flag=True), known)
        return Formula(_COMPARISONS[tree.function](a, b), known)

    def _arithmetic(self, tree: FunctionCall) -> Formula:
        """A sum, difference or product of numbers."""
        (a, a_known), (b, b_known) = map(self.of, tree.arguments)
        known = self._z3.And(a_known, b_known)
        if not self._z3.is_int(a) or not self._z3.is_int(b):
            return Formula(self._unknown(tree, is_flag=False), known)
        return Formula(_ARITHMETIC[tree.function](a, b), known)

    def _free(self, tree: Tree) -> Formula:
        """A part that may be true or false, whatever else is so."""
        return Formula(self._unknown(tree, is_flag=True), self.true)

    def _unknown(self, tree: Tree, is_flag: bool) -> Any:
        """A variable for a part that is not expressed; the same part gets the same one."""
        found = self._opaque.get(tree)
        if found is None:
            make = self._z3.Bool if is_flag else self._z3.Int
            found = self._opaque[tree] = make(f"?{len(self._opaque)}", self.context)
        return found

    # -- variables

    def known(self, name: str) -> Any:
        """Whether a variable has a value; all have but fields without a default."""
        field = field_of(self._definition, name)
        if field is None or self._is_always_given(field):
            return self.true
        return self.variable(f"given.{field}")

    def _is_always_given(self, field: str) -> bool:
        """Whether a field has a value in every case: its default, or a list of records."""
        spec = self._definition.fields[field]
        return spec.default is not None or spec.type is FieldType.RECORDS

    def variable(self, name: str) -> Any:
        """The variable of a name, declared when it is first used with what is always so of it."""
        found = self.variables.get(name)
        if found is None:
            found = self._declare(name)
        return found

    def _declare(self, name: str) -> Any:
        """A new variable, and what is so of it in every case."""
        is_flag = self._kinds.get(name) is FieldType.FLAG
        make = self._z3.Bool if is_flag else self._z3.Int
        variable = self.variables[name] = make(name, self.context)
        head, _, rest = name.partition(".")
        field = field_of(self._definition, name)
        if head == "given":
            self._declare_given(rest, variable)
        elif head == "deadline":
            self.domain.append(variable >= 0)
        elif field is not None:
            self._declare_field(field, variable)
        elif head in self._definition.proceedings:
            self._declare_count(head, rest, variable)
        elif head in self._definition.accounts:
            self._declare_account(self._definition.accounts[head], rest, variable)
        elif not is_flag and head in (HOLDS, PERSONS, *self._definition.claims):
            self.domain.append(variable >= 0)
        elif name in ("now", "today"):
            self._declare_clock()
        return variable

    def _declare_account(self, account: Account, asked: str, variable: Any) -> None:
        """What is counted in fields is their sum."""
        if account.received and asked == "held":
            sides = (
                [f"case.{name}" for name in names] for names in (account.received, account.paid_out)
            )
            received, paid_out = (self._z3.Sum(*map(self.variable, side)) for side in sides)
            self.domain.append(variable == received - paid_out)

    def _declare_given(self, field: str, variable: Any) -> None:
        """A field with a default is always given."""
        if self._definition.fields[field].default is not None:
            self.domain.append(variable)

    def _declare_field(self, field: str, variable: Any) -> None:
        """A choice is one of those listed."""
        choices = self._definition.fields[field].choices
        if choices:
            self.domain.append(self._z3.Or(*(variable == self.code(id) for id in choices)))

    def _declare_clock(self) -> None:
        """Today begins at a midnight and now is today, up to what time zones make of it."""
        now, today = self.variable("now"), self.variable("today")
        begins_at_midnight = today % _DAY == 0
        self.domain.append(
            self._z3.And(today > 0, now - today < 2 * _DAY, today - now < _DAY, begins_at_midnight)
        )

    def _declare_count(self, sub: str, what: str, variable: Any) -> None:
        """Those opened are open or concluded, and no more stand in a state than were opened."""
        if what in COUNTS:
            running, count, concluded = (self._count(f"{sub}.{name}") for name in COUNTS)
            is_their_sum = count == running + concluded
            self.domain.append(self._z3.And(running >= 0, concluded >= 0, is_their_sum))
        elif what.startswith("at."):
            count = self.variable(f"{sub}.count")
            self.domain.append(self._z3.And(variable >= 0, variable <= count))

    def _count(self, name: str) -> Any:
        """One of three counts; what is so of them is declared with the first that is used."""
        return self.variables.setdefault(name, self._z3.Int(name, self.context))

    # -- values

    def code(self, text: str) -> int:
        """The number that stands for a text."""
        return self._codes.setdefault(text, len(self._codes) + 1)

    def encoded(self, kind: FieldType, value: Any) -> Any:
        """A value of a field as variables have it; None for a type whose values have no use."""
        encode: Callable[[Any], Any] = self._encoders.get(kind, _no_value)
        return encode(value)

    def decoded(self, name: str, value: Any) -> str:
        """The value that a variable has in an example, as people write it."""
        if self._z3.is_bool(value):
            return str(self._z3.is_true(value)).lower()
        show = self._decoders[self._kinds[name]]
        return show(value.as_long())

    def _quoted(self, code: int) -> str:
        """The text that a number stands for; one that the solver made up stands for none."""
        texts = {code: text for text, code in self._codes.items()}
        return f'"{texts.get(code, "…")}"'


def _same(value: Any) -> Any:
    """A value that variables have as it is."""
    return value


def _no_value(value: Any) -> None:
    """A value that is not asked for."""


def _amount(number: int) -> str:
    """An amount of money from its cents."""
    return str((Decimal(number) / 100).quantize(Decimal("0.01")))


def _seconds(function: str, text: object) -> int | None:
    """A time in seconds since 1970, or a length of time in seconds; None where it is neither."""
    try:
        if function == "timestamp":
            return int((datetime.fromisoformat(str(text)) - EPOCH).total_seconds())
        parts = _DURATION_PART.findall(str(text))
        return int(sum(float(number) * _SECONDS[unit] for number, unit in parts))
    except (ValueError, TypeError):
        return None


def _nearest(seconds: int) -> datetime:
    """The nearest time that a calendar has: the solver may name one that no calendar has."""
    return EPOCH + timedelta(seconds=max(min(seconds, _LATEST_SHOWN), 0))


def _date(seconds: int) -> str:
    """The date of a time."""
    return _nearest(seconds).date().isoformat()


def _date_and_time(seconds: int) -> str:
    """A time as it is written in case data."""
    return _nearest(seconds).isoformat()
