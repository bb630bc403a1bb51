"""How the money of an account is shared among creditors, as its case says now."""

from __future__ import annotations

from decimal import Decimal

from ...engine.decision.obstacles import words
from ...engine.model.case import CaseState
from ...engine.work.runtime import Transaction
from ...workflow.model.shares import Line, plan_of
from .statements import account_named
from .views import CreditorShare, SharePlan

_NOTHING = Decimal(0)


def share_plan(transaction: Transaction, case: CaseState, name: str) -> SharePlan:
    """Raises `NoSuchAccount`, `BadFormulaValue`."""
    definition = transaction.version(case.definition_hash).definition
    shared = [id for id, account in definition.accounts.items() if account.shares is not None]
    known = account_named(case, name, shared)
    account = definition.accounts[known]
    plan, title = plan_of(account, case.data), words(account.title)
    return SharePlan(
        case_id=case.id,
        number=case.number,
        account=known,
        title_zh=title.zh,
        title_en=title.en,
        proceeds=plan.proceeds,
        costs=plan.shares.costs,
        creditors=tuple(map(_line, plan.lines)),
        left=plan.shares.left,
        beyond=plan.beyond,
        steps=plan.shares.steps,
    )


def _line(line: Line) -> CreditorShare:
    creditor = line.creditor
    return CreditorShare(
        record=creditor.id,
        creditor=creditor.party,
        rank=creditor.rank,
        claimed=creditor.amount,
        share=line.share,
        paid=line.paid,
        open=max(line.share - line.paid, _NOTHING),
    )
