"""What follows from one event: the case as it will be, and everything to write beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from .books import Booked
from .case import CaseState, DeadlineState, TaskState
from .commands import Linked, Transfer
from .event import Event


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning or an expiry that a person must see."""

    kind: str
    deadline_id: str
    rule: str
    roles: tuple[str, ...]
    watcher: str
    at: datetime
    due_day: date | None


@dataclass(frozen=True, slots=True)
class StartChild:
    """A sub-procedure to open, with its data; `at` is when, where that is not the event's time.

    Where it `is_linked` it is a case of its own, in a `court` (by default that of the opener) and
    with a number.
    """

    sub_procedure: str
    procedure: str
    data: Mapping[str, Any]
    at: datetime | None = None
    about: str = ""
    is_linked: bool = False
    court: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    """A trigger that related proceedings are told; `at` is when, as for `StartChild`.

    `to` is the parent, or the name under which the case knows them. Word `about` a record reaches
    only the sub-procedures about the same; the parent takes it as an act about that record.
    """

    to: str
    trigger: str
    at: datetime | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """A request to send to the outside once the decision is committed.

    One that `takes_back` another (its name in the definition) goes where that one went.
    """

    request: str
    operation: str
    payload: Mapping[str, Any]
    about: str = ""
    takes_back: str = ""


class RequestStatus(StrEnum):
    """The life of a request to the outside."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    ANSWERED = "answered"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class EntryKind(StrEnum):
    """What an entry of a case's history tells."""

    OPENED = "opened"
    TAKEN_OVER = "taken-over"
    EVENT = "event"
    DEADLINE = "deadline"
    PROPOSED = "proposed"
    VOTE = "vote"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLAIMED = "claimed"
    HANDED_BACK = "handed-back"
    DEDUCTION = "deduction"
    EXTENSION = "extension"
    RESTORATION = "restoration"
    WAIVED = "waived"
    ARMED = "armed"
    MET = "met"
    ASSIGNED = "assigned"
    CALENDAR = "calendar"
    RULES = "rules"
    MOVED = "moved"
    FINISHED = "finished"
    NOT_TAKEN = "not-taken"
    BY_HAND = "by-hand"
    HAND_DONE = "hand-done"
    LINKED = "linked"
    TRANSFERRED = "transferred"
    CORRECTED = "corrected"
    SEALED = "sealed"


REOPENED = "reopened"
"""What is told of a closed case that is open again."""


@dataclass(slots=True)
class Entry:
    """One line of a case's history.

    `given` is everything that the decision was given: the data and documents brought, the command,
    whose deputy the actor is, what guards were told of other cases. `late` says that it was entered
    after the day it happened; `rules` is the number of the library's rules it was decided by.
    """

    happened_at: datetime
    kind: EntryKind
    trigger: str
    actor: str
    roles: tuple[str, ...]
    source: str
    target: str
    changes: dict[str, Any]
    effects: list[dict[str, Any]]
    note: str
    given: dict[str, Any]
    late: bool
    request_id: str
    definition_hash: str
    calendar_version: str
    rules: int


class Effects:
    """What one event brings about beside the case itself; filled while it is decided.

    `armed` and `changed` are deadlines by id, each a copy that belongs to this decision; `told` are
    the lines that history shows. `closed_alerts` says of which deadlines the open alerts end, and
    why. `tells` is what related proceedings are told; `fires` an event of this case that follows at
    once. `links` are the other sides of links made here, by the case that gets each; `transfers`
    are sub-procedures that go to another case, `adopts` those that come (by link, and by name);
    `booked` is what is entered in the books of the court; `rehomed` says that the case belongs to
    another one from now on, `reassigned` that its officer, team or version may be another.
    """

    __slots__ = (
        "adopts",
        "alerts",
        "armed",
        "booked",
        "changed",
        "children",
        "closed_alerts",
        "fires",
        "links",
        "reassigned",
        "rehomed",
        "requests",
        "tasks",
        "tells",
        "told",
        "transfers",
    )

    def __init__(self) -> None:  # by hand: one is made for every decision
        self.armed: dict[str, DeadlineState] = {}
        self.changed: dict[str, DeadlineState] = {}
        self.alerts: list[Alert] = []
        self.closed_alerts: dict[str, str] = {}
        self.tasks: list[TaskState] = []
        self.told: list[dict[str, Any]] = []
        self.requests: list[OutboundRequest] = []
        self.children: list[StartChild] = []
        self.tells: list[Tell] = []
        self.fires: Event | None = None
        self.links: dict[str, Linked] = {}
        self.transfers: list[Transfer] = []
        self.adopts: list[tuple[str, str]] = []
        self.booked: Booked | None = None
        self.rehomed = False
        self.reassigned = False


@dataclass(slots=True)
class Decision:
    """What shall follow from one event: the case as it will be, its entry, and the effects."""

    case: CaseState
    entry: Entry
    effects: Effects
