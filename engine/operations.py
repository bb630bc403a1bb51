"""Everything an engine can do on a connection, without opening or ending a transaction: shared by `Engine`,
`AsyncEngine`, the clock and the dispatcher.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from ..workflow.errors import DataError
from . import decision, store, timing
from .changes import Change
from .errors import CaseNotFound, UnknownDeadline
from .registry import Registry
from .schema import alerts, cases, deadlines, history, incidents, load_moment, outbox, tasks
from .seeing import ChecklistLine, PartyView, checklist_lines, party_view
from .unit import Unit
from .values import Actor, CaseState, Event, NewCase
from .views import AlertView, Case, Deadline, HistoryEntry, Incident, Possible, Task, Workload

Data = Mapping[str, Any]


class Operations:
    """The engine's verbs. Every method takes the connection to work on, and the time."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    # -- changes

    def open_case(
        self, connection: Connection, now: datetime, procedure: str, actor: Actor, data: Data, *,
        id: str | None, number: str, court: str, officer: str, note: str,
    ) -> Case:  # fmt: skip
        unit = Unit.on(connection, self.registry, now)
        case = unit.open(procedure, Event(now, actor, data=data, note=note), id=id, number=number, court=court, officer=officer)
        unit.flush()
        return self._view(unit, case)

    def open_many(self, connection: Connection, now: datetime, procedure: str, actor: Actor, many: Iterable[NewCase]) -> list[str]:
        unit = Unit.on(connection, self.registry, now)
        ids = []
        for new in many:
            event = Event(now, actor, data=new.data)
            case = unit.open(procedure, event, id=new.id, number=new.number, court=new.court, officer=new.officer)
            ids.append(case.id)
        unit.flush()
        return ids

    def fire(
        self, connection: Connection, now: datetime, case_id: str, trigger: str, actor: Actor, data: Data, documents: Mapping[str, str], note: str
    ) -> Case:  # fmt: skip
        return self.apply(connection, now, case_id, Event(now, actor, trigger, data, documents, note))

    def apply(self, connection: Connection, now: datetime, case_id: str, event: Event) -> Case:
        """Any event of a case, through the one path."""
        unit = Unit.on(connection, self.registry, now)
        case = unit.fire(case_id, event)
        unit.flush()
        return self._view(unit, case)

    def change(self, connection: Connection, now: datetime, case_id: str, actor: Actor, change: Change, note: str) -> Case:
        return self.apply(connection, now, case_id, Event(now, actor, change=change, note=note))

    def advance(self, connection: Connection, now: datetime, case_id: str) -> int:
        """Let the clock catch up with one case; gives how many moments came."""
        unit = Unit.on(connection, self.registry, now, lock=True)
        count = unit.catch_up(case_id, now)
        unit.flush()
        return count

    def resolve(self, connection: Connection, now: datetime, incident: int, actor: Actor, resolution: str, retry: bool) -> None:
        """Close an incident; with `retry` the case's clock or the request is tried again at once."""
        row = connection.execute(select(incidents).where(incidents.c.id == incident)).mappings().first()
        if row is None:
            raise DataError(field="incident", value=incident, why_zh="没有这个事件单", why_en="there is no such incident")
        connection.execute(
            update(incidents).where(incidents.c.id == incident).values(resolved_at=now, resolved_by=actor.id, resolution=resolution)
        )
        if retry and row["outbox_id"]:
            connection.execute(
                update(outbox).where(outbox.c.id == row["outbox_id"]).values(status="waiting", attempts=0, send_at=now, leased_until=None)
            )
        elif retry and row["case_id"]:
            connection.execute(update(cases).where(cases.c.id == row["case_id"], cases.c.wake_at.is_not(None)).values(wake_at=now))

    # -- questions

    def case(self, connection: Connection, now: datetime, case_id: str) -> Case:
        unit = Unit.on(connection, self.registry, now)
        return self._view(unit, unit.case(case_id))

    def possible(self, connection: Connection, now: datetime, case_id: str, actor: Actor) -> tuple[Possible, ...]:
        unit = Unit.on(connection, self.registry, now)
        case = unit.case(case_id)
        procedure = unit.procedure(case)
        found = decision.possible(procedure, case, actor, now, unit.children(case))
        titles = {trigger: procedure.definition.trigger_title(trigger) for trigger in found}
        return tuple(
            Possible(trigger=t, title_zh=titles[t].zh, title_en=titles[t].en, allowed=not obstacles, obstacles=obstacles)
            for t, obstacles in found.items()
        )

    def checklist(self, connection: Connection, now: datetime, case_id: str, trigger: str) -> tuple[ChecklistLine, ...]:
        """Every item of the checklists that a trigger's ways out of the present state must meet, done or missing."""
        unit = Unit.on(connection, self.registry, now)
        case = unit.case(case_id)
        procedure = unit.procedure(case)
        return tuple(checklist_lines(procedure, case, trigger, now, unit.children(case)))

    def seen_by(self, connection: Connection, now: datetime, case_id: str, role: str) -> PartyView:
        """What a party of this role may see of a case. Raises `CaseNotFound`, `DataError`."""
        unit = Unit.on(connection, self.registry, now)
        case = unit.case(case_id)
        procedure = unit.procedure(case)
        if role not in procedure.definition.parties:
            known = ", ".join(sorted(procedure.definition.parties)) or "-"
            raise DataError(
                field="role", value=role, why_zh=f"不是当事人角色；可用：{known}", why_en=f"not the role of a party; known: {known}"
            )
        rows = connection.execute(select(history).where(history.c.case_id == case_id).order_by(history.c.seq)).mappings()
        return party_view(procedure, case, role, [(row["at"], row["kind"], row["source"], row["target"]) for row in rows])

    def tasks(
        self, connection: Connection, now: datetime, *, case_id: str | None, role: str | None, person: str | None, court: str | None,
        open_only: bool, limit: int,
    ) -> tuple[Task, ...]:  # fmt: skip
        query = select(tasks, cases.c.number, cases.c.court, cases.c.officer, cases.c.definition_hash).join(
            cases, cases.c.id == tasks.c.case_id
        )
        if open_only:
            query = query.where(tasks.c.ended_at.is_(None))
        if role is not None:
            pools = select(tasks.c.pool).where(tasks.c.ended_at.is_(None)).distinct() if open_only else select(tasks.c.pool).distinct()
            query = query.where(tasks.c.pool.in_([p for p in connection.execute(pools).scalars() if role in p.split(",")]))
        for column, value in ((tasks.c.case_id, case_id), (tasks.c.claimed_by, person), (cases.c.court, court)):
            if value is not None:
                query = query.where(column == value)
        unit = Unit.on(connection, self.registry, now)
        rows = connection.execute(query.order_by(tasks.c.offered_at, tasks.c.id).limit(limit)).mappings()
        return tuple(Task.of(unit.version(row["definition_hash"]), row) for row in rows)

    def workload(self, connection: Connection) -> tuple[Workload, ...]:
        """Who has how much claimed, and how much waits unclaimed in each pool."""
        counted = (
            select(tasks.c.pool, tasks.c.claimed_by, func.count(), func.min(tasks.c.offered_at))
            .where(tasks.c.ended_at.is_(None))
            .group_by(tasks.c.pool, tasks.c.claimed_by)
            .order_by(tasks.c.pool, tasks.c.claimed_by)
        )
        return tuple(
            Workload(pool=tuple(pool.split(",")), person=person, count=count, oldest=load_moment(oldest))
            for pool, person, count, oldest in connection.execute(counted)
        )

    def deadlines(self, connection: Connection, now: datetime, case_id: str, live: bool, explain: bool) -> tuple[Deadline, ...]:
        unit = Unit.on(connection, self.registry, now)
        case = unit.case(case_id)
        if not live:
            columns = [c for c in deadlines.columns if c.name != "case_id"]
            rows = connection.execute(select(*columns).where(deadlines.c.case_id == case_id))
            case.deadlines = [store.deadline_from_row(row) for row in rows]
        procedure = unit.procedure(case)
        today = procedure.calendar.local_day(now)
        ordered = sorted(case.deadlines, key=lambda d: (d.due_at or timing.FAR.replace(tzinfo=now.tzinfo), procedure.order[d.rule]))
        return tuple(Deadline.of(procedure, case, d, today, explain) for d in ordered)

    def overdue(self, connection: Connection, now: datetime, officer: str | None, limit: int) -> tuple[Deadline, ...]:
        """Expired time limits that nobody has performed yet, the oldest first."""
        query = (
            select(cases.c.id)
            .join(deadlines, deadlines.c.case_id == cases.c.id)
            .where(deadlines.c.live, deadlines.c.status == "expired")
            .order_by(deadlines.c.due_at)
            .limit(limit)
        )
        if officer is not None:
            query = query.where(cases.c.officer == officer)
        ids = list(dict.fromkeys(connection.execute(query).scalars()))
        unit = Unit.on(connection, self.registry, now)
        found = []
        for case in store.load_cases(connection, unit.version, ids).values():
            procedure = unit.procedure(case)
            today = procedure.calendar.local_day(now)
            duties = (d for d in case.deadlines if d.status.value == "expired" and not procedure.rules[d.rule].on_expiry.lapses)
            found += [Deadline.of(procedure, case, d, today) for d in duties]
        return tuple(sorted(found, key=lambda d: (d.due_day or date.max, d.case_id))[:limit])

    def deadline(self, connection: Connection, now: datetime, case_id: str, rule: str) -> Deadline:
        """One live deadline of a case, explained step by step. Raises `UnknownDeadline`."""
        for deadline in self.deadlines(connection, now, case_id, live=True, explain=True):
            if rule in (deadline.rule, deadline.id):
                return deadline
        raise UnknownDeadline(case_id=case_id, rule=rule)

    def history(self, connection: Connection, case_id: str) -> tuple[HistoryEntry, ...]:
        rows = connection.execute(select(history).where(history.c.case_id == case_id).order_by(history.c.seq)).mappings().all()
        if not rows and connection.execute(select(cases.c.id).where(cases.c.id == case_id)).first() is None:
            raise CaseNotFound(case_id=case_id)
        return tuple(HistoryEntry(**{k: v for k, v in row.items() if k != "case_id"}) for row in rows)

    def query(
        self, connection: Connection, now: datetime, *, procedure: str | None = None, state: str | None = None,
        officer: str | None = None, court: str | None = None, open_only: bool = False, parent: str | None = None, limit: int = 100,
        after: str = "",
    ) -> tuple[Case, ...]:  # fmt: skip
        query = select(cases.c.id).where(cases.c.id > after).order_by(cases.c.id).limit(limit)
        for column, value in ((cases.c.procedure, procedure), (cases.c.state, state), (cases.c.officer, officer), (cases.c.court, court),
                              (cases.c.parent_id, parent)):  # fmt: skip
            if value is not None:
                query = query.where(column == value)
        if open_only:
            query = query.where(cases.c.closed_at.is_(None))
        ids = list(connection.execute(query).scalars())
        unit = Unit.on(connection, self.registry, now)
        loaded = store.load_cases(connection, unit.version, ids)
        return tuple(self._view(unit, loaded[id]) for id in ids)

    def alerts(self, connection: Connection, case_id: str | None, unseen: bool, limit: int) -> tuple[AlertView, ...]:
        query = select(alerts).order_by(alerts.c.at, alerts.c.id).limit(limit)
        if case_id is not None:
            query = query.where(alerts.c.case_id == case_id)
        if unseen:
            query = query.where(alerts.c.seen_by.is_(None))
        return tuple(AlertView(**row) for row in connection.execute(query).mappings())

    def see(self, connection: Connection, alert_id: str, actor: Actor) -> None:
        connection.execute(update(alerts).where(alerts.c.id == alert_id, alerts.c.seen_by.is_(None)).values(seen_by=actor.id))

    def incidents(self, connection: Connection, open_only: bool) -> Sequence[Incident]:
        query = select(incidents).order_by(incidents.c.id)
        if open_only:
            query = query.where(incidents.c.resolved_at.is_(None))
        return [Incident(**row) for row in connection.execute(query).mappings()]

    def _view(self, unit: Unit, case: CaseState) -> Case:
        return Case.of(unit.procedure(case), case)


Work = Callable[[Connection], Any]
