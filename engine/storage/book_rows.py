"""What decisions enter in the books of the court, as rows.

Postings are only ever added. What an account comes to and what a measure holds stand once, as the
last decision left them: the row before gives way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from itertools import chain, repeat, starmap
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, or_, select
from sqlalchemy import case as sa_case

from ...workflow.guards.variables import cents
from ...workflow.model.books import COMING_IN, MoneyAccount, Movement
from ..decision.books import of_case
from ..model.books import QUEUED, Booked, Found, Funds, Hold, Posting
from ..model.case import CaseState, Elsewhere
from ..model.effects import Decision
from .column_types import load_day
from .compiled_sql import CompiledStatement
from .schema import found, funds, holds, postings

Row = dict[str, Any]


def _delete(table: Table) -> CompiledStatement:
    of_row = table.c.court == bindparam("court"), table.c.id == bindparam("id")
    return CompiledStatement(delete(table).where(*of_row))


_INSERT_POSTING = CompiledStatement(insert(postings))
_DELETE_FUNDS, _INSERT_FUNDS = _delete(funds), CompiledStatement(insert(funds))
_DELETE_HOLD, _INSERT_HOLD = _delete(holds), CompiledStatement(insert(holds))


_DELETE_FOUND, _INSERT_FOUND = _delete(found), CompiledStatement(insert(found))
_MINE = or_(
    and_(holds.c.court == bindparam("court"), holds.c.id == bindparam("id")),
    and_(holds.c.court == bindparam("of_court"), holds.c.id == bindparam("of_id")),
)
_PLACES = CompiledStatement(
    select(func.max(sa_case((_MINE, holds.c.place))), func.max(holds.c.place)).where(
        holds.c.asset == bindparam("asset")
    )
)


_HELD = CompiledStatement(
    select(postings.c.movement, postings.c.target, postings.c.cents, postings.c.day).where(
        postings.c.court == bindparam("court"),
        postings.c.case_id == bindparam("case_id"),
        postings.c.account == bindparam("account"),
        or_(postings.c.source == MoneyAccount.HELD, postings.c.target == MoneyAccount.HELD),
    )
)


@dataclass(slots=True)
class BookRows:
    """The rows of the books: `postings` are new; `funds` (with the `zones` of their days) and
    `holds` (with those of other courts that they `came_from`) by their ids, as they are."""

    postings: list[Row] = field(default_factory=list)
    funds: dict[str, Row] = field(default_factory=dict)
    holds: dict[str, Row] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    found: dict[str, Row] = field(default_factory=dict)
    came_from: dict[str, Elsewhere] = field(default_factory=dict)

    def covered(self) -> Iterator[tuple[str, Row]]:
        """Every row, with what it is called in the entry that answers for it."""
        yield from (("posting", row) for row in self.postings)
        yield from (("funds", row) for row in self.funds.values())
        yield from (("hold", row) for row in self.holds.values())


def book_rows(decisions: Sequence[Decision]) -> BookRows:
    """What decisions enter in the books."""
    rows = BookRows()
    for decision in decisions:
        if decision.effects.booked is not None:
            _add(rows, decision, decision.effects.booked)
    return rows


def _add(rows: BookRows, decision: Decision, booked: Booked) -> None:
    """What one decision enters."""
    of = decision.case
    rows.postings += starmap(partial(_posting_row, decision), enumerate(booked.postings))
    for one in booked.funds:
        row = _funds_row(of, one)
        rows.funds[row["id"]], rows.zones[row["id"]] = row, one.zone
    changed = chain(zip(booked.found, repeat(False)), zip(booked.lost, repeat(True)))
    rows.found |= {row["id"]: row for row in starmap(partial(_found_row, of), changed)}
    if booked.hold is not None:
        rows.holds[of.id] = _hold_row(of, booked.hold)
        rows.came_from[of.id] = of.came_from or Elsewhere(of.court, of.id)


def write_books(connection: Connection, rows: BookRows) -> None:
    """Write what decisions entered in the books; their cases are written."""
    _INSERT_POSTING.run_many(connection, rows.postings)
    for row in rows.funds.values():
        row["since"] = _since(connection, row, rows.zones[row["id"]])
        _DELETE_FUNDS.run_many(connection, [row])
        _INSERT_FUNDS.run_many(connection, [row])
    _DELETE_FOUND.run_many(connection, rows.found.values())
    _INSERT_FOUND.run_many(connection, rows.found.values())
    # what came from another court takes its place there before that one leaves it
    for row in sorted(rows.holds.values(), key=_leaves):
        is_queued = row["standing"] in QUEUED
        came_from = rows.came_from[row["id"]]
        row["place"] = _place(connection, row, came_from) if is_queued else None
        _DELETE_HOLD.run_many(connection, [row])
        _INSERT_HOLD.run_many(connection, [row])


def _found_row(case: CaseState, one: Found, is_gone: bool) -> Row:
    return {
        "court": case.court,
        "id": f"{case.id}/{one.name}/{one.place}",
        "case_id": case.id,
        "name": one.name,
        "place": one.place,
        "value": one.value,
        "shown": one.shown,
        "is_gone": is_gone,
    }


def _since(connection: Connection, row: Row, zone: str) -> datetime | None:
    """When the day began on which the oldest of the money that an account holds came in: what came
    in first goes out first."""
    if row["held"] <= 0:
        return None
    came: Counter[date] = Counter()
    went = 0
    given = {name: row[name] for name in ("court", "case_id", "account")}
    for movement, target, amount, day in _HELD.rows(connection, **given):
        is_in = Movement(movement) in COMING_IN
        moved = amount if target == MoneyAccount.HELD else -amount
        came[load_day(day) or date.min] += moved * is_in
        went -= moved * (not is_in)
    for day in sorted(came):
        went -= came[day]
        if went < 0:
            return datetime.combine(day, time(), ZoneInfo(zone))
    return None


def _leaves(row: Row) -> bool:
    return row["standing"] not in QUEUED


def _place(connection: Connection, row: Row, came_from: Elsewhere) -> int:
    """The place of a measure among all that were ever registered on an asset: the one it has (or
    had in the court that it came from), or the next. Whoever writes one holds the asset."""
    given = {name: row[name] for name in ("court", "id", "asset")}
    before = {"of_court": came_from.court, "of_id": came_from.case}
    (((own, last),)) = _PLACES.rows(connection, **given, **before)
    return int(own if own is not None else (last or 0) + 1)


def _posting_row(decision: Decision, number: int, posting: Posting) -> Row:
    case = decision.case
    return {
        "court": case.court,
        "id": f"{case.id}.{case.version}.p{number}",
        "case_id": case.id,
        "of_case": of_case(case),
        "seq": case.version,
        "account": posting.account,
        "place": posting.place,
        "movement": posting.movement.value,
        "source": posting.source.value,
        "target": posting.target.value,
        "cents": cents(posting.amount),
        "day": posting.on,
        "party": posting.party,
        "reference": posting.reference,
        "is_reversal": posting.is_reversal,
        "actor": decision.entry.actor,
    }


def _funds_row(case: CaseState, one: Funds) -> Row:
    return {
        "court": case.court,
        "id": f"{case.id}.{one.account}",
        "case_id": case.id,
        "account": one.account,
        "held": cents(one.held),
        "deposited": cents(one.deposited),
        "since": None,
        "claim": cents(one.claim) if one.claim is not None else None,
    }


def _hold_row(case: CaseState, hold: Hold) -> Row:
    return {
        "court": case.court,
        "id": case.id,
        "case_id": case.id,
        "of_case": of_case(case),
        "asset": hold.asset,
        "kind": hold.kind,
        "debtor": hold.debtor,
        "standing": hold.standing.value,
        "cents": cents(hold.amount) if hold.amount is not None else None,
        "registered_on": hold.registered_on,
        "effective_on": hold.effective_on,
        "until": hold.until,
        "place": None,
    }
