"""Entries chained before they are written: each gets its hash, its case the last one as its head.

The last entry of a case in a write holds the digests of the rows that were written of it. The first
entry of a case whose history is older than chains seals what was before: it holds the digest of
those entries, and the digests of all rows of the case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from ..model.effects import Decision
from .chain import OF_A_CASE, Chain, case_row
from .effect_rows import EffectRows
from .schema import history

PROVEN_FROM_HERE = "proven-from-here"
"""What history tells of the entry that seals those before it."""
Digests = dict[str, str]


def chain_entries(
    connection: Connection, chain: Chain, decisions: Sequence[Decision], rows: EffectRows
) -> None:
    """Chain the entries of decisions to those of their cases, whose heads they become."""
    digests = _digests(chain, decisions, rows)
    last = {row["case_id"]: row for row in rows.history}
    heads: dict[str, str] = {}
    for decision, row in zip(decisions, rows.history, strict=True):
        case = decision.case
        before = heads.get(case.id) or case.head
        if not before and case.version > 1:
            before, sealed = _seal(connection, chain, decision, row)
            digests[case.id] = sealed | digests[case.id]
        row["algorithm"] = chain.name
        if last[case.id] is row:
            row["rows"] = digests[case.id]
        heads[case.id] = case.head = row["hash"] = chain.entry_hash(row, before)


def _digests(chain: Chain, decisions: Sequence[Decision], rows: EffectRows) -> dict[str, Digests]:
    """The digests of the rows that are written of each case, by what they are called."""
    found: defaultdict[str, Digests] = defaultdict(dict)
    for case in {d.case.id: d.case for d in decisions}.values():
        found[case.id]["case"] = chain.row_digest("case", case_row(case))
    for kind, row in rows.covered():
        found[row["case_id"]][f"{kind}:{row['id']}"] = chain.row_digest(kind, row)
    return found


def _seal(
    connection: Connection, chain: Chain, decision: Decision, row: dict[str, Any]
) -> tuple[str, Digests]:
    """Seal the entries before a case's first chained one; gives their digest, and of its rows."""
    case, entry = decision.case, decision.entry
    of_case = history.c.court == case.court, history.c.case_id == case.id
    query = select(history).where(*of_case).order_by(history.c.seq)
    digest, count = "", 0
    for old in connection.execute(query).mappings():
        digest, count = chain.entry_hash(old, digest), count + 1
    entry.given = row["given"] = {**entry.given, "sealed": {"entries": count, "digest": digest}}
    entry.effects.append({"what": PROVEN_FROM_HERE, "entries": count})
    return digest, dict(_all_rows(connection, chain, case.court, case.id))


def _all_rows(
    connection: Connection, chain: Chain, court: str, case_id: str
) -> Iterator[tuple[str, str]]:
    """The digests of what a case has; its own row is being written."""
    for kind, table in OF_A_CASE.items():
        query = select(table).where(table.c.court == court, table.c.case_id == case_id)
        for row in connection.execute(query).mappings():
            yield f"{kind}:{row['id']}", chain.row_digest(kind, row)
