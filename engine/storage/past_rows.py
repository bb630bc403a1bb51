"""A case's past as rows: everything that was recorded of it, and all its time limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ..model.case import DeadlineState
from ..model.effects import EntryKind
from ..model.past import KeptEntry
from .asked import picked
from .case_rows import CaseKey, all_deadlines
from .damage import damaged
from .schema import history

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
    values = picked(row, _COLUMNS)
    typed = {"kind": EntryKind(row["kind"]), "roles": tuple(row["roles"])}
    return KeptEntry(**values | typed)


def _is_sound(entry: KeptEntry) -> bool:
    """Whether an entry holds what its columns are for: on SQLite a damaged one holds anything."""
    return all(isinstance(getattr(entry, name), kind) for name, kind in _KINDS)


_KINDS: tuple[tuple[str, type], ...] = (
    ("given", dict),
    ("rules", int),
    ("happened_at", datetime),
    ("recorded_at", datetime),
    *((name, str) for name in ("trigger", "actor", "note", "definition_hash")),
)


@contextmanager
def _read_of(case_id: str) -> Iterator[None]:
    """Raises `DamagedCase` for what cannot be read."""
    try:
        yield
    except (ValueError, TypeError, AttributeError) as error:
        raise damaged(case_id, error) from error


class PastRows:
    """The past of one case, read within the caller's transaction."""

    def __init__(self, connection: Connection, key: CaseKey) -> None:
        self._connection = connection
        self._key = key

    def entries(self) -> Sequence[KeptEntry]:
        """Its history, in order."""
        query = select(*history.c[_COLUMNS]).order_by(history.c.seq)
        of_case = history.c.court == self._key.court, history.c.case_id == self._key.id
        rows = self._connection.execute(query.where(*of_case)).mappings()
        with _read_of(self._key.id):
            entries = list(map(kept_entry, rows))
            numbers = [entry.seq for entry in entries]
            is_whole = bool(numbers) and numbers == list(range(1, len(numbers) + 1))
            if not is_whole or not all(map(_is_sound, entries)):
                raise ValueError("the history is not whole")
        return entries

    def deadlines(self) -> Sequence[DeadlineState]:
        """All its time limits, also ended ones."""
        with _read_of(self._key.id):
            return all_deadlines(self._connection, self._key)


def who_did(connection: Connection, court: str, case_id: str, trigger: str) -> set[str]:
    """Who counts as having done an act of a case, ever, each with those he acted for.

    Of an act that was approved it is he who proposed it.
    """
    query = select(*history.c["kind", "actor", "given", "changes"]).where(
        history.c.court == court,
        history.c.case_id == case_id,
        history.c.trigger == trigger,
        history.c.kind.in_((EntryKind.EVENT.value, EntryKind.PROPOSED.value)),
    )
    did, acting = _who_had_done(connection, court, case_id, trigger), dict[str, set[str]]()
    for kind, actor, given, changes in connection.execute(query):
        acting.setdefault(actor, set()).update(given.get("acts_for", ()))
        if kind == EntryKind.EVENT.value:
            did.add(changes.get("approved", {}).get("proposed_by", actor))
    return did.union(*(acting.get(person, set()) for person in did))


def _who_had_done(connection: Connection, court: str, case_id: str, trigger: str) -> set[str]:
    """Who had done an act before the case was taken over, as far as that was told."""
    query = select(history.c.given).where(
        history.c.court == court,
        history.c.case_id == case_id,
        history.c.seq == 1,
        history.c.kind == EntryKind.TAKEN_OVER.value,
    )
    given = connection.execute(query).scalar() or {}
    _, facts = given.get("command", ("", {}))
    return {by for act, _, by in facts.get("acts", ()) if act == trigger}
