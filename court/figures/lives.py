"""The lives of cases as they are now known: what they did, in the order in which it happened.

A history only grows, and a late entry or a correction decides the past otherwise. So the life of a
case whose history holds one is decided again from what was given, by the very functions that wrote
it; that of every other case is read off its entries. Cases are read in windows by their keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, RowMapping, Select, Text, cast, select

from ...engine.decision.again import Tools, redecide
from ...engine.decision.decide import decide, open_case
from ...engine.decision.procedure import Procedure
from ...engine.decision.turn import Turn
from ...engine.model.case import CaseState
from ...engine.model.effects import Decision
from ...engine.model.event import CLOCK, Event
from ...engine.model.past import Amendment
from ...engine.storage.case_rows import CaseKey
from ...engine.storage.damage import damaged, only_damage
from ...engine.storage.past_rows import PastRows
from ...engine.storage.schema import cases, history
from ...engine.work.repository import SqlCaseRepository
from ...engine.work.runtime import Transaction
from ...workflow.errors import ZhixingError
from ..lists.listings import Condition

_WINDOW = 200
OF_CASE_ROW = ("court", "id", "number", "officer", "team", "procedure", "definition_hash", "state")
_ENTRY = ("case_id", "happened_at", "kind", "trigger", "target", "definition_hash", "late")
DECIDES_OTHERWISE = cast(history.c.given, Text).contains('"amends"')
"""Whether an entry decides the past otherwise; where a value of a case says so by chance, its past
is decided again for nothing."""


class Step(NamedTuple):
    """Something that happened to a case: where that left it, by which version of the procedure."""

    at: datetime
    kind: str
    trigger: str
    state: str
    procedure: Procedure


class Life(NamedTuple):
    """A case (its row), and everything that happened to it; `why` says why that is not known."""

    row: RowMapping
    steps: tuple[Step, ...] = ()
    why: str = ""

    @property
    def opened_at(self) -> datetime:
        """When it began."""
        return self.steps[0].at


def windows(
    transaction: Transaction,
    courts: Sequence[str],
    conditions: Iterable[Condition],
    more: Iterable[Column[Any]] = (),
    after: tuple[str, str] = ("", ""),
) -> Iterator[Sequence[RowMapping]]:
    """The rows of the cases of some courts, so many at a time, court after court by their ids.

    `after` is the court and the id behind which they begin.
    """
    query = select(*cases.c[OF_CASE_ROW], *more).where(*conditions)
    query = query.order_by(cases.c.id).limit(_WINDOW)
    court, id = after
    for one in courts[courts.index(court) :] if court in courts else courts:
        yield from _of_court(transaction, query.where(cases.c.court == one), id)
        id = ""


def _of_court(
    transaction: Transaction, query: Select[Any], id: str
) -> Iterator[Sequence[RowMapping]]:
    connection = transaction.connection
    while rows := connection.execute(query.where(cases.c.id > id)).mappings().all():
        yield rows
        id = rows[-1]["id"]


def lives_of(transaction: Transaction, rows: Sequence[RowMapping]) -> Iterator[Life]:
    """The lives of a window of cases, all of one court; one that cannot be read costs itself."""
    try:
        entries = _entries(transaction, rows)
    except Exception as error:
        only_damage(error)
        yield from _each(transaction, rows, error)
        return
    for row in rows:
        yield _life(transaction, row, entries[row["id"]])


def _each(transaction: Transaction, rows: Sequence[RowMapping], error: Exception) -> Iterator[Life]:
    """Where a window cannot be read, each case of it by itself."""
    if len(rows) == 1:
        yield Life(rows[0], why=str(damaged(rows[0]["id"], error)))
        return
    for row in rows:
        yield from lives_of(transaction, [row])


def _entries(
    transaction: Transaction, rows: Sequence[RowMapping]
) -> Mapping[str, list[RowMapping]]:
    """The entries of some cases of one court, in order."""
    query = select(*history.c[_ENTRY], DECIDES_OTHERWISE.label("decides_otherwise"))
    query = query.where(history.c.court == rows[0]["court"])
    query = query.where(history.c.case_id.in_([row["id"] for row in rows]))
    query = query.order_by(history.c.case_id, history.c.seq)
    found = defaultdict[str, list[RowMapping]](list)
    for entry in transaction.connection.execute(query).mappings():
        found[entry["case_id"]].append(entry)
    return found


def _life(transaction: Transaction, row: RowMapping, entries: Sequence[RowMapping]) -> Life:
    try:
        if _is_out_of_order(entries):
            steps = _decided_again(transaction, row)
        else:
            steps = tuple(_as_written(transaction, row, entries))
        _check_there(steps)
    except Exception as error:
        _only_of_the_case(error)
        return Life(row, why=str(damaged(row["id"], error)))
    return Life(row, steps)


def _is_out_of_order(entries: Iterable[RowMapping]) -> bool:
    """Whether something happened earlier than what was written before it, or was corrected."""
    latest: datetime | None = None
    for entry in entries:
        happened = entry["happened_at"]
        if entry["decides_otherwise"] or (entry["late"] and latest and happened < latest):
            return True
        latest = max(latest or happened, happened)
    return False


def _check_there(steps: Sequence[Step]) -> None:
    if not steps:
        raise ValueError("it has no history")


def _only_of_the_case(error: Exception) -> None:
    """Raises the error again, unless it comes of the case itself, or of its version."""
    if not isinstance(error, ZhixingError) or error.retryable:
        only_damage(error)


def _as_written(
    transaction: Transaction, row: RowMapping, entries: Iterable[RowMapping]
) -> Iterator[Step]:
    """What the entries tell; a clock that stepped back changes no order."""
    latest: datetime | None = None
    for entry in entries:
        latest = max(latest or entry["happened_at"], entry["happened_at"])
        procedure = transaction.version(entry["definition_hash"] or row["definition_hash"])
        yield Step(latest, entry["kind"], entry["trigger"], entry["target"], procedure)


# -- a past that was decided otherwise


def _decided_again(transaction: Transaction, row: RowMapping) -> tuple[Step, ...]:
    """The past with every late entry and correction in its place, up to the last entry."""
    repository = SqlCaseRepository(transaction.connection, transaction.registry, transaction.path)
    case = repository.load(row["id"])
    past = PastRows(transaction.connection, CaseKey(row["court"], row["id"]))
    known_at = max(entry.recorded_at for entry in past.entries())
    procedure = transaction.version(case.definition_hash)
    children = repository.children(case, procedure)
    to_come = case.clone()
    to_come.version += 1
    run = _Run(transaction)
    turn = Turn(procedure, to_come, Event(known_at, CLOCK), children)
    redecide(turn, past, Amendment(), Tools(run.open_case, run.decide, transaction.version))
    if run.steps[-1].state != case.state:
        raise ValueError(f"decided again it stands in {run.steps[-1].state}, not in {case.state}")
    return tuple(run.steps)


class _Run:
    """The decisions of one run through a past, each as a step; a new run begins them anew."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.steps: list[Step] = []

    def open_case(
        self, procedure: Procedure, case: CaseState, event: Event, **given: Any
    ) -> Decision:
        """As `decide.open_case`."""
        decision = open_case(procedure, case, event, **given)
        self.steps = [self._step(decision)]
        return decision

    def decide(self, *given: Any, **named: Any) -> Decision:
        """As `decide.decide`."""
        decision = decide(*given, **named)
        self.steps.append(self._step(decision))
        return decision

    def _step(self, decision: Decision) -> Step:
        entry = decision.entry
        version = self._transaction.version(entry.definition_hash)
        return Step(entry.happened_at, entry.kind.value, entry.trigger, entry.target, version)
