"""Checks of a definition, each family in its own module; together they are `check`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from ..law.law import Law
from ..model.definition import Definition
from ..source.findings import Finding
from ..source.positions import Position
from .acts import check as check_acts
from .authority import check as check_authority
from .carried_out import check as check_carried_out
from .conditions import check as check_conditions
from .facts import check as check_facts
from .inner_limits import check as check_inner_limits
from .kinds import check as check_kind
from .known import check as check_known
from .law_limits import check as check_law_limits
from .law_limits import names_rows_of
from .leads import check as check_leads
from .names import check as check_names
from .power_law import check as check_power_law
from .records import check as check_records
from .same_moment import check as check_same_moment
from .soundness import check as check_soundness
from .structure import check as check_structure

MOST_WAYS = 50_000
"""Ways from a state whose structure is looked at, at the most."""


def check_words(definition: Definition) -> Iterator[Finding]:
    """Whether a definition can be run at all: its names and its conditions."""
    yield from check_names(definition)
    yield from check_conditions(definition)


def check(definition: Definition, deep: bool, law: Law) -> Iterator[Finding]:
    """Every finding of every family. Structure is only looked at when all names are known.

    The definition is held to `law` as it is on the day when it takes effect. `deep` adds what takes
    longer: what is known on the way to each situation, conditions nothing satisfies, overlapping
    and missing ways, ends that leave things open.
    """
    in_words = _less_what_follows(check_words(definition))
    yield from in_words
    yield from check_kind(definition, law)
    yield from check_law_limits(definition, law)
    yield from check_inner_limits(definition)
    yield from check_authority(definition, law)
    yield from check_power_law(definition, law)
    if any(finding.severity == "error" for finding in in_words):
        return
    is_of_law = names_rows_of(law, definition)
    otherwise = list(check_carried_out(definition, law)) if is_of_law else []
    yield from otherwise
    yield from check_facts(definition)
    yield from check_records(definition)
    count = sum(len(definition.sources_of(t)) for t in definition.transitions)
    if count > MOST_WAYS:
        yield _too_many_ways(definition, count)
        return
    yield from check_known(definition)
    yield from check_leads(definition)
    if not otherwise:
        yield from _flow(definition, deep)
    if deep:
        yield from _solved(definition, law)


def _less_what_follows(findings: Iterable[Finding]) -> list[Finding]:
    """Each mistake once, without what is unused or leads nowhere because of an unknown name."""
    alike = defaultdict[tuple[str, str], list[Finding]](list)
    for finding in sorted(findings):
        alike[finding.code, finding.zh].append(finding)
    found = list(chain.from_iterable(alike.values()))
    follows = {f.code.replace("unknown-", "unused-") for f in found if _is_unknown(f)}
    if "unused-state" in follows:
        follows.add("no-source")
    told = chain.from_iterable(map(_once, alike.values()))
    return [finding for finding in told if finding.code not in follows]


def _is_unknown(finding: Finding) -> bool:
    return finding.code.startswith("unknown-")


def _once(same: list[Finding]) -> list[Finding]:
    """The first of several that are alike, which says how many there are."""
    first, *more = same
    if not more or not first.is_error:
        return same
    zh, en = f"{first.zh}（共 {len(same)} 处）", f"{first.en} (in {len(same)} places)"
    return [replace(first, zh=zh, en=en)]


def _too_many_ways(definition: Definition, count: int) -> Finding:
    """Nothing is said of a structure that would take too long to look at."""
    at = definition.at_value("transitions")
    zh = f"事项共 {count} 条出路，超过 {MOST_WAYS}，未检查结构"
    en = f"{count} ways from states are more than {MOST_WAYS}: the structure was not checked"
    return Finding(at, "too-many-ways", zh, en)


def _flow(definition: Definition, deep: bool) -> Iterator[Finding]:
    """The situations are only explored where the rest is right: else they tell it again.

    What is known of the facts on the way to them is followed where it is looked at deeply.
    """
    in_structure = list(check_structure(definition))
    yield from in_structure
    if in_structure:
        return
    too_late = list(check_acts(definition))
    yield from too_late
    yield from check_same_moment(definition)
    if not too_late:
        yield from check_soundness(definition, deep)


def _solved(definition: Definition, law: Law) -> Iterator[Finding]:
    """What takes a solver; where it is not installed, only that it was not done."""
    from ..guards.solver import z3  # loading the solver takes long, and running needs none

    if z3() is None:
        yield _not_solved(definition)
        return
    from .logic import check as check_logic

    yield from check_logic(definition, law)


def _not_solved(definition: Definition) -> Finding:
    """Nothing is said of the conditions where the solver is not installed."""
    at = Position(definition.at.file, 1, 1)
    zh = "条件未求解：请安装 zhixing[lint]"
    en = "the conditions were not solved: install zhixing[lint]"
    return Finding(at, "not-solved", zh, en, "warning")
