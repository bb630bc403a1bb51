"""What happens to a case: who, when, and the trigger or command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from ...workflow.model.definition import ANY_OFFICER, OFFICER
from .commands import Command


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an id that history keeps, and the roles held at this moment.

    A role is held somewhere: `officer@haidian` in that court (or bureau, or team) and in what is
    below it; `officer` alone in the only court that there is. `acts_for` are the persons whose
    deputy he is now; the engine finds them out.
    """

    id: str
    roles: frozenset[str] = frozenset()
    acts_for: frozenset[str] = frozenset()

    @property
    def ordered_roles(self) -> tuple[str, ...]:
        """The roles in a fixed order, as history keeps them."""
        return _ordered(self.roles)

    @property
    def persons(self) -> frozenset[str]:
        """He himself, and those he stands in for: together they are one pair of eyes."""
        return self.acts_for | {self.id}

    @classmethod
    def of(cls, id: str, *roles: str, at: str = "") -> Actor:
        """`Actor.of("judge.li", "officer", at="haidian")`, or `Actor.of("li", "officer@haidian")`.

        `at` is where the roles are held that do not say it themselves.
        """
        held = (role if not at or "@" in role else f"{role}@{at}" for role in roles)
        return cls(id, frozenset(held))


@lru_cache(maxsize=4096)
def _ordered(roles: frozenset[str]) -> tuple[str, ...]:
    shown = roles - {ANY_OFFICER} if OFFICER in roles else roles
    return tuple(sorted(shown))


DEPUTY_OFFICER = "officer:"
"""Before the id of an officer: the role of his deputy, who is no officer of other cases."""

CLOCK = Actor.of("clock", "clock")
EXTERNAL_SYSTEM = Actor.of("outside", "outside")
RELATED_PROCEEDING = Actor.of("procedure", "procedure")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a case at `at` (aware): a trigger by an actor, with data and
    documents, or a `command`.

    `at` is when it happened, which the law counts from; `recorded_at` is given where it is entered
    late: when that was. `about` is the id of the record that an act about one is about.
    `request_id` is the caller's own name for his call; `follows` says that it follows from another
    event of the case, and is no word of anybody.
    """

    at: datetime
    actor: Actor
    trigger: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    command: Command | None = None
    recorded_at: datetime | None = None
    request_id: str = ""
    follows: bool = False
    about: str = ""

    @property
    def known_at(self) -> datetime:
        """When the court knew of it: a clock cannot have warned of it before."""
        return self.recorded_at or self.at
