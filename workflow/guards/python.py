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

    def write(self, tree: Tree, beside: FieldType | None = None) -> str:
        """An expression; `beside` is the type of the field that a constant is compared with."""
        if isinstance(tree, Constant):
            return self._constant(tree.value, beside)
        if isinstance(tree, Name):
            return self._name(tree.name)
        if isinstance(tree, FunctionCall):
            return self._call(tree.function, tree.arguments)
        raise _NotPlain

    def _constant(self, value: Any, beside: FieldType | None) -> str:
        """A constant; beside money it is the cents of an amount, which data holds as a decimal."""
        self.constants.append(Decimal(value) / 100 if beside is FieldType.MONEY else value)
        return f"constants[{len(self.constants) - 1}]"

    def _name(self, name: str) -> str:
        head, _, rest = name.partition(".")
        if head == "given":
            return f"(data.get({rest!r}) is not None)"
        if head == "case" and self._kinds.get(name) in _TYPES:
            return f"v{self.fields.setdefault(rest, len(self.fields))}"
        if head in self._subs and not rest.startswith(("sum.", "latest.")):
            return f"children.get({head!r}, NONE).get({rest!r}, 0)"
        raise _NotPlain

    def _call(self, function: str, parts: tuple[Tree, ...]) -> str:
        if function in _LOGIC:
            return self._infix(_LOGIC[function], parts)
        if function in _COMPARISONS:
            self._refuse_money_beside_numbers(parts)
            return self._infix(_COMPARISONS[function], parts)
        if function == "!_":
            return f"(not {self.write(parts[0])})"
        if function == "_?_:_":
            condition, yes, no = map(self.write, parts)
            return f"({yes} if {condition} else {no})"
        if function == "@in":
            return self._membership(*parts)
        raise _NotPlain

    def _infix(self, sign: str, parts: tuple[Tree, ...]) -> str:
        one, other = parts
        beside = self._kind(one) or self._kind(other)
        return f"({self.write(one, beside)} {sign} {self.write(other, beside)})"

    def _refuse_money_beside_numbers(self, parts: tuple[Tree, ...]) -> None:
        """CEL counts both as whole numbers, cents and all; decimals would compare otherwise."""
        kinds = set(map(self._kind, parts)) - {None}
        if FieldType.MONEY in kinds and len(kinds) > 1:
            raise _NotPlain

    def _membership(self, member: Tree, group: Tree) -> str:
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
