"""The async twin: the same operations, run on an async connection. No rule is written twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.ext.asyncio import AsyncEngine as SqlAsyncEngine

from ..workflow.errors import Language
from ..workflow.models import Definition
from ..workflow.periods import Deduction, Extension
from . import database
from .clock import Clock
from .engine import Engine
from .operations import Data
from .publishing import Publication
from .registry import Sources
from .seeing import ChecklistLine, PartyView
from .values import Actor, NewCase
from .views import AlertView, Case, Deadline, HistoryEntry, Incident, Possible, Task, Workload

T = TypeVar("T")
AsyncWithin = AsyncSession | AsyncConnection


class AsyncEngine:
    """`Engine` for asyncio: the same verbs as coroutines, `within` an `AsyncSession` or `AsyncConnection`.

    Open one with `await AsyncEngine.open(url, definitions=…)`; a URL of `sqlite` needs aiosqlite (extra `async`),
    `postgresql` uses psycopg. The clock and the dispatcher run in threads (`Engine.start`), beside the loop.
    """

    def __init__(self, engine: Engine, asynchronous: SqlAsyncEngine) -> None:
        self.sync = engine
        self._database = asynchronous

    @classmethod
    async def open(cls, url: str, definitions: Sources = (), *, clock: Clock | None = None, **options: Any) -> AsyncEngine:
        """Open the database and load the definitions. Raises what `Engine` raises."""
        import asyncio

        engine = await asyncio.to_thread(lambda: Engine(url, definitions, clock=clock, **options))
        parsed = engine.database.url
        name = parsed.get_backend_name()
        driver = "sqlite+aiosqlite" if name == "sqlite" else "postgresql+psycopg" if name == "postgresql" else parsed.drivername
        asynchronous = create_async_engine(parsed.set(drivername=driver))
        if name == "sqlite":
            database.prepare_sqlite(asynchronous.sync_engine, options.get("synchronous", "FULL"), 10_000)
        return cls(engine, asynchronous)

    async def _run(self, within: AsyncWithin | None, work: Callable[[Engine, sa.Connection], T]) -> T:
        if isinstance(within, AsyncSession):
            within = await within.connection()
        with database.translated():
            if within is not None:
                return await within.run_sync(lambda connection: work(self.sync, connection))
            async with self._database.begin() as connection:
                result = await connection.run_sync(lambda c: work(self.sync, c))
        self.sync.nudge()
        return result

    async def open_case(
        self, procedure: str, *, actor: Actor, data: Data | None = None, id: str | None = None, number: str = "", court: str = "",
        officer: str = "", note: str = "", within: AsyncWithin | None = None,
    ) -> Case:  # fmt: skip
        """See `Engine.open_case`."""
        options: dict[str, Any] = {"id": id, "number": number, "court": court, "officer": officer, "note": note}
        return await self._run(within, lambda e, c: e.open_case(procedure, actor=actor, data=data, within=c, **options))

    async def open_many(self, procedure: str, cases: Iterable[NewCase], *, actor: Actor, within: AsyncWithin | None = None) -> list[str]:
        """See `Engine.open_many`."""
        return await self._run(within, lambda e, c: e.open_many(procedure, cases, actor=actor, within=c))

    async def fire(
        self, case_id: str, trigger: str, *, actor: Actor, data: Data | None = None, documents: Mapping[str, str] | None = None,
        note: str = "", within: AsyncWithin | None = None,
    ) -> Case:  # fmt: skip
        """See `Engine.fire`."""
        return await self._run(
            within, lambda e, c: e.fire(case_id, trigger, actor=actor, data=data, documents=documents, note=note, within=c)
        )

    async def deduct(self, case_id: str, deduction: Deduction, *, actor: Actor, note: str = "", within: AsyncWithin | None = None) -> Case:
        """See `Engine.deduct`."""
        return await self._run(within, lambda e, c: e.deduct(case_id, deduction, actor=actor, note=note, within=c))

    async def extend(
        self, case_id: str, rule: str, extension: Extension, *, actor: Actor, note: str = "", within: AsyncWithin | None = None
    ) -> Case:
        """See `Engine.extend`."""
        return await self._run(within, lambda e, c: e.extend(case_id, rule, extension, actor=actor, note=note, within=c))

    async def restore(
        self, case_id: str, rule: str, extension: Extension, *, actor: Actor, note: str = "", within: AsyncWithin | None = None
    ) -> Case:
        """See `Engine.restore`."""
        return await self._run(within, lambda e, c: e.restore(case_id, rule, extension, actor=actor, note=note, within=c))

    async def waive(self, case_id: str, rule: str, *, actor: Actor, note: str = "", within: AsyncWithin | None = None) -> Case:
        """See `Engine.waive`."""
        return await self._run(within, lambda e, c: e.waive(case_id, rule, actor=actor, note=note, within=c))

    async def assign(self, case_id: str, officer: str, *, actor: Actor, note: str = "", within: AsyncWithin | None = None) -> Case:
        """See `Engine.assign`."""
        return await self._run(within, lambda e, c: e.assign(case_id, officer, actor=actor, note=note, within=c))

    async def watch(self, case_id: str, rule: str, person: str, *, actor: Actor, within: AsyncWithin | None = None) -> Case:
        """See `Engine.watch`."""
        return await self._run(within, lambda e, c: e.watch(case_id, rule, person, actor=actor, within=c))

    async def approve(self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: AsyncWithin | None = None) -> Case:
        """See `Engine.approve`."""
        return await self._run(within, lambda e, c: e.approve(case_id, trigger, actor=actor, note=note, within=c))

    async def refuse(self, case_id: str, trigger: str, *, actor: Actor, note: str, within: AsyncWithin | None = None) -> Case:
        """See `Engine.refuse`."""
        return await self._run(within, lambda e, c: e.refuse(case_id, trigger, actor=actor, note=note, within=c))

    async def withdraw(self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: AsyncWithin | None = None) -> Case:
        """See `Engine.withdraw`."""
        return await self._run(within, lambda e, c: e.withdraw(case_id, trigger, actor=actor, note=note, within=c))

    async def claim(self, case_id: str, task: str, *, actor: Actor, within: AsyncWithin | None = None) -> Case:
        """See `Engine.claim`."""
        return await self._run(within, lambda e, c: e.claim(case_id, task, actor=actor, within=c))

    async def hand_back(self, case_id: str, task: str, *, actor: Actor, note: str = "", within: AsyncWithin | None = None) -> Case:
        """See `Engine.hand_back`."""
        return await self._run(within, lambda e, c: e.hand_back(case_id, task, actor=actor, note=note, within=c))

    async def checklist(self, case_id: str, trigger: str, *, within: AsyncWithin | None = None) -> tuple[ChecklistLine, ...]:
        """See `Engine.checklist`."""
        return await self._run(within, lambda e, c: e.checklist(case_id, trigger, within=c))

    async def seen_by(self, case_id: str, role: str, *, within: AsyncWithin | None = None) -> PartyView:
        """See `Engine.seen_by`."""
        return await self._run(within, lambda e, c: e.seen_by(case_id, role, within=c))

    async def diagram(self, case_id: str, kind: str = "svg", lang: Language = "zh", *, within: AsyncWithin | None = None) -> str:
        """See `Engine.diagram`."""
        return await self._run(within, lambda e, c: e.diagram(case_id, kind, lang, within=c))

    async def tasks(self, *, within: AsyncWithin | None = None, **filters: Any) -> tuple[Task, ...]:
        """See `Engine.tasks`."""
        return await self._run(within, lambda e, c: e.tasks(within=c, **filters))

    async def workload(self, *, within: AsyncWithin | None = None) -> tuple[Workload, ...]:
        """See `Engine.workload`."""
        return await self._run(within, lambda e, c: e.workload(within=c))

    async def propose_version(
        self, definition: Definition, *, actor: Actor, note: str = "", within: AsyncWithin | None = None
    ) -> Publication:
        """See `Engine.propose_version`."""
        return await self._run(within, lambda e, c: e.propose_version(definition, actor=actor, note=note, within=c))

    async def propose_redesign(
        self, case_id: str, layer: str, *, actor: Actor, note: str, within: AsyncWithin | None = None
    ) -> Publication:
        """See `Engine.propose_redesign`."""
        return await self._run(within, lambda e, c: e.propose_redesign(case_id, layer, actor=actor, note=note, within=c))

    async def decide_version(
        self, id: int, *, actor: Actor, in_favour: bool = True, note: str = "", within: AsyncWithin | None = None
    ) -> Publication:
        """See `Engine.decide_version`."""
        return await self._run(within, lambda e, c: e.decide_version(id, actor=actor, in_favour=in_favour, note=note, within=c))

    async def withdraw_version(self, id: int, *, actor: Actor, note: str = "", within: AsyncWithin | None = None) -> Publication:
        """See `Engine.withdraw_version`."""
        return await self._run(within, lambda e, c: e.withdraw_version(id, actor=actor, note=note, within=c))

    async def versions(self, *, within: AsyncWithin | None = None, **filters: Any) -> tuple[Publication, ...]:
        """See `Engine.versions`."""
        return await self._run(within, lambda e, c: e.versions(within=c, **filters))

    async def case(self, case_id: str, *, within: AsyncWithin | None = None) -> Case:
        """See `Engine.case`."""
        return await self._run(within, lambda e, c: e.case(case_id, within=c))

    async def possible(self, case_id: str, *, actor: Actor, within: AsyncWithin | None = None) -> tuple[Possible, ...]:
        """See `Engine.possible`."""
        return await self._run(within, lambda e, c: e.possible(case_id, actor=actor, within=c))

    async def deadlines(
        self, case_id: str, *, live: bool = True, explain: bool = False, within: AsyncWithin | None = None
    ) -> tuple[Deadline, ...]:
        """See `Engine.deadlines`."""
        return await self._run(within, lambda e, c: e.deadlines(case_id, live=live, explain=explain, within=c))

    async def overdue(self, *, officer: str | None = None, limit: int = 1000, within: AsyncWithin | None = None) -> tuple[Deadline, ...]:
        """See `Engine.overdue`."""
        return await self._run(within, lambda e, c: e.overdue(officer=officer, limit=limit, within=c))

    async def history(self, case_id: str, *, within: AsyncWithin | None = None) -> tuple[HistoryEntry, ...]:
        """See `Engine.history`."""
        return await self._run(within, lambda e, c: e.history(case_id, within=c))

    async def query(self, *, within: AsyncWithin | None = None, **filters: Any) -> tuple[Case, ...]:
        """See `Engine.query`."""
        return await self._run(within, lambda e, c: e.query(within=c, **filters))

    async def alerts(
        self, *, case_id: str | None = None, unseen: bool = False, limit: int = 1000, within: AsyncWithin | None = None
    ) -> tuple[AlertView, ...]:
        """See `Engine.alerts`."""
        return await self._run(within, lambda e, c: e.alerts(case_id=case_id, unseen=unseen, limit=limit, within=c))

    async def incidents(self, *, open_only: bool = True, within: AsyncWithin | None = None) -> Sequence[Incident]:
        """See `Engine.incidents`."""
        return await self._run(within, lambda e, c: e.incidents(open_only=open_only, within=c))

    async def close(self) -> None:
        """Stop the background and give back the connections."""
        import asyncio

        await self._database.dispose()
        await asyncio.to_thread(self.sync.close)
