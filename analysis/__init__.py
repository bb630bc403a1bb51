"""Studies procedures and changes no court's case: logs, replay, conformance, simulation, scenarios.

Everything that a user of these takes, gets back or must catch is importable from here; each part is
loaded when it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .behaviour import (
        Behaviour,
        Delay,
        SimulatedAct,
        SimulatedReply,
        SimulationFile,
        load_simulation,
        load_staff,
    )
    from .conformance import Conformance, conform
    from .log_replay import replay
    from .logs import read_log
    from .reading.events import LogEvent
    from .reading.unread import LogReading, LogRefused, UnreadRows
    from .replaying.case import UnknownActivity
    from .replaying.parts import ScaleMissing
    from .replaying.report import ClockFigures, LimitFigures, Refusal, ReplayReport
    from .replaying.tally import Reason
    from .scenario_generation import Generated, generate
    from .scenario_runs import Coverage, Failure, ScenarioReport, run_scenarios
    from .scenarios import Opened, Scenario, ScenarioFile, ScenarioStep, load_scenarios
    from .simulating.report import RoleFigures, SimulationReport
    from .simulation import simulate

_MODULES = {
    "behaviour": (
        "Behaviour",
        "Delay",
        "SimulatedAct",
        "SimulatedReply",
        "SimulationFile",
        "load_simulation",
        "load_staff",
    ),
    "conformance": ("Conformance", "conform"),
    "logs": ("read_log",),
    "reading.events": ("LogEvent",),
    "reading.unread": ("LogReading", "LogRefused", "UnreadRows"),
    "log_replay": ("replay",),
    "replaying.case": ("UnknownActivity",),
    "replaying.parts": ("ScaleMissing",),
    "replaying.report": ("ClockFigures", "LimitFigures", "Refusal", "ReplayReport"),
    "replaying.tally": ("Reason",),
    "scenario_generation": ("Generated", "generate"),
    "scenario_runs": ("Coverage", "Failure", "ScenarioReport", "run_scenarios"),
    "scenarios": ("Opened", "Scenario", "ScenarioFile", "ScenarioStep", "load_scenarios"),
    "simulating.report": ("RoleFigures", "SimulationReport"),
    "simulation": ("simulate",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Behaviour",
    "ClockFigures",
    "Conformance",
    "Coverage",
    "Delay",
    "Failure",
    "Generated",
    "LimitFigures",
    "LogEvent",
    "LogReading",
    "LogRefused",
    "Opened",
    "Reason",
    "Refusal",
    "ReplayReport",
    "RoleFigures",
    "ScaleMissing",
    "Scenario",
    "ScenarioFile",
    "ScenarioReport",
    "ScenarioStep",
    "SimulatedAct",
    "SimulatedReply",
    "SimulationFile",
    "SimulationReport",
    "UnknownActivity",
    "UnreadRows",
    "conform",
    "generate",
    "load_scenarios",
    "load_simulation",
    "load_staff",
    "read_log",
    "replay",
    "run_scenarios",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """The solver, the simulation and the rest are imported by those who use them."""
    module = _HOMES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
