"""How long cases stood in their nodes, and how long what limits ask for took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from ...engine.decision.obstacles import words
from ...engine.model.case import DeadlineStatus
from ...engine.storage.case_rows import is_of_case
from ...engine.storage.schema import cases, deadlines
from ...workflow.language import NO_WORDS, Words
from ..lists.scope import is_right
from .counting import OF_CASE, Look, check_by, columns_by, values_by
from .lives import Life
from .shares import Days, Spread
from .stays import Place, Stay, stays
from .views import NodeFigures, NodeTimes, PerformanceTimes

_BY = ("node", *OF_CASE)
_BY_OF_LIMITS = {**OF_CASE, "rule": deadlines.c.rule}
_DONE = (DeadlineStatus.MET.value, DeadlineStatus.MET_LATE.value)
_ROWS = 2_000


@dataclass(slots=True)
class _Tally:
    """The stays of one group: how often they took so many days."""

    title: Words = NO_WORDS
    ended: Days = field(default_factory=Days)
    running: Days = field(default_factory=Days)


_Key = tuple[tuple[str, ...], bool]


def node_times(look: Look, by: Sequence[str], place: Place) -> NodeFigures:
    """The times of nodes. Raises `UnknownFilter`."""
    check_by("nodes", by, _BY)
    found = defaultdict[_Key, _Tally](_Tally)
    for life in look.lives(*look.was_open()):
        for stay in stays(life.steps, place, look.end, look.day):
            if stay.ended is None or look.not_before(stay.ended):
                _count(found, by, place, life, stay)
    rows = (_row(by, key, found[key]) for key in sorted(found))
    return NodeFigures(rows=tuple(rows), unread=look.not_read())


def _count(
    found: defaultdict[_Key, _Tally], by: Sequence[str], place: Place, life: Life, stay: Stay
) -> None:
    values = values_by(by, life.row, {"node": stay.node})
    for is_suspended, days in ((False, stay.days), (True, stay.suspended_days)):
        if days is None:
            continue
        tally = found[values, is_suspended]
        (tally.running if stay.ended is None else tally.ended)[days] += 1
        if "node" in by:
            tally.title = _title(place, stay)


def _title(place: Place, stay: Stay) -> Words:
    definition = stay.last.procedure.definition
    titled = definition.states if place == "state" else definition.phases
    return words(titled[stay.node].title)


def _row(by: Sequence[str], key: _Key, tally: _Tally) -> NodeTimes:
    values, is_suspended = key
    return NodeTimes(
        by=dict(zip(by, values, strict=True)),
        title_zh=tally.title.zh,
        title_en=tally.title.en,
        is_suspended=is_suspended,
        ended=Spread.of(tally.ended),
        running=Spread.of(tally.running),
    )


def performance_times(look: Look, by: Sequence[str]) -> Iterator[PerformanceTimes]:
    """From the start of limits to their being met. Raises `UnknownFilter`."""
    columns = columns_by("performance", by, _BY_OF_LIMITS)
    query = select(*columns, deadlines.c.start, deadlines.c.ended_at)
    query = query.select_from(deadlines.join(cases, is_of_case(deadlines)))
    query = query.where(deadlines.c.status.in_(_DONE), look.within(deadlines.c.ended_at))
    query = query.where(*look.conditions, is_right(look.transaction, False))
    found = defaultdict[tuple[str, ...], Days](Days)
    rows = look.transaction.connection.execute(query, execution_options={"yield_per": _ROWS})
    for *values, start, ended in rows:
        found[tuple(values)][look.days(start, ended)] += 1
    for values_of in sorted(found):
        named = dict(zip(by, values_of, strict=True))
        yield PerformanceTimes(by=named, days=Spread.of(found[values_of]))
