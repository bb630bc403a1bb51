"""The numbers of persons, each kept once by its hash."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text

from ...workflow.model.persons import PERSONS
from ..model.case import CaseState
from .case_rows import is_of_case
from .column_types import Moment
from .schema import IS_FOUND, cases, found, persons

_KEEP = text(
    "INSERT INTO zx_persons (key, shown, sealed, at) VALUES (:key, :shown, :sealed, :at)"
    " ON CONFLICT (key) DO NOTHING"
).bindparams(bindparam("at", type_=Moment()))


def keep_persons(connection: Connection, known: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Keep numbers (`key`, `shown`, `sealed`) that are not known yet."""
    rows = [
        {**{name: one[name] for name in ("key", "shown", "sealed")}, "at": now} for one in known
    ]
    if rows:
        connection.execute(_KEEP, rows)


def known_persons(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """The shortened numbers of persons by their hashes, of those that are known."""
    if not keys:
        return {}
    query = select(persons.c.key, persons.c.shown).where(persons.c.key.in_(sorted(keys)))
    return {str(key): str(shown) for key, shown in connection.execute(query)}


def sealed_numbers(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """The encrypted numbers of persons by their hashes, of those that have one."""
    query = select(persons.c.key, persons.c.sealed).where(persons.c.key.in_(sorted(keys)))
    rows = connection.execute(query.where(persons.c.sealed.is_not(None)))
    return {str(key): str(sealed) for key, sealed in rows}


def said_of(
    connection: Connection, case: CaseState, keys: Collection[str]
) -> list[tuple[str, Mapping[str, Any], bool]]:
    """What other cases say of persons: (hash, what is shown of him there, is an open case).

    Sub-procedures say it of their case, and are not counted beside it.
    """
    own = case.parent_id or case.id
    query = select(found.c.value, found.c.shown, cases.c.closed_at, cases.c.parent_id)
    query = query.select_from(found.join(cases, is_of_case(found)))
    query = query.where(found.c.name == PERSONS, found.c.value.in_(sorted(keys)), IS_FOUND)
    query = query.where(cases.c.id != own, func.coalesce(cases.c.parent_id, "") != own)
    rows = connection.execute(query.order_by(found.c.id))
    return [(key, shown, closed is None and parent is None) for key, shown, closed, parent in rows]
