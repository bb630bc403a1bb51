"""A case as it was recorded by a moment: folded from its entries, nothing decided again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ...workflow.language import Words
from ...workflow.model.records import ID, defaults_of
from ..clock import check_aware
from ..decision.at_hand import records_in, without_record
from ..decision.computed import with_computed
from ..decision.obstacles import words
from ..decision.procedure import Procedure
from ..errors import NotOpenThen
from ..model.case import LIVE, DeadlineStatus, ProposalStatus, named_about
from ..model.command_json import command_from_json
from ..model.commands import is_order, proposal_name
from ..model.effects import EntryKind
from ..storage.column_types import load_day
from ..storage.damage import of_one_case
from ..work.runtime import Transaction
from .records import history_of
from .sealing import sealed_in, without
from .views import HistoryEntry, View


class DeadlineAt(View):
    """A time limit as it stood: `due_day` is None while it was paused."""

    rule: str
    key: str
    title_zh: str
    title_en: str
    status: DeadlineStatus
    due_day: date | None


class CaseAt(View):
    """A case as it was recorded by `at`: after the entry `version`, written at `recorded_at`.

    `waiting` are the proposals that waited for approval. What is sealed is left out, and named in
    `sealed`. `is_whole` is false where entries are from before they held documents and officers.
    """

    id: str
    at: datetime
    version: int
    recorded_at: datetime
    procedure: str
    definition_hash: str
    number: str
    court: str
    officer: str
    team: str
    state: str
    state_zh: str
    state_en: str
    closing_mode: str | None
    data: dict[str, Any]
    documents: dict[str, list[str]]
    deadlines: tuple[DeadlineAt, ...]
    waiting: tuple[str, ...]
    sealed: tuple[str, ...]
    is_whole: bool


@dataclass(slots=True)
class _Limit:
    status: DeadlineStatus
    due: str | None


@dataclass(slots=True)
class _Folded:
    """What the entries so far come to."""

    state: str = ""
    number: str = ""
    officer: str = ""
    team: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, list[str]] = field(default_factory=dict)
    limits: dict[tuple[str, str], _Limit] = field(default_factory=dict)
    proposals: dict[str, Mapping[str, str]] = field(default_factory=dict)


@of_one_case
def case_at(transaction: Transaction, case_id: str, at: datetime | date) -> CaseAt:
    """A case as it was recorded by a moment, or by the end of a day where the case lies.

    Raises `CaseNotFound`, `NotOpenThen`, `NaiveDatetime`.
    """
    unit = transaction.unit()
    case = unit.case(case_id)
    moment = _moment(unit.procedure(case), at)
    entries = history_of(transaction, case_id, unsealed=True)
    known = [entry for entry in entries if entry.recorded_at <= moment]
    if not known:
        opened = entries[0].recorded_at if entries else "-"
        raise NotOpenThen(case_id=case_id, at=at, opened=opened)
    hashes = (e.definition_hash for e in reversed(known) if e.definition_hash)
    procedure = transaction.version(next(hashes, case.definition_hash))
    folded = _fold(known, procedure)
    state = procedure.definition.states[folded.state]
    data = _typed(procedure, folded.data)
    hidden = unit.procedure(case).sealed | procedure.sealed
    return CaseAt(
        id=case.id,
        at=moment,
        version=known[-1].seq,
        recorded_at=known[-1].recorded_at,
        procedure=case.procedure,
        definition_hash=procedure.hash,
        number=case.number,
        court=case.court,
        officer=folded.officer,
        team=folded.team,
        state=folded.state,
        state_zh=state.title.zh,
        state_en=state.title.en,
        closing_mode=state.closes,
        data=without(dict(with_computed(procedure, data, min(moment, transaction.now))), hidden),
        documents=without(folded.documents, hidden),
        deadlines=tuple(_limits(procedure, folded)),
        waiting=tuple(folded.proposals),
        sealed=sealed_in(hidden, folded.data, folded.documents),
        is_whole=all(entry.rules for entry in known),
    )


def _moment(procedure: Procedure, at: datetime | date) -> datetime:
    if isinstance(at, datetime):
        check_aware(at)
        return at
    if at == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return procedure.calendar.last_moment_of(at)


def _typed(procedure: Procedure, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was folded, with money and days as such."""
    revivers = procedure.revivers
    return {
        name: revivers[name](v) if name in revivers and isinstance(v, str | list) else v
        for name, v in data.items()
    }


