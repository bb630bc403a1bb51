"""Time limits: those of a case, one explained, and what is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, Text, cast, select, text

from ...workflow.errors import ZhixingError
from ..decision.deadlines import FAR
from ..errors import CaseNotFound, UnknownDeadline
from ..model.case import CaseState
from ..storage.asked import asked
from ..storage.case_rows import CaseKey, all_deadlines, is_of_case, load_cases
from ..storage.damage import damaged, of_one_case, only_damage, readable
from ..storage.schema import cases, deadlines
from ..work.runtime import Transaction
from .views import Deadline

_FAR = FAR.replace(tzinfo=UTC)
# to the letter as the partial index has it, so that both databases use that index
_IS_EXPIRED = text("zx_deadlines.live AND zx_deadlines.status = 'expired'")
_TEXTS = ("id", "case_id", "rule", "key", "status", "watcher", "due_at", "due_day")
_SMALLEST_PAGE, _LARGEST_PAGE = 20, 200
_BEYOND = {
    "sqlite": text("(zx_deadlines.due_at, zx_deadlines.id) > (:due_at, :id)"),
    "postgresql": text(
        "(zx_deadlines.due_at, zx_deadlines.id) > (CAST(:due_at AS timestamptz), :id)"
    ),
}


@of_one_case
def of_case(
    transaction: Transaction, case_id: str, live: bool = True, explain: bool = False
) -> tuple[Deadline, ...]:
    """The time limits of a case, the next one first. Raises `CaseNotFound`."""
    unit = transaction.unit()
    case = unit.case(case_id)
    key = CaseKey(case.court, case.id)
    found = case.deadlines if live else all_deadlines(transaction.connection, key)
    procedure = unit.procedure(case)
    today = procedure.calendar.local_day(transaction.now)
    ordered = sorted(found, key=lambda d: (d.due_at or _FAR, procedure.order[d.rule]))
    return tuple(Deadline.of(procedure, case, d, today, explain) for d in ordered)


def explained(transaction: Transaction, case_id: str, rule: str) -> Deadline:
    """One live deadline of a case (its rule or id), step by step. Raises `UnknownDeadline`."""
    for deadline in of_case(transaction, case_id, explain=True):
        if rule in (deadline.rule, deadline.id):
            return deadline
    raise UnknownDeadline(case_id=case_id, rule=rule)


def overdue(
    transaction: Transaction,
    officer: str | None = None,
    court: str | None = None,
    limit: int = 1000,
) -> tuple[Deadline, ...]:
    """Expired time limits that nobody has performed yet, the oldest first.

    A right that has lapsed is nobody's duty: rows are read on, in pages, until `limit` duties are
    found. What cannot be read is among them, and says so (`damaged`).
    """
    found: list[Deadline] = []
    after: _Place | None = None
    page = min(max(limit, _SMALLEST_PAGE), _LARGEST_PAGE)
    query = _expired(officer, court).limit(page)
    while len(found) < limit:
        rows = _beyond(transaction.connection, query, after)
        found += _duties(transaction, rows)
        if len(rows) < page:
            break
        after = _Place(rows[-1]["due_at"], rows[-1]["id"])
    return tuple(found[:limit])


class _Place(NamedTuple):
    """Where a page ends: the due time as the database holds it, and the id that parts equals."""

    due_at: str
    id: str


def _expired(officer: str | None, court: str | None) -> Select[Any]:
    """The live, expired time limits in the order in which they were due, as texts."""
    columns: list[Any] = [cast(deadlines.c[name], Text).label(name) for name in _TEXTS]
    query = select(*columns).where(_IS_EXPIRED)
    query = query.order_by(deadlines.c.due_at, deadlines.c.id)
    query = query.where(*asked({deadlines.c.court: court}))
    if officer is not None:
        query = query.join(cases, is_of_case(deadlines)).where(cases.c.officer == officer)
    return query


def _beyond(
    connection: Connection, query: Select[Any], after: _Place | None
) -> Sequence[RowMapping]:
    """The page of a query that begins after a place; without one the first."""
    if after is not None:
        query = query.where(_BEYOND[connection.dialect.name]).params(after._asdict())
    return connection.execute(query).mappings().all()


def _duties(transaction: Transaction, rows: Sequence[RowMapping]) -> list[Deadline]:
    """The duties among the rows of a page, in their order."""
    ids = list(dict.fromkeys(row["case_id"] for row in rows))
    loaded, failed = readable(load_cases, transaction.connection, transaction.version, ids)
    shown = (_duty(transaction, row, loaded, failed) for row in rows)
    return list(filter(None, shown))


def _duty(
    transaction: Transaction,
    row: RowMapping,
    loaded: Mapping[str, CaseState],
    failed: Mapping[str, ZhixingError],
) -> Deadline | None:
    """One time limit; None for a right that has lapsed."""
    case = loaded.get(row["case_id"])
    if case is None:
        why = failed.get(row["case_id"], CaseNotFound(case_id=row["case_id"]))
        return Deadline.damaged_of(row, _day(row["due_day"]), why)
    try:
        (deadline,) = (d for d in case.deadlines if d.id == row["id"])
        procedure = transaction.version(case.definition_hash)
        if procedure.rules[deadline.rule].on_expiry.lapses:
            return None
        today = procedure.calendar.local_day(transaction.now)
        return Deadline.of(procedure, case, deadline, today)
    except Exception as error:
        only_damage(error)
        return Deadline.damaged_of(row, _day(row["due_day"]), damaged(case.id, error))


def _day(text: str | None) -> date | None:
    """A day as it is kept; None where it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
