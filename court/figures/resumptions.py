"""How cases were closed, and which of the closed ones went on: opened again, or resumed by another
case, as the law's table of kinds says by which links (`resumes`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import RowMapping, select, tuple_

from ...engine.storage.schema import cases
from ...engine.versions.law_changes import law_in_force
from ...engine.work.runtime import Transaction
from ..lists.listings import Condition
from .counting import OF_CASE, Look, check_by, values_by
from .lives import Life, Step, lives_of, windows
from .shares import Days, Spread, share_of
from .views import ResumptionFigures, Resumptions

_BY = ("mode", *OF_CASE)


class _Closing(NamedTuple):
    """A case was closed: how, when, and when it went on or was closed otherwise."""

    mode: str
    at: datetime
    ended: datetime | None
    is_resumed: bool


@dataclass(slots=True)
class _Tally:
    closed: int = 0
    standing: int = 0
    after: Days = field(default_factory=Days)


def resumptions(look: Look, by: Sequence[str]) -> ResumptionFigures:
    """Closings and what became of them. Raises `UnknownFilter`."""
    check_by("resumptions", by, _BY)
    found = defaultdict[tuple[str, ...], _Tally](_Tally)
    for life, resumed_at in _lives(look):
        for closing in _closings(life, resumed_at, look.end):
            _count(look, found[values_by(by, life.row, {"mode": closing.mode})], closing)
    totals = defaultdict[tuple[str, ...], int](int)
    for values, tally in found.items():
        totals[_beside_mode(by, values)] += tally.closed
    counted = ((values, found[values]) for values in sorted(found))
    rows = (
        _row(by, values, tally, totals[_beside_mode(by, values)])
        for values, tally in counted
        if tally.closed or tally.standing
    )
    return ResumptionFigures(rows=tuple(rows), unread=look.not_read())


def _beside_mode(by: Sequence[str], values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for name, value in zip(by, values, strict=True) if name != "mode")


def _count(look: Look, tally: _Tally, closing: _Closing) -> None:
    if look.not_before(closing.at):
        tally.closed += 1
    elif closing.ended is None or look.not_before(closing.ended):
        tally.standing += 1
    if closing.ended is not None and closing.is_resumed and look.not_before(closing.ended):
        tally.after[look.days(closing.at, closing.ended)] += 1


def _row(by: Sequence[str], values: tuple[str, ...], tally: _Tally, total: int) -> Resumptions:
    after = Spread.of(tally.after)
    return Resumptions(
        by=dict(zip(by, values, strict=True)),
        closed=tally.closed,
        share=share_of(tally.closed, total),
        standing=tally.standing,
        resumed=after.count,
        rate=share_of(after.count, tally.closed + tally.standing),
        after=after,
    )


# -- the closings of a life


def _closings(life: Life, resumed_at: datetime | None, end: datetime) -> Iterator[_Closing]:
    """Each time that a case was closed before the end, and what became of it by then."""
    modes = [(step.at, _mode(step)) for step in life.steps if step.at < end]
    before = ""
    for index, (at, mode) in enumerate(modes):
        if mode and mode != before:
            yield _closing(mode, at, modes[index + 1 :], resumed_at, end)
        before = mode


def _mode(step: Step) -> str:
    return step.procedure.definition.states[step.state].closes or ""


def _closing(
    mode: str,
    at: datetime,
    following: Sequence[tuple[datetime, str]],
    resumed_at: datetime | None,
    end: datetime,
) -> _Closing:
    left, other = next(((when, to) for when, to in following if to != mode), (end, mode))
    resumed = resumed_at if resumed_at is not None and resumed_at >= at else end
    if resumed < left:
        return _Closing(mode, at, resumed, True)
    return _Closing(mode, at, left if left < end else None, not other)


# -- cases that resume others


def _lives(look: Look) -> Iterator[tuple[Life, datetime | None]]:
    """The lives of cases (not of sub-procedures), each with when another case first resumed it."""
    names = _resuming(look.transaction)
    asked: list[Condition] = [*look.narrowed, cases.c.parent_id.is_(None)]
    for window in windows(look.transaction, look.courts, asked, [cases.c.particulars]):
        resumed = _resumed(look.transaction, window, names)
        for life in lives_of(look.transaction, window):
            if look.can_read(life):
                yield life, resumed.get(life.row["id"])


def _resuming(transaction: Transaction) -> Mapping[str, frozenset[str]]:
    """The links by which cases of a kind resume others, by the kind."""
    law = law_in_force(transaction.connection)
    demands = law.demands(transaction.now.date()).values()
    return {asked.id: frozenset(asked.resumes) for asked in demands if asked.resumes}


def _resumed(
    transaction: Transaction, window: Sequence[RowMapping], names: Mapping[str, frozenset[str]]
) -> Mapping[str, datetime]:
    """When cases that are linked so were opened, the first of each, by the case they resume."""
    every = frozenset[str]().union(*names.values())
    by_other = defaultdict[tuple[str, str], list[tuple[str, str]]](list)
    for row in window:
        for name, other, court, _, is_of in row["particulars"].get("links", ()):
            if is_of and name in every:
                by_other[court, other].append((row["id"], name))
    found: dict[str, datetime] = {}
    for row in _opened(transaction, by_other):
        kind = transaction.version(row["definition_hash"]).definition.law_kind
        for resumed, name in by_other[row["court"], row["id"]]:
            if name in names.get(kind, ()):
                found[resumed] = min(found.get(resumed, row["opened_at"]), row["opened_at"])
    return found


def _opened(transaction: Transaction, keys: Collection[tuple[str, str]]) -> Iterable[RowMapping]:
    """Cases by their courts and ids."""
    query = select(*cases.c["court", "id", "definition_hash", "opened_at"])
    query = query.where(tuple_(cases.c.court, cases.c.id).in_(keys))
    return transaction.connection.execute(query).mappings()
