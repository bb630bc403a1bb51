"""Deputies for a time: appointed by those whom the charter lets, ended before their time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert, select, update

from ..errors import BadDeputy, NotAllowed
from ..model.event import Actor
from ..storage.damage import each_row, first_row, unread
from ..storage.schema import deputies
from ..work.runtime import Transaction
from .model import TITLES
from .persons import check_person
from .standing import Standing


class Deputyship(BaseModel):
    """One person stands in for another; `until` is the last day, `ended_at` when it was ended.

    One that cannot be read (`damaged` says why) holds no more.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    person: str
    deputy: str
    roles: tuple[str, ...]
    unit: str
    since: date
    until: date
    appointed_by: str
    appointed_at: datetime
    ended_by: str
    ended_at: datetime | None
    note: str
    damaged: str = ""


def appoint(
    transaction: Transaction,
    standing: Standing,
    actor: Actor,
    *,
    person: str,
    deputy: str,
    roles: Sequence[str],
    unit: str,
    since: date,
    until: date,
    note: str,
) -> Deputyship:
    """Let one person stand in for another. Raises `NotAllowed`, `BadDeputy`, `BadActor`."""
    for named in (person, deputy):
        check_person(named)
    place = unit or standing.charter.sole_court
    _check_possible(standing, actor, person, deputy, place, since, until)
    for role in roles:
        _check_role(standing, actor, role, place, transaction.now)
    row = {
        "id": uuid.uuid4().hex,
        "court": place,
        "person": person,
        "deputy": deputy,
        "roles": list(roles),
        "since": since,
        "until": until,
        "appointed_by": actor.id,
        "appointed_at": transaction.now,
        "ended_by": "",
        "ended_at": None,
        "note": note,
    }
    transaction.connection.execute(insert(deputies), row)
    return _of(row)


def _of(row: object) -> Deputyship:
    values = dict(row)  # type: ignore[call-overload]
    return Deputyship(unit=values.pop("court"), **values)


def _check_possible(
    standing: Standing,
    actor: Actor,
    person: str,
    deputy: str,
    unit: str,
    since: date,
    until: date,
) -> None:
    """Somebody else, for somebody, somewhere that is there, for a time that does not end first."""
    if deputy in (person, actor.id):
        zh, en = "不得指定本人，也不得自我指定", "nobody stands in for himself, or appoints himself"
    elif unit not in standing.charter.organisation:
        zh, en = f"章程中没有 {unit or '-'}", f"the charter has no unit {unit or '-'}"
    elif until < since:
        zh, en = "终期早于始期", "it ends before it begins"
    else:
        return
    raise BadDeputy(deputy=deputy, why_zh=zh, why_en=en)


def _check_role(standing: Standing, actor: Actor, role: str, unit: str, now: datetime) -> None:
    """A role is given by those whom the charter lets give it, at their place or below."""
    held = standing.at(actor, unit, now).roles
    for grant in standing.charter.powers.appoint_deputy:
        if role in grant.roles and not held.isdisjoint(grant.by):
            return
    what = TITLES["appoint_deputy"]
    raise NotAllowed(
        actor=actor.id,
        what_zh=what.zh,
        what_en=what.en,
        why_zh=f"章程未授权其指定 {role} 的代理人",
        why_en=f"the charter does not let him appoint a deputy as {role}",
    )


def end(transaction: Transaction, standing: Standing, actor: Actor, id: str) -> Deputyship:
    """End a deputyship before its time: who could appoint it, the person, or the deputy.

    Raises `NotAllowed`, `BadDeputy`.
    """
    query = select(deputies).where(deputies.c.id == id)
    found = first_row(transaction.connection, query, id, lambda row: _of(row).model_dump())
    if found is None:
        raise BadDeputy(deputy=id, why_zh="没有这项代理", why_en="there is no such deputyship")
    if actor.id not in (found["person"], found["deputy"]):
        for role in found["roles"]:
            _check_role(standing, actor, role, found["unit"], transaction.now)
    ended = {"ended_by": actor.id, "ended_at": transaction.now}
    running = deputies.c.id == id, deputies.c.ended_at.is_(None)
    transaction.connection.execute(update(deputies).where(*running).values(**ended))
    return Deputyship(**{**found, **ended})


def listed(transaction: Transaction, day: date | None) -> tuple[Deputyship, ...]:
    """Deputyships, the newest first; with a `day` those of that day."""
    query = select(deputies).order_by(deputies.c.appointed_at.desc(), deputies.c.id)
    if day is not None:
        query = query.where(
            deputies.c.since <= day, deputies.c.until >= day, deputies.c.ended_at.is_(None)
        )
    return tuple(each_row(transaction.connection, query, _TEXTS, _of, unread(Deputyship)))


_TEXTS = ("id", "person", "deputy", "appointed_by")
