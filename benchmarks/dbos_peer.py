"""Steps of a DBOS workflow, each a database transaction that reads and updates one row.

As DBOS documents it: a datasource over the application's database, its transactions called from a
workflow, their results kept so that a workflow that died goes on after them. It runs in a process
of its own (`python -m benchmarks.dbos_peer URL SYSTEM_URL`), since it starts threads and logs: for
each number read from standard input, a workflow of so many steps; then a line says it is done.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Literal

import sqlalchemy as sa

CASES = 50
NEXT = {"a": "b", "b": "c", "c": "a"}
_TABLE = """
CREATE TABLE dbos_cases (id INTEGER PRIMARY KEY, state VARCHAR(64) NOT NULL,
  version INTEGER NOT NULL, data TEXT NOT NULL)
"""
_INSERT = "INSERT INTO dbos_cases VALUES (:id, 'a', 1, :data)"
_DATA = '{"claim":"1000.00","paid":"10.00","count":3}'
_SELECT = sa.text("SELECT state, version, data FROM dbos_cases WHERE id = :id")
_UPDATE = sa.text(
    "UPDATE dbos_cases SET state = :state, version = :version + 1, data = :data"
    " WHERE id = :id AND version = :version"
)
_VERSIONS = sa.text("SELECT sum(version) FROM dbos_cases")


class Peer:
    """The other process, as seen from here."""

    def __init__(self, process: subprocess.Popen[str], batch: int) -> None:
        self._process, self._batch = process, batch

    def work(self) -> int:
        """One workflow."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{self._batch}\n")
        self._process.stdin.flush()
        if self._process.stdout.readline().strip() != "done":
            raise RuntimeError(f"DBOS ended: {self._process.wait()}")
        return self._batch


def is_installed() -> bool:
    return find_spec("dbos") is not None


@contextmanager
def running(url: str, system_url: str, batch: int) -> Iterator[Peer]:
    """A process that does workflows of `batch` steps on these two databases."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.dbos_peer", url, system_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Peer(process, batch)
        assert process.stdin is not None
        process.stdin.close()
        if process.wait(60) != 0:
            raise RuntimeError("DBOS failed")


def main(url: str, system_url: str) -> None:
    from dbos import DBOS, SQLAlchemyDatasource

    _create(url)
    _write_ahead(system_url)
    config = {"name": "benchmark", "system_database_url": system_url, "log_level": "ERROR"}
    DBOS(config=config)  # type: ignore[arg-type]
    source = SQLAlchemyDatasource.create(url)

    @source.transaction(isolation_level=_level(url))
    def step(id: int) -> str:
        session = source.sql_session()
        state, version, data = session.execute(_SELECT, {"id": id}).one()
        new = {"id": id, "state": NEXT[state], "version": version, "data": data}
        changed = session.execute(_UPDATE, new)
        assert changed.rowcount == 1  # type: ignore[attr-defined]
        return NEXT[state]

    @DBOS.workflow()
    def flow(steps: int) -> None:
        for number in range(steps):
            step(number % CASES)

    DBOS.launch()
    done = 0
    for line in sys.stdin:
        flow(int(line))
        done += int(line)
        print("done", flush=True)
    with source.engine.connect() as connection:
        assert connection.execute(_VERSIONS).scalar_one() == CASES + done
    DBOS.destroy()


def _level(url: str) -> Literal["SERIALIZABLE", "READ COMMITTED"]:
    """The level of our own transactions on PostgreSQL; SQLite knows the highest only."""
    return "SERIALIZABLE" if url.startswith("sqlite") else "READ COMMITTED"


def _create(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(_TABLE))
        rows = [{"id": id, "data": _DATA} for id in range(CASES)]
        connection.execute(sa.text(_INSERT), rows)
    engine.dispose()
    _write_ahead(url)


def _write_ahead(url: str) -> None:
    """The journal that our engine uses on SQLite; DBOS itself leaves it at the slower default."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
