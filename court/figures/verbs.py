"""The figures as verbs. Each is counted from rows when it is asked: nothing is kept beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select

from ...engine.engine import Engine
from ...engine.model.case import DeadlineStatus
from ...engine.model.event import Actor
from ...engine.storage.case_rows import is_of_case
from ...engine.storage.schema import cases, deadlines
from ...engine.verbs.guarded import acting
from ..lists.cursors import read, written
from ..lists.errors import BadCursor
from ..lists.filters import Filters, Wanted
from ..lists.listings import ALL_CASES, DUE, Listing
from ..lists.pages import Page
from ..lists.scope import is_right, midnight_of, scope_of
from ..lists.taking_out import note_taken_out
from .counting import OF_CASE, Look, columns_by
from .nodes import node_times, performance_times
from .resumptions import resumptions
from .sanctions import ladders, sanction_times
from .shares import at_share, share_of
from .stays import Place
from .views import (
    ClosingFigures,
    Ladder,
    LimitsKept,
    NodeFigures,
    PerformanceTimes,
    ResumptionFigures,
    SanctionFigures,
    WorkFigures,
)

_DAY_SECONDS = 86_400
_SOON = timedelta(days=7)
_BY_OF_LIMITS = {**OF_CASE, "rule": deadlines.c.rule}
_BY_OF_CLOSINGS = {**OF_CASE, "mode": cases.c.closing_mode}
_ENDED = ("met", "met-late", "waived", "cancelled")
_PAGE = 50


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
        columns = columns_by("limits", by, _BY_OF_LIMITS)
        with self._look(actor, within, wanted, DUE) as look:
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
        columns = columns_by("closings", by, _BY_OF_CLOSINGS)
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

    def nodes(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("procedure", "node"),
        place: Place = "state",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> NodeFigures:
        """How long cases stood in each node, by `node`, `procedure`, `court`, `team`, `officer`:
        in each state, or in each phase (`place`); sub-procedures too.

        Lives are taken as they are now known: what was entered late or corrected stands where it
        happened. The histories of all cases that were open in the period or later are read.
        """
        with self._look(actor, within, wanted) as look:
            return node_times(look, by, place)

    def performance(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("rule",),
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> tuple[PerformanceTimes, ...]:
        """Within how many days from its start what a time limit asks for was done, for the limits
        met in the period (in time or late), by `rule`, `court`, `team`, `officer`, `procedure`.

        Days are below zero where it was done before the day from which the limit counts.
        """
        with self._look(actor, within, wanted, DUE) as look:
            return tuple(performance_times(look, by))

    def resumptions(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("mode",),
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> ResumptionFigures:
        """What share of the cases closed in the period was closed how, and which closed ones went
        on in it, by `mode`, `court`, `team`, `officer`, `procedure`. Sub-procedures do not count.

        The histories of all cases are read: those that stood closed before the period are what
        could go on in it.
        """
        with self._look(actor, within, wanted) as look:
            return resumptions(look, by)

    def sanctions(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("measure",),
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> SanctionFigures:
        """Coercive measures that were taken in the period, in cases and their sub-procedures, by
        `measure`, `court`, `team`, `officer`, `procedure`; the law in force says which they are."""
        with self._look(actor, within, wanted) as look:
            return sanction_times(look, by)

    def ladders(
        self,
        *,
        actor: Actor,
        limit: int = _PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[Ladder]:
        """The coercive measures of each case against each debtor, in their order, where one was
        taken in the period; court after court, by the ids of the cases.

        What one case has stays on one page. A page ends also where enough cases were looked at: go
        on as long as there is a cursor. Raises `BadCursor`, `BadLimit`.
        """
        digest = Filters.of(wanted).digest("ladders")
        place = read(cursor, digest, [str, str])
        after = (str(place[0]), str(place[1])) if place is not None else ("", "")
        with self._look(actor, within, wanted) as look:
            if after[0] and after[0] not in look.courts:
                raise BadCursor
            found = ladders(look, limit, after)
        return Page(rows=found.rows, cursor=written(found.place, digest) if found.place else "")

    def note_taken_out(self, name: str, *, actor: Actor, **wanted: Unpack[Wanted]) -> None:
        """Keep that figures (`nodes`, `limits` …) were taken out as a file; a host calls it before
        it writes one. It is listed among the `exports` of `CourtLists`."""
        note_taken_out(self._engine, f"figures {name}", actor, Filters.of(wanted))

    @contextmanager
    def _look(
        self, actor: Actor, within: Any, wanted: Wanted, listing: Listing = ALL_CASES
    ) -> Iterator[Look]:
        filters = Filters.of(wanted)
        own = filters.model_copy(update={"since": None, "until": None})
        with acting(self._engine, "court_figures", actor, within) as at_work:
            scope = scope_of(at_work, listing, own, grant="oversee")
            charter = at_work.standing.charter
            yield Look(
                at_work.transaction,
                scope.courts,
                scope.conditions,
                ZoneInfo(charter.zone),
                midnight_of(filters.since, charter) if filters.since else None,
                midnight_of(filters.until, charter, 1) if filters.until else None,
            )


def _of_limits(by: Sequence[str], values: tuple[str, ...], counts: Mapping[str, int]) -> LimitsKept:
    met, late, expired = (counts.get(name, 0) for name in ("met", "met-late", "expired"))
    return LimitsKept(
        by=dict(zip(by, values, strict=True)),
        met=met,
        met_late=late,
        expired=expired,
        waived=counts.get("waived", 0),
        cancelled=counts.get("cancelled", 0),
        kept=share_of(met, met + late + expired),
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
    look: Look, weights: Mapping[str, float], has: Mapping[str, dict[str, float]]
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


def _count_limits(look: Look, has: Mapping[str, dict[str, float]]) -> None:
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
