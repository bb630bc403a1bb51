"""The front of the library: `Engine`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from ..adapters.protocol import Adapter
from ..adapters.registry import AdapterRegistry
from ..workflow.periods.calendars import Calendar
from .background.enforcement import run_due
from .clock import Clock, SystemClock
from .decision.procedure import Procedure
from .outside.dispatcher import Dispatcher
from .storage.chain import Chain
from .storage.database import (
    BUSY_TIMEOUT_MS,
    check_schema,
    connect,
    is_in_memory,
    is_read_only,
    reading,
    schema_version,
    writing,
)
from .storage.definition_store import store_definition, stored_hashes
from .storage.failures import translated
from .storage.forks import part_in_children, tell_in_children
from .storage.schema import SCHEMA_VERSION
from .storage.upgrade import prepare_schema
from .verbs.audits import Audits
from .verbs.changes import Changes
from .verbs.charters import Charters
from .verbs.guarded import Authorize
from .verbs.orders import Orders
from .verbs.outside import Outside
from .verbs.publications import Publications
from .verbs.questions import Questions
from .verbs.restoring import Restoring
from .work.clock_guard import AHEAD
from .work.discovery import Sources, definitions_in
from .work.identities import Identities
from .work.registry import Registry

log = logging.getLogger("zhixing")

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .background.worker import Worker

    Within = Session | sa.Connection


class Engine(
    Changes["Within"],
    Orders["Within"],
    Questions["Within"],
    Publications["Within"],
    Charters["Within"],
    Audits["Within"],
    Outside["Within"],
    Restoring["Within"],
):
    """Runs procedures on a database.

    `database` is a URL or a SQLAlchemy engine. Cases begin on the versions published in it for
    their court. `definitions` is a file, a directory, a `Shelf`, a definition, or several: drafts
    until they are published. With `drafts` cases also begin on these, for procedures of which no
    version was ever published; that is for tests and trials, and told once. A broken file in a
    directory is told and left out (`broken`). `authorize` is the host's own word on every verb: it
    can only refuse more. Entries of histories are chained by `audit` (`sha256` or `sm3`), with an
    `audit_key` as an HMAC: who lacks the key cannot write a history anew.

    An embedded SQLite database gets its tables by itself; any other by `zhixing db upgrade` (or
    `upgrade=True`). `synchronous` is SQLite's: FULL loses nothing at a power failure; NORMAL may
    lose the last commits. `sqlite://` is a database for this engine alone, gone with it. A lock is
    waited for `lock_timeout` at most, on the connections of this engine. `retries` is how often a
    verb without `within` is repeated on what is `retryable`, after waits that grow from tens of
    milliseconds to two seconds, by chance. A database that lay idle for longer than
    `clock_tolerance` is written again when a person accepts the clock (`accept_clock`); None
    believes every clock.

    Document numbers come into cases shortened, with a hash by `identity_key`, a secret of the court
    (at least 16 bytes, always the same); without one none is taken. With `reversible_identities`
    (the extra `identity`) they are kept encrypted too, and go to outside systems.

    It may be made before a process forks: each child gets connections of its own, also where the
    engine is the host's, and begins without a worker.

    Every verb takes `within`: the host's own session or connection, whose transaction it joins and
    does not end. Raises `DefinitionRefused`, `SchemaOutdated`, `ProgramOutdated`, `DatabaseBusy`,
    `DatabaseUnusable`, `BadAuditSetting`.
    """

    def __init__(
        self,
        database: str | sa.Engine,
        definitions: Sources = (),
        *,
        clock: Clock | None = None,
        calendars: Mapping[str, Calendar] | None = None,
        adapters: Iterable[Adapter] = (),
        upgrade: bool | None = None,
        synchronous: str = "FULL",
        drafts: bool = False,
        authorize: Authorize | None = None,
        audit: str = "sha256",
        audit_key: bytes | None = None,
        retries: int = 0,
        lock_timeout: timedelta = timedelta(milliseconds=BUSY_TIMEOUT_MS),
        clock_tolerance: timedelta | None = AHEAD,
        identity_key: bytes | None = None,
        reversible_identities: bool = False,
    ) -> None:
        found = definitions_in(definitions)
        self.broken = found.broken
        chain = Chain(audit, audit_key)
        identities = Identities(identity_key, reversible=reversible_identities)
        registry = Registry(
            found.definitions,
            calendars,
            later=found.later,
            drafts=drafts,
            chain=chain,
            identities=identities,
        )
        self._is_owner = isinstance(database, str)
        opened = (
            connect(
                database,
                synchronous=synchronous,
                busy_timeout_ms=round(lock_timeout.total_seconds() * 1000),
            )
            if isinstance(database, str)
            else database
        )
        super().__init__(
            opened,
            registry,
            clock or SystemClock(),
            adapters,
            authorize,
            retries=retries,
            clock_tolerance=clock_tolerance,
        )
        self._worker: Worker | None = None
        self._senders: dict[bool, Dispatcher] = {}
        part_in_children(opened)
        tell_in_children(self._after_fork)
        self._tell_drafts(is_in_memory(database if isinstance(database, str) else database.url))
        if upgrade is None:
            upgrade = self._is_owner and opened.dialect.name == "sqlite"
        self._open(upgrade)

    def _open(self, upgrade: bool) -> None:
        """Check the tables and write what is missing; nothing is locked where nothing is."""
        with translated():
            with reading(self.database) as connection:
                is_current = schema_version(connection) == SCHEMA_VERSION
                is_complete = is_current and self._knows_drafts(connection)
            if is_complete:
                return
            if is_read_only(self.database.url):
                with reading(self.database) as connection:
                    check_schema(connection)
                return
            with writing(self.database) as connection:
                self.prepare(connection, upgrade)

    def _drafts(self) -> list[Procedure]:
        """The procedures whose cases may begin on what nobody published."""
        return self.registry.all() if self.registry.drafts else []

    def _knows_drafts(self, connection: sa.Connection) -> bool:
        hashes = {procedure.hash for procedure in self._drafts()}
        if not hashes <= stored_hashes(connection, hashes):
            return False
        self.registry.stored |= hashes
        return True

    def prepare(self, connection: sa.Connection, upgrade: bool) -> None:
        """Check (or upgrade) the tables, and keep the drafts that cases may begin on.

        Raises `SchemaOutdated`, `ProgramOutdated`.
        """
        prepare_schema(connection, upgrade)
        procedures = self._drafts()
        for procedure in procedures:
            store_definition(connection, procedure.definition, self.clock.now())
        self.registry.stored |= {procedure.hash for procedure in procedures}

    def _tell_drafts(self, nothing_is_kept: bool) -> None:
        """Say once that cases may begin on what nobody published."""
        given = self._drafts()
        if given and not nothing_is_kept:
            names = ", ".join(f"{p.id} {p.definition.version}" for p in given)
            log.warning("drafts: cases may begin on what nobody published: %s", names)

    # -- the clock and the outside

    def run_due(self, limit: int = 100_000, *, discover: bool = False) -> int:
        """Let every deadline moment come that is due now, in due order; then send what is due.

        Requests go out to the adapters that were given; with `discover` also to those that are
        installed and set up in the environment, as a worker sends them. Gives how many cases the
        clock touched. Raises `DatabaseBusy`.
        """
        touched = run_due(self, limit)
        if self.adapters or discover:
            self._sender(discover).run_all_due()
        return touched

    def _sender(self, discover: bool) -> Dispatcher:
        """What sends requests when it is looked once; it remembers which system is left alone."""
        if discover not in self._senders:
            adapters = AdapterRegistry(self.adapters, discover=discover)
            self._senders[discover] = Dispatcher(self, adapters)
        return self._senders[discover]

    def start(self, **options: Any) -> None:
        """Enforce deadlines and send requests in the background of this process until `stop`.

        The options are those of `Worker`: `sweep_seconds`, `batch`, `dispatch`. While it runs,
        another start changes nothing.
        """
        from .background.worker import Worker  # APScheduler is loaded by those who run a clock

        if self._worker is None:
            self._worker = Worker(self, **options)
        self._worker.start()

    def stop(self) -> None:
        """Stop what `start` started, after the work in hand; it may be started again."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def _after_fork(self) -> None:
        """In a forked child nothing runs in the background; `start` begins there anew."""
        self._worker = None
        self._refusals.after_fork()

    def close(self) -> None:
        """Stop, and give back the connections that this engine opened."""
        self.stop()
        if self._is_owner:
            self.database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
