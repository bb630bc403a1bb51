"""What decisions bring about, as rows: history, deadlines, tasks, alerts, requests."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text, update

from ..model.case import CaseState, DeadlineState, TaskState, TaskStatus
from ..model.effects import Alert, Decision, OutboundRequest, RequestStatus
from ..model.trace import current_trace
from .book_rows import BookRows, book_rows, write_books
from .case_rows import DEADLINE_COLUMNS
from .compiled_sql import CompiledStatement
from .schema import alerts, deadlines, history, outbox, tasks

_CHANGING_OF_DEADLINE = (
    "status",
    "live",
    "start",
    "round",
    "armed_at",
    "due_day",
    "due_at",
    "wake_at",
    "warned",
    "escalated",
    "provisional",
    "calendar_version",
    "watcher",
    "extensions",
    "ended_at",
)
_CHANGING_OF_TASK = ("status", "claimed_by", "claimed_at", "ended_at")

_POSITION = {
    "postgresql": {
        "tx": text(
            "greatest(CAST(CAST(pg_current_xact_id() AS text) AS bigint), (SELECT tx"
            " FROM zx_history AS h WHERE h.court = :court AND h.case_id = :case_id"
            " AND h.seq = :seq - 1))"
        ),
        "position": text("nextval('zx_history_position')"),
    },
    "sqlite": {
        "tx": text("0"),
        "position": text(
            "(SELECT coalesce((SELECT position FROM zx_history WHERE tx = 0"
            " ORDER BY position DESC LIMIT 1), 0) + 1)"
        ),
    },
}
"""Where an entry stands among all: by its transaction, and in the order they were written.

A transaction that began early and writes late must not stand before what its case had until then:
it takes the number of the entry before it where that is higher. By then all below have ended too.
"""

_HISTORY_COLUMNS = tuple(c.name for c in history.columns if c.name not in ("tx", "position"))
_INSERT_HISTORY = {
    dialect: CompiledStatement(
        insert(history).values({n: bindparam(n) for n in _HISTORY_COLUMNS} | counted)
    )
    for dialect, counted in _POSITION.items()
}
_INSERT_DEADLINE = CompiledStatement(insert(deadlines))
_UPDATE_DEADLINE = CompiledStatement(
    update(deadlines)
    .where(deadlines.c.court == bindparam("of_court"), deadlines.c.id == bindparam("row_id"))
    .values({n: bindparam(f"new_{n}") for n in _CHANGING_OF_DEADLINE})
)
_INSERT_TASK = CompiledStatement(insert(tasks))
_UPDATE_TASK = CompiledStatement(
    update(tasks)
    .where(tasks.c.court == bindparam("of_court"), tasks.c.id == bindparam("row_id"))
    .values({n: bindparam(f"new_{n}") for n in _CHANGING_OF_TASK})
)
_INSERT_ALERT = CompiledStatement(insert(alerts))
_CLOSE_ALERTS = CompiledStatement(
    update(alerts)
    .where(
        alerts.c.court == bindparam("of_court"),
        alerts.c.case_id == bindparam("of_case"),
        alerts.c.deadline_id == bindparam("of_deadline"),
        alerts.c.closed_at.is_(None),
    )
    .values(closed_at=bindparam("closed"), closed_why=bindparam("why"))
)
_INSERT_OUTBOX = CompiledStatement(insert(outbox))
_REQUESTS = uuid.UUID("6d3e6f0c-6b1f-5f0e-9a3a-2f7c0f5d1b54")
"""The space of names in which requests get their keys."""


@dataclass(slots=True)
class EffectRows:
    """What decisions come to as rows, in the order they were made.

    Deadlines and tasks stand in it once, as the last decision left them.
    """

    history: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    new_deadlines: set[str]
    tasks: list[dict[str, Any]]
    new_tasks: set[str]
    alerts: list[dict[str, Any]]
    closed_alerts: list[dict[str, Any]]
    outbox: list[dict[str, Any]]
    books: BookRows

    def covered(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every row that an entry answers for, with what it is called there."""
        for kind, rows in (
            ("deadline", self.deadlines),
            ("task", self.tasks),
            ("alert", self.alerts),
            ("request", self.outbox),
        ):
            for row in rows:
                yield kind, row
        yield from self.books.covered()


