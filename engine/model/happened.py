"""What happened to a case, told to observers after it was committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .effects import Decision


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of a case's history, as observers are told of it.

    `kind`, `trigger`, `changes` and `effects` are those of the entry; `seq` numbers it within the
    case; `happened_at` is what the law counts from, `recorded_at` when it was written.
    """

    case_id: str
    seq: int
    procedure: str
    court: str
    number: str
    kind: str
    trigger: str
    actor: str
    roles: tuple[str, ...]
    source: str
    target: str
    happened_at: datetime
    recorded_at: datetime
    closing_mode: str | None
    changes: Mapping[str, Any]
    effects: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, decision: Decision, recorded_at: datetime) -> Happened:
        case, entry = decision.case, decision.entry
        return cls(
            case_id=case.id,
            seq=case.version,
            procedure=case.procedure,
            court=case.court,
            number=case.number,
            kind=entry.kind,
            trigger=entry.trigger,
            actor=entry.actor,
            roles=entry.roles,
            source=entry.source,
            target=entry.target,
            happened_at=entry.happened_at,
            recorded_at=recorded_at,
            closing_mode=case.closing_mode,
            changes=dict(entry.changes),
            effects=tuple(entry.effects),
        )
