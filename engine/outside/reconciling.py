"""The far side's own books held against ours: what one knows and the other does not is told.

Where a request's key stands in the books, what became of it is compared; what stands there without
a key (money that came in by itself) is looked for among the answers, by its subject and amount.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import select

from ...adapters.protocol import Adapter, Entry, Operation
from ..model.commands import CHECK
from ..model.effects import RequestStatus
from ..storage.damage import first_row
from ..storage.incidents import DIFFERENCE, record_incident
from ..storage.schema import inbox, outbox
from ..work.runtime import Transaction
from .differences import open_difference
from .request_tasks import give_safely

_MARGIN = timedelta(days=1)
"""How far the days of the two sides may lie apart."""
_LONGEST_SUBJECT, _AT_A_TIME = 100, 500


class Disagreement(StrEnum):
    """How the far side's books and ours differ."""

    NOT_OURS = "not-ours"
    NOT_ANSWERED = "not-answered"
    NOT_THERE = "not-there"
    AMOUNT = "amount"
    UNHEARD = "unheard"


_TOLD = {
    Disagreement.NOT_OURS: "对方有办理记录，本院未发出此请求 / done there, and never asked here",
    Disagreement.NOT_ANSWERED: "对方已办理，本院未收到答复 / done there, and not answered here",
    Disagreement.NOT_THERE: "本院记为已办，对方无记录 / answered here, and not in their books",
    Disagreement.AMOUNT: "两方金额不一致 / the amounts differ",
    Disagreement.UNHEARD: "对方有收支，本院未收到通知 / in their books, and not told here",
}


@dataclass(frozen=True, slots=True)
class BookDifference:
    """One thing on which the books differ; `entries` are those of the far side that are meant."""

    what: Disagreement
    adapter: str
    key: str
    case_id: str | None
    entries: tuple[Entry, ...] = ()

    def text(self) -> str:
        """For the person who looks into it."""
        lines = [f"{e.kind} {e.subject} {e.amount or ''} {e.day}".strip() for e in self.entries]
        return "\n".join((f"{self.adapter}: {_TOLD[self.what]}", *lines))


def margin(since: date, until: date) -> tuple[date, date]:
    """The days of which the far side's books are asked for."""
    return since - _MARGIN, until + _MARGIN


def differences(
    transaction: Transaction,
    adapter: str,
    operations: Mapping[str, Operation],
    entries: Sequence[Entry],
    since: date,
    until: date,
) -> tuple[BookDifference, ...]:
    """How the books of an adapter's far side differ from ours in some days, both included."""
    found = _Books(transaction, adapter, operations)
    within = [entry for entry in entries if since <= entry.day <= until]
    keyed = _by_key(entries)
    meant = {entry.key for entry in within if entry.key}
    return (
        *found.of_entries({key: keyed[key] for key in sorted(meant)}),
        *found.not_there(keyed, since, until),
        *found.unheard(within, since),
    )


def told_differences(
    transaction: Transaction,
    court: str,
    adapter: Adapter,
    entries: Sequence[Entry],
    since: date,
    until: date,
) -> tuple[BookDifference, ...]:
    """As `differences`, each told once: the same one again is the same.

    One about a request of a case is an open incident, and a task there; one of no case is a case of
    its own, and an incident where the court has no procedure for that.
    """
    books = adapter.name, adapter.operations, entries, since, until
    found = differences(transaction, *books)
    told = Counter[str]()  # of those that are alike each is told
    for difference in found:
        row = _row_of(transaction, difference)
        if row is not None:
            _tell(transaction, row["court"], difference)
            give_safely(transaction, row, CHECK, difference.text())
            continue
        key = f"{difference.what.value}/{_about(difference)}"
        told[key] += 1
        if not open_difference(transaction, court, _told_of(difference), f"{key}/{told[key]}"):
            _tell(transaction, court, difference)
    return found


def _row_of(transaction: Transaction, difference: BookDifference) -> Mapping[Any, Any] | None:
    """The request of a case that a difference is about."""
    if difference.case_id is None:
        return None
    asked = select(outbox).where(outbox.c.id == difference.key)
    return first_row(transaction.connection, asked, difference.key, dict)


def _tell(transaction: Transaction, court: str, difference: BookDifference) -> None:
    record_incident(
        transaction.connection,
        transaction.now,
        f"{DIFFERENCE}{difference.what.value}",
        difference.text(),
        court=court,
        case_id=difference.case_id,
        outbox_id=_about(difference),
    )


def _about(difference: BookDifference) -> str:
    """By what the same difference is known again."""
    entry = difference.entries[0] if difference.entries else None
    subject = f"{entry.kind}/{entry.subject}/{entry.amount}/{entry.day}" if entry else ""
    return difference.key or f"{difference.adapter}/{subject}"[:_LONGEST_SUBJECT]


