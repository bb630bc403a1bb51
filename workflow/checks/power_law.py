"""Each power beside what the law asks of it: no office below the one it names, none it forbids."""

from __future__ import annotations

from collections.abc import Iterator

from ..language import Words
from ..law.law import Law
from ..law.rows import StatutoryPower
from ..model.definition import Definition
from ..model.parts import Approval, Power
from ..source.findings import Finding
from ..source.positions import Position
from .offices import Offices
from .references import named

_NOBODY = Words("任何人不得行使", "nobody may have it")
_NOT_OF_COURT = Words("须由法院决定", "the court must decide it")
_NO_DOCUMENT = Words("须有文书（documents）", "it needs a document (documents)")


def check(definition: Definition, law: Law) -> Iterator[Finding]:
    """Every power that is granted, on the day when the definition takes effect.

    One that is not granted is never below the law.
    """
    offices, rules = Offices(definition, law), law.powers(definition.effective)
    for name, power in definition.powers.items():
        limits = _limits(definition, power)
        for rule in rules.get(name, ()):
            if rule.is_about(definition.law_kind, limits):
                yield from _power(name, power, rule, offices, definition)


def _limits(definition: Definition, power: Power) -> frozenset[str]:
    """The rows of the law that the limits carry out for which a power may be used."""
    names = power.deadlines or definition.deadlines
    rules = (named(definition.deadlines, name) for name in names)
    return frozenset(rule.law for rule in rules if rule is not None and rule.law is not None)


def _power(
    name: str, power: Power, rule: StatutoryPower, offices: Offices, definition: Definition
) -> Iterator[Finding]:
    """One power beside one rule of the law."""
    if rule.never:
        yield _below(name, power.at, rule, _NOBODY)
        return
    approval = named(definition.approvals, power.approval)
    for office in rule.offices:
        if not _is_reserved(power, approval, office, offices):
            asked = Words(f"须由 {office} 决定或批准", f"it needs {office}")
            yield _below(name, _place(power), rule, asked)
    if rule.by_court and not _is_of_court(power, approval, offices):
        yield _below(name, _place(power), rule, _NOT_OF_COURT)
    if rule.documents and not power.documents:
        yield _below(name, power.at, rule, _NO_DOCUMENT)
    if rule.verified == "memory":
        zh, en = (
            f"依据尚未核对原文：{rule.cite}",
            f"the source has not been checked yet: {rule.cite}",
        )
        yield Finding(power.at, "law-unverified", zh, en, "warning")


def _is_reserved(power: Power, approval: Approval | None, office: str, offices: Offices) -> bool:
    """Whether nobody below an office gives the order, or it is approved there."""
    if approval is not None and offices.approves(approval, office):
        return True
    return power.approval is None and offices.hold(power.by, office)


def _is_of_court(power: Power, approval: Approval | None, offices: Offices) -> bool:
    """Whether the court gives the order, or approves it."""
    if approval is not None:
        return any(offices.are_of_court(step.by) for step in approval.steps)
    return offices.are_of_court(power.by)


def _place(power: Power) -> Position:
    """Where a power says who has it."""
    return power.at_value("by" if power.approval is None else "approval")


def _below(name: str, at: Position, rule: StatutoryPower, asked: Words) -> Finding:
    """A power that the law does not let be given so."""
    cite = Words(f"（{rule.cite}）", f" ({rule.cite})") if rule.cite else Words("", "")
    zh = f"权限 {name} 低于法定要求：“{rule.zh}”{asked.zh}{cite.zh}"
    en = f"the power {name} is below what the law asks: to {rule.en}, {asked.en}{cite.en}"
    return Finding(at, "power-below-law", zh, en)
