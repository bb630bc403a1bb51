"""What the rows say of one person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from ...engine.decision.obstacles import words
from ...engine.decision.procedure import Procedure
from ...engine.errors import DefinitionMissing
from ...engine.model.books import COUNTED
from ...engine.storage.case_rows import is_of_case
from ...engine.storage.schema import IS_FOUND, cases, deadlines, found, funds, holds
from ...engine.work.runtime import Transaction
from ...workflow.guards.variables import amount_of
from ...workflow.language import Words
from ...workflow.model.persons import PERSONS, Side
from ..assets.verbs import measures_where, still_claimed
from .views import PersonCase, PersonMeasure, PersonView

Row = Mapping[Any, Any]
_NOTHING = Decimal(0)
_OF_CASE = tuple(
    cases.c[name]
    for name in (
        *("court", "id", "number", "procedure", "officer", "state", "opened_at", "closed_at"),
        *("definition_hash", "parent_id"),
    )
)


def person(transaction: Transaction, key: str) -> PersonView:
    """One person, by the hash of his number; with no cases where nobody knows him."""
    query = select(found.c.shown, *_OF_CASE).select_from(found.join(cases, is_of_case(found)))
    query = query.where(found.c.name == PERSONS, found.c.value == key, IS_FOUND)
    query = query.order_by(cases.c.opened_at, cases.c.id)
    rows = transaction.connection.execute(query).mappings().all()
    of_his = tuple(_case(transaction, row) for row in rows if row["parent_id"] is None)
    shown = [row["shown"] for row in rows]
    return PersonView(
        number=next((one["number"] for one in shown), ""),
        names=tuple(sorted({one["name"] for one in shown if "name" in one})),
        conditions=_conditions(rows),
        cases=of_his,
        **_against(transaction, of_his),
    )


def _against(transaction: Transaction, of_his: Iterable[PersonCase]) -> dict[str, Any]:
    """What runs against him in his open cases, and what measures hold of his."""
    against = [case for case in of_his if case.side == Side.DEBTOR and case.is_open]
    ids = {case.case_id for case in against}
    all_measures = measures_where(transaction.connection, holds.c.of_case.in_(sorted(ids)))
    measures = [measure for measure in all_measures if measure.standing in COUNTED]
    held = sum((m.amount or _NOTHING for m in measures), _NOTHING)
    claimed = sum(still_claimed(transaction.connection, ids).values(), _NOTHING)
    running = _running(transaction, ids)
    return {
        "measures": tuple(measures),
        "running": tuple(running),
        "claimed": claimed,
        "held": held,
        "is_excess": held > claimed,
        "doubled": _doubled(running, _held(measures)),
    }


def _doubled(running: Iterable[PersonMeasure], holding: set[str]) -> tuple[str, ...]:
    """The procedures of which more than one runs; of those that hold an asset there may be many."""
    counts = Counter(one.procedure for one in running if one.case_id not in holding)
    return tuple(sorted(name for name, count in counts.items() if count > 1))


def _held(measures: Iterable[Any]) -> set[str]:
    """The sub-procedures that hold an asset."""
    return {measure.case_id for measure in measures}


def _conditions(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """What is so of him, by the cases that say it."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        for condition in row["shown"]["conditions"]:
            said[condition].append(row["number"] or row["id"])
    return {condition: tuple(said[condition]) for condition in sorted(said)}


def _case(transaction: Transaction, row: Row) -> PersonCase:
    shown = row["shown"]
    title, state = _titles(transaction, row)
    claim, held = _money(transaction, row)
    return PersonCase(
        court=row["court"],
        case_id=row["id"],
        number=row["number"],
        procedure=row["procedure"],
        title_zh=title.zh,
        title_en=title.en,
        officer=row["officer"],
        role=shown["as"],
        side=shown["side"],
        name=shown.get("name", ""),
        may_receive=shown.get("may_receive", False),
        conditions=tuple(shown["conditions"]),
        state_zh=state.zh,
        state_en=state.en,
        is_open=row["closed_at"] is None,
        opened_at=row["opened_at"],
        claim=claim,
        held=held,
        next_due=_next_due(transaction, row),
    )


def _titles(transaction: Transaction, row: Row) -> tuple[Words, Words]:
    """What a case is called, and its state; by their ids where its version cannot be read."""
    try:
        procedure: Procedure = transaction.version(row["definition_hash"])
    except DefinitionMissing:
        return Words(row["procedure"], row["procedure"]), Words(row["state"], row["state"])
    definition = procedure.definition
    return words(definition.title), words(definition.states[row["state"]].title)


def _money(transaction: Transaction, row: Row) -> tuple[Decimal | None, Decimal | None]:
    """What is to be enforced in a case, and what lies on its account."""
    query = select(func.sum(funds.c.claim), func.sum(funds.c.held))
    query = query.where(funds.c.court == row["court"], funds.c.case_id == row["id"])
    claim, held = transaction.connection.execute(query).one()
    return _yuan(claim), _yuan(held)


def _yuan(cents: Any) -> Decimal | None:
    return amount_of(int(cents)) if cents is not None else None


def _next_due(transaction: Transaction, row: Row) -> Any:
    query = select(deadlines.c.due_day).where(
        deadlines.c.court == row["court"],
        deadlines.c.case_id == row["id"],
        deadlines.c.live,
        deadlines.c.due_day.is_not(None),
    )
    first = query.order_by(deadlines.c.due_at).limit(1)
    return transaction.connection.execute(first).scalar()


def _running(transaction: Transaction, ids: set[str]) -> list[PersonMeasure]:
    """The open sub-procedures of cases."""
    query = select(*_OF_CASE).where(cases.c.parent_id.in_(sorted(ids)))
    query = query.where(cases.c.closed_at.is_(None)).order_by(cases.c.opened_at, cases.c.id)
    rows = transaction.connection.execute(query).mappings().all()
    return [_measure(transaction, row) for row in rows]


def _measure(transaction: Transaction, row: Row) -> PersonMeasure:
    title, state = _titles(transaction, row)
    return PersonMeasure(
        court=row["court"],
        case_id=row["id"],
        of_case=row["parent_id"],
        number=row["number"],
        procedure=row["procedure"],
        title_zh=title.zh,
        title_en=title.en,
        state_zh=state.zh,
        state_en=state.en,
        opened_at=row["opened_at"],
    )
