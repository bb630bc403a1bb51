"""Warnings of a time limit that would be due before it has begun, and so are never given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..law.rows import days
from ..model.definition import Definition
from ..model.limits import DeadlineRule, warnings_of
from ..periods.leads import Lead
from ..source.findings import Finding

_DAY = timedelta(days=1)


def check(definition: Definition) -> Iterator[Finding]:
    """Hints at the warnings that are as long as their limit, or longer.

    A layer that shortens a limit keeps the warnings of what lies below: there it is enough that
    one of them is given.
    """
    for name, rule in definition.deadlines.items():
        early = _too_early(rule)
        is_enough = bool(definition.layers) and len(early) < len(rule.warn)
        if early and not is_enough:
            leads = "、".join(early)
            zh = f"{name} 提前 {leads} 预警，不短于期限本身，不会发出"
            en = f"{name} warns {leads} ahead, no shorter than the limit itself: it never does"
            yield Finding(rule.at_value("warn"), "warns-too-early", zh, en, "warning")


def _too_early(rule: DeadlineRule) -> list[str]:
    """The leads that reach back to the start of a limit, where its length is known here."""
    if not isinstance(rule.length, int) or rule.ends_on is not None:
        return []
    length = days(rule.length, rule.unit)
    leads = zip(rule.warn, warnings_of(rule, None), strict=True)
    return [text for text, lead in leads if _in_days(lead) >= length]


def _in_days(lead: Lead) -> float:
    """How many days ahead a warning is given, at the least."""
    return lead.length / _DAY + lead.working_days
