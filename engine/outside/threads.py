"""Threads that take one turn after another, and end when there is none.

They are daemons, so that an adapter that never comes back keeps no process from ending. One that
takes longer than its operation may is given up: what it does later is fenced out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from .lanes import Turn

log = logging.getLogger("zhixing")

GRACE_SECONDS = 5.0
"""How much longer than its operation says an exchange may take before it is given up."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the threads do: take a turn, serve it, end it, or give up one that hangs; `on_free` is
    told when a thread has nothing more to do."""

    take: Callable[[], Turn | None]
    serve: Callable[[Turn], object]
    end: Callable[[Turn], None]
    give_up: Callable[[Turn], None]
    on_free: Callable[[], None]


class Threads:
    """At most so many threads at a time; none is kept while there is nothing to do."""

    def __init__(self, most: int, work: Work) -> None:
        self.most = most
        self._work = work
        self._in_hand: dict[Turn, float] = {}
        self._running: set[threading.Thread] = set()
        self._changed = threading.Condition()
        self._is_stopping = False

    def start(self, wanted: int) -> None:
        """Let so many more turns be taken, as far as there may be threads for them."""
        with self._changed:
            self._is_stopping = False
            for _ in range(min(wanted, self.most - len(self._running))):
                thread = threading.Thread(target=self._run, name="zhixing-exchange", daemon=True)
                self._running.add(thread)
                thread.start()

    def stop(self) -> None:
        """No thread takes another turn."""
        with self._changed:
            self._is_stopping = True

    def join(self, seconds: float) -> None:
        """Wait so long for what is in hand. What takes longer is left behind."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running, seconds)

    def give_up_on_the_stuck(self) -> None:
        """Wait no more for turns that take longer than they may."""
        while (turn := self._stuck()) is not None:
            log.warning("the request %a takes too long and is given up", turn.row["id"])
            self._work.end(turn)
            self.start(1)
            self._work.give_up(turn)  # last: it fails where the database does

    def _stuck(self) -> Turn | None:
        """One that takes longer than it may, and is in nobody's hand any more."""
        now = time.monotonic()
        with self._changed:
            stuck = next((turn for turn, until in self._in_hand.items() if until < now), None)
            if stuck is not None:
                del self._in_hand[stuck]
        return stuck

    def _run(self) -> None:
        served, goes_on = 0, True
        try:
            while goes_on and (turn := self._next()) is not None:
                goes_on = self._serve(turn)
                served += 1
        except Exception:
            log.exception("a thread that sends requests failed")
        finally:
            self._left()
        if served:
            self._work.on_free()

    def _next(self) -> Turn | None:
        if self._is_stopping:
            return None
        turn = self._work.take()
        if turn is not None:
            with self._changed:
                self._in_hand[turn] = time.monotonic() + turn.operation.seconds + GRACE_SECONDS
        return turn

    def _serve(self, turn: Turn) -> bool:
        """Serve a turn; gives whether it was not given up meanwhile."""
        try:
            self._work.serve(turn)
        except Exception as error:
            # its lease runs out, and it is handled again
            log.warning("the request %a is put off: %s", turn.row["id"], error, exc_info=True)
        with self._changed:
            is_ours = self._in_hand.pop(turn, None) is not None
        if is_ours:
            self._work.end(turn)
        return is_ours

    def _left(self) -> None:
        with self._changed:
            self._running.discard(threading.current_thread())
            self._changed.notify_all()
