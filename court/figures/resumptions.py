"""How cases were closed, and which of the closed ones went on: opened again, or resumed by another
case, as the law's table of kinds says by which links (`resumes`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, pairwise
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
_NEVER = datetime.max.replace(tzinfo=UTC)
_STAYS_CLOSED = ("closed", _NEVER)
"""What follows the last closing: nothing, ever."""


class _Closing(NamedTuple):
    """A case was closed: how, when, and when it went on or was closed otherwise, if ever."""

    mode: str
    at: datetime
    ended: datetime
    is_resumed: bool


@dataclass(slots=True)
class _Tally:
    closed: int = 0
    standing: int = 0
    after: Days = field(default_factory=Days)

    @property
    def known(self) -> int:
        """All that were closed in the period or at its beginning."""
        return self.closed + self.standing


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
    rows = (
        _row(by, values, tally, totals[_beside_mode(by, values)])
        for values, tally in sorted(found.items())
        if tally.known
    )
    return ResumptionFigures(rows=tuple(rows), unread=look.not_read())


def _beside_mode(by: Sequence[str], values: tuple[str, ...]) -> tuple[str, ...]:
    """The group of which ways of closing are shares."""
    return tuple(value for name, value in zip(by, values, strict=True) if name != "mode")


def _count(look: Look, tally: _Tally, closing: _Closing) -> None:
    """What one closing adds: it lies in the period, or stands when that begins."""
    if look.not_before(closing.at):
        tally.closed += 1
    elif look.not_before(closing.ended):
        tally.standing += 1
    if closing.is_resumed and look.not_before(closing.ended):
        tally.after[look.days(closing.at, closing.ended)] += 1


def _row(by: Sequence[str], values: tuple[str, ...], tally: _Tally, total: int) -> Resumptions:
    """One group of closings, as a share of all that were closed beside it."""
    after = Spread.of(tally.after)
    return Resumptions(
        by=dict(zip(by, values, strict=True)),
        closed=tally.closed,
        share=share_of(tally.closed, total),
        standing=tally.standing,
        resumed=after.count,
        rate=share_of(after.count, tally.known),
        after=after,
    )


# -- the closings of a life


def _closings(life: Life, resumed_at: datetime, end: datetime) -> Iterator[_Closing]:
    """Each time that a case was closed before the end, and what became of it by then."""
    steps = (step for step in life.steps if step.at < end)
    stays = [(mode, next(group).at) for mode, group in groupby(steps, _mode)]
    for (mode, at), (following, left) in pairwise([*stays, _STAYS_CLOSED]):
        if not mode:
            continue
        if at <= resumed_at < left:
            yield _Closing(mode, at, resumed_at, True)
        else:
            yield _Closing(mode, at, left, not following)


def _mode(step: Step) -> str:
    """How a case is closed where a step left it; nothing while it is open."""
    return step.procedure.definition.states[step.state].closes or ""


# -- cases that resume others


def _lives(look: Look) -> Iterator[tuple[Life, datetime]]:
    """The lives of cases (not of sub-procedures), each with when another case first resumed it by
    the end of the period, if ever."""
    names = _resuming(look.transaction)
    asked: list[Condition] = [*look.narrowed, cases.c.parent_id.is_(None)]
    for window in windows(look.transaction, look.courts, asked, [cases.c.particulars]):
        resumed = _resumed(look, window, names)
        for life in filter(look.can_read, lives_of(look.transaction, window)):
            yield life, resumed.get(life.row["id"], _NEVER)


def _resuming(transaction: Transaction) -> Mapping[str, frozenset[str]]:
    """The links by which cases of a kind resume others, by the kind."""
    law = law_in_force(transaction.connection)
    demands = law.demands(transaction.now.date()).values()
    return {asked.id: frozenset(asked.resumes) for asked in demands if asked.resumes}


def _resumed(
    look: Look, window: Sequence[RowMapping], names: Mapping[str, frozenset[str]]
) -> Mapping[str, datetime]:
    """When cases that are linked so were opened, the first of each, by the case they resume."""
    every = frozenset[str]().union(*names.values())
    by_other = defaultdict[tuple[str, str], list[tuple[str, str]]](list)
    for row in window:
        for name, other, court, _, is_of in row["particulars"].get("links", ()):
            if is_of and name in every:
                by_other[court, other].append((row["id"], name))
    found: dict[str, datetime] = {}
    for row in _opened(look, by_other):
        kind = look.transaction.version(row["definition_hash"]).definition.law_kind
        for resumed, name in by_other[row["court"], row["id"]]:
            if name in names.get(kind, ()):
                found.setdefault(resumed, row["opened_at"])
    return found


def _opened(look: Look, keys: Collection[tuple[str, str]]) -> Iterable[RowMapping]:
    """Cases by their courts and ids that were opened before the end, in that order."""
    query = select(*cases.c["court", "id", "definition_hash", "opened_at"])
    query = query.where(tuple_(cases.c.court, cases.c.id).in_(keys))
    query = query.where(cases.c.opened_at < look.end).order_by(cases.c.opened_at)
    return look.transaction.connection.execute(query).mappings()
