"""The feed: the entries of all cases in one order that skips none.

On PostgreSQL entries are ordered by their transaction, and told once no transaction below may still
commit. A place in the feed is `era.transaction.position`; a database that was restored from a dump
begins a new era, and says in the mark `feed` by how much it moved the entries that it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, literal, select, text, tuple_

from ...workflow.errors import ZhixingError
from ..errors import BadFeedToken
from ..storage.asked import asked, picked
from ..storage.damage import each_row, unread
from ..storage.schema import cases, history, marks
from ..work.runtime import Transaction
from .views import HistoryEntry

FEED_MARK = "feed"
_BEYOND = 2**62
_HORIZON = text(
    "zx_history.tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
)


class FeedEvent(HistoryEntry):
    """An entry of a case's history as the feed gives it; `token` is its place in the feed."""

    token: str
    case_id: str
    court: str
    procedure: str
    number: str


class _Place(NamedTuple):
    era: int
    tx: int
    position: int

    def __str__(self) -> str:
        return ".".join(map(str, self))


class _Eras(NamedTuple):
    """The era of a database, and by how much each before it was moved at its end."""

    now: int = 0
    shifts: tuple[tuple[int, int], ...] = ()

    def present(self, place: _Place) -> _Place:
        """A place of any era as it is called now.

        What an earlier era had beyond the dump is not here: its places stand at the end of it.
        """
        tx, position = place.tx, place.position
        for era, shift in self.shifts:
            if era < place.era:
                continue
            tx -= shift
            if tx >= 0:
                tx, position = -1, _BEYOND
        return _Place(self.now, tx, position)


def after(
    transaction: Transaction, token: str, limit: int, court: str | None = None
) -> tuple[FeedEvent, ...]:
    """The entries after a place, of all courts or of one. Raises `BadFeedToken`."""
    eras = _eras(transaction)
    h = history.c
    query = select(history, cases.c.procedure, cases.c.number, cases.c.definition_hash.label("of"))
    query = query.join(cases, and_(h.court == cases.c.court, h.case_id == cases.c.id))
    query = query.order_by(h.tx, h.position).limit(limit)
    if token:
        place = eras.present(_place(token, eras))
        query = query.where(tuple_(h.tx, h.position) > tuple_(*map(literal, place[1:])))
    query = query.where(*asked({h.court: court}))
    if transaction.connection.dialect.name == "postgresql":
        query = query.where(_HORIZON)
    telling = _Telling(transaction, eras.now)
    unreadable = unread(FeedEvent)

    def damaged(texts: Mapping[Any, Any], why: ZhixingError) -> FeedEvent:
        token = {"token": telling.token(texts)}
        return unreadable(texts, why).model_copy(update=token)

    told = each_row(transaction.connection, query, _TEXTS, telling.event, damaged)
    return tuple(told)


_TEXTS = ("case_id", "court", "kind", "trigger", "actor", "tx", "position")


class _Telling:
    """Entries without what is sealed in them, by the versions that their cases run on."""

    _COLUMNS = tuple(set(FeedEvent.model_fields) - {"token", "damaged"})

    def __init__(self, transaction: Transaction, era: int) -> None:
        self._transaction = transaction
        self._era = era
        self._hidden: dict[str, frozenset[str] | None] = {}

    def token(self, row: Mapping[Any, Any]) -> str:
        return str(_Place(self._era, row["tx"], row["position"]))

    def event(self, row: Mapping[Any, Any]) -> FeedEvent:
        event = FeedEvent(**picked(row, self._COLUMNS), token=self.token(row))
        hidden = self._sealed(row["of"])
        if hidden is None:
            return event.model_copy(update={"changes": {}, "given": {}})
        return event.less(hidden)

    def _sealed(self, hash: str) -> frozenset[str] | None:
        """What is sealed by a version; None where nobody can tell."""
        if hash not in self._hidden:
            self._hidden[hash] = _sealed(self._transaction, hash)
        return self._hidden[hash]


def _sealed(transaction: Transaction, hash: str) -> frozenset[str] | None:
    """What is sealed by a version; None where nobody can tell."""
    try:
        return transaction.version(hash).sealed
    except ZhixingError:
        return None


def _eras(transaction: Transaction) -> _Eras:
    query = select(marks.c.value).where(marks.c.name == FEED_MARK)
    kept = transaction.connection.execute(query).scalar()
    if kept is None:
        return _Eras()
    return _Eras(kept["era"], tuple((era, shift) for era, shift in kept["shifts"]))


def _place(token: str, eras: _Eras) -> _Place:
    """Where a token stands. Raises `BadFeedToken`."""
    try:
        era, tx, position = map(int, token.split("."))
    except ValueError:
        raise BadFeedToken(token=ascii(token)[:80]) from None
    if not 0 <= era <= eras.now or max(abs(tx), abs(position)) > _BEYOND:
        raise BadFeedToken(token=ascii(token)[:80])
    return _Place(era, tx, position)
