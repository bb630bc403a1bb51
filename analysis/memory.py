"""Cases kept in memory, behind the same unit of work as rows of a database."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import Any

from ..engine.decision.books import hold_of, of_case, place_in
from ..engine.decision.finding import marked_by, persons_of, said_of_persons
from ..engine.decision.procedure import Procedure
from ..engine.decision.relations import add_doers, add_linked
from ..engine.decision.subprocedures import add_fields, asks_for_fields, counted
from ..engine.errors import CaseExists, CaseNotFound
from ..engine.model.books import COUNTED, QUEUED, Booked, Found, Hold
from ..engine.model.case import CaseState, DeadlineState
from ..engine.model.commands import GONE
from ..engine.model.effects import Decision, EntryKind
from ..engine.model.event import Event
from ..engine.model.past import KeptEntry, Past
from ..engine.work.identities import BroughtIdentity, Identities
from ..engine.work.registry import Registry
from ..workflow.guards.variables import HOLDS
from ..workflow.model.books import ASSETS
from ..workflow.model.persons import PERSONS

_is_live = attrgetter("live")
_IDENTITIES = Identities(b"in memory, of nobody")


class MemoryCaseRepository:
    """Cases in a dictionary; `news` are the decisions since they were last taken.

    With `remembers` their pasts are kept too, so that what happened earlier can be entered.
    """

    def __init__(self, registry: Registry, remembers: bool = False) -> None:
        self._pasts: dict[str, _MemoryPast] | None = {} if remembers else None
        self._registry = registry
        self._procedures = {procedure.hash: procedure for procedure in registry.all()}
        self.cases: dict[str, CaseState] = {}
        self._children: dict[str, list[str]] = defaultdict(list)
        self._holds: dict[str, Hold] = {}
        self._places: dict[str, int] = {}
        self._found: dict[str, dict[tuple[str, str], Found]] = {}
        self.news: list[Decision] = []

    def take_news(self) -> list[Decision]:
        """What was written since the last time this was asked."""
        news, self.news = self.news, []
        return news

    def load(self, case_id: str) -> CaseState:
        """A case with its live deadlines. Raises `CaseNotFound`."""
        found = self.cases.get(case_id)
        if found is None:
            raise CaseNotFound(case_id=case_id)
        return found

    def children(self, case: CaseState, procedure: Procedure) -> dict[str, dict[str, Any]]:
        """What the guards of the case's procedure may ask about its sub-procedures."""
        all = map(self.cases.__getitem__, self._children[case.id])
        kept = [child for child in all if child.sub_procedure != GONE]
        states = Counter(map(_standing, kept))
        known = counted(procedure, ((*where, count) for where, count in states.items()))
        if asks_for_fields(procedure, known):
            add_fields(procedure, known, map(_data, kept))
        if case.links:
            others = map(self.cases.__getitem__, (link.case for link in case.links))
            rows = {o.id: (o.state, o.closed_at is None, o.data) for o in others}
            add_linked(procedure, known, case, rows)
        add_doers(procedure, known, case, self._who_did)
        spec = procedure.definition.holds
        if spec is not None:
            known[HOLDS] = self._held_by_others(case, hold_of(spec, case))
        persons = persons_of(procedure.definition, case.data)
        if persons:
            known[PERSONS] = said_of_persons(persons, self._said_beside(case))
        return known

    def _said_beside(self, case: CaseState) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
        """What other cases say of persons."""
        for id, found in self._found.items():
            other = self.cases[id]
            if of_case(other) != of_case(case):
                is_open = other.closed_at is None and other.parent_id is None
                of_persons = (one for one in found.values() if one.name == PERSONS)
                yield from ((one.value, one.shown, is_open) for one in of_persons)

    def _held_by_others(self, case: CaseState, own: Hold) -> dict[str, Any]:
        """What other measures hold of the case and against its debtor, and come before it."""
        here = of_case(case)
        queue = [(id, self._holds[id].standing.value) for id in self.queue(own.asset)]
        known: dict[str, Any] = {"of_case": Decimal(0), "of_debtor": Decimal(0)}
        for id, hold in self._holds.items():
            amount = hold.amount or Decimal(0)
            is_counted = id != case.id and hold.standing in COUNTED
            is_here = of_case(self.cases[id]) == here
            known["of_case"] += amount * (is_counted and is_here)
            is_his = own.debtor == hold.debtor != ""
            known["of_debtor"] += amount * (is_counted and is_his and not is_here)
        return known | place_in(queue, case.id) | marked_by(self._said_of(own.asset, case.id))

    def _said_of(self, asset: str, but: str) -> Iterator[Mapping[str, Any]]:
        """What other cases say of an asset."""
        others = (found for id, found in self._found.items() if id != but)
        all = chain.from_iterable(found.values() for found in others)
        return (one.shown for one in all if (one.name, one.value) == (ASSETS, asset))

    def queue(self, asset: str) -> list[str]:
        """The measures that wait for an asset or are in effect on it, in order, by their ids."""
        found = [
            id for id, h in self._holds.items() if asset == h.asset != "" and h.standing in QUEUED
        ]
        return sorted(found, key=self._place_in_queue)

    def _place_in_queue(self, id: str) -> tuple[date, int]:
        return self._holds[id].registered_on or date.max, self._places[id]

    def hold_books(self, keys: Collection[str]) -> None:
        """Nobody else changes cases here."""

    def _who_did(self, court: str, case_id: str, trigger: str) -> Iterator[str]:
        """Who did an act of a case, where its past is kept."""
        for entry in self.past(self.cases[case_id]).entries():
            if entry.kind is EntryKind.EVENT and entry.trigger == trigger:
                yield from entry.as_event().actor.persons

    def open_children(self, case: CaseState, name: str, about: str) -> list[str]:
        """The ids of the case's open sub-procedures of a name, about a record if any, in order."""
        kept = (self.cases[id] for id in self._children[case.id])
        named = (c for c in kept if c.sub_procedure == name and c.closed_at is None)
        return sorted(c.id for c in named if about in ("", c.about))

    def hold(
        self, children: Sequence[CaseState], asking: Sequence[CaseState], own: Collection[str]
    ) -> None:
        """Nobody else changes cases here."""

    @property
    def identities(self) -> Identities:
        """Numbers are shortened by a key that everybody knows: nothing of it is kept."""
        return _IDENTITIES

    def keep_persons(self, persons: Sequence[BroughtIdentity], now: datetime) -> None:
        """A number that is shortened is not opened here."""

    def past(self, case: CaseState) -> Past:
        """What was recorded of a case; nothing where pasts are not kept."""
        return (self._pasts or {}).get(case.id, _MemoryPast())

    def given(self, procedure: str) -> Procedure:
        """The version that was given. Raises `UnknownProcedure`."""
        return self._registry.current(procedure)

    def current(self, procedure: str, court: str, event: Event) -> Procedure:
        """The version that was given. Raises `UnknownProcedure`."""
        return self._registry.current(procedure)

    def procedure(self, hash: str) -> Procedure:
        """The procedure of a definition version."""
        return self._procedures[hash]

    def keep(self, procedure: Procedure, now: datetime) -> None:
        """The registry keeps every definition already."""

    def reserve(self, ids: Sequence[str]) -> None:
        """Writing looks for itself: nobody else opens cases here."""

    def write(
        self,
        new: Sequence[CaseState],
        old: Sequence[tuple[CaseState, int]],
        decisions: Sequence[Decision],
        now: datetime,
    ) -> None:
        """Keep cases as they now stand, and what was decided. Raises `CaseExists`."""
        for case in new:
            if case.id in self.cases:
                raise CaseExists(case_id=case.id)
            if case.parent_id is not None:
                self._children[case.parent_id].append(case.id)
            self._keep(case)
        for case, _ in old:
            self._keep(case)
        for decision in decisions:
            if decision.effects.booked is not None:
                self._keep_booked(decision.case, decision.effects.booked)
            if decision.effects.rehomed:
                self._rehome(decision.case)
        self.news.extend(decisions)
        if self._pasts is not None:
            for decision in decisions:
                self._pasts.setdefault(decision.case.id, _MemoryPast()).add(decision, now)

    def _keep_booked(self, case: CaseState, booked: Booked) -> None:
        """What a decision entered in the books, as far as conditions ask about it."""
        if booked.hold is not None:
            self._keep_hold(case, booked.hold)
        known = self._found.setdefault(case.id, {})
        known |= {(one.name, one.place): one for one in booked.found}
        for one in booked.lost:
            known.pop((one.name, one.place), None)

    def _keep_hold(self, case: CaseState, hold: Hold) -> None:
        """What a measure holds; the first time that it is in a queue it gets its place, or keeps
        that of the other court that it came from."""
        self._holds[case.id] = hold
        if hold.standing in QUEUED:
            before = case.came_from.case if case.came_from is not None else case.id
            place = self._places.get(before, len(self._places))
            self._places.setdefault(case.id, place)

    def _rehome(self, case: CaseState) -> None:
        """A sub-procedure belongs to another case from now on."""
        for kept in self._children.values():
            if case.id in kept:
                kept.remove(case.id)
        self._children[case.parent_id or ""].append(case.id)

    def _keep(self, case: CaseState) -> None:
        case.deadlines = list(filter(_is_live, case.deadlines))
        self.cases[case.id] = case


