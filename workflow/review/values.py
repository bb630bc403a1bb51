"""Values of definitions in words: ids by the titles of what they name, and what differs in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial, singledispatch
from itertools import chain
from typing import Any, TypeVar

from ..guards.in_words import InWords
from ..language import NONE, InBothLanguages, Words, in_a_row, joined
from ..model.base import Basis, Element, Text
from ..model.definition import Definition
from ..model.flow import Viewer
from ..model.parts import POWERS, Power
from ..source.mappings import are
from .json_schema import short
from .terms import TERMS, TIMES, lead_words

_OF = {
    "roles": (
        "by",
        "visible_to",
        "offered_to",
        "by_hand",
        "alert",
        "escalate",
        "redesign_by",
        "restorable_by",
        "watcher",
    ),
    "documents": ("documents",),
    "forms": ("form",),
    "checklists": ("checklist",),
    "approvals": ("approval",),
    "proceedings": ("opens", "leaves"),
    "requests": ("asks", "takes_back", "compensate"),
    "fields": (
        "needs",
        "sets",
        "received",
        "paid_out",
        "keyed_by",
        "counted_from",
        "ends_on",
        "each",
        "adds",
        "principal",
        "due_on",
        "items",
        "debtors",
        "creditors",
        "payments",
        "excluded",
        "effective_on",
        "accelerated_on",
        "claim",
        "asset",
        "debtor",
        "amount",
        "registered_on",
        "until",
    ),
    "states": (
        "initial",
        "entering",
        "states",
        "ends_leaving",
        "proposed",
        "waiting",
        "sold",
    ),
    "phases": ("phase", "phases"),
    "modes": ("closes", "gates_closing"),
    "grounds": ("deducts", "ground"),
    "triggers": (
        "met_by",
        "ends_by",
        "gates",
        "fire",
        "on",
        "proposing",
        "done_by",
        "not_by_who",
        "if_refused",
        "tells_parent",
        "next",
        "falls",
    ),
    "conditions": ("when", "required_when"),
}
"""Which table the ids in a field come from: people read the titles."""
_TABLE_OF = {field: table for table, fields in _OF.items() for field in fields}
_EMPTY: tuple[Any, ...] = (None, (), {}, "")
_YES_AND_NO = {True: Words("是", "yes"), False: Words("否", "no")}

Titles = Mapping[str, Mapping[str, Text]]
Names = Callable[[str], InBothLanguages | None]
Key = TypeVar("Key")


def titles_of(old: Definition, new: Definition) -> Titles:
    """The titles of what the ids of either version name, by table; the new version's win."""
    titled = [table for table in _OF if table != "conditions"]
    titles = {table: {**_titles_in(old, table), **_titles_in(new, table)} for table in titled}
    return {**titles, "conditions": {**_conditions(old), **_conditions(new)}}


def _conditions(definition: Definition) -> dict[str, Text]:
    """The conditions of a version in words, by how they are written."""
    words, texts = InWords(definition), set(_written(definition.model_dump()))
    said = {text: words.condition(text).text() for text in texts}
    return {text: Text(zh=of.zh, en=of.en) for text, of in said.items()}


def _written(value: Any) -> Iterator[str]:
    """The texts of all conditions in a value."""
    if isinstance(value, dict):
        held = [value.get(key) for key in _OF["conditions"]]
        yield from (text for text in held if isinstance(text, str))
        value = list(value.values())
    if isinstance(value, list | tuple):
        yield from chain.from_iterable(map(_written, value))


def _titles_in(definition: Definition, table: str) -> dict[str, Text]:
    """The titles of one table; those of triggers are their first transitions'."""
    if table == "triggers":
        return definition.trigger_titles
    entries: dict[str, Element] = getattr(definition, table)
    return dict(zip(entries, map(title_of, entries.values()), strict=True))


def title_of(element: Any, id: str = "") -> Text:
    """The title of an element; of an entry that is only words, those; of a power, its own."""
    if isinstance(element, Power):
        called = POWERS.get(id, Words(id, id))
        return Text(zh=called.zh, en=called.en)
    return element if isinstance(element, Text) else element.title


def compared(
    old: Mapping[Key, object], new: Mapping[Key, object]
) -> tuple[list[Key], list[Key], list[Key]]:
    """The keys that are gone, those that came, and those that both have."""
    gone, came = dict(old), dict(new)
    kept = [key for key in new if key in old]
    for key in kept:
        del gone[key], came[key]
    return list(gone), list(came), kept


def same(old: Any, new: Any) -> bool:
    """Whether two values say the same, wherever they stand."""
    return bool(_plain(old) == _plain(new))


@singledispatch
def _plain(value: Any) -> Any:
    """A value without the places of its parts."""
    return value


@_plain.register
def _(value: Element) -> dict[str, Any]:
    return value.model_dump()


@_plain.register(tuple)
@_plain.register(list)
def _(value: Sequence[Any]) -> list[Any]:
    return [_plain(item) for item in value]


@_plain.register
def _(value: dict) -> dict[str, Any]:  # type: ignore[type-arg]
    return {key: _plain(item) for key, item in value.items()}


# -- what differs


def from_to(was: Words, now: Words) -> Words:
    """That one value took the place of another."""
    return Words(f"由 {was.zh} 改为 {now.zh}", f"{was.en} → {now.en}")


