"""Connections: the embedded SQLite made safe by default, PostgreSQL and a host's own engine as they
come."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, DisconnectionError

from ..errors import NothingToJoin, ProgramOutdated, SchemaOutdated
from .failures import committing
from .schema import SCHEMA_VERSION, VERSION_TABLE

BUSY_TIMEOUT_MS = 10_000
_IDLE_SECONDS = 2.0
_BEGIN = "zhixing_begin"
"""The execution option that says how a transaction on our own SQLite engines begins."""
_OWN = "zhixing_own"
"""The execution option of a connection whose transaction is made for one verb alone."""
_IN_MEMORY = (None, "", ":memory:")


def connect(
    url: str, *, synchronous: str = "FULL", busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> sa.Engine:
    """An engine for a URL.

    SQLite gets WAL, foreign keys and transactions that begin at once (`reading`: when they read).
    A file that cannot be written is read, and nothing is changed about it. `sqlite://` is a
    database for this engine alone, in a file that goes with it, so that threads may share it.

    `synchronous` is SQLite's: FULL loses nothing at a power failure; NORMAL may lose the last
    commits, and is faster. A lock is waited for `busy_timeout_ms` at most, on PostgreSQL too.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql" and "+" not in parsed.drivername:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed, isolation_level="READ COMMITTED")
        _ping_what_lay_idle(engine)
        prepare_postgresql(engine, busy_timeout_ms)
        return engine
    if is_in_memory(parsed):
        return _connect_privately(parsed, busy_timeout_ms)
    return _connect_sqlite(_as_it_can_be_opened(parsed), synchronous, busy_timeout_ms)


def _connect_sqlite(url: sa.URL, synchronous: str, busy_timeout_ms: int) -> sa.Engine:
    options = {"check_same_thread": False, "timeout": busy_timeout_ms / 1000}
    engine = sa.create_engine(url, connect_args=options)
    prepare_sqlite(engine, synchronous, busy_timeout_ms)
    return engine


def _connect_privately(url: sa.URL, busy_timeout_ms: int) -> sa.Engine:
    """A database for one engine, gone with it.

    In memory alone each connection would have a database of its own, or all threads one
    transaction.
    """
    folder = tempfile.mkdtemp(prefix="zhixing-")
    file = url.set(database=str(Path(folder) / "private.db"))
    engine = _connect_sqlite(file, "OFF", busy_timeout_ms)
    remove = weakref.finalize(engine, _remove, folder, os.getpid())

    @sa.event.listens_for(engine, "engine_disposed")
    def _gone(engine: sa.Engine) -> None:
        remove()

    return engine


def _remove(folder: str, made_by: int) -> None:
    if os.getpid() == made_by:  # a child that was forked has no say in it
        shutil.rmtree(folder, ignore_errors=True)


def _as_it_can_be_opened(url: sa.URL) -> sa.URL:
    """A file in a folder where nothing can be written is opened as one that never changes.

    SQLite would want to put its own files beside it.
    """
    if not is_read_only(url) or "uri" in url.query:
        return url
    path = Path(str(url.database)).absolute()
    if os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
        return url
    query = {**url.query, "immutable": "1", "uri": "true"}
    return url.set(database=f"file:{quote(str(path))}", query=query)


def _ping_what_lay_idle(engine: sa.Engine) -> None:
    """A connection that lay idle may be dead: ask before it is used.

    One that was just used is not asked every time.
    """

    @sa.event.listens_for(engine, "checkin")
    def _used(connection: Any, record: Any) -> None:
        record.info["used"] = monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, proxy: Any) -> None:
        used = record.info.get("used")
        if used is None or monotonic() - used < _IDLE_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise DisconnectionError  # the pool takes another


def prepare_postgresql(engine: sa.Engine, lock_timeout_ms: int) -> None:
    """No lock is waited for without end."""

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {int(lock_timeout_ms)}")
        cursor.close()
        connection.commit()


# -- SQLite

_SYNCHRONOUS = ("OFF", "NORMAL")
_BETWEEN_TRIES = (0.0005, 0.002)
"""Seconds between two tries to begin; never quite the same, so that nobody is always late."""


def prepare_sqlite(engine: sa.Engine, synchronous: str, busy_timeout_ms: int) -> None:
    """Settings for every connection, and `BEGIN IMMEDIATE`, so that a reader never has to become a
    writer half-way; what was opened to read alone begins when it reads."""
    read_only = is_read_only(engine.url)
    level = synchronous.upper() if synchronous.upper() in _SYNCHRONOUS else "FULL"

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(busy_timeout_ms)}")
        if not read_only:
            _write_ahead(engine, cursor, busy_timeout_ms / 1000)
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA synchronous = {level}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        usual = "DEFERRED" if read_only else "IMMEDIATE"
        kind = connection.get_execution_options().get(_BEGIN, usual)
        if kind == "DEFERRED" or connection.dialect.is_async:
            _begin_driver(connection, kind)
        else:
            _begin_in_turn(connection, kind, busy_timeout_ms)


