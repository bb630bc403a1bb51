"""The coercive measures against debtors, case by case, and the ladder that they make.

Which acts are measures, and how heavy, says the law's table `sanctions.yaml`; an act counts where
it was carried out, in a case or in one of its sub-procedures, as its life is now known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, and_, or_, select

from ...engine.model.effects import EntryKind
from ...engine.storage.schema import cases, history
from ...engine.versions.law_changes import law_in_force
from ...engine.work.runtime import Transaction
from ...workflow.law.law import Law
from ...workflow.law.rows import CoerciveMeasure
from ..lists.errors import BadLimit
from ..lists.pages import MOST
from .counting import OF_CASE, Look, check_by, values_by
from .lives import DECIDES_OTHERWISE, OF_CASE_ROW, Life, Step, lives_of, windows
from .shares import Days, Spread
from .views import Ladder, Sanction, SanctionFigures, SanctionTimes

_BY = ("measure", *OF_CASE)
_DEBTOR = attrgetter("debtor")
_LOOKED_AT = 5_000


class _Taken(NamedTuple):
    """A measure that was taken: by which act of which case, when, against whom."""

    measure: CoerciveMeasure
    at: datetime
    act: str
    case_id: str
    debtor: str


class _Family(NamedTuple):
    """A case with its sub-procedures: when it was opened, and the measures taken in their order.

    `why` says why it cannot be read; `opened_at` is None where no measure was taken.
    """

    row: RowMapping
    opened_at: datetime | None = None
    taken: tuple[_Taken, ...] = ()
    why: str = ""


class _Measures:
    """Which acts of which kinds of case take which measures on a day."""

    def __init__(self, law: Law) -> None:
        self.acts = set[str]()
        self._rows = defaultdict[tuple[str, str], list[CoerciveMeasure]](list)
        for row in chain.from_iterable(law.all_sanctions().values()):
            for kind, how in row.taken_by.items():
                self.acts |= how.acts
                for act in how.acts:
                    self._rows[kind, act].append(row)

    def by(self, kind: str, act: str, day: date) -> Iterator[CoerciveMeasure]:
        """Those that an act takes in a case of a kind."""
        return (row for row in self._rows.get((kind, act), ()) if row.validity.holds_on(day))


# -- figures over many cases


@dataclass(slots=True)
class _Tally:
    measure: CoerciveMeasure
    times: int = 0
    cases: int = 0
    first: int = 0
    after_heavier: int = 0
    after: Days = field(default_factory=Days)


def sanction_times(look: Look, by: Sequence[str]) -> SanctionFigures:
    """Measures over many cases. Raises `UnknownFilter`."""
    check_by("sanctions", by, _BY)
    found: dict[tuple[str, ...], _Tally] = {}
    for family in _families(look):
        if family.why:
            look.unread.append(family.row["id"])
        else:
            _count(look, by, family, found)
    rows = (_row(by, values, found[values]) for values in sorted(found))
    return SanctionFigures(rows=tuple(rows), unread=look.not_read())


def _count(
    look: Look, by: Sequence[str], family: _Family, found: dict[tuple[str, ...], _Tally]
) -> None:
    """What one case adds, in the period, to each group."""
    seen = set[tuple[str, ...]]()
    for index, taken, is_after_heavier in _climbed(family.taken):
        if not look.not_before(taken.at):
            continue
        values = values_by(by, family.row, {"measure": taken.measure.id})
        tally = found.setdefault(values, _Tally(taken.measure))
        tally.times += 1
        tally.first += index == 0
        tally.after_heavier += is_after_heavier
        if values not in seen:
            seen.add(values)
            tally.cases += 1
            assert family.opened_at is not None
            tally.after[look.days(family.opened_at, taken.at)] += 1


def _climbed(taken: Sequence[_Taken]) -> Iterator[tuple[int, _Taken, bool]]:
    """Each measure with its place, and whether it was first taken, against that debtor, after a
    heavier one."""
    known, heaviest = set[tuple[str, str]](), defaultdict[str, int](int)
    for index, one in enumerate(taken):
        is_new = (one.debtor, one.measure.id) not in known
        known.add((one.debtor, one.measure.id))
        yield index, one, is_new and one.measure.rung < heaviest[one.debtor]
        heaviest[one.debtor] = max(heaviest[one.debtor], one.measure.rung)


def _row(by: Sequence[str], values: tuple[str, ...], tally: _Tally) -> SanctionTimes:
    """One group of measures; a measure's own words where they are counted by it."""
    measure = tally.measure
    titled: dict[str, Any] = {"title_zh": measure.zh, "title_en": measure.en, "rung": measure.rung}
    return SanctionTimes(
        by=dict(zip(by, values, strict=True)),
        **(titled if "measure" in by else {}),
        times=tally.times,
        cases=tally.cases,
        first=tally.first,
        after_heavier=tally.after_heavier,
        after=Spread.of(tally.after),
    )


# -- ladders, case by case


class Ladders(NamedTuple):
    """Some ladders, and the court and the id of the case behind which the next are looked for."""

    rows: tuple[Ladder, ...]
    place: tuple[str, str] | None


def ladders(look: Look, limit: int, after: tuple[str, str]) -> Ladders:
    """So many ladders behind a case, or fewer where enough cases were looked at; what one case has
    stays together. Raises `BadLimit`."""
    if not 1 <= limit <= MOST:
        raise BadLimit(limit=limit, most=MOST)
    found: list[Ladder] = []
    for looked_at, family in enumerate(_families(look, after), start=1):
        found += _ladders_of(look, family)
        if len(found) >= limit or looked_at == _LOOKED_AT:
            return Ladders(tuple(found), (family.row["court"], family.row["id"]))
    return Ladders(tuple(found), None)


