"""Definitions found in files and folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...workflow.loading import load_definition
from ...workflow.model.definition import Definition

Sources = str | Path | Definition | Iterable[str | Path | Definition]
"""A file, a folder, a definition, or several of these."""

_PART_OF_OTHERS = re.compile(r"^(overlay|fragment):", re.MULTILINE)
_OTHER_FOLDERS = {"calendars", "law"}
_OTHER_ENDINGS = (".scenarios.yaml", ".simulation.yaml")


def definitions_in(sources: Sources) -> Iterator[Definition]:
    """The definitions that sources hold, loaded and checked. Raises `DefinitionRefused`."""
    if isinstance(sources, Definition):
        yield sources
    elif isinstance(sources, str | Path):
        for file in _files(Path(sources)):
            yield load_definition(file)
    else:
        for source in sources:
            yield from definitions_in(source)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.rglob("*.yaml") if _is_definition(p))


def _is_definition(path: Path) -> bool:
    """Whether a YAML file in a folder is a whole definition.

    It is no calendar, table of law, scenarios, simulation, fragment or layer. A court's own layer
    is run by naming its file.
    """
    if _OTHER_FOLDERS & set(path.parts) or path.name.endswith(_OTHER_ENDINGS):
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    return _PART_OF_OTHERS.search(text) is None
