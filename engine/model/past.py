"""What is kept of a case's past, so that it can be decided again: its entries and its limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ...workflow.errors import ZhixingError
from ...workflow.model.definition import ANY_OFFICER, OFFICER
from .case import CaseState, DeadlineState
from .command_json import command_from_json
from .commands import Replacement
from .effects import Decision, EntryKind
from .event import CLOCK, DEPUTY_OFFICER, Actor, Event


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry of a case's history, with what its decision was given."""

    seq: int
    happened_at: datetime
    recorded_at: datetime
    kind: EntryKind
    trigger: str
    actor: str
    roles: tuple[str, ...]
    note: str
    given: Mapping[str, Any]
    late: bool
    definition_hash: str
    rules: int

    @property
    def is_whole(self) -> bool:
        """Whether everything its decision was given is kept (not so before 0005)."""
        return self.rules > 0

    @property
    def follows(self) -> bool:
        """Whether it followed from another entry of its case, or from the clock."""
        return self.actor == CLOCK.id or bool(self.given.get("follows"))

    @property
    def decides(self) -> bool:
        """Whether it is an event of the case, not about an amendment or the history itself."""
        is_about_history = self.kind is EntryKind.SEALED
        return not (is_about_history or "aside" in self.given or "amends" in self.given)

    @property
    def is_command(self) -> bool:
        """Whether it is an order without fields: no trigger, or a late act that was none."""
        if self.kind is EntryKind.TAKEN_OVER:
            return False
        late = self.given.get("amends", {}).get("insert")
        return bool((late or self.given).get("command"))

    @property
    def is_moment(self) -> bool:
        """Whether it is a moment of a deadline."""
        return self.kind is EntryKind.DEADLINE

    @property
    def deadline_id(self) -> str:
        """The deadline whose moment it is."""
        command = self.given.get("command", ("", ""))
        return str(command[1])

    def as_event(self) -> Event:
        """What happened, as it was given to the decision."""
        given = self.given
        command = given.get("command")
        return Event(
            self.happened_at,
            kept_actor(self.actor, self.roles, given.get("acts_for", ())),
            "" if command else self.trigger,
            given.get("data", {}),
            given.get("documents", {}),
            self.note,
            command_from_json(command) if command else None,
            self.recorded_at if self.late and "amends" not in self.given else None,
            about=given.get("about", ""),
        )


def kept_actor(id: str, roles: Iterable[str], acts_for: Iterable[str]) -> Actor:
    """An actor with the roles that he held for the case, a deputy as one of those he acts for."""
    held = {*roles, *(DEPUTY_OFFICER + person for person in acts_for)}
    if OFFICER in held:
        held.add(ANY_OFFICER)
    return Actor(id, frozenset(held), frozenset(acts_for))


class Past(Protocol):
    """The past of one case, read when it is asked for."""

    def entries(self) -> Sequence[KeptEntry]:
        """Its history, in order."""
        ...

    def deadlines(self) -> Sequence[DeadlineState]:
        """All its time limits, also ended ones."""
        ...


@dataclass(frozen=True, slots=True)
class Amendment:
    """How a past is to be decided otherwise: entries replaced or annulled, an event put in."""

    replace: Mapping[int, Replacement] = field(default_factory=dict)
    annul: frozenset[int] = frozenset()
    insert: Event | None = None


@dataclass(slots=True)
class Replayed:
    """A past decided again: the case that it leads to, and the decisions on the way.

    `kept` are those of entries that there are, by number; `fresh` those of moments that there were
    not; `inserted` that of the event that was put in. `impossible` are entries that can be no more,
    with why; `gone` those that no longer follow.
    """

    case: CaseState
    kept: dict[int, Decision] = field(default_factory=dict)
    fresh: list[Decision] = field(default_factory=list)
    inserted: Decision | None = None
    impossible: dict[int, ZhixingError] = field(default_factory=dict)
    gone: dict[int, KeptEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redecision:
    """What became of a past as it was (`before`), and as it is to be (`after`)."""

    entries: Sequence[KeptEntry]
    deadlines: Mapping[str, DeadlineState]
    before: Replayed
    after: Replayed

    def is_amending(self, seq: int) -> bool:
        """Whether an entry decided the past otherwise: a correction, or an approved late act."""
        return any(e.seq == seq and "amends" in e.given for e in self.entries)
