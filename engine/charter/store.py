"""The charter in force and the deputies, read from the database; kept for a moment."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from time import monotonic
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, RowMapping, select

from ...workflow.errors import ZhixingError
from ..storage.damage import each_row
from ..storage.definition_store import text_in_force
from ..storage.schema import deputies
from .files import charter_from_text, default_charter
from .model import Charter
from .standing import Deputy, Standing

log = logging.getLogger("zhixing")

KIND = "charter"
"""What the charter is called among the things that are published."""
_FRESH_SECONDS = 1.0


def charter_in_force(connection: Connection) -> Charter:
    """The charter published last; the default one where none was. Raises `CharterRefused`."""
    text = text_in_force(connection, KIND, KIND)
    return charter_from_text(text) if text is not None else default_charter()


def read_standing(connection: Connection, now: datetime) -> Standing:
    """The charter with the deputies whose time is not over."""
    charter = charter_in_force(connection)
    standing = Standing(charter)
    running = select(deputies).where(
        deputies.c.until >= standing.day(now), deputies.c.ended_at.is_(None)
    )
    query = running.order_by(deputies.c.id)
    found = each_row(connection, query, ("id",), _deputy, _unread_deputy)
    return Standing(charter, tuple(filter(None, found)))


def _deputy(row: RowMapping) -> Deputy | None:
    found = Deputy(
        id=row["id"],
        person=row["person"],
        deputy=row["deputy"],
        roles=tuple(row["roles"]),
        unit=row["court"],
        since=row["since"],
        until=row["until"],
    )
    if not (isinstance(found.since, date) and isinstance(row["roles"], list)):
        raise ValueError("no days or no roles")
    return found


def _unread_deputy(texts: Mapping[Any, Any], why: ZhixingError) -> None:
    """Nobody acts by what cannot be read; everybody else goes on."""
    log.error("a deputyship does not hold: %s", why)


class StandingKeeper:
    """The standing of one database, read again each second.

    What one process changes, the others go by within that time; it itself at once (`forget`). On
    a connection that changed it, it is read each time and not kept: that may be rolled back.
    """

    def __init__(self) -> None:
        self._kept: Standing | None = None
        self._read_at = 0.0
        self._changing: WeakSet[Connection] = WeakSet()

    def standing(self, connection: Connection, now: datetime) -> Standing:
        """As read at most a second ago."""
        if connection in self._changing:
            return read_standing(connection, now)
        kept = self._kept
        if kept is None or monotonic() - self._read_at > _FRESH_SECONDS:
            kept = self._kept = read_standing(connection, now)
            self._read_at = monotonic()
        return kept

    def changed(self, connection: Connection) -> None:
        """Something is changed here, and not committed yet."""
        self._changing.add(connection)
        self.forget()

    def forget(self) -> None:
        """Read anew at the next question: something was changed here."""
        self._kept = None
