"""Cases to rows and back. All SQL of the way of an event is here; nothing here decides."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..workflow.data import Type, reviver
from ..workflow.models import Definition
from ..workflow.periods import Deduction, Extension, Unit
from .errors import CaseExists, CaseNotFound, LostRace
from .machine import Procedure
from .prepared import Prepared
from .schema import alerts, cases, deadlines, definitions, history, load_day, load_json, load_moment, outbox, publications, tasks
from .values import Ballot, CaseState, DeadlineState, Decision, Proposal, Status, TaskKind, TaskState, TaskStatus

if TYPE_CHECKING:
    from .registry import Registry

_CASE_COLUMNS = (
    "id", "procedure", "definition_hash", "state", "version", "number", "court", "officer", "data", "extra", "opened_at",
    "closed_at", "mode", "wake_at", "parent_id", "sub",
)  # fmt: skip
_DEADLINE_COLUMNS = tuple(c.name for c in deadlines.columns if c.name != "case_id")

_SELECT_CASE = Prepared(select(*(cases.c[n] for n in _CASE_COLUMNS)).where(cases.c.id == bindparam("case_id")))
_LOCK_CASE = Prepared(select(*(cases.c[n] for n in _CASE_COLUMNS)).where(cases.c.id == bindparam("case_id")).with_for_update())
_SELECT_LIVE = Prepared(
    select(*(deadlines.c[n] for n in _DEADLINE_COLUMNS)).where(deadlines.c.case_id == bindparam("of_case"), deadlines.c.live)
)
_INSERT_CASE = Prepared(insert(cases))
_UPDATE_CASE = Prepared(
    update(cases)
    .where(cases.c.id == bindparam("case_id"), cases.c.version == bindparam("read_version"))
    .values({n: bindparam(f"new_{n}") for n in ("state", "version", "number", "officer", "court", "definition_hash", "data", "extra",
                                                 "updated_at", "closed_at", "mode", "wake_at")})
)  # fmt: skip
_INSERT_HISTORY = Prepared(insert(history))
_INSERT_DEADLINE = Prepared(insert(deadlines))
_CHANGING = ("status", "live", "due_day", "due_at", "wake_at", "warned", "escalated", "provisional", "calendar_version", "watcher",
             "extensions", "ended_at")  # fmt: skip
_UPDATE_DEADLINE = Prepared(
    update(deadlines).where(deadlines.c.id == bindparam("deadline_id")).values({n: bindparam(f"new_{n}") for n in _CHANGING})
)
_INSERT_ALERT = Prepared(insert(alerts))
_INSERT_OUTBOX = Prepared(insert(outbox))
_INSERT_TASK = Prepared(insert(tasks))
_UPDATE_TASK = Prepared(
    update(tasks)
    .where(tasks.c.id == bindparam("task_id"))
    .values({n: bindparam(f"new_{n}") for n in ("status", "claimed_by", "claimed_at", "ended_at")})
)
_CHILDREN = Prepared(
    select(cases.c.sub, cases.c.state, cases.c.closed_at, cases.c.data).where(cases.c.parent_id == bindparam("parent")).order_by(cases.c.id)
)


class Rows:
    """Cases as rows of a database, within the caller's transaction. `lock` claims the case's row when it is read."""

    def __init__(self, connection: Connection, registry: Registry, lock: bool) -> None:
        self._connection, self._registry, self._lock = connection, registry, lock

    def load(self, case_id: str) -> CaseState:
        return load_case(self._connection, self.procedure, case_id, self._lock)

    def children(self, case: CaseState, procedure: Procedure) -> dict[str, dict[str, Any]]:
        rows = _CHILDREN.rows(self._connection, parent=case.id)
        return asked_of_children(procedure, ((sub, state, closed is None, load_json(data)) for sub, state, closed, data in rows))

    def current(self, procedure: str, at: datetime) -> Procedure:
        return self._registry.begins_on(procedure, self._connection, at)

    def procedure(self, hash: str) -> Procedure:
        return self._registry.version(hash, self._connection)

    def keep(self, procedure: Procedure, now: datetime) -> None:
        if procedure.hash not in self._registry.stored:
            store_definition(self._connection, procedure.definition, now)

    def write(
        self, new: Sequence[CaseState], old: Sequence[tuple[CaseState, int]], decisions: Sequence[tuple[int, Decision]], now: datetime
    ) -> None:
        insert_cases(self._connection, new, now)
        update_cases(self._connection, old, now)
        write_decisions(self._connection, decisions, now)


def load_case(connection: Connection, procedures: Mapping[str, Procedure] | Any, case_id: str, lock: bool = False) -> CaseState:
    """A case with its live deadlines. `procedures(hash)` gives the procedure it runs on. Raises `CaseNotFound`."""
    statement = _LOCK_CASE if lock and connection.dialect.name == "postgresql" else _SELECT_CASE
    rows = statement.rows(connection, case_id=case_id)
    if not rows:
        raise CaseNotFound(case_id=case_id)
    state = case_from_row(procedures, rows[0])
    state.deadlines = [deadline_from_row(row) for row in _SELECT_LIVE.rows(connection, of_case=case_id)]
    return state


def load_cases(connection: Connection, procedures: Any, ids: Sequence[str]) -> dict[str, CaseState]:
    """Many cases with their live deadlines in two statements."""
    rows = connection.execute(select(*(cases.c[n] for n in _CASE_COLUMNS)).where(cases.c.id.in_(ids))).fetchall()
    loaded = {row[0]: case_from_row(procedures, row) for row in rows}
    live = select(deadlines.c.case_id, *(deadlines.c[n] for n in _DEADLINE_COLUMNS)).where(deadlines.c.case_id.in_(ids), deadlines.c.live)
    for case_id, *columns in connection.execute(live):
        loaded[case_id].deadlines.append(deadline_from_row(columns))
    return loaded


def case_from_row(procedures: Any, row: Sequence[Any]) -> CaseState:
    """A row of `_CASE_COLUMNS` as a case, its data typed by its own definition version."""
    (id, procedure, hash, state, version, number, court, officer, data, extra, opened, closed, mode, wake, parent, sub) = row
    data, extra = load_json(data), load_json(extra)
    for name, revive in procedures(hash).revivers.items():
        value = data.get(name)
        if value is not None:
            data[name] = revive(value)
    return CaseState(
        id, procedure, hash, state, version, load_moment(opened) or datetime.min, number, court, officer, data,
        extra.get("documents", {}), extra.get("done_by", {}), tuple(extra.get("origins", ())),
        tuple(_deduction(d) for d in extra.get("deductions", ())), [], parent, sub, load_moment(closed), mode, load_moment(wake),
        tuple(_proposal(procedures(hash), p) for p in extra.get("proposals", ())), tuple(_task(t) for t in extra.get("tasks", ())),
    )  # fmt: skip


def _proposal(procedure: Procedure, stored: dict[str, Any]) -> Proposal:
    data = {n: revive(v) if v is not None and (revive := procedure.revivers.get(n)) else v for n, v in stored["data"].items()}
    ballots = tuple(Ballot(p, r, _moment(at), bool(f), why) for p, r, at, f, why in stored["ballots"])
    given = stored | {"data": data, "ballots": ballots, "at": _moment(stored["at"]), "roles": tuple(stored["roles"])}
    return Proposal(**given)


def _task(stored: Sequence[Any]) -> TaskState:
    id, kind, name, roles, offered, status, claimed_by, claimed = stored
    return TaskState(id, TaskKind(kind), name, tuple(roles), _moment(offered), TaskStatus(status), claimed_by, load_moment(claimed))


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored)


def _deduction(stored: Sequence[Any]) -> Deduction:
    since, until, ground, document = stored
    return Deduction(date.fromisoformat(since), date.fromisoformat(until) if until else None, ground, document)


def deadline_from_row(row: Sequence[Any]) -> DeadlineState:
    """A row of the deadlines table (without its case) as a value."""
    (id, rule, key, status, live, start, due_day, due_at, wake, warned, escalated, round, provisional, calendar, watcher, ext, ended) = row
    return DeadlineState(
        id, rule, key, load_moment(start) or datetime.min, load_day(due_day), load_moment(due_at), load_moment(wake), Status(status),
        bool(live), warned, escalated, round, bool(provisional), calendar, watcher,
        tuple(Extension(n, Unit(u), by, doc) for n, u, by, doc in load_json(ext)), load_moment(ended),
    )  # fmt: skip


def _extra(state: CaseState) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if state.documents:
        extra["documents"] = state.documents
    if state.done_by:
        extra["done_by"] = state.done_by
    if state.origins:
        extra["origins"] = state.origins
    if state.deductions:
        extra["deductions"] = [[d.since, d.until, d.ground, d.document] for d in state.deductions]
    if state.proposals:
        extra["proposals"] = [_stored_proposal(p) for p in state.proposals]
    if state.tasks:
        extra["tasks"] = [
            [t.id, t.kind.value, t.name, t.offered_to, t.offered_at, t.status.value, t.claimed_by, t.claimed_at] for t in state.tasks
        ]
    return extra


def _stored_proposal(p: Proposal) -> dict[str, Any]:
    ballots = [[b.person, b.role, b.at, b.in_favour, b.reason] for b in p.ballots]
    return {n: getattr(p, n) for n in Proposal.__slots__} | {"ballots": ballots}


def insert_cases(connection: Connection, states: Sequence[CaseState], now: datetime) -> None:
    """New cases' rows. Raises `CaseExists`."""
    rows = ({n: getattr(s, n) for n in _CASE_COLUMNS if n != "extra"} | {"extra": _extra(s), "updated_at": now} for s in states)
    try:
        _INSERT_CASE.run_many(connection, rows)
    except IntegrityError:
        raise CaseExists(case_id=", ".join(s.id for s in states[:5])) from None


