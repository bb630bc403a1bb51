"""Pictures of texts that are not finished.

A text that is being written has mistakes: all of it that can be read is drawn, what it names and
does not have is drawn as unknown, and what could not be read is told beside the picture, each at
its line.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from .language import Language, Words
from .loading import Resolve, file_beside
from .model.definition import Definition
from .review.pictures import RENDERERS, extract
from .review.pictures.model import Note, Panel, Place
from .shape_errors import located
from .source.findings import Finding
from .source.imports import IMPORTABLE, MOST_NESTED
from .source.layers import MAX_LAYERS, Layered, lay_over
from .source.mappings import as_list, entries, has_places, value_of
from .source.positions import Position, SourceMap
from .source.yaml_reader import SOURCE, ReadingFailed, read_bytes, start_of

_MOST_ROUNDS = 200
_UNNAMED = "unnamed"
_UNSAID = ("title", "by", "from")
"""The keys that a picture can do without."""
_UNREAD = Words("有待改正之处（行号）", "to be mended (by line)")


def draw_text(
    text: str, name: str, resolve: Resolve, kind: str = "svg", lang: Language = "zh"
) -> str:
    """The picture of a definition's text, finished or not.

    `name` is the path of its file, which need not be there. `resolve` gives the texts of the files
    that it names, and of its sub-procedures beside it, by their paths (as `lint_text` asks it); it
    may also raise any error for what there is not. Never raises on the content of a text. Raises
    `PictureNotDrawn` (svg).
    """
    definition, findings = read_leniently(text, name, resolve)

    def find(id: str) -> Definition | None:
        file = file_beside(definition, id).as_posix()
        child = _resolved(resolve, file)
        return read_leniently(child, file, resolve)[0] if child is not None else None

    diagram = extract(definition, lang, find)
    notes = tuple(_told(finding, name, lang) for finding in findings)
    panels = (Panel("unread", _UNREAD.text(lang), notes),) if notes else ()
    return RENDERERS[kind](replace(diagram, panels=(*panels, *diagram.panels)))


def _told(finding: Finding, name: str, lang: Language) -> Note:
    """A finding, after its line."""
    at = finding.at
    where = f"{at.line}" if at.file == name else f"{at.file}:{at.line}"
    place = Place(finding.code, at.line if at.file == name else 0)
    return Note("fact", f"{where}: {finding.text(lang)}", "unknown", place)


def read_leniently(text: str, name: str, resolve: Resolve) -> tuple[Definition, list[Finding]]:
    """All of a definition that can be read, and what is wrong with the rest."""
    value, findings = _value(text, name)
    value, more = _composed(value, name, resolve)
    definition, wrong = _definition(value, name)
    return definition, [*findings, *more, *wrong]


# -- from text to values


def _value(text: str, name: str) -> tuple[dict[str, Any], list[Finding]]:
    """The mapping that a text holds, without the lines at which reading stops."""
    found: list[Finding] = []
    lines = text.splitlines()
    while any(lines) and len(found) < _MOST_ROUNDS:
        try:
            value, _ = read_bytes("\n".join(lines).encode(errors="replace"), name)
        except ReadingFailed as failed:
            found += failed.findings
            _blank(lines, min(finding.at.line for finding in failed.findings))
        else:
            return (value if has_places(value) else _nothing(name)), found
    return _nothing(name), found


def _blank(lines: list[str], number: int) -> None:
    """Take out the line at which reading stopped, or the last one before it that says anything."""
    said = [index for index, line in enumerate(lines[:number]) if line.strip()]
    if said:
        lines[said[-1]] = ""
    else:
        lines.clear()


def _nothing(name: str) -> dict[str, Any]:
    return {SOURCE: SourceMap(start_of(name))}


def _composed(
    value: dict[str, Any], name: str, resolve: Resolve, depth: int = 0
) -> tuple[dict[str, Any], list[Finding]]:
    """A value with what it imports, over what it lies over, as far as that can be had."""
    findings = list(_import_all(value, name, resolve))
    base = value_of(value, "overlay")
    if not isinstance(base, str) or depth > MAX_LAYERS:
        return value, findings
    base = _seen_from(name, base)
    text = _resolved(resolve, base)
    if text is None:
        return value, [*findings, _not_there(base, value[SOURCE].values["overlay"])]
    below, wrong = _value(text, base)
    below, more = _composed(below, base, resolve, depth + 1)
    try:
        laid = lay_over(Layered(below, text), value).value
    except ReadingFailed as failed:
        return below, [*findings, *wrong, *more, *failed.findings]
    return laid, [*findings, *wrong, *more]


def _import_all(
    value: dict[str, Any], name: str, resolve: Resolve, depth: int = 0
) -> Iterator[Finding]:
    """Put what a value imports beside its own entries."""
    items = as_list(value.pop("imports", [])) if depth <= MOST_NESTED else []
    for item in items:
        source = value_of(item, "from")
        if isinstance(source, str):
            file = _seen_from(name, source)
            text = _resolved(resolve, file)
            if text is None:
                yield _not_there(file, item[SOURCE].values["from"])
                continue
            fragment, findings = _value(text, file)
            yield from (*findings, *_import_all(fragment, file, resolve, depth + 1))
            _take(value, fragment, item)


def _seen_from(name: str, file: str) -> str:
    """A file that another one names, as seen from where the text lies."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), file))


