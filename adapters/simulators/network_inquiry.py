"""The inquiry-and-control network in a thread, as rough as such networks are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .faults import ROUGH, FaultProfile
from .simulator import Simulator


class NetworkSimulator(Simulator):
    """`Simulator("network")`, rough unless it is told otherwise: `with NetworkSimulator(1) as …`.

    In real time its answers do not say their day: a court on a virtual clock may ask it too.
    """

    def __init__(
        self,
        seed: int = 0,
        faults: FaultProfile | None = None,
        ledger: Path | None = None,
        port: int = 0,
        **options: Any,
    ) -> None:
        is_dated = options.get("clock") == "ticks"
        faults = ROUGH if faults is None else faults
        super().__init__("network", seed, faults, ledger, port, is_dated=is_dated, **options)