def _begin_in_turn(connection: sa.Connection, kind: str, busy_timeout_ms: int) -> None:
    """Begin to write soon after the writer before is done.

    SQLite looks ever more rarely, at last ten times a second: beside a writer that goes on and on
    it would find its turn only at the end of that one's work.
    """
    until = monotonic() + busy_timeout_ms / 1000
    _wait_for_locks(connection, 0)
    try:
        while True:
            try:
                return _begin_driver(connection, kind)
            except DBAPIError as error:
                if "locked" not in str(error) or monotonic() > until:
                    raise
            sleep(random.uniform(*_BETWEEN_TRIES))
    finally:
        _wait_for_locks(connection, busy_timeout_ms)


def _wait_for_locks(connection: sa.Connection, milliseconds: int) -> None:
    _on_driver(connection, f"PRAGMA busy_timeout = {int(milliseconds)}")


def _write_ahead(engine: sa.Engine, cursor: Any, seconds: float) -> None:
    """Set the file to WAL, once in its life.

    For that SQLite does not wait where several open a new file at once, so it is tried again.
    """
    until = monotonic() + seconds
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except engine.dialect.loaded_dbapi.Error as error:
            if "locked" not in str(error) or monotonic() > until:
                raise


def is_in_memory(url: str | sa.URL) -> bool:
    """Whether a URL names no file: a database that is kept nowhere."""
    parsed = sa.make_url(url)
    return parsed.get_backend_name() == "sqlite" and parsed.database in _IN_MEMORY


def is_read_only(url: sa.URL) -> bool:
    """Whether a URL names a SQLite file that this process can only read."""
    if url.get_backend_name() != "sqlite" or is_in_memory(url):
        return False
    if url.query.get("mode") == "ro" or "immutable" in url.query:
        return True
    path = Path(str(url.database).removeprefix("file:"))
    return path.is_file() and not os.access(path, os.W_OK)


def _begin_driver(connection: sa.Connection, kind: str) -> None:
    _on_driver(connection, f"BEGIN {kind}")


def _on_driver(connection: sa.Connection, statement: str) -> None:
    """What SQLAlchemy would begin a transaction for; its errors are SQLAlchemy's all the same."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            statement, None, error, connection.dialect.loaded_dbapi.Error
        ) from error
    finally:
        cursor.close()


# -- transactions


@contextmanager
def reading(database: sa.Engine, *, one_moment: bool = False) -> Iterator[sa.Connection]:
    """A connection that only asks: on SQLite it waits for no writer, and keeps none waiting.

    With `one_moment` it sees the database as it is at its first question (SQLite always does).
    """
    with database.connect() as connection:
        if one_moment and connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with owned(connection, writes=False):
            yield connection


@contextmanager
def writing(database: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction that is committed at the end. Raises `OutcomeUnknown`."""
    with database.connect() as connection, owned(connection, writes=True):
        yield connection


@contextmanager
def owned(connection: sa.Connection, writes: bool) -> Iterator[None]:
    """One transaction on a connection, made for the verb within. Raises `OutcomeUnknown`."""
    kind = "IMMEDIATE" if writes else "DEFERRED"
    connection.execution_options(**{_OWN: True, _BEGIN: kind})
    root = connection.begin()
    try:
        yield
    except BaseException:
        root.rollback()
        raise
    with committing() if writes else nullcontext():
        root.commit()


def is_owned(connection: sa.Connection) -> bool:
    """Whether the transaction of a connection was made by `owned`."""
    return bool(connection.get_execution_options().get(_OWN))


@contextmanager
def savepoint(connection: sa.Connection) -> Iterator[None]:
    """All or nothing within a host's transaction. Raises `NothingToJoin`.

    SQLite's driver may have begun no transaction yet: then a savepoint would begin it, and its
    release would commit.
    """
    if not connection.in_transaction():
        connection.begin()
    _check_joinable(connection)
    begin_to_write(connection)
    with connection.begin_nested():
        yield


def begin_to_write(connection: sa.Connection) -> None:
    """Begin the transaction where SQLite's driver has begun none yet."""
    if not connection.in_transaction():
        connection.begin()
    if connection.dialect.name == "sqlite" and not _driver(connection).in_transaction:
        _begin_driver(connection, "IMMEDIATE")


def _check_joinable(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        driver = _driver(connection)
        by_itself = driver.isolation_level is None and not driver.in_transaction
        is_autocommit = by_itself or getattr(driver, "autocommit", None) is True
    else:
        driver = connection.connection.dbapi_connection
        is_autocommit = getattr(driver, "autocommit", None) is True
    if is_autocommit:
        raise NothingToJoin


def _driver(connection: sa.Connection) -> Any:
    """The driver's own connection: what asyncio wraps, unwrapped."""
    return connection.connection.driver_connection


# -- the schema's version


def schema_version(connection: sa.Connection) -> str | None:
    """The version of the tables in a database; None when there are none."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return None if version is None else str(version)


def check_schema(connection: sa.Connection) -> None:
    """Raises `SchemaOutdated` or `ProgramOutdated` unless the tables are of this version."""
    check_version(schema_version(connection))


def check_not_newer(found: str | None) -> None:
    """Raises `ProgramOutdated` for a version that this program does not know yet."""
    if found is not None and found > SCHEMA_VERSION:
        raise ProgramOutdated(found=found, expected=SCHEMA_VERSION)


def check_version(found: str | None) -> None:
    """Raises `SchemaOutdated` or `ProgramOutdated` unless it is the version of this program."""
    check_not_newer(found)
    if found != SCHEMA_VERSION:
        raise SchemaOutdated(found=found or "-", expected=SCHEMA_VERSION)
