"""Which statutory time limits a definition carries out, and by what: its deadlines, the conditions
of its acts, the steps by which a limit is extended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .base import Element
from .definition import Definition
from .limits import DeadlineRule


class CarriedOutBy(NamedTuple):
    """A row of the law, and what carries it out: its table and name, and the element itself."""

    row: str
    table: str
    name: str
    element: Element


def carrying_out(definition: Definition) -> Iterator[CarriedOutBy]:
    """Every row of the law that a definition names, with what carries it out."""
    for name, rule in definition.deadlines.items():
        yield from _by_limit(name, rule)
    for t in definition.transitions:
        yield from (CarriedOutBy(row, "transitions", t.trigger, t) for row in t.law)


def _by_limit(name: str, rule: DeadlineRule) -> Iterator[CarriedOutBy]:
    if rule.law is not None:
        yield CarriedOutBy(rule.law, "deadlines", name, rule)
    for step in rule.extension:
        yield from (CarriedOutBy(row, "deadlines", name, step) for row in step.law)


def rows_carried_out(definition: Definition) -> set[str]:
    """The ids of those rows."""
    return {by.row for by in carrying_out(definition)}
