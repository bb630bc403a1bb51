"""How long a case stood where: its life parted into stays in states, or in phases. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby, takewhile, zip_longest
from operator import attrgetter
from typing import Literal, NamedTuple

from .lives import Step

Place = Literal["state", "phase"]


class _Part(NamedTuple):
    """From one step to the next; the last has no end."""

    step: Step
    ended: datetime | None
    node: str

    @property
    def is_suspended(self) -> bool:
        """Whether the case rests here."""
        return self.step.state in self.step.procedure.grounds


class Stay(NamedTuple):
    """One stay in a node, without a break; `ended` is None while it lasts.

    `days` are those in which the case did not rest, `suspended_days` those in which it did; None
    where it never did the one or the other. An hour before midnight and an hour after are a day.
    """

    node: str
    last: Step
    begun: datetime
    ended: datetime | None
    days: int | None
    suspended_days: int | None


def stays(
    steps: Sequence[Step], place: Place, end: datetime, local_day: Callable[[datetime], date]
) -> Iterator[Stay]:
    """The stays of a life up to `end`, which closes none that lasts; closed cases stay nowhere."""
    known = list(takewhile(lambda step: step.at < end, steps))
    ends = map(attrgetter("at"), known[1:])
    parts = [_Part(step, ended, _node(step, place)) for step, ended in zip_longest(known, ends)]
    for node, group in groupby(parts, attrgetter("node")):
        if node:
            yield _stay(node, list(group), end, local_day)


def _node(step: Step, place: Place) -> str:
    """Where a step left its case; nowhere once it is closed."""
    state = step.procedure.definition.states[step.state]
    if state.closes:
        return ""
    return step.state if place == "state" else state.phase or ""


def _stay(
    node: str, parts: Sequence[_Part], end: datetime, local_day: Callable[[datetime], date]
) -> Stay:
    """The stay of which these are the parts, one after the other."""
    days: dict[bool, int] = {}
    for part in parts:
        took = (local_day(part.ended or end) - local_day(part.step.at)).days
        days[part.is_suspended] = days.get(part.is_suspended, 0) + took
    first, last = parts[0], parts[-1]
    return Stay(node, last.step, first.step.at, last.ended, days.get(False), days.get(True))
