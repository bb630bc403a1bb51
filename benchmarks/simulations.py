"""Whole simulated cases per second, beside a SimPy model of the same acts, delays and staff that
decides nothing."""

from __future__ import annotations

import random
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import simpy

from zhixing.analysis.behaviour import SimulationFile, load_simulation
from zhixing.analysis.simulation import simulate
from zhixing.workflow import load_definition

from .measure import Row

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


def rows() -> tuple[list[Row], list[str]]:
    folder = Path(str(files("zhixing.definitions").joinpath("cn")))
    family = [
        load_definition(folder / "first_enforcement.yaml"),
        load_definition(folder / "freeze_deposit.yaml"),
        load_definition(folder / "dishonest_list.yaml"),
        load_definition(folder / "disposal.yaml"),
    ]
    plan = load_simulation(folder / "first_enforcement.simulation.yaml")
    rates, peers, events = [], [], 0
    for seed in range(3):
        start = time.perf_counter()
        events += simulate(family, plan, cases=CASES, seed=seed, days=DAYS).events
        rates.append(CASES / (time.perf_counter() - start))
        start = time.perf_counter()
        _simpy(plan, seed)
        peers.append(CASES / (time.perf_counter() - start))
    row = Row(
        "simulated cases, first enforcement",
        sorted(rates)[1],
        "SimPy, waits and queues only",
        sorted(peers)[1],
        "≥ 500/s, goal 2 000/s",
    )
    return [row], [f"simulation: {events / 3 / CASES:.0f} events a case"]
