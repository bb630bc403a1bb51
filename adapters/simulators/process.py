"""A simulated far side in a process of its own, that can be stopped, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Self

from .controls import Controls, SimulatorRefuses
from .faults import NO_FAULTS, FaultProfile

_STOPS_WITHIN = 30.0


class SimulatorProcess(Controls):
    """A far side in its own process: `with SimulatorProcess("network", ledger=file) as network: …`.

    As `Simulator`; `start_again` after `kill` listens at the same address and goes on with the same
    ledger.
    """

    def __init__(
        self,
        name: str,
        seed: int = 0,
        faults: FaultProfile = NO_FAULTS,
        ledger: Path | None = None,
        *,
        clock: str = "real",
        start: datetime | None = None,
        day_seconds: float = 0.0,
        callback: str = "",
        secret: str = "",
    ) -> None:
        options = {
            "--seed": str(seed),
            "--clock": clock,
            "--day-seconds": str(day_seconds),
            "--faults": faults.model_dump_json(),
            "--callback": callback,
        }
        if ledger is not None:
            options["--ledger"] = str(ledger)
        if start is not None:
            options["--start"] = start.isoformat()
        self._command = [sys.executable, "-m", __package__ or "", name]
        self._command += [part for option in options.items() for part in option]
        self._environment = {**os.environ, "ZHIXING_SIMULATOR_SECRET": secret}
        self._process: subprocess.Popen[str] | None = None
        super().__init__("")

    def __enter__(self) -> Self:
        self.start_again()
        return self

    def __exit__(self, *_: object) -> None:
        self._end(signal.SIGTERM)

    def start_again(self) -> None:
        """Start it, at the address that it had before. Raises `SimulatorRefuses`."""
        port = self._url.rpartition(":")[2] or "0"
        self._process = subprocess.Popen(
            [*self._command, "--port", port],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            raise SimulatorRefuses(why=self._process.stderr.read()[-500:])
        self._url = json.loads(line)["url"]

    def kill(self) -> None:
        """End it at once (SIGKILL), wherever it stands."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.communicate(timeout=_STOPS_WITHIN)
        self._process = None
