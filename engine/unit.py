"""The one path of a change: load, catch up with the clock, decide, write.

Cases lie in a `Shelf`: rows of a database within the caller's transaction (whoever opened it commits it), or the memory of
a simulation. The path is the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from ..workflow.errors import NaiveDatetime
from ..workflow.guards import Children
from . import store
from .changes import Come, Move, Vote
from .decision import NO_CHILDREN, decide, open_case
from .errors import BadCaseId, Refused, TooManyEvents
from .machine import Procedure
from .registry import Registry
from .timing import next_deadline
from .values import CLOCK, PROCEDURE, CaseState, Decision, Event, Opening

MAX_EVENTS = 500
_CHILDREN = uuid.UUID("6f1d3c9e-2f53-4d0e-9a63-5b1c7a3d9e10")


class Shelf(Protocol):
    """Where cases lie."""

    def load(self, case_id: str) -> CaseState:
        """A case with its live deadlines. Raises `CaseNotFound`."""
        ...

    def children(self, case: CaseState, procedure: Procedure) -> Children:
        """What the guards of the case's procedure may ask about its sub-procedures."""
        ...

    def current(self, procedure: str, at: datetime) -> Procedure:
        """The version of a procedure that cases begin on at a time. Raises `UnknownProcedure`."""
        ...

    def procedure(self, hash: str) -> Procedure:
        """The procedure of a definition version. Raises `DefinitionMissing`."""
        ...

    def keep(self, procedure: Procedure, now: datetime) -> None:
        """Make sure that the definition a case begins on will be found again."""
        ...

    def write(
        self, new: Sequence[CaseState], old: Sequence[tuple[CaseState, int]], decisions: Sequence[tuple[int, Decision]], now: datetime
    ) -> None:
        """Write new cases, old ones (with the version they were read at), and what was decided. Raises `LostRace`, `CaseExists`."""
        ...


@dataclass(slots=True)
class _Held:
    """A case in work: as it is now, the version it was read at, and what is still to be written."""

    case: CaseState
    read_version: int | None
    decisions: list[tuple[int, Decision]] = field(default_factory=list)


