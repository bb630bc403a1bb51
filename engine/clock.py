"""What time it is: the machine's clock, or one that a test or a simulation moves by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from ..workflow.errors import NaiveDatetime


class Clock(Protocol):
    """Anything that tells the time as an aware datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = _aware(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Move to an instant, also backwards."""
        self._now = _aware(now)

    def advance(self, **by: float) -> datetime:
        """Move on by a `timedelta`'s arguments; gives the new time."""
        self._now += timedelta(**by)
        return self._now


def check_aware(moment: datetime) -> None:
    """Raises `NaiveDatetime` for an instant without a zone."""
    if moment.tzinfo is None:
        raise NaiveDatetime(value=moment)


def _aware(moment: datetime) -> datetime:
    check_aware(moment)
    return moment.astimezone(UTC)
