"""Where cases lie: what the unit of work needs of it, and cases as rows of a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from ...workflow.errors import DataError
from ...workflow.guards.cel import Children
from ...workflow.guards.variables import HOLDS
from ...workflow.model.persons import PERSONS
from ..decision.books import hold_of
from ..decision.finding import persons_of, said_of_persons
from ..decision.procedure import Procedure
from ..decision.relations import add_doers, add_linked
from ..decision.subprocedures import add_fields, asks_for_fields, counted
from ..model.case import CaseState
from ..model.effects import Decision
from ..model.event import Event
from ..model.past import Past
from ..storage.case_rows import (
    CaseKey,
    insert_cases,
    load_case,
    reserve_ids,
    update_cases,
    update_places,
    update_rarely_changing,
)
from ..storage.chaining import chain_entries
from ..storage.definition_store import store_definition
from ..storage.effect_rows import effect_rows, write_effects
from ..storage.families import (
    count_children,
    data_of_children,
    hold_families,
    linked_cases,
    open_children,
)
from ..storage.hold import refuse_while_held
from ..storage.past_rows import PastRows, who_did
from ..storage.person_rows import keep_persons, known_persons, said_of
from ..storage.queues import held_by_others, lock_books, queued
from .identities import BroughtIdentity, Identities
from .in_force import PublishedVersions, begins_on
from .registry import Registry

Path = Callable[[str], tuple[str, ...]]
"""A court with all that it lies in, from itself upwards."""


class CaseRepository(Protocol):
    """Where cases lie."""

    def load(self, case_id: str) -> CaseState:
        """A case with its live deadlines. Raises `CaseNotFound`."""
        ...

    def children(self, case: CaseState, procedure: Procedure) -> Children:
        """What the guards of the case's procedure may ask about its sub-procedures."""
        ...

    def open_children(self, case: CaseState, name: str, about: str) -> Sequence[str]:
        """The ids of the case's open sub-procedures of a name, about a record if any, in order."""
        ...

    def current(self, procedure: str, court: str, event: Event) -> Procedure:
        """The version of a procedure that a case of a court begins on, opened by an event.

        Raises `UnknownProcedure`, `NotPublished`.
        """
        ...

    def procedure(self, hash: str) -> Procedure:
        """The procedure of a definition version. Raises `DefinitionMissing`."""
        ...

    def hold(
        self, children: Sequence[CaseState], asking: Sequence[CaseState], own: Collection[str]
    ) -> None:
        """Let nobody change what was read of other cases before the transaction ends.

        `children` are to be written, `asking` were decided by what their sub-procedures are; `own`
        are the cases that this transaction may write itself.
        """
        ...

    def queue(self, asset: str) -> Sequence[str]:
        """The measures that wait for an asset or are in effect on it, in order, by their ids."""
        ...

    def hold_books(self, keys: Collection[str]) -> None:
        """Let nobody else change what measures hold, before the transaction ends: those on an
        asset, of a case, against a debtor."""
        ...

    @property
    def identities(self) -> Identities:
        """How document numbers come into cases."""
        ...

    def keep_persons(self, persons: Sequence[BroughtIdentity], now: datetime) -> None:
        """Keep the numbers of persons that are not known yet. Raises `DataError` for one that was
        brought as a case holds it, and that no case holds."""
        ...

    def past(self, case: CaseState) -> Past:
        """What was recorded of a case, read when it is asked for."""
        ...

    def keep(self, procedure: Procedure, now: datetime) -> None:
        """Make sure that the definition a case begins on will be found again."""
        ...

    def reserve(self, ids: Sequence[str]) -> None:
        """Make sure that no case has ids that were given by callers. Raises `CaseExists`."""
        ...

    def write(
        self,
        new: Sequence[CaseState],
        old: Sequence[tuple[CaseState, int]],
        decisions: Sequence[Decision],
        now: datetime,
    ) -> None:
        """Write new cases, old ones (with the version they were read at), and what was decided.

        Raises `LostRace`, `CaseExists`, `NumberTaken`.
        """
        ...


