"""The ledger as verbs. Every balance is what its entries say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Unpack

from sqlalchemy import select

from ...engine.engine import Engine
from ...engine.model.event import Actor
from ...engine.storage.case_rows import is_of_case
from ...engine.storage.schema import cases, postings
from ...engine.verbs.guarded import Acting, acting
from ...engine.work.runtime import Transaction
from ..figures.counting import OF_CASE, columns_by
from ..lists.filters import Filters, Wanted
from ..lists.listings import ALL_CASES
from ..lists.scope import scope_of
from .balances import trial_balance
from .bank import BankLine
from .looks import Look
from .realised import ageing, realised
from .reconciling import reconciled
from .sharing import share_plan
from .statements import entry, statement
from .views import (
    AccountStatement,
    LedgerEntry,
    MoneyAge,
    MoneyFigures,
    Reconciliation,
    SharePlan,
    TrialBalance,
)


class CourtLedger:
    """The money of a court's cases: `CourtLedger(engine).statement(case_id)`.

    `within` is the host's own session or connection. What is about many cases is for those whom the
    charter lets `oversee` the unit, the others see their own; `wanted` narrows it as it does lists.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def statement(
        self, case_id: str, account: str = "", on: date | None = None, *, within: Any = None
    ) -> AccountStatement:
        """What an account of a case comes to (at the end of a day), and every entry of it.

        A case with one account needs no name. Raises `CaseNotFound`, `NoSuchAccount`.
        """
        with self._engine.transaction(within, writes=False) as transaction:
            case = transaction.unit().case(case_id)
            return statement(transaction, case, account, on)

    def shares(self, case_id: str, account: str = "", *, within: Any = None) -> SharePlan:
        """What each creditor is to get of what came in, by the law, and what it got so far.

        A case with one account whose money is shared (`shares`) needs no name. Raises
        `CaseNotFound`, `NoSuchAccount`, `BadFormulaValue`.
        """
        with self._engine.transaction(within, writes=False) as transaction:
            return share_plan(transaction, transaction.unit().case(case_id), account)

    def day_book(
        self, day: date, *, actor: Actor, within: Any = None, **wanted: Unpack[Wanted]
    ) -> tuple[LedgerEntry, ...]:
        """Every entry of a day, case after case, in the order in which they were made.

        Raises `NotAllowed`, `UnknownCourt`, `UnknownFilter`, `BadFilter`.
        """
        with self._look(actor, within, wanted) as look:
            query = select(postings).join(cases, is_of_case(postings))
            query = query.where(postings.c.day == day, *look.conditions)
            query = query.order_by(postings.c.court, postings.c.case_id, postings.c.seq)
            rows = look.transaction.connection.execute(query).mappings()
            return tuple(entry(row) for row in rows)

    def balance(
        self, *, actor: Actor, within: Any = None, **wanted: Unpack[Wanted]
    ) -> TrialBalance:
        """What all accounts come to, and whether each case's account is what its entries say.

        Raises `NotAllowed`, `UnknownCourt`, `UnknownFilter`, `BadFilter`.
        """
        with self._look(actor, within, wanted) as look:
            return trial_balance(look)

    def realised(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("court",),
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> tuple[MoneyFigures, ...]:
        """What was realised in a period, by `court`, `team`, `officer` or `procedure`.

        Raises `NotAllowed`, `UnknownCourt`, `UnknownFilter`, `BadFilter`.
        """
        parts = columns_by("realised", by, OF_CASE)
        with self._look(actor, within, wanted) as look:
            return realised(look, by, parts)

    def ageing(
        self,
        *,
        actor: Actor,
        by: Sequence[str] = ("officer",),
        within: Any = None,
        **wanted: Unpack[Wanted],
    ) -> tuple[MoneyAge, ...]:
        """How much money is held, and how long already, by `court`, `team`, `officer` or
        `procedure`.

        Raises `NotAllowed`, `UnknownCourt`, `UnknownFilter`, `BadFilter`.
        """
        parts = columns_by("ageing", by, OF_CASE)
        with self._look(actor, within, wanted) as look:
            return ageing(look, by, parts)

    def reconcile(
        self,
        day: date,
        lines: Sequence[BankLine],
        *,
        actor: Actor,
        court: str = "",
        within: Any = None,
    ) -> Reconciliation:
        """Hold a day of the bank (`bank_lines`) against the ledger of a court, to the cent.

        Each difference is a case of the procedure `difference` (an incident where the court has
        none), told once however often the day is held again. For those whom the charter lets
        `resolve` there. Raises `NotAllowed`, `UnknownCourt`, `BadActor`, `BadStatement` for a line
        of another day.
        """
        with acting(self._engine, "reconcile_bank", actor, within, writes=True) as at_work:
            where = at_work.standing.court(court)
            at_work.check("resolve", where)
            return reconciled(at_work.transaction, where, day, lines)

    @contextmanager
    def _look(self, actor: Actor, within: Any, wanted: Wanted) -> Iterator[Look]:
        filters = Filters.of(wanted)
        own = filters.model_copy(update={"since": None, "until": None})
        with acting(self._engine, "court_ledger", actor, within) as at_work:
            yield Look(*_looked_at(at_work, own), filters.since, filters.until)


def _looked_at(at_work: Acting, filters: Filters) -> tuple[Transaction, list[Any]]:
    scope = scope_of(at_work, ALL_CASES, filters, grant="oversee")
    return at_work.transaction, [*scope.conditions, cases.c.court.in_(scope.courts)]
