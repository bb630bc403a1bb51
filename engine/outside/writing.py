"""What came of exchanges, written: each in a transaction of its own, or several in one.

A commit that waits for the disk costs more than an exchange with a far side that is near. So what
came of several exchanges is written in one transaction where that weakens nothing (a group commit):
only of requests that may be sent again, and only where the database has one writer anyway (SQLite).
On PostgreSQL a transaction that takes one case after another would hold some while it waits for
others; there each has its own, and the server commits those of several threads together by itself.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from ...workflow.errors import ZhixingError
from ..work.runtime import Runtime, Transaction
from .claims import CLAIMED, Row

log = logging.getLogger("zhixing")

Note = Callable[[Transaction], None]
"""Writes one outcome; where a transaction failed it is called again in another."""
_WAITS = (0.05, 0.2)
"""Seconds after which it is written again where another writer came between."""
MOST, LONGEST = 100, 0.05
"""How many outcomes are written together at most, and for how many seconds they are gathered."""


def write_alone(runtime: Runtime, note: Note) -> None:
    """Write it as a whole, again where another writer came between."""
    for wait in _WAITS:
        try:
            with runtime.transaction() as transaction:
                return note(transaction)
        except ZhixingError as error:
            if not error.retryable:
                raise
        time.sleep(wait)
    with runtime.transaction() as transaction:
        return note(transaction)


@dataclass(slots=True, eq=False)
class Outcome:
    """What came of the exchange about a request, to be written."""

    row: Row
    note: Note
    is_over: bool = False
    """Whether it was tried with others; it may be written or not."""
    is_written: bool = False


class Together:
    """Outcomes that are written several at a time.

    One that cannot be written costs itself alone: then nothing of that transaction is, and each is
    to be written by itself.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waiting: deque[Outcome] = deque()
        self._began = 0.0
        self.oldest = math.inf
        """When the first was claimed of the requests whose outcomes wait."""
        self._gathering, self._writing = Lock(), Lock()

    def put(self, row: Row, note: Note) -> Outcome:
        """Let an outcome wait for others."""
        outcome = Outcome(row, note)
        with self._gathering:
            if not self._waiting:
                self._began = time.monotonic()
            self.oldest = min(self.oldest, row[CLAIMED])
            self._waiting.append(outcome)
        return outcome

    def is_due(self) -> bool:
        """Whether what waits is as much as may be, or has waited long enough."""
        with self._gathering:
            is_late = time.monotonic() - self._began >= LONGEST
            return len(self._waiting) >= MOST or (bool(self._waiting) and is_late)

    def write(self) -> list[Outcome]:
        """Write what waits; gives what is left to be written by itself."""
        left: list[Outcome] = []
        with self._writing:
            while some := self._some():
                left += self._left_of(some)
        return left

    def write_with_others(self, row: Row, note: Note) -> None:
        """Write an outcome with those of other threads: who writes takes along what waits.

        Nobody waits for others to come: they gather behind who writes.
        """
        outcome = self.put(row, note)
        with self._writing:
            while not outcome.is_over:
                self._left_of(self._some())
        if not outcome.is_written:
            write_alone(self._runtime, note)

    def _some(self) -> list[Outcome]:
        with self._gathering:
            some = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            if not self._waiting:
                self.oldest = math.inf
            return some

    def _left_of(self, some: list[Outcome]) -> list[Outcome]:
        """Those of some outcomes that could not be written together: all of them, or none."""
        try:
            with self._runtime.transaction() as transaction:
                for outcome in some:
                    outcome.note(transaction)
        except Exception as error:
            log.debug("%d outcomes could not be written together: %s", len(some), error)
            return some
        finally:
            for outcome in some:
                outcome.is_over = True
        for outcome in some:
            outcome.is_written = True
        return []
