"""The front of the library: `Engine`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from ..adapters.protocol import Adapter
from ..workflow.periods.calendars import Calendar
from .background.enforcement import run_due
from .clock import Clock, SystemClock
from .storage.database import connect, translated
from .storage.definition_store import store_definition
from .storage.forks import part_in_children, tell_in_children
from .storage.upgrade import prepare_schema
from .verbs.changes import Changes
from .verbs.charters import Charters
from .verbs.guarded import Authorize
from .verbs.publications import Publications
from .verbs.questions import Questions
from .verbs.restoring import Restoring
from .work.discovery import Sources, definitions_in
from .work.registry import Registry

log = logging.getLogger("zhixing")

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .background.worker import Worker

    Within = Session | sa.Connection


class Engine(
    Changes["Within"],
    Questions["Within"],
    Publications["Within"],
    Charters["Within"],
    Restoring["Within"],
):
    """Runs procedures on a database.

    `database` is a URL or a SQLAlchemy engine. Cases begin on the versions published in it for
    their court. `definitions` is a file, a directory, a definition, or several: drafts until they
    are published. With `drafts` cases also begin on these, for procedures of which no version was
    ever published; that is for tests and trials, and told once. A broken file in a directory is
    told and left out (`broken`). `authorize` is the host's own word on every verb: it can only
    refuse more.

    An embedded SQLite database gets its tables by itself; any other by `zhixing db upgrade` (or
    `upgrade=True`). `synchronous` is SQLite's: FULL loses nothing at a power failure; NORMAL may
    lose the last commits.

    It may be made before a process forks: each child gets connections of its own, also where the
    engine is the host's, and begins without a worker.

    Every verb takes `within`: the host's own session or connection, whose transaction it joins and
    does not end. Raises `DefinitionRefused`, `SchemaOutdated`, `DatabaseBusy`.
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
    ) -> None:
        found = definitions_in(definitions)
        self.broken = found.broken
        registry = Registry(found.definitions, calendars, drafts=drafts)
        self._is_owner = isinstance(database, str)
        opened = (
            connect(database, synchronous=synchronous) if isinstance(database, str) else database
        )
        super().__init__(opened, registry, clock or SystemClock(), adapters, authorize)
        self._worker: Worker | None = None
        part_in_children(opened)
        tell_in_children(self._after_fork)
        self._tell_drafts()
        if upgrade is None:
            upgrade = self._is_owner and opened.dialect.name == "sqlite"
        with translated(), opened.begin() as connection:
            self.prepare(connection, upgrade)

    def prepare(self, connection: sa.Connection, upgrade: bool) -> None:
        """Check (or upgrade) the tables, and keep the drafts that cases may begin on.

        Raises `SchemaOutdated`.
        """
        prepare_schema(connection, upgrade)
        procedures = self.registry.all() if self.registry.drafts else []
        for procedure in procedures:
            store_definition(connection, procedure.definition, self.clock.now())
        self.registry.stored |= {procedure.hash for procedure in procedures}

    def _tell_drafts(self) -> None:
        """Say once that cases may begin on what nobody published; in memory nothing is kept."""
        url, given = self.database.url, self.registry.all()
        is_in_memory = url.get_backend_name() == "sqlite" and not url.database
        if self.registry.drafts and given and not is_in_memory:
            names = ", ".join(f"{p.id} {p.definition.version}" for p in given)
            log.warning("drafts: cases may begin on what nobody published: %s", names)

    # -- the clock and the outside

    def run_due(self, limit: int = 100_000) -> int:
        """Let every deadline moment come that is due now, in due order.

        Gives how many cases were touched. Raises `DatabaseBusy`.
        """
        return run_due(self, limit)

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
