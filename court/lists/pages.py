"""A page of a list, and how many rows it has by this or that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    Connection,
    FromClause,
    Label,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from ...engine.decision.procedure import Procedure
from ...engine.queries.views import View
from ...engine.storage.damage import each_row, unread
from ...engine.storage.schema import cases
from ...engine.work.runtime import Transaction
from ...workflow.errors import ZhixingError
from .cursors import Place, read, written
from .errors import BadLimit, UnknownFilter
from .filters import Filters
from .listings import Condition, Listing
from .rows import Row
from .scope import Scope
from .walking import in_order, is_behind

R = TypeVar("R", bound=Row)
MOST = 500
"""Rows of a page at the most."""
_FEW_CASES = 2000
"""Cases up to which a list is found by its cases, not by its moments."""
_FEW_ROWS = 4
"""Rows of each court that are looked at first where many courts share a page."""
_OF_CASE = (
    cases.c.number,
    cases.c.officer,
    cases.c.team,
    cases.c.procedure,
    cases.c.definition_hash,
)


class Page(View, Generic[R]):
    """Rows of a list in its order; `cursor` asks for the next page, empty on the last."""

    rows: tuple[R, ...]
    cursor: str = ""


class Count(View):
    """How many rows there are of which everything that was asked for is the same."""

    by: Mapping[str, Any]
    count: int


def page(
    transaction: Transaction,
    listing: Listing,
    filters: Filters,
    scope: Scope,
    limit: int,
    cursor: str,
) -> Page[Any]:
    """One page. Raises `BadCursor`, `BadLimit`."""
    if not 1 <= limit <= MOST:
        raise BadLimit(limit=limit, most=MOST)
    digest = filters.digest(listing.name)
    after = read(cursor, digest, _kinds(listing))
    found: list[tuple[Place, Row]] = []
    for query in _queries(transaction.connection, listing, scope, after, limit + 1):
        found += _read(transaction, listing, query)
    found.sort(key=lambda each: in_order(transaction.connection, each[0]))
    rows = tuple(row for _, row in found[:limit])
    more = len(found) > limit
    return Page(rows=rows, cursor=written(found[limit - 1][0], digest) if more else "")


def counts(
    transaction: Transaction, listing: Listing, scope: Scope, by: Sequence[str]
) -> tuple[Count, ...]:
    """How many rows, by the values of these columns, the most first. Raises `UnknownFilter`."""
    for name in by:
        if name not in listing.counted:
            known = ", ".join(listing.counted)
            raise UnknownFilter(list=listing.name, filter=name, known=known)
    columns = [cast(listing.counted[name], Text).label(name) for name in by]
    number = func.count().label("rows_counted")
    query = (
        select(*columns, number)
        .select_from(listing.source)
        .where(*listing.holds, *scope.conditions)
    )
    query = query.where(listing.court.in_(scope.courts)).group_by(*columns)
    rows = transaction.connection.execute(query.order_by(number.desc(), *columns))
    return tuple(Count(by=dict(zip(by, row[:-1], strict=True)), count=int(row[-1])) for row in rows)


# -- where it is found


def _queries(
    connection: Connection, listing: Listing, scope: Scope, after: Place | None, limit: int
) -> Iterator[Select[Any]]:
    """What finds so many rows behind a place: of few cases one query, else one at each court."""
    behind = [is_behind(connection, listing.moment, listing.ids, after)] if after else []
    conditions = [*scope.conditions, *behind]
    few = _few(connection, scope)
    if few is not None:
        holds = listing.of_few or listing.holds
        query = _rows(listing, listing.by_case, [*holds, *conditions]).limit(limit)
        query = query.where(cases.c.court.in_(scope.courts))
        yield query.where(cases.c.id.in_(few)) if listing.table is cases else query
        return
    conditions = [*listing.holds, *conditions]
    query = _rows(listing, listing.source, conditions)
    for court, number in _shares(connection, listing, scope, conditions, limit).items():
        yield query.where(listing.court == court).limit(number)


def _shares(
    connection: Connection,
    listing: Listing,
    scope: Scope,
    conditions: Sequence[Condition],
    limit: int,
) -> Mapping[str, int]:
    """How many of the first rows are of each court.

    A few of each are looked at, and more of those courts only whose few are all among the first.
    """
    courts = scope.courts
    if len(courts) == 1:
        return {courts[0]: limit}
    places = select(*_places(listing)).select_from(listing.source).where(*conditions)
    places = places.order_by(listing.moment, *listing.ids)
    few = min(limit, _FEW_ROWS + 2 * limit // len(courts))
    found = _of_each(connection, listing, places.limit(few), courts)
    more = [court for court, number in _of_the_first(found, limit).items() if number == few]
    found |= _of_each(connection, listing, places.limit(limit), more) if more else {}
    return _of_the_first(found, limit)


def _of_each(
    connection: Connection, listing: Listing, places: Select[Any], courts: Sequence[str]
) -> dict[str, list[tuple[Any, ...]]]:
    """The places that a query finds at each court.

    PostgreSQL is asked once for all of them; SQLite, which is in this process, court by court.
    """
    found: dict[str, list[tuple[Any, ...]]] = {court: [] for court in courts}
    if connection.dialect.name == "postgresql":
        name = func.unnest(literal(list(courts), ARRAY(Text))).column_valued("of_court")
        of_it = places.where(listing.court == name).lateral("places")
        for court, *place in connection.execute(select(name, of_it).join(of_it, true())):
            found[court].append(in_order(connection, tuple(place)))
        return found
    of_one = places.where(listing.court == bindparam("of_court"))
    for court, rows in found.items():
        rows += map(tuple, connection.execute(of_one, {"of_court": court}))
    return found


def _of_the_first(found: Mapping[str, Sequence[Any]], limit: int) -> Mapping[str, int]:
    """How many each court has of the first ones of all."""
    in_all = sorted((place, court) for court, places in found.items() for place in places)
    return Counter(court for _, court in in_all[:limit])


def _few(connection: Connection, scope: Scope) -> list[str] | None:
    """The cases that a list is about, where they are few; None where they may be many.

    The courts are not asked for: their index would be walked instead.
    """
    if not scope.few:
        return None
    found = select(cases.c.id).where(*scope.few).limit(_FEW_CASES + 1)
    ids = list(connection.execute(found).scalars())
    return ids if len(ids) <= _FEW_CASES else None


def _rows(listing: Listing, source: FromClause, conditions: Sequence[Condition]) -> Select[Any]:
    """Rows in their order, with their places."""
    query = select(listing.court, *_OF_CASE, *listing.shown, *_places(listing))
    query = query.select_from(source).where(*conditions)
    return query.order_by(listing.moment, *listing.ids)


def _places(listing: Listing) -> list[Label[Any]]:
    """What a row's place in the order is, as `place_0`, `place_1` …"""
    places = [cast(listing.moment, Text), *listing.ids]
    return [place.label(f"place_{n}") for n, place in enumerate(places)]


