"""Half a year of the court, day by day, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ...adapters import NO_FAULTS, NetworkInquiry, NetworkSimulator
from ...engine import Dispatcher, Engine, VirtualClock
from ..definitions import packaged_definitions
from ..output import Output
from .court import START, Court
from .report import print_report

DAYS = 182


def live(output: Output, path: Path, count: int, seed: int) -> None:
    """Live the half year on a new database and print what came of it."""
    clock = VirtualClock(START)
    with (
        NetworkSimulator(seed, NO_FAULTS, clock="ticks", start=START) as network,
        Engine(
            f"sqlite:///{path}",
            packaged_definitions() / "cn",
            clock=clock,
            adapters=[NetworkInquiry(network.url)],
            synchronous="NORMAL",
            drafts=True,
        ) as engine,
    ):
        court = Court(engine, clock, count, seed)
        _live(output, court, network)
        print_report(output, court, path)


def _live(output: Output, court: Court, network: NetworkSimulator) -> None:
    dispatcher = Dispatcher(court.engine)
    with output.progress() as bar:
        task = bar.add_task(output.say("模拟半年", "half a year"), total=DAYS)
        for day in range(DAYS):
            court.clock.set(START + timedelta(days=day))
            network.tick(court.clock.now())
            court.engine.run_due()
            while dispatcher.run_due():
                pass
            court.live(day)
            bar.advance(task)
