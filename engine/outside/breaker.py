"""A circuit breaker: a system that keeps failing is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

_LONGEST_REST = 600.0
_MOST_DOUBLINGS = 10


@dataclass
class Breaker:
    """Stops calling a system that keeps failing, for a while that doubles (to ten minutes at most)
    each time that the one call which tries it again fails too."""

    threshold: int = 5
    rest_seconds: float = 30.0
    failures: int = 0
    clock: Callable[[], float] = monotonic
    until: float = field(default=0.0)
    """When it may be tried again, as the clock counts."""

    def is_open(self) -> bool:
        """Whether the system is left alone."""
        return self.clock() < self.until

    def is_failing(self) -> bool:
        """Whether nothing but one call may go, to try it."""
        return self.failures >= self.threshold

    def record(self, succeeded: bool) -> None:
        """What came of a call."""
        self.failures = 0 if succeeded else self.failures + 1
        if self.is_failing():
            doublings = min(self.failures - self.threshold, _MOST_DOUBLINGS)
            rest = min(self.rest_seconds * 2**doublings, max(_LONGEST_REST, self.rest_seconds))
            self.until = self.clock() + rest
