"""The async engine: the same verbs, run on an async connection. No verb is written twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.ext.asyncio import AsyncEngine as SqlAsyncEngine

from ..workflow.errors import ZhixingError
from ..workflow.model.definition import Definition
from .engine import Engine
from .errors import NoSecondConnection
from .model.exchange import ExchangeObserver
from .storage.database import (
    BUSY_TIMEOUT_MS,
    is_in_memory,
    owned,
    prepare_postgresql,
    prepare_sqlite,
)
from .storage.failures import translated
from .storage.forks import part_in_children
from .verbs.audits import Audits
from .verbs.changes import Changes
from .verbs.charters import Charters
from .verbs.orders import Orders
from .verbs.outside import Outside
from .verbs.publications import Publications
from .verbs.questions import Questions
from .verbs.repeating import kept, kept_named, waits
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
    verb: Callable[Concatenate[Any, P], R], writes: bool = True
) -> Callable[Concatenate[AsyncEngine, P], Coroutine[Any, Any, R]]:
    """A verb of the engine as a coroutine, on an async connection of ours or the host's."""

    @wraps(verb)
    async def run(self: AsyncEngine, *args: P.args, **kwargs: P.kwargs) -> R:
        within: Any = kwargs.pop("within", None)
        given, named = kept(args), kept_named(kwargs)

        def work(joined: Any) -> R:
            return verb(self.sync, *given, **{**named, "within": joined})

        with translated():
            if within is not None:
                answer: R = await within.run_sync(work)
                return answer
        return await self._repeated(work, writes)

    return run  # type: ignore[return-value]