def update_cases(connection: Connection, states: Sequence[tuple[CaseState, int]], now: datetime) -> None:
    """Write cases' rows, each if nobody wrote it since the version it was read at. Raises `LostRace`."""
    if _UPDATE_CASE.run_many(connection, (_case_changes(state, version, now) for state, version in states)) != len(states):
        raise LostRace(case_id=", ".join(state.id for state, _ in states[:5]))


def _case_changes(state: CaseState, read_version: int, now: datetime) -> dict[str, Any]:
    return {
        "case_id": state.id, "read_version": read_version, "new_state": state.state, "new_version": state.version,
        "new_number": state.number, "new_officer": state.officer, "new_court": state.court,
        "new_definition_hash": state.definition_hash, "new_data": state.data, "new_extra": _extra(state), "new_updated_at": now,
        "new_closed_at": state.closed_at, "new_mode": state.mode, "new_wake_at": state.wake_at,
    }  # fmt: skip


def write_decisions(connection: Connection, decisions: Sequence[tuple[int, Decision]], now: datetime) -> None:
    """History, deadlines, alerts and outbox rows of decisions whose case rows are already written."""
    entries, armed, changed, raised, asked = [], {}, {}, [], []
    pooled: dict[str, tuple[str, TaskState]] = {}
    offered: dict[str, None] = {}
    for seq, decision in decisions:
        case_id = decision.case.id
        entries.append(_history_row(case_id, seq, decision, now))
        armed.update({d.id: (case_id, d) for d in decision.armed})
        changed.update({d.id: d for d in decision.changed})
        for task in decision.tasks:
            pooled[task.id] = (case_id, task)
            if task.status is TaskStatus.OFFERED and task.claimed_at is None and task.id.startswith(f"{case_id}.{seq}."):
                offered[task.id] = None
        raised += [_alert_row(case_id, a) for a in decision.alerts]
        asked += [_outbox_row(case_id, seq, i, ask, now) for i, ask in enumerate(decision.asks)]
    latest = {d.id: d for _, decision in decisions for d in decision.case.deadlines}
    _INSERT_HISTORY.run_many(connection, entries)
    _INSERT_DEADLINE.run_many(connection, (_deadline_row(case_id, latest.get(i, d)) for i, (case_id, d) in armed.items()))
    _UPDATE_DEADLINE.run_many(connection, (_deadline_changes(latest.get(i, d)) for i, d in changed.items() if i not in armed))
    _INSERT_TASK.run_many(connection, (_task_row(*pooled[id]) for id in offered))
    _UPDATE_TASK.run_many(connection, (_task_changes(task) for id, (_, task) in pooled.items() if id not in offered))
    _INSERT_ALERT.run_many(connection, raised)
    _INSERT_OUTBOX.run_many(connection, asked)


