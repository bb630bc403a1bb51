"""The time to act by: the database's where it has a clock, the host's where it has none."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from ..clock import Clock, SystemClock

_CHECK_EVERY_SECONDS = 30.0


def running() -> float:
    """Seconds by a clock that nobody sets; where there is one, it runs on while the machine sleeps.

    Windows has none that does, and needs none: `monotonic` counts sleep there.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class _Asked(NamedTuple):
    """What the database said, and the running clock when the answer was here."""

    said: datetime
    at: float


class DatabaseTime:
    """On PostgreSQL the database's time, in both directions, whatever the host's clock says.

    Between two questions it goes on by a clock that nobody sets. It is never ahead of the
    database's: the time that an answer takes is lost. On SQLite, and with a clock that is moved by
    hand, it is the clock that was given.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._is_real = isinstance(clock, SystemClock)
        self._asked: _Asked | None = None

    def now(self, connection: Connection, fresh: bool = False) -> datetime:
        """The time; `fresh` asks the database now, else at most twice a minute."""
        if not self._is_real or connection.dialect.name != "postgresql":
            return self._clock.now()
        asked = self._asked
        if asked is None or fresh or running() - asked.at > _CHECK_EVERY_SECONDS:
            said = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            asked = self._asked = _Asked(said.astimezone(UTC), running())
        return asked.said + timedelta(seconds=running() - asked.at)
