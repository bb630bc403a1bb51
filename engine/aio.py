"""The async engine: the same verbs, run on an async connection. No verb is written twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.ext.asyncio import AsyncEngine as SqlAsyncEngine

from ..workflow.model.definition import Definition
from .engine import Engine
from .errors import NoSecondConnection
from .storage.database import BUSY_TIMEOUT_MS, prepare_sqlite, translated
from .storage.forks import part_in_children
from .verbs.changes import Changes
from .verbs.charters import Charters
from .verbs.publications import Publications
from .verbs.questions import Questions
from .verbs.restoring import Restoring
from .versions.migration import MigrationPlan
from .work.discovery import Sources
from .work.runtime import Observer

P = ParamSpec("P")
R = TypeVar("R")
AsyncWithin = AsyncSession | AsyncConnection

ASYNC_DRIVERS = {
    "sqlite": ("sqlite+aiosqlite", "aiosqlite"),
    "postgresql": ("postgresql+psycopg", "asyncpg", "psycopg", "psycopg_async"),
}
"""For each database the driver taken where a URL names none, and those that may be named."""
_SYNC_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def _verb(
    verb: Callable[Concatenate[Any, P], R],
) -> Callable[Concatenate[AsyncEngine, P], Coroutine[Any, Any, R]]:
    """A verb of the engine as a coroutine, on an async connection of ours or the host's."""

    @wraps(verb)
    async def run(self: AsyncEngine, *args: P.args, **kwargs: P.kwargs) -> R:
        within: Any = kwargs.pop("within", None)

        def work(joined: Any) -> R:
            given: Any = {**kwargs, "within": joined}
            return verb(self.sync, *args, **given)

        with translated():
            if within is not None:
                answer: R = await within.run_sync(work)
                return answer
            async with self.database.begin() as connection:
                return await connection.run_sync(work)

    return run  # type: ignore[return-value]


