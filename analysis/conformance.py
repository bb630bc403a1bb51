"""How well a log fits a procedure: fitness of each trace, deviations by kind, broken time limits.

The log is replayed through the engine; a trace's fitness is the share of its steps that the
procedure allows, those that the clock must produce counting as steps that are there on the day or
not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from heapq import nsmallest
from math import fsum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ..workflow.model.definition import Definition
from .log_replay import replay_traces
from .reading.unread import LogReading
from .replaying.parts import Progress
from .replaying.report import LimitFigures, Refusal, ReplayReport
from .replaying.tally import Trace

_WORST = 10


class Conformance(BaseModel):
    """How a log fits: `fitness` is the mean over traces, `distribution` counts traces by fitness
    (one decimal), `worst` are those that fit least, `limits` those of which the log says when they
    end. Of `reading` see `ReplayReport`."""

    model_config = ConfigDict(frozen=True)

    reading: LogReading
    traces: int
    fitness: float
    fitting: int
    distribution: dict[str, int]
    deviations: tuple[Refusal, ...]
    clock_deviations: dict[str, dict[str, int]]
    time_limits: dict[str, int]
    limits: dict[str, LimitFigures]
    worst: tuple[tuple[str, float], ...]


def conform(
    definition: Definition,
    path: str | Path,
    *,
    workers: int = 1,
    strict: bool = False,
    progress: Progress | None = None,
) -> Conformance:
    """Replay a log (CSV, XES, also gzipped) and say how it fits; `workers` and `strict` as for
    `replay`.

    Raises `LogRefused`, `ScaleMissing`.
    """
    report, traces = replay_traces(
        definition, path, workers=workers, strict=strict, progress=progress
    )
    fitness = {case: _fitness(trace) for case, trace in traces.items()}
    spread = Counter(map(_band, fitness.values()))
    return Conformance(
        reading=report.reading,
        traces=len(traces),
        fitness=round(fsum(fitness.values()) / len(fitness), 6) if fitness else 1.0,
        fitting=list(fitness.values()).count(1),
        distribution=dict(sorted(spread.items())),
        deviations=report.refusals,
        clock_deviations=_clock(report),
        time_limits=report.violations,
        limits=report.limits,
        worst=_worst(fitness),
    )


def _fitness(trace: Trace) -> float:
    """The share of a trace's steps that are as they should be; there is always a step."""
    steps = trace.fed + trace.expected + trace.extra
    return 1 - (trace.refused + trace.missing + trace.extra) / steps


def _band(fitness: float) -> str:
    return f"{int(fitness * 10) / 10:.1f}"


def _worst(fitness: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """The cases that fit least, the worst first; those that fit wholly are not among them."""
    deviating = ((value, case) for case, value in fitness.items() if value < 1)
    return tuple((case, round(value, 4)) for value, case in nsmallest(_WORST, deviating))


def _clock(report: ReplayReport) -> dict[str, dict[str, int]]:
    """The activities of which the clock made too few or too many."""
    return {
        name: {"missing": figures.missing, "extra": figures.extra}
        for name, figures in report.clock.items()
        if not figures.is_exact
    }
