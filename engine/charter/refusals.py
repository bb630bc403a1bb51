"""Refusals, kept beside the cases: who tried what, why it was refused, and when.

They are written when the transaction that was refused has ended: with the very connection that it
was made on, as that goes back to its pool. Above a limit per person and hour they are only counted.
"""

from __future__ import annotations

import logging
import uuid
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from operator import ge
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy import RowMapping, bindparam, func, insert, select, update

from ..model.event import Actor
from ..storage.asked import asked
from ..storage.compiled_sql import CompiledStatement
from ..storage.damage import each_row, unread
from ..storage.schema import refusals
from ..work.after_commit import after_return
from ..work.runtime import Transaction

log = logging.getLogger("zhixing")

MOST_AN_HOUR = 100
"""Refusals of one person that are kept one by one within an hour; the others are counted."""
_MOST_WAITING = 10_000
_LONGEST_ACTOR = 100
_LONGEST_TEXT = 2000
_COUNTED = "counted"

_COUNT = CompiledStatement(
    select(func.count())
    .select_from(refusals)
    .where(refusals.c.actor == bindparam("by"), refusals.c.hour == bindparam("within"))
)
_INSERT = CompiledStatement(insert(refusals))
_ONE_MORE = CompiledStatement(
    update(refusals)
    .where(
        refusals.c.actor == bindparam("by"),
        refusals.c.hour == bindparam("within"),
        refusals.c.code == _COUNTED,
    )
    .values(times=refusals.c.times + 1)
)


class RefusalView(BaseModel):
    """Something that was refused; `times` counts those that were not kept one by one,
    `damaged` says why it cannot be read."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    court: str
    case_id: str | None
    verb: str
    trigger: str
    actor: str
    roles: tuple[str, ...]
    code: str
    why: Mapping[str, Any]
    at: datetime
    times: int
    damaged: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused to whom; `why` is the error as plain data."""

    actor: Actor
    verb: str
    trigger: str
    case_id: str
    court: str
    code: str
    why: Mapping[str, Any]
    at: datetime

    def row(self) -> dict[str, Any]:
        """As it is kept; an id out of form is kept in the letters that show it."""
        return {
            "id": uuid.uuid4().hex,
            "court": _shown(self.court),
            "case_id": _shown(self.case_id) or None,
            "verb": self.verb,
            "trigger": _shown(self.trigger)[:64],
            "actor": _shown(self.actor.id),
            "roles": sorted(map(_shown, self.actor.roles)),
            "code": self.code,
            "why": _storable(self.why),
            "at": self.at,
            "hour": self.at.replace(minute=0, second=0, microsecond=0),
            "times": 1,
        }


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else ascii(value)
    plain = text if text.isprintable() else ascii(text)
    return plain[:_LONGEST_ACTOR]


def _storable(value: Any) -> Any:
    """Plain data that every database takes: without NUL and halves of characters, and not long."""
    if isinstance(value, Mapping):
        return {str(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return list(map(_storable, value))
    if isinstance(value, str):
        whole = value[:_LONGEST_TEXT].encode("utf-8", "replace").decode()
        return whole.replace("\x00", "\ufffd")
    return value


class RefusalBook:
    """The refusals of one engine on their way into the database."""

    def __init__(self) -> None:
        self._waiting: deque[Refusal] = deque(maxlen=_MOST_WAITING)

    def after_fork(self) -> None:
        """What waits is written by the parent."""
        self._waiting.clear()

    def keep(self, refusal: Refusal, joined: sa.Connection | None) -> None:
        """Remember a refusal; one made in a host's transaction is written once that has ended."""
        if joined is None:
            self._waiting.append(refusal)
            return
        dialect = joined.dialect

        def write(driver: Any) -> None:
            self._waiting.append(refusal)
            if driver is not None:
                self._write(dialect, driver)

        after_return(joined, write)

    def write(self, database: sa.Engine) -> None:
        """Write what waits, in a transaction of its own; what cannot be written goes on waiting."""
        if not self._waiting:
            return
        try:
            with database.connect() as connection:
                self._write(connection.dialect, connection.connection.dbapi_connection)
        except sa.exc.SQLAlchemyError:
            log.exception("refusals could not be kept yet")

    def _write(self, dialect: sa.Dialect, driver: Any) -> None:
        """Write what waits on a driver's connection that is in no transaction."""
        taken: list[Refusal] = []
        try:
            while self._waiting:
                taken.append(self._waiting.popleft())
                _insert(dialect, driver, taken[-1].row())
            driver.commit()
        except Exception:  # a driver's error of any kind: the host's call must not fail by it
            self._waiting.extendleft(reversed(taken))
            log.exception("refusals could not be kept yet")
            with suppress(Exception):  # the connection itself may be gone
                driver.rollback()


def _insert(dialect: sa.Dialect, driver: Any, row: dict[str, Any]) -> None:
    person = {"by": row["actor"], "within": row["hour"]}
    ((kept,),) = _COUNT.on_driver(dialect, driver, **person)
    if kept < MOST_AN_HOUR:
        _INSERT.on_driver(dialect, driver, **row)
    elif kept == MOST_AN_HOUR:
        rest: dict[str, Any] = {
            "case_id": None,
            "verb": "",
            "trigger": "",
            "code": _COUNTED,
            "why": {},
        }
        _INSERT.on_driver(dialect, driver, **row | rest)
    else:
        _ONE_MORE.on_driver(dialect, driver, **person)


def listed(
    transaction: Transaction,
    *,
    case_id: str | None = None,
    person: str | None = None,
    since: datetime | None = None,
    limit: int = 1000,
) -> tuple[RefusalView, ...]:
    """Refusals, the newest first."""
    query = select(*(refusals.c[name] for name in RefusalView.model_fields if name in refusals.c))
    query = query.where(*asked({refusals.c.case_id: case_id, refusals.c.actor: person}))
    query = query.where(*asked({refusals.c.at: since}, ge))
    query = query.order_by(refusals.c.at.desc(), refusals.c.id).limit(limit)
    texts = ("id", "case_id", "court", "verb", "trigger", "actor", "code")
    shown = each_row(transaction.connection, query, texts, _view, unread(RefusalView))
    return tuple(shown)


def _view(row: RowMapping) -> RefusalView:
    return RefusalView(**row)
