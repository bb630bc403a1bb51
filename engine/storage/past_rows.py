"""A case's past as rows: everything that was recorded of it, and all its time limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from ..model.case import DeadlineState
from ..model.effects import EntryKind
from ..model.past import KeptEntry
from .case_rows import DEADLINE_COLUMNS, CaseKey, deadline_from_row
from .schema import deadlines, history

_COLUMNS = (
    "seq",
    "happened_at",
    "recorded_at",
    "kind",
    "trigger",
    "actor",
    "roles",
    "note",
    "given",
    "late",
    "definition_hash",
    "rules",
)


def kept_entry(row: Mapping[Any, Any]) -> KeptEntry:
    """A row of the history as a value."""
    values = {name: row[name] for name in _COLUMNS}
    typed = {"kind": EntryKind(row["kind"]), "roles": tuple(row["roles"])}
    return KeptEntry(**values | typed)


class PastRows:
    """The past of one case, read within the caller's transaction."""

    def __init__(self, connection: Connection, key: CaseKey) -> None:
        self._connection = connection
        self._key = key

    def entries(self) -> Sequence[KeptEntry]:
        """Its history, in order."""
        query = select(*(history.c[name] for name in _COLUMNS)).order_by(history.c.seq)
        of_case = history.c.court == self._key.court, history.c.case_id == self._key.id
        rows = self._connection.execute(query.where(*of_case)).mappings()
        return [kept_entry(row) for row in rows]

    def deadlines(self) -> Sequence[DeadlineState]:
        """All its time limits, also ended ones."""
        query = select(*(deadlines.c[name] for name in DEADLINE_COLUMNS))
        of_case = deadlines.c.court == self._key.court, deadlines.c.case_id == self._key.id
        rows = self._connection.execute(query.where(*of_case))
        return [deadline_from_row(row) for row in rows]
