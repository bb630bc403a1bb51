"""The checked syntax tree of a guard, as the CEL compiler hands it out (protobuf `cel.expr.CheckedExpr`), in plain tuples.

Only the wire format of the few messages of an expression is read here: https://protobuf.dev/programming-guides/encoding/ and
`cel/expr/syntax.proto`. What is not known becomes `Opaque`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool | int | float | str


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, dotted as it was declared."""

    name: str


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function or operator (`_&&_`, `_<_`, `@in`, `timestamp`) on its arguments; a method's target comes first."""

    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Opaque:
    """A part whose meaning is not looked into (a macro over lists, say)."""

    raw: bytes


Tree = Constant | Name | FunctionCall | Items | Opaque


def tree_of(serialized: bytes) -> Tree:
    """The tree of a serialized compiled expression (an `Any` that holds a `CheckedExpr`)."""
    checked = _one(serialized, 2)
    return _expression(_one(checked, 4))


def names_in(tree: Tree) -> Iterator[str]:
    """Every variable that a tree reads."""
    if isinstance(tree, Name):
        yield tree.name
    for part in (
        tree.arguments
        if isinstance(tree, FunctionCall)
        else tree.items
        if isinstance(tree, Items)
        else ()
    ):
        yield from names_in(part)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "_==_": operator.eq,
    "_!=_": operator.ne,
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
}


def partial_value(tree: Tree, known: Mapping[str, Any]) -> Any:
    """The value of a tree as far as the known names decide it; None where they do not."""
    if isinstance(tree, Constant):
        return tree.value
    if isinstance(tree, Name):
        return known.get(tree.name)
    if not isinstance(tree, FunctionCall):
        return None
    values = [partial_value(part, known) for part in tree.arguments]
    if tree.function in ("_&&_", "_||_"):
        decisive = tree.function == "_||_"
        return decisive if decisive in values else None if None in values else not decisive
    if None in values:
        return None
    if tree.function == "!_":
        return not values[0]
    compare = _COMPARE.get(tree.function)
    return compare(*values) if compare is not None else None


def _expression(raw: bytes) -> Tree:
    for field, value in _fields(raw):
        if field == 3:
            return _constant(value)
        if field == 4:
            return Name(_one(value, 1).decode())
        if field == 5:
            operand = _expression(_one(value, 1))
            test_only = any(f == 3 and v for f, v in _fields(value))
            if isinstance(operand, Name) and not test_only:
                return Name(f"{operand.name}.{_one(value, 2).decode()}")
            return Opaque(raw)
        if field == 6:
            target = [_expression(v) for f, v in _fields(value) if f == 1]
            arguments = [_expression(v) for f, v in _fields(value) if f == 3]
            return FunctionCall(_one(value, 2).decode(), (*target, *arguments))
        if field == 7:
            return Items(tuple(_expression(v) for f, v in _fields(value) if f == 1))
    return Opaque(raw)


def _constant(raw: bytes) -> Tree:
    for field, value in _fields(raw):
        if field == 2:
            return Constant(bool(value))
        if field == 3:
            return Constant(value - (1 << 64) if value >= 1 << 63 else value)
        if field == 4:
            return Constant(value)
        if field == 6:
            return Constant(value.decode())
    return Opaque(raw)


def _one(raw: bytes, wanted: int) -> bytes:
    return next((value for field, value in _fields(raw) if field == wanted), b"")


def _fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a message: numbers as int, everything of a length as bytes."""
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        field, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(raw, at)
            yield field, value
        elif wire == 2:
            length, at = _varint(raw, at)
            yield field, raw[at : at + length]
            at += length
        else:
            size = 8 if wire == 1 else 4
            yield field, raw[at : at + size]
            at += size


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = raw[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, at
        shift += 7
