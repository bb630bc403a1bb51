"""Plain guards as Python: comparisons and logic over known values, made from the checked CEL tree.

CEL stays the judge: it checks every guard, and evaluates each one that is not plain or meets a
value that is not known. A plain guard over known values means the same in both, which the tests
compare guard by guard. It is some five times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..model.field_types import FieldType
from .cel_tree import Constant, FunctionCall, Items, Name, Tree

Plain = Callable[[Mapping[str, Any], Mapping[str, Mapping[str, Any]]], "bool | None"]
"""From the case's data and its children: whether the guard holds; None where a value is unknown."""

_TYPES = frozenset(
    {
        FieldType.TEXT,
        FieldType.NUMBER,
        FieldType.MONEY,
        FieldType.FLAG,
        FieldType.CHOICE,
        FieldType.PARTY,
        FieldType.IDENTITY,
    }
)

_LOGIC = {"_&&_": "and", "_||_": "or"}
_COMPARISONS = {
    "_==_": "==",
    "_!=_": "!=",
    "_<_": "<",
    "_<=_": "<=",
    "_>_": ">",
    "_>=_": ">=",
}


class _NotPlain(Exception):
    """The guard is more than comparisons and logic."""


def plain(tree: Tree, kinds: Mapping[str, FieldType], subs: frozenset[str]) -> Plain | None:
    """The guard as a Python function; None when it is more than comparisons and logic.

    `kinds` are the types of the variables, `subs` the names of the sub-procedures.
    """
    writer = _Writer(kinds, subs)
    try:
        body = writer.write(tree)
    except _NotPlain:
        return None
    scope: dict[str, Any] = {"constants": tuple(writer.constants), "NONE": {}}
    exec(compile(_source(writer.fields, body), "<guard>", "exec"), scope)
    guard: Plain = scope["guard"]
    return guard


def _source(fields: Mapping[str, int], body: str) -> str:
    """A function that reads each field once, and asks no further where one is not known."""
    lines = ["def guard(data, children):"]
    lines += [f"    v{index} = data.get({field!r})" for field, index in fields.items()]
    if fields:
        unknown = " or ".join(f"v{index} is None" for index in fields.values())
        lines += [f"    if {unknown}:", "        return None"]
    lines.append(f"    return {body}")
    return "\n".join(lines)


class _Writer:
    """Writes trees as expressions of Python; notes the fields and constants that they use."""

    def __init__(self, kinds: Mapping[str, FieldType], subs: frozenset[str]) -> None:
        self._kinds, self._subs = kinds, subs
        self.fields: dict[str, int] = {}
        self.constants: list[Any] = []
        self._calls: dict[str, Callable[[FunctionCall], str]] = {
            "!_": self._negation,
            "_?_:_": self._choice,
            "@in": self._membership,
            **dict.fromkeys(_LOGIC, self._logic),
            **dict.fromkeys(_COMPARISONS, self._comparison),
        }

    def write(self, tree: Tree, beside: FieldType | None = None) -> str:
        """An expression; `beside` is the type of the field that a constant is compared with."""
        if isinstance(tree, Constant):
            return self._constant(tree.value, beside)
        if isinstance(tree, Name):
            return self._name(tree.name)
        if isinstance(tree, FunctionCall) and tree.function in self._calls:
            return self._calls[tree.function](tree)
        raise _NotPlain

    def _constant(self, value: Any, beside: FieldType | None) -> str:
        """A constant; beside money it is the cents of an amount, which data holds as a decimal."""
        self.constants.append(Decimal(value) / 100 if beside is FieldType.MONEY else value)
        return f"constants[{len(self.constants) - 1}]"

    def _name(self, name: str) -> str:
        """A variable, by what it is a variable of."""
        head, _, rest = name.partition(".")
        if head == "given" and name in self._kinds:
            return f"(data.get({rest!r}) is not None)"
        return self._field(rest) if head == "case" else self._count(head, rest)

    def _field(self, field: str) -> str:
        """A field of the case; dates and lists look otherwise to CEL than they are held in data."""
        if self._kinds.get(f"case.{field}") not in _TYPES:
            raise _NotPlain
        index = self.fields.setdefault(field, len(self.fields))
        return f"v{index}"

    def _count(self, sub: str, what: str) -> str:
        """How many sub-procedures of a kind there are; what their own fields say is left to CEL."""
        if sub not in self._subs or what.startswith(("sum.", "latest.")):
            raise _NotPlain
        return f"children.get({sub!r}, NONE).get({what!r}, 0)"

    def _negation(self, tree: FunctionCall) -> str:
        """`!` before a part."""
        (part,) = tree.arguments
        return f"(not {self.write(part)})"

    def _choice(self, tree: FunctionCall) -> str:
        """One of two parts, as a condition decides."""
        condition, yes, no = map(self.write, tree.arguments)
        return f"({yes} if {condition} else {no})"

    def _logic(self, tree: FunctionCall) -> str:
        """`and`, `or`: a value that is not known never comes here."""
        return self._infix(_LOGIC[tree.function], *tree.arguments)

    def _comparison(self, tree: FunctionCall) -> str:
        """A comparison. Money is not compared with a plain number here, but by CEL, in cents."""
        kinds = set(map(self._kind, tree.arguments)) - {None}
        if FieldType.MONEY in kinds and len(kinds) > 1:
            raise _NotPlain
        return self._infix(_COMPARISONS[tree.function], *tree.arguments)

    def _infix(self, sign: str, one: Tree, other: Tree) -> str:
        """Two parts with a sign between them; a constant is of the type of the other part."""
        beside = self._kind(one) or self._kind(other)
        left = self.write(one, beside)
        right = self.write(other, beside)
        return f"({left} {sign} {right})"

    def _membership(self, tree: FunctionCall) -> str:
        """Whether a value is in a list that is written out."""
        member, group = tree.arguments
        if not isinstance(group, Items):
            raise _NotPlain
        kind = self._kind(member)
        items = ", ".join(self.write(item, kind) for item in group.items)
        return f"({self.write(member)} in ({items},))" if items else "False"

    def _kind(self, tree: Tree) -> FieldType | None:
        """The type of a part; a constant has the one of what it is compared with."""
        if isinstance(tree, Constant):
            return None
        return self._kinds.get(tree.name) if isinstance(tree, Name) else FieldType.FLAG
