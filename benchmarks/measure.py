"""Medians of repeated runs, side by side."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison: ours and the ruler in things per second, and the ratio that was aimed at."""

    what: str
    ours: float
    ruler: str
    theirs: float
    target: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def rate(work: Callable[[], int], seconds: float = 0.4) -> float:
    """How many things per second `work` does, once (it returns how many it did); repeated until
    `seconds` have passed."""
    done, start = 0, time.perf_counter()
    while True:
        done += work()
        passed = time.perf_counter() - start
        if passed >= seconds:
            return done / passed


def side_by_side(
    ours: Callable[[], int], theirs: Callable[[], int], rounds: int = 5, seconds: float = 0.4
) -> tuple[float, float]:
    """Medians of both, taken in turn so that the machine's moods touch them alike."""
    ours(), theirs()
    pairs = [(rate(ours, seconds), rate(theirs, seconds)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