def _question(
    verb: Callable[Concatenate[Any, P], R],
) -> Callable[Concatenate[AsyncEngine, P], Coroutine[Any, Any, R]]:
    """A verb that only asks, as a coroutine: on SQLite it waits for no writer."""
    return _verb(verb, writes=False)


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
        if isinstance(database, str):
            # what names no file has one by now
            same = url.set(database=sync.database.url.database) if is_in_memory(url) else url
            opened = _connect(same, **options)
        else:
            opened = database
        court = cls(sync, opened, is_owner)
        if court._is_in_memory:
            await court._prepare()
        return court

    @property
    def _is_in_memory(self) -> bool:
        """Whether a host's engine has a database of its own, which the threads do not see."""
        return is_in_memory(self.database.url)

    async def _prepare(self) -> None:
        async with self.database.begin() as connection:
            await connection.run_sync(lambda c: self.sync.prepare(c, upgrade=True))

    async def _repeated(self, work: Callable[[sa.Connection], R], writes: bool) -> R:
        """A verb in a transaction of its own, repeated as often as `retries` says."""
        for wait in waits(self.sync.retries):
            try:
                return await self._alone(work, writes)
            except ZhixingError as error:
                if not error.retryable:
                    raise
            await asyncio.sleep(wait)
        return await self._alone(work, writes)

    async def _alone(self, work: Callable[[sa.Connection], R], writes: bool) -> R:
        def run(connection: sa.Connection) -> R:
            with owned(connection, writes):
                return work(connection)

        with translated():
            async with self.database.connect() as connection:
                return await connection.run_sync(run)

    async def _in_thread(self, what: str, work: Callable[[], R]) -> R:
        if self._is_in_memory:
            raise NoSecondConnection(what=what)
        return await asyncio.to_thread(work)

    # -- changes

    open_case = _verb(Changes[AsyncWithin].open_case)
    open_many = _verb(Changes[AsyncWithin].open_many)
    fire = _verb(Changes[AsyncWithin].fire)
    deduct = _verb(Orders[AsyncWithin].deduct)
    extend = _verb(Orders[AsyncWithin].extend)
    restore = _verb(Orders[AsyncWithin].restore)
    waive = _verb(Orders[AsyncWithin].waive)
    arm = _verb(Orders[AsyncWithin].arm)
    arm_law = _verb(Orders[AsyncWithin].arm_law)
    meet = _verb(Orders[AsyncWithin].meet)
    assign = _verb(Orders[AsyncWithin].assign)
    link = _verb(Orders[AsyncWithin].link)
    transfer = _verb(Orders[AsyncWithin].transfer)
    watch = _verb(Orders[AsyncWithin].watch)
    approve = _verb(Changes[AsyncWithin].approve)
    reject = _verb(Changes[AsyncWithin].reject)
    withdraw = _verb(Changes[AsyncWithin].withdraw)
    claim_task = _verb(Changes[AsyncWithin].claim_task)
    hand_back_task = _verb(Changes[AsyncWithin].hand_back_task)
    preview = _verb(Changes[AsyncWithin].preview)
    correct = _verb(Changes[AsyncWithin].correct)
    finish_task = _verb(Changes[AsyncWithin].finish_task)
    receive = _verb(Changes[AsyncWithin].receive)
    resolve = _verb(Changes[AsyncWithin].resolve)
    acknowledge_alert = _verb(Changes[AsyncWithin].acknowledge_alert)

    # -- questions

    case = _question(Questions[AsyncWithin].case)
    read_sealed = _question(Questions[AsyncWithin].read_sealed)
    export_case = _question(Questions[AsyncWithin].export_case)
    query = _question(Questions[AsyncWithin].query)
    possible = _question(Questions[AsyncWithin].possible)
    checklist = _question(Questions[AsyncWithin].checklist)
    party_view = _question(Questions[AsyncWithin].party_view)
    diagram = _question(Questions[AsyncWithin].diagram)
    tasks = _question(Questions[AsyncWithin].tasks)
    workload = _question(Questions[AsyncWithin].workload)
    deadlines = _question(Questions[AsyncWithin].deadlines)
    explain_deadline = _question(Questions[AsyncWithin].explain_deadline)
    overdue = _question(Questions[AsyncWithin].overdue)
    history = _question(Questions[AsyncWithin].history)
    alerts = _question(Questions[AsyncWithin].alerts)
    incidents = _question(Questions[AsyncWithin].incidents)

    # -- the outside

    requests = _question(Outside[AsyncWithin].requests)
    answers = _question(Outside[AsyncWithin].answers)
    received = _question(Outside[AsyncWithin].received)
    answer_form = _question(Outside[AsyncWithin].answer_form)
    counterparties = _question(Outside[AsyncWithin].counterparties)
    figures = _question(Outside[AsyncWithin].figures)
    nonces = _threaded(Outside[AsyncWithin].nonces)
    note_refused_callback = _threaded(Outside[AsyncWithin].note_refused_callback)
    reconcile = _verb(Outside[AsyncWithin].reconcile)
    retry_request = _verb(Outside[AsyncWithin].retry_request)
    answer_request = _verb(Outside[AsyncWithin].answer_request)
    abandon_request = _verb(Outside[AsyncWithin].abandon_request)

    # -- versions

    propose_version = _verb(Publications[AsyncWithin].propose_version)
    propose_redesign = _verb(Publications[AsyncWithin].propose_redesign)
    decide_version = _verb(Publications[AsyncWithin].decide_version)
    withdraw_version = _verb(Publications[AsyncWithin].withdraw_version)
    versions = _question(Publications[AsyncWithin].versions)
    renewals = _question(Publications[AsyncWithin].renewals)
    count_running_on = _question(Publications[AsyncWithin].count_running_on)
    propose_migration = _verb(Publications[AsyncWithin].propose_migration)
    decide_migration = _verb(Publications[AsyncWithin].decide_migration)
    migrations = _question(Publications[AsyncWithin].migrations)
    migrate_cases = _threaded(Publications[AsyncWithin].migrate_cases)
    law = _question(Publications[AsyncWithin].law)
    propose_law = _verb(Publications[AsyncWithin].propose_law)
    decide_law = _verb(Publications[AsyncWithin].decide_law)
    laws = _question(Publications[AsyncWithin].laws)
    calendar_changes = _threaded(Publications[AsyncWithin].calendar_changes)
    apply_calendar = _threaded(Publications[AsyncWithin].apply_calendar)
    rule_changes = _threaded(Publications[AsyncWithin].rule_changes)
    apply_rules = _threaded(Publications[AsyncWithin].apply_rules)

    # -- the court itself

    charter = _question(Charters[AsyncWithin].charter)
    set_first_charter = _verb(Charters[AsyncWithin].set_first_charter)
    propose_charter = _verb(Charters[AsyncWithin].propose_charter)
    decide_charter = _verb(Charters[AsyncWithin].decide_charter)
    charters = _question(Charters[AsyncWithin].charters)
    appoint_deputy = _verb(Charters[AsyncWithin].appoint_deputy)
    accept_clock = _verb(Charters[AsyncWithin].accept_clock)
    end_deputy = _verb(Charters[AsyncWithin].end_deputy)
    deputies = _question(Charters[AsyncWithin].deputies)
    refusals = _question(Charters[AsyncWithin].refusals)

    # -- histories proven, and the feed of all of them

    verify = _threaded(Audits[AsyncWithin].verify)
    seal = _threaded(Audits[AsyncWithin].seal)
    anchor = _threaded(Audits[AsyncWithin].anchor)
    case_page = _verb(Audits[AsyncWithin].case_page)
    case_at = _question(Audits[AsyncWithin].case_at)
    events = _question(Audits[AsyncWithin].events)

    # -- after a restore from a backup

    after_restore = _verb(Restoring[AsyncWithin].after_restore)
    held = _question(Restoring[AsyncWithin].held)
    release = _verb(Restoring[AsyncWithin].release)

    # -- the clock and the outside

    run_due = _threaded(Engine.run_due)
    keep_alive = _threaded(Engine.keep_alive)
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

    def on_exchange(self, observer: ExchangeObserver) -> None:
        """See `Engine.on_exchange`."""
        self.sync.on_exchange(observer)

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
    timeout: timedelta = options.get("lock_timeout", timedelta(milliseconds=BUSY_TIMEOUT_MS))
    timeout_ms = round(timeout.total_seconds() * 1000)
    if name == "sqlite":
        prepare_sqlite(opened.sync_engine, options.get("synchronous", "FULL"), timeout_ms)
    elif name == "postgresql":
        prepare_postgresql(opened.sync_engine, timeout_ms)
    return opened


def _sync_url(url: sa.URL) -> str:
    """The same database for threads."""
    name = _SYNC_DRIVERS.get(url.get_backend_name(), url.drivername)
    return url.set(drivername=name).render_as_string(hide_password=False)
