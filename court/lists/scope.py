"""Where a list is looked up, and whose rows it shows: the courts, the actor, the filters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, not_, or_, select, tuple_

from ...engine.charter.model import HEARING, Charter
from ...engine.decision.finding import as_searched
from ...engine.decision.procedure import Procedure
from ...engine.storage.definition_store import DEFINITION
from ...engine.storage.schema import IS_FOUND, cases, deadlines, definitions, found
from ...engine.verbs.guarded import Acting
from ...engine.work.runtime import Transaction
from ...workflow.errors import ZhixingError
from ...workflow.model.definition import OFFICER
from .errors import UnknownFilter
from .filters import Filters
from .listings import FEW, OF_CASE, Condition, Listing

_OF_NO_COURT = ""
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: these courts, under all these conditions; `few` are those of them under
    which there may be few cases, which are then looked up first."""

    courts: tuple[str, ...]
    conditions: tuple[Condition, ...]
    few: tuple[Condition, ...]


def scope_of(acting: Acting, listing: Listing, filters: Filters, grant: str = "") -> Scope:
    """What somebody sees of a list.

    Whom the charter lets oversee a unit sees what lies in it; everybody else what belongs to his
    own cases there, what he has himself (`person`), and what waits for a role of his (`role`).
    `grant` stands for the list's own. Raises `UnknownCourt`, `UnknownFilter`, `NotAllowed`.
    """
    charter = acting.standing.charter
    unit = acting.standing.unit(filters.court) or charter.top
    conditions = list(_narrowed(acting.transaction, listing, filters, charter))
    few = [OF_CASE[name](value) for name, value in filters.given().items() if name in FEW]
    few += [_where(field, value) for field, value in (filters.where or {}).items()]
    if unit and charter.organisation[unit].level not in HEARING:
        conditions.append(cases.c.team.in_(_within(charter, unit, filters.below)))
    if not acting.may(grant or listing.grant, unit):
        few += _own(acting, listing, filters, unit)
    if listing.rights is not None:
        conditions.append(is_right(acting.transaction, listing.rights))
    courts = _courts(charter, unit, filters.below)
    return Scope(courts, (*conditions, *few), tuple(few))


def _own(acting: Acting, listing: Listing, filters: Filters, unit: str) -> list[Condition]:
    """What comes of it that somebody may not oversee a unit. Raises `NotAllowed`."""
    if not listing.is_own:
        acting.check(listing.grant, unit)
    acting.ask_host(unit)
    here = acting.here(unit)
    if filters.person in here.persons or filters.role in here.roles:
        return []
    return list(of_his_own(acting))


def of_his_own(acting: Acting) -> Iterator[Condition]:
    """What is true of the cases of an officer: his, and where he stands in for another, there
    that one's. Both come down to few cases by whose they are."""
    standing, now = acting.standing, acting.transaction.now
    own: list[ColumnElement[bool]] = [cases.c.officer == acting.actor.id]
    for deputy in standing.standing_in(acting.actor, now):
        if OFFICER in deputy.roles:
            units = _within(standing.charter, deputy.unit, True)
            is_there = or_(cases.c.court.in_(units), cases.c.team.in_(units))
            own.append(and_(cases.c.officer == deputy.person, is_there))
    yield or_(*own)


def is_right(transaction: Transaction, wanted: bool) -> Condition:
    """Whether a limit's end takes a right away, and so leaves no duty undone."""
    rights = [
        (hash, name)
        for hash, procedure in _versions(transaction)
        for name, rule in procedure.rules.items()
        if rule.on_expiry.lapses is not None
    ]
    known = tuple_(cases.c.definition_hash, deadlines.c.rule).in_(rights)
    return known if wanted else not_(known)


def _courts(charter: Charter, unit: str, below: bool) -> tuple[str, ...]:
    """The courts that are looked at; of the whole also what is of no court."""
    if not unit:
        return (_OF_NO_COURT, *charter.courts)
    hearing = next(u for u in charter.path(unit) if charter.organisation[u].level in HEARING)
    if hearing != unit or not below:
        return (hearing,)
    within = tuple(court for court in charter.courts if charter.is_within(court, unit))
    return (_OF_NO_COURT, *within) if unit == charter.top else within


def _within(charter: Charter, unit: str, below: bool) -> list[str]:
    units = charter.organisation if below else [unit]
    return [one for one in units if charter.is_within(one, unit)]


def _narrowed(
    transaction: Transaction, listing: Listing, filters: Filters, charter: Charter
) -> Iterator[Condition]:
    """The conditions of the filters that were given."""
    known = {**OF_CASE, **listing.narrow}
    given = filters.given()
    given.pop("where", None)  # by which they are few
    for name, value in given.items():
        if name == "since":
            yield listing.moment >= midnight_of(value, charter)
        elif name == "until":
            yield listing.moment < midnight_of(value, charter, 1)
        elif name == "kind":
            yield _of_kind(transaction, value)
        elif name in known:
            yield known[name](value)
        else:
            names = ", ".join(["court", "below", *known, "kind", "since", "until"])
            raise UnknownFilter(list=listing.name, filter=name, known=names)


def _where(field: str, value: str) -> Condition:
    """Whether a searchable field of a case has a value, however it is written."""
    this = found.c.name == field, found.c.value == as_searched(value), IS_FOUND
    return cases.c.id.in_(select(found.c.case_id).where(*this))


def midnight_of(day: date, charter: Charter, after: int = 0) -> datetime:
    """When a day begins at the courts, or one so many days after it."""
    return datetime.combine(day + after * _A_DAY, time(), ZoneInfo(charter.zone))


def _of_kind(transaction: Transaction, kind: str) -> Condition:
    """Whether a case is of a kind: its version says so."""
    of_it = [hash for hash, one in _versions(transaction) if one.definition.kind == kind]
    return cases.c.definition_hash.in_(of_it)


def _versions(transaction: Transaction) -> Iterator[tuple[str, Procedure]]:
    """Every version that cases may run on, by its hash; those that cannot be read are left out."""
    stored = select(definitions.c.hash).where(definitions.c.kind == DEFINITION)
    for hash in transaction.connection.execute(stored).scalars().all():
        with suppress(ZhixingError):
            yield hash, transaction.version(hash)
