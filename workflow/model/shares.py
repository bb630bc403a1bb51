"""What creditors share in the money of an account, by its movements, and what they got of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import filterfalse
from operator import attrgetter
from typing import Any, NamedTuple

from ..formulas.distribution import Claim, DebtorKind, Distribution, distribution
from .books import BEYOND, COMING_IN, Movement, Shares
from .movements import Data, Moved, balance, movements, records_now
from .parts import Account
from .records import ID, Record

_NOTHING = Decimal(0)
_KINDS = {False: DebtorKind.PERSON, True: DebtorKind.COMPANY}
_COSTS = frozenset({Movement.COST, Movement.FEE})
_BACK = frozenset({Movement.REFUND, Movement.MOVED_OUT})
_PAYOUTS = frozenset({Movement.PAYOUT})
_TO_CREDITORS = frozenset({Movement.PAYOUT, Movement.DEPOSIT})


class Creditor(NamedTuple):
    """Who shares: the id of the record, what the creditor is called by payouts, and its claim."""

    id: str
    party: str
    amount: Decimal
    rank: int | None
    seized_on: date


class Line(NamedTuple):
    """What a claim is to get, and what was paid on it."""

    creditor: Creditor
    share: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """What came in to be shared, and what each is to get and got, in the order of the law.

    What was paid to nobody of them is `astray`.
    """

    proceeds: Decimal
    shares: Distribution
    lines: tuple[Line, ...]
    astray: Decimal

    @property
    def beyond(self) -> Decimal:
        """What was paid beyond what creditors are to get, and to others."""
        over = (max(line.paid - line.share, _NOTHING) for line in self.lines)
        return self.astray + sum(over, _NOTHING)


def asked_of(account: Account, data: Data, asked: str) -> Decimal:
    """What conditions ask of an account. Raises `BadFormulaValue`."""
    return plan_of(account, data).beyond if asked == BEYOND else balance(account, data, asked)


def plan_of(account: Account, data: Data) -> Plan:
    """The shares in all that came in and was not given back. Raises `BadFormulaValue`."""
    assert account.shares is not None
    known: Any = data  # asked for a field that nobody named it knows nothing
    moved = list(dict(movements(account, data)).values())
    proceeds = _sum(moved, COMING_IN) - _sum(moved, _BACK)
    all = tuple(_creditors(account.shares, data))
    preferred = sorted(filter(_is_preferred, all), key=attrgetter("rank"))
    ordinary = sorted(filterfalse(_is_preferred, all), key=attrgetter("seized_on"))
    shares = distribution(
        proceeds,
        max(known.get(account.shares.costs) or _NOTHING, _sum(moved, _COSTS)),
        map(_claim, preferred),
        map(_claim, ordinary),
        _KINDS[bool(known.get(account.shares.in_order))],
    )
    given = map(attrgetter("paid"), (*shares.priority, *shares.ordinary))
    in_order = list(zip((*preferred, *ordinary), given, strict=True))
    return Plan(proceeds, shares, tuple(_paid(in_order, moved)), _astray(all, moved))


def _creditors(shares: Shares, data: Data) -> Iterator[Creditor]:
    """Those whose claim is known."""
    records = records_now(data, shares.creditors)
    return (_creditor(shares, one) for one in records if one.get(shares.amount) is not None)


def _creditor(shares: Shares, record: Record) -> Creditor:
    known: Any = record  # asked for a field that nobody named it knows nothing
    party, amount = str(record.get(shares.party) or ""), record[shares.amount]
    rank, seized_on = known.get(shares.rank), known.get(shares.seized_on)
    return Creditor(str(record[ID]), party, amount, rank, seized_on or date.min)


def _paid(shares: list[tuple[Creditor, Decimal]], moved: list[Moved]) -> Iterator[Line]:
    """What was paid on each claim. Of several claims of one creditor the first is paid first, and
    the last bears what is too much."""
    left: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in filter(_is_for_creditors, moved):
        left[one.party] += one.amount
    last = {creditor.party: creditor.id for creditor, _ in shares}
    for creditor, share in shares:
        rest = left[creditor.party]
        paid = rest if last[creditor.party] == creditor.id else min(rest, share)
        left[creditor.party] -= paid
        yield Line(creditor, share, paid)


def _astray(creditors: tuple[Creditor, ...], moved: list[Moved]) -> Decimal:
    known = set(map(attrgetter("party"), creditors))
    return _sum([one for one in moved if one.party not in known], _PAYOUTS)


def _is_for_creditors(moved: Moved) -> bool:
    return moved.movement in _TO_CREDITORS


def _is_preferred(creditor: Creditor) -> bool:
    return creditor.rank is not None


def _sum(moved: list[Moved], of: frozenset[Movement]) -> Decimal:
    return sum((one.amount for one in moved if one.movement in of), _NOTHING)


def _claim(creditor: Creditor) -> Claim:
    return Claim(creditor.party or creditor.id, creditor.amount)
