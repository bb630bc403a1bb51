"""What a decision about one case means for others: sub-procedures and cases of their own are
opened, linked, moved, and told what to do, each by an event of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from ...workflow.guards.variables import HOLDS
from ...workflow.model.flow import PARENT
from ..decision.at_hand import data_about
from ..decision.books import hold_of
from ..decision.elsewhere import as_it_stands
from ..decision.procedure import Procedure
from ..decision.relations import check_transfer, links_named
from ..errors import LinkRefused, Refused, TooManyEvents
from ..model.books import HoldStanding
from ..model.case import CaseState
from ..model.commands import (
    ComeUnder,
    GoElsewhere,
    Linked,
    NotTaken,
    Transfer,
    Transferred,
)
from ..model.effects import Decision, StartChild, Tell
from ..model.event import RELATED_PROCEEDING, Event
from .repository import CaseRepository

_MOST_WORDS = 50
"""How often word to a related proceeding may follow from word."""
_CHILDREN = uuid.UUID("6f1d3c9e-2f53-4d0e-9a63-5b1c7a3d9e10")


class Path(Protocol):
    """The one path of a change, by which all of it goes."""

    @property
    def repository(self) -> CaseRepository: ...

    def case(self, case_id: str) -> CaseState: ...

    def procedure(self, case: CaseState) -> Procedure: ...

    def apply(self, case_id: str, event: Event) -> None: ...

    def begin(self, procedure: Procedure, case: CaseState, event: Event) -> None: ...

    def catch_up(self, case_id: str, until: datetime) -> int: ...

    def flush(self) -> None: ...


class Between:
    """Brings what decisions mean for other cases to these; `has_moved` says that a sub-procedure
    has gone to another case."""

    def __init__(self, unit: Path) -> None:
        self._unit = unit
        self._depth = 0
        self.has_moved = False

    def open(self, decision: Decision, event: Event) -> None:
        """Open, link and move what a decision says. Raises `LinkRefused`, `BadEvent`."""
        effects = decision.effects
        for index, start in enumerate(effects.children):
            opens = self._open_linked if start.is_linked else self._open_child
            opens(decision.case, start, event, index)
        for other, link in effects.links.items():
            self._link(other, link, event.known_at)
        self._rehome(decision, event.known_at)

    def tell(self, decision: Decision, event: Event) -> None:
        """Tell related proceedings what a decision says. Raises `TooManyEvents`."""
        for told in decision.effects.tells:
            self._tell(decision.case, event, told)

    def free(self, decision: Decision, event: Event) -> None:
        """Where a measure ended, who waits for the asset moves up; where the asset was sold, every
        other measure on it falls away. Each hears it as an event of its own.

        Raises `TooManyEvents`.
        """
        booked = decision.effects.booked
        if booked is None or booked.freed is None or booked.hold is None:
            return
        if decision.case.went is not None:
            return  # it holds the asset still, in the other court
        is_sold = booked.hold.standing is HoldStanding.SOLD
        if not (is_sold or booked.freed is HoldStanding.EFFECTIVE):
            return
        self._unit.flush()  # the database lists who waits
        queue = self._unit.repository.queue(booked.hold.asset) if booked.hold.asset else ()
        last_first = tuple(reversed(queue))  # so that nobody moves up who is about to fall
        self._go_deeper(decision.case)
        try:
            for receiver in last_first if is_sold else queue[:1]:
                trigger = self._moved_by(receiver, is_sold=is_sold)
                if trigger is not None:
                    self._tell_one(decision.case, event, Tell(HOLDS, trigger), receiver)
        finally:
            self._depth -= 1

    def _moved_by(self, case_id: str, *, is_sold: bool) -> str | None:
        """What a measure in the queue of an asset hears: that it was sold, or that its turn has
        come; None where it is in effect already, or its definition does not listen."""
        case = self._unit.case(case_id)
        spec = self._unit.procedure(case).definition.holds
        if spec is None:
            return None
        if is_sold:
            return spec.falls
        is_waiting = hold_of(spec, case).standing is HoldStanding.WAITING
        return spec.next if is_waiting else None

    def _open_child(self, parent: CaseState, start: StartChild, event: Event, index: int) -> None:
        opened = replace(
            _dated(event, start.at), data=start.data, documents={}, trigger="", command=None
        )
        procedure = self._unit.repository.current(start.procedure, parent.court, opened)
        child = _new_child(child_id(parent, index), procedure, parent, opened.at)
        child.sub_procedure, child.about = start.sub_procedure, start.about
        self._unit.begin(procedure, child, opened)

    def _open_linked(self, case: CaseState, start: StartChild, event: Event, index: int) -> None:
        """A case of its own, opened by a related proceeding; each then knows the other.

        Raises `LinkRefused`: what is refused there is not to be taken for a refusal here.
        """
        dated = _dated(event, start.at)
        opened = Event(dated.at, RELATED_PROCEEDING, data=start.data, recorded_at=dated.recorded_at)
        court = start.court or case.court
        procedure = self._unit.repository.current(start.procedure, court, opened)
        other = CaseState(
            child_id(case, index),
            procedure.id,
            procedure.hash,
            "",
            1,
            opened.at,
            start.number,
            court,
        )
        try:
            self._unit.begin(procedure, other, opened)
        except Refused as refused:
            words = {"why_zh": refused.text("zh"), "why_en": refused.text("en")}
            raise LinkRefused(procedure=procedure.id, **words) from refused
        name, at = start.sub_procedure, event.known_at
        self._link(case.id, Linked(name, other.id, court, procedure.id, is_of=False), at)
        back = Linked(name, case.id, case.court, case.procedure, is_of=True)
        self._link(other.id, back, at)

    def _rehome(self, decision: Decision, at: datetime) -> None:
        """Sub-procedures go to another case, or come from one. Raises `BadEvent`."""
        case, effects = decision.case, decision.effects
        for moved in effects.transfers:
            self._transfer(moved, at)
        for name, sub in effects.adopts:
            known = list(links_named(self._unit.procedure(case).definition, case, name))
            self._unit.flush()  # the database lists what is open, and the linked cases are held
            for link in known:
                self._adopt(case.id, link.case, sub, at)

    def _adopt(self, case_id: str, other: str, name: str, at: datetime) -> None:
        """Every open sub-procedure of a name comes from a linked case."""
        unit = self._unit
        for child in unit.repository.open_children(unit.case(other), name, ""):
            self._transfer(Transfer(child, case_id, name), at)
            left = Transferred(child, case_id, name, is_here=False)
            unit.apply(other, Event(at, RELATED_PROCEEDING, command=left))

    def _transfer(self, moved: Transfer, at: datetime) -> None:
        """A sub-procedure goes to another case: its entry, and that case's."""
        self.has_moved = True
        self._unit.catch_up(moved.child, at)
        child, to = self._unit.case(moved.child), self._unit.case(moved.to)
        check_transfer(self._unit.procedure(to), child, to, moved.name)
        is_other_court = child.court != to.court
        there = _id_there(to, child) if is_other_court else child.id
        came = Transferred(there, child.parent_id or "", moved.name, is_here=True)
        record = self._record_of(child, self._unit.procedure(to), moved.name)
        event = Event(at, RELATED_PROCEEDING, data=record, command=came, about=child.about)
        self._unit.apply(to.id, event)
        about = self._unit.case(to.id).came.get(f"{came.other}/{child.about}", "")
        if is_other_court:
            self._go_elsewhere(child.id, to.id, moved.name, about, at)
            return
        under = ComeUnder(to.id, moved.name, to.number, to.officer, to.team, about)
        self._unit.apply(child.id, Event(at, RELATED_PROCEEDING, command=under))

    def _go_elsewhere(self, id: str, to: str, name: str, about: str, at: datetime) -> None:
        """A sub-procedure goes on as the `name` of a case in another court, and what is open under
        it under it. Raises `BadEvent`."""
        unit = self._unit
        unit.flush()  # its last entry is chained, and the database lists what is open under it
        child, parent = unit.case(id), unit.case(to)
        procedure = unit.procedure(child)
        taken = as_it_stands(procedure, child, at)
        case = _new_child(_id_there(parent, child), procedure, parent, at)
        case.sub_procedure, case.about = name, about
        comes = Event(at, RELATED_PROCEEDING, data=taken.data, command=taken.command)
        unit.begin(procedure, case, comes)
        for sub in procedure.definition.sub_procedures:
            for part in unit.repository.open_children(child, sub, ""):
                self._take_along(part, case.id, sub, at)
        went = GoElsewhere(parent.court, case.id)
        unit.apply(id, Event(at, RELATED_PROCEEDING, command=went))

    def _take_along(self, part: str, to: str, name: str, at: datetime) -> None:
        """What is under it goes along, unless the clock ends it first."""
        self._unit.catch_up(part, at)
        case = self._unit.case(part)
        if case.closed_at is None:
            self._go_elsewhere(part, to, name, case.about, at)

    def _record_of(self, child: CaseState, to: Procedure, name: str) -> dict[str, Any]:
        """What is known of the record that a sub-procedure is about, in the fields of another
        case's list."""
        each = to.definition.sub_procedures[name].each
        if each is None:
            return {}
        before = self._unit.case(child.parent_id or "")
        subs = self._unit.procedure(before).definition.sub_procedures
        listed = subs[child.sub_procedure or ""].each
        record = data_about(before.data, listed, child.about)
        known = {field: record.get(f"{listed}.{field}") for field in to.definition.records[each]}
        return {f"{each}.{field}": v for field, v in known.items() if v is not None}

    def _link(self, case_id: str, link: Linked, at: datetime) -> None:
        """A case knows another from now on."""
        self._unit.apply(case_id, Event(at, RELATED_PROCEEDING, command=link))

    def _tell(self, case: CaseState, event: Event, told: Tell) -> None:
        """Word from a case to others, each of which takes it as an event of its own.

        Raises `TooManyEvents` where word follows from word without end.
        """
        self._go_deeper(case)
        try:
            for receiver in self._receivers(case, told):
                self._tell_one(case, event, told, receiver)
        finally:
            self._depth -= 1

    def _go_deeper(self, case: CaseState) -> None:
        """Word follows from word once more. Raises `TooManyEvents` where that has no end."""
        if self._depth >= _MOST_WORDS:
            raise TooManyEvents(case_id=case.id, limit=_MOST_WORDS)
        self._depth += 1

    def _tell_one(self, case: CaseState, event: Event, told: Tell, receiver: str) -> None:
        """Word to one case, after everything that the clock owes it."""
        dated = _dated(event, told.at)
        word = Event(dated.at, RELATED_PROCEEDING, told.trigger, recorded_at=dated.recorded_at)
        self._unit.catch_up(receiver, word.known_at)
        self._bring(case, told, receiver, word)

    def _receivers(self, case: CaseState, told: Tell) -> Sequence[str]:
        """Whom word from a case reaches, in the order in which everybody locks them."""
        if told.to == PARENT:
            return () if case.parent_id is None else (case.parent_id,)
        self._unit.flush()  # the database lists them, also those that were opened or ended here
        definition = self._unit.procedure(case).definition
        if told.to in definition.links:
            known = links_named(definition, self._unit.case(case.id), told.to)
            return [id for id in sorted(k.case for k in known) if self._hears(id, told.trigger)]
        return self._unit.repository.open_children(case, told.to, told.about)

    def _hears(self, case_id: str, trigger: str) -> bool:
        """Whether word is for a linked case: it is open, or its end has a way for it."""
        case = self._unit.case(case_id)
        ways = self._unit.procedure(case).ways_from(trigger, case.state)
        return case.closed_at is None or bool(ways)

    def _bring(self, case: CaseState, told: Tell, receiver: str, word: Event) -> None:
        """Word to one case. Where it is refused there, what was done here still stands.

        The teller's history then says why, and a person is given a task.
        """
        word = _here(word, self._unit.case(receiver))
        if told.to == PARENT:  # the record is one of the parent's
            definition = self._unit.procedure(self._unit.case(receiver)).definition
            word = replace(word, about=definition.concerned(told.trigger, told.about))
        try:
            self._unit.apply(receiver, word)
        except Refused as refused:
            reason = refused.text("zh"), refused.text("en")
            why = NotTaken(told.to, receiver, word.trigger, *reason)
            self._unit.apply(case.id, Event(word.known_at, RELATED_PROCEEDING, command=why))


