"""Checks of a definition, each family in its own module; together they are `check`."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.definition import Definition
from ..source.findings import Finding
from ..source.positions import Position
from .authority import check as check_authority
from .conditions import check as check_conditions
from .law_limits import check as check_law_limits
from .names import check as check_names
from .soundness import check as check_soundness
from .structure import check as check_structure

MOST_WAYS = 50_000


def check_words(definition: Definition) -> Iterator[Finding]:
    """Whether a definition can be run at all: its names and its conditions."""
    yield from check_names(definition)
    yield from check_conditions(definition)


def check(definition: Definition, deep: bool = False) -> Iterator[Finding]:
    """Every finding of every family. Structure is only looked at when all names are known.

    `deep` adds what takes a solver: conditions nothing satisfies, overlapping and missing ways, ends that leave things open.
    """
    before = list(check_words(definition))
    yield from before
    yield from check_law_limits(definition)
    yield from check_authority(definition)
    if any(f.severity == "error" for f in before):
        return
    ways = sum(len(definition.sources_of(t)) for t in definition.transitions)
    if ways > MOST_WAYS:
        zh, en = (
            f"事项共 {ways} 条出路，超过 {MOST_WAYS}，未检查结构",
            f"{ways} ways from states are more than {MOST_WAYS}: the structure was not checked",
        )
        yield Finding(definition.at_value("transitions"), "too-many-ways", zh, en)
        return
    wrong_structure = list(check_structure(definition))
    yield from wrong_structure
    if not wrong_structure:
        yield from check_soundness(definition)
    if deep:
        yield from _solved(definition)


def _solved(definition: Definition) -> Iterator[Finding]:
    from ..guards.solver import z3

    if z3() is None:
        at = Position(definition.at.file, 1, 1)
        yield Finding(
            at,
            "not-solved",
            "条件未求解：请安装 zhixing[lint]",
            "the conditions were not solved: install zhixing[lint]",
            "warning",
        )
        return
    from . import logic

    yield from logic.check(definition)
