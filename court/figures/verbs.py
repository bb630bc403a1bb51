"""The figures as verbs. Each is counted from rows when it is asked: nothing is kept beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Unpack

from sqlalchemy import Column, ColumnElement, Text, and_, cast, func, or_, select

from ...engine.engine import Engine
from ...engine.model.case import DeadlineStatus
from ...engine.model.event import Actor
from ...engine.storage.case_rows import is_of_case
from ...engine.storage.schema import cases, deadlines
from ...engine.verbs.guarded import acting
from ...engine.work.runtime import Transaction
from ..lists.errors import UnknownFilter
from ..lists.filters import Filters, Wanted
from ..lists.listings import ALL_CASES, DUE, Condition
from ..lists.scope import is_right, midnight_of, scope_of
from .shares import at_share
from .views import ClosingFigures, LimitsKept, WorkFigures

_DAY_SECONDS = 86_400
_SOON = timedelta(days=7)
_BY: Mapping[str, ColumnElement[Any]] = {
    "court": cases.c.court,
    "team": cases.c.team,
    "officer": cases.c.officer,
    "procedure": cases.c.procedure,
}
_BY_OF_LIMITS = {**_BY, "rule": deadlines.c.rule}
_BY_OF_CLOSINGS = {**_BY, "mode": cases.c.closing_mode}
_ENDED = ("met", "met-late", "waived", "cancelled")


class _Look(NamedTuple):
    """What figures are counted of: a transaction, where, and the days they are about."""

    transaction: Transaction
    conditions: list[Condition]
    since: datetime | None
    until: datetime | None

    def within(self, moment: Column[Any]) -> ColumnElement[bool]:
        """Whether a moment lies in the period; with no days given any that there is."""
        bounds: list[ColumnElement[bool]] = [moment.is_not(None)]
        if self.since is not None:
            bounds.append(moment >= self.since)
        if self.until is not None:
            bounds.append(moment < self.until)
        return and_(*bounds)


class CourtFigures:
    """How a court does, for those whom the charter lets `oversee` it; the others see their own.

    `wanted` narrows the cases as it does lists (`court` with what lies below it, `officer`,
    `procedure`, `kind` …); `since` and `until` are the first and the last day of the period.

    All raise `NotAllowed`, `UnknownCourt`, `UnknownFilter`, `BadFilter`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def limits(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("rule",),
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> tuple[LimitsKept, ...]:
        """How time limits were kept, by `rule`, `court`, `team`, `officer` or `procedure`."""
        columns = _columns("limits", by, _BY_OF_LIMITS)
        with self._look(actor, within, wanted, is_of_limits=True) as look:
            ended = and_(look.within(deadlines.c.ended_at), deadlines.c.status.in_(_ENDED))
            is_passed = deadlines.c.status == DeadlineStatus.EXPIRED.value
            passed = and_(deadlines.c.live, is_passed, look.within(deadlines.c.due_at))
            query = select(*columns, deadlines.c.status, func.count())
            query = query.select_from(deadlines.join(cases, is_of_case(deadlines)))
            query = query.where(*look.conditions, is_right(look.transaction, False))
            query = query.where(or_(ended, passed))
            query = query.group_by(*columns, deadlines.c.status)
            found = defaultdict[tuple[str, ...], dict[str, int]](dict)
            for *values, status, count in look.transaction.connection.execute(query):
                found[tuple(values)][status] = count
        return tuple(_of_limits(by, values, found[values]) for values in sorted(found))

    def closings(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("mode",),
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> tuple[ClosingFigures, ...]:
        """How many cases were closed and within how many days, by `mode`, `court`, `team`,
        `officer` or `procedure`. Sub-procedures are not counted."""
        columns = _columns("closings", by, _BY_OF_CLOSINGS)
        with self._look(actor, within, wanted) as look:
            query = select(*columns, cases.c.opened_at, cases.c.closed_at)
            query = query.where(*look.conditions, cases.c.parent_id.is_(None))
            query = query.where(look.within(cases.c.closed_at))
            found = defaultdict[tuple[str, ...], list[float]](list)
            for *values, opened, closed in look.transaction.connection.execute(query):
                days = (closed - opened).total_seconds() / _DAY_SECONDS
                found[tuple(values)].append(round(days, 2))
        return tuple(_of_closings(by, values, sorted(found[values])) for values in sorted(found))

    def work(
        self,
        *,
        actor: Actor,
        weights: Mapping[str, float] | None = None,
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> tuple[WorkFigures, ...]:
        """What each officer has now, and closed in the period.

        `weights` says how much a case of a procedure weighs (1 where it says nothing).
        """
        with self._look(actor, within, wanted) as look:
            has = defaultdict[str, dict[str, float]](lambda: defaultdict(float))
            _count_cases(look, weights or {}, has)
            _count_limits(look, has)
        return tuple(_of_work(officer, has[officer]) for officer in sorted(has))

    @contextmanager
    def _look(
        self, actor: Actor, within: Any, wanted: Wanted, is_of_limits: bool = False
    ) -> Iterator[_Look]:
        filters = Filters.of(wanted)
        own = filters.model_copy(update={"since": None, "until": None})
        listing = DUE if is_of_limits else ALL_CASES
        with acting(self._engine, "court_figures", actor, within) as at_work:
            scope = scope_of(at_work, listing, own, grant="oversee")
            charter = at_work.standing.charter
            since = midnight_of(filters.since, charter) if filters.since else None
            until = midnight_of(filters.until, charter, 1) if filters.until else None
            conditions = [*scope.conditions, cases.c.court.in_(scope.courts)]
            yield _Look(at_work.transaction, conditions, since, until)


def _columns(
    name: str, by: Sequence[str], known: Mapping[str, ColumnElement[Any]]
) -> list[ColumnElement[Any]]:
    for one in by:
        if one not in known:
            raise UnknownFilter(list=name, filter=one, known=", ".join(known))
    return [func.coalesce(cast(known[one], Text), "") for one in by]


def _of_limits(by: Sequence[str], values: tuple[str, ...], counts: Mapping[str, int]) -> LimitsKept:
    met, late, expired = (counts.get(name, 0) for name in ("met", "met-late", "expired"))
    due = met + late + expired
    return LimitsKept(
        by=dict(zip(by, values, strict=True)),
        met=met,
        met_late=late,
        expired=expired,
        waived=counts.get("waived", 0),
        cancelled=counts.get("cancelled", 0),
        kept=met / due if due else None,
    )


def _of_closings(
    by: Sequence[str], values: tuple[str, ...], days: Sequence[float]
) -> ClosingFigures:
    return ClosingFigures(
        by=dict(zip(by, values, strict=True)),
        count=len(days),
        median_days=at_share(days, 0.5),
        ninth_decile_days=at_share(days, 0.9),
        longest_days=days[-1],
    )


def _count_cases(
    look: _Look, weights: Mapping[str, float], has: Mapping[str, dict[str, float]]
) -> None:
    """Open cases and those closed in the period, of each officer."""
    is_open = cases.c.closed_at.is_(None)
    query = select(cases.c.officer, cases.c.procedure, is_open.label("is_open"), func.count())
    query = query.where(cases.c.parent_id.is_(None), *look.conditions)
    query = query.where(or_(is_open, look.within(cases.c.closed_at)))
    query = query.group_by(cases.c.officer, cases.c.procedure, is_open)
    for officer, procedure, still_open, count in look.transaction.connection.execute(query):
        if still_open:
            has[officer]["open_cases"] += count
            has[officer]["weight"] += count * weights.get(procedure, 1.0)
        else:
            has[officer]["closed"] += count


def _count_limits(look: _Look, has: Mapping[str, dict[str, float]]) -> None:
    """Duties overdue, and due within a week, in the cases of each officer."""
    soon = look.transaction.now + _SOON
    is_late = deadlines.c.status == DeadlineStatus.EXPIRED.value
    is_soon = and_(deadlines.c.status == DeadlineStatus.RUNNING.value, deadlines.c.due_at <= soon)
    query = select(cases.c.officer, deadlines.c.status, func.count())
    query = query.select_from(deadlines.join(cases, is_of_case(deadlines)))
    query = query.where(deadlines.c.live, or_(is_late, is_soon), *look.conditions)
    query = query.where(is_right(look.transaction, False))
    query = query.group_by(cases.c.officer, deadlines.c.status)
    for officer, status, count in look.transaction.connection.execute(query):
        name = "overdue" if status == DeadlineStatus.EXPIRED.value else "due_soon"
        has[officer][name] += count


def _of_work(officer: str, has: Mapping[str, float]) -> WorkFigures:
    return WorkFigures(
        officer=officer,
        open_cases=int(has["open_cases"]),
        weight=has["weight"],
        overdue=int(has["overdue"]),
        due_soon=int(has["due_soon"]),
        closed=int(has["closed"]),
    )
