"""Half a year of the court, day by day, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from ...adapters import Lists, NetworkInquiry, SimulatorProcess
from ...engine import Dispatcher, Engine, VirtualClock
from ..definitions import packaged_definitions
from ..output import Output
from .court import START, Court, Outside
from .report import print_report

DAYS = 182


def live(output: Output, path: Path, count: int, seed: int) -> None:
    """Live the half year on a new database and print what came of it."""
    clock = VirtualClock(START)
    with (
        _outside(seed) as outside,
        Engine(
            f"sqlite:///{path}",
            packaged_definitions() / "cn",
            clock=clock,
            adapters=[NetworkInquiry(outside["network"].url), Lists(outside["lists"].url)],
            synchronous="NORMAL",
            drafts=True,
        ) as engine,
    ):
        court = Court(engine, clock, count, seed)
        _live(output, court, outside)
        print_report(output, court, outside, path)


@contextmanager
def _outside(seed: int) -> Iterator[Outside]:
    """Each far side in a process of its own, which lives by the days that it is told."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(SimulatorProcess(name, seed, clock="ticks", start=START))
            for name in ("network", "lists")
        }


def _live(output: Output, court: Court, outside: Outside) -> None:
    dispatcher = Dispatcher(court.engine)
    with output.progress() as bar:
        task = bar.add_task(output.say("模拟半年", "half a year"), total=DAYS)
        for day in range(DAYS):
            court.clock.set(START + timedelta(days=day))
            for far_side in outside.values():
                far_side.tick(court.clock.now())
            court.engine.run_due()
            dispatcher.run_all_due()
            court.live(day)
            bar.advance(task)
