"""Pydantic's errors on a file's values as findings at their lines, in the language's own words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from pydantic import ValidationError

from .language import NO_WORDS, Words, did_you_mean, is_it
from .model.base import ID_PATTERN, Element, elements_in, is_table_of, keys_of
from .model.definition import Definition
from .shape_words import COUNT, shown, value_words
from .source.findings import Finding
from .source.mappings import entries, has_places, place_of_key, place_of_value, value_of
from .source.positions import Position, SourceMap
from .source.signs import sign_hint
from .source.yaml_reader import SOURCE, start_of

_OWN_CODES = frozenset({"digit-placeholder", "digit-roles", "digit-state", "digit-terminal"})
"""The kinds of error that are codes of their own."""
_NEEDS_QUOTES = Words(
    "；花括号中含逗号的文字须加引号", "; text with a comma needs quotes inside braces"
)
_KEYS_MEANT = {
    "fields": "data",
    "limits": "deadlines",
    "actions": "transitions",
    "字段": "data",
    "标题": "title",
    "状态": "states",
    "节点": "states",
    "角色": "roles",
    "文书": "documents",
    "动作": "transitions",
    "期限": "deadlines",
    "阶段": "phases",
    "条件": "when",
    "依据": "basis",
}
"""What is meant by keys that people write who know another language, or none."""
_FIRST_WORD = re.compile(r"([a-z_]+)(?:[ ：=].*)")
"""A key that has swallowed its value: the half-width colon behind it is missing."""
_BRANCHES = frozenset({"int", "str", "bool", "decimal", "constrained-str"})


def located(value: dict[str, Any], error: ValidationError, name: str) -> list[Finding]:
    """Pydantic's errors on values read with positions, as findings at their places."""
    told = list(map(_as_one, _by_place(error.errors(include_url=False))))
    whole = [details for details in told if not _follows_from(details, told)]
    found = (_finding(value, details, name) for details in whole)
    by_place = {finding.at: finding for finding in sorted(found, reverse=True)}
    return sorted(by_place.values())


def _by_place(told: list[Any]) -> list[list[Any]]:
    """The errors together that are about one value, or about keys that one entry lacks."""
    found = defaultdict[tuple[Any, ...], list[Any]](list)
    for details in told:
        is_missing = details["type"] == "missing"
        path = tuple(details["loc"][:-1] if is_missing else _without_branches(details["loc"]))
        found[is_missing, *path].append(details)
    return list(found.values())


def _as_one(same: list[Any]) -> Any:
    """One error for several of one place: the keys of `missing`, or what a union says of each of
    its kinds."""
    first, *more = same
    if first["type"] == "missing":
        return {**first, "keys": [details["loc"][-1] for details in same]}
    kinds = {details["type"] for details in more}
    return {**first, "type": COUNT} if "string_pattern_mismatch" in kinds else first


def _follows_from(details: Any, told: list[Any]) -> bool:
    """Whether something is so because of what is told already.

    A list is too short for what is wrong in it, and a key is missing that another word is for.
    """
    if details["type"] == "missing":
        return any(_is_meant(details, other) for other in told)
    depth = len(details["loc"])
    inside = (other["loc"] for other in told if len(other["loc"]) > depth)
    return details["type"] == "too_short" and any(of[:depth] == details["loc"] for of in inside)


def _is_meant(details: Any, other: Any) -> bool:
    """Whether an unknown key stands for the one that is missing beside it."""
    *beside, written = other["loc"]
    if other["type"] != "extra_forbidden" or tuple(beside) != details["loc"][:-1]:
        return False
    first = _FIRST_WORD.match(str(written))
    word = str(written) if first is None else first[1]
    return did_you_mean(word, details["keys"]) != NO_WORDS


def _finding(root: dict[str, Any], details: Any, name: str) -> Finding:
    """One of pydantic's errors, at the place its path leads to."""
    path = _without_branches(details["loc"])
    tell = _TOLD_APART.get(details["type"])
    if tell is None:
        return _wrong_value(root, path, details, name)
    key = details["loc"][-1]  # as it is written, whatever it looks like
    return tell(root, [*path, key] if _is_branch(key) else path, details, name)


def _without_branches(path: Iterable[Any]) -> list[Any]:
    return [part for part in path if not _is_branch(part)]


def _is_branch(part: Any) -> bool:
    """Parts that pydantic adds to a path for unions and wrappers."""
    text = str(part)
    return "[" in text or text in _BRANCHES


def _missing(root: dict[str, Any], path: list[Any], details: Any, name: str) -> Finding:
    """Keys that must be there: told where their mapping begins.

    Where it has another of nearly the same name beside it, that is probably meant.
    """
    reached = _follow(root, path[:-1], name)
    at, keys = _own_place(reached.value, reached.at), details["keys"]
    hint = _namesake(root, path[:-1], name) if len(keys) > 1 else NO_WORDS
    zh, en = f"缺少必填的键 {'、'.join(keys)}{hint.zh}", f"missing {', '.join(keys)}{hint.en}"
    return Finding(at, "missing-key", zh, en)


