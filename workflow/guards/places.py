"""Where the conditions of a definition stand, and the expressions that compute its values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, product
from typing import NamedTuple

from ..model.base import Element
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.flow import Viewer
from ..source.positions import Position


def conditions(definition: Definition) -> Iterator[tuple[Element, str, str]]:
    """Every condition of a definition: the element and key where it stands, and its text."""
    for element, key in _places(definition):
        text = getattr(element, key)
        if text is not None:
            yield element, key, text


class ValuePlace(NamedTuple):
    """An expression that computes a value: where it stands, and the field that it is for.

    `is_set` where an act writes the value, once; else it is computed whenever somebody asks.
    """

    element: Element
    key: str
    text: str
    field: str
    gives: FieldType
    is_set: bool


def values(definition: Definition) -> Iterator[ValuePlace]:
    """Every expression that computes the value of a field there is."""
    fields = definition.fields
    for name, text in definition.computed.items():
        yield ValuePlace(fields[name], "is", text, name, fields[name].type, False)
    for t in definition.transitions:
        computed = t.computed
        for name in filter(fields.__contains__, computed):
            yield ValuePlace(t.sets[name], "is", computed[name], name, fields[name].type, True)


def viewers_of(definition: Definition) -> Iterator[Viewer]:
    """Who sees the fields, documents and states of a definition."""
    visible = (definition.fields, definition.documents, definition.states)
    for element in chain.from_iterable(table.values() for table in visible):
        yield from element.visible_to


def place_of(definition: Definition, text: str) -> Position:
    """Where an expression stands, of several alike the first."""
    found = chain(conditions(definition), (place[:3] for place in values(definition)))
    same = (element.at_value(key) for element, key, t in found if t == text)
    return next(same, definition.at)


def _places(definition: Definition) -> Iterator[tuple[Element, str]]:
    """Where conditions can stand: the elements, and the key of each."""
    items = chain.from_iterable(part.items.values() for part in definition.checklists.values())
    asked = chain.from_iterable(form.fields.values() for form in definition.forms.values())
    starts = (rule.starts for rule in definition.deadlines.values())
    rows = chain.from_iterable(table.rows for table in definition.tables.values())
    yield from product(chain(definition.transitions, items), ["when"])
    yield from product(viewers_of(definition), ["when"])
    yield from product(asked, ["required_when"])
    yield from product(chain(rows, starts), ["when"])
