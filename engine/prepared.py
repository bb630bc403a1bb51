"""SQLAlchemy statements compiled once per dialect and run as driver SQL: the same SQL, without the cost per call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.sql.expression import Executable


class Prepared:
    """A statement, compiled at first use for each dialect. Parameters are given by name and encoded by their types."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, str], _Compiled] = {}

    def run(self, connection: Connection, **values: Any) -> CursorResult[Any]:
        """Execute once."""
        compiled = self._for(connection.dialect)
        return connection.exec_driver_sql(compiled.sql, compiled.encode(values))

    def run_many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute for every row."""
        compiled = self._for(connection.dialect)
        encoded = [compiled.encode(row) for row in rows]
        if encoded:
            connection.exec_driver_sql(compiled.sql, encoded if len(encoded) > 1 else encoded[0])

    def _for(self, dialect: Dialect) -> _Compiled:
        key = (dialect.name, dialect.driver)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _Compiled(self._statement, dialect)
        return found


class _Compiled:
    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._positional = compiled.positiontup is not None
        names = compiled.positiontup if self._positional else list(compiled.binds)
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if bind.value is not None}
        self._encoders = tuple((n, compiled.binds[n].type.dialect_impl(dialect).bind_processor(dialect)) for n in names)

    def encode(self, values: Mapping[str, Any]) -> Any:
        merged = {**self._fixed, **values} if self._fixed else values
        if self._positional:
            return tuple([merged[name] if encoder is None else encoder(merged[name]) for name, encoder in self._encoders])
        return {name: merged[name] if encoder is None else encoder(merged[name]) for name, encoder in self._encoders}
