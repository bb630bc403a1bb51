"""What a case holds beside its columns, as the JSON that is kept of it and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ...workflow.periods.adjustments import Deduction
from ..model.case import (
    Ballot,
    CaseState,
    Elsewhere,
    Proposal,
    TakenOver,
    TaskKind,
    TaskState,
    TaskStatus,
)
from ..model.command_json import command_as_json, command_from_json
from .column_types import load_moment

Revivers = Mapping[str, Callable[[Any], Any]]
"""How stored values of fields become typed again, by the field."""


# -- to what is kept


def particulars_of(case: CaseState) -> dict[str, Any]:
    """What a case holds beside its data, each part where there is any."""
    kept = {
        "documents": case.documents,
        "done_by": _stored_doers(case.done_by),
        "origins": case.origins,
        "deductions": [[d.since, d.until, d.ground, d.document] for d in case.deductions],
        "proposals": list(map(_stored_proposal, case.proposals)),
        "tasks": list(map(_stored_task, case.tasks)),
        "stated": sorted(case.stated),
        "links": [[k.name, k.case, k.court, k.procedure, k.is_of] for k in case.links],
        "came": case.came,
        "taken_over": case.taken_over,
        "is_booked": case.is_booked,
        "went": case.went,
        "came_from": case.came_from,
    }
    return {name: part for name, part in kept.items() if part}


def _stored_doers(done_by: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {trigger: who[0] if len(who) == 1 else who for trigger, who in done_by.items()}


def _stored_proposal(proposal: Proposal) -> dict[str, Any]:
    stored = {name: getattr(proposal, name) for name in Proposal.__slots__}
    if not proposal.about:
        del stored["about"]
    stored["acts_for"] = sorted(proposal.acts_for)
    stored["order"] = command_as_json(proposal.order) if proposal.order is not None else None
    stored["ballots"] = [
        [b.person, b.role, b.at, b.in_favour, b.reason, sorted(b.acts_for)]
        for b in proposal.ballots
    ]
    return stored


def _stored_task(t: TaskState) -> list[Any]:
    about = [t.about] if t.about else []
    return [
        t.id,
        t.kind.value,
        t.name,
        t.offered_to,
        t.offered_at,
        t.status.value,
        t.claimed_by,
        t.claimed_at,
        *about,
    ]


# -- and back


def revived(data: dict[str, Any], revivers: Revivers) -> dict[str, Any]:
    """Stored data with money, dates and times as such."""
    for name, revive in revivers.items():
        value = data.get(name)
        if value is not None:
            data[name] = revive(value)
    return data


def doers(stored: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Who fired each trigger; one person is kept as a text."""
    return {
        trigger: (who,) if isinstance(who, str) else tuple(who) for trigger, who in stored.items()
    }


def proposal(stored: dict[str, Any], revivers: Revivers) -> Proposal:
    """An act or an order that waits for its approval."""
    ballots = tuple(
        Ballot(person, role, datetime.fromisoformat(at), bool(in_favour), reason, frozenset(*whose))
        for person, role, at, in_favour, reason, *whose in stored["ballots"]
    )
    order = stored.get("order")
    values = stored | {
        "order": command_from_json(order) if order else None,
        "acts_for": frozenset(stored.get("acts_for", ())),
        "at": datetime.fromisoformat(stored["at"]),
        "roles": tuple(stored["roles"]),
        "data": revived(stored["data"], revivers),
        "ballots": ballots,
        "happened_at": load_moment(stored.get("happened_at")),
        "confirmed_by": tuple(map(tuple, stored.get("confirmed_by", ()))),
    }
    return Proposal(**values)


def task(stored: Sequence[Any]) -> TaskState:
    """An open task."""
    id, kind, name, roles, offered, status, claimed_by, claimed, *about = stored
    return TaskState(
        id,
        TaskKind(kind),
        name,
        tuple(roles),
        datetime.fromisoformat(offered),
        TaskStatus(status),
        claimed_by,
        load_moment(claimed),
        about="".join(about),
    )


def deduction(stored: Sequence[Any]) -> Deduction:
    """A deducted period."""
    since, until, ground, document = stored
    last = date.fromisoformat(until) if until else None
    return Deduction(date.fromisoformat(since), last, ground, document)


def taken_over(stored: Sequence[str] | None) -> TakenOver | None:
    """That a case has run elsewhere before."""
    return TakenOver(*map(datetime.fromisoformat, stored)) if stored else None


def elsewhere(stored: Sequence[str] | None) -> Elsewhere | None:
    """Where a sub-procedure goes on, or came from."""
    return Elsewhere(*stored) if stored else None
