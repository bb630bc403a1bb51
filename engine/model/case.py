"""A case as it stands: its data, time limits, proposals and open tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ...workflow.periods.adjustments import Deduction, Extension
from .commands import Command, Correct, Linked

DEFAULT_COURT = "court"
"""The id of the only court there is, where nobody said which courts there are."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open among many."""

    data: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    number: str = ""
    court: str = ""
    officer: str = ""
    team: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)


class DeadlineStatus(StrEnum):
    """The life of a deadline."""

    RUNNING = "running"
    PAUSED = "paused"
    EXPIRED = "expired"
    MET = "met"
    MET_LATE = "met-late"
    CANCELLED = "cancelled"
    WAIVED = "waived"
    OPENED = "opened"


def named_about(name: str, about: str) -> str:
    """What something is called that may be about a record: `NAME@RECORD`, or its name alone."""
    return f"{name}@{about}" if about else name


def in_order_made(id: str) -> tuple[int, ...]:
    """By which the ids of one case's limits and tasks are sorted as they were made."""
    return tuple(int(part) for part in id.split(".")[-2:] if part.isdecimal())


class TakenOver(NamedTuple):
    """That a case has run elsewhere: when it was taken over, and since when it stood in the state
    in which it came."""

    at: datetime
    since: datetime


class Elsewhere(NamedTuple):
    """A sub-procedure in another court of the database, by that court and its id there."""

    court: str
    case: str


LIVE = frozenset({DeadlineStatus.RUNNING, DeadlineStatus.PAUSED, DeadlineStatus.EXPIRED})


@dataclass(slots=True, eq=False)
class DeadlineState:
    """One time limit of one case. `due_day` and `due_at` are None while paused.

    `wake_at` is the next moment at which it has an effect; `warned` and `escalated` count the steps
    already taken; `live` says whether an event may still change it (an expired one stays live until
    performed or the case closes); `armed_at` is when the court knew that it runs.
    """

    id: str
    rule: str
    key: str
    start: datetime
    due_day: date | None
    due_at: datetime | None
    wake_at: datetime | None
    status: DeadlineStatus = DeadlineStatus.RUNNING
    live: bool = True
    warned: int = 0
    escalated: int = 0
    round: int = 1
    provisional: bool = False
    calendar_version: str = ""
    watcher: str = ""
    extensions: tuple[Extension, ...] = ()
    armed_at: datetime | None = None
    ended_at: datetime | None = None

    def clone(self) -> DeadlineState:
        """A copy to change (by position: this runs for every deadline of every decision)."""
        return DeadlineState(
            self.id,
            self.rule,
            self.key,
            self.start,
            self.due_day,
            self.due_at,
            self.wake_at,
            self.status,
            self.live,
            self.warned,
            self.escalated,
            self.round,
            self.provisional,
            self.calendar_version,
            self.watcher,
            self.extensions,
            self.armed_at,
            self.ended_at,
        )


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one person said on a proposal, as which of the roles that may, and why.

    He said it for himself, and for those whose deputy he was (`acts_for`).
    """

    person: str
    role: str
    at: datetime
    in_favour: bool
    reason: str = ""
    acts_for: frozenset[str] = frozenset()

    @property
    def persons(self) -> frozenset[str]:
        """Whose ballot it is."""
        return self.acts_for | {self.person}


class ProposalStatus(StrEnum):
    """What becomes of an act that waits for approval; history keeps how it ended."""

    WAITING = "waiting"
    CARRIED_OUT = "carried-out"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act that waits for its approval.

    `data` and `documents` take effect with it; `step` counts the steps passed.

    `ballots` are those of every step; `step_began` is how many of them belong to the steps before
    the present one.

    What was proposed is the trigger, or an `order` (then `trigger` is what it is called). What
    happened earlier (`happened_at`) is called `late:TRIGGER`; `confirmed_by` are further steps,
    each the roles (or `person:ID`) one of whom must agree. The person proposed it for himself, and
    for those whose deputy he was (`acts_for`). `about` is the id of the record that it is about.
    """

    trigger: str
    to: str
    approval: str
    person: str
    roles: tuple[str, ...]
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    step: int = 0
    ballots: tuple[Ballot, ...] = ()
    step_began: int = 0
    acts_for: frozenset[str] = frozenset()
    order: Command | None = None
    happened_at: datetime | None = None
    confirmed_by: tuple[tuple[str, ...], ...] = ()
    about: str = ""

    @property
    def name(self) -> str:
        """By what it is voted on: the trigger, and the record that it is about (`list@zhang`)."""
        return named_about(self.trigger, self.about)

    @property
    def is_correction(self) -> bool:
        """Whether a correction waits."""
        return isinstance(self.order, Correct)


