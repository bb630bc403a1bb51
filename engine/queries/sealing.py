"""What is sealed is left out of what is shown: of fields, of records and of documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any


def without(values: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """The entries whose names are not hidden, and of records the fields that are not."""
    if hidden.isdisjoint(names_held(values)):
        return values
    return {
        name: without_anywhere(value, hidden, name) if isinstance(value, list) else value
        for name, value in values.items()
        if kind_of(name) not in hidden
    }


def sealed_in(hidden: frozenset[str], *held: Mapping[str, Any]) -> tuple[str, ...]:
    """What is hidden of what a case holds."""
    return tuple(sorted(hidden.intersection(chain.from_iterable(map(names_held, held)))))


def names_held(values: Mapping[str, Any]) -> Iterator[str]:
    """The names of entries, of the fields of records (`LIST.FIELD`), of kinds of document."""
    for name, value in values.items():
        yield kind_of(name)
        listed = value if isinstance(value, list) else ()
        for field in chain.from_iterable(record for record in listed if isinstance(record, dict)):
            yield f"{name}.{field}"


def kind_of(name: str) -> str:
    """A field, or the kind of a document that is one record's (`KIND@RECORD`)."""
    return name.partition("@")[0]


def without_anywhere(value: Any, hidden: frozenset[str], of: str = "") -> Any:
    """A value of JSON without the entries whose names are hidden, however deep they lie.

    `of` is the name under which it stands: that of a list, where it is a record.
    """
    if isinstance(value, dict):
        return {
            n: without_anywhere(v, hidden, n)
            for n, v in value.items()
            if hidden.isdisjoint((kind_of(n), f"{of}.{n}"))
        }
    if isinstance(value, list | tuple):
        return [without_anywhere(v, hidden, of) for v in value]
    return value


def without_documents(line: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """A line of what an entry did without the references of kinds that are sealed."""
    if hidden.isdisjoint(line.get("documents", ())):
        return line
    return {**line, "documents": without(line["documents"], hidden)}


def counts(told: Mapping[str, Any]) -> dict[str, Any]:
    """How many sub-procedures there were, without what their fields said."""
    return {name: value for name, value in told.items() if not name.startswith(_OF_FIELDS)}


_OF_FIELDS = ("latest.", "sum.")
