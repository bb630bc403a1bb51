"""A day of the bank held against the ledger, by the bank's numbers, to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from ...engine.outside.differences import open_difference
from ...engine.storage.incidents import DIFFERENCE, record_incident
from ...engine.storage.schema import postings
from ...engine.work.runtime import Transaction
from ...workflow.guards.variables import amount_of, cents
from ...workflow.model.books import MoneyAccount
from .bank import BankLine
from .errors import BadStatement
from .views import BankFault, BankMismatch, Reconciliation

_SOURCE = "bank"
_AT_A_TIME = 500
_HELD = MoneyAccount.HELD.value
_TOLD = {
    BankFault.NOT_HERE: "银行有收支，账上没有 / at the bank, and not in the ledger",
    BankFault.NOT_AT_BANK: "账上有收支，银行没有 / in the ledger, and not at the bank",
    BankFault.AMOUNT: "两方金额不一致 / the amounts differ",
}


class _Ours(NamedTuple):
    """What the ledger has under a number: how much came in (out: negative), of which case."""

    cents: int
    case_id: str


def reconciled(
    transaction: Transaction, court: str, day: date, lines: Sequence[BankLine]
) -> Reconciliation:
    """What the ledger of a court says to a day of its bank; each difference is told once.

    Raises `BadStatement` for a line of another day.
    """
    for number, line in enumerate(lines, 2):
        if line.day != day:
            zh, en = f"日期 {line.day} 不是 {day}", f"its day {line.day} is not {day}"
            raise BadStatement(row=number, why_zh=zh, why_en=en)
    known = _ours(transaction.connection, court, day, [line.reference for line in lines])
    mismatches = [*_of_lines(lines, known), *_unknown_there(lines, known)]
    came = [line.amount for line in lines if line.amount > 0]
    went = [-line.amount for line in lines if line.amount < 0]
    said = {mismatch.reference for mismatch in mismatches}
    return Reconciliation(
        day=day,
        court=court,
        lines=len(lines),
        agreed=sum(line.reference not in said for line in lines),
        received=sum(came, Decimal(0)),
        paid=sum(went, Decimal(0)),
        mismatches=tuple(_told(transaction, court, day, one) for one in mismatches),
    )


def _of_lines(lines: Sequence[BankLine], known: Mapping[str, _Ours]) -> Iterator[BankMismatch]:
    """What the bank says otherwise than the ledger, or alone."""
    for line in lines:
        ours = known.get(line.reference)
        if ours is None:
            yield _mismatch(BankFault.NOT_HERE, line.reference, line.amount, None, line.party)
        elif ours.cents != cents(line.amount):
            what = BankFault.AMOUNT, line.reference, line.amount, ours, line.party
            yield _mismatch(*what)


def _unknown_there(lines: Sequence[BankLine], known: Mapping[str, _Ours]) -> Iterator[BankMismatch]:
    """What the ledger says alone: that something moved, under a number that the bank lacks."""
    there = {line.reference for line in lines}
    for reference, ours in known.items():
        if reference not in there and ours.cents:
            yield _mismatch(BankFault.NOT_AT_BANK, reference, None, ours, "")


def _mismatch(
    what: BankFault, reference: str, at_bank: Decimal | None, ours: _Ours | None, party: str
) -> BankMismatch:
    here = amount_of(ours.cents) if ours is not None else None
    return BankMismatch(
        what=what,
        reference=reference,
        at_bank=at_bank,
        here=here,
        case_id=ours.case_id if ours is not None else "",
        party=party,
        difference="",
    )


def _ours(
    connection: Connection, court: str, day: date, references: Sequence[str]
) -> dict[str, _Ours]:
    """What the ledger has under these numbers, and under any number on that day."""
    found: dict[str, _Ours] = {}
    left = iter(references)
    while some := list(islice(left, _AT_A_TIME)):
        found |= _sums(connection, court, postings.c.reference.in_(some))
    of_day = _sums(connection, court, postings.c.day == day)
    for reference in of_day.keys() - found.keys():
        found |= _sums(connection, court, postings.c.reference == reference)
    return found


def _sums(connection: Connection, court: str, where: Any) -> dict[str, _Ours]:
    """By its number what came into the court's hands, less what left them."""
    target, amount = postings.c.target, postings.c.cents
    came = func.sum(amount).filter(target == _HELD)
    went = func.sum(amount).filter(postings.c.source == _HELD)
    moved = func.coalesce(came, 0) - func.coalesce(went, 0)
    query = select(postings.c.reference, moved, func.min(postings.c.case_id))
    query = query.where(postings.c.court == court, postings.c.reference != "", where)
    query = query.where(or_(target == _HELD, postings.c.source == _HELD))
    rows = connection.execute(query.group_by(postings.c.reference))
    return {reference: _Ours(int(net), case_id) for reference, net, case_id in rows}


def _told(transaction: Transaction, court: str, day: date, mismatch: BankMismatch) -> BankMismatch:
    """A difference with the case that looks into it; where there is none it is an incident."""
    detail = f"{_TOLD[mismatch.what]}：{mismatch.reference} {mismatch.at_bank} / {mismatch.here}"
    data = {
        "source": _SOURCE,
        "what": mismatch.what.value,
        "amount": abs(mismatch.at_bank or mismatch.here or Decimal(0)),
        "on": day,
        "reference": mismatch.reference,
        "party": mismatch.party,
        "case_number": _number(transaction, mismatch.case_id),
        "detail": detail,
    }
    key = f"{_SOURCE}/{mismatch.what.value}/{mismatch.reference}"
    opened = open_difference(transaction, court, data, key)
    if opened is None:
        connection, now = transaction.connection, transaction.now
        about = {"case_id": mismatch.case_id or None, "outbox_id": key[:100]}
        record_incident(connection, now, f"{DIFFERENCE}{_SOURCE}", detail, court, **about)
    return mismatch.model_copy(update={"difference": opened or ""})


def _number(transaction: Transaction, case_id: str) -> str:
    """The number of a case; its id where it has none."""
    if not case_id:
        return ""
    return transaction.unit().case(case_id).number or case_id