class TaskKind(StrEnum):
    """Work that a definition offers, a step of an approval that waits for its votes, or what a late
    entry or a correction leaves to be done by hand."""

    TASK = "task"
    APPROVAL = "approval"
    FOLLOW_UP = "follow-up"


class TaskStatus(StrEnum):
    """The life of a task."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    DONE = "done"
    ENDED = "ended"


OPEN_TASKS = frozenset({TaskStatus.OFFERED, TaskStatus.CLAIMED})


@dataclass(frozen=True, slots=True)
class TaskState:
    """Work in a pool: `name` is a task of the definition, or the trigger whose approval waits.

    `about` is the id of the record that it is about, where it is about one.
    """

    id: str
    kind: TaskKind
    name: str
    offered_to: tuple[str, ...]
    offered_at: datetime
    status: TaskStatus = TaskStatus.OFFERED
    claimed_by: str = ""
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    about: str = ""


@dataclass(slots=True)
class CaseState:
    """One proceeding as it stands: a row and its live deadlines.

    `origins` are the states to return to, the last first out.

    `proposals` wait for approval; `tasks` are the open ones. `team` is the bureau or team of the
    court that handles it. `stated` names the fields that somebody wrote with the very value of
    their default: they are known, and not only presumed. `done_by` holds who fired a trigger last,
    with those whose deputy he was. `about` is the id of the record of its parent that a
    sub-procedure is about; `links` are the cases that it knows; `came` holds what its records are
    called that came with a sub-procedure, by what they were (`CASE/RECORD`). `recorded_at` is when
    its last entry was written, `head` the hash of that entry. `taken_over` is there for a case that
    ran elsewhere before; `is_booked` says that what it has is entered in the books. A sub-procedure
    that goes on in another court `went` there, and is over here; there it `came_from` here.
    """

    id: str
    procedure: str
    definition_hash: str
    state: str
    version: int
    opened_at: datetime
    number: str = ""
    court: str = ""
    officer: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, list[str]] = field(default_factory=dict)
    done_by: dict[str, tuple[str, ...]] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    deadlines: list[DeadlineState] = field(default_factory=list)
    parent_id: str | None = None
    sub_procedure: str | None = None
    closed_at: datetime | None = None
    closing_mode: str | None = None
    wake_at: datetime | None = None
    proposals: tuple[Proposal, ...] = ()
    tasks: tuple[TaskState, ...] = ()
    team: str = ""
    stated: frozenset[str] = frozenset()
    recorded_at: datetime | None = None
    head: str = ""
    about: str = ""
    links: tuple[Linked, ...] = ()
    came: Mapping[str, str] = field(default_factory=dict)
    taken_over: TakenOver | None = None
    is_booked: bool = False
    went: Elsewhere | None = None
    came_from: Elsewhere | None = None

    @property
    def begun_at(self) -> datetime:
        """Before which nothing happens to it here: it was opened then, or taken over."""
        return self.taken_over.at if self.taken_over is not None else self.opened_at

    @property
    def known_at(self) -> datetime:
        """When its last entry was written; of one that is not kept yet, when it was opened."""
        return self.recorded_at or self.opened_at

    def live(self) -> list[DeadlineState]:
        """The limits that an event may still change."""
        return [d for d in self.deadlines if d.live]

    def limits(self, name: str, asked: str) -> int:
        """How many limits of a rule are `running` (or rest), or were `missed` and still wait."""
        of_rule = [d.status for d in self.live() if d.rule == name]
        missed = of_rule.count(DeadlineStatus.EXPIRED)
        return missed if asked == "missed" else len(of_rule) - missed

    def open_tasks(self, kind: TaskKind, name: str | None = None) -> list[TaskState]:
        """The open tasks of a kind, of one name or of all."""
        return [t for t in self.tasks if t.kind is kind and name in (None, t.name)]

    def replace_task(self, task: TaskState) -> None:
        """Put a task in the place of the one it was."""
        self.tasks = tuple(task if t.id == task.id else t for t in self.tasks)

    def clone(self) -> CaseState:
        """A copy to change: what it holds is replaced, never changed in place."""
        return CaseState(
            self.id,
            self.procedure,
            self.definition_hash,
            self.state,
            self.version,
            self.opened_at,
            self.number,
            self.court,
            self.officer,
            self.data,
            self.documents,
            self.done_by,
            self.origins,
            self.deductions,
            list(self.deadlines),
            self.parent_id,
            self.sub_procedure,
            self.closed_at,
            self.closing_mode,
            self.wake_at,
            self.proposals,
            self.tasks,
            self.team,
            self.stated,
            self.recorded_at,
            self.head,
            self.about,
            self.links,
            self.came,
            self.taken_over,
            self.is_booked,
            self.went,
            self.came_from,
        )
