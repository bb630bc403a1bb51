"""The time of a simulated far side: the world's, or one that stands still until it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

_DAY = timedelta(days=1).total_seconds()


class SimulatorClock(Protocol):
    """What time it is for a far side, and how long things take there."""

    def now(self) -> datetime: ...

    def lasts(self, natural: timedelta) -> timedelta:
        """How long something takes on this clock that takes so long in life."""
        ...

    def move(self, moment: datetime) -> None:
        """Set it. A moment that is over changes nothing."""
        ...


class RealTime:
    """The world's own time; a day of waiting lasts `day_seconds` (0: nobody waits)."""

    def __init__(self, day_seconds: float = 0.0) -> None:
        self._share = day_seconds / _DAY

    def now(self) -> datetime:
        return datetime.now(UTC)

    def lasts(self, natural: timedelta) -> timedelta:
        return natural * self._share

    def move(self, moment: datetime) -> None:
        """It moves by itself."""


class Ticks:
    """Stands still until it is moved: nothing is answered at the moment that it was asked."""

    _LEAST = timedelta(seconds=1)

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def lasts(self, natural: timedelta) -> timedelta:
        return max(natural, self._LEAST)

    def move(self, moment: datetime) -> None:
        self._now = max(self._now, moment)
