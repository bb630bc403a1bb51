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
    """A folder of definitions that are known to be sound, as the shipped are.

    Each is read when it is first asked for; one that is broken after all is refused then.
    """

    folder: Path


Sources = str | Path | Definition | Shelf | Iterable[str | Path | Definition | Shelf]
"""A file, a folder, a definition, or several of these."""

_PART_OF_OTHERS = re.compile(r"^(overlay|fragment|charter):", re.MULTILINE)
_ID = re.compile(r"^id: *[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)
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
        _add_shelf(found, sources.folder)
    elif isinstance(sources, str | Path):
        _add_path(found, Path(sources))
    else:
        for source in sources:
            _add(found, source)


def _add_path(found: Found, path: Path) -> None:
    if not path.is_dir():
        found.definitions.append(load_definition(path))
        return
    for file, _ in _definitions_below(path, found):
        try:
            found.definitions.append(load_definition(file, root=path))
        except DefinitionRefused as refused:
            found.broken[str(file)] = refused


def _add_shelf(found: Found, folder: Path) -> None:
    """A file that says no id is asked for by its name, and refused then."""
    for file, text in _definitions_below(folder, found):
        said = _ID.search(text)
        id = said[1] if said is not None else file.stem
        found.later[id] = partial(load_definition, file, root=folder)


def _definitions_below(folder: Path, found: Found) -> Iterator[tuple[Path, str]]:
    """The whole definitions in a folder, with their texts; what cannot be read is broken.

    They are no calendar, table of law, charter, scenarios, simulation, fragment or layer. A court's
    own layer is run by naming its file.
    """
    for file in sorted(folder.rglob("*.yaml")):
        if _OTHER_FOLDERS & set(file.parts) or file.name.endswith(_OTHER_ENDINGS):
            continue
        try:
            text = raw_bytes(file).decode(errors="replace")
        except ReadingFailed as failed:
            found.broken[str(file)] = DefinitionRefused(failed.findings)
            continue
        if _PART_OF_OTHERS.search(text) is None:
            yield file, text