class Unit:
    """A unit of work. `now` is the time of recording; an event's own time may be earlier."""

    def __init__(self, shelf: Shelf, registry: Registry, now: datetime) -> None:
        self.registry = registry
        self.now = now
        self._shelf = shelf
        self._held: dict[str, _Held] = {}
        self._count = 0

    @classmethod
    def on(cls, connection: Connection, registry: Registry, now: datetime, lock: bool = False) -> Unit:
        """A unit on the rows of a database; `lock` claims each case's row when it is read."""
        return cls(store.Rows(connection, registry, lock), registry, now)

    # -- what callers ask for

    def open(
        self, procedure_id: str, event: Event, *, id: str | None = None, number: str = "", court: str = "", officer: str = ""
    ) -> CaseState:
        """Open a case in the current version of a procedure. Raises `UnknownProcedure`, `DataError`, `CaseExists`."""
        procedure = self._shelf.current(procedure_id, self.now)
        if id is not None and not (0 < len(id) <= 64 and id.isprintable()):
            raise BadCaseId(id=id[:80])
        case = CaseState(id or uuid.uuid4().hex, procedure.id, procedure.hash, "", 1, event.at, number, court, officer)
        self._open(procedure, case, event)
        return case

    def fire(self, case_id: str, event: Event) -> CaseState:
        """Bring an event to a case, after everything the clock owes it. Raises `Refused`, `DataError`, `CaseNotFound`."""
        _check_aware(event.at)
        self.catch_up(case_id, event.at)
        self._apply(case_id, event)
        return self._held[case_id].case

    def catch_up(self, case_id: str, until: datetime, limit: int = MAX_EVENTS) -> int:
        """Let every moment of the case's deadlines come that is due by `until`, in order, each at its own time."""
        done = 0
        while done < limit:
            case = self._hold(case_id).case
            if case.wake_at is None or case.wake_at > until:
                break
            deadline = next_deadline(self.procedure(case), case, until)
            if deadline is None or deadline.wake_at is None:
                break
            self._apply(case_id, Event(deadline.wake_at, CLOCK, change=Come(deadline.id)))
            done += 1
        return done

    def owes(self, case_id: str, until: datetime) -> bool:
        """Whether a deadline of the case has a moment by `until`."""
        case = self._hold(case_id).case
        return next_deadline(self.procedure(case), case, until) is not None

    def flush(self) -> None:
        """Write everything decided so far. Raises `LostRace` when a case was changed meanwhile."""
        changed, new, old, decisions = [], [], [], []
        for held in self._held.values():
            if held.decisions:
                changed.append(held)
                decisions += held.decisions
                if held.read_version is None:
                    new.append(held.case)
                else:
                    old.append((held.case, held.read_version))
        if not changed:
            return
        self._shelf.write(new, old, decisions, self.now)
        for held in changed:
            held.read_version = held.case.version
            held.decisions = []

    def case(self, case_id: str) -> CaseState:
        """The case as it stands in this unit."""
        return self._hold(case_id).case

    def procedure(self, case: CaseState) -> Procedure:
        """The procedure, in the version the case runs on."""
        return self._shelf.procedure(case.definition_hash)

    def children(self, case: CaseState, trigger: str | None = None) -> Children:
        """What the conditions of a trigger (or of any) may ask about the case's sub-procedures."""
        asking = self.procedure(case).asking
        if not asking or (trigger is not None and trigger not in asking):
            return NO_CHILDREN
        self.flush()
        return self._shelf.children(case, self.procedure(case))

    def hold(self, case: CaseState) -> None:
        """Work on a case that was already read (in a batch, say)."""
        self._held[case.id] = _Held(case, case.version)

    # -- the path

    def _hold(self, case_id: str) -> _Held:
        held = self._held.get(case_id)
        if held is None:
            case = self._shelf.load(case_id)
            held = self._held[case_id] = _Held(case, case.version)
        return held

    def version(self, hash: str) -> Procedure:
        """The procedure of a definition version."""
        return self._shelf.procedure(hash)

    def _open(self, procedure: Procedure, case: CaseState, event: Event) -> None:
        _check_aware(event.at)
        self._shelf.keep(procedure, self.now)
        decision = open_case(procedure, case, event)
        self._held[case.id] = _Held(case, None, [(1, decision)])

    def _apply(self, case_id: str, event: Event) -> None:
        """One event and, after it, those it sets off: a deadline's trigger, sub-procedures, word to the parent."""
        self._count += 1
        if self._count > MAX_EVENTS * 20:
            raise TooManyEvents(case_id=case_id, limit=MAX_EVENTS * 20)
        held = self._hold(case_id)
        procedure = self.version(event.change.hash) if isinstance(event.change, Move) else self.procedure(held.case)
        trigger = event.change.trigger if isinstance(event.change, Vote) else event.trigger
        decision = decide(procedure, held.case, event, self.children(held.case, trigger))
        decision.case.version = held.case.version + 1
        held.case = decision.case
        held.decisions.append((decision.case.version, decision))
        for index, opening in enumerate(decision.opens):
            self._open_child(decision.case, opening, event, index)
        if decision.fires is not None:
            self._try(case_id, decision, decision.fires, "fires")
        if decision.tells_parent is not None and decision.case.parent_id is not None:
            self._tell_parent(decision, event)

    def _open_child(self, parent: CaseState, opening: Opening, event: Event, index: int) -> None:
        procedure = self._shelf.current(opening.procedure, self.now)
        # the same event always opens the same child, and a parent's children sort in the order they were opened
        id = f"{parent.version:08x}{index:04x}" + uuid.uuid5(_CHILDREN, f"{parent.id}.{parent.version}.{index}").hex[:20]
        child = CaseState(id, procedure.id, procedure.hash, "", 1, event.at, parent.number, parent.court, parent.officer)
        child.parent_id, child.sub = parent.id, opening.sub
        self._open(procedure, child, replace(event, data=opening.data, documents={}, trigger="", change=None))

    def _tell_parent(self, decision: Decision, event: Event) -> None:
        assert decision.case.parent_id is not None and decision.tells_parent is not None
        self.catch_up(decision.case.parent_id, event.at)
        self._try(decision.case.parent_id, decision, Event(event.at, PROCEDURE, decision.tells_parent), "tells-parent")

    def _try(self, case_id: str, decision: Decision, event: Event, what: str) -> None:
        """An event that follows from another: when it is refused, the first still stands, and history says why."""
        try:
            self._apply(case_id, event)
        except Refused as refused:
            decision.entry.effects.append(
                {"what": f"{what}-refused", "trigger": event.trigger, "why": refused.text("zh"), "why_en": refused.text("en")}
            )


def _check_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise NaiveDatetime(value=moment)
