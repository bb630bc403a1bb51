"""Entries decided again from what they were given, by today's rules: what would come out otherwise.

Nothing is read or written: the kept inputs of a case go through the same decision in memory, those
that were late or corrected others with the past that they were decided with. What follows an entry
that comes out otherwise is decided as that would have left the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...workflow.errors import ZhixingError
from ..decision import RULES
from ..decision.again import children_of
from ..decision.decide import History, decide, open_case
from ..decision.late import comes_in_order
from ..decision.procedure import Procedure
from ..errors import UnknownDeadline
from ..model.case import CaseState, DeadlineState
from ..model.effects import Decision, EntryKind
from ..model.event import CLOCK, Event
from ..model.past import KeptEntry
from ..storage.chain import as_kept
from ..storage.chaining import PROVEN_FROM_HERE
from ..storage.past_rows import kept_entry
from .findings import Otherwise, Tally

Row = Mapping[Any, Any]
Procedures = Callable[[str], Procedure]


_FIRST = (EntryKind.OPENED, EntryKind.TAKEN_OVER)
"""What the first entry of a case is."""


class CannotRepeat(Exception):
    """What an entry was given is not all there."""


def repeat(rows: Iterable[Row], case: Row, procedures: Procedures, tally: Tally) -> None:
    """Decide the entries of a case again, up to one that does not hold what it was given."""
    life = _Life(case, procedures)
    goes_on = True
    for row in rows:
        goes_on = goes_on and _repeat_one(life, row, tally)
        tally.not_repeatable += not goes_on


def _repeat_one(life: _Life, row: Row, tally: Tally) -> bool:
    """Decide one entry again, and tell what differs; false where it cannot be."""
    try:
        differs = _difference(row, life.again(row))
    except (CannotRepeat, LookupError, TypeError, ValueError):
        return False
    except ZhixingError as error:
        differs = error.code
    tally.repeated += 1
    if differs:
        tally.otherwise.append(_otherwise(row, differs, life.procedures))
    return True


@dataclass(slots=True)
class _Life:
    """A case that is decided again, entry after entry; it is the past of those to come."""

    case: Row
    procedures: Procedures
    state: CaseState | None = None
    known: list[KeptEntry] = field(default_factory=list)
    limits: dict[str, DeadlineState] = field(default_factory=dict)

    def entries(self) -> Sequence[KeptEntry]:
        """What was recorded before the entry that is decided now."""
        return self.known[:-1]

    def deadlines(self) -> Sequence[DeadlineState]:
        """Every time limit that there was by then."""
        return list(self.limits.values())

    def again(self, row: Row) -> Decision:
        """The decision of an entry, made again. Raises `CannotRepeat`, and what decisions raise."""
        entry = kept_entry(row)
        self.known.append(entry)
        if not entry.is_whole:
            raise CannotRepeat
        decision = self._decided(row, entry)
        self.state = decision.case
        self.state.recorded_at = entry.recorded_at
        self.limits |= decision.effects.armed | decision.effects.changed
        return decision

    def _decided(self, row: Row, entry: KeptEntry) -> Decision:
        procedure, event = self.procedures(entry.definition_hash), entry.as_event()
        if entry.kind in _FIRST:
            return open_case(procedure, _new(row, self.case), event)
        if self.state is None:
            raise CannotRepeat
        state = self.state.clone()
        state.version = entry.seq - 1
        state.deadlines = state.live()
        _check_known(state, entry)
        children, history = children_of(procedure, entry), self._history(procedure, event)
        return decide(procedure, state, event, children, history=history)

    def _history(self, procedure: Procedure, event: Event) -> History | None:
        """The past, where it was at hand when the entry was written."""
        if event.actor.id == CLOCK.id or (event.command is None and event.recorded_at is None):
            return None
        if event.command is None and comes_in_order(procedure, self._last_happened, event):
            return None
        return History(self, self.procedures)

    @property
    def _last_happened(self) -> datetime | None:
        return max((entry.happened_at for entry in self.entries()), default=None)


def _check_known(state: CaseState, entry: KeptEntry) -> None:
    """A moment is one of a limit that still runs. Raises `UnknownDeadline`."""
    live = {d.id for d in state.deadlines}
    if entry.is_moment and entry.deadline_id not in live:
        raise UnknownDeadline(case_id=state.id, rule=entry.deadline_id)


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
        about=given.get("about", ""),
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
