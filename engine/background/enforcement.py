"""The clock's side of the one path: claim cases whose moment has come, bring each its moments,
commit, go on.

A claim lives as long as its transaction: when a process dies, the rows are free again and nothing
of it was written. A case that cannot be served, whatever is wrong with it, becomes an incident and
is tried again later; it never holds up the others.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, TextClause, and_, func, select, text

from ...workflow.errors import ZhixingError
from ..errors import DatabaseFault, IntegrityViolated
from ..storage.case_rows import CaseKey, load_cases, update_wake
from ..storage.damage import damaged, readable
from ..storage.families import claim_families
from ..storage.hold import Hold, hold_of
from ..storage.incidents import record_incident
from ..storage.schema import cases
from ..work.runtime import Runtime, Transaction
from ..work.unit import MAX_EVENTS, UnitOfWork

log = logging.getLogger("zhixing")

BATCH = 100
RETRY_AFTER = timedelta(minutes=5)
# what a database keeps where a moment belongs and none is: in SQLite any text that sorts after
# those that begin with a digit, in PostgreSQL a time without end
_NO_MOMENT = {
    "sqlite": text("zx_cases.wake_at IS NOT NULL AND zx_cases.wake_at >= ':'"),
    "postgresql": text("zx_cases.wake_at IS NOT NULL AND zx_cases.wake_at = 'infinity'"),
}
_A_MOMENT = {
    "sqlite": text("zx_cases.wake_at IS NOT NULL AND zx_cases.wake_at < ':'"),
    "postgresql": text("zx_cases.wake_at IS NOT NULL AND zx_cases.wake_at < 'infinity'"),
}


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
    own.

    Gives how many are due no more: those that another process is just changing do not count.
    """
    keys: list[CaseKey] = []
    try:
        with runtime.transaction(fresh=True) as transaction:
            keys = claim_families(transaction.connection, _claim(transaction, size))
            if keys:
                _serve(transaction, keys)
    except Exception as error:
        if not keys or _is_of_the_database(error):
            raise
        return sum(_serve_alone(runtime, transaction.now, key) for key in keys)
    return len(keys)


def _is_of_the_database(error: Exception) -> bool:
    """Whether it is no fault of a case: the database is away, or is not to be written."""
    return isinstance(error, DatabaseFault) and not isinstance(error, IntegrityViolated)


def next_moment(connection: Connection) -> datetime | None:
    """When the next case wants the clock."""
    earliest = select(func.min(cases.c.wake_at)).where(_A_MOMENT[connection.dialect.name])
    return connection.execute(earliest).scalar()


def _claim(transaction: Transaction, size: int) -> list[CaseKey]:
    """The next cases that are due; those that another process holds are left to it."""
    hold = hold_of(transaction.connection)
    due = and_(cases.c.wake_at.is_not(None), cases.c.wake_at <= transaction.now)
    damaged = _NO_MOMENT[transaction.connection.dialect.name]
    return _claimed(transaction, due, hold, size) or _claimed(transaction, damaged, hold, size)


def _claimed(
    transaction: Transaction, which: ColumnElement[bool] | TextClause, hold: Hold | None, size: int
) -> list[CaseKey]:
    # a damaged row without its key is found by none: it would be claimed for ever
    has_key = cases.c.court.is_not(None), cases.c.id.is_not(None)
    query = select(cases.c.court, cases.c.id).where(which, *has_key)
    if hold is not None:
        query = query.where(cases.c.id.in_(hold.cases))
    query = query.order_by(cases.c.wake_at).limit(size).with_for_update(skip_locked=True)
    return [CaseKey(court, id) for court, id in transaction.connection.execute(query)]


def _serve(transaction: Transaction, keys: list[CaseKey]) -> None:
    connection, ids = transaction.connection, [key.id for key in keys]
    loaded, failed = readable(load_cases, connection, transaction.version, ids)
    unit = transaction.unit()
    for case in loaded.values():
        unit.adopt(case)
    sound = [key for key in keys if key.id in loaded]
    for key in sound:
        unit.catch_up(key.id, transaction.now, MAX_EVENTS)
    unit.flush()
    _settle(transaction, unit, sound)
    for key in keys:
        if key.id in failed:
            _give_up(connection, transaction.now, key, failed[key.id])


def _settle(transaction: Transaction, unit: UnitOfWork, keys: list[CaseKey]) -> None:
    """A wake-up that no deadline accounts for would be claimed for ever: set it right."""
    now = transaction.now
    idle = [key for key in keys if _is_due(unit, key.id, now) and not unit.owes(key.id, now)]
    update_wake(transaction.connection, idle, None)


def _is_due(unit: UnitOfWork, case_id: str, now: datetime) -> bool:
    wake_at = unit.case(case_id).wake_at
    return wake_at is not None and wake_at <= now


def _serve_alone(runtime: Runtime, now: datetime, key: CaseKey) -> bool:
    """Serve one case in a transaction of its own; gives whether it is due no more.

    Raises what comes of a database that is away: then no incident can be written either.
    """
    try:
        with runtime.transaction() as transaction:
            transaction.now = now
            unit = transaction.unit(lock=True)
            unit.catch_up(key.id, now, MAX_EVENTS)
            unit.flush()
            _settle(transaction, unit, [key])
    except Exception as error:
        if _is_of_the_database(error):
            raise
        if isinstance(error, ZhixingError) and error.retryable:
            return False  # another process is just changing it, and the next look finds it
        with runtime.transaction() as transaction:
            _give_up(transaction.connection, now, key, error)
    return True


def _give_up(connection: Connection, now: datetime, key: CaseKey, error: Exception) -> None:
    """An incident for a person, which says when the clock tries again by itself."""
    log.error("the clock could not serve the case %a", key.id, exc_info=error)
    told = error if isinstance(error, ZhixingError) else damaged(key.id, error)
    again = (now + RETRY_AFTER).astimezone(UTC)
    zh = f"计时将于 {again:%Y-%m-%d %H:%M} UTC 重试"
    en = f"the clock tries again at {again:%Y-%m-%d %H:%M} UTC"
    message = f"{told.text('zh')}；{zh} / {told.text('en')}; {en}"
    record_incident(connection, now, "clock", message, key.court, key.id)
    update_wake(connection, [key], again)
