"""The checked syntax tree of a guard, as the CEL compiler hands it out, in plain tuples.

The compiler gives protobuf (`cel.expr.CheckedExpr`). Only the wire format of the few messages of
an expression is read here: https://protobuf.dev/programming-guides/encoding/ and
`cel/expr/syntax.proto`. What is not known becomes `Opaque`.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class _Node:
    """`id` is the compiler's number for a part, by which its place is known; two parts that say
    the same are equal."""

    id: int = field(default=0, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Constant(_Node):
    value: bool | int | float | str


@dataclass(frozen=True, slots=True)
class Name(_Node):
    """A variable, dotted as it was declared."""

    name: str


@dataclass(frozen=True, slots=True)
class FunctionCall(_Node):
    """A function or operator (`_&&_`, `_<_`, `@in`, `timestamp`) on its arguments.

    A method's target comes first.
    """

    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Items(_Node):
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Member(_Node):
    """A field of a value, or whether it has that field."""

    of: Tree
    field: str
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Loop(_Node):
    """A macro over a list (`all`, `exists`, `filter`, `map`): `step` is done with each item."""

    item: str
    items: Tree
    result: str
    start: Tree
    step: Tree


@dataclass(frozen=True, slots=True)
class Opaque(_Node):
    """A part whose meaning is not looked into."""

    raw: bytes


Tree = Constant | Name | FunctionCall | Items | Member | Loop | Opaque


def tree_of(serialized: bytes) -> Tree:
    """The tree of a serialized compiled expression (an `Any` that holds a `CheckedExpr`)."""
    return _expression(_first(_checked(serialized), 4))


def places_of(serialized: bytes) -> dict[int, int]:
    """Where the parts of a serialized expression stand in its text, from 0, by their ids."""
    entries = map(_message, _message(_first(_checked(serialized), 5)).get(4, ()))
    return {entry.get(1, [0])[0]: entry.get(2, [0])[0] for entry in entries}


def start_of(tree: Tree, places: Mapping[int, int]) -> int:
    """Where a part begins; of an operator, where its sign stands."""
    place = places.get(tree.id, 0)
    if isinstance(tree, Name) and "." in tree.name:  # the compiler gives the place of the dot
        return place - tree.name.rindex(".")
    if isinstance(tree, FunctionCall) and tree.function[0].isalpha():  # and of the bracket
        return place - len(tree.function)
    return place


def _checked(serialized: bytes) -> Message:
    """`cel.expr.CheckedExpr`."""
    return _message(_first(_message(serialized), 2))


def names_in(tree: Tree) -> Iterator[str]:
    """Every variable that a tree reads; what a macro calls an item is none."""
    if isinstance(tree, Name):
        yield tree.name
    own = {tree.item, tree.result} if isinstance(tree, Loop) else set()
    for part in parts_of(tree):
        yield from (name for name in names_in(part) if name.partition(".")[0] not in own)


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """The trees that a tree is made of."""
    return _PARTS.get(type(tree), _no_parts)(tree)


def _no_parts(tree: Tree) -> tuple[Tree, ...]:
    """Those of a constant, of a name, and of what is not looked into."""
    return ()


_PARTS: dict[type[Tree], Callable[[Any], tuple[Tree, ...]]] = {
    FunctionCall: lambda call: call.arguments,
    Items: lambda group: group.items,
    Member: lambda member: (member.of,),
    Loop: lambda loop: (loop.items, loop.start, loop.step),
}


# -- partial values


def partial_value(tree: Tree, known: Mapping[str, Any]) -> Any:
    """The value of a tree as far as the known names decide it; None where they do not."""
    if isinstance(tree, FunctionCall):
        return _partial_call(tree, known)
    if isinstance(tree, Name):
        return known.get(tree.name)
    return tree.value if isinstance(tree, Constant) else None


def _partial_call(tree: FunctionCall, known: Mapping[str, Any]) -> Any:
    """The value of a call, as far as those of its arguments decide it."""
    operate: Callable[..., Any] = _OPERATIONS.get(tree.function, _undecided)
    values = [partial_value(part, known) for part in tree.arguments]
    return operate(*values)


def _decided_by(decisive: bool) -> Callable[..., bool | None]:
    """Logic that one side decides, whatever stands on the other."""

    def operate(*sides: Any) -> bool | None:
        if decisive in sides:
            return decisive
        return None if None in sides else not decisive

    return operate


def _when_known(operation: Callable[..., bool]) -> Callable[..., bool | None]:
    """An operation that needs all its values."""

    def operate(*values: Any) -> bool | None:
        return None if None in values else operation(*values)

    return operate


def _undecided(*values: Any) -> None:
    """What is not worked out here: arithmetic, times, texts."""


_OPERATIONS: dict[str, Callable[..., bool | None]] = {
    "_&&_": _decided_by(False),
    "_||_": _decided_by(True),
    "!_": _when_known(operator.not_),
    "_==_": _when_known(operator.eq),
    "_!=_": _when_known(operator.ne),
    "_<_": _when_known(operator.lt),
    "_<=_": _when_known(operator.le),
    "_>_": _when_known(operator.gt),
    "_>=_": _when_known(operator.ge),
}


# -- expressions

_Read = Callable[[Any, int], "Tree"]
"""Makes the tree of what stands in a field, with the id of the expression."""

Message = Mapping[int, list[Any]]
"""The values of the fields of a message, by the number of the field."""


def _expression(raw: bytes) -> Tree:
    """`cel.expr.Expr`."""
    message = _message(raw)
    return _as_the_field_says(raw, message, _EXPRESSIONS, message.get(2, [0])[0])


def _constant(raw: bytes, id: int) -> Tree:
    """`cel.expr.Constant`."""
    return _as_the_field_says(raw, _message(raw), _CONSTANTS, id)


def _as_the_field_says(raw: bytes, message: Message, readers: Mapping[int, _Read], id: int) -> Tree:
    """The tree of a message that has one field of several, each of its own kind."""
    for number, values in message.items():
        if number in readers:
            return readers[number](values[0], id)
    return Opaque(raw, id=id)


def _identifier(raw: bytes, id: int) -> Tree:
    """`Expr.Ident`: a name without a dot."""
    return Name(_text(_message(raw), 1), id=id)


def _selection(raw: bytes, id: int) -> Tree:
    """A dotted name (`case.amount`), a field of a value, or whether it is there (`has`)."""
    message = _message(raw)
    operand = _expression(_first(message, 1))
    asks_presence = any(message.get(3, ()))
    if isinstance(operand, Name) and not asks_presence:
        return Name(f"{operand.name}.{_text(message, 2)}", id=id)
    return Member(operand, _text(message, 2), asks_presence, id=id)


def _loop(raw: bytes, id: int) -> Tree:
    """`Expr.Comprehension`, as the macros over lists make it."""
    message = _message(raw)
    items, start, step = (_expression(_first(message, n)) for n in (2, 4, 6))
    return Loop(_text(message, 1), items, _text(message, 3), start, step, id=id)


def _call(raw: bytes, id: int) -> Tree:
    """`Expr.Call`: the target of a method comes before its arguments."""
    message = _message(raw)
    target = map(_expression, message.get(1, ()))
    arguments = map(_expression, message.get(3, ()))
    return FunctionCall(_text(message, 2), (*target, *arguments), id=id)


def _items(raw: bytes, id: int) -> Tree:
    """`Expr.CreateList`."""
    return Items(tuple(map(_expression, _message(raw).get(1, ()))), id=id)


def _signed(value: int) -> int:
    """A whole number from its two's complement."""
    return value - (1 << 64) if value >= 1 << 63 else value


