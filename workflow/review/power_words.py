"""A power as one sentence: who gives the order, how late, with what, and who must approve."""

from __future__ import annotations

from ..language import NO_WORDS, Words, joined
from ..model.definition import Definition
from ..model.limits import Within
from ..model.parts import Power
from .values import title_of


def power_words(definition: Definition, name: str) -> Words:
    """What a definition says of one of its powers, for people."""
    power = definition.powers[name]
    called, by = title_of(power, name), joined(map(definition.role_title, power.by))
    parts = (_bounds(power), _documents(definition, power), _approval(definition, power))
    return Words(
        f"{called.zh}：{by.zh}{''.join(part.zh for part in parts)}",
        f"{called.en}: {by.en}{''.join(part.en for part in parts)}",
    )


def within_words(within: Within) -> Words:
    """How late something may be: `3个工作日`, `3 working days`."""
    number = within.rstrip("wd")
    if within.endswith("wd"):
        return Words(f"{number}个工作日", f"{number} working days")
    return Words(f"{number}日", f"{number} days")


def _bounds(power: Power) -> Words:
    if power.within is None:
        return NO_WORDS
    within = within_words(power.within)
    return Words(f"，{within.zh}内", f", within {within.en}")


def _documents(definition: Definition, power: Power) -> Words:
    if not power.documents:
        return NO_WORDS
    names = joined(definition.documents[id].title for id in power.documents)
    return Words(f"，附{names.zh}", f", with {names.en}")


def _approval(definition: Definition, power: Power) -> Words:
    """Who must approve; of what has a bound, only what is beyond it."""
    if power.approval is None:
        return NO_WORDS
    title = definition.approvals[power.approval].title
    if power.within is not None:
        return Words(f"；逾期经{title.zh}", f"; later than that with {title.en}")
    return Words(f"，经{title.zh}", f", with {title.en}")
