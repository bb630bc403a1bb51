"""The histories of many cases, one after the other, as what leaves the court sees them.

No data of a case are among them, and nothing that is sealed: what was done, by whom, and when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, Text, cast, select

from ...engine.queries.spoken import Spoken
from ...engine.storage.schema import cases, history
from ...engine.work.runtime import Transaction
from ...workflow.errors import ZhixingError
from ...workflow.language import Language
from ...workflow.model.definition import Definition
from ..lists.listings import Condition
from ..lists.walking import is_behind

_WINDOW = 200
_CASE = ("court", "id", "number", "officer", "procedure", "definition_hash", "state")
_MORE = ("opened_at", "closed_at", "closing_mode", "parent_id")
_ENTRY = ("case_id", "seq", "happened_at", "recorded_at", "kind", "trigger", "actor")
_SHOWN = (*(cases.c[n] for n in (*_CASE, *_MORE)), cast(cases.c.opened_at, Text).label("place"))


class LoggedEvent(NamedTuple):
    """One entry: what was done (`activity`, and `name` in words), by whom, when it happened and
    when it was recorded."""

    seq: int
    activity: str
    name: str
    kind: str
    actor: str
    happened_at: datetime
    recorded_at: datetime


class LoggedCase(NamedTuple):
    """One case, and what happened in it in the order of its entries."""

    id: str
    court: str
    number: str
    officer: str
    procedure: str
    parent: str
    opened_at: datetime
    closed_at: datetime | None
    closing_mode: str
    events: tuple[LoggedEvent, ...]


def logged_cases(
    transaction: Transaction,
    courts: Sequence[str],
    conditions: Sequence[Condition],
    lang: Language,
) -> Iterator[LoggedCase]:
    """The cases of some courts, court after court, each in the order in which they were opened."""
    query = select(*_SHOWN).where(*conditions)
    query = query.order_by(cases.c.opened_at, cases.c.id).limit(_WINDOW)
    connection = transaction.connection
    for court in courts:
        of_court = query.where(cases.c.court == court)
        behind: tuple[Condition, ...] = ()
        while rows := connection.execute(of_court.where(*behind)).mappings().all():
            yield from _with_events(transaction, court, rows, lang)
            place = rows[-1]["place"], rows[-1]["id"]
            behind = (is_behind(connection, cases.c.opened_at, [cases.c.id], place),)


def _with_events(
    transaction: Transaction, court: str, rows: Sequence[RowMapping], lang: Language
) -> Iterator[LoggedCase]:
    ids = [row["id"] for row in rows]
    query = select(*(history.c[name] for name in _ENTRY)).where(history.c.court == court)
    query = query.where(history.c.case_id.in_(ids)).order_by(history.c.case_id, history.c.seq)
    entries = defaultdict[str, list[RowMapping]](list)
    for entry in transaction.connection.execute(query).mappings():
        entries[entry["case_id"]].append(entry)
    for row in rows:
        spoken = Spoken(_definition(transaction, row["definition_hash"]), lang)
        events = tuple(_event(spoken, entry) for entry in entries[row["id"]])
        yield LoggedCase(
            row["id"],
            row["court"],
            row["number"],
            row["officer"],
            row["procedure"],
            row["parent_id"] or "",
            row["opened_at"],
            row["closed_at"],
            row["closing_mode"] or "",
            events,
        )


def _definition(transaction: Transaction, hash: str) -> Definition | None:
    """The version of a case; without it everything goes by its id."""
    try:
        return transaction.version(hash).definition
    except ZhixingError:
        return None


def _event(spoken: Spoken, entry: RowMapping) -> LoggedEvent:
    kind, trigger = entry["kind"], entry["trigger"]
    given: tuple[Any, ...] = entry["actor"], entry["happened_at"], entry["recorded_at"]
    return LoggedEvent(entry["seq"], trigger or kind, spoken.entry(kind, trigger), kind, *given)
