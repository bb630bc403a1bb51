"""A simulated far side in this process: its server in a thread."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from .callbacks import Callbacks
from .clocks import RealTime, SimulatorClock, Ticks
from .controls import Controls
from .faults import NO_FAULTS, FaultProfile
from .server import FarSide
from .simulation import Simulation

START = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
"""Where a virtual clock stands at first, if nothing else is said."""
_BETWEEN_CALLBACKS = 0.05


class Simulator(Controls):
    """A far side on loopback: `with Simulator("case_funds", seed=1) as bank: … bank.url`.

    `name` is its adapter's. `faults` is how it behaves; the `ledger`, a file, lets it go on after a
    stop as what it was. On `clock="ticks"` it answers only when `tick` has moved its clock, from
    `start`; in real time a day of waiting lasts `day_seconds`. Answers are asked for, and also
    posted to `callback`, signed with `secret`, where one is given. `is_dated`: answers say their
    day. Raises `UnknownSimulator`, `OtherLedger`.
    """

    def __init__(
        self,
        name: str,
        seed: int = 0,
        faults: FaultProfile = NO_FAULTS,
        ledger: Path | None = None,
        port: int = 0,
        *,
        clock: Literal["real", "ticks"] = "real",
        start: datetime = START,
        day_seconds: float = 0.0,
        callback: str = "",
        secret: str = "",
        is_dated: bool = True,
    ) -> None:
        time: SimulatorClock = Ticks(start) if clock == "ticks" else RealTime(day_seconds)
        self.simulation = Simulation(name, seed, time, faults, ledger, is_dated)
        self._callbacks = Callbacks(callback, secret) if callback else None
        self._posted: set[str] = set()
        is_ticked = clock == "ticks"
        self._server = FarSide(self.simulation, port, self._post if is_ticked else _nothing)
        self._threads = [self._thread(self._serve)]
        if self._callbacks is not None and not is_ticked:
            self._threads.append(self._thread(self._post_for_ever))
        super().__init__(self._server.url)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.is_stopped.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()
        self.simulation.close()
        if self._callbacks is not None:
            self._callbacks.close()

    def _thread(self, target: object) -> threading.Thread:
        return threading.Thread(target=target, daemon=True)  # type: ignore[arg-type]

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def _post_for_ever(self) -> None:
        while not self._server.is_stopped.wait(_BETWEEN_CALLBACKS):
            self._post()

    def _post(self) -> None:
        """Post what has been answered and not been taken yet; each at least once."""
        if self._callbacks is None:
            return
        for id, answer, is_forged in list(self.simulation.due()):
            if id not in self._posted:
                was_taken = self._callbacks.post(answer, is_forged)
                if was_taken or is_forged:
                    self._posted.add(id)


def _nothing() -> None:
    """In real time nobody waits for a tick."""
