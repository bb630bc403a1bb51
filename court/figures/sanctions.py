"""The coercive measures against debtors, case by case, and the ladder that they make.

Which acts are measures, and how heavy, says the law's table `sanctions.yaml`; an act counts where
it was carried out, in a case or in one of its sub-procedures, as its life is now known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
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
        self._rows = list(chain.from_iterable(law.all_sanctions().values()))
        ways = chain.from_iterable(row.taken_by.values() for row in self._rows)
        self.acts = frozenset(chain.from_iterable(how.acts for how in ways))

    def by(self, kind: str, act: str, day: date) -> Iterator[CoerciveMeasure]:
        """Those that an act takes in a case of a kind."""
        for row in self._rows:
            how = row.taken_by.get(kind)
            if how is not None and act in how.acts and row.validity.holds_on(day):
                yield row


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
        elif family.taken:
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
    by_debtor = defaultdict[str, list[_Taken]](list)
    for taken in family.taken:
        by_debtor[taken.debtor].append(taken)
    if family.why:
        by_debtor[""] = []
    for debtor, measures in sorted(by_debtor.items()):
        if family.why or look.not_before(measures[-1].at):
            yield _ladder(look, family, debtor, measures)


def _ladder(look: Look, family: _Family, debtor: str, taken: Sequence[_Taken]) -> Ladder:
    row = family.row
    return Ladder(
        **{name: row[name] or "" for name in ("court", "number", "officer", "team", "procedure")},
        case_id=row["id"],
        damaged=family.why,
        debtor=debtor,
        measures=tuple(_sanction(look, one) for one in taken),
        times=dict(Counter(one.measure.id for one in taken)),
        highest=max((one.measure.rung for one in taken), default=0),
        is_in_order=not any(is_after_heavier for _, _, is_after_heavier in _climbed(taken)),
    )


def _sanction(look: Look, taken: _Taken) -> Sanction:
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
    asked = [*look.narrowed, cases.c.parent_id.is_(None)]
    for window in windows(look.transaction, look.courts, asked, after=after):
        members = _members(look.transaction, window)
        lives = _lives(look.transaction, members, measures)
        for row in window:
            yield _family(look, measures, row, members[row["id"]], lives)


def _members(
    transaction: Transaction, window: Sequence[RowMapping]
) -> Mapping[str, list[RowMapping]]:
    """Each case of a window with all its sub-procedures, by its id."""
    root = {row["id"]: row["id"] for row in window}
    found = {row["id"]: [row] for row in window}
    query = select(*cases.c[OF_CASE_ROW], cases.c.parent_id)
    query = query.where(cases.c.court == window[0]["court"]).order_by(cases.c.id)
    parents = list(root)
    while parents:
        children = transaction.connection.execute(query.where(cases.c.parent_id.in_(parents)))
        rows = children.mappings().all()
        for row in rows:
            root[row["id"]] = root[row["parent_id"]]
            found[root[row["id"]]].append(row)
        parents = [row["id"] for row in rows]
    return found


def _lives(
    transaction: Transaction, members: Mapping[str, list[RowMapping]], measures: _Measures
) -> Mapping[str, Life]:
    """The lives of cases in which a measure may have been taken, with those that they are of."""
    court = next(iter(members.values()))[0]["court"]
    every = {row["id"]: root for root, rows in members.items() for row in rows}
    is_act = history.c.kind == EntryKind.EVENT.value, history.c.trigger.in_(measures.acts)
    query = select(history.c.case_id).distinct().where(history.c.court == court)
    query = query.where(history.c.case_id.in_(every))
    query = query.where(or_(and_(*is_act), history.c.late, DECIDES_OTHERWISE))
    found = set(transaction.connection.execute(query).scalars())
    found |= {every[id] for id in found}
    rows = [row for of_one in members.values() for row in of_one if row["id"] in found]
    return {life.row["id"]: life for life in lives_of(transaction, rows)} if rows else {}


def _family(
    look: Look,
    measures: _Measures,
    row: RowMapping,
    members: Sequence[RowMapping],
    lives: Mapping[str, Life],
) -> _Family:
    here = [lives[member["id"]] for member in members if member["id"] in lives]
    why = next((life.why for life in here if life.why), "")
    if why or not here:
        return _Family(row, why=why)
    taken = [one for life in here for one in _taken(look, measures, life)]
    ordered = sorted(taken, key=lambda one: (one.at, one.measure.rung, one.case_id))
    return _Family(row, lives[row["id"]].opened_at, tuple(ordered))


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
