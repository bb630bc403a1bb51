"""By what a case is found: the persons that it is about, and its fields that are searchable."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...workflow.model.books import ASSETS, AssetMark
from ...workflow.model.definition import Definition
from ...workflow.model.field_types import to_json
from ...workflow.model.identities import is_standing, key_in, shown_of
from ...workflow.model.movements import records_now
from ...workflow.model.persons import PERSONS, Condition, Person
from ...workflow.model.records import ID
from ..model.books import Found

_LONGEST = 200


def found_by(definition: Definition, data: Mapping[str, Any]) -> dict[tuple[str, str], Found]:
    """By what a case with these data is found, by name and place."""
    found = (*_persons(definition, data), *_asset(definition, data), *_fields(definition, data))
    return {(one.name, one.place): one for one in found}


def _persons(definition: Definition, data: Mapping[str, Any]) -> Iterator[Found]:
    for name, person in definition.persons.items():
        for place, known in _places(name, person.each, data):
            number = str(known.get(person.number))
            if is_standing(number):
                yield Found(PERSONS, place, key_in(number), _shown(name, person, known))


def _asset(definition: Definition, data: Mapping[str, Any]) -> Iterator[Found]:
    """What the case says of the asset that it holds."""
    spec = definition.holds
    told = [mark for mark, field in spec.marks.items() if data.get(field)] if spec else []
    if spec is not None and told:
        key = asset_key(str(data.get(spec.asset) or ""))
        yield from [Found(ASSETS, spec.asset, key, {"marks": sorted(told)})] * bool(key)


def asset_key(number: str) -> str:
    """What an asset is known by: its number, however it is written; empty where it has none."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", number))).upper()[:_LONGEST]


def marked_by(said: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """What is so of an asset, by what is said of it."""
    marks = {mark for shown in said for mark in shown["marks"]}
    return {mark: mark in marks for mark in AssetMark}


def _places(
    name: str, each: str | None, data: Mapping[str, Any]
) -> list[tuple[str, Mapping[str, Any]]]:
    """The case itself, or each record of a list: where something of a name stands, and its data."""
    if not each:
        return [(name, data)]
    return [(f"{name}@{record[ID]}", record) for record in records_now(data, each)]


def _shown(name: str, person: Person, known: Mapping[str, Any]) -> dict[str, Any]:
    """What people see of a person by a case."""
    told = [condition for condition, field in person.conditions.items() if known.get(field)]
    shown: dict[str, Any] = {
        "as": name,
        "side": person.side.value,
        "number": shown_of(known[person.number]),
        "conditions": sorted(told),
    }
    asked: Any = known  # for a field that nobody named it knows nothing
    more = {"name": asked.get(person.name), "may_receive": asked.get(person.may_receive)}
    return shown | {name: value for name, value in more.items() if value}


def _fields(definition: Definition, data: Mapping[str, Any]) -> Iterator[Found]:
    searchable = (name for name, spec in definition.fields.items() if spec.searchable)
    for name in searchable:
        each, _, field = name.rpartition(".")
        for place, known in _places(name, each, data):
            if known.get(field) is not None:
                yield Found(name, place, as_searched(known[field]), {})


def persons_of(definition: Definition, data: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The persons of a case that conditions may ask about: by name the hash of his number, and the
    side on which he stands."""
    alone = ((name, p) for name, p in definition.persons.items() if p.each is None)
    known = ((name, str(data.get(p.number)), p.side.value) for name, p in alone)
    return {name: (key_in(number), side) for name, number, side in known if is_standing(number)}


def said_of_persons(
    persons: Mapping[str, tuple[str, str]], said: Iterable[tuple[str, Mapping[str, Any], bool]]
) -> dict[str, Any]:
    """What other cases say of persons, from (hash, what is shown of him there, is an open case)."""
    known: dict[str, Any] = {}
    told = list(said)
    for name, (key, side) in persons.items():
        of_him = [(shown, is_open) for hash, shown, is_open in told if hash == key]
        for condition in Condition:
            known[f"{name}.{condition}"] = any(condition in s["conditions"] for s, _ in of_him)
        alike = [is_open for shown, is_open in of_him if shown["side"] == side]
        known[f"{name}.cases"] = sum(alike)
    return known


def as_searched(value: Any) -> str:
    """A value in the one way in which values are compared: however it is written."""
    if is_standing(value):
        return key_in(value)
    written = value if isinstance(value, str) else str(_plain(value))
    folded = unicodedata.normalize("NFKC", written).casefold()
    return "".join(folded.split())[:_LONGEST]


def _plain(value: Any) -> Any:
    """A typed value as it is stored."""
    return value if isinstance(value, bool | int) else to_json(value)