def told(model: type[Element], field: str, before: Any, after: Any, titles: Titles) -> Words:
    """`的预警由 2d 改为 3d, 1d`."""
    name, names = short(model, field), _names_in(field, titles)
    zh, en = from_to(shown(before, names, titles), shown(after, names, titles))
    return Words(f"的{name.zh}{zh}", f"{name.en} {en}")


def parts(old: Element, new: Element, titles: Titles, but: Sequence[str] = ()) -> Iterator[Words]:
    """What differs between two elements, part by part."""
    if isinstance(new, Text):
        if not same(old, new):
            yield Words(f"改称“{new.zh}”", f"is now called {new.en}")
        return
    for field in type(new).model_fields:
        if field not in but:
            yield from _part(old, new, field, titles)


def _part(old: Element, new: Element, field: str, titles: Titles) -> Iterator[Words]:
    """What differs in one field: entry by entry where it holds elements, else as a whole."""
    model, before, after = type(new), getattr(old, field), getattr(new, field)
    if same(before, after):
        return
    if are(dict, before, after) and _has_elements(before, after):
        yield from _entries(short(model, field), before, after, titles)
    else:
        yield told(model, field, before, after, titles)


def _has_elements(*tables: Mapping[str, Any]) -> bool:
    entries = chain.from_iterable(table.values() for table in tables)
    return any(isinstance(entry, Element) for entry in entries)


def _entries(
    name: Words, old: Mapping[str, Any], new: Mapping[str, Any], titles: Titles
) -> Iterator[Words]:
    """Entries inside an element (items of a checklist, say) that went, came or changed."""
    gone, came, kept = compared(old, new)
    for id in gone:
        entry = _called(old[id], id)
        yield Words(f"去掉{name.zh}“{entry.zh}”", f"{name.en}: {entry.en} removed")
    for id in came:
        entry = _called(new[id], id)
        yield Words(f"增加{name.zh}“{entry.zh}”", f"{name.en}: {entry.en} added")
    for id in kept:
        entry = _called(new[id], id)
        for part in parts(old[id], new[id], titles):
            zh, en = f"的{name.zh}“{entry.zh}”{part.zh}", f"{name.en}: {entry.en}: {part.en}"
            yield Words(zh, en)


def _called(element: Any, id: str) -> Words:
    """What people call an entry: its title, or its id where it has none."""
    title = getattr(element, "title", element)
    return Words(title.zh, title.en) if isinstance(title, Text) else Words(id, id)


# -- values in words


def shown(value: Any, names: Names, titles: Titles) -> Words:
    """A value as people read it; ids by the titles of what they name."""
    return NONE if value in _EMPTY else _in_words(value, names, titles)


def _names_in(field: str, titles: Titles) -> Names:
    """What the values of a field are called: titles of what ids name, or terms of the language."""
    if field in TIMES:
        return lead_words
    return TERMS.get(field, titles.get(_TABLE_OF.get(field, ""), {})).get


def _unnamed(value: str) -> None:
    """What no table has a name for."""


@singledispatch
def _in_words(value: Any, names: Names, titles: Titles) -> Words:
    return Words(str(value), str(value))


@_in_words.register
def _(value: str, names: Names, titles: Titles) -> Words:
    title = names(value)
    return Words(title.zh, title.en) if title else Words(str(value), str(value))


@_in_words.register
def _(value: bool, names: Names, titles: Titles) -> Words:
    return _YES_AND_NO[value]


@_in_words.register
def _(value: Text, names: Names, titles: Titles) -> Words:
    return Words(f"“{value.zh}”", f"“{value.en}”")


@_in_words.register
def _(value: Viewer, names: Names, titles: Titles) -> Words:
    role = shown(value.role, names, titles)
    if value.when is None:
        return role
    when = shown(value.when, _names_in("when", titles), titles)
    return Words(f"{role.zh}（{when.zh}）", f"{role.en} ({when.en})")


@_in_words.register
def _(value: Basis, names: Names, titles: Titles) -> Words:
    return Words(value.cite(), value.cite())


@_in_words.register(tuple)
@_in_words.register(list)
def _(value: Sequence[Any], names: Names, titles: Titles) -> Words:
    return joined(shown(item, names, titles) for item in value)


@_in_words.register
def _(value: dict, names: Names, titles: Titles) -> Words:  # type: ignore[type-arg]
    entries = [_entry(key, item, names, titles) for key, item in value.items()]
    return in_a_row(entries, ", ")


def _entry(key: Any, value: Any, names: Names, titles: Titles) -> Words:
    name, item = shown(key, names, titles), shown(value, _unnamed, titles)
    return Words(f"{name.zh}: {item.zh}", f"{name.en}: {item.en}")


@_in_words.register
def _(value: Element, names: Names, titles: Titles) -> Words:
    """The fields that say something, each after its name."""
    fields = filter(partial(_is_given, value), type(value).model_fields)
    return in_a_row([_field(value, field, titles) for field in fields], " ")


def _is_given(element: Element, field: str) -> bool:
    """Whether a field holds more than what it holds unsaid."""
    default = type(element).model_fields[field].default
    return getattr(element, field) not in (default, *_EMPTY)


def _field(element: Element, field: str, titles: Titles) -> Words:
    name = short(type(element), field)
    item = shown(getattr(element, field), _names_in(field, titles), titles)
    return Words(f"{name.zh} {item.zh}", f"{name.en} {item.en}")
