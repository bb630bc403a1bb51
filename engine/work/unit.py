"""The one path of a change: load, catch up with the clock, decide, write.

Cases lie in a `CaseRepository`: rows of a database within the caller's transaction (whoever opened
it commits it), or the memory of a simulation. The path is the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from operator import attrgetter

from ...workflow.guards.cel import Children
from ..clock import check_aware
from ..decision.books import hold_of, keys_of
from ..decision.deadlines import next_deadline
from ..decision.decide import History, decide, open_case
from ..decision.finding import persons_of
from ..decision.late import comes_in_order
from ..decision.procedure import Procedure
from ..decision.texts import LONGEST_NUMBER, check_event, check_text
from ..decision.turn import NO_CHILDREN
from ..errors import BadCaseId, LostRace, Refused, TooManyEvents
from ..model.case import CaseState
from ..model.commands import (
    LATE,
    Correct,
    DeadlineReached,
    Move,
    Vote,
)
from ..model.effects import Decision
from ..model.event import CLOCK, RELATED_PROCEEDING, Event
from ..model.obstacle import Obstacle
from .between import Between
from .repository import CaseRepository

MAX_EVENTS = 500
_MOST_ALIKE = 100
"""How often one deadline can have something to do at one moment: warn, expire, escalate."""
_MOST_IN_A_CHAIN = MAX_EVENTS * 20
_LONGEST_CASE_ID = 64
_CORRECTING = Vote("correct", in_favour=True)

Written = Callable[[Sequence[Decision]], None]
"""Is told the decisions that were written, in order."""


@dataclass(slots=True)
class _Tracked:
    """A case in work: as it is now, the version it was read at (None when it is new), and what is
    still to be written; `told` is what its guards were told of other cases for that, `asked` the
    case as it stood then, and `is_reopened` that it was closed before."""

    case: CaseState
    read_version: int | None
    decisions: list[Decision] = field(default_factory=list)
    told: Children = field(default_factory=dict)
    is_reopened: bool = False
    asked: CaseState | None = None


class UnitOfWork:
    """Cases that are changed together. `now` is the time of recording.

    An event's own time may be earlier. Nothing is written before `flush`.
    """

    def __init__(
        self, repository: CaseRepository, now: datetime, written: Written | None = None
    ) -> None:
        self.now = now
        self.repository = repository
        self._written = written
        self._tracked: dict[str, _Tracked] = {}
        self._given: list[str] = []
        self._touched: dict[str, None] = {}  # in order: what was decided since the last catching up
        self._count = 0
        self._between = Between(self)

    # -- what callers ask for

    def open(
        self,
        procedure_id: str,
        event: Event,
        *,
        id: str | None = None,
        number: str = "",
        court: str = "",
        officer: str = "",
        team: str = "",
    ) -> CaseState:
        """Open a case in the version of a procedure that is in force for its court.

        Raises `UnknownProcedure`, `NotPublished`, `Refused`, `DataError`, `CaseExists`,
        `BadCaseId`, `BadText`.
        """
        check_event(event)
        check_text("number", number, LONGEST_NUMBER)
        procedure = self.repository.current(procedure_id, court, event)
        if id is not None and not (0 < len(id) <= _LONGEST_CASE_ID and id.isprintable()):
            raise BadCaseId(id=id[:80])
        case = CaseState(
            id or uuid.uuid4().hex,
            procedure.id,
            procedure.hash,
            "",
            1,
            event.at,
            number,
            court,
            officer,
            team=team,
        )
        self.begin(procedure, case, event)
        if id is not None:
            self._given.append(id)
        self.settle(event.known_at)
        return self.case(case.id)

    def fire(self, case_id: str, event: Event) -> CaseState:
        """Bring an event to a case, after everything the clock owes it.

        That is up to the moment it is entered at: what happened earlier comes after the clock's
        moments, and then those of the limits it starts. Raises `Refused`, `DataError`, `BadText`,
        `CaseNotFound`, and what commands raise.
        """
        check_aware(event.at)
        check_event(event)
        self.catch_up(case_id, event.known_at)
        self.apply(case_id, event)
        self.settle(event.known_at)
        return self.case(case_id)

    def settle(self, until: datetime) -> None:
        """What was just decided may have started limits that are over by now."""
        while self._touched:
            case_id = next(iter(self._touched))
            del self._touched[case_id]
            self.catch_up(case_id, until)

    def catch_up(self, case_id: str, until: datetime, limit: int | None = None) -> int:
        """Let every moment of the case's deadlines come that is due by `until` (`limit` at most).

        They come in order, each at its own time. Gives how many came. Raises `TooManyEvents` for
        one that comes again and again and is never over.
        """
        done, alike, last = 0, 0, None
        moments = iter(partial(self._next_moment, case_id, until), None)
        for moment in islice(moments, limit):
            alike = alike + 1 if moment == last else 0
            if alike > _MOST_ALIKE:
                raise TooManyEvents(case_id=case_id, limit=_MOST_ALIKE)
            self.apply(case_id, moment)
            done, last = done + 1, moment
        return done

    def _next_moment(self, case_id: str, until: datetime) -> Event | None:
        case = self.case(case_id)
        if case.wake_at is None or case.wake_at > until:
            return None
        deadline = next_deadline(self.procedure(case), case, until)
        if deadline is None or deadline.wake_at is None:
            return None
        return Event(deadline.wake_at, CLOCK, command=DeadlineReached(deadline.id))

    def owes(self, case_id: str, until: datetime) -> bool:
        """Whether a deadline of the case has a moment by `until`."""
        case = self.case(case_id)
        return next_deadline(self.procedure(case), case, until) is not None

    def flush(self) -> None:
        """Write everything decided so far. Raises `LostRace` when a case was changed meanwhile."""
        changed = [tracked for tracked in self._tracked.values() if tracked.decisions]
        if not changed:
            return
        decisions: list[Decision] = []
        new: list[CaseState] = []
        old: list[tuple[CaseState, int]] = []
        for tracked in changed:
            decisions += tracked.decisions
            if tracked.read_version is None:
                new.append(tracked.case)
            else:
                old.append((tracked.case, tracked.read_version))
        self._check_what_was_read(changed)
        if self._given:
            self.repository.reserve(self._given)
            self._given = []
        self.repository.write(new, old, decisions, self.now)
        for tracked in changed:
            tracked.read_version = tracked.case.version
            tracked.decisions = []
            tracked.told = {}
            tracked.is_reopened = False
        if self._written is not None:
            self._written(decisions)

    def _check_what_was_read(self, changed: Sequence[_Tracked]) -> None:
        """What was read of other cases is so still, and stays so until the transaction ends.

        The row of a parent stands for what its guards may ask of its sub-procedures: whoever
        changes one of these holds it too. Linked cases that may be told something are held before
        any of them is written: then no two units come to them in another order. Raises `LostRace`.
        """
        parents = [t.case for t in changed if t.case.parent_id is not None and t.read_version]
        asking = list(filter(attrgetter("told"), changed))
        known = [t.case for t in self._tracked.values() if t.read_version is not None]
        telling = list(filter(self._may_tell, known))
        written = {case.id for case in known}.union(*map(_known_to, telling))
        self.repository.hold_books(self._books_beside(changed))
        self.repository.hold(parents, [*(t.case for t in asking), *telling], written)
        self._check_reopened(changed)
        for tracked in asking:
            case = tracked.asked or tracked.case
            if self.repository.children(case, self.procedure(case)) != tracked.told:
                raise LostRace(case_id=case.id)

    def _books_beside(self, changed: Sequence[_Tracked]) -> set[str]:
        """By what the measures and persons that are written here, or were asked about, are
        locked."""
        found: set[str] = set()
        for tracked in changed:
            definition = self.procedure(tracked.case).definition
            for case in filter(None, (tracked.asked, tracked.case)):
                if definition.holds is not None:
                    found |= keys_of(case, hold_of(definition.holds, case))
                persons = persons_of(definition, case.data).values()
                found |= {f"person:{key}" for key, _ in persons}
        return found

    def _check_reopened(self, changed: Sequence[_Tracked]) -> None:
        """What a sub-procedure was opened again under was not closed meanwhile, now that it is
        held; what this unit writes itself it knows. Raises `LostRace`."""
        reopened = {t.case.parent_id for t in changed if t.is_reopened}
        for parent in filter(None, reopened - {t.case.id for t in changed}):
            if self.repository.load(parent).closed_at is not None:
                raise LostRace(case_id=parent)

    def _may_tell(self, case: CaseState) -> bool:
        """Whether an act of the case may tell linked cases something."""
        return bool(case.links) and (self._between.has_moved or self.procedure(case).tells_links)

    def case(self, case_id: str) -> CaseState:
        """The case as it stands in this unit. Raises `CaseNotFound`."""
        return self._load(case_id).case

    def procedure(self, case: CaseState) -> Procedure:
        """The procedure, in the version the case runs on. Raises `DefinitionMissing`."""
        return self.repository.procedure(case.definition_hash)

    def version(self, hash: str) -> Procedure:
        """The procedure of a definition version. Raises `DefinitionMissing`."""
        return self.repository.procedure(hash)

    def children(self, case: CaseState, trigger: str | None = None) -> Children:
        """What the conditions of a trigger (or of any) may ask about the case's sub-procedures."""
        procedure = self.procedure(case)
        asking = procedure.asks_children
        is_asked = trigger in asking if trigger is not None else asking or procedure.viewing
        if not is_asked:
            return NO_CHILDREN
        self.flush()  # the database counts them, also those that were opened or ended here
        return self.repository.children(case, self.procedure(case))

    def adopt(self, case: CaseState) -> None:
        """Work on a case that was already read (in a batch, say)."""
        self._tracked[case.id] = _Tracked(case, case.version)

    # -- the path

    def _load(self, case_id: str) -> _Tracked:
        tracked = self._tracked.get(case_id)
        if tracked is None:
            case = self.repository.load(case_id)
            tracked = self._tracked[case_id] = _Tracked(case, case.version)
        return tracked

    def begin(self, procedure: Procedure, case: CaseState, event: Event) -> None:
        check_aware(event.at)
        self.repository.keep(procedure, self.now)
        event = self._taken_in(procedure, event)
        decision = open_case(procedure, case, event)
        self._record(decision.case)
        self._tracked[case.id] = _Tracked(case, None, [decision])
        self._touched[case.id] = None

    def apply(self, case_id: str, event: Event) -> None:
        """One event and, after it, those that it sets off.

        They are a deadline's trigger, sub-procedures, and word to the parent.
        """
        self._count += 1
        if self._count > _MOST_IN_A_CHAIN:
            raise TooManyEvents(case_id=case_id, limit=_MOST_IN_A_CHAIN)
        tracked = self._load(case_id)
        event = self._taken_in(self.procedure(tracked.case), event)
        children = self.children(tracked.case, _trigger_of(event))
        decision = decide(
            self._procedure_for(tracked.case, event),
            tracked.case,
            event,
            children,
            history=self._history(tracked.case, event),
            was=self.procedure(tracked.case),
        )
        if _reopens(tracked.case, decision.case, event):
            self._check_parent_is_open(decision)
            tracked.is_reopened = True
        self._record(decision.case)
        if children:
            tracked.told, tracked.asked = children, tracked.case
        tracked.case = decision.case
        tracked.decisions.append(decision)
        self._touched[case_id] = None
        self._between.open(decision, event)
        if decision.effects.fires is not None:
            self._follow(decision, decision.effects.fires)
        self._between.free(decision, event)
        self._between.tell(decision, event)

    def _taken_in(self, procedure: Procedure, event: Event) -> Event:
        """An event without the document numbers that it brought: no history holds one. Raises
        `DataError`, `NoIdentityKey`."""
        event, persons = self.repository.identities.taken_in(procedure, event)
        if persons:
            self.repository.keep_persons(persons, self.now)
        return event

    def _check_parent_is_open(self, decision: Decision) -> None:
        """A sub-procedure is not opened again under a closed case. Raises `Refused`."""
        case, entry = decision.case, decision.entry
        if case.parent_id is not None and self.case(case.parent_id).closed_at is not None:
            obstacle = Obstacle("parent-closed")
            raise Refused(case.id, entry.trigger, entry.source, (obstacle,))

    def _record(self, case: CaseState) -> None:
        """When it is recorded: now, and never before what was recorded of the case last."""
        before = case.recorded_at
        case.recorded_at = self.now if before is None else max(self.now, before)

    def _history(self, case: CaseState, event: Event) -> History | None:
        """The case's past, for what may decide it again; what the clock does never does."""
        if event.actor is CLOCK or (event.command is None and event.recorded_at is None):
            return None
        if event.actor is RELATED_PROCEEDING and event.command is not None:
            return None
        if event.command is None and self._comes_in_order(case, event):
            return None
        self.flush()  # the history is read where it is kept
        return History(self.repository.past(case), self.version)

    def _comes_in_order(self, case: CaseState, event: Event) -> bool:
        """Whether nothing happened to the case since a late event, on its very day."""
        return comes_in_order(self.procedure(case), self._last_happened(case, event.at), event)

    def _last_happened(self, case: CaseState, moment: datetime) -> datetime | None:
        """When something happened to the case last.

        Where all of it was recorded before a moment, it is enough to say when.
        """
        is_untouched = not self._tracked[case.id].decisions
        if is_untouched and case.recorded_at is not None and case.recorded_at <= moment:
            return case.recorded_at
        self.flush()  # the history is read where it is kept
        return max((e.happened_at for e in self.repository.past(case).entries()), default=None)

    def _procedure_for(self, case: CaseState, event: Event) -> Procedure:
        """A case that moves to another version is judged by that one."""
        if isinstance(event.command, Move):
            return self.version(event.command.hash)
        return self.procedure(case)

    def _follow(self, decision: Decision, event: Event) -> None:
        """An event of the same case that follows from another.

        When it is refused, the first still stands, and history says why.
        """
        try:
            self.apply(decision.case.id, event)
        except Refused as refused:
            line = {"what": "fires-refused", "trigger": event.trigger}
            line |= {"why": refused.text("zh"), "why_en": refused.text("en")}
            decision.effects.told.append(line)


def _reopens(before: CaseState, after: CaseState, event: Event) -> bool:
    """Whether an act opens a closed case again; what a correction undoes never was."""
    is_open_again = before.closed_at is not None and after.closed_at is None
    return is_open_again and event.command != _CORRECTING and not isinstance(event.command, Correct)


def _trigger_of(event: Event) -> str | None:
    """The trigger whose conditions an event asks; None where they may be those of any."""
    if isinstance(event.command, Correct) or event.command == _CORRECTING:
        return None
    if isinstance(event.command, Vote):
        return event.command.trigger.removeprefix(LATE).partition("@")[0]
    return event.trigger


def _known_to(case: CaseState) -> set[str]:
    """The linked cases of a case."""
    return {link.case for link in case.links}
