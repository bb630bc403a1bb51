"""Entries decided again from what they were given, by today's rules: what would come out otherwise.

Nothing is read or written: the kept inputs of a case go through the same decision in memory. Where
an entry cannot be repeated, what follows it in the case cannot be either, and is counted so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...workflow.errors import ZhixingError
from ..decision import RULES
from ..decision.again import children_of
from ..decision.decide import decide, open_case
from ..decision.procedure import Procedure
from ..model.case import CaseState
from ..model.effects import Decision, EntryKind
from ..storage.chain import as_kept
from ..storage.chaining import PROVEN_FROM_HERE
from ..storage.past_rows import kept_entry
from .findings import Otherwise, Tally

Row = Mapping[Any, Any]
Procedures = Callable[[str], Procedure]


_AMENDING = frozenset({"amends", "aside"})


class CannotRepeat(Exception):
    """What an entry was given is not all there."""


def repeat(rows: Iterable[Row], case: Row, procedures: Procedures, tally: Tally) -> None:
    """Decide the entries of a case again, until one differs or cannot be repeated."""
    state: CaseState | None = None
    goes_on = True
    for row in rows:
        if not goes_on:
            tally.not_repeatable += 1
            continue
        try:
            decision = _again(state, row, case, procedures)
        except (CannotRepeat, LookupError, TypeError, ValueError):
            tally.not_repeatable, goes_on = tally.not_repeatable + 1, False
            continue
        except ZhixingError as error:
            tally.otherwise.append(_otherwise(row, error.code, procedures))
            goes_on = False
            continue
        tally.repeated += 1
        differs = _difference(row, decision)
        if differs:
            tally.otherwise.append(_otherwise(row, differs, procedures))
        state, goes_on = decision.case, not differs


def _again(state: CaseState | None, row: Row, case: Row, procedures: Procedures) -> Decision:
    """The decision of an entry, made again. Raises `CannotRepeat`, and what decisions raise."""
    entry = kept_entry(row)
    if not entry.is_whole or (state is None and entry.kind is not EntryKind.OPENED):
        raise CannotRepeat
    procedure = procedures(entry.definition_hash)
    if state is None:
        return open_case(procedure, _new(row, case), entry.as_event())
    if entry.late or not _AMENDING.isdisjoint(entry.given):
        raise CannotRepeat  # it was decided with the whole past
    state.deadlines = [d for d in state.deadlines if d.live]
    return decide(procedure, state, entry.as_event(), children_of(procedure, entry))


def _new(row: Row, case: Row) -> CaseState:
    given = row["given"].get("case", {})
    return CaseState(
        row["case_id"],
        case["procedure"],
        row["definition_hash"],
        "",
        1,
        row["happened_at"],
        given.get("number", ""),
        row["court"],
        given.get("officer", ""),
        team=given.get("team", ""),
        parent_id=given.get("parent"),
        sub_procedure=given.get("sub_procedure"),
    )


def _difference(row: Row, decision: Decision) -> str:
    """What comes out otherwise: the state, the changes or the effects; empty where nothing does."""
    entry = decision.entry
    if entry.kind != row["kind"] or entry.target != row["target"]:
        return f"{row['kind']} {row['target']} → {entry.kind} {entry.target}"
    if as_kept(entry.changes) != as_kept(row["changes"]):
        return "changes"
    return "" if _decided(entry.effects) == _decided(row["effects"]) else "effects"


def _decided(effects: Any) -> list[Any]:
    """The effects that were decided, and not added when the entry was written."""
    return [line for line in as_kept(effects) if not _was_added(line["what"])]


def _was_added(what: str) -> bool:
    return what == PROVEN_FROM_HERE or what.endswith("-refused")


def _otherwise(row: Row, what: str, procedures: Procedures) -> Otherwise:
    return Otherwise(
        court=row["court"],
        case_id=row["case_id"],
        seq=row["seq"],
        what=what,
        rules=row["rules"],
        rules_now=RULES,
        calendar=row["calendar_version"],
        calendar_now=procedures(row["definition_hash"]).calendar.version,
    )
