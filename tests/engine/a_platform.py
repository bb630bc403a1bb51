"""A court beside the platform of the lists, both on one clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from zhixing.adapters import Lists, Simulator
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import Definition


@contextmanager
def beside_the_platform(
    database: str, flows: Sequence[Definition], clock: VirtualClock
) -> Iterator[tuple[Engine, Simulator]]:
    """An engine that asks the platform, and the platform."""
    with (
        Simulator("lists", clock="ticks", start=clock.now()) as platform,
        Engine(
            database,
            flows,
            clock=clock,
            adapters=[Lists(platform.url)],
            drafts=True,
            upgrade=True,
        ) as court,
    ):
        yield court, platform
