"""Each power beside what the law asks of it: no office below the one it names, none it forbids."""

from __future__ import annotations

from collections.abc import Iterator

from ..language import Words, with_article
from ..law.law import Law
from ..law.rows import StatutoryPower
from ..model.definition import Definition
from ..model.parts import Approval, Power
from ..source.findings import Finding
from ..source.positions import Position
from .law_of_the_day import unverified
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
    rules = definition.deadlines
    names = rules.keys() & (power.deadlines or rules)
    return frozenset(filter(None, (rules[name].law for name in names)))


def _power(
    name: str, power: Power, rule: StatutoryPower, offices: Offices, definition: Definition
) -> Iterator[Finding]:
    """One power beside one rule of the law."""
    if rule.never:
        yield _below(name, power.at, rule, _NOBODY)
        return
    deciding = _deciding(power, named(definition.approvals, power.approval))
    for office in rule.offices:
        if not any(offices.hold(roles, office) for roles in deciding):
            asked = Words(f"须由 {office} 决定或批准", f"it needs {office}")
            yield _below(name, _place(power), rule, asked)
    if rule.by_court and not any(map(offices.are_of_court, deciding)):
        yield _below(name, _place(power), rule, _NOT_OF_COURT)
    if rule.documents and not power.documents:
        yield _below(name, power.at, rule, _NO_DOCUMENT)
    yield from unverified(power.at, [rule])


def _deciding(power: Power, approval: Approval | None) -> list[tuple[str, ...]]:
    """Who decides: those who vote in each step of the approval, else those who give the order."""
    return [step.by for step in approval.steps] if approval is not None else [power.by]


def _place(power: Power) -> Position:
    """Where a power says who has it."""
    return power.at_value("by" if power.approval is None else "approval")


def _below(name: str, at: Position, rule: StatutoryPower, asked: Words) -> Finding:
    """A power that the law does not let be given so."""
    zh = f"权限 {name} 低于法定要求：“{rule.zh}”{asked.zh}"
    en = f"the power {name} is below what the law asks: to {rule.en}, {asked.en}"
    told = with_article(Words(zh, en), Words(rule.cite, rule.cite))
    return Finding(at, "power-below-law", told.zh, told.en)
