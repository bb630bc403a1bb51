"""The money of a case as its data has it: every movement, and what each account comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .books import WAYS, Booking, MoneyAccount, Movement
from .parts import Account
from .records import ID, Record

Data = Mapping[str, Any]
_NOTHING = Decimal(0)


class Moved(NamedTuple):
    """One movement of money: what it is, how much, on which day (None where nobody says), from or
    to whom, and under which reference."""

    movement: Movement
    amount: Decimal
    on: date | None = None
    party: str = ""
    reference: str = ""


def movements(account: Account, data: Data) -> Iterator[tuple[str, Moved]]:
    """Every movement of an account by its place: a sum's field, or `LIST.RECORD`.

    One whose amount nobody knows yet has not happened.
    """
    sums = ((account.received, Movement.RECEIPT), (account.paid_out, Movement.PAYOUT))
    for fields, movement in sums:
        for field in fields:
            if data.get(field):
                yield field, Moved(movement, data[field])
    for name, booking in account.books.items():
        for record in records_now(data, name):
            if record.get(booking.amount):
                yield f"{name}.{record[ID]}", _moved(booking, record)


def _moved(booking: Booking, record: Record) -> Moved:
    """What a record of a list is as a movement."""
    known: Any = record  # asked for a field that nobody named it knows nothing
    party, reference = (str(known.get(of) or "") for of in (booking.party, booking.reference))
    return Moved(booking.is_, record[booking.amount], known.get(booking.on), party, reference)


def records_now(data: Data, name: str) -> list[Record]:
    """The records of a list, the one at hand as it is by now."""
    listed = list(data.get(name) or ())
    at_hand = data.get(f"{name}.{ID}")
    if at_hand is None:
        return listed
    head = f"{name}."
    record = {key.removeprefix(head): v for key, v in data.items() if key.startswith(head)}
    others = [known for known in listed if known[ID] != at_hand]
    return [*others, record]


def balances(moved: Iterable[Moved]) -> dict[MoneyAccount, Decimal]:
    """What each account comes to; all of them together come to nothing."""
    found: dict[MoneyAccount, Decimal] = {}
    for one in moved:
        way = WAYS[one.movement]
        found[way.source] = found.get(way.source, _NOTHING) - one.amount
        found[way.target] = found.get(way.target, _NOTHING) + one.amount
    return found


def balance(account: Account, data: Data, asked: str) -> Decimal:
    """What conditions ask of an account: `held`, `received`, `paid_out`, `deposited`,
    `performed`."""
    moved = [one for _, one in movements(account, data)]
    if asked in _SIDES:
        return sum((m.amount for m in moved if _SIDES[asked](WAYS[m.movement])), _NOTHING)
    return balances(moved).get(MoneyAccount(asked), _NOTHING)


_SIDES = {
    "received": lambda way: way.target is MoneyAccount.HELD,
    "paid_out": lambda way: way.source is MoneyAccount.HELD,
}
