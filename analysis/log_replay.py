"""A log of real events lived through again, case by case, through the same path as real cases.

Every event is fed but those that the clock must produce itself; those are compared with the log, to
the day. Cases live in memory; a case knows nothing of the others, so they may go in parts.
"""

from __future__ import annotations

from pathlib import Path

from ..workflow.model.definition import Definition
from .replaying.parts import Progress, replay_here, replay_in_parts, silent
from .replaying.report import ReplayReport
from .replaying.tally import Trace


def replay(
    definition: Definition,
    path: str | Path,
    *,
    workers: int = 1,
    strict: bool = False,
    progress: Progress | None = None,
) -> ReplayReport:
    """Replay a log (CSV, XES, also gzipped).

    Rows that cannot be read are left out, and so are the cases that lack them: `report.reading`
    tells of both. With `strict` a log that has such rows is refused.
    With several `workers` the cases go in parts to processes of their own; a program that asks for
    them guards its start by `if __name__ == "__main__"`. Raises `LogRefused`, `ScaleMissing`.
    """
    return replay_traces(definition, path, workers=workers, strict=strict, progress=progress)[0]


def replay_traces(
    definition: Definition,
    path: str | Path,
    *,
    workers: int = 1,
    strict: bool = False,
    progress: Progress | None = None,
) -> tuple[ReplayReport, dict[str, Trace]]:
    """As `replay`, and what came of each case."""
    watched = progress or silent
    if workers > 1:
        replayed = replay_in_parts(definition, path, watched, workers, strict=strict)
    else:
        replayed = replay_here(definition, path, watched, strict=strict)
    report = ReplayReport.of(definition, *replayed)
    return report, dict(replayed.tally.traces)