class SqlCaseRepository:
    """Cases as rows of a database, within the caller's transaction.

    `path` says what a court lies in; `lock` claims a case's row when it is read.
    """

    def __init__(
        self, connection: Connection, registry: Registry, path: Path, lock: bool = False
    ) -> None:
        self._connection, self._registry, self._lock = connection, registry, lock
        self._path = path
        self._versions = PublishedVersions(connection)

    def load(self, case_id: str) -> CaseState:
        return load_case(self._connection, self.procedure, case_id, self._lock)

    def children(self, case: CaseState, procedure: Procedure) -> Children:
        key = CaseKey(case.court, case.id)
        known = counted(procedure, count_children(self._connection, key))
        if asks_for_fields(procedure, known):
            add_fields(procedure, known, data_of_children(self._connection, key))
        if case.links:
            rows = linked_cases(self._connection, {link.case for link in case.links})
            add_linked(procedure, known, case, rows)
        add_doers(procedure, known, case, partial(who_did, self._connection))
        spec = procedure.definition.holds
        if spec is not None:
            known[HOLDS] = held_by_others(self._connection, case, hold_of(spec, case))
        persons = persons_of(procedure.definition, case.data)
        if persons:
            keys = {key for key, _ in persons.values()}
            said = said_of(self._connection, case, keys)
            known[PERSONS] = said_of_persons(persons, said)
        return known

    def open_children(self, case: CaseState, name: str, about: str) -> Sequence[str]:
        key = CaseKey(case.court, case.id)
        found = open_children(self._connection, key, name)
        return [id for id, concerned in found if about in ("", concerned)]

    def current(self, procedure: str, court: str, event: Event) -> Procedure:
        return begins_on(self._registry, self._versions, procedure, self._path(court), event)

    def procedure(self, hash: str) -> Procedure:
        return self._registry.version(hash, self._connection)

    def hold(
        self, children: Sequence[CaseState], asking: Sequence[CaseState], own: Collection[str]
    ) -> None:
        if self._connection.dialect.name != "postgresql":  # SQLite has one writer anyway
            return
        if children or asking:
            hold_families(self._connection, children, asking, own)

    def queue(self, asset: str) -> Sequence[str]:
        return [id for id, _ in queued(self._connection, asset)]

    def hold_books(self, keys: Collection[str]) -> None:
        lock_books(self._connection, keys)

    @property
    def identities(self) -> Identities:
        return self._registry.identities

    def keep_persons(self, persons: Sequence[BroughtIdentity], now: datetime) -> None:
        keep_persons(self._connection, [one._asdict() for one in persons if not one.is_known], now)
        brought = [one for one in persons if one.is_known]
        seen = known_persons(self._connection, {one.key for one in brought})
        for one in brought:
            if seen.get(one.key) != one.shown:
                zh, en = "应为证件号码", "must be the number of a document"
                raise DataError(field=one.field, value="***", why_zh=zh, why_en=en)

    def past(self, case: CaseState) -> Past:
        return PastRows(self._connection, CaseKey(case.court, case.id))

    def keep(self, procedure: Procedure, now: datetime) -> None:
        if procedure.hash not in self._registry.stored:
            store_definition(self._connection, procedure.definition, now)

    def reserve(self, ids: Sequence[str]) -> None:
        reserve_ids(self._connection, ids)

    def write(
        self,
        new: Sequence[CaseState],
        old: Sequence[tuple[CaseState, int]],
        decisions: Sequence[Decision],
        now: datetime,
    ) -> None:
        refuse_while_held(self._connection, decisions)
        rows = effect_rows(decisions, now)
        chain_entries(self._connection, self._registry.chain, decisions, rows)
        # the case row first: whoever lost the race learns it before anything else is written, also
        # before a sub-procedure that the other opened meanwhile, under the same id
        update_cases(self._connection, sorted(old, key=_parents_first), now)
        insert_cases(self._connection, new, now)
        update_rarely_changing(self._connection, _reassigned(decisions))
        update_places(self._connection, [d.case for d in decisions if d.effects.rehomed])
        write_effects(self._connection, rows)


def _parents_first(read: tuple[CaseState, int]) -> tuple[bool, str]:
    """The order in which everybody locks the rows of a family, so that nobody waits in a circle."""
    case, _ = read
    return case.parent_id is not None, case.id


def _reassigned(decisions: Iterable[Decision]) -> Iterable[CaseState]:
    """The cases whose officer or definition version changed, as the last decision left them."""
    changed = {d.case.id for d in decisions if d.effects.reassigned}
    if not changed:
        return ()
    return {d.case.id: d.case for d in decisions if d.case.id in changed}.values()
