"""What all that works on a database shares: connections, registry, time, word of commits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...adapters.protocol import Adapter
from ..clock import Clock
from ..decision.procedure import Procedure
from ..errors import DefinitionMissing
from ..model.case import CaseState
from ..model.effects import Decision
from ..model.event import Actor
from ..model.exchange import ExchangeObserver
from ..model.happened import Happened
from ..storage.database import is_owned, reading, savepoint, writing
from ..storage.failures import translated
from .after_commit import after_commit, listen
from .clock_guard import AHEAD, ClockGuard
from .database_time import DatabaseTime
from .registry import Registry
from .repository import Path, SqlCaseRepository
from .schema_check import SchemaCheck
from .unit import UnitOfWork

log = logging.getLogger("zhixing")
Observer = Callable[[Happened], None]


def lone(court: str) -> tuple[str, ...]:
    """A court that lies in nothing."""
    return (court,)


@dataclass(slots=True)
class Transaction:
    """A transaction in work: its connection, and the time at which it records."""

    connection: sa.Connection
    registry: Registry
    now: datetime
    path: Path = lone
    decisions: list[Decision] = field(default_factory=list)
    wants_wake: bool = False
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    @property
    def has_changed_anything(self) -> bool:
        """Whether something is to be done after the commit."""
        return bool(self.decisions or self.after_commit) or self.wants_wake

    def unit(self, lock: bool = False) -> UnitOfWork:
        """A unit of work in this transaction; `lock` claims each case's row when it is read."""
        repository = SqlCaseRepository(self.connection, self.registry, self.path, lock)
        return UnitOfWork(repository, self.now, self.decisions.extend)

    def version(self, hash: str) -> Procedure:
        """The procedure of a definition version. Raises `DefinitionMissing`."""
        return self.registry.version(hash, self.connection)


class Runtime:
    """A database with the procedures that run on it. The verbs of `Engine` stand on this."""

    def __init__(
        self,
        database: sa.Engine,
        registry: Registry,
        clock: Clock,
        adapters: Iterable[Adapter] = (),
        *,
        retries: int = 0,
        clock_tolerance: timedelta | None = AHEAD,
    ) -> None:
        self.database = database
        self.registry = registry
        self.clock = clock
        self.adapters = list(adapters)
        self.retries = retries
        self._time = DatabaseTime(clock)
        self._guard = ClockGuard(clock, clock_tolerance)
        self._schema = SchemaCheck()
        self._wakers: list[Callable[[], None]] = []
        self._observers: list[Observer] = []
        self.exchange_observers: list[ExchangeObserver] = []

    @contextmanager
    def transaction(
        self,
        within: Any = None,
        *,
        writes: bool = True,
        doubts_clock: bool = True,
        fresh: bool = False,
    ) -> Iterator[Transaction]:
        """A transaction of our own, committed at the end; or the host's, joined and not ended.

        `within` is the host's `Session` or `Connection`; what is written in it is written as a
        whole or, when an error is raised, not at all. With `writes=False` it only asks: no
        savepoint, no lock. `doubts_clock=False` writes whatever the clock says. `fresh` asks the
        database for the time now: for what is enforced by it.

        Raises `DatabaseBusy` and `LostRace` for what may be repeated, `OutcomeUnknown` when the
        connection was lost during the commit, `DatabaseUnusable`, `IntegrityViolated`,
        `SchemaOutdated`, `ProgramOutdated`, `ClockRefused`, `NothingToJoin`.
        """
        with translated(), self._remembering_truly():
            if within is not None:
                with self._joined(within, writes, doubts_clock) as transaction:
                    yield transaction
                return
            with (writing if writes else reading)(self.database) as connection:
                transaction = self._transaction(connection, writes, doubts_clock, fresh)
                yield transaction
        self._committed(transaction)

    @contextmanager
    def _remembering_truly(self) -> Iterator[None]:
        """Where a definition is gone that was kept, somebody emptied the tables: keep all anew."""
        try:
            yield
        except DefinitionMissing:
            self.registry.stored.clear()
            raise

    @contextmanager
    def _joined(self, within: Any, writes: bool, doubts_clock: bool) -> Iterator[Transaction]:
        """The host's transaction, joined: all that is written in it or, by a savepoint, nothing."""
        connection = within if isinstance(within, sa.Connection) else within.connection()
        if writes:
            listen(within)
        is_ours_or_asks = not writes or is_owned(connection)
        with nullcontext() if is_ours_or_asks else savepoint(connection):
            transaction = self._transaction(connection, writes, doubts_clock)
            yield transaction
        if transaction.has_changed_anything:
            after_commit(within, lambda: self._committed(transaction))

    def _transaction(
        self, connection: sa.Connection, writes: bool, doubts_clock: bool, fresh: bool = False
    ) -> Transaction:
        now = self._time.now(connection, fresh)
        if writes:
            self._schema.check(connection)
            if doubts_clock:
                self._guard.check(connection, now)
        return Transaction(connection, self.registry, now, self._path_at(connection, now))

    def _path_at(self, connection: sa.Connection, now: datetime) -> Path:
        """What each court lies in; a bare runtime knows no organisation."""
        return lone

    def _actor_at(self, transaction: Transaction, actor: Actor, case: CaseState) -> Actor:
        """An actor with the roles that he holds for a case; here as he says."""
        return actor

    def now(self, connection: sa.Connection) -> datetime:
        """The time to enforce by, checked against the database's clock now."""
        return self._time.now(connection, fresh=True)

    def keep_alive(self) -> bool:
        """Note that somebody serves this database now, at most once a minute; whether it was noted.

        An idle database is then no reason to doubt the clock. Raises `ClockRefused`.
        """
        if self._guard.is_alive_noted():
            return False
        with self.transaction() as transaction:
            self._guard.note_alive(transaction.connection, transaction.now)
        return True

    def on_event(self, observer: Observer) -> None:
        """Tell `observer` of everything that happens to a case here, after it was committed.

        It is told in the thread that committed, in the order it was written, as often as this
        process commits; what it raises is logged and stops nothing.
        """
        self._observers.append(observer)

    def on_exchange(self, observer: ExchangeObserver) -> None:
        """Tell `observer` of every exchange with a far side that this engine makes, as it ends.

        It is told in the thread that made it, before what came of it is written; what it raises is
        logged and stops nothing.
        """
        self.exchange_observers.append(observer)

    def on_commit(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each committed change (the worker uses it)."""
        self._wakers.append(wake)

    def off_commit(self, wake: Callable[[], None]) -> None:
        """Call it no more."""
        self._wakers.remove(wake)

    def wake(self) -> None:
        """Something was committed: whoever waits for work looks again."""
        for wake in tuple(self._wakers):
            wake()

    def _committed(self, transaction: Transaction) -> None:
        for call in transaction.after_commit:
            call()
        if transaction.has_changed_anything:
            self.wake()
        if self._observers:
            self._tell(transaction.decisions, transaction.now)

    def _tell(self, decisions: Sequence[Decision], recorded_at: datetime) -> None:
        for decision in decisions:
            happened = Happened.of(decision, recorded_at)
            for observer in tuple(self._observers):
                try:
                    observer(happened)
                except Exception:
                    log.exception("an observer failed at %s", happened)
