"""The front of the library: `Engine`, and the transactions around its verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from ..workflow.calendars import Calendar
from ..workflow.errors import Language
from ..workflow.periods import Deduction, Extension
from . import database, publishing
from .changes import Assign, Change, Claim, Deduct, Extend, HandBack, Vote, Waive, Watch, Withdraw
from .clock import Clock, SystemClock
from .notices import DueChange, apply_calendar, calendar_changes
from .operations import Data, Operations
from .publishing import Publication
from .registry import Registry, Sources
from .seeing import ChecklistLine, PartyView
from .values import Actor, NewCase
from .views import AlertView, Case, Deadline, HistoryEntry, Incident, Possible, Task, Workload

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..adapters.protocol import Adapter, Answer
    from ..workflow.models import Definition

    Within = Session | sa.Connection
_CHECK_CLOCK_EVERY = 30.0


class Engine:
    """Runs procedures on a database.

    `database` is a URL or a SQLAlchemy engine. `definitions` is a file, a directory, a definition, or several; cases begin on
    these, and on the versions published in the database for procedures that are not among them.
    An embedded SQLite database gets its tables by itself; any other by `zhixing db upgrade` (or `upgrade=True`).
    Every verb takes `within`: the host's own session or connection, whose transaction it joins and does not end.
    Raises `DefinitionRefused`, `SchemaOutdated`.
    """

    def __init__(
        self, database_: str | sa.Engine, definitions: Sources = (), *, clock: Clock | None = None,
        calendars: Mapping[str, Calendar] | None = None, adapters: Iterable[Adapter] = (), upgrade: bool | None = None,
        synchronous: str = "FULL",
    ) -> None:  # fmt: skip
        self.clock: Clock = clock or SystemClock()
        self.registry = Registry(definitions, calendars)
        self.operations = Operations(self.registry)
        self.adapters = list(adapters)
        self._owned = isinstance(database_, str)
        self.database = database.connect(database_, synchronous=synchronous) if isinstance(database_, str) else database_
        self._time = _DatabaseTime(self.clock)
        self._nudges: list[Callable[[], None]] = []
        self._running: list[Any] = []
        if upgrade is None:
            upgrade = self._owned and self.database.dialect.name == "sqlite"
        self._prepare(upgrade)

    def _prepare(self, upgrade: bool) -> None:
        with database.translated(), self.database.begin() as connection:
            if upgrade and database.schema_version(connection) != database.SCHEMA_VERSION:
                from .migrate import upgrade as migrate

                migrate(connection)
            database.check_schema(connection)
            from . import store

            for procedure in self.registry.all():
                store.store_definition(connection, procedure.definition, self.clock.now())
        self.registry.stored |= {procedure.hash for procedure in self.registry.all()}

    # -- changes

    def open_case(
        self, procedure: str, *, actor: Actor, data: Data | None = None, id: str | None = None, number: str = "", court: str = "",
        officer: str = "", note: str = "", within: Within | None = None,
    ) -> Case:  # fmt: skip
        """Open a case. Raises `UnknownProcedure`, `DataError`, `CaseExists`."""
        with self._work(within, changes=True) as (connection, now):
            return self.operations.open_case(
                connection, now, procedure, actor, data or {}, id=id, number=number, court=court, officer=officer, note=note
            )

    def open_many(self, procedure: str, cases: Iterable[NewCase], *, actor: Actor, within: Within | None = None) -> list[str]:
        """Open many cases in one transaction, all or none; gives their ids in order. Raises as `open_case`."""
        with self._work(within, changes=True) as (connection, now):
            return self.operations.open_many(connection, now, procedure, actor, cases)

    def fire(
        self, case_id: str, trigger: str, *, actor: Actor, data: Data | None = None, documents: Mapping[str, str] | None = None,
        note: str = "", within: Within | None = None,
    ) -> Case:  # fmt: skip
        """Fire a trigger. Raises `Refused` with every obstacle, `DataError`, `CaseNotFound`, `LostRace` (retryable)."""
        with self._work(within, changes=True) as (connection, now):
            return self.operations.fire(connection, now, case_id, trigger, actor, data or {}, documents or {}, note)

    def deduct(self, case_id: str, deduction: Deduction, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """Enter a deducted period; the same ground and start with an end closes one that runs. Raises `BadEvent`."""
        return self._change(case_id, Deduct(deduction), actor, note, within)

    def extend(self, case_id: str, rule: str, extension: Extension, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """Extend a live deadline (a rule's name, or an id). Raises `ExtensionRefused`, `UnknownDeadline`."""
        return self._change(case_id, Extend(rule, extension), actor, note, within)

    def restore(self, case_id: str, rule: str, extension: Extension, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """Restore a missed deadline by so much more time (CPL art. 86). Raises `ExtensionRefused`, `UnknownDeadline`."""
        return self._change(case_id, Extend(rule, extension, restore=True), actor, note, within)

    def calendar_changes(self, name: str, calendar: Calendar) -> list[DueChange]:
        """The running deadlines whose due dates differ on another calendar of this name (a new notice), before and after."""
        return calendar_changes(self, name, calendar)

    def apply_calendar(self, name: str, calendar: Calendar, *, actor: Actor) -> list[DueChange]:
        """Count by another calendar from now on; each case whose due dates change gets a history entry. Gives the changes.

        Other processes take the calendar from their own `Engine(calendars=…)`.
        """
        return apply_calendar(self, name, calendar, actor)

    def waive(self, case_id: str, rule: str, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """End a live deadline without performance. Raises `UnknownDeadline`."""
        return self._change(case_id, Waive(rule), actor, note, within)

    def assign(self, case_id: str, officer: str, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """Name the officer of a case, who then watches its deadlines. Raises `CaseNotFound`."""
        return self._change(case_id, Assign(officer), actor, note, within)

    def watch(self, case_id: str, rule: str, person: str, *, actor: Actor, within: Within | None = None) -> Case:
        """Name the person who watches a live deadline (a rule's name, or an id). Raises `UnknownDeadline`."""
        return self._change(case_id, Watch(rule, person), actor, "", within)

    def approve(self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """Vote for an act that waits for approval; the last vote needed carries it out. Raises `Refused`."""
        return self._change(case_id, Vote(trigger, in_favour=True), actor, note, within)

    def refuse(self, case_id: str, trigger: str, *, actor: Actor, note: str, within: Within | None = None) -> Case:
        """Vote against an act that waits for approval, saying why. Raises `Refused`."""
        return self._change(case_id, Vote(trigger, in_favour=False), actor, note, within)

    def withdraw(self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """Take back what the actor proposed. Raises `Refused`."""
        return self._change(case_id, Withdraw(trigger), actor, note, within)

    def claim(self, case_id: str, task: str, *, actor: Actor, within: Within | None = None) -> Case:
        """Take a task (its name or id) from the pool of one's role. Raises `Refused`."""
        return self._change(case_id, Claim(task), actor, "", within)

    def hand_back(self, case_id: str, task: str, *, actor: Actor, note: str = "", within: Within | None = None) -> Case:
        """Return a claimed task to its pool. Raises `Refused`."""
        return self._change(case_id, HandBack(task), actor, note, within)

    def _change(self, case_id: str, change: Change, actor: Actor, note: str, within: Within | None) -> Case:
        with self._work(within, changes=True) as (connection, now):
            return self.operations.change(connection, now, case_id, actor, change, note)

    def receive(self, answer: Answer, source: str, *, within: Within | None = None) -> str:
        """Take an answer from outside (a callback, say) once. Gives what came of it: `taken`, `duplicate` or a reason."""
        from .answers import take_answer

        with self._work(within, changes=True) as (connection, now):
            return take_answer(self.operations, connection, now, source, answer)

    def resolve(self, incident: int, *, actor: Actor, resolution: str, retry: bool = False, within: Within | None = None) -> None:
        """Close an incident, saying how; `retry` lets the clock or the request be tried again at once."""
        with self._work(within, changes=True) as (connection, now):
            self.operations.resolve(connection, now, incident, actor, resolution, retry)

    def see(self, alert_id: str, *, actor: Actor, within: Within | None = None) -> None:
        """Mark an alert as seen by a person."""
        with self._work(within) as (connection, _):
            self.operations.see(connection, alert_id, actor)

    # -- versions

    def propose_version(self, definition: Definition, *, actor: Actor, note: str = "", within: Within | None = None) -> Publication:
        """Propose a checked definition as the version that cases begin on. Raises `PublicationRefused`."""
        with self._work(within) as (connection, now):
            return publishing.propose(connection, now, definition, actor, note)

    def propose_redesign(self, case_id: str, layer: str, *, actor: Actor, note: str, within: Within | None = None) -> Publication:
        """Propose another flow for one case: the text of a layer with `level: case`, and the reason.

        It is checked as a whole before anything; raises `DefinitionRefused`, `PublicationRefused`, `CaseNotFound`.
        """
        with self._work(within) as (connection, now):
            return publishing.propose_redesign(self.registry, connection, now, case_id, layer, actor, note)

    def decide_version(self, id: int, *, actor: Actor, in_favour: bool = True, note: str = "", within: Within | None = None) -> Publication:
        """Publish or refuse what another person proposed; a redesign then moves its case. Raises `PublicationRefused`."""
        with self._work(within, changes=True) as (connection, now):
            return publishing.decide(self.registry, connection, now, id, actor, in_favour, note)

    def withdraw_version(self, id: int, *, actor: Actor, note: str = "", within: Within | None = None) -> Publication:
        """Withdraw a version: cases begin on the one before it again, and those that began on it finish on it."""
        with self._work(within) as (connection, now):
            return publishing.withdraw(connection, now, id, actor, note)

    def versions(
        self, *, procedure: str | None = None, case_id: str | None = None, within: Within | None = None
    ) -> tuple[Publication, ...]:
        """The versions that were proposed, the newest first."""
        with self._work(within) as (connection, _):
            return publishing.listed(connection, procedure, case_id)

    # -- questions

    def case(self, case_id: str, *, within: Within | None = None) -> Case:
        """A case as it stands. Raises `CaseNotFound`."""
        with self._work(within) as (connection, now):
            return self.operations.case(connection, now, case_id)

    def possible(self, case_id: str, *, actor: Actor, within: Within | None = None) -> tuple[Possible, ...]:
        """What the actor could do now, and why the rest is not possible."""
        with self._work(within) as (connection, now):
            return self.operations.possible(connection, now, case_id, actor)

    def checklist(self, case_id: str, trigger: str, *, within: Within | None = None) -> tuple[ChecklistLine, ...]:
        """The items that a trigger's checklist asks for, each done or missing; empty when it has none."""
        with self._work(within) as (connection, now):
            return self.operations.checklist(connection, now, case_id, trigger)

    def seen_by(self, case_id: str, role: str, *, within: Within | None = None) -> PartyView:
        """What a party (a role marked `party`) may see: the nodes, documents and fields made visible to it, and no more."""
        with self._work(within) as (connection, now):
            return self.operations.seen_by(connection, now, case_id, role)

    def diagram(self, case_id: str, kind: str = "svg", lang: Language = "zh", *, within: Within | None = None) -> str:
        """The case's own picture (`svg`, `dot`, `mermaid`): its way, where it stands, what is open and overdue."""
        from .picturing import picture

        with self._work(within) as (connection, now):
            operations = self.operations
            found = operations.case(connection, now, case_id)
            return picture(
                self.registry.version(found.definition_hash, connection), found, operations.history(connection, case_id),
                operations.deadlines(connection, now, case_id, live=True, explain=False),
                operations.tasks(connection, now, case_id=case_id, role=None, person=None, court=None, open_only=True, limit=100),
                operations.query(connection, now, parent=case_id, open_only=True), kind, lang,
            )  # fmt: skip

    def tasks(
        self, *, case_id: str | None = None, role: str | None = None, person: str | None = None, court: str | None = None,
        open_only: bool = True, limit: int = 1000, within: Within | None = None,
    ) -> tuple[Task, ...]:  # fmt: skip
        """Work in the pools, the oldest first: tasks and approvals that wait for a role, or that a person has claimed."""
        with self._work(within) as (connection, now):
            return self.operations.tasks(
                connection, now, case_id=case_id, role=role, person=person, court=court, open_only=open_only, limit=limit
            )

    def workload(self, *, within: Within | None = None) -> tuple[Workload, ...]:
        """How much open work each person has claimed, and how much waits in each pool."""
        with self._work(within) as (connection, _):
            return self.operations.workload(connection)

    def deadlines(self, case_id: str, *, live: bool = True, explain: bool = False, within: Within | None = None) -> tuple[Deadline, ...]:
        """The time limits of a case, the next one first; `live=False` lists ended ones too."""
        with self._work(within) as (connection, now):
            return self.operations.deadlines(connection, now, case_id, live, explain)

    def overdue(self, *, officer: str | None = None, limit: int = 1000, within: Within | None = None) -> tuple[Deadline, ...]:
        """Expired time limits that are still to be performed, the oldest first."""
        with self._work(within) as (connection, now):
            return self.operations.overdue(connection, now, officer, limit)

    def history(self, case_id: str, *, within: Within | None = None) -> tuple[HistoryEntry, ...]:
        """Everything that happened to a case. Raises `CaseNotFound`."""
        with self._work(within) as (connection, _):
            return self.operations.history(connection, case_id)

    def query(
        self, *, procedure: str | None = None, state: str | None = None, officer: str | None = None, court: str | None = None,
        open_only: bool = False, parent: str | None = None, limit: int = 100, after: str = "", within: Within | None = None,
    ) -> tuple[Case, ...]:  # fmt: skip
        """Cases by what they are, in the order of their ids; `after` is the last id of the page before."""
        with self._work(within) as (connection, now):
            return self.operations.query(
                connection, now, procedure=procedure, state=state, officer=officer, court=court, open_only=open_only,
                parent=parent, limit=limit, after=after,
            )  # fmt: skip

    def alerts(
        self, *, case_id: str | None = None, unseen: bool = False, limit: int = 1000, within: Within | None = None
    ) -> tuple[AlertView, ...]:
        """Warnings and expiries, in the order of their times."""
        with self._work(within) as (connection, _):
            return self.operations.alerts(connection, case_id, unseen, limit)

    def incidents(self, *, open_only: bool = True, within: Within | None = None) -> Sequence[Incident]:
        """What the clock or the dispatcher could not do."""
        with self._work(within) as (connection, _):
            return self.operations.incidents(connection, open_only)

    # -- the clock and the outside

    def run_due(self, limit: int = 100_000) -> int:
        """Let every deadline moment come that is due now, in due order; gives how many cases were touched."""
        from .clockwork import run_due

        return run_due(self, limit)

    def start(self, **options: Any) -> None:
        """Enforce deadlines and send requests in the background of this process until `stop`."""
        from .scheduler import Worker

        worker = Worker(self, **options)
        worker.start()
        self._running.append(worker)

    def stop(self) -> None:
        """Stop what `start` started, after the work in hand."""
        while self._running:
            self._running.pop().stop()

    def close(self) -> None:
        """Stop, and give back the connections that this engine opened."""
        self.stop()
        if self._owned:
            self.database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def on_commit(self, nudge: Callable[[], None]) -> None:
        """Call `nudge` after each committed change (the scheduler and the dispatcher use it)."""
        self._nudges.append(nudge)

    def nudge(self) -> None:
        for nudge in self._nudges:
            nudge()

    # -- transactions

    @contextmanager
    def _work(self, within: Within | None, changes: bool = False) -> Iterator[tuple[sa.Connection, datetime]]:
        with database.translated():
            if within is not None:
                connection = within if isinstance(within, sa.Connection) else within.connection()
                yield connection, self._time.now(connection)
                if changes and self._nudges and not isinstance(within, sa.Connection):
                    sa.event.listen(within, "after_commit", lambda _: self.nudge(), once=True)
                return
            with self.database.begin() as connection:
                yield connection, self._time.now(connection)
        if changes and self._nudges:
            self.nudge()

    def now(self, connection: sa.Connection) -> datetime:
        """The time to enforce by, checked against the database's clock now."""
        return self._time.now(connection, fresh=True)


class _DatabaseTime:
    """The host's clock, held back to the database's when it runs ahead: no host acts before the time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._real = isinstance(clock, SystemClock)
        self._behind = timedelta()
        self._checked: float | None = None

    def now(self, connection: sa.Connection, fresh: bool = False) -> datetime:
        now = self._clock.now()
        if not self._real or connection.dialect.name != "postgresql":
            return now
        if fresh or self._checked is None or monotonic() - self._checked > _CHECK_CLOCK_EVERY:
            theirs = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one().astimezone(UTC)
            self._behind = max(now - theirs, timedelta())
            self._checked = monotonic()
        return now - self._behind
