"""What makes one period longer: days deducted, and extensions approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..errors import BadDeduction, BadLength
from .counting import TimeUnit

FAR_DAY = date(9000, 1, 1)
"""Stands for the end of a deduction that still runs."""

Span = tuple[date, date]
"""Days after the first, up to and with the second."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """Days inside (`since`, `until`] do not count towards a period.

    `until=None` while it still runs. `ground` and `document` say why, for the explanation and the
    file. Raises `BadDeduction`.
    """

    since: date
    until: date | None
    ground: str = ""
    document: str = ""

    def __post_init__(self) -> None:
        since, until = self.span
        if until < since:
            raise BadDeduction(since=self.since, until=self.until)

    @property
    def span(self) -> Span:
        """The days deducted; while it runs, to the end of all days."""
        return self.since, self.until or FAR_DAY


@dataclass(frozen=True, slots=True)
class Extension:
    """A period lengthened by decision: so many units more, from the last day before it moves.

    Raises `BadLength`.
    """

    length: int
    unit: TimeUnit
    approver: str
    document: str = ""

    def __post_init__(self) -> None:
        if self.length <= 0:
            raise BadLength(length=self.length)


def merged(deductions: Iterable[Deduction]) -> list[Span]:
    """Deductions as disjoint spans in order; an open one lasts as long as dates do."""
    return disjoint(deduction.span for deduction in deductions)


def disjoint(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    result: list[Span] = []
    for since, until in sorted(spans):
        if result and since <= result[-1][1]:
            first, last = result.pop()
            since, until = first, max(last, until)
        result.append((since, until))
    return result
