"""The lists as verbs: who asks, of which unit, narrowed by what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar, Unpack

from ...engine.engine import Engine
from ...engine.model.event import Actor
from ...engine.verbs.guarded import acting
from .errors import UnknownFilter
from .filters import Filters, Wanted
from .listings import (
    ALERTS,
    CLOSED_CASES,
    DUE,
    EXPORTS,
    INCIDENTS,
    LAPSED,
    LATE,
    LISTINGS,
    MONEY,
    OPEN_CASES,
    OVERDUE,
    PROPOSALS,
    REFUSALS,
    REQUESTS,
    SUB_PROCEDURES,
    TASKS,
    Listing,
)
from .pages import Count, Page, counts, page
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
    StuckRow,
    TaskRow,
)
from .scope import scope_of
from .stuck import Reason, stuck
from .taking_out import note_taken_out

R = TypeVar("R", bound=Row)
PAGE = 50
_HALF_A_YEAR = timedelta(days=180)


class CourtLists:
    """The lists of a court: `CourtLists(engine).overdue(actor=zhou, officer="li")`.

    Each gives a `Page` of rows in the order of time, the oldest first, and a cursor for the next;
    what is written meanwhile makes no page skip or repeat a row that stays. Whom the charter lets
    `oversee` a unit sees what lies in it and below it; everybody else what belongs to his own
    cases, what he has himself (`person`), and what waits for a role of his (`role`). `within` is
    the host's own session or connection.

    Filters: see `Filters`. All raise `NotAllowed`, `UnknownCourt`, `UnknownFilter`, `BadFilter`,
    `BadCursor`, `BadLimit`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cases(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[CaseRow]:
        """Open cases, in the order in which they were opened."""
        return self._page(OPEN_CASES, actor, limit, cursor, within, wanted)

    def closed(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[CaseRow]:
        """Closed cases, in the order in which they were closed."""
        return self._page(CLOSED_CASES, actor, limit, cursor, within, wanted)

    def sub_procedures(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[CaseRow]:
        """Open sub-procedures, in the order in which they were opened."""
        return self._page(SUB_PROCEDURES, actor, limit, cursor, within, wanted)

    def due(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[DeadlineRow]:
        """Running time limits, the next one first: between two days with `since` and `until`."""
        return self._page(DUE, actor, limit, cursor, within, wanted)

    def overdue(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[DeadlineRow]:
        """Time limits that have passed, the duty undone; rights that lapsed are not among them."""
        return self._page(OVERDUE, actor, limit, cursor, within, wanted)

    def lapsed(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[DeadlineRow]:
        """Rights that have lapsed."""
        return self._page(LAPSED, actor, limit, cursor, within, wanted)

    def tasks(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[TaskRow]:
        """Open work in pools, or claimed."""
        return self._page(TASKS, actor, limit, cursor, within, wanted)

    def proposals(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[TaskRow]:
        """What waits for votes."""
        return self._page(PROPOSALS, actor, limit, cursor, within, wanted)

    def alerts(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[AlertRow]:
        """Warnings and expiries that nobody has seen."""
        return self._page(ALERTS, actor, limit, cursor, within, wanted)

    def late(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[LateRow]:
        """What was entered after the day it happened."""
        return self._page(LATE, actor, limit, cursor, within, wanted)

    def requests(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[RequestRow]:
        """Requests to the outside without their last answer."""
        return self._page(REQUESTS, actor, limit, cursor, within, wanted)

    def incidents(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[IncidentRow]:
        """What went wrong and nobody resolved."""
        return self._page(INCIDENTS, actor, limit, cursor, within, wanted)

    def refusals(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[RefusalRow]:
        """What was refused to whom; for those whom the charter lets `read_refusals`."""
        return self._page(REFUSALS, actor, limit, cursor, within, wanted)

    def exports(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[ExportRow]:
        """What was taken out as a file; for those whom the charter lets `read_refusals`."""
        return self._page(EXPORTS, actor, limit, cursor, within, wanted)

    def money(
        self,
        *,
        actor: Actor,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[MoneyRow]:
        """Money that is held for cases, the oldest first: with `until` what came in by that day."""
        return self._page(MONEY, actor, limit, cursor, within, wanted)

    def stuck(
        self,
        reason: Reason,
        *,
        actor: Actor,
        longest: timedelta = _HALF_A_YEAR,
        limit: int = PAGE,
        cursor: str = "",
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> Page[StuckRow]:
        """Open cases that go on by nobody's doing, court after court.

        `idle`: no limit runs, no work waits, nothing is asked of anybody, and nothing could be
        done. `suspended`: for more than `longest`. `orphaned`: under a case that is closed, and was
        not to leave it. A page ends also where enough cases were looked at: go on as long as there
        is a cursor.
        """
        filters = Filters.of(wanted)
        with acting(self._engine, "list_stuck", actor, within) as at_work:
            listing = OPEN_CASES if reason != "orphaned" else SUB_PROCEDURES
            scope = scope_of(at_work, listing, filters)
            return stuck(at_work.transaction, reason, filters, scope, limit, cursor, longest)

    def count(
        self,
        name: str,
        *,
        actor: Actor,
        by: Sequence[str],
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> tuple[Count, ...]:
        """How many rows a list has (`cases`, `closed`, `overdue` …), by one value or several.

        `by` names `court`, `team`, `officer`, `procedure`, `state`, or what the list is narrowed
        by: `rule`, `role`, `person`, `code`, `mode`, `status`, `counterparty`.
        """
        filters = Filters.of(wanted)
        listing = LISTINGS.get(name)
        if listing is None:
            raise UnknownFilter(list=name, filter="", known=", ".join(LISTINGS))
        with acting(self._engine, "count_list", actor, within) as at_work:
            scope = scope_of(at_work, listing, filters)
            return counts(at_work.transaction, listing, scope, by)

    def note_taken_out(self, name: str, *, actor: Actor, **wanted: Unpack[Wanted]) -> None:
        """Keep that rows of a list were taken out as a file; a host calls it before it writes one.

        It is listed with the other `exports`.
        """
        note_taken_out(self._engine, f"list {name}", actor, Filters.of(wanted))

    def _page(
        self,
        listing: Listing,
        actor: Actor,
        limit: int,
        cursor: str,
        within: Any,
        wanted: Wanted,
    ) -> Page[Any]:
        filters = Filters.of(wanted)
        with acting(self._engine, f"list_{listing.name}", actor, within) as at_work:
            scope = scope_of(at_work, listing, filters)
            return page(at_work.transaction, listing, filters, scope, limit, cursor)
