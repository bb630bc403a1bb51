"""A lane for each counterparty, as far as it is asked from this process: no more goes on in it than
the counterparty takes, nothing while it fails, and a full one holds up no other (a bulkhead).
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from ...adapters.protocol import Operation
from .breaker import Breaker
from .claims import Row

log = logging.getLogger("zhixing")

_A_MINUTE = 60.0


@dataclass
class Lane:
    """What goes on with one counterparty, and what is claimed for it and waits its turn."""

    name: str
    breaker: Breaker
    waiting: deque[tuple[Row, Operation]] = field(default_factory=deque)
    running: int = 0
    began: float = -math.inf
    last: Operation | None = None
    """The operation that was begun last: as long as nothing waits, its bounds hold."""

    def free_at(self, operation: Operation) -> float:
        """From when on the next exchange may begin, as the clock counts."""
        pause = _A_MINUTE / operation.per_minute if operation.per_minute else 0.0
        return max(self.began + pause, self.breaker.until)

    def is_full(self, operation: Operation) -> bool:
        """Whether as much goes on as the counterparty takes; one that fails is tried by one."""
        return self.running >= (1 if self.breaker.is_failing() else operation.at_a_time)


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A request that may go now, in its lane."""

    row: Row
    operation: Operation
    lane: Lane


class Lanes:
    """The lanes of one process; every method may be called from any thread."""

    def __init__(
        self, threshold: int, rest_seconds: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._breaker_options = threshold, rest_seconds
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._lock = Lock()

    def put(self, row: Row, operation: Operation) -> None:
        """Let a claimed request wait its turn."""
        with self._lock:
            self._lane(row["counterparty"]).waiting.append((row, operation))

    def has_waiting(self) -> bool:
        """Whether something waits its turn."""
        with self._lock:
            return any(lane.waiting for lane in self._lanes.values())

    def take(self) -> Turn | None:
        """The next request that may go now; its turn is to be ended."""
        with self._lock:
            for lane in self._lanes.values():
                if lane.waiting and self._is_free(lane, lane.waiting[0][1]):
                    return self._begin(lane)
        return None

    def end(self, turn: Turn) -> None:
        """The exchange is over, or is waited for no more."""
        with self._lock:
            turn.lane.running -= 1

    def record(self, turn: Turn, succeeded: bool) -> None:
        """Whether the counterparty did what it should."""
        breaker = turn.lane.breaker
        with self._lock:
            was_failing = breaker.is_failing()
            breaker.record(succeeded)
            is_failing = breaker.is_failing()
        if is_failing and not was_failing:
            log.warning("%s fails again and again and is left alone for a while", turn.lane.name)
        elif was_failing and not is_failing:
            log.warning("%s is there again", turn.lane.name)

    def drop(self) -> list[Row]:
        """What waits and cannot go now for want of a free lane; it waits no more."""
        with self._lock:
            resting = [lane for lane in self._lanes.values() if self._rests(lane)]
            return list(_emptied(resting))

    def drop_all(self) -> list[Row]:
        """Everything that waits; it waits no more."""
        with self._lock:
            return list(_emptied(self._lanes.values()))

    def closed(self) -> list[str]:
        """The counterparties for which nothing more is to be claimed now."""
        with self._lock:
            return [lane.name for lane in self._lanes.values() if self._is_closed(lane)]

    def seconds_to_next(self) -> float | None:
        """How long it is until a counterparty that is left alone may be asked again."""
        with self._lock:
            now = self._clock()
            moments = [lane.free_at(lane.last) for lane in self._lanes.values() if lane.last]
        return min((moment - now for moment in moments if moment > now), default=None)

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            breaker = Breaker(*self._breaker_options, clock=self._clock)
            self._lanes[name] = Lane(name, breaker)
        return self._lanes[name]

    def _begin(self, lane: Lane) -> Turn:
        row, operation = lane.waiting.popleft()
        lane.running += 1
        lane.began, lane.last = self._clock(), operation
        return Turn(row, operation, lane)

    def _is_free(self, lane: Lane, operation: Operation) -> bool:
        return not lane.is_full(operation) and lane.free_at(operation) <= self._clock()

    def _is_closed(self, lane: Lane) -> bool:
        if lane.waiting:
            return True
        return lane.last is not None and not self._is_free(lane, lane.last)

    def _rests(self, lane: Lane) -> bool:
        """Whether a lane is left alone for a while, so that others may have what waits in it."""
        return bool(lane.waiting) and lane.free_at(lane.waiting[0][1]) > self._clock()


def _emptied(lanes: Iterable[Lane]) -> Iterator[Row]:
    for lane in lanes:
        while lane.waiting:
            yield lane.waiting.popleft()[0]
