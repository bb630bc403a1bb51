"""The ledger as rows: entries, what accounts come to, what money became of, the bank's days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from ...engine.queries.views import View
from ...workflow.formulas import FormulaStep
from ...workflow.model.books import MoneyAccount, Movement


class LedgerEntry(View):
    """One movement of money, in yuan: from the account `source` to the account `target`, on `day`.

    `place` is the field or record of the case that says it, `seq` the entry of the history by which
    it was made, by `actor`. What was entered wrongly is taken back by another entry the other way
    (`is_reversal`).
    """

    court: str
    case_id: str
    seq: int
    account: str
    place: str
    movement: Movement
    source: MoneyAccount
    target: MoneyAccount
    amount: Decimal
    day: date
    party: str
    reference: str
    is_reversal: bool
    actor: str


class AccountStatement(View):
    """What an account of a case comes to on a day, and every entry up to then.

    `received` and `paid_out` are what came into the court's hands and what left them, `held` what
    lies there, `deposited` what was deposited elsewhere (提存), `performed` what the creditor got
    without the court's account, in kind, or gave up. `since` is when the oldest of the money that
    is held came in; None where none is held, or a day is asked for.
    """

    case_id: str
    number: str
    account: str
    title_zh: str
    title_en: str
    held: Decimal
    received: Decimal
    paid_out: Decimal
    deposited: Decimal
    performed: Decimal
    since: datetime | None
    entries: tuple[LedgerEntry, ...]


class CreditorShare(View):
    """What one creditor claims (`rank` where preferred), is to get, got, and is still to get.

    `record` is its record in the case, `creditor` what it is called there.
    """

    record: str
    creditor: str
    rank: int | None
    claimed: Decimal
    share: Decimal
    paid: Decimal
    open: Decimal


class SharePlan(View):
    """How the money of an account is shared, in yuan: of the `proceeds` (what came in and was not
    given back) the `costs` first, then each creditor, and what is `left`.

    `beyond` is what was paid beyond the shares, or to nobody of the creditors. `steps` say it step
    by step, each with the article that it follows.
    """

    case_id: str
    number: str
    account: str
    title_zh: str
    title_en: str
    proceeds: Decimal
    costs: Decimal
    creditors: tuple[CreditorShare, ...]
    left: Decimal
    beyond: Decimal
    steps: tuple[FormulaStep, ...]


class TrialBalance(View):
    """What every account of some courts comes to by all entries; `is_balanced` says that all of
    them come to nothing, and that each case's account is what its entries say (else `differ` names
    the cases)."""

    accounts: Mapping[MoneyAccount, Decimal]
    is_balanced: bool
    differ: tuple[str, ...] = ()


class MoneyFigures(View):
    """What was realised in a period, in yuan, of the cases that `by` names.

    `applied` is what is to be enforced in all of them, `received` what came into the court's
    account, `paid` what creditors got of it, `outside` what they got without it, `in_kind` what
    they took as assets, `waived` what they gave up; `fees`, `costs` and `refunds` are what else
    went out. `realised` is (`paid` + `outside`) ÷ `applied`: true money alone; None where nothing
    is to be enforced.
    """

    by: Mapping[str, str]
    cases: int
    applied: Decimal
    received: Decimal
    paid: Decimal
    outside: Decimal
    in_kind: Decimal
    waived: Decimal
    fees: Decimal
    costs: Decimal
    refunds: Decimal
    realised: float | None


class MoneyAge(View):
    """How much money is held, in yuan, and how long already: by the oldest of each case's money."""

    by: Mapping[str, str]
    cases: int
    held: Decimal
    to_30_days: Decimal
    to_60_days: Decimal
    to_180_days: Decimal
    longer: Decimal


class BankFault(StrEnum):
    """How the bank's day and ours differ."""

    NOT_HERE = "not-here"
    NOT_AT_BANK = "not-at-bank"
    AMOUNT = "amount"


class BankMismatch(View):
    """One thing on which the bank and the ledger differ, in yuan; what one of them does not know is
    None. `difference` is the case that looks into it; empty where the court has no such
    procedure."""

    what: BankFault
    reference: str
    at_bank: Decimal | None
    here: Decimal | None
    case_id: str
    party: str
    difference: str


class Reconciliation(View):
    """A day of the bank held against the ledger: how many lines agreed, and what did not."""

    day: date
    court: str
    lines: int
    agreed: int
    received: Decimal
    paid: Decimal
    mismatches: tuple[BankMismatch, ...]
