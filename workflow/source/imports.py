"""The entries that a definition takes from fragment files, put beside its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..language import Words, did_you_mean
from .characters import shown
from .findings import Finding
from .mappings import as_list, copied, entries, point, value_of
from .positions import Position, SourceMap
from .yaml_reader import (
    SOURCE,
    Read,
    ReadingFailed,
    raw_bytes,
    read_file,
    refuse_for,
    refuse_unless,
)

IMPORTABLE = (
    "roles",
    "data",
    "documents",
    "phases",
    "groups",
    "approvals",
    "checklists",
    "forms",
    "tables",
    "tasks",
    "accounts",
    "claims",
    "modes",
    "deadlines",
    "grounds",
    "sub_procedures",
    "requests",
    "powers",
)
MOST_NESTED = 6
_LAYERS = "layers"


def root_of(path: Path) -> Path:
    """The folder below which a file may name others: its own, and for a layer the one above."""
    folder = path.parent
    return folder.parent if folder.absolute().name == _LAYERS else folder


class Folder(NamedTuple):
    """The folder below which all lies that a definition stands on, and how its files are read."""

    root: Path
    read: Read = raw_bytes


def with_imports(value: dict[str, Any], path: Path, folder: Folder) -> dict[str, Any]:
    """A file's value with what its imports take, from files of a folder.

    Raises `ReadingFailed`.
    """
    imports = _imports_of(value)
    if not imports:
        return value
    result: dict[str, Any] = copied(value)
    findings: list[Finding] = []
    for item in imports:
        findings += _import(result, item, path, _Way(folder, (_resolved(path),)))
    refuse_for(findings)
    return result


class _Way(NamedTuple):
    """The files that lead to an import, all of one folder."""

    folder: Folder
    files: tuple[Path | None, ...]


def beside(path: Path, name: str, root: Path, at: Position) -> Path:
    """The file of a name, seen from another file: below a root, links followed.

    Raises `ReadingFailed` at the place of the name.
    """
    file = Path(os.path.normpath(path.parent / name))
    check_below(file, root, at)
    return file


def check_below(file: Path, root: Path, at: Position) -> None:
    """Raises `ReadingFailed` for a file that does not lie below a root."""
    found, below = _resolved(file), _resolved(root)
    is_below = found is not None and below is not None and found.is_relative_to(below)
    words = Words(
        f"{shown(str(file))} 不在 {root} 之内，不能引用",
        f"{shown(str(file))} does not lie below {root} and cannot be named",
    )
    refuse_unless(is_below, at, "import-outside", words)


def _resolved(path: Path) -> Path | None:
    """Where a path leads, links followed; None where that is nowhere."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a circle of links, a NUL
        return None


def seen_from(at: Position, failed: ReadingFailed) -> ReadingFailed:
    """A file that cannot be read is told where it was named; all else at its own place."""
    return ReadingFailed([_named_at(at, finding) for finding in failed.findings])


def _named_at(at: Position, finding: Finding) -> Finding:
    if finding.code != "file":
        return finding
    zh, en = f"{finding.at}: {finding.zh}", f"{finding.at}: {finding.en}"
    return Finding(at, finding.code, zh, en)


def _imports_of(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The imports that name a file; the models say what is wrong with others."""
    return list(filter(_names_file, as_list(value.get("imports"))))


def _names_file(item: Any) -> bool:
    return isinstance(value_of(item, "from"), str)


def _import(result: dict[str, Any], item: dict[str, Any], path: Path, way: _Way) -> list[Finding]:
    """One import into a value; `way` are the files that lead here."""
    try:
        file = beside(path, item["from"], way.folder.root, item[SOURCE].values["from"])
        fragment = _fragment(item, file, way)
    except ReadingFailed as failed:
        return failed.findings
    findings: list[Finding] = []
    for nested in _imports_of(fragment):
        findings += _import(
            fragment, nested, file, way._replace(files=(*way.files, _resolved(file)))
        )
    for table in IMPORTABLE:
        if table in item:
            findings += _take(result, fragment, table, item)
    return findings


def _fragment(item: dict[str, Any], file: Path, way: _Way) -> dict[str, Any]:
    """The fragment that an import names. Raises `ReadingFailed`."""
    name, at = item["from"], item[SOURCE].values["from"]
    ends = _resolved(file) not in way.files and len(way.files) <= MOST_NESTED
    words = Words(f"循环引用 {name}", f"{name} imports itself in the end")
    refuse_unless(ends, at, "import-cycle", words)
    try:
        fragment, _ = read_file(file, way.folder.read)
    except ReadingFailed as failed:
        raise seen_from(at, failed) from None
    is_fragment = isinstance(fragment, dict) and "fragment" in fragment
    zh, en = f"{name} 不是片段文件（缺少 fragment）", f"{name} is no fragment (no fragment: NAME)"
    refuse_unless(is_fragment, at, "not-a-fragment", Words(zh, en))
    taken: dict[str, Any] = fragment
    return taken


def _take(
    result: dict[str, Any], fragment: dict[str, Any], table: str, item: dict[str, Any]
) -> Iterator[Finding]:
    """The entries of one table that an import names, put beside the file's own."""
    at: Position = item[SOURCE].values[table]
    mine = result.setdefault(table, {SOURCE: SourceMap(at)})
    if not isinstance(mine, dict):
        return  # the models say so
    offered = fragment.get(table)
    if not isinstance(offered, dict):
        offered = {SOURCE: SourceMap(at)}
    named = as_list(item[table])
    if item[table] == "all":
        named = list(dict(entries(offered)))
    for name in named:
        finding = _cannot_take(name, table, offered, mine, at)
        if finding is not None:
            yield finding
        else:
            mine[str(name)] = offered[name]
            point(mine[SOURCE], str(name), offered)


def _cannot_take(
    name: Any, table: str, offered: dict[str, Any], mine: dict[str, Any], near: Position
) -> Finding | None:
    """Why an entry cannot be taken: there is none, or the file has another of that name."""
    place = getattr(name, "at", near)
    if not isinstance(name, str):
        return Finding(place, "shape", "应为名称", "must be a name")
    if name not in offered:
        hint = did_you_mean(name, dict(entries(offered)))
        zh = f"片段的 {table} 中没有 {name}{hint.zh}"
        en = f"the fragment has no {name} in {table}{hint.en}"
        return Finding(place, "unknown-import", zh, en)
    if name in mine and mine[name] is not offered[name]:
        zh, en = f"{table} 中已有 {name}", f"{name} is in {table} already"
        return Finding(place, "import-conflict", zh, en)
    return None
