"""Connections: the embedded SQLite made safe by default, PostgreSQL and a host's own engine as they
come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError

from ...workflow.errors import DataError
from ..errors import DatabaseBusy, LostRace, SchemaOutdated

SCHEMA_VERSION = "0005"
VERSION_TABLE = "zx_alembic_version"
BUSY_TIMEOUT_MS = 10_000
_IDLE_SECONDS = 2.0
_DATA_EXCEPTION = "22"
"""The class of the standard's states for values that cannot be."""


def connect(
    url: str, *, synchronous: str = "FULL", busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> sa.Engine:
    """An engine for a URL.

    SQLite gets WAL, foreign keys, a busy timeout and transactions that begin at once.

    `synchronous` is SQLite's: FULL loses nothing at a power failure; NORMAL may lose the last
    commits, and is faster.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql" and "+" not in parsed.drivername:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed, isolation_level="READ COMMITTED")
        _ping_what_lay_idle(engine)
        return engine
    memory = parsed.database in (None, "", ":memory:")
    options: dict[str, Any] = {"poolclass": sa.pool.StaticPool} if memory else {}
    engine = sa.create_engine(
        parsed,
        connect_args={"check_same_thread": False, "timeout": busy_timeout_ms / 1000},
        **options,
    )
    prepare_sqlite(engine, synchronous, busy_timeout_ms)
    return engine


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


def prepare_sqlite(engine: sa.Engine, synchronous: str, busy_timeout_ms: int) -> None:
    """Settings for every connection, and `BEGIN IMMEDIATE`, so that a reader never has to become a
    writer half-way."""

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(busy_timeout_ms)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(
            f"PRAGMA synchronous = {'NORMAL' if synchronous.upper() == 'NORMAL' else 'FULL'}"
        )
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        cursor = connection.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except connection.dialect.loaded_dbapi.Error as error:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        finally:
            cursor.close()


@contextmanager
def translated() -> Iterator[None]:
    """Turn a database that is busy, deadlocked or away into a retryable error of ours.

    Raises `DataError` for a text that no database holds (NUL, half a character, too long).
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise _not_storable(error.object) from error
    except DBAPIError as error:
        why = str(error.orig).splitlines()[0] if error.orig else str(error)
        state = getattr(error.orig, "sqlstate", None)
        if state in ("40001", "40P01"):
            raise LostRace(case_id="?") from error
        if isinstance(error, sa.exc.DataError) or str(state or "").startswith(_DATA_EXCEPTION):
            raise _not_storable(why) from error
        if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
            raise DatabaseBusy(why=why) from error
        raise


def _not_storable(what: str) -> DataError:
    return DataError(
        field="-",
        value=ascii(what)[:100],
        why_zh="数据库不能保存这样的文字",
        why_en="the database cannot hold such a text",
    )


def schema_version(connection: sa.Connection) -> str | None:
    """The version of the tables in a database; None when there are none."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return None if version is None else str(version)


def check_schema(connection: sa.Connection) -> None:
    """Raises `SchemaOutdated` unless the tables are of this version."""
    found = schema_version(connection)
    if found != SCHEMA_VERSION:
        raise SchemaOutdated(found=found or "-", expected=SCHEMA_VERSION)
