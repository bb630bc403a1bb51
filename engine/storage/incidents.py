"""What could not be done and waits for a person."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, not_, select, update

from ...workflow.errors import DataError
from ..model.effects import RequestStatus
from .schema import cases, incidents, outbox

log = logging.getLogger("zhixing")
DIFFERENCE = "difference-"
"""What the kinds of incidents begin with that tell of two books which disagree."""


def record_incident(
    connection: Connection,
    now: datetime,
    kind: str,
    message: str,
    court: str = "",
    case_id: str | None = None,
    outbox_id: str | None = None,
) -> None:
    """Keep an incident for a person; where the same one is open already, it says this now.

    A new one is in the log too, without its text: that may hold what a far side wrote. One that
    concerns no case is of no court.
    """
    same = select(incidents.c.id).where(
        incidents.c.court == court,
        incidents.c.kind == kind,
        incidents.c.case_id == case_id,
        incidents.c.outbox_id == outbox_id,
        incidents.c.resolved_at.is_(None),
    )
    known = connection.execute(same).scalar()
    if known is not None:
        this = incidents.c.court == court, incidents.c.id == known
        connection.execute(update(incidents).where(*this).values(message=message))
        return
    values: dict[str, Any] = {
        "court": court,
        "case_id": case_id,
        "outbox_id": outbox_id,
        "kind": kind,
        "at": now,
        "message": message,
        "resolution": "",
    }
    if connection.dialect.name != "postgresql":  # which counts them by itself
        last = select(func.coalesce(func.max(incidents.c.id), 0))
        values["id"] = last.scalar_subquery() + 1
    connection.execute(insert(incidents).values(values))
    told = {"incident": kind, "court": court, "case": case_id, "request": outbox_id}
    about = f"request {outbox_id}" if outbox_id else f"case {case_id}"
    log.warning("an incident for a person (%s): %s", kind, about, extra={"zhixing": told})


def court_of_incident(connection: Connection, id: int) -> str:
    """The court that an incident concerns; none (`""`) where it concerns no case."""
    of_case = select(cases.c.court).join(incidents, incidents.c.case_id == cases.c.id)
    court = connection.execute(of_case.where(incidents.c.id == id)).scalar()
    return str(court or "")


def request_of_incident(connection: Connection, id: int) -> Mapping[Any, Any] | None:
    """The request (`id`, `case_id`) of a case that an incident is about."""
    asked = select(outbox.c.id, outbox.c.case_id)
    same = and_(outbox.c.id == incidents.c.outbox_id, outbox.c.court == incidents.c.court)
    found = connection.execute(asked.join(incidents, same).where(incidents.c.id == id))
    return found.mappings().first()


def has_differences(connection: Connection, request: str) -> bool:
    """Whether the books still disagree about a request, as far as anybody looked."""
    is_open = incidents.c.outbox_id == request, incidents.c.resolved_at.is_(None)
    asked = select(incidents.c.id).where(*is_open, incidents.c.kind.startswith(DIFFERENCE))
    return connection.execute(asked.limit(1)).first() is not None


def resolve_incident(
    connection: Connection, now: datetime, id: int, person: str, resolution: str, retry: bool
) -> None:
    """Close an incident; with `retry` the case's clock or the request is tried again at once.

    Raises `DataError`.
    """
    row = connection.execute(select(incidents).where(incidents.c.id == id)).mappings().first()
    if row is None:
        raise DataError(
            field="incident", value=id, why_zh="没有这个事件单", why_en="there is no such incident"
        )
    court = row["court"]
    resolved = {"resolved_at": now, "resolved_by": person, "resolution": resolution}
    this = incidents.c.court == court, incidents.c.id == id
    connection.execute(update(incidents).where(*this).values(**resolved))
    if retry:
        _try_again(connection, now, court, row["case_id"], row["outbox_id"])


def _try_again(
    connection: Connection, now: datetime, court: str, case_id: str | None, outbox_id: str | None
) -> None:
    if outbox_id:
        send_again(connection, now, court, outbox_id)
    elif case_id:
        waiting = cases.c.court == court, cases.c.id == case_id, cases.c.wake_at.is_not(None)
        connection.execute(update(cases).where(*waiting).values(wake_at=now))


def send_again(connection: Connection, now: datetime, court: str, id: str) -> None:
    """Let a request go once more, at once, whatever became of it, if it is not answered.

    One that may not be repeated and is just being sent stays with who sends it.
    """
    again: dict[str, Any] = {
        "status": RequestStatus.WAITING.value,
        "attempts": 0,
        "send_at": now,
        "leased_until": None,
        "sent_at": None,
        "fence": outbox.c.fence + 1,
    }
    in_hand = and_(
        outbox.c.status == RequestStatus.SENDING.value,
        outbox.c.leased_until.is_not(None),
        outbox.c.leased_until > now,
    )
    is_open = outbox.c.status.not_in((RequestStatus.ANSWERED.value, RequestStatus.WITHDRAWN.value))
    request = outbox.c.court == court, outbox.c.id == id, is_open, not_(in_hand)
    connection.execute(update(outbox).where(*request).values(**again))
