"""What was realised, by true money; what is held, and how long already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from ...engine.storage.case_rows import is_of_case
from ...engine.storage.schema import cases, funds, postings
from ...workflow.guards.variables import amount_of
from ...workflow.model.books import Movement
from .looks import Look
from .views import MoneyAge, MoneyFigures

_AGES = (30, 60, 180)
_MOVED = {
    Movement.RECEIPT: "received",
    Movement.PAYOUT: "paid",
    Movement.FROM_DEPOSIT: "paid",
    Movement.OUTSIDE: "outside",
    Movement.IN_KIND: "in_kind",
    Movement.WAIVED: "waived",
    Movement.FEE: "fees",
    Movement.COST: "costs",
    Movement.REFUND: "refunds",
}


def realised(
    look: Look, by: Sequence[str], columns: Sequence[ColumnElement[Any]]
) -> tuple[MoneyFigures, ...]:
    """What was realised in the period, by the values of some columns."""
    moved, applied = _moved(look, columns), _applied(look, columns)
    values = sorted(moved.keys() | applied.keys())
    return tuple(_figures(by, one, moved.get(one, {}), applied.get(one)) for one in values)


def ageing(
    look: Look, by: Sequence[str], columns: Sequence[ColumnElement[Any]]
) -> tuple[MoneyAge, ...]:
    """How much money is held and how long already, by the values of some columns."""
    query = select(*columns, funds.c.since, funds.c.held)
    query = query.select_from(funds.join(cases, is_of_case(funds)))
    query = query.where(funds.c.since.is_not(None), *look.conditions)
    found = defaultdict[tuple[str, ...], list[tuple[datetime, int]]](list)
    for *values, since, held in look.transaction.connection.execute(query):
        found[tuple(values)].append((since, int(held)))
    now = look.transaction.now
    return tuple(_age(by, values, found[values], now) for values in sorted(found))


def _moved(
    look: Look, columns: Sequence[ColumnElement[Any]]
) -> dict[tuple[str, ...], dict[str, int]]:
    """What moved in the period, by what it was; what was taken back is left out."""
    days = postings.c.day.between(look.since or date.min, look.until or date.max)
    parts = (*columns, postings.c.movement, postings.c.is_reversal)
    query = select(*parts, func.sum(postings.c.cents))
    query = query.select_from(postings.join(cases, is_of_case(postings)))
    query = query.where(*look.conditions, days).group_by(*parts)
    found: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for *values, movement, is_reversal, cents in look.transaction.connection.execute(query):
        name = _MOVED.get(Movement(movement))
        if name is not None:
            found[tuple(values)][name] += -int(cents) if is_reversal else int(cents)
    return found


def _applied(
    look: Look, columns: Sequence[ColumnElement[Any]]
) -> dict[tuple[str, ...], tuple[int, int]]:
    """How many cases there are, and how much is to be enforced in them."""
    query = select(*columns, func.count(), func.sum(funds.c.claim))
    query = query.select_from(funds.join(cases, is_of_case(funds)))
    query = query.where(funds.c.claim.is_not(None), cases.c.parent_id.is_(None), *look.conditions)
    rows = look.transaction.connection.execute(query.group_by(*columns))
    return {tuple(values): (int(count), int(claim or 0)) for *values, count, claim in rows}


def _figures(
    by: Sequence[str],
    values: tuple[str, ...],
    moved: Mapping[str, int],
    applied: tuple[int, int] | None,
) -> MoneyFigures:
    count, claim = applied or (0, 0)
    names = dict.fromkeys(_MOVED.values())
    money = {name: amount_of(moved.get(name, 0)) for name in names}
    got = money["paid"] + money["outside"]
    return MoneyFigures(
        by=dict(zip(by, values, strict=True)),
        cases=count,
        applied=amount_of(claim),
        realised=float(got / amount_of(claim)) if claim else None,
        **money,
    )


def _age(
    by: Sequence[str],
    values: tuple[str, ...],
    held: Sequence[tuple[datetime, int]],
    now: datetime,
) -> MoneyAge:
    """How long the money of some cases has been held: each case by its oldest."""
    parts = [0] * (len(_AGES) + 1)
    for since, cents in held:
        days = (now - since) // timedelta(days=1)
        parts[sum(days > most for most in _AGES)] += cents
    names = ("to_30_days", "to_60_days", "to_180_days", "longer")
    return MoneyAge(
        by=dict(zip(by, values, strict=True)),
        cases=len(held),
        held=amount_of(sum(parts)),
        **{name: amount_of(cents) for name, cents in zip(names, parts, strict=True)},
    )
