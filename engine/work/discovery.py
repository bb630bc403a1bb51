"""Definitions found in files and folders."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ...workflow.loading import DefinitionRefused, load_definition
from ...workflow.model.definition import Definition
from ...workflow.source.characters import shown
from ...workflow.source.yaml_reader import ReadingFailed, raw_bytes

log = logging.getLogger("zhixing")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of definitions that are sound, as the shipped are: each is read when asked for."""

    folder: Path


Sources = str | Path | Definition | Shelf | Iterable[str | Path | Definition | Shelf]
"""A file, a folder, a definition, or several of these."""

_PART_OF_OTHERS = re.compile(r"^(overlay|fragment|charter):", re.MULTILINE)
_ID = re.compile(r"^id: *([a-z0-9_]+)", re.MULTILINE)
_OTHER_FOLDERS = {"calendars", "law"}
_OTHER_ENDINGS = (".scenarios.yaml", ".simulation.yaml")


@dataclass(slots=True)
class Found:
    """The definitions that sources hold, those that are read later by their ids, and the files of
    folders that are broken."""

    definitions: list[Definition] = field(default_factory=list)
    later: dict[str, Callable[[], Definition]] = field(default_factory=dict)
    broken: dict[str, DefinitionRefused] = field(default_factory=dict)


def definitions_in(sources: Sources) -> Found:
    """The definitions that sources hold, loaded and checked.

    A broken file in a folder stops nothing else: it is told in the log and left out. Raises
    `DefinitionRefused` for one that is named itself.
    """
    found = Found()
    _add(found, sources)
    for name, refused in found.broken.items():
        log.error("%s was left out: %s", shown(name), shown(str(refused)))
    return found


def _add(found: Found, sources: Sources) -> None:
    if isinstance(sources, Definition):
        found.definitions.append(sources)
    elif isinstance(sources, Shelf):
        found.later.update(_on_shelf(sources.folder))
    elif isinstance(sources, str | Path):
        _add_path(found, Path(sources))
    else:
        for source in sources:
            _add(found, source)


def _add_path(found: Found, path: Path) -> None:
    if not path.is_dir():
        found.definitions.append(load_definition(path))
        return
    for file in sorted(path.rglob("*.yaml")):
        try:
            if _is_definition(file):
                found.definitions.append(load_definition(file, root=path))
        except DefinitionRefused as refused:
            found.broken[str(file)] = refused


def _on_shelf(folder: Path) -> Iterator[tuple[str, Callable[[], Definition]]]:
    """The ids of the definitions in a folder, each with what reads it."""
    for file in filter(_is_definition, sorted(folder.rglob("*.yaml"))):
        for id in _ID.findall(raw_bytes(file).decode())[:1]:
            yield id, partial(load_definition, file, root=folder)


def _is_definition(path: Path) -> bool:
    """Whether a YAML file in a folder is a whole definition.

    It is no calendar, table of law, charter, scenarios, simulation, fragment or layer. A court's
    own layer is run by naming its file. Raises `DefinitionRefused` for what is no file to read.
    """
    if _OTHER_FOLDERS & set(path.parts) or path.name.endswith(_OTHER_ENDINGS):
        return False
    try:
        text = raw_bytes(path).decode(errors="replace")
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    return _PART_OF_OTHERS.search(text) is None
