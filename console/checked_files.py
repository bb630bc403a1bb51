"""What lint is given: files, and of folders whatever there is to be checked in them, each by what
it is: a definition, a fragment, a layer, scenarios, a simulation, a charter, tables of law."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..analysis import load_scenarios, load_simulation
from ..engine import load_charter
from ..workflow import DefinitionRefused, Finding, Law
from ..workflow.checks.adapters import OperationSchema
from ..workflow.law.law import LawRefused
from ..workflow.linting import lint
from ..workflow.source.yaml_reader import ReadingFailed, raw_bytes, read_bytes

_OF_LAW = "law.yaml"
_OURS = {"charter", "fragment", "id", "overlay", "procedures", "roles", "scenarios", "states"}
"""Keys by which a file of a folder is known to be one of ours."""
_BY_ENDING: Mapping[str, Callable[[Path], Any]] = {
    ".scenarios.yaml": load_scenarios,
    ".simulation.yaml": load_simulation,
}


def to_be_checked(given: Iterable[Path]) -> Iterator[Path]:
    """Files as they are given; of a folder, each of ours below it, and its tables of law as one."""
    for path in given:
        yield from _in_folder(path) if path.is_dir() else (path,)


def _in_folder(folder: Path) -> Iterator[Path]:
    if (folder / _OF_LAW).exists():
        return iter((folder,))
    return to_be_checked(filter(_is_one_of_ours, sorted(folder.iterdir())))


def _is_one_of_ours(path: Path) -> bool:
    """Whether it is a folder that is not hidden, or a file that looks like one of ours."""
    if path.is_dir():
        return not path.name.startswith(".")
    return path.suffix in (".yaml", ".yml") and not _OURS.isdisjoint(_keys(path))


def _keys(path: Path) -> Collection[str]:
    """The keys of a file; of one that cannot be read any, so that it is told."""
    try:
        value, _ = read_bytes(raw_bytes(path), str(path))
    except ReadingFailed:
        return _OURS - {"charter", "fragment"}
    return value if isinstance(value, dict) else ()


def findings_of(
    path: Path, operations: Mapping[str, OperationSchema], law: Law | None
) -> list[Finding]:
    """The findings of a file or of a folder of tables of law, whatever it is."""
    read = _reader_of(path)
    if read is None:
        return lint(path, operations, law)
    try:
        read(path)
    except (DefinitionRefused, LawRefused) as refused:
        return list(refused.findings)
    return []


def is_definition(path: Path) -> bool:
    """Whether a file is a definition or a layer, and no fragment or anything else."""
    return _reader_of(path) is None and "fragment" not in _keys(path)


def _reader_of(path: Path) -> Callable[[Path], Any] | None:
    """What reads something that is no definition."""
    if path.is_dir():
        return Law.from_folder
    if "charter" in _keys(path):
        return load_charter
    return _BY_ENDING.get("".join(path.suffixes[-2:]))
