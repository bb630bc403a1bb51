"""All cases held to their entries, page by page, each page in one snapshot of the database."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import ge, itemgetter

from sqlalchemy import Connection, exists, select

from ...workflow.errors import ZhixingError
from ..storage.asked import asked
from ..storage.case_rows import is_of_case
from ..storage.chain import OF_A_CASE
from ..storage.schema import cases, definitions, history
from .findings import AuditFinding, Tally
from .proof import CaseProof, Row
from .repetition import Procedures, repeat

PAGE = 100
_BATCH = 500


def page_of_cases(
    connection: Connection, after: str, case_id: str | None, since: datetime | None
) -> list[Row]:
    """The courts and ids of the next cases; of one, or of those written to since a moment."""
    query = (
        select(cases.c.court, cases.c.id).where(cases.c.id > after).order_by(cases.c.id).limit(PAGE)
    )
    query = query.where(*asked({cases.c.id: case_id}), *asked({cases.c.updated_at: since}, ge))
    return list(connection.execute(query).mappings())


def page_of_unsealed(connection: Connection, after: str) -> list[str]:
    """The ids of the next cases that have no chained entry."""
    query = select(cases.c.id).where(cases.c.id > after, cases.c.head == "")
    return list(connection.execute(query.order_by(cases.c.id).limit(PAGE)).scalars())


def prove_page(
    connection: Connection,
    page: Sequence[Row],
    key: bytes | None,
    known: Collection[str],
    tally: Tally,
) -> None:
    """Hold the cases of a page to their entries; a row that cannot be read costs its case only."""
    part = Tally()
    try:
        _prove(connection, page, key, known, part)
    except _UNREADABLE as error:
        if len(page) > 1:
            for case in page:
                prove_page(connection, [case], key, known, tally)
            return
        case, part = page[0], Tally(cases=1, last_case=page[0]["id"])
        why = f"{type(error).__name__}: {error}"[:200]
        finding = AuditFinding(
            code="case-unreadable", court=case["court"], case_id=case["id"], what=why
        )
        part.add(finding)
    tally.take(part)


_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)


def _prove(
    connection: Connection,
    page: Sequence[Row],
    key: bytes | None,
    known: Collection[str],
    tally: Tally,
) -> None:
    ids = [case["id"] for case in page]
    whole = connection.execute(select(cases).where(cases.c.id.in_(ids))).mappings().all()
    proofs = {case["id"]: CaseProof(case, key, known) for case in whole}
    waiting = dict.fromkeys(ids)
    for id, entries in _entries_of(connection, ids):
        waiting.pop(id)
        tally.add_all(proofs[id].entries(_counted(entries, tally)))
    for id in waiting:  # no entry of theirs is left
        tally.add_all(proofs[id].entries(()))
    rows = _rows_of(connection, whole)
    for id, proof in proofs.items():
        tally.cases += 1
        tally.unproven += proof.is_unproven
        tally.add_all(proof.rows(rows[id]))
    tally.last_case = ids[-1]


def repeat_page(
    connection: Connection, page: Sequence[Row], procedures: Procedures, tally: Tally
) -> None:
    """Decide the entries of the cases of a page again, by today's rules; where one cannot be read,
    it cannot be repeated."""
    for case in page:
        try:
            whole = connection.execute(select(cases).where(cases.c.id == case["id"])).mappings()
            _repeat(connection, whole.one(), procedures, tally)
        except (*_UNREADABLE, ZhixingError):
            tally.not_repeatable += 1


def _repeat(connection: Connection, case: Row, procedures: Procedures, tally: Tally) -> None:
    for _, entries in _entries_of(connection, [case["id"]]):
        repeat(list(entries), case, procedures, tally)


def _entries_of(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, Iterator[Row]]]:
    """The entries of each case that has any, in order; read as they are asked for."""
    query = select(history).join(cases, is_of_case(history)).where(cases.c.id.in_(ids))
    query = query.order_by(history.c.case_id, history.c.seq)
    streamed = connection.execution_options(yield_per=_BATCH).execute(query).mappings()
    yield from groupby(streamed, key=itemgetter("case_id"))


def _counted(entries: Iterator[Row], tally: Tally) -> Iterator[Row]:
    for entry in entries:
        tally.entries += 1
        yield entry


def _rows_of(connection: Connection, page: Sequence[Row]) -> dict[str, dict[str, Row]]:
    """The rows of covered tables of each case, by what entries call them."""
    found: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    ids = [case["id"] for case in page]
    for case in page:
        found[case["id"]]["case"] = case
    for kind, table in OF_A_CASE.items():
        query = select(table).join(cases, is_of_case(table)).where(cases.c.id.in_(ids))
        for row in connection.execute(query).mappings():
            found[row["case_id"]][f"{kind}:{row['id']}"] = row
    return found


def known_definitions(connection: Connection) -> frozenset[str]:
    """The hashes of the texts that are stored."""
    return frozenset(connection.execute(select(definitions.c.hash)).scalars())


def prove_definitions(connection: Connection, tally: Tally) -> None:
    """Hold each stored text to its hash."""
    query = select(definitions.c.hash, definitions.c.text)
    for hash, text in connection.execution_options(yield_per=50).execute(query):
        if hashlib.sha256(str(text).encode()).hexdigest() != hash:
            tally.add(AuditFinding(code="definition-changed", table="zx_definitions", row=hash))


def find_orphans(connection: Connection, tally: Tally) -> None:
    """Rows of cases that are not there: the case's own row was removed, or renamed."""
    for table in (history, *OF_A_CASE.values()):
        its_case = exists().where(is_of_case(table))
        query = select(table.c.court, table.c.case_id).where(~its_case).distinct()
        for court, case_id in connection.execute(query.limit(_BATCH)):
            tally.add(
                AuditFinding(
                    code="case-missing",
                    court=str(court),
                    case_id=str(case_id),
                    table=table.name,
                    row=str(case_id),
                )
            )
