"""Which lists there are: what each shows, in which order, and by what it is narrowed and counted.

Each is walked by an index of its court in the order of its moment (`zx_…_court…`), so that a page
costs the same wherever it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Table, TextClause, and_, literal, text

from ...engine.model.case import DeadlineStatus
from ...engine.model.effects import RequestStatus
from ...engine.storage.case_rows import is_of_case, number_key
from ...engine.storage.schema import (
    alerts,
    cases,
    deadlines,
    exports,
    funds,
    history,
    incidents,
    outbox,
    refusals,
    tasks,
)
from .joining import InThisOrder
from .rows import (
    AlertRow,
    CaseRow,
    DeadlineRow,
    ExportRow,
    IncidentRow,
    LateRow,
    MoneyRow,
    RefusalRow,
    RequestRow,
    Row,
    TaskRow,
)

Condition = ColumnElement[bool] | TextClause
Narrow = Callable[[Any], Condition]
"""Makes the condition of a filter's value."""


def _is(column: Column[Any]) -> Narrow:
    return lambda value: column == value


def among(column: ColumnElement[Any], role: str) -> Condition:
    """Whether a role is one of those that a pool names, parted by commas."""
    return (literal(",") + column + literal(",")).contains(f",{role},", autoescape=True)


OF_CASE: Mapping[str, Narrow] = {
    "team": _is(cases.c.team),
    "officer": _is(cases.c.officer),
    "procedure": _is(cases.c.procedure),
    "state": _is(cases.c.state),
    "number": lambda number: cases.c.number_key == number_key(number),
    "parent": _is(cases.c.parent_id),
}
"""What narrows every list of things that belong to cases. `kind` is one more: see `scope`."""
FEW = ("officer", "number", "parent")
"""By these, each with an index of its own, a list may come down to few cases: then it is found by
those."""
_COUNTED = {
    "court": cases.c.court,
    "team": cases.c.team,
    "officer": cases.c.officer,
    "procedure": cases.c.procedure,
    "state": cases.c.state,
}


@dataclass(frozen=True)
class Listing:
    """One list: rows of a `table` in the order of a `moment`, those of one moment by their `ids`.

    `holds` is true of each; `of_few` says the same where they are looked up by their cases.
    `grant` is what the charter must let somebody do who is to see all; where `is_own` is said,
    everybody sees what belongs to his own cases. `rights` tells duties (False) from rights that
    have lapsed (True). `is_outer` lists also what belongs to no case.
    """

    name: str
    row: type[Row]
    table: Table
    moment: Column[Any]
    ids: tuple[Column[Any], ...]
    shown: tuple[ColumnElement[Any], ...]
    holds: tuple[Condition, ...]
    narrow: Mapping[str, Narrow]
    counted: Mapping[str, ColumnElement[Any]]
    of_few: tuple[Condition, ...] = ()
    grant: str = "oversee"
    is_own: bool = True
    rights: bool | None = None
    is_outer: bool = False
    texts: tuple[str, ...] = field(default=("id", "court", "case_id"))

    @property
    def source(self) -> FromClause:
        """The table with the cases that its rows belong to."""
        if self.table is cases:
            return cases
        return self.table.join(cases, is_of_case(self.table), isouter=self.is_outer)

    @property
    def by_case(self) -> FromClause:
        """The same, looked up from its cases."""
        if self.table is cases:
            return cases
        return InThisOrder(cases, self.table, is_of_case(self.table))

    @property
    def court(self) -> Column[Any]:
        found: Column[Any] = self.table.c.court
        return found


_CASE_SHOWN = (
    cases.c.id.label("case_id"),
    *(cases.c[name] for name in ("state", "opened_at", "closed_at", "closing_mode", "wake_at")),
    cases.c.parent_id,
)
_OPEN = cases.c.closed_at.is_(None)
_OWN, _SUB = cases.c.parent_id.is_(None), cases.c.parent_id.is_not(None)


def _cases(name: str, *holds: Condition, moment: Column[Any] = cases.c.opened_at) -> Listing:
    is_closed = moment is cases.c.closed_at
    return Listing(
        name=name,
        row=CaseRow,
        table=cases,
        moment=moment,
        ids=(cases.c.id,),
        shown=_CASE_SHOWN,
        holds=holds,
        narrow={"mode": _is(cases.c.closing_mode)} if is_closed else {},
        counted=_COUNTED | ({"mode": cases.c.closing_mode} if is_closed else {}),
        texts=("case_id", "court", "state", "closing_mode", "parent_id"),
    )


