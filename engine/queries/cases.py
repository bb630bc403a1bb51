"""Cases: one, a list, the children of one; and what somebody could do with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Text, cast, select

from ...workflow.errors import ZhixingError
from ..decision import decide
from ..model.case import CaseState
from ..model.event import Actor
from ..storage.asked import asked
from ..storage.case_rows import load_cases, number_key
from ..storage.damage import damaged, of_one_case, readable
from ..storage.schema import cases
from ..work.runtime import Transaction
from .views import Case, Possible


@of_one_case
def case(transaction: Transaction, case_id: str, unsealed: bool = False) -> Case:
    """A case as it stands, with `unsealed` also what is sealed. Raises `CaseNotFound`."""
    unit = transaction.unit()
    found = unit.case(case_id)
    return Case.of(unit.procedure(found), found, transaction.now, unsealed)


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
    """Cases by what they are, in the order of their ids, from the one after `after` on.

    One that cannot be read is among them, and says so (`damaged`).
    """
    query = select(cases.c.id).where(cases.c.id > after).order_by(cases.c.id).limit(limit)
    wanted = {
        cases.c.procedure: procedure,
        cases.c.state: state,
        cases.c.officer: officer,
        cases.c.court: court,
        cases.c.number_key: None if number is None else number_key(number),
        cases.c.parent_id: parent,
    }
    query = query.where(*asked(wanted))
    if open_only:
        query = query.where(cases.c.closed_at.is_(None))
    ids = list(transaction.connection.execute(query).scalars())
    connection = transaction.connection
    loaded, failed = readable(load_cases, connection, transaction.version, ids)
    shown: dict[str, Case] = {}
    for id, found in loaded.items():
        try:
            version = transaction.version(found.definition_hash)
            shown[id] = Case.of(version, found, transaction.now)
        except Exception as error:
            failed[id] = damaged(id, error)
    shown |= _damaged(connection, failed)
    return tuple(shown[id] for id in ids)


def _damaged(connection: Connection, failed: Mapping[str, ZhixingError]) -> dict[str, Case]:
    """Cases that cannot be read, as what can be read of them."""
    if not failed:
        return {}
    texts = (cast(cases.c[name], Text).label(name) for name in Case.READ_AS_TEXT)
    rows = connection.execute(select(*texts).where(cases.c.id.in_(failed))).mappings()
    return {row["id"]: Case.damaged_of(row, failed[row["id"]]) for row in rows}


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
        Possible.of(procedure, trigger, about, obstacles)
        for (trigger, about), obstacles in triggers.items()
    )