def _threaded(
    verb: Callable[Concatenate[Any, P], R],
) -> Callable[Concatenate[AsyncEngine, P], Coroutine[Any, Any, R]]:
    """A verb that runs its own transactions, one after the other, in a thread beside the loop."""

    @wraps(verb)
    async def run(self: AsyncEngine, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._in_thread(verb.__name__, lambda: verb(self.sync, *args, **kwargs))

    return run  # type: ignore[return-value]


class AsyncEngine:
    """`Engine` for asyncio: the same verbs as coroutines.

    `database` is a URL (drivers aiosqlite, psycopg or asyncpg) or the host's own SQLAlchemy
    `AsyncEngine`; the options are those of `Engine`. `within` is an `AsyncSession` or
    `AsyncConnection`. The clock, the dispatcher and long runs work in threads beside the loop, on
    connections of their own (`sync`).

        async with await AsyncEngine.open(url, "definitions/") as court:
            case = await court.open_case("loan", actor=clerk, data={...})
    """

    def __init__(self, sync: Engine, database: SqlAsyncEngine, is_owner: bool) -> None:
        self.sync = sync
        self.database = database
        self._is_owner = is_owner
        part_in_children(database.sync_engine)

    @classmethod
    async def open(
        cls, database: str | SqlAsyncEngine, definitions: Sources = (), **options: Any
    ) -> Self:
        """Open the database and load the definitions. Raises what `Engine` raises."""
        is_owner = isinstance(database, str)
        url = sa.make_url(database) if isinstance(database, str) else database.url
        sync_url = _sync_url(url)
        sync = await asyncio.to_thread(lambda: Engine(sync_url, definitions, **options))
        opened = _connect(url, **options) if isinstance(database, str) else database
        court = cls(sync, opened, is_owner)
        if court._is_in_memory:
            await court._prepare()
        return court

    @property
    def _is_in_memory(self) -> bool:
        """Whether each connection has a database of its own, which the others do not see."""
        url = self.database.url
        return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")

    async def _prepare(self) -> None:
        async with self.database.begin() as connection:
            await connection.run_sync(lambda c: self.sync.prepare(c, upgrade=True))

    async def _in_thread(self, what: str, work: Callable[[], R]) -> R:
        if self._is_in_memory:
            raise NoSecondConnection(what=what)
        return await asyncio.to_thread(work)

    # -- changes

    open_case = _verb(Changes[AsyncWithin].open_case)
    open_many = _verb(Changes[AsyncWithin].open_many)
    fire = _verb(Changes[AsyncWithin].fire)
    deduct = _verb(Changes[AsyncWithin].deduct)
    extend = _verb(Changes[AsyncWithin].extend)
    restore = _verb(Changes[AsyncWithin].restore)
    waive = _verb(Changes[AsyncWithin].waive)
    arm = _verb(Changes[AsyncWithin].arm)
    assign = _verb(Changes[AsyncWithin].assign)
    watch = _verb(Changes[AsyncWithin].watch)
    approve = _verb(Changes[AsyncWithin].approve)
    reject = _verb(Changes[AsyncWithin].reject)
    withdraw = _verb(Changes[AsyncWithin].withdraw)
    claim_task = _verb(Changes[AsyncWithin].claim_task)
    hand_back_task = _verb(Changes[AsyncWithin].hand_back_task)
    receive = _verb(Changes[AsyncWithin].receive)
    resolve = _verb(Changes[AsyncWithin].resolve)
    acknowledge_alert = _verb(Changes[AsyncWithin].acknowledge_alert)

    # -- questions

    case = _verb(Questions[AsyncWithin].case)
    read_sealed = _verb(Questions[AsyncWithin].read_sealed)
    export_case = _verb(Questions[AsyncWithin].export_case)
    query = _verb(Questions[AsyncWithin].query)
    possible = _verb(Questions[AsyncWithin].possible)
    checklist = _verb(Questions[AsyncWithin].checklist)
    party_view = _verb(Questions[AsyncWithin].party_view)
    diagram = _verb(Questions[AsyncWithin].diagram)
    tasks = _verb(Questions[AsyncWithin].tasks)
    workload = _verb(Questions[AsyncWithin].workload)
    deadlines = _verb(Questions[AsyncWithin].deadlines)
    explain_deadline = _verb(Questions[AsyncWithin].explain_deadline)
    overdue = _verb(Questions[AsyncWithin].overdue)
    history = _verb(Questions[AsyncWithin].history)
    alerts = _verb(Questions[AsyncWithin].alerts)
    incidents = _verb(Questions[AsyncWithin].incidents)

    # -- versions

    propose_version = _verb(Publications[AsyncWithin].propose_version)
    propose_redesign = _verb(Publications[AsyncWithin].propose_redesign)
    decide_version = _verb(Publications[AsyncWithin].decide_version)
    withdraw_version = _verb(Publications[AsyncWithin].withdraw_version)
    versions = _verb(Publications[AsyncWithin].versions)
    renewals = _verb(Publications[AsyncWithin].renewals)
    count_running_on = _verb(Publications[AsyncWithin].count_running_on)
    propose_migration = _verb(Publications[AsyncWithin].propose_migration)
    decide_migration = _verb(Publications[AsyncWithin].decide_migration)
    migrations = _verb(Publications[AsyncWithin].migrations)
    migrate_cases = _threaded(Publications[AsyncWithin].migrate_cases)
    law = _verb(Publications[AsyncWithin].law)
    propose_law = _verb(Publications[AsyncWithin].propose_law)
    decide_law = _verb(Publications[AsyncWithin].decide_law)
    laws = _verb(Publications[AsyncWithin].laws)
    calendar_changes = _threaded(Publications[AsyncWithin].calendar_changes)
    apply_calendar = _threaded(Publications[AsyncWithin].apply_calendar)

    # -- the court itself

    charter = _verb(Charters[AsyncWithin].charter)
    set_first_charter = _verb(Charters[AsyncWithin].set_first_charter)
    propose_charter = _verb(Charters[AsyncWithin].propose_charter)
    decide_charter = _verb(Charters[AsyncWithin].decide_charter)
    charters = _verb(Charters[AsyncWithin].charters)
    appoint_deputy = _verb(Charters[AsyncWithin].appoint_deputy)
    end_deputy = _verb(Charters[AsyncWithin].end_deputy)
    deputies = _verb(Charters[AsyncWithin].deputies)
    refusals = _verb(Charters[AsyncWithin].refusals)

    # -- after a restore from a backup

    after_restore = _verb(Restoring[AsyncWithin].after_restore)
    held = _verb(Restoring[AsyncWithin].held)
    release = _verb(Restoring[AsyncWithin].release)

    # -- the clock and the outside

    run_due = _threaded(Engine.run_due)
    stop = _threaded(Engine.stop)

    async def start(self, **options: Any) -> None:
        """See `Engine.start`."""
        await self._in_thread("start", lambda: self.sync.start(**options))

    async def plan_migration(self, definition: Definition) -> list[MigrationPlan]:
        """See `Engine.plan_migration`; the plans are made before they are given."""
        plans = self.sync.plan_migration
        return await self._in_thread("plan_migration", lambda: list(plans(definition)))

    def on_event(self, observer: Observer) -> None:
        """See `Engine.on_event`."""
        self.sync.on_event(observer)

    async def close(self) -> None:
        """Stop the background, and give back the connections that this engine opened."""
        if self._is_owner:
            await self.database.dispose()
        await asyncio.to_thread(self.sync.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _connect(url: sa.URL, **options: Any) -> SqlAsyncEngine:
    name = url.get_backend_name()
    default, *known = ASYNC_DRIVERS.get(name, (url.drivername,))
    named = url if url.get_driver_name() in known and "+" in url.drivername else None
    opened = create_async_engine(named or url.set(drivername=default))
    if name == "sqlite":
        synchronous = options.get("synchronous", "FULL")
        prepare_sqlite(opened.sync_engine, synchronous, BUSY_TIMEOUT_MS)
    return opened


def _sync_url(url: sa.URL) -> str:
    """The same database for threads."""
    name = _SYNC_DRIVERS.get(url.get_backend_name(), url.drivername)
    return url.set(drivername=name).render_as_string(hide_password=False)
