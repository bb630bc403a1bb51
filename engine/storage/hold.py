"""A database that was restored from a backup is held: nothing is done in it by itself.

What was due between the backup and the restore may have been done already, and told to the world.
So the clock fires nothing and the dispatcher sends nothing until a person says so, of everything or
of chosen cases and requests. It is the mark `held`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from ..errors import HeldAfterRestore
from ..model.effects import Decision
from ..model.event import CLOCK
from .damage import damaged_row
from .marks import FEED, HELD, mark, remove_mark, set_mark

_SHIFT = text("UPDATE zx_history SET tx = tx - :by")
_HIGHEST = text("SELECT max(tx) FROM zx_history")
_GO_ON_COUNTING = text(
    "SELECT setval('zx_history_position',"
    " (SELECT greatest(coalesce(max(position), 0) + 1, nextval('zx_history_position'))"
    " FROM zx_history), false)"
)


@dataclass(frozen=True, slots=True)
class Hold:
    """That a database is held: by whom, since when, and what of it was released already."""

    by: str
    since: str
    cases: frozenset[str] = frozenset()
    requests: frozenset[str] = frozenset()

    def releasing(self, cases: Iterable[str], requests: Iterable[str]) -> Hold:
        """The same, with these cases and requests released too."""
        return replace(self, cases=self.cases.union(cases), requests=self.requests.union(requests))


def hold_of(connection: Connection) -> Hold | None:
    """Whether the database is held, and how. Raises `DamagedRow` where nobody can tell."""
    kept = mark(connection, HELD)
    if kept is None:
        return None
    try:
        cases, requests = frozenset(kept["cases"]), frozenset(kept["requests"])
        return Hold(kept["by"], kept["since"], cases, requests)
    except (TypeError, LookupError) as error:
        raise damaged_row("zx_marks", HELD, error) from error


def keep_hold(connection: Connection, hold: Hold | None, now: datetime) -> None:
    """Hold the database, or no more."""
    if hold is None:
        remove_mark(connection, HELD)
        return
    kept: dict[str, Any] = {"by": hold.by, "since": hold.since}
    kept |= {"cases": sorted(hold.cases), "requests": sorted(hold.requests)}
    set_mark(connection, HELD, kept, now)


def refuse_while_held(connection: Connection, decisions: Sequence[Decision]) -> None:
    """Raises `HeldAfterRestore` where the clock would act on a case that is held."""
    owed = {d.case.id for d in decisions if d.entry.actor == CLOCK.id}
    if not owed:  # nearly always: the mark is read only where a moment has come
        return
    hold = hold_of(connection)
    held = owed - hold.cases if hold is not None else ()
    if held:
        raise HeldAfterRestore(case_id=", ".join(sorted(held)[:5]))


def let_the_feed_go_on(connection: Connection, now: datetime) -> None:
    """Make the entries to come follow those that are there, in the order of the feed.

    Transactions and places may be counted again from where the backup was made, or anew. So what is
    kept is lowered below zero, all of it by the same, and a new era begins: the mark `feed`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_GO_ON_COUNTING)
    highest = connection.execute(_HIGHEST).scalar()
    by = max(highest or 0, 0) + 1
    connection.execute(_SHIFT, {"by": by})
    kept = mark(connection, FEED) or {"era": 0, "shifts": []}
    era = kept["era"]
    set_mark(connection, FEED, {"era": era + 1, "shifts": [*kept["shifts"], [era, by]]}, now)
