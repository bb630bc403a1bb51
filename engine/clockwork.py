"""The clock's side of the one path: claim cases whose moment has come, bring each its moments, commit, go on.

A claim lives as long as its transaction: when a process dies, the rows are free again and nothing of it was written.
A case that cannot be served becomes an incident and is tried again later; it never holds up the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import DBAPIError

from ..workflow.errors import ZhixingError
from . import database, store
from .answers import record_incident
from .errors import DatabaseBusy
from .schema import cases
from .unit import Unit

if TYPE_CHECKING:
    from .engine import Engine

BATCH = 100
RETRY_AFTER = timedelta(minutes=5)
_CASE_FAILURES = (ZhixingError, DBAPIError, ArithmeticError, LookupError, TypeError, ValueError, AssertionError, RuntimeError)
"""What the state of one case can raise: it must not stop the others."""


def run_due(engine: Engine, limit: int = 100_000, batch: int = BATCH) -> int:
    """Serve everything due now; gives how many cases were touched."""
    done = 0
    while done < limit:
        touched = run_batch(engine, min(batch, limit - done))
        done += touched
        if touched == 0:
            break
    return done


def run_batch(engine: Engine, size: int = BATCH) -> int:
    """Claim and serve up to `size` cases in one transaction; when one of them fails, each in its own."""
    ids: list[str] = []
    try:
        with database.translated(), engine.database.begin() as connection:
            now = engine.now(connection)
            ids = _claim(connection, now, size)
            if ids:
                _serve(engine, connection, now, ids)
    except DatabaseBusy:
        raise
    except _CASE_FAILURES:
        if not ids:
            raise
        return _serve_singly(engine, now, ids)
    if ids:
        engine.nudge()
    return len(ids)


def serve_due(engine: Engine, connection: Connection, now: datetime, size: int = BATCH) -> None:
    """Serve everything due by `now` in the caller's transaction (a simulation's); the first failure is raised."""
    while ids := _claim(connection, now, size):
        _serve(engine, connection, now, ids)


def next_moment(connection: Connection) -> datetime | None:
    """When the next case wants the clock."""
    return connection.execute(select(func.min(cases.c.wake_at)).where(cases.c.wake_at.is_not(None))).scalar()


def _claim(connection: Connection, now: datetime, size: int) -> list[str]:
    query = select(cases.c.id).where(cases.c.wake_at.is_not(None), cases.c.wake_at <= now).order_by(cases.c.wake_at).limit(size)
    return list(connection.execute(query.with_for_update(skip_locked=True)).scalars())


def _serve(engine: Engine, connection: Connection, now: datetime, ids: list[str]) -> None:
    unit = Unit.on(connection, engine.registry, now)
    loaded = store.load_cases(connection, lambda hash: engine.registry.version(hash, connection), ids)
    for case in loaded.values():
        unit.hold(case)
    for case_id in ids:
        unit.catch_up(case_id, now)
    unit.flush()
    _settle(connection, unit, now, ids)


def _settle(connection: Connection, unit: Unit, now: datetime, ids: list[str]) -> None:
    """A wake-up that no deadline accounts for would be claimed for ever: set it right."""
    idle = [id for id in ids if (wake := unit.case(id).wake_at) is not None and wake <= now and not unit.owes(id, now)]
    if idle:
        connection.execute(update(cases).where(cases.c.id.in_(idle)).values(wake_at=None))


def _serve_singly(engine: Engine, now: datetime, ids: list[str]) -> int:
    for case_id in ids:
        try:
            with database.translated(), engine.database.begin() as connection:
                engine.operations.advance(connection, now, case_id)
        except DatabaseBusy:
            raise
        except _CASE_FAILURES as error:
            if isinstance(error, ZhixingError) and error.retryable:
                continue
            _give_up(engine, now, case_id, error)
    return len(ids)


def _give_up(engine: Engine, now: datetime, case_id: str, error: Exception) -> None:
    message = error.text("zh") if isinstance(error, ZhixingError) else f"{type(error).__name__}: {error}"
    with engine.database.begin() as connection:
        record_incident(connection, now, "clock", message, case_id=case_id)
        connection.execute(update(cases).where(cases.c.id == case_id).values(wake_at=now + RETRY_AFTER))