def _history_row(case_id: str, seq: int, decision: Decision, now: datetime) -> dict[str, Any]:
    e = decision.entry
    return {
        "case_id": case_id, "seq": seq, "at": e.at, "recorded_at": now, "kind": e.kind, "trigger": e.trigger, "actor": e.actor,
        "roles": e.roles, "source": e.source, "target": e.target, "changes": e.changes, "effects": e.effects, "note": e.note,
    }  # fmt: skip


def _deadline_row(case_id: str, d: DeadlineState) -> dict[str, Any]:
    row = {n: getattr(d, n) for n in _DEADLINE_COLUMNS}
    return row | {"case_id": case_id, "status": d.status.value, "extensions": _extensions(d)}


def _deadline_changes(d: DeadlineState) -> dict[str, Any]:
    row = {f"new_{n}": getattr(d, n) for n in _CHANGING}
    return row | {"deadline_id": d.id, "new_status": d.status.value, "new_extensions": _extensions(d)}


def _extensions(d: DeadlineState) -> list[list[Any]]:
    return [[e.length, e.unit.value, e.approver, e.document] for e in d.extensions]


def _alert_row(case_id: str, alert: Any) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex, "case_id": case_id, "deadline_id": alert.deadline_id, "rule": alert.rule, "kind": alert.kind,
        "roles": alert.roles, "watcher": alert.watcher, "at": alert.at, "due_day": alert.due_day, "seen_by": None,
    }  # fmt: skip


