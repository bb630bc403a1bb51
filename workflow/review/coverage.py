"""What of the law the definitions carry out: every row of the table of time limits, and every part
of the procedure as courts know it, with the definition and line that has it, or why none does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, filterfalse
from operator import attrgetter
from typing import Any

from ..language import NO_WORDS, Words
from ..law.law import Law
from ..law.reference import SECTIONS, Part, Reference
from ..law.rows import Statute
from ..model.base import Element
from ..model.carrying_out import carrying_out
from ..model.definition import Definition
from ..source.positions import Position

_UNSAID = Words(
    "没有定义执行，也未说明理由", "no definition carries it out, and no reason is given"
)
ROWS = Words("法定期限", "statutory time limits")
_TABLES = ("approvals", "data", "deadlines", "documents", "modes", "requests", "states")


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a definition: `disposal.deadlines.handover`, and where it stands."""

    name: str
    at: Position

    def __str__(self) -> str:
        return f"{self.at.file}:{self.at.line} {self.name}"

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"part": self.name, "file": self.at.file, "line": self.at.line}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that should be there: where it is, or why it is nowhere."""

    id: str
    words: Words
    places: tuple[Place, ...]
    why_not: Words = NO_WORDS
    unknown: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether it is there, or somebody said why not; and names nothing that is not there."""
        is_there_or_explained = bool(self.places) is not (self.why_not != NO_WORDS)
        return is_there_or_explained and not self.unknown

    @property
    def reason(self) -> Words:
        """Why it is nowhere."""
        return self.why_not if self.why_not != NO_WORDS else _UNSAID


@dataclass(frozen=True, slots=True)
class Coverage:
    """The rows of the law, and the sections of the reference, each with its entries."""

    rows: tuple[Entry, ...]
    sections: Mapping[str, tuple[Entry, ...]]

    @property
    def missing(self) -> tuple[Entry, ...]:
        """The rows that nothing carries out."""
        return tuple(filterfalse(attrgetter("places"), self.rows))

    @property
    def carried_out(self) -> int:
        """How many rows something carries out."""
        return len(self.rows) - len(self.missing)

    @property
    def unsettled(self) -> tuple[Entry, ...]:
        """What is neither there nor explained, explained though it is there, or named wrongly."""
        entries = chain(self.rows, *self.sections.values())
        return tuple(filterfalse(attrgetter("is_settled"), entries))

    def as_json(self) -> dict[str, Any]:
        """As plain data: `rows` and `carried_out` are numbers, `missing` ids with reasons."""
        return {
            "rows": len(self.rows),
            "carried_out": self.carried_out,
            **_listed(self.rows),
            "sections": {
                name: {"parts": len(listed)} | _listed(listed)
                for name, listed in self.sections.items()
            },
            "unsettled": [entry.id for entry in self.unsettled],
        }


def _missing(entry: Entry) -> dict[str, Any]:
    name = {"zh": entry.words.zh, "en": entry.words.en}
    return {"id": entry.id, "title": name, "reason": {"zh": entry.reason.zh, "en": entry.reason.en}}


def _places(entry: Entry) -> list[dict[str, Any]]:
    return list(map(Place.as_json, entry.places))


def _listed(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Which entries are somewhere, and where; and which are nowhere, and why."""
    has_places = attrgetter("places")
    there = {entry.id: _places(entry) for entry in filter(has_places, entries)}
    return {"missing": list(map(_missing, filterfalse(has_places, entries))), "there": there}


def coverage(
    definitions: Iterable[Definition],
    law: Law,
    reference: Reference,
    others: Iterable[Place] = (),
) -> Coverage:
    """What of the law these definitions carry out, whatever the day: each row by its id.

    `others` are parts that are no definition's: the adapters to outside systems.
    """
    known = list(definitions)
    carried: dict[str, dict[Place, None]] = {}  # a layer has what is below it once more
    for id, place in chain.from_iterable(map(_rows_of, known)):
        carried.setdefault(id, {})[place] = None
    statutes = law.all_statutes().items()
    rows = (_row(rows[-1], tuple(carried.get(id, ())), reference) for id, rows in statutes)
    parts = {place.name: place for place in others}
    parts.update(chain.from_iterable(map(_parts_of, known)))
    sections = reference.sections.items()
    return Coverage(tuple(rows), {name: _entries(listed, parts) for name, listed in sections})


def _rows_of(definition: Definition) -> Iterator[tuple[str, Place]]:
    """The rows of the law that a definition carries out, with the places that do."""
    for by in carrying_out(definition):
        name = f"{definition.id}.{by.table}.{by.name}"
        yield by.row, Place(name, by.element.at_value("law"))


def _row(row: Statute, places: tuple[Place, ...], reference: Reference) -> Entry:
    """A row of the law, with the places that carry it out, or why none does."""
    return Entry(row.id, Words(row.zh, row.en), places, reference.rows.get(row.id, NO_WORDS))


def _entries(listed: Iterable[Part], parts: Mapping[str, Place]) -> tuple[Entry, ...]:
    return tuple(_entry(part, parts) for part in listed)


def _entry(part: Part, parts: Mapping[str, Place]) -> Entry:
    """A part of the reference, with the parts of definitions that it names."""
    there = tuple(filter(None, map(parts.get, part.found_in)))
    unknown = tuple(filterfalse(parts.__contains__, part.found_in))
    return Entry(part.id, part.words, there, part.why_not, unknown)


def _parts_of(definition: Definition) -> Iterator[tuple[str, Place]]:
    """What a definition has, by `PROCEDURE.TABLE.NAME`; the definition itself by its id."""
    yield definition.id, Place(definition.id, definition.at)
    for table in _TABLES:
        elements: Mapping[str, Element] = getattr(definition, table)
        yield from (_named(definition, table, name, one) for name, one in elements.items())
    yield from (_named(definition, "transitions", t.trigger, t) for t in definition.transitions)


def _named(definition: Definition, table: str, name: str, element: Element) -> tuple[str, Place]:
    full = f"{definition.id}.{table}.{name}"
    return full, Place(full, element.at)


# -- in words


def coverage_page(found: Coverage) -> str:
    """The page in docs/: a table for the rows of the law, one for each section."""
    head = (
        "# 法律覆盖 Coverage\n\n由 `zhixing coverage --markdown` 生成。Made by that command.\n\n"
        f"{len(found.rows)} 行法定期限，{found.carried_out} 行已由定义执行。"
        f" {found.carried_out} of {len(found.rows)} rows of the law are carried out.\n"
    )
    tables = [_table(ROWS, found.rows)]
    tables += [_table(SECTIONS[name], listed) for name, listed in found.sections.items()]
    return head + "".join(tables)


def _table(title: Words, entries: Iterable[Entry]) -> str:
    heads = "| id | 名称 | 定义 definition | 未执行的理由 why not |\n| --- | --- | --- | --- |\n"
    return f"\n## {title.zh} {title.en}\n\n{heads}{''.join(map(_line, entries))}"


def _line(entry: Entry) -> str:
    places = "<br>".join(dict.fromkeys(f"`{place.name}`" for place in entry.places))
    why_not = f"{entry.reason.zh} {entry.reason.en}" * (not entry.places)
    return f"| `{entry.id}` | {entry.words.zh} {entry.words.en} | {places} | {why_not} |\n"
