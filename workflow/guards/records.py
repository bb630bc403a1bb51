"""Records in expressions: which list a macro goes through, and the days and instants in it.

CEL takes records as maps whose values may be anything; a day or an instant among them is a text to
it, which is read where the expression asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ..model.field_types import FieldType
from ..model.records import Fields
from .cel_tree import FunctionCall, Items, Loop, Member, Name, Tree, parts_of, start_of

Lists = Mapping[str, Fields]
"""The lists of records of a definition: by name, the fields of each record."""

Bound = Mapping[str, str]
"""What macros call an item at a place, and the list whose record it is."""

MOMENTS = frozenset({FieldType.DATE, FieldType.DATETIME})
_VARIABLE = "case."


def list_of(tree: Tree, lists: Lists) -> str | None:
    """The list whose records a part gives: the list itself, or those of it that a filter keeps."""
    if isinstance(tree, Name):
        name = tree.name.removeprefix(_VARIABLE)
        return name if tree.name.startswith(_VARIABLE) and name in lists else None
    if isinstance(tree, Loop) and item_kept(tree) == Name(tree.item):
        return list_of(tree.items, lists)
    return None


def item_kept(loop: Loop) -> Tree | None:
    """What a macro that gives a list adds to it for an item; None where it gives no list."""
    if not isinstance(loop.start, Items):
        return None
    step = loop.step
    if isinstance(step, FunctionCall) and step.function == "_?_:_":
        step = step.arguments[1]
    added = step.arguments[1] if isinstance(step, FunctionCall) else None
    return added.items[0] if isinstance(added, Items) and added.items else None


def bound_in(loop: Loop, lists: Lists, bound: Bound) -> Bound:
    """What is bound within a macro."""
    name = list_of(loop.items, lists)
    return {**bound, loop.item: name} if name is not None else bound


def with_moments_read(text: str, tree: Tree, places: Mapping[int, int], lists: Lists) -> str:
    """An expression in which the days and instants of records are read from their texts."""
    read = _read(tree, lists, {})
    moments = (part for part, of, field in read if _is_moment(lists[of], field))
    found = {start_of(name, places): name.name for name in moments if isinstance(name, Name)}
    for start, name in sorted(found.items(), reverse=True):
        end = start + len(name)
        text = f"{text[:start]}timestamp({name}){text[end:]}"
    return text


def fields_read(tree: Tree, lists: Lists) -> Iterator[str]:
    """The fields of records (`LIST.FIELD`) that macros read, or ask whether they are there."""
    return (f"{of}.{field}" for _, of, field in _read(tree, lists, {}))


def _read(tree: Tree, lists: Lists, bound: Bound) -> Iterator[tuple[Tree, str, str]]:
    """What macros read of records, or ask whether it is there: the part, the list, the field."""
    head, _, field = _dotted(tree).partition(".")
    if field and head in bound:
        yield tree, bound[head], field
    within = bound_in(tree, lists, bound) if isinstance(tree, Loop) else bound
    for part in parts_of(tree):
        yield from _read(part, lists, within)


def _dotted(tree: Tree) -> str:
    """A name, also one that is only asked for (`has`); of every other part nothing."""
    if isinstance(tree, Member):
        return f"{_dotted(tree.of)}.{tree.field}"
    return tree.name if isinstance(tree, Name) else ""


def _is_moment(fields: Fields, name: str) -> bool:
    """Whether a field of records is a day or an instant."""
    return name in fields and fields[name].type in MOMENTS


def as_text(moment: datetime) -> str:
    """A day or an instant as records give it to CEL."""
    return moment.isoformat().replace("+00:00", "Z")
