"""What all accounts come to by their entries, and what each is said to hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from ...engine.storage.case_rows import is_of_case
from ...engine.storage.schema import cases, funds, postings
from ...workflow.guards.variables import amount_of
from ...workflow.model.books import MoneyAccount
from .looks import Look
from .views import TrialBalance

_Key = tuple[str, str]
"""A case, and the account's name."""


def trial_balance(look: Look) -> TrialBalance:
    """What all accounts come to, and the cases whose accounts are not what their entries say."""
    sums, kept = _sums(look), _kept(look)
    total: defaultdict[str, int] = defaultdict(int)
    for accounts in sums.values():
        for name, cents in accounts.items():
            total[name] += cents
    keys = sums.keys() | kept.keys()
    differ = sorted({key[0] for key in keys if not _agrees(sums.get(key), kept.get(key))})
    return TrialBalance(
        accounts={MoneyAccount(name): amount_of(cents) for name, cents in sorted(total.items())},
        is_balanced=not differ and sum(total.values()) == 0,
        differ=tuple(differ),
    )


def _sums(look: Look) -> dict[_Key, dict[str, int]]:
    """What each account of each case comes to by its entries."""
    found: defaultdict[_Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    key = postings.c.case_id, postings.c.account
    for side, sign in ((postings.c.source, -1), (postings.c.target, 1)):
        query = select(*key, side, func.sum(postings.c.cents))
        query = query.select_from(postings.join(cases, is_of_case(postings)))
        query = query.where(*look.conditions).group_by(*key, side)
        for case_id, account, name, cents in look.transaction.connection.execute(query):
            found[case_id, account][name] += sign * int(cents)
    return found


def _kept(look: Look) -> dict[_Key, tuple[int, int]]:
    """What each account of each case is said to hold, and to have deposited."""
    query = select(funds.c.case_id, funds.c.account, funds.c.held, funds.c.deposited)
    query = query.select_from(funds.join(cases, is_of_case(funds))).where(*look.conditions)
    rows = look.transaction.connection.execute(query)
    return {(case_id, account): (held, deposited) for case_id, account, held, deposited in rows}


def _agrees(sums: Mapping[str, int] | None, kept: tuple[int, int] | None) -> bool:
    """Whether an account holds what its entries say."""
    said = sums or {}
    by_entries = said.get(MoneyAccount.HELD, 0), said.get(MoneyAccount.DEPOSITED, 0)
    return by_entries == (kept or (0, 0))