# to the letter as the partial indexes have it, or SQLite does not know them again
_IS_LIVE: Condition = text("zx_deadlines.live")
_IS_LATE: Condition = text("zx_history.late")


def _limits(name: str, status: DeadlineStatus, rights: bool | None = None) -> Listing:
    columns = ("id", "rule", "key", "status", "due_day", "due_at", "provisional", "watcher")
    return Listing(
        name=name,
        row=DeadlineRow,
        table=deadlines,
        moment=deadlines.c.due_at,
        ids=(deadlines.c.id,),
        shown=(deadlines.c.case_id, *(deadlines.c[column] for column in columns)),
        holds=(_IS_LIVE, deadlines.c.status == status.value, deadlines.c.due_at.is_not(None)),
        # said so that SQLite does not look here for the index of the court's limits
        of_few=(_IS_LIVE, deadlines.c.status + "" == status.value),
        narrow={"rule": _is(deadlines.c.rule), "person": _is(deadlines.c.watcher)},
        counted=_COUNTED | {"rule": deadlines.c.rule, "person": deadlines.c.watcher},
        rights=rights,
        texts=("id", "court", "case_id", "rule", "key", "status", "watcher"),
    )


def _work(name: str, *holds: Condition) -> Listing:
    columns = ("id", "kind", "name", "about", "pool", "status", "claimed_by", "offered_at")
    return Listing(
        name=name,
        row=TaskRow,
        table=tasks,
        moment=tasks.c.offered_at,
        ids=(tasks.c.id,),
        shown=(tasks.c.case_id, *(tasks.c[column] for column in columns)),
        holds=(tasks.c.ended_at.is_(None), *holds),
        narrow={
            "role": lambda role: among(tasks.c.pool, role),
            "person": _is(tasks.c.claimed_by),
            "rule": _is(tasks.c.name),
        },
        counted=_COUNTED
        | {"role": tasks.c.pool, "person": tasks.c.claimed_by, "rule": tasks.c.name},
        texts=("id", "court", "case_id", "kind", "name", "pool", "status", "claimed_by"),
    )


ALL_CASES = replace(_cases("all"), grant="export")
"""Every case and sub-procedure: walked only to be taken out."""
OPEN_CASES = _cases("cases", _OPEN, _OWN)
CLOSED_CASES = _cases("closed", cases.c.closed_at.is_not(None), _OWN, moment=cases.c.closed_at)
SUB_PROCEDURES = _cases("sub-procedures", _OPEN, _SUB)
DUE = _limits("due", DeadlineStatus.RUNNING)
OVERDUE = _limits("overdue", DeadlineStatus.EXPIRED, rights=False)
LAPSED = _limits("lapsed", DeadlineStatus.EXPIRED, rights=True)
TASKS = _work("tasks")
PROPOSALS = _work("proposals", tasks.c.kind == "approval")

_ALERT_SHOWN = ("id", "deadline_id", "rule", "kind", "roles", "watcher", "at", "due_day")
ALERTS = Listing(
    name="alerts",
    row=AlertRow,
    table=alerts,
    moment=alerts.c.at,
    ids=(alerts.c.id,),
    shown=(alerts.c.case_id, *(alerts.c[name] for name in _ALERT_SHOWN)),
    holds=(alerts.c.seen_by.is_(None), alerts.c.closed_at.is_(None)),
    narrow={
        "rule": _is(alerts.c.rule),
        "person": _is(alerts.c.watcher),
        "code": _is(alerts.c.kind),
    },
    counted=_COUNTED | {"rule": alerts.c.rule, "person": alerts.c.watcher, "code": alerts.c.kind},
    texts=("id", "court", "case_id", "deadline_id", "rule", "kind", "watcher"),
)

_LATE_SHOWN = ("seq", "kind", "trigger", "actor", "happened_at", "recorded_at", "note")
LATE = Listing(
    name="late",
    row=LateRow,
    table=history,
    moment=history.c.recorded_at,
    ids=(history.c.case_id, history.c.seq),
    shown=(history.c.case_id, *(history.c[name] for name in _LATE_SHOWN)),
    holds=(_IS_LATE,),
    narrow={"person": _is(history.c.actor), "code": _is(history.c.kind)},
    counted=_COUNTED | {"person": history.c.actor, "code": history.c.kind},
    texts=("case_id", "court", "kind", "trigger", "actor", "note"),
)

