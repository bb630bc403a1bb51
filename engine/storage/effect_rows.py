"""What decisions bring about, as rows: history, deadlines, tasks, alerts, requests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text, update

from ..model.case import CaseState, DeadlineState, TaskState, TaskStatus
from ..model.effects import Alert, Decision, OutboundRequest, RequestStatus
from .case_rows import DEADLINE_COLUMNS
from .compiled_sql import CompiledStatement
from .schema import alerts, deadlines, history, outbox, tasks

_CHANGING_OF_DEADLINE = (
    "status",
    "live",
    "start",
    "round",
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
        "tx": text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)"),
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
"""Where an entry stands among all: by its transaction, and in the order they were written."""

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
    .where(deadlines.c.court == bindparam("of_court"), deadlines.c.id == bindparam("deadline_id"))
    .values({n: bindparam(f"new_{n}") for n in _CHANGING_OF_DEADLINE})
)
_INSERT_TASK = CompiledStatement(insert(tasks))
_UPDATE_TASK = CompiledStatement(
    update(tasks)
    .where(tasks.c.court == bindparam("of_court"), tasks.c.id == bindparam("task_id"))
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


def write_effects(connection: Connection, decisions: Sequence[Decision], now: datetime) -> None:
    """The rows of decisions whose case rows are already written, in the order they were made."""
    entries = _INSERT_HISTORY[connection.dialect.name]
    entries.run_many(connection, (_history_row(d, now) for d in decisions))
    _write_deadlines(connection, decisions)
    _write_tasks(connection, decisions)
    _CLOSE_ALERTS.run_many(connection, _closed_alerts(decisions, now))
    _INSERT_ALERT.run_many(
        connection, (_alert_row(d.case, alert) for d in decisions for alert in d.effects.alerts)
    )
    _INSERT_OUTBOX.run_many(connection, _outbox_rows(decisions, now))


def _write_deadlines(connection: Connection, decisions: Sequence[Decision]) -> None:
    """Each deadline once, as the last decision left it."""
    armed: dict[str, None] = {}
    latest: dict[str, tuple[CaseState, DeadlineState]] = {}
    for decision in decisions:
        case, effects = decision.case, decision.effects
        armed.update(dict.fromkeys(effects.armed))
        for touched in (effects.armed, effects.changed):
            latest.update({id: (case, deadline) for id, deadline in touched.items()})
    _INSERT_DEADLINE.run_many(connection, (_deadline_row(*latest[id]) for id in armed))
    _UPDATE_DEADLINE.run_many(
        connection, (_deadline_changes(*d) for id, d in latest.items() if id not in armed)
    )


def _write_tasks(connection: Connection, decisions: Sequence[Decision]) -> None:
    """Each task once: a new row for one that was offered here, else its row as it now stands."""
    latest: dict[str, tuple[CaseState, TaskState]] = {}
    offered: dict[str, None] = {}
    for decision in decisions:
        case = decision.case
        made_here = f"{case.id}.{case.version}."
        for task in decision.effects.tasks:
            latest[task.id] = (case, task)
            is_new = task.status is TaskStatus.OFFERED and task.claimed_at is None
            if is_new and task.id.startswith(made_here):
                offered[task.id] = None
    _INSERT_TASK.run_many(connection, (_task_row(*latest[id]) for id in offered))
    _UPDATE_TASK.run_many(
        connection, (_task_changes(*t) for id, t in latest.items() if id not in offered)
    )


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


def _deadline_changes(case: CaseState, d: DeadlineState) -> dict[str, Any]:
    row = {f"new_{name}": getattr(d, name) for name in _CHANGING_OF_DEADLINE}
    return row | {
        "of_court": case.court,
        "deadline_id": d.id,
        "new_status": d.status.value,
        "new_extensions": _extensions(d),
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
        "offered_at": task.offered_at,
        "claimed_at": task.claimed_at,
        "ended_at": task.ended_at,
    }


def _task_changes(case: CaseState, task: TaskState) -> dict[str, Any]:
    return {
        "of_court": case.court,
        "task_id": task.id,
        "new_status": task.status.value,
        "new_claimed_by": task.claimed_by,
        "new_claimed_at": task.claimed_at,
        "new_ended_at": task.ended_at,
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
            yield _outbox_row(decision.case, index, request, now)


def _outbox_row(
    case: CaseState, index: int, request: OutboundRequest, now: datetime
) -> dict[str, Any]:
    return {
        "court": case.court,
        "id": f"{case.id}-{case.version}-{index}",
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
    }