def _told_of(difference: BookDifference) -> dict[str, Any]:
    """A difference as a case is opened for it."""
    told: dict[str, Any] = {
        "source": difference.adapter,
        "what": difference.what.value,
        "reference": difference.key,
        "detail": difference.text(),
    }
    for entry in difference.entries[:1]:
        told |= {"subject": entry.subject, "amount": entry.amount, "on": entry.day}
    return told


class _Books:
    """Our side."""

    def __init__(
        self, transaction: Transaction, adapter: str, operations: Mapping[str, Operation]
    ) -> None:
        self._connection, self._adapter = transaction.connection, adapter
        self._operations = operations

    def of_entries(self, keyed: Mapping[str, tuple[Entry, ...]]) -> Iterator[BookDifference]:
        """What became of the requests on which the far side acted."""
        ours = {row["id"]: row for row in self._requests(keyed)}
        for key, entries in keyed.items():
            row = ours.get(key)
            if row is None:
                yield BookDifference(Disagreement.NOT_OURS, self._adapter, key, None, entries)
                continue
            what = self._wrong(row, entries)
            if what is not None:
                yield BookDifference(what, self._adapter, key, row["case_id"], entries)

    def not_there(
        self, keyed: Mapping[str, object], since: date, until: date
    ) -> Iterator[BookDifference]:
        """What was answered as done in these days, and of which the books say nothing.

        Only what has an effect there that can be undone, or may not be repeated: questions leave
        nothing in the books.
        """
        acting = [f"{self._adapter}.{o.name}" for o in self._operations.values() if _has_effect(o)]
        query = select(outbox).where(
            outbox.c.operation.in_(acting),
            outbox.c.status == RequestStatus.ANSWERED.value,
            outbox.c.answered_at >= _start(since),
            outbox.c.answered_at < _start(until + _MARGIN),
        )
        for row in self._connection.execute(query.order_by(outbox.c.id)).mappings():
            if row["id"] not in keyed and self._was_done(row["id"]):
                case_id = row["case_id"]
                yield BookDifference(Disagreement.NOT_THERE, self._adapter, row["id"], case_id)

    def unheard(self, entries: Iterable[Entry], since: date) -> Iterator[BookDifference]:
        """What is in the books without a key, and was not told here as often since that day."""
        told = self._told_amounts(since)
        for entry in entries:
            if entry.key or entry.amount is None:
                continue
            if told[entry.subject, entry.amount] > 0:
                told[entry.subject, entry.amount] -= 1
                continue
            yield BookDifference(Disagreement.UNHEARD, self._adapter, "", None, (entry,))

    def _requests(self, keys: Iterable[str]) -> Iterator[Mapping[Any, Any]]:
        """Requests by their keys, some at a time: a statement takes only so many."""
        left = iter(keys)
        while some := list(islice(left, _AT_A_TIME)):
            query = select(outbox).where(outbox.c.id.in_(some))
            yield from self._connection.execute(query).mappings().all()

    def _wrong(self, row: Mapping[Any, Any], entries: Sequence[Entry]) -> Disagreement | None:
        if row["status"] != RequestStatus.ANSWERED.value and not self._answers(row["id"]):
            return Disagreement.NOT_ANSWERED
        said = {a for data in (row["payload"], *self._answers(row["id"])) for a in _amounts(data)}
        amounts = [entry.amount for entry in entries if entry.amount is not None]
        agree = not amounts or sum(amounts) in said or all(a in said for a in amounts)
        return None if agree else Disagreement.AMOUNT

    def _answers(self, key: str) -> list[Mapping[str, Any]]:
        query = select(inbox.c.answer).where(inbox.c.outbox_id == key, inbox.c.kind != "failed")
        return list(self._connection.execute(query).scalars())

    def _was_done(self, key: str) -> bool:
        query = select(inbox.c.kind).where(inbox.c.outbox_id == key)
        return "answered" in self._connection.execute(query).scalars().all()

    def _told_amounts(self, since: date) -> Counter[tuple[str, Decimal]]:
        """How often each subject and amount was told by this adapter since the day before."""
        came = inbox.c.source == self._adapter, inbox.c.received_at >= _start(since - _MARGIN)
        query = select(inbox.c.answer).where(*came)
        told: Counter[tuple[str, Decimal]] = Counter()
        for data in self._connection.execute(query).scalars():
            subjects = {value for value in data.values() if isinstance(value, str)}
            told.update((subject, a) for subject in subjects for a in set(_amounts(data)))
        return told


def _by_key(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.key:
            found[entry.key].append(entry)
    return {key: tuple(those) for key, those in found.items()}


def _has_effect(operation: Operation) -> bool:
    return bool(operation.taken_back_by) or not operation.repeatable


def _start(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


def _amounts(data: Mapping[str, Any]) -> Iterator[Decimal]:
    """The amounts that are said directly: texts and numbers that are one."""
    for value in data.values():
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                amount = Decimal(value)
            except InvalidOperation:
                continue
            if amount.is_finite():
                yield amount