def _take(value: dict[str, Any], fragment: dict[str, Any], item: dict[str, Any]) -> None:
    """The entries that an import names, where the value has none of that name."""
    for table in filter(item.__contains__, IMPORTABLE):
        offered, named = _entries_of(fragment, table), as_list(item[table])
        taken = offered.keys() if item[table] == "all" else offered.keys() & set(map(str, named))
        mine = value.setdefault(table, {SOURCE: fragment[SOURCE]})
        for id in filter(taken.__contains__, offered if isinstance(mine, dict) else ()):
            mine.setdefault(id, offered[id])


def _entries_of(value: dict[str, Any], table: str) -> dict[str, Any]:
    """The entries of a table; none where something else stands in its place."""
    found = value.get(table)
    return dict(entries(found)) if isinstance(found, dict) else {}


def _resolved(resolve: Resolve, name: str) -> str | None:
    """The text of another file; None where it cannot be had, for whatever reason."""
    try:
        return resolve(name)
    except Exception:  # the host's own: a file, a table, a version store
        return None


def _not_there(name: str, at: Position) -> Finding:
    return Finding(at, "file", f"没有文件 {name}", f"there is no file {name}")


# -- from values to a definition


def _definition(value: dict[str, Any], name: str) -> tuple[Definition, list[Finding]]:
    """The definition without what its models refuse, which is told."""
    value = _filled(value, name)
    found: list[Finding] = []
    for _ in range(_MOST_ROUNDS):
        try:
            return Definition.model_validate(value), found
        except ValidationError as error:
            found += [one for one in located(value, error, name) if one not in found]
            _mend(value, error)
            value = _filled(value, name)
    return Definition.model_validate(_filled(_nothing(name), name)), found


def _filled(value: dict[str, Any], name: str) -> dict[str, Any]:
    """A value with what every definition says, where this one does not."""
    source = value[SOURCE]
    needed: dict[str, Any] = {
        "id": _UNNAMED,
        "title": {SOURCE: source, "zh": name},
        "version": "0",
        "effective": "2000-01-01",
        "roles": {SOURCE: source},
        "initial": next(iter(_entries_of(value, "states")), _UNNAMED),
        "states": {SOURCE: source},
        "transitions": [],
    }
    return needed | value


def _mend(value: dict[str, Any], error: ValidationError) -> None:
    """Fill in what is missing and can be; take out the smallest part of all else that is wrong."""
    done: set[tuple[int, Any]] = set()
    for details in reversed(error.errors(include_url=False)):  # so that numbers in lists stay true
        steps = list(_steps(value, details["loc"]))
        if details["type"] == "missing" and _fill_in(value, steps, details["loc"][-1]):
            continue
        holder, key = steps[-1] if steps else (value, None)
        if (id(holder), key) not in done:
            _take_out(holder, key)
        done.add((id(holder), key))


def _steps(value: Any, path: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Each mapping or list that a path leads through, with the key or number that it takes there.

    Parts of the path that stand for no place in the file are passed over.
    """
    for part in path:
        if _holds(value, part):
            yield value, part
            value = value[part]


def _holds(value: Any, part: Any) -> bool:
    """Whether a mapping has a key, or a list an item of this number."""
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def _fill_in(value: dict[str, Any], steps: list[tuple[Any, Any]], key: Any) -> bool:
    """Fill in a key that a picture can do without; whether that was possible."""
    holder = steps[-1][0][steps[-1][1]] if steps else value
    if key not in _UNSAID or not has_places(holder):
        return False
    named = holder.get("trigger", steps[-1][1] if steps else _UNNAMED)
    holder[key] = {"zh": f"{named} ?"} if key == "title" else []
    return True


def _take_out(holder: Any, key: Any) -> None:
    """Take an entry out of a mapping or a list."""
    if key is not None:
        holder.pop(key)