def _task_row(case_id: str, t: TaskState) -> dict[str, Any]:
    return {
        "id": t.id, "case_id": case_id, "kind": t.kind.value, "name": t.name, "pool": ",".join(sorted(t.offered_to)),
        "status": t.status.value, "claimed_by": t.claimed_by, "offered_at": t.offered_at, "claimed_at": t.claimed_at,
        "ended_at": t.ended_at,
    }  # fmt: skip


def _task_changes(t: TaskState) -> dict[str, Any]:
    return {
        "task_id": t.id, "new_status": t.status.value, "new_claimed_by": t.claimed_by, "new_claimed_at": t.claimed_at,
        "new_ended_at": t.ended_at,
    }  # fmt: skip


def _outbox_row(case_id: str, seq: int, index: int, ask: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": f"{case_id}-{seq}-{index}", "case_id": case_id, "seq": seq, "request": ask.request, "operation": ask.operation,
        "payload": ask.payload, "status": "waiting", "attempts": 0, "send_at": now, "leased_until": None, "created_at": now,
        "sent_at": None, "answered_at": None, "last_error": "",
    }  # fmt: skip


def asked_of_children(procedure: Procedure, children: Iterable[tuple[str, str, bool, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """What guards may ask about sub-procedures, from (name, state, is open, data) of each, in the order they were opened."""
    found: dict[str, dict[str, Any]] = {}
    subs = procedure.definition.sub_procedures
    for name, state, is_open, data in children:
        sub = subs.get(name)
        told = found.setdefault(name, {"count": 0, "open": 0, "concluded": 0})
        told["count"] += 1
        told["open" if is_open else "concluded"] += 1
        if sub is None:
            continue
        if state in sub.states:
            told[f"at.{state}"] = told.get(f"at.{state}", 0) + 1
        for field, kind in sub.fields.items():
            value = data.get(field)
            value = revive(value) if isinstance(value, str) and (revive := reviver(kind)) else value
            told[f"latest.{field}"] = value
            if is_open and value is not None and kind in (Type.MONEY, Type.NUMBER):
                told[f"sum.{field}"] = told.get(f"sum.{field}", 0) + value
    return found


def store_definition(connection: Connection, definition: Definition, now: datetime) -> None:
    """Keep the text of a definition version, once."""
    present = connection.execute(select(definitions.c.hash).where(definitions.c.hash == definition.hash)).first()
    if present is not None:
        return
    values = {
        "hash": definition.hash, "procedure": definition.id, "version": definition.version, "effective": definition.effective,
        "text": definition.source_text, "stored_at": now,
    }  # fmt: skip
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or_skip

        connection.execute(insert_or_skip(definitions).values(values).on_conflict_do_nothing())
    else:
        connection.execute(insert(definitions).prefix_with("OR IGNORE"), values)


def definition_text(connection: Connection, hash: str) -> str | None:
    """The stored text of a definition version."""
    return connection.execute(select(definitions.c.text).where(definitions.c.hash == hash)).scalar()


def latest_hash(connection: Connection, procedure: str) -> str | None:
    """The hash of the version of a procedure that was kept last, those of single cases aside."""
    alone = select(publications.c.definition_hash).where(publications.c.case_id.is_not(None))
    query = select(definitions.c.hash).where(definitions.c.procedure == procedure, definitions.c.hash.not_in(alone))
    return connection.execute(query.order_by(definitions.c.stored_at.desc()).limit(1)).scalar()
