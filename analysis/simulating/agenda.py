"""Virtual time: what shall happen when, and the moment that it is now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

START = datetime(2025, 1, 6, 1, tzinfo=UTC)
DAY = 86_400.0

Happening = Callable[[], None]


class Agenda:
    """What shall happen, in the order of time; at the same time, in the order it was planned.

    `now` counts seconds from the start of the simulation.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._planned: list[tuple[float, int, Happening]] = []
        self._count = 0

    @property
    def moment(self) -> datetime:
        """What a clock on the wall would show now."""
        return START + timedelta(seconds=self.now)

    def after(self, days: float, happening: Happening) -> None:
        """Plan something for so many days from now."""
        self._plan(self.now + days * DAY, happening)

    def at(self, moment: datetime, happening: Happening) -> None:
        """Plan something for a moment; for now when that has passed."""
        self._plan(max((moment - START).total_seconds(), self.now), happening)

    def _plan(self, seconds: float, happening: Happening) -> None:
        self._count += 1
        heappush(self._planned, (seconds, self._count, happening))

    def run(self, until: float) -> None:
        """Let everything happen that is planned until then, also what is planned meanwhile."""
        planned = self._planned
        while planned and planned[0][0] <= until:
            self.now, _, happening = heappop(planned)
            happening()
