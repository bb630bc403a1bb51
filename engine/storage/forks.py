"""What a forked process must not share with its parent: connections, locks, threads that are gone.

A child gets copies of all that lies in memory, and none of the threads. So in the child each pool
of connections is replaced by an empty one, and whatever ran in threads is told that it does not run
here. The parent's connections are kept in the child, untouched: to close one would end it for both.

SQLite knows in memory which locks its process holds, and a child would believe to hold those of its
parent. So before a fork the transactions in hand are waited for, for a moment, and the connections
to files closed.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakMethod, WeakSet

import sqlalchemy as sa

log = logging.getLogger("zhixing")

_LONGEST_WAIT_SECONDS = 5.0
_BETWEEN_LOOKS_SECONDS = 0.001


_databases: WeakSet[sa.Engine] = WeakSet()
_told: list[WeakMethod[Callable[[], None]]] = []
_inherited: list[Any] = []
"""Pools of the parent, in a child: collected as garbage they would close the parent's sockets."""


def part_in_children(database: sa.Engine) -> None:
    """Give each forked child connections of its own, also where the engine is a host's.

    A database in memory stays: the child has a copy of it, and nobody else.
    """
    if not _is_in_memory(database):
        _databases.add(database)


def tell_in_children(after_fork: Callable[[], None]) -> None:
    """Call a method in each forked child, before anything else there, while its object lives."""
    _told[:] = [method for method in _told if method() is not None]
    _told.append(WeakMethod(after_fork))


def _is_in_memory(database: sa.Engine) -> bool:
    return database.dialect.name == "sqlite" and database.url.database in (None, "", ":memory:")


def _before() -> None:
    """In the parent: let go of the files, so that the child finds no lock that is not its own."""
    end = time.monotonic() + _LONGEST_WAIT_SECONDS
    for database in tuple(_databases):
        if database.dialect.name == "sqlite":
            _let_go(database, end)


def _let_go(database: sa.Engine, end: float) -> None:
    while _in_use(database):
        if time.monotonic() > end:
            log.warning("fork: a transaction is open on %s: the child may find it locked", database)
            return
        time.sleep(_BETWEEN_LOOKS_SECONDS)
    database.dispose()


def _in_use(database: sa.Engine) -> int:
    """How many connections somebody works with, where the pool knows."""
    count = getattr(database.pool, "checkedout", None)
    return count() if count is not None else 0


def _after_in_child() -> None:
    for method in tuple(_told):
        after_fork = method()
        if after_fork is not None:
            after_fork()
    for database in tuple(_databases):
        _inherited.append(database.pool)
        database.dispose(close=False)


if hasattr(os, "register_at_fork"):  # where processes can be forked at all
    os.register_at_fork(before=_before, after_in_child=_after_in_child)
