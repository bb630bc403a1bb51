"""Word after a commit that a host makes: what was written in its transaction is told only then.

A `Session` tells of its commits itself. A bare `Connection` tells when a commit begins; it has
succeeded when, with no error in between, the connection goes back to its pool or begins anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Call = Callable[[], None]


def after_commit(within: Session | sa.Connection, call: Call) -> None:
    """Call once when the transaction that `within` is in has been committed; never if it is not."""
    if isinstance(within, sa.Connection):
        _watch_of(_ENGINES, within.engine, _EngineWatch).expect(within, call)
    else:
        _watch_of(_SESSIONS, within, _SessionWatch).expect(within, call)


def after_return(joined: sa.Connection, call: Callable[[Any], None]) -> None:
    """Call once, with the driver's connection, when it goes back to its pool (None: it broke).

    Whatever became of the transactions made on it, they have ended then.
    """
    watch = _watch_of(_ENGINES, joined.engine, _EngineWatch)
    watch.expect_return(joined.connection.dbapi_connection, call)


class _SessionWatch:
    """What waits for the commit of one session.

    A rollback of the transaction, or of a savepoint that the work was done in, calls it off.
    """

    def __init__(self, session: Session) -> None:
        self._waiting: list[tuple[list[Any], Call]] = []
        sa.event.listen(session, "after_commit", self._committed)
        sa.event.listen(session, "after_soft_rollback", self._rolled_back)

    def expect(self, session: Session, call: Call) -> None:
        joined = []
        transaction: Any = session.get_nested_transaction() or session.get_transaction()
        while transaction is not None:
            joined.append(transaction)
            transaction = transaction.parent
        self._waiting.append((joined, call))

    def _committed(self, session: Session) -> None:
        if session.in_nested_transaction():  # a released savepoint is no commit yet
            return
        waiting, self._waiting = self._waiting, []
        for _, call in waiting:
            call()

    def _rolled_back(self, session: Session, previous: Any) -> None:
        self._waiting = [(joined, call) for joined, call in self._waiting if previous not in joined]


class _EngineWatch:
    """The transactions of one database engine that somebody waits for."""

    def __init__(self, engine: sa.Engine) -> None:
        self._waiting: defaultdict[sa.Connection, list[Call]] = defaultdict(list)
        self._committing: dict[int, list[Call]] = {}
        self._returning: dict[int, list[Callable[[Any], None]]] = {}
        sa.event.listen(engine, "commit", self._commit)
        sa.event.listen(engine, "begin", self._begin)
        sa.event.listen(engine, "rollback", self._forget)
        sa.event.listen(engine, "rollback_savepoint", self._forget)
        sa.event.listen(engine, "handle_error", self._fail)
        sa.event.listen(engine, "checkin", self._check_in)
        sa.event.listen(engine, "invalidate", self._invalidate)

    def expect(self, connection: sa.Connection, call: Call) -> None:
        self._waiting[connection].append(call)

    def expect_return(self, driver: Any, call: Callable[[Any], None]) -> None:
        self._returning.setdefault(id(driver), []).append(call)

    def _commit(self, connection: sa.Connection) -> None:
        calls = self._waiting.pop(connection, None)
        if calls:
            self._committing[id(connection.connection.dbapi_connection)] = calls

    def _begin(self, connection: sa.Connection) -> None:
        self._call(connection.connection.dbapi_connection)

    def _check_in(self, driver_connection: Any, record: Any) -> None:
        self._call(driver_connection)
        for call in self._returning.pop(id(driver_connection), ()):
            call(driver_connection)

    def _invalidate(self, driver_connection: Any, *_: Any) -> None:
        """One that is broken never goes back: what waited for it is called without it."""
        for call in self._returning.pop(id(driver_connection), ()):
            call(None)

    def _call(self, driver_connection: Any) -> None:
        for call in self._committing.pop(id(driver_connection), ()):
            call()

    def _forget(self, connection: sa.Connection, *_: Any) -> None:
        self._waiting.pop(connection, None)

    def _fail(self, context: Any) -> None:
        connection = context.connection
        if connection is not None and not connection.closed and not connection.invalidated:
            self._waiting.pop(connection, None)
            self._committing.pop(id(connection.connection.dbapi_connection), None)


_SESSIONS: WeakKeyDictionary[Any, _SessionWatch] = WeakKeyDictionary()
_ENGINES: WeakKeyDictionary[Any, _EngineWatch] = WeakKeyDictionary()
W = TypeVar("W")


def _watch_of(watches: WeakKeyDictionary[Any, W], of: Any, make: Callable[[Any], W]) -> W:
    found = watches.get(of)
    if found is None:
        found = watches[of] = make(of)
    return found