_EXPRESSIONS: dict[int, _Read] = {
    3: _constant,
    4: _identifier,
    5: _selection,
    6: _call,
    7: _items,
    9: _loop,
}
_CONSTANTS: dict[int, _Read] = {
    2: lambda value, id: Constant(bool(value), id=id),
    3: lambda value, id: Constant(_signed(value), id=id),
    4: lambda value, id: Constant(value, id=id),
    6: lambda value, id: Constant(value.decode(), id=id),
}


# -- the wire format

_VARINT, _SIZED = 0, 2
_FIXED_SIZES = {1: 8, 5: 4}


def _first(message: Message, field: int) -> bytes:
    """The value of a field that stands once; empty where it does not stand at all."""
    values = message.get(field)
    return values[0] if values else b""


def _text(message: Message, field: int) -> str:
    """The text of a field that stands once."""
    return _first(message, field).decode()


def _message(raw: bytes) -> Message:
    """The fields of a message: numbers as int, everything that has a size as bytes."""
    fields: defaultdict[int, list[Any]] = defaultdict(list)
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        value, at = _value(raw, at, tag & 7)
        fields[tag >> 3].append(value)
    return fields


def _value(raw: bytes, at: int, wire_type: int) -> tuple[Any, int]:
    """The value that stands somewhere, and where the next field begins."""
    if wire_type == _VARINT:
        return _varint(raw, at)
    if wire_type == _SIZED:
        size, at = _varint(raw, at)
    else:
        size = _FIXED_SIZES[wire_type]
    return raw[at : at + size], at + size


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """A whole number: seven bits a byte, the lowest first; the last byte has its high bit clear."""
    result = shift = 0
    while raw[at] >= 0x80:
        result |= (raw[at] & 0x7F) << shift
        shift += 7
        at += 1
    return result | raw[at] << shift, at + 1