def _limits(procedure: Procedure, folded: _Folded) -> list[DeadlineAt]:
    found = []
    for (rule, key), limit in folded.limits.items():
        spec = procedure.rules.get(rule)
        title = words(spec.title) if spec else Words(rule, rule)
        found.append(
            DeadlineAt(
                rule=rule,
                key=key,
                title_zh=title.zh,
                title_en=title.en,
                status=limit.status,
                due_day=load_day(limit.due),
            )
        )
    return sorted(found, key=lambda limit: limit.status not in LIVE)


# -- the fold: by what an entry tells


def _fold(entries: Sequence[HistoryEntry], procedure: Procedure) -> _Folded:
    folded = _Folded(data=without_record(procedure.defaults))
    for entry in entries:
        folded.state = entry.target
        _FOLDS.get(entry.kind, _carried_out)(folded, entry, procedure)
        for line in entry.effects:
            _effect(folded, line)
    return folded


def _opened(folded: _Folded, entry: HistoryEntry, procedure: Procedure) -> None:
    given = entry.given.get("case", {})
    folded.officer, folded.team = given.get("officer", ""), given.get("team", "")
    _carried_out(folded, entry, procedure)


def _carried_out(folded: _Folded, entry: HistoryEntry, procedure: Procedure) -> None:
    """What an act brought: the fields that changed, and its documents."""
    changes = {name: v for name, v in entry.changes.items() if name in procedure.fields}
    about = next((line for line in entry.effects if line.get("what") == "about"), None)
    its, id = frozenset[str](), ""
    if about is not None:
        changes = _of_record(folded, about, changes, procedure)
        its, id = procedure.documents_of_records[about["records"]], about["id"]
    folded.data |= changes
    documents = dict(entry.given.get("documents", {}))
    if "approved" in entry.changes:
        documents |= _settled(folded, entry)
    for name, reference in documents.items():
        kept = f"{name}@{id}" if name in its else name
        folded.documents.setdefault(kept, []).append(str(reference))


def _of_record(
    folded: _Folded, line: Mapping[str, Any], changes: dict[str, Any], procedure: Procedure
) -> dict[str, Any]:
    """What an act about one record changed of it is put into its list; the rest is given back."""
    name, id = line["records"], line["id"]
    records = {record[ID]: record for record in records_in(folded.data, name)}
    new = {ID: id, **defaults_of(procedure.definition.records[name])}
    head = f"{name}."
    its = {key.removeprefix(head): v for key, v in changes.items() if key.startswith(head)}
    records[id] = {**records.get(id, new), **its}
    rest = {key: v for key, v in changes.items() if not key.startswith(head)}
    return {**rest, name: list(records.values())}


def _ordered(folded: _Folded, entry: HistoryEntry, procedure: Procedure) -> None:
    """An order: what it tells is no field of the case, whatever it is called."""
    _handled(folded, entry)
    changes = {name: v for name, v in entry.changes.items() if _is_taken(name, procedure)}
    _carried_out(folded, entry.model_copy(update={"changes": changes}), procedure)


def _is_taken(name: str, procedure: Procedure) -> bool:
    """Whether an order changed it: that it was approved, or a field of a record that came."""
    return name == "approved" or ("." in name and name in procedure.fields)


def _corrected(folded: _Folded, entry: HistoryEntry, procedure: Procedure) -> None:
    """What came out otherwise: fields, and who handles it; and what it rests on."""
    _carried_out(folded, entry, procedure)
    _handled(folded, entry)


def _handled(folded: _Folded, entry: HistoryEntry) -> None:
    """Who handles the case from now on, where an entry tells."""
    for name in ("officer", "team"):
        if entry.changes.get(name) is not None:
            setattr(folded, name, entry.changes[name])