def effect_rows(decisions: Sequence[Decision], now: datetime) -> EffectRows:
    """The rows of decisions; their entries are not chained yet."""
    new_deadlines, latest_deadlines = _deadlines_of(decisions)
    new_tasks, latest_tasks = _tasks_of(decisions)
    return EffectRows(
        [_history_row(d, now) for d in decisions],
        list(starmap(_deadline_row, latest_deadlines)),
        new_deadlines,
        list(starmap(_task_row, latest_tasks)),
        new_tasks,
        [_alert_row(d.case, alert) for d in decisions for alert in d.effects.alerts],
        list(_closed_alerts(decisions, now)),
        list(_outbox_rows(decisions, now)),
        book_rows(decisions),
    )


def write_effects(connection: Connection, rows: EffectRows) -> None:
    """Write the rows of decisions whose case rows are already written."""
    _INSERT_HISTORY[connection.dialect.name].run_many(connection, rows.history)
    new, known = _parted(rows.deadlines, rows.new_deadlines, _CHANGING_OF_DEADLINE)
    _INSERT_DEADLINE.run_many(connection, new)
    _UPDATE_DEADLINE.run_many(connection, known)
    new, known = _parted(rows.tasks, rows.new_tasks, _CHANGING_OF_TASK)
    _INSERT_TASK.run_many(connection, new)
    _UPDATE_TASK.run_many(connection, known)
    _CLOSE_ALERTS.run_many(connection, rows.closed_alerts)
    _INSERT_ALERT.run_many(connection, rows.alerts)
    _INSERT_OUTBOX.run_many(connection, rows.outbox)
    write_books(connection, rows.books)


