"""A log of real events lived through again, case by case, through the same path as real cases.

Every event is fed but those that the clock must produce itself; those are compared with the log, to
the day. Cases live in memory; a case knows nothing of the others, so they may go in parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from ..workflow.model.definition import Definition
from .logs import LogEvent, read_log
from .replaying.case import end_of_log
from .replaying.parts import CaseEvents, Log, Progress, replay_here, replay_in_parts, silent
from .replaying.report import ReplayReport
from .replaying.tally import Tally, Trace


def replay(
    definition: Definition,
    path: str | Path,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> ReplayReport:
    """Replay a log (CSV, XES, also gzipped).

    With several `workers` the cases go in parts to processes of their own; a program that asks for
    them guards its start by `if __name__ == "__main__"`. Raises `LogRefused`, `ScaleMissing`.
    """
    return replay_traces(definition, path, workers=workers, progress=progress)[0]


def replay_traces(
    definition: Definition,
    path: str | Path,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[ReplayReport, dict[str, Trace]]:
    """As `replay`, and what came of each case."""
    events = read_log(path, definition)
    tally = _tally(definition, events, workers, progress or silent)
    return ReplayReport.of(definition, len(events), tally), dict(tally.traces)


def _tally(
    definition: Definition, events: list[LogEvent], workers: int, progress: Progress
) -> Tally:
    if not events:
        return Tally()
    log = Log(definition, list(_by_case(events)), end_of_log(events, definition))
    if workers > 1:
        return replay_in_parts(log, workers, progress)
    return replay_here(log, progress)


def _by_case(events: Iterable[LogEvent]) -> Iterable[CaseEvents]:
    """The events of each case, in the order of time."""
    cases: defaultdict[str, CaseEvents] = defaultdict(list)
    for event in events:
        cases[event.case].append(event)
    return cases.values()
