"""Discrete-event simulation: cases live through a procedure on a virtual clock, on the path of real
ones.

People and outside systems are distributions; staff per role is limited, so work queues. A file
beside the definition (`NAME.simulation.yaml`) says how people behave: for each state, the acts that
are tried there in order. The same seed gives the same run to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..workflow.model.definition import Definition
from .behaviour import SimulationFile
from .memory import no_collection
from .simulating.agenda import DAY
from .simulating.report import SimulationReport
from .simulating.world import World


def simulate(
    definitions: Sequence[Definition],
    plan: SimulationFile,
    *,
    cases: int,
    seed: int = 0,
    days: int = 365,
    staff: dict[str, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SimulationReport:
    """Simulate `cases` of the first definition, opened evenly over the first half of `days`.

    `staff` is how many people there are of each role, where not as the plan says; `progress` is
    told how many days are over, of how many.
    """
    world, main = World(definitions, plan, seed, staff or {}), definitions[0].id
    for number in range(cases):
        opening = partial(world.open, main, f"s{number:06}")
        world.agenda.after(days / 2 * number / cases, opening)
    with no_collection():
        for day in range(1, days + 1):
            world.agenda.run(day * DAY)
            if progress is not None:
                progress(day, days)
    return SimulationReport.of(world, procedure=main, seed=seed, cases=cases, days=days)
