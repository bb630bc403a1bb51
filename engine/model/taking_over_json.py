"""What is taken over as the JSON that is kept of it, and back.

Documents stand under their kinds, as they do everywhere: so what is sealed is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from ...workflow.periods.adjustments import Deduction, Extension
from ...workflow.periods.counting import TimeUnit
from .case import named_about
from .taking_over import CameFrom, TakenAct, TakenDocument, TakenLimit, TakeOver

_DAY_LENGTH = len("2026-01-08")


def take_over_as_json(command: TakeOver) -> list[Any]:
    """What is taken over, each part where there is any."""
    parts: dict[str, Any] = {
        "state": command.state,
        "since": kept_moment(command.since),
        "opened": kept_moment(command.opened),
        "origins": list(command.origins),
        "documents": _documents(command),
        "acts": [[act.trigger, kept_moment(act.on), act.by] for act in command.acts],
        "limits": list(map(_limit, command.limits)),
        "deductions": [
            [kept_moment(d.since), _kept(d.until), d.ground, d.document] for d in command.deductions
        ],
        "tasks": list(command.tasks),
        "digest": command.digest,
        "came_from": command.came_from,
    }
    return ["take-over", {name: part for name, part in parts.items() if part}]


def take_over_from_json(kept: Mapping[str, Any]) -> TakeOver:
    """A command as it was before it was kept."""
    return TakeOver(
        kept["state"],
        moment_or_day(kept["since"]),
        moment_or_day(kept["opened"]),
        tuple(kept.get("origins", ())),
        tuple(_read_documents(kept.get("documents", {}))),
        tuple(TakenAct(name, moment_or_day(on), by) for name, on, by in kept.get("acts", ())),
        tuple(map(_read_limit, kept.get("limits", ()))),
        tuple(
            Deduction(moment_or_day(since), _read(until), ground, document)
            for since, until, ground, document in kept.get("deductions", ())
        ),
        tuple(kept.get("tasks", ())),
        kept.get("digest", ""),
        _read_came_from(kept.get("came_from")),
    )


def _read_came_from(kept: Sequence[Any] | None) -> CameFrom | None:
    if kept is None:
        return None
    court, case, head, done_by = kept
    return CameFrom(court, case, head, {name: tuple(who) for name, who in done_by.items()})


def _documents(command: TakeOver) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for document in command.documents:
        name = named_about(document.kind, document.about)
        found.setdefault(name, []).append([document.reference, _kept(document.on)])
    return found


def _read_documents(kept: Mapping[str, Any]) -> Iterator[TakenDocument]:
    for name, listed in kept.items():
        kind, _, about = name.partition("@")
        for reference, on in listed:
            yield TakenDocument(kind, reference, _read(on), about)


def _limit(limit: TakenLimit) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "rule": limit.rule,
        "since": _kept(limit.since),
        "key": limit.key,
        "round": limit.round,
        "met_at": _kept(limit.met_at),
        "is_over": limit.is_over,
        "watcher": limit.watcher,
        "extensions": [[e.length, e.unit.value, e.approver, e.document] for e in limit.extensions],
    }
    return {name: part for name, part in parts.items() if part}


def _read_limit(kept: Mapping[str, Any]) -> TakenLimit:
    return TakenLimit(
        kept["rule"],
        _read(kept.get("since")),
        kept.get("key", ""),
        kept.get("round", 1),
        _read(kept.get("met_at")),
        kept.get("is_over", False),
        kept.get("watcher", ""),
        tuple(_read_extension(*one) for one in kept.get("extensions", ())),
    )


def _read_extension(length: int, unit: str, approver: str, document: str) -> Extension:
    return Extension(length, TimeUnit(unit), approver, document)


def _kept(given: date | None) -> str | None:
    return kept_moment(given) if given is not None else None


def _read(kept: str | date | None) -> date | None:
    return moment_or_day(kept) if kept is not None else None


def kept_moment(given: date) -> str:
    """A day as it is; an instant in UTC, whatever zone it was said in."""
    return (given.astimezone(UTC) if isinstance(given, datetime) else given).isoformat()


def moment_or_day(kept: str | date) -> date:
    """A day, or an instant, as it was before it was kept."""
    if not isinstance(kept, str):
        return kept
    return date.fromisoformat(kept) if len(kept) == _DAY_LENGTH else datetime.fromisoformat(kept)
