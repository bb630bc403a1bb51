"""What is read, locked and claimed around a case: sub-procedures, parents, linked cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from ..model.case import CaseState
from ..model.commands import GONE
from .case_rows import THIS_CASE, CaseKey
from .column_types import load_json
from .compiled_sql import CompiledStatement
from .schema import cases

_THEIR_CHILDREN = (
    cases.c.court == bindparam("of_court"),
    cases.c.parent_id == bindparam("parent"),
    cases.c.sub_procedure != GONE,
)
_COUNT_CHILDREN = CompiledStatement(
    select(
        cases.c.sub_procedure,
        cases.c.about,
        cases.c.state,
        cases.c.closed_at.is_(None).label("is_open"),
        func.count(),
    )
    .where(*_THEIR_CHILDREN)
    .group_by(cases.c.sub_procedure, cases.c.about, cases.c.state, cases.c.closed_at.is_(None))
)
_CHILDREN_DATA = CompiledStatement(
    select(
        cases.c.sub_procedure,
        cases.c.about,
        cases.c.closed_at.is_(None).label("is_open"),
        cases.c.data,
    )
    .where(*_THEIR_CHILDREN)
    .order_by(cases.c.id)
)
_OPEN_CHILDREN = CompiledStatement(
    select(cases.c.id, cases.c.about)
    .where(
        *_THEIR_CHILDREN,
        cases.c.sub_procedure == bindparam("name"),
        cases.c.closed_at.is_(None),
    )
    .order_by(cases.c.id)
)
_LOCK_SHARED = CompiledStatement(select(cases.c.id).where(*THIS_CASE).with_for_update(read=True))
_LOCK_OWN = CompiledStatement(select(cases.c.id).where(*THIS_CASE).with_for_update())
_LOCK_CHILDREN = CompiledStatement(
    select(cases.c.id).where(*_THEIR_CHILDREN).order_by(cases.c.id).with_for_update(read=True)
)


def count_children(connection: Connection, key: CaseKey) -> list[tuple[str, str, str, bool, int]]:
    """How many sub-procedures of a case are where: (name, about, state, is open, how many)."""
    rows = _COUNT_CHILDREN.rows(connection, of_court=key.court, parent=key.id)
    return [(name, about, state, bool(is_open), n) for name, about, state, is_open, n in rows]


def data_of_children(
    connection: Connection, key: CaseKey
) -> list[tuple[str, str, bool, Mapping[str, Any]]]:
    """(name, about, is open, data) of each sub-procedure of a case, in the order of opening."""
    rows = _CHILDREN_DATA.rows(connection, of_court=key.court, parent=key.id)
    return [(name, about, bool(is_open), load_json(data)) for name, about, is_open, data in rows]


def linked_cases(
    connection: Connection, ids: Iterable[str]
) -> dict[str, tuple[str, bool, Mapping[str, Any]]]:
    """(state, is open, data) of cases, by their ids."""
    query = select(cases.c.id, cases.c.state, cases.c.closed_at, cases.c.data)
    rows = connection.execute(query.where(cases.c.id.in_(sorted(ids))))
    return {id: (state, closed is None, data) for id, state, closed, data in rows}


def open_children(connection: Connection, key: CaseKey, name: str) -> list[tuple[str, str]]:
    """(id, about) of a case's open sub-procedures of a name, in the order they were opened."""
    rows = _OPEN_CHILDREN.rows(connection, of_court=key.court, parent=key.id, name=name)
    return [(id, about) for id, about in rows]


def hold_families(
    connection: Connection,
    children: Sequence[CaseState],
    asking: Sequence[CaseState],
    own: Collection[str],
) -> None:
    """Lock what stands for what was read of other cases: parents and linked cases, then children,
    each by its id.

    Whoever writes a child holds its parent's row shared; whoever asked of his children holds his
    own. One that the transaction may write itself is held alone at once: two that share a lock
    cannot both have it alone.
    """
    parents = {CaseKey(k.court, k.case): k.case in own for c in asking for k in c.links}
    parents |= {CaseKey(c.court, c.parent_id): c.parent_id in own for c in children if c.parent_id}
    parents |= {CaseKey(c.court, c.id): True for c in asking}
    for key, alone in sorted(parents.items(), key=lambda item: item[0].id):
        lock = _LOCK_OWN if alone else _LOCK_SHARED
        lock.rows(connection, of_court=key.court, case_id=key.id)
    for case in sorted(asking, key=lambda c: c.id):
        _LOCK_CHILDREN.rows(connection, of_court=case.court, parent=case.id)


def claim_families(connection: Connection, keys: Sequence[CaseKey]) -> list[CaseKey]:
    """Claim the parents of cases whose rows are claimed; gives the cases that it succeeded for.

    Everybody locks a parent before its sub-procedures. Here these came first, and so nobody waits:
    those whose parent another process holds are left to a later look.
    """
    if not keys or connection.dialect.name != "postgresql":  # SQLite has one writer anyway
        return list(keys)
    ids = [key.id for key in keys]
    lying = connection.execute(
        select(cases.c.id, cases.c.court, cases.c.parent_id).where(
            cases.c.id.in_(ids), cases.c.parent_id.is_not(None)
        )
    )
    parents = {id: CaseKey(court, parent) for id, court, parent in lying}
    if not parents:
        return list(keys)
    wanted = select(cases.c.court, cases.c.id).where(
        cases.c.id.in_({key.id for key in parents.values()})
    )
    rows = connection.execute(wanted.order_by(cases.c.id).with_for_update(skip_locked=True))
    held = set(starmap(CaseKey, rows))
    return [key for key in keys if parents.get(key.id) in held or key.id not in parents]
