"""The clock's side of the one path: claim cases whose moment has come, bring each its moments,
commit, go on.

A claim lives as long as its transaction: when a process dies, the rows are free again and nothing
of it was written. A case that cannot be served becomes an incident and is tried again later; it
never holds up the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import DBAPIError

from ...workflow.errors import ZhixingError
from ..errors import DatabaseBusy
from ..storage.case_rows import load_cases
from ..storage.incidents import record_incident
from ..storage.schema import cases
from ..work.runtime import Runtime, Transaction
from ..work.unit import UnitOfWork

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
    ids: list[str] = []
    try:
        with runtime.transaction() as transaction:
            transaction.now = runtime.now(transaction.connection)
            ids = _claim(transaction, size)
            if ids:
                _serve(transaction, ids)
    except DatabaseBusy:
        raise
    except _CASE_FAILURES:
        if not ids:
            raise
        return _serve_singly(runtime, transaction.now, ids)
    return len(ids)


def next_moment(connection: Connection) -> datetime | None:
    """When the next case wants the clock."""
    earliest = select(func.min(cases.c.wake_at)).where(cases.c.wake_at.is_not(None))
    return connection.execute(earliest).scalar()


def _claim(transaction: Transaction, size: int) -> list[str]:
    """The next cases that are due; those that another process holds are left to it."""
    due = select(cases.c.id).where(cases.c.wake_at.is_not(None), cases.c.wake_at <= transaction.now)
    due = due.order_by(cases.c.wake_at).limit(size).with_for_update(skip_locked=True)
    return list(transaction.connection.execute(due).scalars())


def _serve(transaction: Transaction, ids: list[str]) -> None:
    unit = transaction.unit()
    loaded = load_cases(transaction.connection, transaction.version, ids)
    for case in loaded.values():
        unit.adopt(case)
    for case_id in ids:
        unit.catch_up(case_id, transaction.now)
    unit.flush()
    _settle(transaction, unit, ids)


def _settle(transaction: Transaction, unit: UnitOfWork, ids: list[str]) -> None:
    """A wake-up that no deadline accounts for would be claimed for ever: set it right."""
    now = transaction.now
    idle = [id for id in ids if _is_due(unit, id, now) and not unit.owes(id, now)]
    if idle:
        transaction.connection.execute(
            update(cases).where(cases.c.id.in_(idle)).values(wake_at=None)
        )


def _is_due(unit: UnitOfWork, case_id: str, now: datetime) -> bool:
    wake_at = unit.case(case_id).wake_at
    return wake_at is not None and wake_at <= now


def _serve_singly(runtime: Runtime, now: datetime, ids: list[str]) -> int:
    for case_id in ids:
        try:
            with runtime.transaction() as transaction:
                transaction.now = now
                unit = transaction.unit(lock=True)
                unit.catch_up(case_id, now)
                unit.flush()
        except DatabaseBusy:
            raise
        except _CASE_FAILURES as error:
            if not (isinstance(error, ZhixingError) and error.retryable):
                _give_up(runtime, now, case_id, error)
    return len(ids)


def _give_up(runtime: Runtime, now: datetime, case_id: str, error: Exception) -> None:
    if isinstance(error, ZhixingError):
        message = error.text("zh")
    else:
        message = f"{type(error).__name__}: {error}"
    with runtime.transaction() as transaction:
        record_incident(transaction.connection, now, "clock", message, case_id=case_id)
        later = update(cases).where(cases.c.id == case_id).values(wake_at=now + RETRY_AFTER)
        transaction.connection.execute(later)