def _ladders_of(look: Look, family: _Family) -> Iterator[Ladder]:
    """The ladder against each debtor against whom something was done in the period."""
    if family.why:
        yield _ladder(look, family, "", ())
    for debtor, group in groupby(sorted(family.taken, key=_DEBTOR), _DEBTOR):
        measures = list(group)
        if look.not_before(measures[-1].at):
            yield _ladder(look, family, debtor, measures)


def _ladder(look: Look, family: _Family, debtor: str, taken: Sequence[_Taken]) -> Ladder:
    """The measures against one debtor of a case, from the first to the last."""
    row, measures = family.row, [_sanction(look, one) for one in taken]
    return Ladder(
        **{name: row[name] for name in ("court", "number", "officer", "team", "procedure")},
        case_id=row["id"],
        damaged=family.why,
        debtor=debtor,
        measures=tuple(measures),
        times=dict(Counter(map(attrgetter("measure"), measures))),
        highest=max(map(attrgetter("rung"), measures), default=0),
        is_in_order=not any(is_after_heavier for _, _, is_after_heavier in _climbed(taken)),
    )


def _sanction(look: Look, taken: _Taken) -> Sanction:
    """A measure as it was taken, with its words and rung of the law."""
    measure = taken.measure
    return Sanction(
        measure=measure.id,
        title_zh=measure.zh,
        title_en=measure.en,
        rung=measure.rung,
        basis=measure.cite,
        day=look.day(taken.at),
        act=taken.act,
        case_id=taken.case_id,
    )


# -- cases with their sub-procedures


def _families(look: Look, after: tuple[str, str] = ("", "")) -> Iterator[_Family]:
    """Every case, with the measures that were taken in it by the end of the period."""
    measures = _Measures(law_in_force(look.transaction.connection))
    asked, parent = [*look.narrowed, cases.c.parent_id.is_(None)], cases.c.parent_id
    for window in windows(look.transaction, look.courts, asked, [parent], after):
        lives = _lives(look.transaction, window, measures)
        for row in window:
            yield _family(look, measures, row, lives.get(row["id"], ()))


def _lives(
    transaction: Transaction, window: Sequence[RowMapping], measures: _Measures
) -> Mapping[str, Sequence[Life]]:
    """The lives in which a measure may have been taken, by the case they are of; its own first."""
    rows, roots = _members(transaction, window)
    is_act = history.c.kind == EntryKind.EVENT.value, history.c.trigger.in_(measures.acts)
    query = select(history.c.case_id).distinct().where(history.c.court == window[0]["court"])
    query = query.where(history.c.case_id.in_(roots))
    query = query.where(or_(and_(*is_act), history.c.late, DECIDES_OTHERWISE))
    found = set(transaction.connection.execute(query).scalars())
    found |= {roots[id] for id in found}
    asked = [row for row in rows if row["id"] in found]
    lives = defaultdict[str, list[Life]](list)
    for life in lives_of(transaction, asked) if asked else ():
        lives[roots[life.row["id"]]].append(life)
    return lives


def _members(
    transaction: Transaction, window: Sequence[RowMapping]
) -> tuple[Sequence[RowMapping], Mapping[str, str]]:
    """The cases of a window, then all their sub-procedures; and of which case each is, by ids."""
    found, roots = list[RowMapping](), dict[str, str]()
    query = select(*cases.c[OF_CASE_ROW], cases.c.parent_id)
    query = query.where(cases.c.court == window[0]["court"]).order_by(cases.c.id)
    rows = window
    while rows:
        found += rows
        for row in rows:
            roots[row["id"]] = roots.get(row["parent_id"], row["id"])
        below = cases.c.parent_id.in_([row["id"] for row in rows])
        rows = transaction.connection.execute(query.where(below)).mappings().all()
    return found, roots


def _family(look: Look, measures: _Measures, row: RowMapping, lives: Sequence[Life]) -> _Family:
    """What was taken in a case, read off the lives in which something may have been."""
    if not lives:
        return _Family(row)
    why = next(filter(None, map(attrgetter("why"), lives)), "")
    if why:
        return _Family(row, why=why)
    taken = chain.from_iterable(_taken(look, measures, life) for life in lives)
    ordered = sorted(taken, key=lambda one: (one.at, one.measure.rung, one.case_id))
    return _Family(row, lives[0].opened_at, tuple(ordered))


def _taken(look: Look, measures: _Measures, life: Life) -> Iterator[_Taken]:
    """The measures of one life."""
    for step in life.steps:
        if step.at >= look.end or step.kind != EntryKind.EVENT:
            continue
        kind = step.procedure.definition.law_kind
        for measure in measures.by(kind, step.trigger, look.day(step.at)):
            debtor = _debtor(look.transaction, life, step, measure.taken_by[kind].debtor)
            yield _Taken(measure, step.at, step.trigger, life.row["id"], debtor)


def _debtor(transaction: Transaction, life: Life, step: Step, name: str) -> str:
    """Whom the case's data names; nobody where that is sealed, masked or not there."""
    spec = step.procedure.fields.get(name)
    if spec is None or spec.sealed or spec.masked:
        return ""
    query = select(cases.c.data).where(cases.c.court == life.row["court"])
    data = transaction.connection.execute(query.where(cases.c.id == life.row["id"])).scalar_one()
    return str(data.get(name) or "")
