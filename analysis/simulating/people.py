"""The people of one role: how many are free, who waits for them, and what that cost."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ..behaviour import SimulatedAct
from .agenda import DAY


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done at a case, waiting since a time of the agenda."""

    since: float
    case_id: str
    act: SimulatedAct


@dataclass(slots=True)
class People:
    """The people of one role, with the queue before them. Times are in seconds."""

    staff: int
    free: int
    waiting: deque[Job] = field(default_factory=deque)
    acts: int = 0
    waited: float = 0.0
    longest: float = 0.0
    worked: float = 0.0

    def take(self, now: float) -> Job | None:
        """The next job in the queue, when somebody is free to begin it."""
        if not (self.free and self.waiting):
            return None
        job = self.waiting.popleft()
        wait = now - job.since
        self.free -= 1
        self.acts += 1
        self.waited += wait
        self.longest = max(self.longest, wait)
        self.worked += job.act.work * DAY
        return job

    def let_go(self) -> None:
        """Somebody is done."""
        self.free += 1


class Staff:
    """The people of every role; one of each where nothing else is said."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self.roles: dict[str, People] = {}

    def of(self, role: str) -> People:
        """The people of a role."""
        found = self.roles.get(role)
        if found is None:
            number = self._numbers.get(role, 1)
            found = self.roles[role] = People(number, number)
        return found
