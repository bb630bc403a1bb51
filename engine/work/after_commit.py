"""Word after a commit that a host makes: what was written in its transaction is told only then.

A `Session` tells of its commits itself. A bare `Connection` tells when a commit begins; it has
succeeded when, with no error in between, the connection goes back to its pool or begins anew.

There is one watch a session, one a connection and one a database, however many verbs join them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Call = Callable[[], None]


def listen(within: Session | sa.Connection) -> None:
    """Follow what becomes of the transaction of `within`, before a verb begins its savepoint."""
    if isinstance(within, sa.Connection):
        _connection_watch(within)
    else:
        _session_watch(within)


def after_commit(within: Session | sa.Connection, call: Call) -> None:
    """Call once when the transaction that `within` is in has been committed; never if it is not.

    For what was written in the savepoint that was released last (`listen` came before it).
    """
    if isinstance(within, sa.Connection):
        _connection_watch(within).expect(call)
    else:
        _session_watch(within).expect(within, call)


def after_return(joined: sa.Connection, call: Callable[[Any], None]) -> None:
    """Call once, with the driver's connection, when it goes back to its pool (None: it broke).

    Whatever became of the transactions made on it, they have ended then.
    """
    _pool_watch(joined).expect_return(joined.connection.dbapi_connection, call)


class _SessionWatch:
    """What waits for the commit of one session.

    A rollback of the transaction, or of a savepoint that the work was done in, calls it off.
    """

    def __init__(self, session: Session) -> None:
        self._waiting: list[tuple[list[Any], Call]] = []
        sa.event.listen(session, "after_commit", self._committed)
        sa.event.listen(session, "after_soft_rollback", self._rolled_back)
        sa.event.listen(session, "after_transaction_end", self._ended)

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

    def _ended(self, session: Session, ended: Any) -> None:
        if ended.parent is None:  # a session that is closed says nothing of a rollback
            self._rolled_back(session, ended)


class _PoolWatch:
    """The driver's connections of one database: which go back to their pool, which fail."""

    def __init__(self) -> None:
        self._committing: dict[int, list[Call]] = {}
        self._returning: dict[int, list[Callable[[Any], None]]] = {}

    def listen(self, engine: sa.Engine) -> None:
        sa.event.listen(engine, "checkin", self._check_in)
        sa.event.listen(engine, "invalidate", self._invalidate)
        sa.event.listen(engine, "handle_error", self._fail)

    def expect_return(self, driver: Any, call: Callable[[Any], None]) -> None:
        self._returning.setdefault(id(driver), []).append(call)

    def commit_begins(self, driver: Any, calls: list[Call]) -> None:
        self._committing[id(driver)] = calls

    def commit_succeeded(self, driver: Any) -> None:
        for call in self._committing.pop(id(driver), ()):
            call()

    def _check_in(self, driver: Any, record: Any) -> None:
        self.commit_succeeded(driver)
        for call in self._returning.pop(id(driver), ()):
            call(driver)

    def _invalidate(self, driver: Any, *_: Any) -> None:
        """One that is broken never goes back: what waited for it is called without it."""
        self._committing.pop(id(driver), None)
        for call in self._returning.pop(id(driver), ()):
            call(None)

    def _fail(self, context: Any) -> None:
        """An error while a commit is under way calls it off; else it is the connection's affair."""
        connection = context.connection
        if connection is None or connection.closed or connection.invalidated:
            return
        self._committing.pop(id(connection.connection.dbapi_connection), None)
        watch = _CONNECTIONS.get(connection)
        if watch is not None:
            watch.failed()


class _ConnectionWatch:
    """What waits for the commit of one connection, with the number of the savepoint it was made in.

    SQLAlchemy numbers the savepoints of a connection in the order they begin. Going back to one
    calls off what was made in later ones, and no more.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._pool = _pool_watch(connection)
        self._waiting: list[tuple[int, Call]] = []
        self._released = 0
        self._has_failed = False
        sa.event.listen(connection, "begin", self._begin)
        sa.event.listen(connection, "commit", self._commit)
        sa.event.listen(connection, "rollback", self._forget)
        sa.event.listen(connection, "release_savepoint", self._release)
        sa.event.listen(connection, "rollback_savepoint", self._back_to)

    def expect(self, call: Call) -> None:
        self._waiting.append((self._released, call))

    def failed(self) -> None:
        self._has_failed = True

    def _begin(self, connection: sa.Connection) -> None:
        self._forget(connection)
        self._pool.commit_succeeded(connection.connection.dbapi_connection)

    def _commit(self, connection: sa.Connection) -> None:
        calls = [] if self._is_aborted(connection) else [call for _, call in self._waiting]
        self._forget(connection)
        if calls:
            self._pool.commit_begins(connection.connection.dbapi_connection, calls)

    def _is_aborted(self, connection: sa.Connection) -> bool:
        """Whether a commit will commit nothing, and say nothing of it.

        A statement that fails ends a transaction of PostgreSQL, unless a savepoint is gone back to.
        """
        if connection.dialect.name != "postgresql":
            return False
        told = getattr(connection.connection.driver_connection, "info", None)
        return self._has_failed or getattr(told, "transaction_status", None) == _IN_ERROR

    def _forget(self, connection: sa.Connection) -> None:
        self._waiting.clear()
        self._has_failed = False

    def _release(self, connection: sa.Connection, name: str, context: Any) -> None:
        self._released = _number(name)

    def _back_to(self, connection: sa.Connection, name: str, context: Any) -> None:
        began = _number(name)
        self._waiting = [(made_in, call) for made_in, call in self._waiting if made_in < began]
        self._has_failed = False


def _number(savepoint: str) -> int:
    return int(savepoint.rpartition("_")[2])


_IN_ERROR = 3
"""libpq's status of a transaction that can only be rolled back."""

_SESSION = "zhixing.after_commit"
_CONNECTIONS: WeakKeyDictionary[sa.Connection, _ConnectionWatch] = WeakKeyDictionary()
_POOLS: WeakKeyDictionary[sa.Dialect, _PoolWatch] = WeakKeyDictionary()


def _session_watch(session: Session) -> _SessionWatch:
    """Kept with the session itself: what waits knows the session, and would keep it for ever."""
    if _SESSION not in session.info:
        session.info[_SESSION] = _SessionWatch(session)
    watch: _SessionWatch = session.info[_SESSION]
    return watch


def _connection_watch(connection: sa.Connection) -> _ConnectionWatch:
    found = _CONNECTIONS.get(connection)
    if found is None:
        found = _CONNECTIONS[connection] = _ConnectionWatch(connection)
    return found


def _pool_watch(connection: sa.Connection) -> _PoolWatch:
    """By the dialect, which an engine keeps when it is disposed of or given other options."""
    dialect = connection.dialect
    found = _POOLS.get(dialect)
    if found is None:
        found = _POOLS[dialect] = _PoolWatch()
        found.listen(connection.engine)
    return found
