"""How long to wait before something is tried again."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tenacity import RetryCallState, wait_exponential

_MOST_DOUBLINGS = 60
_NOTHING: Any = None


def growing(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """Waits that double each time, up to the longest."""
    waits = wait_exponential(first.total_seconds(), longest.total_seconds())
    state = RetryCallState(_NOTHING, _NOTHING, (), {})
    state.attempt_number = min(times, _MOST_DOUBLINGS) + 1
    return timedelta(seconds=waits(state))


def scattered(wait: timedelta, key: str, times: int) -> timedelta:
    """A wait of which up to a half is taken away, so that those who failed together come apart.

    How much is drawn by the request and the attempt: the same run waits as long again.
    """
    return wait * random.Random(f"{key}:{times}").uniform(0.5, 1.0)
