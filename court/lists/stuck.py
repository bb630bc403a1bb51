"""Cases that go on by nobody's doing: no limit runs in them, no work waits and nothing can be done;
they are suspended too long; or they are open under a case that is closed.

Open cases are looked through in windows, each found by an index of its court; a page ends when it
is full, or when it has looked at enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from sqlalchemy import Column, RowMapping, ScalarSelect, Select, Text, cast, func, select

from ...engine.decision import decide
from ...engine.decision.procedure import Procedure
from ...engine.model.event import Actor
from ...engine.model.obstacle import Obstacle
from ...engine.queries.requests import IS_OPEN
from ...engine.storage.case_rows import is_of_case
from ...engine.storage.damage import damaged, each_row, only_damage, unread
from ...engine.storage.schema import cases, deadlines, history, outbox, tasks
from ...engine.work.runtime import Transaction
from ...workflow.errors import ZhixingError
from ...workflow.language import Words
from ...workflow.model.definition import RESERVED_ROLES, Definition
from .cursors import Place, read, written
from .errors import BadCursor, BadLimit
from .filters import Filters
from .listings import Condition
from .pages import MOST, Page
from .rows import StuckRow, Values
from .scope import Scope
from .walking import is_behind

Reason = Literal["idle", "suspended", "orphaned"]
REASONS: Mapping[Reason, Words] = {
    "idle": Words(
        "无运行中的期限、无待办事项、无可办理的动作",
        "no limit runs, no work waits, and nothing can be done",
    ),
    "suspended": Words("中止过久", "suspended for too long"),
    "orphaned": Words("所属案件已结", "open under a case that is closed"),
}
_WINDOW, _LOOKED_AT = 500, 5000
_CURABLE = frozenset(
    {"role", "missing-field", "missing-document", "guard-value", "not-asked", "same-person"}
    | {"claimed", "document-not-asked", "known-fact"}
)
"""What stands in the way of an act only as long as nobody comes with the right form."""
_NOBODY = Actor.of("nobody")

_parents = cases.alias("parents")
_is_shown = (
    cases.c.court,
    cases.c.id.label("case_id"),
    *(cases.c[name] for name in ("number", "officer", "team", "procedure", "state")),
    *(cases.c[name] for name in ("opened_at", "closed_at", "closing_mode", "wake_at")),
    *(cases.c[name] for name in ("parent_id", "sub_procedure", "definition_hash")),
    cast(cases.c.opened_at, Text).label("place"),
)
_RUNS = select(deadlines.c.id).where(is_of_case(deadlines), deadlines.c.live).exists()
_WAITS = select(tasks.c.id).where(is_of_case(tasks), tasks.c.ended_at.is_(None)).exists()
_ASKS = select(outbox.c.id).where(is_of_case(outbox), *IS_OPEN).exists()
_parts = cases.alias("parts")
_HAS_OPEN_PARTS = (
    select(_parts.c.id)
    .where(_parts.c.court == cases.c.court, _parts.c.parent_id == cases.c.id)
    .where(_parts.c.closed_at.is_(None))
    .exists()
)
_SINCE = (
    select(func.max(history.c.happened_at))
    .where(is_of_case(history), history.c.target == cases.c.state)
    .where(history.c.source != history.c.target)
    .scalar_subquery()
)


def _of_parent(column: Column[Any]) -> ScalarSelect[Any]:
    is_parent = _parents.c.court == cases.c.court, _parents.c.id == cases.c.parent_id
    return select(column).where(*is_parent).scalar_subquery()


_TEXTS = (
    *("case_id", "court", "number", "officer", "team", "procedure", "state", "parent_id"),
    "place",
)


class _Look(NamedTuple):
    """How cases that are stuck for one reason are found: among which, with what beside, by what."""

    among: tuple[Condition, ...]
    beside: tuple[Any, ...]
    since: Callable[[Transaction, Values, timedelta], datetime | None]


def stuck(
    transaction: Transaction,
    reason: Reason,
    filters: Filters,
    scope: Scope,
    limit: int,
    cursor: str,
    longest: timedelta,
) -> Page[StuckRow]:
    """One page. Raises `BadCursor`, `BadLimit`."""
    if not 1 <= limit <= MOST:
        raise BadLimit(limit=limit, most=MOST)
    digest = filters.digest(f"stuck:{reason}")
    place = read(cursor, digest, [str, str, str])
    if place is not None and place[0] not in scope.courts:
        raise BadCursor
    found: list[StuckRow] = []
    left = _LOOKED_AT
    for row in _candidates(transaction, reason, scope, place):
        left -= 1
        place = (row["court"], row["place"], row["case_id"])
        found += _stuck_row(transaction, reason, row, longest)
        if len(found) == limit or left == 0:
            assert place is not None
            return Page(rows=tuple(found), cursor=written(place, digest))
    return Page(rows=tuple(found))


def _candidates(
    transaction: Transaction, reason: Reason, scope: Scope, after: Place | None
) -> Iterator[Values]:
    """Open cases, court after court, each in the order in which they were opened."""
    look = _LOOKS[reason]
    query = select(*_is_shown, *look.beside).where(cases.c.closed_at.is_(None), *look.among)
    query = query.where(*scope.conditions).order_by(cases.c.opened_at, cases.c.id).limit(_WINDOW)
    for court in scope.courts if after is None else _from(scope.courts, str(after[0])):
        behind = after[1:] if after is not None and after[0] == court else None
        while rows := _window(transaction, query.where(cases.c.court == court), behind):
            yield from rows
            behind = (rows[-1]["place"], rows[-1]["case_id"])


def _from(courts: Sequence[str], first: str) -> Sequence[str]:
    return courts[courts.index(first) :]


def _window(transaction: Transaction, query: Select[Any], behind: Place | None) -> list[Values]:
    """The next cases; of one whose row cannot be read what is known of it, and why (`damaged`)."""
    connection = transaction.connection
    if behind is not None:
        query = query.where(is_behind(connection, cases.c.opened_at, [cases.c.id], behind))
    return each_row(connection, query, _TEXTS, dict, _unread)


def _unread(texts: RowMapping, why: ZhixingError) -> Values:
    return {**texts, "damaged": why}


def _stuck_row(
    transaction: Transaction, reason: Reason, row: Values, longest: timedelta
) -> Iterator[StuckRow]:
    """A case, where it is stuck; one that cannot be read is shown, and says so: nobody knows."""
    try:
        if "damaged" in row:
            raise row["damaged"]
        since = _LOOKS[reason].since(transaction, row, longest)
        if since is not None:
            version = transaction.version(row["definition_hash"])
            yield StuckRow.of(version, {**row, **_why(reason, since)}, transaction.now)
    except ZhixingError as error:
        if error.retryable:
            raise
        yield _unknown(reason, row, error)
    except Exception as error:
        only_damage(error)
        yield _unknown(reason, row, damaged(row["case_id"], error))


def _unknown(reason: Reason, row: Values, why: ZhixingError) -> StuckRow:
    """A case that cannot be read, as what is known of it."""
    known = {name: row[name] for name in _TEXTS if name in StuckRow.model_fields}
    shown = unread(StuckRow)(known, why)
    return shown.model_copy(update=_why(reason, shown.since))


# -- since when a case is stuck; None where it is not


def _idle_since(transaction: Transaction, row: Values, longest: timedelta) -> datetime | None:
    is_quiet = not (row["runs"] or row["waits"] or row["asks"] or row["has_open_parts"])
    if not is_quiet or _is_possible(transaction, row["case_id"]):
        return None
    since: datetime = row["updated_at"]
    return since


def _is_possible(transaction: Transaction, case_id: str) -> bool:
    """Whether somebody could do something in a case, had he the role and the papers for it."""
    unit = transaction.unit()
    case = unit.case(case_id)
    procedure = unit.procedure(case)
    if case.links and _is_told(procedure, case.state):
        return True
    children = unit.children(case)
    acts = decide.possible(procedure, case, _NOBODY, transaction.now, children)
    return any(
        _is_curable(procedure, case.state, trigger, obstacles)
        for (trigger, _), obstacles in acts.items()
    )


def _is_told(procedure: Procedure, state: str) -> bool:
    """Whether a related proceeding may tell a case something where it stands."""
    triggers = procedure.definition.triggers
    ways = (way.spec for trigger in triggers for way in procedure.ways_from(trigger, state))
    return any("procedure" in way.by for way in ways)


def _is_curable(
    procedure: Procedure, state: str, trigger: str, obstacles: Sequence[Obstacle]
) -> bool:
    ways = list(map(attrgetter("spec"), procedure.ways_from(trigger, state)))
    if all(RESERVED_ROLES.keys() >= set(way.by) for way in ways):
        return False
    is_asked = any(way.form or way.needs for way in ways)
    curable = _CURABLE | {"guard"} if is_asked else _CURABLE
    return curable.issuperset(map(attrgetter("code"), obstacles))


def _suspended_since(transaction: Transaction, row: Values, longest: timedelta) -> datetime | None:
    suspended = {s for one in _version(transaction, row).suspensions for s in one.states}
    since: datetime | None = row["since"]
    is_long = since is not None and since <= transaction.now - longest
    return since if row["state"] in suspended and is_long else None


def _orphaned_since(transaction: Transaction, row: Values, longest: timedelta) -> datetime | None:
    """A parent's end may leave a sub-procedure open: then it is meant to be."""
    if row["parent_closed_at"] is None:
        return None
    parent = transaction.version(row["parent_version"]).definition
    since: datetime = row["parent_closed_at"]
    return None if row["sub_procedure"] in parent.states[row["parent_state"]].leaves else since


def _version(transaction: Transaction, row: Values) -> Definition:
    return transaction.version(row["definition_hash"]).definition


def _why(reason: Reason, since: datetime) -> dict[str, Any]:
    said = REASONS[reason]
    return {"reason": reason, "reason_zh": said.zh, "reason_en": said.en, "since": since}


_LOOKS: Mapping[Reason, _Look] = {
    "idle": _Look(
        (cases.c.wake_at.is_(None),),
        (
            cases.c.updated_at,
            _RUNS.label("runs"),
            _WAITS.label("waits"),
            _ASKS.label("asks"),
            _HAS_OPEN_PARTS.label("has_open_parts"),
        ),
        _idle_since,
    ),
    "suspended": _Look((), (_SINCE.label("since"),), _suspended_since),
    "orphaned": _Look(
        (cases.c.parent_id.is_not(None),),
        (
            _of_parent(_parents.c.closed_at).label("parent_closed_at"),
            _of_parent(_parents.c.definition_hash).label("parent_version"),
            _of_parent(_parents.c.state).label("parent_state"),
        ),
        _orphaned_since,
    ),
}
