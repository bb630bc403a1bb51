"""What was recorded: the history of a case, alerts, incidents."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import RowMapping, func, select, update

from ...workflow.errors import ZhixingError
from ..errors import NotAllowed, UnknownAlert
from ..model.event import Actor
from ..storage.asked import asked, picked
from ..storage.case_rows import court_of
from ..storage.damage import each_row, first_row, of_one_case, unread
from ..storage.schema import alerts as alerts_table
from ..storage.schema import cases, deadlines, history
from ..storage.schema import incidents as incidents_table
from ..work.runtime import Transaction
from .views import AlertView, HistoryEntry, Incident


@of_one_case
def history_of(
    transaction: Transaction,
    case_id: str,
    after: int = 0,
    limit: int | None = None,
    unsealed: bool = False,
) -> tuple[HistoryEntry, ...]:
    """What happened to a case, from the entry after `after` on; `unsealed` also what is sealed.

    Raises `CaseNotFound`.
    """
    court = court_of(transaction.connection, case_id)
    query = select(history).where(history.c.court == court, history.c.case_id == case_id)
    query = query.where(history.c.seq > after).order_by(history.c.seq).limit(limit)
    rows = transaction.connection.execute(query).mappings()
    columns = [name for name in HistoryEntry.model_fields if name in history.c]
    entries = (HistoryEntry(**picked(row, columns)) for row in rows)
    if unsealed:
        return tuple(entries)
    return tuple(map(_unsealing(transaction, case_id), entries))


def _unsealing(transaction: Transaction, case_id: str) -> Callable[[HistoryEntry], HistoryEntry]:
    """How an entry is shown without what is sealed, by the version that its case runs on.

    Where that version cannot be read, nobody knows what is sealed: no value is shown.
    """
    query = select(cases.c.definition_hash).where(cases.c.id == case_id)
    hash = transaction.connection.execute(query).scalar_one()
    try:
        hidden = transaction.version(hash).sealed
    except ZhixingError:
        return lambda entry: entry.model_copy(update={"changes": {}, "given": {}})
    return lambda entry: entry.less(hidden)


def moves_of(transaction: Transaction, court: str, case_id: str) -> list[tuple[str, str]]:
    """The ways that a case went, each once: from which state to which."""
    query = (
        select(history.c.source, history.c.target)
        .where(history.c.court == court, history.c.case_id == case_id)
        .where(history.c.source != history.c.target, history.c.source != "")
        .distinct()
        .order_by(history.c.source, history.c.target)
    )
    return [(source, target) for source, target in transaction.connection.execute(query)]


def alerts(
    transaction: Transaction, case_id: str | None = None, unseen: bool = False, limit: int = 1000
) -> tuple[AlertView, ...]:
    """Warnings and expiries, in the order of their times."""
    query = _ALERTS.order_by(alerts_table.c.at, alerts_table.c.id).limit(limit)
    query = query.where(*asked({alerts_table.c.case_id: case_id}))
    if unseen:
        query = query.where(alerts_table.c.seen_by.is_(None))
    return tuple(each_row(transaction.connection, query, _OF_ALERT, _alert, unread(AlertView)))


_KEY = (
    select(deadlines.c.key)
    .where(deadlines.c.court == alerts_table.c.court, deadlines.c.id == alerts_table.c.deadline_id)
    .scalar_subquery()
)
_ALERTS = select(alerts_table, func.coalesce(_KEY, "").label("key"))
"""Alerts, each with which of several limits of its rule it is about: a record's, say."""
_OF_ALERT = ("id", "case_id", "deadline_id", "rule", "kind")


def _alert(row: RowMapping) -> AlertView:
    return AlertView(**row)


def incidents(transaction: Transaction, open_only: bool = True) -> tuple[Incident, ...]:
    """What the clock or the dispatcher could not do."""
    query = select(incidents_table).order_by(incidents_table.c.id)
    if open_only:
        query = query.where(incidents_table.c.resolved_at.is_(None))
    return tuple(each_row(transaction.connection, query, _OF_INCIDENT, _incident, unread(Incident)))


_OF_INCIDENT = ("id", "case_id", "outbox_id", "kind", "message")


def _incident(row: RowMapping) -> Incident:
    return Incident(**row)


def alert_of(transaction: Transaction, alert_id: str) -> AlertView:
    """One alert. Raises `UnknownAlert`, `DamagedRow`."""
    query = _ALERTS.where(alerts_table.c.id == alert_id)
    found = first_row(transaction.connection, query, alert_id, _alert)
    if found is None:
        raise UnknownAlert(alert=alert_id)
    return found


def acknowledge(transaction: Transaction, alert: AlertView, actor: Actor) -> None:
    """Mark an alert as seen, unless it was seen before, by one of those that it went to.

    Raises `NotAllowed`.
    """
    if alert.watcher not in actor.persons and actor.roles.isdisjoint(alert.roles):
        told = ", ".join(alert.roles)
        raise NotAllowed(
            actor=actor.id,
            what_zh="签收这条提醒",
            what_en="acknowledge this alert",
            why_zh=f"须由 {told} 或监督人 {alert.watcher or '-'} 签收",
            why_en=f"it went to {told} and to {alert.watcher or '-'}, who watches it",
        )
    unseen = alerts_table.c.id == alert.id, alerts_table.c.seen_by.is_(None)
    transaction.connection.execute(update(alerts_table).where(*unseen).values(seen_by=actor.id))
