"""The time to act by: the host's clock, never ahead of the database's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from ..clock import Clock, SystemClock

_CHECK_EVERY_SECONDS = 30.0


class DatabaseTime:
    """The host's clock, held back to the database's when it runs ahead.

    So no host acts before the time, whatever its own clock says.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._is_real = isinstance(clock, SystemClock)
        self._ahead = timedelta()
        self._checked: float | None = None

    def now(self, connection: Connection, fresh: bool = False) -> datetime:
        """The time; `fresh` asks the database now, else at most twice a minute."""
        now = self._clock.now()
        if not self._is_real or connection.dialect.name != "postgresql":
            return now
        if fresh or self._is_stale():
            asked = connection.exec_driver_sql("SELECT clock_timestamp()")
            self._ahead = max(now - asked.scalar_one().astimezone(UTC), timedelta())
            self._checked = monotonic()
        return now - self._ahead

    def _is_stale(self) -> bool:
        return self._checked is None or monotonic() - self._checked > _CHECK_EVERY_SECONDS
