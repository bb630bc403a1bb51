"""How long to wait before something is tried again."""

from __future__ import annotations

from datetime import timedelta

_MOST_DOUBLINGS = 20


def growing(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """Waits that double each time, up to the longest."""
    doubled: int = 2 ** min(times, _MOST_DOUBLINGS)
    return min(first * doubled, longest)
