"""One account: its entries, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from ...engine.decision.obstacles import words
from ...engine.model.case import CaseState
from ...engine.storage.schema import funds, postings
from ...engine.work.runtime import Transaction
from ...workflow.guards.variables import amount_of
from ...workflow.model.books import COMING_IN, GOING_OUT, MoneyAccount
from .errors import NoSuchAccount
from .views import AccountStatement, LedgerEntry


def statement(
    transaction: Transaction, case: CaseState, name: str, on: date | None
) -> AccountStatement:
    accounts = transaction.version(case.definition_hash).definition.accounts
    known = account_named(case, name, list(accounts))
    of_it = and_(
        postings.c.court == case.court,
        postings.c.case_id == case.id,
        postings.c.account == known,
    )
    query = select(postings).where(of_it).order_by(postings.c.day, postings.c.seq, postings.c.id)
    if on is not None:
        query = query.where(postings.c.day <= on)
    entries = tuple(entry(row) for row in transaction.connection.execute(query).mappings())
    title = words(accounts[known].title)
    return AccountStatement(
        case_id=case.id,
        number=case.number,
        account=known,
        title_zh=title.zh,
        title_en=title.en,
        since=_since(transaction, case, known) if on is None else None,
        entries=entries,
        **_totals(entries),
    )


def account_named(case: CaseState, name: str, accounts: Sequence[str]) -> str:
    """One of some accounts by its name; the first, where none is named. Raises `NoSuchAccount`."""
    found = [name] if name else accounts[:1]
    if not set(found) & set(accounts):
        told = {"account": name or "-", "known": ", ".join(accounts) or "-"}
        raise NoSuchAccount(case_id=case.id, **told)
    return found[0]


def _since(transaction: Transaction, case: CaseState, account: str) -> datetime | None:
    of_it = funds.c.court == case.court, funds.c.id == f"{case.id}.{account}"
    found: datetime | None = transaction.connection.execute(
        select(funds.c.since).where(*of_it)
    ).scalar()
    return found


def _totals(entries: Sequence[LedgerEntry]) -> dict[str, Decimal]:
    """What entries come to."""
    accounts: defaultdict[MoneyAccount, Decimal] = defaultdict(Decimal)
    sides: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        accounts[entry.source] -= entry.amount
        accounts[entry.target] += entry.amount
        side = _SIDES.get(entry.movement)
        if side is not None:
            sides[side] += -entry.amount if entry.is_reversal else entry.amount
    return {
        "held": accounts[MoneyAccount.HELD],
        "deposited": accounts[MoneyAccount.DEPOSITED],
        "performed": accounts[MoneyAccount.PERFORMED],
        "received": sides["received"],
        "paid_out": sides["paid_out"],
    }


_SIDES = dict.fromkeys(COMING_IN, "received") | dict.fromkeys(GOING_OUT, "paid_out")


def entry(row: Mapping[Any, Any]) -> LedgerEntry:
    known = {name: row[name] for name in LedgerEntry.model_fields if name in row}
    return LedgerEntry(**known, amount=amount_of(row["cents"]))