def _parted(
    rows: Iterable[dict[str, Any]], new: Collection[str], changing: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows that are new, and what an UPDATE takes of those that are there already."""
    inserted = [row for row in rows if row["id"] in new]
    return inserted, [_changes(row, changing) for row in rows if row["id"] not in new]


def _changes(row: dict[str, Any], changing: Sequence[str]) -> dict[str, Any]:
    """What an UPDATE takes of a row that is there already."""
    changes = {f"new_{name}": row[name] for name in changing}
    changes["of_court"], changes["row_id"] = row["court"], row["id"]
    return changes


def _deadlines_of(
    decisions: Sequence[Decision],
) -> tuple[set[str], Iterable[tuple[CaseState, DeadlineState]]]:
    """The ids of the deadlines that are new, and each that was touched as it now stands."""
    armed: set[str] = set()
    latest: dict[str, tuple[CaseState, DeadlineState]] = {}
    for decision in decisions:
        case, effects = decision.case, decision.effects
        armed.update(effects.armed)
        touched = effects.armed | effects.changed
        latest |= {id: (case, deadline) for id, deadline in touched.items()}
    return armed, latest.values()


def _tasks_of(
    decisions: Sequence[Decision],
) -> tuple[set[str], Iterable[tuple[CaseState, TaskState]]]:
    """The ids of the tasks that were offered here, and each that was touched as it now stands."""
    latest: dict[str, tuple[CaseState, TaskState]] = {}
    offered: set[str] = set()
    for decision in decisions:
        case = decision.case
        made_here = f"{case.id}.{case.version}."
        for task in decision.effects.tasks:
            latest[task.id] = (case, task)
            is_new = task.status is TaskStatus.OFFERED and task.claimed_at is None
            if is_new and task.id.startswith(made_here):
                offered.add(task.id)
    return offered, latest.values()


def _history_row(decision: Decision, now: datetime) -> dict[str, Any]:
    entry = decision.entry
    return {
        "court": decision.case.court,
        "case_id": decision.case.id,
        "seq": decision.case.version,
        "happened_at": entry.happened_at,
        "recorded_at": decision.case.recorded_at or now,
        "kind": entry.kind.value,
        "trigger": entry.trigger,
        "actor": entry.actor,
        "roles": entry.roles,
        "source": entry.source,
        "target": entry.target,
        "changes": entry.changes,
        "effects": entry.effects,
        "note": entry.note,
        "given": entry.given,
        "late": entry.late,
        "request_id": entry.request_id or None,
        "definition_hash": entry.definition_hash,
        "calendar_version": entry.calendar_version,
        "rules": entry.rules,
        "rows": {},
        "hash": "",
        "algorithm": "",
    }


def _deadline_row(case: CaseState, d: DeadlineState) -> dict[str, Any]:
    row = {name: getattr(d, name) for name in DEADLINE_COLUMNS}
    return row | {
        "court": case.court,
        "case_id": case.id,
        "status": d.status.value,
        "extensions": _extensions(d),
    }


def _extensions(d: DeadlineState) -> list[list[Any]]:
    return [[e.length, e.unit.value, e.approver, e.document] for e in d.extensions]


def _task_row(case: CaseState, task: TaskState) -> dict[str, Any]:
    return {
        "court": case.court,
        "id": task.id,
        "case_id": case.id,
        "kind": task.kind.value,
        "name": task.name,
        "pool": ",".join(sorted(task.offered_to)),
        "status": task.status.value,
        "claimed_by": task.claimed_by,
        "about": task.about,
        "offered_at": task.offered_at,
        "claimed_at": task.claimed_at,
        "ended_at": task.ended_at,
    }


def _alert_row(case: CaseState, alert: Alert) -> dict[str, Any]:
    return {
        "court": case.court,
        "id": uuid.uuid4().hex,
        "case_id": case.id,
        "deadline_id": alert.deadline_id,
        "rule": alert.rule,
        "kind": alert.kind,
        "roles": alert.roles,
        "watcher": alert.watcher,
        "at": alert.at,
        "due_day": alert.due_day,
        "seen_by": None,
        "closed_at": None,
        "closed_why": None,
    }


def _closed_alerts(decisions: Sequence[Decision], now: datetime) -> Iterator[dict[str, Any]]:
    for decision in decisions:
        case = decision.case
        for deadline, why in decision.effects.closed_alerts.items():
            yield {
                "of_court": case.court,
                "of_case": case.id,
                "of_deadline": deadline,
                "closed": now,
                "why": why,
            }


def _outbox_rows(decisions: Sequence[Decision], now: datetime) -> Iterator[dict[str, Any]]:
    for decision in decisions:
        for index, request in enumerate(decision.effects.requests):
            key = request_key(decision.case, index)
            yield _outbox_row(decision.case, key, request, now)


def request_key(case: CaseState, index: int) -> str:
    """The id of a request, which is the key that the other side is given.

    It says nothing of the case, fits into any address or header, and is the same wherever the same
    is decided again; those of a case sort as they were asked.
    """
    unique = uuid.uuid5(_REQUESTS, f"{case.court}.{case.id}.{case.version}.{index}").hex[:20]
    return f"{case.version:08x}{index:04x}{unique}"


def _outbox_row(
    case: CaseState, key: str, request: OutboundRequest, now: datetime
) -> dict[str, Any]:
    return {
        "court": case.court,
        "id": key,
        "case_id": case.id,
        "seq": case.version,
        "request": request.request,
        "operation": request.operation,
        "payload": request.payload,
        "status": RequestStatus.WAITING.value,
        "attempts": 0,
        "send_at": now,
        "leased_until": None,
        "created_at": now,
        "sent_at": None,
        "answered_at": None,
        "last_error": "",
        "about": request.about,
        "takes_back": request.takes_back,
        "fence": 0,
        "counterparty": None,
        "thing": None,
        "trace": current_trace(),
    }
