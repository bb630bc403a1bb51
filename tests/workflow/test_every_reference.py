"""Every name that a definition uses must be one that it declares, wherever it is used.

Each kind of place in the definitions here that names something else is given a name that nobody
declares, once. It must be told at its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_origin

import pytest
import yaml

from tests.conftest import ROOT
from tests.workflow.test_review_page import TABLE
from zhixing.workflow import Definition
from zhixing.workflow.linting import lint_text
from zhixing.workflow.source.findings import Finding

FOLDERS = ("definitions/cn", "definitions/it", "definitions/nl", "tests/data")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).glob("*.yaml")
    if path.name.count(".") == 1 and "\ninitial:" in path.read_text(encoding="utf-8")
)
TABLES = {
    spec.alias or name
    for name, spec in Definition.model_fields.items()
    if get_origin(spec.annotation) is dict
}
IDS_BELOW = {("passes",), ("takes",), ("activities",), ("carries",)}
NAMED_BY_KEYS = {("fields",), ("sets",), ("takes",), ("limits",)}
DECLARE_FIELDS = {"data", "sub_procedures", "links"}
UNKNOWN = "nothing_such"
DECLARES = {"id", "transitions.[].trigger"}
"""What is a name of its own: whoever uses it is told."""
ELSEWHERE = {
    "transitions.[].tells.parent",
    "requests.*.takes.*",
    "log.case",
    "log.activity",
    "log.date.[]",
    "log.activities.*.carries.*",
}
"""Names of what this file does not know: the parent, an answer, the columns of a log."""


class Place(NamedTuple):
    """A name in a file, and where it stands."""

    kind: str
    file: Path
    line: int
    start: int
    end: int


def _scalars(node: yaml.Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """Every value of a file, and every key that is a name, with the keys that lead there.

    For ids `*` stands, `[]` for an item of a list, `{}` for a key itself.
    """
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            is_id = (len(path) == 1 and path[0] in TABLES) or path[-1:] in IDS_BELOW
            yield from _scalars(value, (*path, "*" if is_id else key.value))
            if path[-1:] in NAMED_BY_KEYS and path[0] not in DECLARE_FIELDS:
                yield ".".join((*path, "{}")), key
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value, (*path, "[]"))
    elif isinstance(node, yaml.ScalarNode):
        yield ".".join(path), node


def _declared(root: yaml.MappingNode) -> set[str]:
    """The ids of the tables of a file, its records and its triggers."""
    found: set[str] = set()
    for key, value in root.value:
        if isinstance(value, yaml.MappingNode):
            found |= {id.value for id, _ in value.value}
        if key.value == "transitions":
            pairs = [pair for transition in value.value for pair in transition.value]
            found |= {value.value for key, value in pairs if key.value == "trigger"}
    return found


def _shipped_first_and_small(file: Path) -> tuple[int, int]:
    """A shipped file has beside it what it names of others."""
    folder = file.parent.relative_to(ROOT).as_posix()
    return FOLDERS.index(folder), file.stat().st_size


@cache
def places() -> dict[str, Place]:
    """One place of each kind that names what a file declares, in the smallest that has one."""
    found: dict[str, Place] = {}
    for file in sorted(FILES, key=_shipped_first_and_small):
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
        known = _declared(root)
        for kind, node in _scalars(root):
            is_text = kind.rpartition(".")[2] in ("zh", "en")
            name = node.value.removeprefix("case.")
            if name in known and not is_text and kind not in DECLARES | ELSEWHERE:
                start = text.index(name, node.start_mark.index + len(node.value) - len(name))
                line = node.start_mark.line + 1
                place = Place(kind, file, line, start, start + len(name))
                found.setdefault(kind, place)
    return found


def found_in(text: str, file: Path) -> list[Finding]:
    """What is found in a text that stands in place of a file."""

    def beside(name: str) -> str | None:
        other = file.with_name(Path(name).name)
        return other.read_text(encoding="utf-8") if other.exists() else None

    return lint_text(text, file.name, beside)


@cache
def found_before(file: Path) -> frozenset[tuple[int, str]]:
    """What is found in a file as it is."""
    found = found_in(file.read_text(encoding="utf-8"), file)
    return frozenset((f.at.line, f.code) for f in found)


@pytest.mark.parametrize("place", places().values(), ids=lambda place: place.kind)
def test_a_name_that_nobody_declares_is_told_at_its_line(place: Place) -> None:
    text = place.file.read_text(encoding="utf-8")
    before = found_before(place.file)
    broken = text[: place.start] + UNKNOWN + text[place.end :]
    found = found_in(broken, place.file)
    assert [f for f in found if f.at.line == place.line and (f.at.line, f.code) not in before]


def test_every_key_that_names_something_was_tried() -> None:
    tried = {part for kind in places() for part in kind.split(".")}
    of_old_versions = {"tells_parent"}
    assert TABLE.keys() - tried == of_old_versions | {"carries"}