def _namesake(root: dict[str, Any], path: list[Any], name: str) -> Words:
    """A hint at an entry beside the one at a path whose name is nearly the same."""
    if not path:
        return NO_WORDS
    names = _names_in(_follow(root, path[:-1], name).value)
    own = names.get(path[-1], "")
    return did_you_mean(own, set(names.values()) - {own})


def _names_in(table: Any) -> dict[Any, str]:
    """The names of the entries of a table; in a list the triggers, by their numbers."""
    if has_places(table):
        return {key: key for key, _ in entries(table)}
    return {number: str(value_of(entry, "trigger")) for number, entry in enumerate(table)}


def _unknown(root: dict[str, Any], path: list[Any], details: Any, name: str) -> Finding:
    """A key that nothing reads, with the one that may be meant."""
    holder, key = _follow(root, path[:-1], name).holder, str(path[-1])
    known, first = _known_keys(path), _FIRST_WORD.match(key)
    if first is not None and first[1] in known:
        zh, en = f"{first[1]} 后须有半角冒号和一个空格", f"{first[1]} takes a colon and a blank"
        return Finding(place_of_key(holder, key), "unknown-key", zh, en)
    meant = _KEYS_MEANT.get(key)
    hint = is_it(meant) if meant in known else did_you_mean(key, known)
    if hint == NO_WORDS and holder.get(key) is None:
        hint = _NEEDS_QUOTES  # `{en: one, two}`: the comma has cut the text
    zh, en = f"未知的键 {key}{hint.zh}", f"unknown key {key}{hint.en}"
    return Finding(place_of_key(holder, key), "unknown-key", zh, en)


def _wrong_value(root: dict[str, Any], path: list[Any], details: Any, name: str) -> Finding:
    """A value that does not fit its key."""
    at, context = _place_of(root, path, name), details.get("ctx", {})
    if context.get("pattern") == ID_PATTERN:
        return _not_an_id(root, at, details["input"])
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    code = details["type"] if details["type"] in _OWN_CODES else "shape"
    return Finding(at, code, *value_words(details, key))


_TOLD_APART: dict[str, Callable[[dict[str, Any], list[Any], Any, str], Finding]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
}
"""The errors that are about a key and not about its value."""


def _not_an_id(root: dict[str, Any], at: Position, value: Any) -> Finding:
    """A word where an id must stand; when something has that title, its id is probably meant."""
    titles, word = list(_titles(root)), str(value)
    meant = [id for id, title in titles if word in title]
    meant += [id for id, title in titles if word and word in title.zh]
    hint = is_it(meant[0]) if meant else sign_hint(str(value))
    zh = f"应为标识（小写英文字母、数字、下划线），得到 {shown(value)}{hint.zh}"
    en = f"must be an id (lower-case letters, digits, underscores), got {shown(value)}{hint.en}"
    return Finding(at, "shape", zh, en)


def _titles(root: dict[str, Any]) -> Iterator[tuple[str, Words]]:
    """The ids of all entries that have a title, or are one."""
    tables = filter(has_places, root.values())
    for id, entry in chain.from_iterable(map(entries, tables)):
        title = value_of(entry, "title") or entry
        if value_of(title, "zh"):
            yield id, Words(str(title["zh"]), str(title.get("en")))


# -- where a path leads


class _Reached(NamedTuple):
    """How far a path led: the value there, the innermost mapping on the way, and its place."""

    value: Any
    holder: dict[str, Any]
    at: Position


def _follow(root: dict[str, Any], path: list[Any], name: str) -> _Reached:
    """Go down a path; where the values do not lead on, nothing is reached."""
    value: Any = root
    holder, at = root, start_of(name)
    for part in path:
        if has_places(value):
            holder, at = value, place_of_key(value, str(part))
            value = value.get(part)
        else:
            value = _item(value, part)
            at = _own_place(value, at)
    if has_places(value):
        holder = value
    return _Reached(value, holder, at)


def _item(value: Any, part: Any) -> Any:
    """An item of a list; None where the value is no list, or a shorter one."""
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def _own_place(value: Any, near: Position) -> Position:
    """Where a value says that it stands."""
    if has_places(value):
        source: SourceMap = value[SOURCE]
        return source.at
    return getattr(value, "at", near)


def _place_of(root: dict[str, Any], path: list[Any], name: str) -> Position:
    """Where the value at the end of a path stands; a mapping, and what is empty, at its key."""
    if not path:
        return start_of(name)
    *way, last = path
    reached = _follow(root, way, name)
    if not has_places(reached.value):
        return _own_place(_item(reached.value, last), reached.at)
    value = reached.value.get(last)
    if value is None or isinstance(value, dict):
        return place_of_key(reached.value, str(last))
    return place_of_value(reached.value, str(last))


def _known_keys(path: list[Any]) -> list[str]:
    """The keys that the model at this path accepts."""
    model: type[Element] = Definition
    is_table = False
    for part in path[:-1]:
        if is_table or isinstance(part, int):
            is_table = False  # the name or the number of an entry
            continue
        annotation = keys_of(model).get(str(part))
        for inner in elements_in(annotation)[:1]:
            model, is_table = inner, is_table_of(annotation)
    return list(keys_of(model))
