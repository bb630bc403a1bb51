"""Definitions found in files and folders."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ...workflow.loading import DefinitionRefused, load_definition
from ...workflow.model.definition import Definition

log = logging.getLogger("zhixing")
Sources = str | Path | Definition | Iterable[str | Path | Definition]
"""A file, a folder, a definition, or several of these."""

_PART_OF_OTHERS = re.compile(r"^(overlay|fragment|charter):", re.MULTILINE)
_OTHER_FOLDERS = {"calendars", "law"}
_OTHER_ENDINGS = (".scenarios.yaml", ".simulation.yaml")


@dataclass(slots=True)
class Found:
    """The definitions that sources hold, and the files of folders that are broken."""

    definitions: list[Definition] = field(default_factory=list)
    broken: dict[str, DefinitionRefused] = field(default_factory=dict)


def definitions_in(sources: Sources) -> Found:
    """The definitions that sources hold, loaded and checked.

    A broken file in a folder stops nothing else: it is told in the log and left out. Raises
    `DefinitionRefused` for one that is named itself.
    """
    found = Found()
    _add(found, sources)
    for name, refused in found.broken.items():
        log.error("%s was left out: %s", name, refused)
    return found


def _add(found: Found, sources: Sources) -> None:
    if isinstance(sources, Definition):
        found.definitions.append(sources)
    elif isinstance(sources, str | Path):
        _add_path(found, Path(sources))
    else:
        for source in sources:
            _add(found, source)


def _add_path(found: Found, path: Path) -> None:
    if not path.is_dir():
        found.definitions.append(load_definition(path))
        return
    for file in _files(path):
        try:
            found.definitions.append(load_definition(file))
        except DefinitionRefused as refused:
            found.broken[str(file)] = refused


def _files(path: Path) -> list[Path]:
    """The definitions of a folder, by their names."""
    return sorted(p for p in path.rglob("*.yaml") if _is_definition(p))


def _is_definition(path: Path) -> bool:
    """Whether a YAML file in a folder is a whole definition.

    It is no calendar, table of law, charter, scenarios, simulation, fragment or layer. A court's
    own layer is run by naming its file.
    """
    if _OTHER_FOLDERS & set(path.parts) or path.name.endswith(_OTHER_ENDINGS):
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    return _PART_OF_OTHERS.search(text) is None
