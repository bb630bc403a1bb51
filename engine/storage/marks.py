"""What is known of a database as a whole, by name: rows of `zx_marks`.

- `alive`: a worker looked, written at most once a minute: `{}`
- `held`: the database was restored from a backup, and nothing goes out by itself until a person
  says so: `{"by": PERSON, "since": MOMENT, "cases": [ID, …], "requests": [ID, …]}`; what is listed
  was released already
- `clock-accepted`: a person said that the clock is right: `{"by": …, "note": …, "last": MOMENT}`
- `feed`: what the feed of events needs to go on in its order after a restore: the present era, and
  for each that ended by how much its entries were moved: `{"era": N, "shifts": [[ERA, BY], …]}`.
  Every `zx_history.tx` was lowered by that, below zero; so (tx, position) orders all entries as
  before, and the new ones come after them
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, select, text

from .column_types import Json, Moment
from .damage import first_row
from .schema import marks

ALIVE, HELD, FEED, CLOCK_ACCEPTED = "alive", "held", "feed", "clock-accepted"

# in one statement, so that two workers who set the same mark do not meet
_SET = text(
    "INSERT INTO zx_marks (name, value, at) VALUES (:name, :value, :at)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at"
).bindparams(bindparam("value", type_=Json()), bindparam("at", type_=Moment()))


def mark(connection: Connection, name: str) -> Any | None:
    """The value of a mark; None where there is none. Raises `DamagedRow`."""
    query = select(marks.c.value).where(marks.c.name == name)
    return first_row(connection, query, name, _value)


def _value(row: RowMapping) -> Any:
    if row["value"] is None:
        raise ValueError("no value")
    return row["value"]


def set_mark(connection: Connection, name: str, value: Any, now: datetime) -> None:
    """Set a mark, in the connection's transaction."""
    connection.execute(_SET, {"name": name, "value": value, "at": now})


def remove_mark(connection: Connection, name: str) -> None:
    """Take a mark away, where there is one."""
    connection.execute(delete(marks).where(marks.c.name == name))
