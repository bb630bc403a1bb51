"""What a database that is held after a restore would do: which limits would come, what would go
out."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from ...workflow.errors import ZhixingError
from ..decision.procedure import Procedure
from ..model.effects import RequestStatus
from ..storage.asked import picked
from ..storage.case_rows import is_of_case
from ..storage.hold import Hold, hold_of
from ..storage.schema import cases, deadlines, outbox
from ..work.runtime import Transaction


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class HeldMoment(_View):
    """A moment of a time limit that the clock would let come now; `fires` is the trigger that its
    expiry fires, empty where it fires none. `released` says that it may come."""

    case_id: str
    number: str
    court: str
    rule: str
    title_zh: str
    title_en: str
    at: datetime
    fires: str
    released: bool


class HeldRequest(_View):
    """A request that would be sent, or asked about again (`sent`). `released` says that it may."""

    id: str
    case_id: str
    court: str
    operation: str
    status: str
    send_at: datetime
    released: bool


class Held(_View):
    """A database held after a restore: by whom, since when (ISO), and what waits in it."""

    by: str
    since: str
    moments: tuple[HeldMoment, ...]
    requests: tuple[HeldRequest, ...]


def held(transaction: Transaction) -> Held | None:
    """What waits while the database is held; None when it is not."""
    hold = hold_of(transaction.connection)
    if hold is None:
        return None
    return Held(
        by=hold.by,
        since=hold.since,
        moments=_moments(transaction, hold),
        requests=_requests(transaction, hold),
    )


def _moments(transaction: Transaction, hold: Hold) -> tuple[HeldMoment, ...]:
    """Every moment that is due, in the order in which they would come."""
    query = (
        select(
            cases.c.id,
            cases.c.number,
            cases.c.court,
            cases.c.definition_hash,
            deadlines.c.rule,
            deadlines.c.wake_at,
            deadlines.c.due_at,
        )
        .join(deadlines, is_of_case(deadlines))
        .where(cases.c.wake_at.is_not(None), cases.c.wake_at <= transaction.now)
        .where(deadlines.c.live, deadlines.c.wake_at <= transaction.now)
        .order_by(deadlines.c.wake_at, deadlines.c.id)
    )
    found = []
    for id, number, court, hash, rule, at, due_at in transaction.connection.execute(query):
        title_zh, title_en, fires = _words_of(_procedure(transaction, hash), rule)
        is_over = due_at is not None and due_at <= transaction.now
        found.append(
            HeldMoment(
                case_id=id,
                number=number,
                court=court,
                rule=rule,
                title_zh=title_zh,
                title_en=title_en,
                at=at,
                fires=fires if is_over else "",
                released=id in hold.cases,
            )
        )
    return tuple(found)


def _procedure(transaction: Transaction, hash: str) -> Procedure | None:
    try:
        return transaction.version(hash)
    except ZhixingError:  # its case is told by the clock, as an incident
        return None


def _words_of(procedure: Procedure | None, name: str) -> tuple[str, str, str]:
    """The titles of a time limit, and the trigger of its expiry; what is unknown goes by name."""
    rule = procedure.rules.get(name) if procedure is not None else None
    if rule is None:
        return name, name, ""
    return rule.title.zh, rule.title.en, rule.on_expiry.fire or ""


def _requests(transaction: Transaction, hold: Hold) -> tuple[HeldRequest, ...]:
    """Every request that waits to be sent or asked about, whenever that is due."""
    waiting = (RequestStatus.WAITING.value, RequestStatus.SENDING.value, RequestStatus.SENT.value)
    query = (
        select(outbox)
        .where(outbox.c.send_at.is_not(None), outbox.c.status.in_(waiting))
        .order_by(outbox.c.send_at, outbox.c.id)
    )
    names = [name for name in HeldRequest.model_fields if name != "released"]
    return tuple(
        HeldRequest(**picked(row, names), released=row["id"] in hold.requests)
        for row in transaction.connection.execute(query).mappings()
    )
