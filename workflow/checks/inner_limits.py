"""A shorter limit beside the one of the law: it has one, and is shorter."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from ..law.rows import days
from ..model.definition import Definition
from ..model.limits import DeadlineRule, InnerLimit, inner_name, is_gate
from ..source.findings import Finding

_NEAR = 0.01
"""Lengths of different units that differ by less (in days) are the same length."""

_LONGEST_NAME = 63


def check(definition: Definition) -> Iterator[Finding]:
    """Findings of the inner limits of a definition's deadlines."""
    for name, rule in definition.deadlines.items():
        if rule.inner is not None:
            yield from _named(definition, name, rule.inner)
            yield from _beside(name, rule, rule.inner)
            yield from _shorter(name, rule, rule.inner)


def _named(definition: Definition, name: str, inner: InnerLimit) -> Iterator[Finding]:
    """No other deadline has its name."""
    made = inner_name(name)
    if definition.deadlines[made].at != inner.at:
        zh = f"已另有期限 {made}，内部期限无法命名"
        en = f"there is another limit {made}: the inner one has no name"
        yield Finding(inner.at, "inner-limit", zh, en)
    elif len(made) > _LONGEST_NAME:
        zh = f"期限名称过长：内部期限称为 {made}，最多 {_LONGEST_NAME} 字"
        en = f"too long a name: the inner limit is called {made}, at most {_LONGEST_NAME} letters"
        yield Finding(inner.at, "inner-limit", zh, en)


def _beside(name: str, rule: DeadlineRule, inner: InnerLimit) -> Iterator[Finding]:
    """It stands beside a limit by which something is to be done once."""
    if is_gate(rule) or rule.recurring is not None or rule.backward:
        zh = f"{name} 不是应在其届满前办理一次的期限（最短期间、周期或倒计），没有内部期限"
        en = f"{name} is no limit to do something once by (a gate, rounds, backward): it has none"
        yield Finding(inner.at, "inner-limit", zh, en)


def _shorter(name: str, rule: DeadlineRule, inner: InnerLimit) -> Iterator[Finding]:
    """It is no longer than the limit beside which it stands, where both are numbers."""
    is_number = isinstance(rule.length, int) and rule.ends_on is None
    longest = days(int(rule.length), rule.unit) if is_number else inf
    if isinstance(inner.length, int) and days(inner.length, inner.unit) > longest + _NEAR:
        zh = f"{name} 的内部期限长于期限本身（{rule.length} {rule.unit.value}）"
        en = f"the inner limit of {name} is longer than it ({rule.length} {rule.unit.value})"
        yield Finding(inner.at_value("length"), "inner-longer", zh, en)