_REQUEST_SHOWN = (
    *("id", "request", "operation", "about", "counterparty", "status", "attempts"),
    *("created_at", "send_at", "sent_at", "last_error"),
)
REQUESTS = Listing(
    name="requests",
    row=RequestRow,
    table=outbox,
    moment=outbox.c.created_at,
    ids=(outbox.c.id,),
    shown=(outbox.c.case_id, *(outbox.c[name] for name in _REQUEST_SHOWN)),
    holds=(
        and_(outbox.c.answered_at.is_(None), outbox.c.status != RequestStatus.FAILED.value),
        outbox.c.status != RequestStatus.WITHDRAWN.value,
    ),
    narrow={
        "status": _is(outbox.c.status),
        "counterparty": _is(outbox.c.counterparty),
        "rule": _is(outbox.c.operation),
    },
    counted=_COUNTED
    | {
        "status": outbox.c.status,
        "counterparty": outbox.c.counterparty,
        "rule": outbox.c.operation,
    },
    texts=("id", "court", "case_id", "request", "operation", "status", "last_error"),
)

INCIDENTS = Listing(
    name="incidents",
    row=IncidentRow,
    table=incidents,
    moment=incidents.c.at,
    ids=(incidents.c.id,),
    shown=(
        incidents.c.case_id,
        *(incidents.c[name] for name in ("id", "kind", "outbox_id", "at", "message")),
    ),
    holds=(incidents.c.resolved_at.is_(None),),
    narrow={"code": _is(incidents.c.kind)},
    counted=_COUNTED | {"court": incidents.c.court, "code": incidents.c.kind},
    is_outer=True,
    texts=("id", "court", "case_id", "kind", "outbox_id", "message"),
)

_REFUSAL_SHOWN = ("id", "verb", "trigger", "actor", "code", "why", "at", "times")
REFUSALS = Listing(
    name="refusals",
    row=RefusalRow,
    table=refusals,
    moment=refusals.c.at,
    ids=(refusals.c.id,),
    shown=(refusals.c.case_id, *(refusals.c[name] for name in _REFUSAL_SHOWN)),
    holds=(),
    narrow={"person": _is(refusals.c.actor), "code": _is(refusals.c.code)},
    counted=_COUNTED
    | {"court": refusals.c.court, "person": refusals.c.actor, "code": refusals.c.code},
    grant="read_refusals",
    is_own=False,
    is_outer=True,
    texts=("id", "court", "case_id", "verb", "trigger", "actor", "code"),
)

MONEY = Listing(
    name="money",
    row=MoneyRow,
    table=funds,
    moment=funds.c.since,
    ids=(funds.c.id,),
    shown=(funds.c.case_id, *(funds.c[name] for name in ("id", "account", "held", "since"))),
    holds=(funds.c.since.is_not(None),),
    narrow={},
    counted=_COUNTED,
    texts=("id", "court", "case_id", "account"),
)

EXPORTS = Listing(
    name="exports",
    row=ExportRow,
    table=exports,
    moment=exports.c.at,
    ids=(exports.c.id,),
    shown=(exports.c.case_id, *(exports.c[n] for n in ("id", "what", "actor", "filters", "at"))),
    holds=(),
    narrow={"person": _is(exports.c.actor), "code": _is(exports.c.what)},
    counted=_COUNTED
    | {"court": exports.c.court, "person": exports.c.actor, "code": exports.c.what},
    grant="read_refusals",
    is_own=False,
    is_outer=True,
    texts=("id", "court", "case_id", "what", "actor"),
)

LISTINGS = {
    listing.name: listing
    for listing in (
        OPEN_CASES,
        CLOSED_CASES,
        SUB_PROCEDURES,
        DUE,
        OVERDUE,
        LAPSED,
        TASKS,
        PROPOSALS,
        ALERTS,
        LATE,
        REQUESTS,
        INCIDENTS,
        REFUSALS,
        EXPORTS,
        MONEY,
    )
}
"""Every list by its name, but for `stuck`."""
