"""Whole simulated cases per CPU second, beside a SimPy model of the same acts, delays and staff
that decides nothing."""

from __future__ import annotations

import random
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import simpy

from zhixing.analysis import SimulationFile, load_simulation, simulate
from zhixing.workflow import load_definition

from .measure import CPU, Row, side_by_side

CASES, DAYS = 400, 365


def _simpy(plan: SimulationFile, seed: int) -> None:
    """The flow's acts as SimPy processes: waits and queues the same, but no guard, deadline,
    history or refusal."""
    chance = random.Random(seed)
    environment = simpy.Environment()
    staff = {role: simpy.Resource(environment, number) for role, number in plan.staff.items()}
    behaviour = plan.procedures["first_enforcement"]
    path = ("received", "filed", "assigned", "inquiry", "measures", "closing_review")

    def case(start: float) -> Any:
        yield environment.timeout(start)
        for state in path:
            for act in behaviour.acts[state]:
                if chance.random() >= act.chance:
                    continue
                yield environment.timeout(act.delay.draw(chance))
                with staff[act.as_].request() as turn:
                    yield turn
                    yield environment.timeout(act.work)

    for number in range(CASES):
        environment.process(case(DAYS / 2 * number / CASES))
    environment.run(until=DAYS)


def rows() -> list[Row]:
    folder = Path(str(files("zhixing.definitions").joinpath("cn")))
    names = (
        "first_enforcement",
        "freeze_deposit",
        "dishonest_list",
        "disposal",
        "consumption_restriction",
    )
    family = [load_definition(folder / f"{name}.yaml") for name in names]
    plan = load_simulation(folder / "first_enforcement.simulation.yaml")
    ours_seeds, their_seeds = count(), count()

    def ours() -> int:
        simulate(family, plan, cases=CASES, seed=next(ours_seeds), days=DAYS)
        return CASES

    def theirs() -> int:
        _simpy(plan, next(their_seeds))
        return CASES

    lived, waited = side_by_side(ours, theirs, rounds=3, seconds=0, clock=CPU)
    what, ruler = "simulated cases, first enforcement", "SimPy, waits and queues only"
    return [Row(what, lived, ruler, waited, "≥ 500/s, goal 2 000/s", clock="CPU")]
