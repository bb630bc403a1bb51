"""A circuit breaker: a system that keeps failing is left alone for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic


@dataclass
class Breaker:
    """Stops calling a system that keeps failing, for a while."""

    threshold: int = 5
    rest_seconds: float = 30.0
    failures: int = 0
    _until: float = field(default=0.0)

    def is_open(self) -> bool:
        return monotonic() < self._until

    def record(self, succeeded: bool) -> None:
        self.failures = 0 if succeeded else self.failures + 1
        if self.failures >= self.threshold:
            self._until = monotonic() + self.rest_seconds
