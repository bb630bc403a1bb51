"""Where the conditions of a definition stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, product

from ..model.base import Element
from ..model.definition import Definition
from ..source.positions import Position


def conditions(definition: Definition) -> Iterator[tuple[Element, str, str]]:
    """Every condition of a definition: the element and key where it stands, and its text."""
    for element, key in _places(definition):
        text = getattr(element, key)
        if text is not None:
            yield element, key, text


def place_of(definition: Definition, text: str) -> Position:
    """Where a condition stands, of several alike the first."""
    same = (element.at_value(key) for element, key, t in conditions(definition) if t == text)
    return next(same, definition.at)


def _places(definition: Definition) -> Iterator[tuple[Element, str]]:
    """Where conditions can stand: the elements, and the key of each."""
    items = chain.from_iterable(part.items.values() for part in definition.checklists.values())
    asked = chain.from_iterable(form.fields.values() for form in definition.forms.values())
    rows = chain.from_iterable(table.rows for table in definition.tables.values())
    yield from product(chain(definition.transitions, items), ["when"])
    yield from product(asked, ["required_when"])
    yield from product(rows, ["when"])