# -- how it is read


def _read(
    transaction: Transaction, listing: Listing, query: Select[Any]
) -> list[tuple[Place, Row]]:
    kinds = _kinds(listing)
    names = [f"place_{n}" for n in range(len(kinds))]
    unreadable = unread(listing.row)

    def place_of(row: Mapping[Any, Any]) -> Place:
        return tuple(kind(row[name]) for kind, name in zip(kinds, names, strict=True))

    def shown(row: Mapping[Any, Any]) -> tuple[Place, Row]:
        version = _version(transaction, row["definition_hash"])
        return place_of(row), listing.row.of(version, row, transaction.now)

    def not_read(row: Mapping[Any, Any], why: ZhixingError) -> tuple[Place, Row]:
        return place_of(row), unreadable(row, why)

    texts = (*listing.texts, *names)
    return each_row(transaction.connection, query, texts, shown, not_read)


def _kinds(listing: Listing) -> list[type[str] | type[int]]:
    """Of which kind each value of a place is."""
    return [str, *(column.type.python_type for column in listing.ids)]


def _version(transaction: Transaction, hash: str | None) -> Procedure | ZhixingError | None:
    """The version of a row's case; None where it has no case, or why it cannot be read."""
    if hash is None:
        return None
    try:
        return transaction.version(hash)
    except ZhixingError as error:
        return error