def _proposed(folded: _Folded, entry: HistoryEntry, procedure: Procedure) -> None:
    """It waits, and what it brings with it."""
    kept = entry.given.get("command")
    command = command_from_json(kept) if kept else None
    own = proposal_name(command) if command and is_order(command) else entry.trigger
    about = entry.given.get("about", "")
    name = str(entry.changes.get("proposal", named_about(own, about)))
    folded.proposals[name] = entry.given.get("documents", {})


def _ended(folded: _Folded, entry: HistoryEntry, procedure: Procedure) -> None:
    _settled(folded, entry)


def _settled(folded: _Folded, entry: HistoryEntry) -> Mapping[str, str]:
    """What was proposed waits no more: the documents that came with it.

    It was called by its name, or by its trigger alone where nothing else of that waited.
    """
    kept, waiting = entry.given.get("command"), folded.proposals
    called = getattr(command_from_json(kept), "trigger", "") if kept else entry.trigger
    by_act = {name.partition("@")[0]: name for name in waiting}
    return waiting.pop(called if called in waiting else by_act.get(called, ""), {})


def _nothing(folded: _Folded, entry: HistoryEntry, procedure: Procedure) -> None:
    """What it tells concerns the work or the limits alone."""


_FOLDS: dict[str, Callable[[_Folded, HistoryEntry, Procedure], None]] = {
    EntryKind.OPENED: _opened,
    EntryKind.TAKEN_OVER: _opened,
    EntryKind.PROPOSED: _proposed,
    EntryKind.CORRECTED: _corrected,
    EntryKind.REFUSED: _ended,
    EntryKind.WITHDRAWN: _ended,
    EntryKind.VOTE: _nothing,
    EntryKind.CLAIMED: _nothing,
    EntryKind.HANDED_BACK: _nothing,
    EntryKind.FINISHED: _nothing,
    EntryKind.DEADLINE: _nothing,
    EntryKind.CALENDAR: _nothing,
    EntryKind.RULES: _nothing,
    EntryKind.SEALED: _nothing,
    **dict.fromkeys(
        (
            EntryKind.ASSIGNED,
            EntryKind.ARMED,
            EntryKind.DEDUCTION,
            EntryKind.EXTENSION,
            EntryKind.RESTORATION,
            EntryKind.WAIVED,
            EntryKind.MOVED,
            EntryKind.LINKED,
            EntryKind.NOT_TAKEN,
            EntryKind.BY_HAND,
            EntryKind.HAND_DONE,
            EntryKind.TRANSFERRED,
        ),
        _ordered,
    ),
}
"""How each kind of entry is folded; any other as an act."""

_STATUS = {
    "armed": DeadlineStatus.RUNNING,
    EntryKind.TAKEN_OVER.value: DeadlineStatus.RUNNING,
    "armed-paused": DeadlineStatus.PAUSED,
    "running": DeadlineStatus.RUNNING,
    "annulled": DeadlineStatus.CANCELLED,
    "resumed": DeadlineStatus.RUNNING,
    "paused": DeadlineStatus.PAUSED,
    **{
        status.value: status
        for status in DeadlineStatus
        if status not in (DeadlineStatus.RUNNING, DeadlineStatus.PAUSED)
    },
}
"""What a limit is after something was told of it."""


def _effect(folded: _Folded, line: Mapping[str, Any]) -> None:
    what = line["what"]
    if what == ProposalStatus.LAPSED.value and "proposal" in line:
        folded.proposals.pop(line["proposal"], None)
    elif what == "assigned" and "officer" in line:
        folded.officer = line["officer"]
    elif what == "filed":
        all = {**folded.documents, **line["documents"]}
        folded.documents = {kind: filed for kind, filed in all.items() if filed}
    elif "deadline" in line:
        _limit(folded, line)


def _limit(folded: _Folded, line: Mapping[str, Any]) -> None:
    """What is told of a limit; one that is only counted anew stands as it stood."""
    key = line["deadline"], line.get("key", "")
    known = folded.limits.get(key)
    status = _STATUS.get(line["what"])
    if line["what"] == "recomputed":
        status = known.status if known is not None else DeadlineStatus.RUNNING
    if status is not None:
        folded.limits[key] = _Limit(status, line.get("due"))
