"""How much waits, how long, and for whom: figures of a whole database, without a word of any case.

Each is read by an index of what is open, so that asking now and then costs little.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select

from ..model.case import DeadlineStatus
from ..storage.schema import cases, deadlines, inbox, incidents, outbox, refusals
from ..work.runtime import Transaction
from .requests import IS_OPEN, CounterpartyView, counterparties
from .views import View

_A_DAY = timedelta(days=1)
_TAKEN, _REPEATED, _NOT_TAKEN = "taken", "repeated", "not-taken"


class DueNow(View):
    """How many wait for somebody to look, and since when the first of them does (None for none)."""

    count: int
    since: datetime | None


class Figures(View):
    """How a database stands: for metrics, or for a board.

    `counterparties` are those of which something is open. `requests_due` could be sent or asked
    about now, and `cases_due` have a moment that has come: where either stays, no worker looks.
    `deadlines_overdue` are the limits that have passed in cases where nothing ended them.
    `incidents` are the open ones by kind; `answers` those to open requests by what became of them
    (`taken`, `repeated`, `not-taken`); `callbacks_refused` those of the last 24 hours.
    """

    at: datetime
    counterparties: tuple[CounterpartyView, ...]
    requests_due: DueNow
    cases_due: DueNow
    deadlines_overdue: int
    incidents: Mapping[str, int]
    answers: Mapping[str, int]
    callbacks_refused: int


def figures(transaction: Transaction) -> Figures:
    """How the database stands now."""
    now = transaction.now
    is_free = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
    is_late = and_(deadlines.c.live, deadlines.c.status == DeadlineStatus.EXPIRED.value)
    return Figures(
        at=now,
        counterparties=counterparties(transaction),
        requests_due=_due(transaction, outbox.c.send_at, is_free),
        cases_due=_due(transaction, cases.c.wake_at),
        deadlines_overdue=_count(transaction, deadlines, is_late),
        incidents=_incidents(transaction),
        answers=_answers(transaction),
        callbacks_refused=_callbacks_refused(transaction),
    )


def _due(transaction: Transaction, moment: Any, *also: ColumnElement[bool]) -> DueNow:
    query = select(func.count(), func.min(moment)).where(moment <= transaction.now, *also)
    count, since = transaction.connection.execute(query).one()
    return DueNow(count=count, since=since)


def _count(transaction: Transaction, table: FromClause, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(which)
    return int(transaction.connection.execute(query).scalar_one())


def _incidents(transaction: Transaction) -> dict[str, int]:
    query = select(incidents.c.kind, func.count()).where(incidents.c.resolved_at.is_(None))
    rows = transaction.connection.execute(query.group_by(incidents.c.kind))
    return {str(kind): int(count) for kind, count in rows}


def _answers(transaction: Transaction) -> dict[str, int]:
    """Only those to open requests: of all that ever came there are more than one counts now."""
    known = (_TAKEN, _REPEATED)
    outcome = case((inbox.c.outcome.in_(known), inbox.c.outcome), else_=_NOT_TAKEN)
    is_of_it = and_(inbox.c.court == outbox.c.court, inbox.c.outbox_id == outbox.c.id)
    query = select(outcome, func.count()).select_from(outbox.join(inbox, is_of_it))
    rows = transaction.connection.execute(query.where(*IS_OPEN).group_by(outcome))
    return dict.fromkeys((*known, _NOT_TAKEN), 0) | {str(name): int(n) for name, n in rows}


def _callbacks_refused(transaction: Transaction) -> int:
    """Those that were not kept one by one are counted too."""
    query = select(func.coalesce(func.sum(refusals.c.times), 0)).where(
        refusals.c.court == "",
        refusals.c.at >= transaction.now - _A_DAY,
        refusals.c.actor.startswith("callback:", autoescape=True),
    )
    return int(transaction.connection.execute(query).scalar_one())