class _MemoryPast:
    """The past of one case in memory."""

    def __init__(self) -> None:
        self._entries: list[KeptEntry] = []
        self._deadlines: dict[str, DeadlineState] = {}

    def add(self, decision: Decision, now: datetime) -> None:
        """Keep an entry, and the time limits that it touched."""
        entry = decision.entry
        self._entries.append(
            KeptEntry(
                decision.case.version,
                entry.happened_at,
                now,
                entry.kind,
                entry.trigger,
                entry.actor,
                entry.roles,
                entry.note,
                entry.given,
                entry.late,
                entry.definition_hash,
                entry.rules,
            )
        )
        self._deadlines |= decision.effects.armed | decision.effects.changed

    def entries(self) -> Sequence[KeptEntry]:
        """Its history, in order."""
        return self._entries

    def deadlines(self) -> Sequence[DeadlineState]:
        """All its time limits, also ended ones."""
        return list(self._deadlines.values())


def _standing(case: CaseState) -> tuple[str, str, str, bool]:
    return case.sub_procedure or "", case.about, case.state, case.closed_at is None


def _data(case: CaseState) -> tuple[str, str, bool, dict[str, Any]]:
    return case.sub_procedure or "", case.about, case.closed_at is None, case.data


@contextmanager
def no_collection() -> Iterator[None]:
    """Without the collector of cyclic garbage.

    A run in memory makes no cycles worth collecting, and the collector would walk all its cases
    again and again to find none.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
