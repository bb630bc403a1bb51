"""Time limits: those of a case, one explained, and what is overdue."""

from __future__ import annotations

from datetime import UTC, date

from sqlalchemy import select, text

from ..decision.deadlines import FAR
from ..errors import UnknownDeadline
from ..model.case import CaseState, DeadlineState, DeadlineStatus
from ..storage.case_rows import DEADLINE_COLUMNS, deadline_from_row, is_of_case, load_cases
from ..storage.schema import cases, deadlines
from ..work.runtime import Transaction
from .views import Deadline

_FAR = FAR.replace(tzinfo=UTC)
# to the letter as the partial index has it, so that both databases use that index
_IS_EXPIRED = text("zx_deadlines.live AND zx_deadlines.status = 'expired'")


def of_case(
    transaction: Transaction, case_id: str, live: bool = True, explain: bool = False
) -> tuple[Deadline, ...]:
    """The time limits of a case, the next one first. Raises `CaseNotFound`."""
    unit = transaction.unit()
    case = unit.case(case_id)
    found = case.deadlines if live else _all_of(transaction, case)
    procedure = unit.procedure(case)
    today = procedure.calendar.local_day(transaction.now)
    ordered = sorted(found, key=lambda d: (d.due_at or _FAR, procedure.order[d.rule]))
    return tuple(Deadline.of(procedure, case, d, today, explain) for d in ordered)


def _all_of(transaction: Transaction, case: CaseState) -> list[DeadlineState]:
    columns = (deadlines.c[name] for name in DEADLINE_COLUMNS)
    of_case = deadlines.c.court == case.court, deadlines.c.case_id == case.id
    rows = transaction.connection.execute(select(*columns).where(*of_case))
    return [deadline_from_row(row) for row in rows]


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
    """Expired time limits that nobody has performed yet, the oldest first."""
    query = (
        select(cases.c.id)
        .join(deadlines, is_of_case(deadlines))
        .where(_IS_EXPIRED)
        .order_by(deadlines.c.due_at)
        .limit(limit)
    )
    if officer is not None:
        query = query.where(cases.c.officer == officer)
    if court is not None:
        query = query.where(cases.c.court == court)
    ids = list(dict.fromkeys(transaction.connection.execute(query).scalars()))
    loaded = load_cases(transaction.connection, transaction.version, ids)
    found = [duty for case in loaded.values() for duty in _duties(transaction, case)]
    return tuple(sorted(found, key=lambda d: (d.due_day or date.max, d.case_id))[:limit])


def _duties(transaction: Transaction, case: CaseState) -> list[Deadline]:
    """What a case has overdue; a right that has lapsed is nobody's duty."""
    procedure = transaction.version(case.definition_hash)
    today = procedure.calendar.local_day(transaction.now)
    return [
        Deadline.of(procedure, case, d, today)
        for d in case.deadlines
        if d.status is DeadlineStatus.EXPIRED and not procedure.rules[d.rule].on_expiry.lapses
    ]
