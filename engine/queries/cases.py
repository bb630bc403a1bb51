"""Cases: one, a list, the children of one; and what somebody could do with one."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from ..decision import decide
from ..model.case import CaseState
from ..model.event import Actor
from ..storage.case_rows import load_cases, number_key
from ..storage.schema import cases
from ..work.runtime import Transaction
from .views import Case, Possible


def case(transaction: Transaction, case_id: str, unsealed: bool = False) -> Case:
    """A case as it stands, with `unsealed` also what is sealed. Raises `CaseNotFound`."""
    unit = transaction.unit()
    found = unit.case(case_id)
    return Case.of(unit.procedure(found), found, unsealed)


def listed(
    transaction: Transaction,
    *,
    procedure: str | None = None,
    state: str | None = None,
    officer: str | None = None,
    court: str | None = None,
    number: str | None = None,
    open_only: bool = False,
    parent: str | None = None,
    limit: int = 100,
    after: str = "",
) -> tuple[Case, ...]:
    """Cases by what they are, in the order of their ids, from the one after `after` on."""
    query = select(cases.c.id).where(cases.c.id > after).order_by(cases.c.id).limit(limit)
    wanted = {
        cases.c.procedure: procedure,
        cases.c.state: state,
        cases.c.officer: officer,
        cases.c.court: court,
        cases.c.number_key: None if number is None else number_key(number),
        cases.c.parent_id: parent,
    }
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    if open_only:
        query = query.where(cases.c.closed_at.is_(None))
    ids = list(transaction.connection.execute(query).scalars())
    loaded = load_cases(transaction.connection, transaction.version, ids)
    return tuple(Case.of(transaction.version(loaded[id].definition_hash), loaded[id]) for id in ids)


def possible(
    transaction: Transaction, case_id: str, actor_at: Callable[[CaseState], Actor]
) -> tuple[Possible, ...]:
    """Each trigger of the case's state: whether the actor could fire it now, and why not.

    `actor_at` gives him with the roles that he holds for a case.
    """
    unit = transaction.unit()
    found = unit.case(case_id)
    procedure = unit.procedure(found)
    children = unit.children(found)
    actor, now = actor_at(found), transaction.now
    triggers = decide.possible(procedure, found, actor, now, children)
    return tuple(
        Possible.of(procedure, trigger, obstacles) for trigger, obstacles in triggers.items()
    )
