"""A log of cases as OCEL 2.0 (JSON): events about objects, which are cases and the people in them.

https://www.ocel-standard.org/2.0/ocel20_specification.pdf
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from .entries import LoggedCase, LoggedEvent

PERSON = "person"
_OF_CASE = ("number", "court", "officer", "closing_mode")
_OF_EVENT = ("title", "kind", "recorded")
_Json = dict[str, Any]


def write_ocel(cases: Callable[[], Iterable[LoggedCase]], file: TextIO) -> int:
    """Write a log; `cases` is asked twice, for the events and for the objects.

    Gives how many cases.
    """
    activities: set[str] = set()
    people: set[str] = set()
    kinds: set[str] = set()
    count = 0
    file.write('{"events":[')
    _write(file, _events(cases(), activities, people))
    file.write('],\n"objects":[')

    def objects() -> Iterator[_Json]:
        nonlocal count
        for case in cases():
            count += 1
            kinds.add(case.procedure)
            yield _object(case)
        for person in sorted(people):
            yield {"id": _of_person(person), "type": PERSON, "attributes": [], "relationships": []}

    _write(file, objects())
    types = [_type(kind, _OF_CASE) for kind in sorted(kinds)]
    file.write('],\n"objectTypes":')
    file.write(_text([*types, _type(PERSON, ())]))
    file.write(',\n"eventTypes":')
    file.write(_text([_type(name, _OF_EVENT) for name in sorted(activities)]))
    file.write("}\n")
    return count


def _write(file: TextIO, items: Iterable[_Json]) -> None:
    for number, item in enumerate(items):
        file.write(",\n" if number else "\n")
        file.write(_text(item))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _events(cases: Iterable[LoggedCase], activities: set[str], people: set[str]) -> Iterator[_Json]:
    for case in cases:
        for event in case.events:
            activities.add(event.activity)
            people.add(event.actor)
            yield _event(case, event)


def _event(case: LoggedCase, event: LoggedEvent) -> _Json:
    recorded = _time(event.recorded_at)
    values = {"title": event.name, "kind": event.kind, "recorded": recorded}
    return {
        "id": f"{case.id}/{event.seq}",
        "type": event.activity,
        "time": _time(event.happened_at),
        "attributes": [{"name": name, "value": value} for name, value in values.items()],
        "relationships": [
            {"objectId": case.id, "qualifier": "case"},
            {"objectId": _of_person(event.actor), "qualifier": "by"},
        ],
    }


def _object(case: LoggedCase) -> _Json:
    since = _time(case.opened_at)
    values = {name: getattr(case, name) for name in _OF_CASE}
    parent = [{"objectId": case.parent, "qualifier": "part of"}] if case.parent else []
    return {
        "id": case.id,
        "type": case.procedure,
        "attributes": [{"name": n, "time": since, "value": v} for n, v in values.items() if v],
        "relationships": parent,
    }


def _type(name: str, attributes: Iterable[str]) -> _Json:
    return {"name": name, "attributes": [{"name": n, "type": "string"} for n in attributes]}


def _of_person(name: str) -> str:
    """The id of a person, which is no case's."""
    return f"{PERSON}:{name}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
