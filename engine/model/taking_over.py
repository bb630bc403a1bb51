"""A running case that comes in from elsewhere (存量案件): where it stands, and what is so of it,
each with its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ...workflow.periods.adjustments import Deduction, Extension


class TakenAct(NamedTuple):
    """An act that was done before: its trigger, on which day, and by whom."""

    trigger: str
    on: date
    by: str


class TakenDocument(NamedTuple):
    """A document on file: its kind, its reference, since when, and the record that it is about."""

    kind: str
    reference: str
    on: date | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class TakenLimit:
    """A time limit that ran before: its rule, and from when it truly counts (a day, or an instant).

    Without `since` it counts from the day in the field that its rule names. `key` tells it from
    others of its rule, `round` numbers a recurring one. `met_at` says that it was performed, and
    when; `is_over` that it has passed, and that what follows from that is among the facts already.
    Else it runs, and what is due of it comes at once.
    """

    rule: str
    since: date | None = None
    key: str = ""
    round: int = 1
    met_at: date | None = None
    is_over: bool = False
    watcher: str = ""
    extensions: tuple[Extension, ...] = ()


class CameFrom(NamedTuple):
    """Where a sub-procedure ran that comes from another court of the same database: its id there,
    the hash of its last entry, and who fired each trigger last.

    Nothing about it is unknown: no work is offered but what was open.
    """

    court: str
    case: str
    head: str
    done_by: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A case that has run elsewhere goes on here: its state, since when, and when it was opened.

    Its data come with the event. `origins` are the states that it returns to from rest, the last
    first out; `tasks` the open ones beside those that the state offers. `digest` is that of the
    facts as they were handed in: the same facts come once.
    """

    state: str
    since: date
    opened: date
    origins: tuple[str, ...] = ()
    documents: tuple[TakenDocument, ...] = ()
    acts: tuple[TakenAct, ...] = ()
    limits: tuple[TakenLimit, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    tasks: tuple[str, ...] = ()
    digest: str = ""
    came_from: CameFrom | None = None


@dataclass(frozen=True, slots=True)
class TakenCase:
    """A case or sub-procedure that comes in: what it is called by its case (`name`), the record of
    that one that it is `about`, its data, and its own sub-procedures."""

    command: TakeOver
    data: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[TakenCase, ...] = ()
    name: str = ""
    about: str = ""
