"""Plain guards as Python: comparisons and logic over values that are all known, made from the checked CEL tree.

CEL stays the judge: it checks every guard, and evaluates each one that is not plain or meets a value that is not known. A plain
guard over known values means the same in both, which the tests compare guard by guard. It is some five times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..model.field_types import FieldType
from .cel_tree import Constant, FunctionCall, Items, Name, Tree

Plain = Callable[[Mapping[str, Any], Mapping[str, Mapping[str, Any]]], "bool | None"]
"""From the case's data and its children: whether the guard holds; None where a value is not known."""

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

_INFIX = {
    "_&&_": "and",
    "_||_": "or",
    "_==_": "==",
    "_!=_": "!=",
    "_<_": "<",
    "_<=_": "<=",
    "_>_": ">",
    "_>=_": ">=",
}


class _NotPlain(Exception):
    pass


def plain(tree: Tree, types: Mapping[str, FieldType], subs: frozenset[str]) -> Plain | None:
    """The guard as a Python function; None when it is more than comparisons and logic."""
    writer = _Writer(types, subs)
    try:
        body = writer.write(tree, None)
    except _NotPlain:
        return None
    reads = "".join(f"    v{i} = data.get({field!r})\n" for field, i in writer.fields.items())
    unknown = " or ".join(f"v{i} is None" for i in writer.fields.values())
    check = f"    if {unknown}:\n        return None\n" if unknown else ""
    source = f"def guard(data, children):\n{reads}{check}    return {body}\n"
    scope: dict[str, Any] = {"constants": tuple(writer.constants), "NONE": {}}
    exec(compile(source, "<guard>", "exec"), scope)
    made: Plain = scope["guard"]
    return made


class _Writer:
    def __init__(self, types: Mapping[str, FieldType], subs: frozenset[str]) -> None:
        self._types, self._subs = types, subs
        self.fields: dict[str, int] = {}
        self.constants: list[Any] = []

    def write(self, tree: Tree, beside: FieldType | None) -> str:
        """An expression; `beside` is the type of the field that a constant is compared with."""
        if isinstance(tree, Constant):
            return self._constant(tree.value, beside)
        if isinstance(tree, Name):
            return self._name(tree.name)
        if isinstance(tree, FunctionCall):
            return self._call(tree)
        raise _NotPlain

    def _constant(self, value: Any, beside: FieldType | None) -> str:
        self.constants.append(Decimal(value) / 100 if beside is FieldType.MONEY else value)
        return f"constants[{len(self.constants) - 1}]"

    def _name(self, name: str) -> str:
        head, _, rest = name.partition(".")
        if head == "given":
            return f"(data.get({rest!r}) is not None)"
        if head == "case" and self._types.get(rest) in _TYPES:
            return f"v{self.fields.setdefault(rest, len(self.fields))}"
        if head in self._subs and not rest.startswith(("sum.", "latest.")):
            return f"children.get({head!r}, NONE).get({rest!r}, 0)"
        raise _NotPlain

    def _call(self, tree: FunctionCall) -> str:
        name, parts = tree.function, tree.arguments
        if name == "!_":
            return f"(not {self.write(parts[0], None)})"
        if name == "_?_:_":
            condition, yes, no = (self.write(part, None) for part in parts)
            return f"({yes} if {condition} else {no})"
        if name == "@in" and isinstance(parts[1], Items):
            kind = self._type(parts[0])
            items = ", ".join(self.write(item, kind) for item in parts[1].items)
            return f"({self.write(parts[0], None)} in ({items},))" if items else "False"
        if name not in _INFIX or len(parts) != 2:
            raise _NotPlain
        kinds = [self._type(part) for part in parts]
        if (
            name not in ("_&&_", "_||_")
            and FieldType.MONEY in kinds
            and any(k not in (FieldType.MONEY, None) for k in kinds)
        ):
            raise _NotPlain  # cents against a plain number: CEL counts both as whole numbers
        beside = next((k for k in kinds if k is not None), None)
        return f"({self.write(parts[0], beside)} {_INFIX[name]} {self.write(parts[1], beside)})"

    def _type(self, tree: Tree) -> FieldType | None:
        if isinstance(tree, Name):
            head, _, rest = tree.name.partition(".")
            return (
                self._types.get(rest)
                if head == "case"
                else FieldType.FLAG
                if head == "given"
                else FieldType.NUMBER
            )
        return None if isinstance(tree, Constant) else FieldType.FLAG
