"""Time limits that are over at the same moment, and lead a case to two ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, product

from ..guards.cel import GuardCompiler
from ..model.definition import Definition
from ..model.flow import STAY
from ..model.limits import DeadlineRule
from ..source.findings import Finding
from .outcomes import outcomes


def check(definition: Definition) -> Iterator[Finding]:
    """Limits that are counted alike and fire two acts of which it matters which comes first."""
    leads = _leads(definition)
    for alike in _counted_alike(definition).values():
        for one, other in combinations(alike.values(), 2):
            rules = definition.deadlines[one], definition.deadlines[other]
            fired = str(rules[0].on_expiry.fire), str(rules[1].on_expiry.fire)
            both = fired, fired[::-1]
            states = [s for pair in both for s in leads[pair[0]] if _part(leads, s, *pair)]
            if states and _may_both_start(definition, *rules):
                zh = (
                    f"{one} 与 {other} 同时届满，分别触发 {fired[0]} 与 {fired[1]}，"
                    f"在状态 {states[0]} 结果取决于先后"
                )
                en = (
                    f"{one} and {other} are over at the same moment and fire {fired[0]} and "
                    f"{fired[1]}: in the state {states[0]} it matters which comes first"
                )
                yield Finding(rules[1].at, "same-moment", zh, en)


def _counted_alike(definition: Definition) -> Mapping[object, dict[str, str]]:
    """The limits that one event starts and that are over together: one for each act they fire."""
    found: defaultdict[object, dict[str, str]] = defaultdict(dict)
    for name, rule in definition.deadlines.items():
        if rule.on_expiry.fire:
            for event in product(rule.starts.on or ("",), rule.starts.entering or ("",)):
                found[event, _counted(rule)].setdefault(rule.on_expiry.fire, name)
    return found


def _counted(rule: DeadlineRule) -> tuple[object, ...]:
    """By what the moment is found at which a limit is over."""
    counted = rule.length, rule.unit, rule.counting, rule.backward, rule.ends_on, rule.cut_off
    return (*counted, rule.starts.counted_from, rule.each, rule.expires)


def _leads(definition: Definition) -> Mapping[str, dict[str, str]]:
    """Where the acts of the clock lead, by the state that they leave."""
    leads: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for t in definition.transitions:
        if "clock" in t.by and t.to != STAY:
            leads[t.trigger].update(dict.fromkeys(definition.sources_of(t), t.to))
    return leads


def _part(leads: Mapping[str, dict[str, str]], state: str, one: str, other: str) -> bool:
    """Whether two acts leave a state for two places, or only one leads to where the other can be
    done: then it matters which of them comes first."""
    target = leads[one][state]
    if state in leads[other]:
        return target != leads[other][state]
    return target in leads[other]


def _may_both_start(definition: Definition, *rules: DeadlineRule) -> bool:
    """Whether the conditions of the starts may hold together."""
    compiler = GuardCompiler.of(definition)
    asked = {str(n): rule.starts.when for n, rule in enumerate(rules) if rule.starts.when}
    trees = {name: compiler.compile(text).tree for name, text in asked.items()}
    return any(len(found) == len(trees) for found in outcomes(trees))
