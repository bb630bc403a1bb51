"""Medians of repeated runs, side by side, and the machine that they were taken on."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Clock = Callable[[], float]
CPU: Clock = time.process_time
WALL: Clock = time.perf_counter
BUSY = 0.5
"""Above this load average somebody else is at work on the machine, and figures are noisy."""


@dataclass(frozen=True)
class Row:
    """One measurement: ours and the ruler, in `unit`, and what was aimed at.

    `per_second` is a rate, where more is better; of every other unit less is. `clock` says which
    time was measured: of this process (CPU), or on the wall.
    """

    what: str
    ours: float
    ruler: str = ""
    theirs: float | None = None
    target: str = ""
    unit: str = "/s"
    clock: str = "wall"

    @property
    def ratio(self) -> float | None:
        """How many times as fast as the ruler ours is."""
        if not self.theirs or not self.ours:
            return None
        return self.ours / self.theirs if self.unit == "/s" else self.theirs / self.ours


# -- measuring


def rate(work: Callable[[], int], seconds: float = 0.4, clock: Clock = WALL) -> float:
    """How many things per second `work` does (it returns how many it did).

    It is repeated until `seconds` have passed; of 0 seconds, it is done once.
    """
    done, start = 0, clock()
    while True:
        done += work()
        passed = clock() - start
        if passed >= seconds:
            return done / passed


def side_by_side(
    ours: Callable[[], int],
    theirs: Callable[[], int],
    rounds: int = 5,
    seconds: float = 0.4,
    clock: Clock = WALL,
) -> tuple[float, float]:
    """Medians of both rates, taken in turn so that the machine's moods touch them alike."""
    ours(), theirs()
    pairs = [(rate(ours, seconds, clock), rate(theirs, seconds, clock)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def milliseconds(work: Callable[[], object], clock: Clock = WALL) -> float:
    """How long `work` takes, once."""
    start = clock()
    work()
    return (clock() - start) * 1000


def both_milliseconds(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    rounds: int = 5,
    clock: Clock = WALL,
) -> tuple[float, float]:
    """Medians of how long each takes, taken in turn after one that does not count."""
    ours(), theirs()
    pairs = [(milliseconds(ours, clock), milliseconds(theirs, clock)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


# -- the machine


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def machine() -> str:
    """What the figures were taken on, in a line."""
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores ({_processor()}), Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.release()}"
    )


def _processor() -> str:
    """The model of the processor, where the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "model not known"
