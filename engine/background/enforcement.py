"""The clock's side of the one path: claim cases whose moment has come, bring each its moments,
commit, go on.

A claim lives as long as its transaction: when a process dies, the rows are free again and nothing
of it was written. A case that cannot be served becomes an incident and is tried again later; it
never holds up the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from ...workflow.errors import ZhixingError
from ..errors import DatabaseBusy
from ..storage.case_rows import CaseKey, load_cases, update_wake
from ..storage.incidents import record_incident
from ..storage.schema import cases
from ..work.runtime import Runtime, Transaction
from ..work.unit import MAX_EVENTS, UnitOfWork

BATCH = 100
RETRY_AFTER = timedelta(minutes=5)
_CASE_FAILURES = (
    ZhixingError,
    DBAPIError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AssertionError,
    RuntimeError,
)
"""What the state of one case can raise: it must not stop the others."""


def run_due(runtime: Runtime, limit: int = 100_000, batch: int = BATCH) -> int:
    """Serve everything due now; gives how many cases were touched."""
    done = 0
    while done < limit:
        touched = run_batch(runtime, min(batch, limit - done))
        done += touched
        if touched == 0:
            break
    return done


def run_batch(runtime: Runtime, size: int = BATCH) -> int:
    """Claim and serve up to `size` cases in one transaction; when one of them fails, each in its
    own."""
    keys: list[CaseKey] = []
    try:
        with runtime.transaction() as transaction:
            transaction.now = runtime.now(transaction.connection)
            keys = _claim(transaction, size)
            if keys:
                _serve(transaction, keys)
    except DatabaseBusy:
        raise
    except _CASE_FAILURES:
        if not keys:
            raise
        return _serve_singly(runtime, transaction.now, keys)
    return len(keys)


def next_moment(connection: Connection) -> datetime | None:
    """When the next case wants the clock."""
    earliest = select(func.min(cases.c.wake_at)).where(cases.c.wake_at.is_not(None))
    return connection.execute(earliest).scalar()


def _claim(transaction: Transaction, size: int) -> list[CaseKey]:
    """The next cases that are due; those that another process holds are left to it."""
    due = select(cases.c.court, cases.c.id).where(
        cases.c.wake_at.is_not(None), cases.c.wake_at <= transaction.now
    )
    due = due.order_by(cases.c.wake_at).limit(size).with_for_update(skip_locked=True)
    return [CaseKey(court, id) for court, id in transaction.connection.execute(due)]


def _serve(transaction: Transaction, keys: list[CaseKey]) -> None:
    unit = transaction.unit()
    loaded = load_cases(transaction.connection, transaction.version, [key.id for key in keys])
    for case in loaded.values():
        unit.adopt(case)
    for key in keys:
        unit.catch_up(key.id, transaction.now, MAX_EVENTS)
    unit.flush()
    _settle(transaction, unit, keys)


def _settle(transaction: Transaction, unit: UnitOfWork, keys: list[CaseKey]) -> None:
    """A wake-up that no deadline accounts for would be claimed for ever: set it right."""
    now = transaction.now
    idle = [key for key in keys if _is_due(unit, key.id, now) and not unit.owes(key.id, now)]
    update_wake(transaction.connection, idle, None)


def _is_due(unit: UnitOfWork, case_id: str, now: datetime) -> bool:
    wake_at = unit.case(case_id).wake_at
    return wake_at is not None and wake_at <= now


def _serve_singly(runtime: Runtime, now: datetime, keys: list[CaseKey]) -> int:
    for key in keys:
        try:
            with runtime.transaction() as transaction:
                transaction.now = now
                unit = transaction.unit(lock=True)
                unit.catch_up(key.id, now, MAX_EVENTS)
                unit.flush()
        except DatabaseBusy:
            raise
        except _CASE_FAILURES as error:
            if not (isinstance(error, ZhixingError) and error.retryable):
                _give_up(runtime, now, key, error)
    return len(keys)


def _give_up(runtime: Runtime, now: datetime, key: CaseKey, error: Exception) -> None:
    if isinstance(error, ZhixingError):
        message = error.text("zh")
    else:
        message = f"{type(error).__name__}: {error}"
    with runtime.transaction() as transaction:
        record_incident(transaction.connection, now, "clock", message, key.court, key.id)
        update_wake(transaction.connection, [key], now + RETRY_AFTER)