def _new_child(id: str, procedure: Procedure, parent: CaseState, at: datetime) -> CaseState:
    """A sub-procedure of a case, where that lies, before anything is known of it."""
    return CaseState(
        id,
        procedure.id,
        procedure.hash,
        "",
        1,
        at,
        parent.number,
        parent.court,
        parent.officer,
        parent_id=parent.id,
        team=parent.team,
    )


def child_id(parent: CaseState, index: int) -> str:
    """The same event always opens the same child; children sort in the order they were opened."""
    unique = uuid.uuid5(_CHILDREN, f"{parent.id}.{parent.version}.{index}").hex[:20]
    return f"{parent.version:08x}{index:04x}{unique}"


def _id_there(to: CaseState, child: CaseState) -> str:
    """What a sub-procedure is called in the court that it goes to: sorted as if it opened now."""
    unique = uuid.uuid5(_CHILDREN, f"{to.id}.{child.court}/{child.id}").hex[:20]
    return f"{to.version:08x}ffff{unique}"


def _here(word: Event, receiver: CaseState) -> Event:
    """Word of what happened before its receiver was taken over reaches it then."""
    begun = receiver.begun_at
    if receiver.taken_over is None or word.at >= begun:
        return word
    return replace(word, at=begun, recorded_at=word.known_at if word.known_at > begun else None)


def _dated(event: Event, at: datetime | None) -> Event:
    """An event, or what it let happen earlier: that is then known since the event was."""
    return event if at is None else replace(event, at=at, recorded_at=event.known_at)
