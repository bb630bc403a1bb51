"""The time limits of an officer as an iCalendar (RFC 5545): each is a to-do with its alarms.

A calendar program that subscribes to it shows what is due, is told of each change (SEQUENCE), and
drops what was cancelled. Needs the extra `calendar`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, and_, or_, select

from ...engine.decision.procedure import Procedure
from ...engine.engine import Engine
from ...engine.model.case import DeadlineStatus
from ...engine.model.event import Actor
from ...engine.storage.damage import only_damage
from ...engine.storage.schema import cases, deadlines
from ...engine.verbs.guarded import Acting, acting
from ...engine.work.runtime import Transaction
from ...workflow.errors import ZhixingError
from ...workflow.language import Language
from ..lists.joining import InThisOrder
from ..lists.listings import Condition
from ..lists.scope import of_his_own

if TYPE_CHECKING:
    from icalendar import Calendar, Todo

_ENDED_SHOWN = timedelta(days=60)
_MOST = 5000
_STATUS: Mapping[str, str] = {
    DeadlineStatus.RUNNING: "NEEDS-ACTION",
    DeadlineStatus.EXPIRED: "NEEDS-ACTION",
    DeadlineStatus.PAUSED: "NEEDS-ACTION",
    DeadlineStatus.MET: "COMPLETED",
    DeadlineStatus.MET_LATE: "COMPLETED",
    DeadlineStatus.OPENED: "COMPLETED",
    DeadlineStatus.CANCELLED: "CANCELLED",
    DeadlineStatus.WAIVED: "CANCELLED",
}
_IS_OF_CASE = and_(deadlines.c.court == cases.c.court, deadlines.c.case_id == cases.c.id)
_SHOWN = (
    *(deadlines.c[name] for name in ("id", "case_id", "rule", "key", "status", "start")),
    *(deadlines.c[name] for name in ("due_day", "due_at", "ended_at")),
    *(cases.c[name] for name in ("number", "version", "updated_at", "definition_hash")),
)


class CalendarMissing(ZhixingError):
    """A calendar needs the library icalendar."""

    code = "calendar-missing"
    zh, en = (
        "生成日历需要 pip install 'zhixing[calendar]'（{why}）",
        "calendars need pip install 'zhixing[calendar]' ({why})",
    )


def officer_calendar(
    engine: Engine,
    officer: str,
    *,
    actor: Actor,
    lang: Language = "zh",
    within: Any = None,
) -> bytes:
    """The limits in an officer's cases: those that run, rest or passed, and those that ended in the
    last 60 days, which are then COMPLETED or CANCELLED.

    For the officer himself, who stands in for him, and whom the charter lets `oversee` the whole.
    Raises `NotAllowed`, `BadActor`, `CalendarMissing`.
    """
    with acting(engine, "officer_calendar", actor, within) as at_work:
        seen: list[Condition] = [cases.c.officer == officer]
        if not at_work.may("oversee", ""):
            seen += _of_his_own(at_work, officer)
        calendar = _empty(officer, lang)
        for todo in _todos(at_work.transaction, seen, lang):
            calendar.add_component(todo)
        return bytes(calendar.to_ical())


def _of_his_own(acting: Acting, officer: str) -> Iterator[Condition]:
    """What somebody sees who does not oversee the whole: his own, or where he stands in."""
    standing, now = acting.standing, acting.transaction.now
    persons = {acting.actor.id, *(d.person for d in standing.standing_in(acting.actor, now))}
    if officer not in persons:
        acting.check("oversee")
    acting.ask_host("")
    return of_his_own(acting)


def _empty(officer: str, lang: Language) -> Calendar:
    try:
        from icalendar import Calendar
    except ImportError as error:
        raise CalendarMissing(why=str(error)) from None
    calendar = Calendar()
    calendar.add("prodid", "-//zhixing//court//ZH" if lang == "zh" else "-//zhixing//court//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    title = f"{officer} 的办案期限" if lang == "zh" else f"time limits of {officer}"
    calendar.add("x-wr-calname", title)
    return calendar


def _todos(transaction: Transaction, seen: Sequence[Condition], lang: Language) -> Iterator[Todo]:
    since = transaction.now - _ENDED_SHOWN
    query = (
        select(*_SHOWN)
        .select_from(InThisOrder(cases, deadlines, _IS_OF_CASE))
        .where(*seen)
        .where(or_(deadlines.c.ended_at.is_(None), deadlines.c.ended_at >= since))
        .order_by(deadlines.c.due_at, deadlines.c.id)
        .limit(_MOST)
    )
    for row in transaction.connection.execute(query).mappings():
        todo = _readable(transaction, row, lang)
        if todo is not None:
            yield todo


def _readable(transaction: Transaction, row: RowMapping, lang: Language) -> Todo | None:
    """A limit as a to-do; one that cannot be read is in the lists, and says so there."""
    try:
        return _todo(transaction.version(row["definition_hash"]), row, lang)
    except Exception as error:
        only_damage(error)
        return None


def _todo(procedure: Procedure, row: RowMapping, lang: Language) -> Todo:
    from icalendar import Todo, vUri

    rule = procedure.rules[row["rule"]]
    title = rule.title.text(lang)
    todo = Todo()
    todo.add("uid", f"{row['id']}@zhixing")
    todo.add("dtstamp", row["updated_at"])
    todo.add("last-modified", row["updated_at"])
    todo.add("sequence", row["version"])
    about = f"（{row['key']}）" if row["key"] else ""
    todo.add("summary", f"{row['number'] or row['case_id']} {title}{about}")
    todo.add("description", _description(rule.basis, row, lang))
    todo.add("status", _STATUS[row["status"]])
    todo.add("url", vUri(f"urn:zhixing:case:{row['case_id']}"))
    if row["due_day"] is not None:
        todo.add("due", row["due_day"])
    if row["ended_at"] is not None and todo["status"] == "COMPLETED":
        todo.add("completed", row["ended_at"])
    if row["status"] == DeadlineStatus.RUNNING and row["due_at"] is not None:
        for lead in procedure.warnings[row["rule"]]:
            todo.add_component(_alarm(lead.before(row["due_at"], procedure.calendar), title))
    return todo


def _description(basis: Any, row: RowMapping, lang: Language) -> str:
    law = basis.cite() if basis is not None else ""
    if row["status"] == DeadlineStatus.PAUSED:
        return f"{law}\n已暂停计算" if lang == "zh" else f"{law}\nit is paused"
    if row["status"] == DeadlineStatus.EXPIRED:
        return f"{law}\n已届满" if lang == "zh" else f"{law}\nit has passed"
    return str(law)


def _alarm(moment: datetime, title: str) -> Any:
    """One that goes off when the engine warns."""
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", moment)
    return alarm
