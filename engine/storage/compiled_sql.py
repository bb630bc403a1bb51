"""SQLAlchemy statements compiled once per dialect and run on the driver's cursor: the same SQL,
without the cost per call.

A host that listens to statements (echo, tracing) sees these too: then they go through SQLAlchemy's
own execution.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Executable

Rows = Sequence[Sequence[Any]]


class CompiledStatement:
    """A statement, compiled at first use for each dialect.

    Parameters are given by name and encoded by their types.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, str], _Compiled] = {}

    def rows(self, connection: Connection, **values: Any) -> Rows:
        """Execute a query; its rows as the driver gives them."""
        compiled = self._for(connection.dialect)
        if not _direct(connection):
            return connection.exec_driver_sql(compiled.sql, compiled.encode(values)).fetchall()
        cursor = _execute(connection, compiled.sql, compiled.encode(values))
        found: Rows = cursor.fetchall()
        cursor.close()
        return found

    def run_many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Execute a change for every row; gives how many rows of the table were touched in all."""
        given = list(rows)
        if not given:
            return 0
        compiled = self._for(connection.dialect)
        encoded = list(map(compiled.encode, given))
        if not _counts_many(connection.dialect):
            return sum(_run(connection, compiled.sql, [row]) for row in encoded)
        return _run(connection, compiled.sql, encoded)

    def on_driver(self, dialect: Dialect, driver: Any, **values: Any) -> Rows:
        """Execute on a driver's own connection, in whatever transaction that is; gives its rows."""
        compiled = self._for(dialect)
        cursor = driver.cursor()
        try:
            cursor.execute(compiled.sql, compiled.encode(values))
            found: Rows = cursor.fetchall() if cursor.description else ()
        finally:
            cursor.close()
        return found

    def _for(self, dialect: Dialect) -> _Compiled:
        key = (dialect.name, dialect.driver)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _Compiled(self._statement, dialect)
        return found


def _run(connection: Connection, sql: str, rows: list[Any]) -> int:
    many = len(rows) > 1
    parameters = rows if many else rows[0]
    if not _direct(connection):
        return connection.exec_driver_sql(sql, parameters).rowcount
    cursor = _execute(connection, sql, parameters, many)
    count: int = cursor.rowcount
    cursor.close()
    return count


def _counts_many(dialect: Dialect) -> bool:
    """Whether the driver says how many rows were touched when a statement is run for several."""
    return bool(dialect.supports_sane_multi_rowcount)


def _direct(connection: Connection) -> bool:
    """Whether the driver's cursor may be used: a transaction has begun, and nobody wants to see the
    statements."""
    engine = connection.engine
    return (
        connection.in_transaction()
        and not engine.echo
        and not engine.dispatch.before_cursor_execute
    )


def _execute(connection: Connection, sql: str, parameters: Any, many: bool = False) -> Any:
    dialect: Any = connection.dialect
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
    except dialect.dbapi.Error as error:
        cursor.close()
        broken = dialect.is_disconnect(error, connection.connection, cursor)
        if broken:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql,
            parameters,
            error,
            dialect.dbapi.Error,
            connection_invalidated=broken,
            dialect=dialect,
        ) from error
    return cursor


class _Compiled:
    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._positional = compiled.positiontup is not None
        self._names = compiled.positiontup if self._positional else list(compiled.binds)
        self._fixed = {
            name: bind.value for name, bind in compiled.binds.items() if bind.value is not None
        }
        self._encoders = tuple(
            (n, compiled.binds[n].type.dialect_impl(dialect).bind_processor(dialect))
            for n in self._names
        )

    def encode(self, values: Mapping[str, Any]) -> Any:
        merged = {**self._fixed, **values} if self._fixed else values
        encoded = [
            merged[name] if encoder is None else encoder(merged[name])
            for name, encoder in self._encoders
        ]
        return tuple(encoded) if self._positional else dict(zip(self._names, encoded, strict=True))
