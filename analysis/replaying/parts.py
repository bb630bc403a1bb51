"""The cases of a log in parts, each replayed by another process; what came of them adds up.

Dask carries the parts: in processes of this machine, or on whatever the host has chosen (a
connected `distributed.Client`, a scheduler of Dask's own configuration).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

from ...workflow.errors import ZhixingError
from ...workflow.loading import stored_definition
from ...workflow.model.definition import Definition
from ..logs import LogEvent
from ..memory import no_collection
from .case import Procession
from .tally import Tally

CaseEvents = list[LogEvent]
Progress = Callable[[int, int], None]
"""Is told how many events are done, of how many."""

_PARTS_PER_WORKER = 4


class ScaleMissing(ZhixingError):
    """Several workers were asked for, and Dask is not installed."""

    code = "scale-extra"
    zh, en = (
        "多进程重放需要 Dask，请安装：pip install 'zhixing[scale]'（{why}）",
        "several workers need Dask: pip install 'zhixing[scale]' ({why})",
    )


class Log(NamedTuple):
    """A log by case, and when it ends."""

    definition: Definition
    cases: Sequence[CaseEvents]
    end: datetime

    @property
    def size(self) -> int:
        """How many events there are."""
        return sum(map(len, self.cases))


def silent(done: int, size: int) -> None:
    """Progress that nobody wants to be told of."""


def replay_here(log: Log, progress: Progress) -> Tally:
    """Replay every case in this process."""
    done, size = 0, log.size
    procession = Procession(log.definition, log.end)
    with no_collection():
        for events in log.cases:
            procession.replay(events)
            done += len(events)
            progress(done, size)
    return procession.tally


def replay_in_parts(log: Log, workers: int, progress: Progress) -> Tally:
    """Replay the cases in parts, `workers` at a time. Raises `ScaleMissing`."""
    total = Tally()
    for tally in _computed(_parts(log, workers * _PARTS_PER_WORKER), workers):
        total.add(tally)
    progress(log.size, log.size)
    return total


def _parts(log: Log, number: int) -> list[bytes]:
    """The cases dealt out to parts of about the same size.

    They go as bytes, which Dask hands on without looking into them; the definition goes as its
    text, since what is compiled of it stays with its process.
    """
    text, name = log.definition.source_text, log.definition.at.file
    number = min(number, len(log.cases))
    parts = (log.cases[first::number] for first in range(number))
    return [pickle.dumps((text, name, part, log.end)) for part in parts]


def _replay_part(part: bytes) -> Tally:
    """One part, in a process of its own."""
    text, name, cases, end = pickle.loads(part)
    return replay_here(Log(stored_definition(text, name), cases, end), silent)


def _computed(parts: list[bytes], workers: int) -> Sequence[Tally]:
    try:
        dask: Any = import_module("dask")
    except ImportError as error:
        raise ScaleMissing(why=str(error)) from None
    tasks = [dask.delayed(_replay_part, pure=False)(part) for part in parts]
    options: dict[str, Any] = {}
    if dask.base.get_scheduler() is None:
        options = {"scheduler": "processes", "num_workers": workers, "chunksize": 1}
    tallies: tuple[Tally, ...] = dask.compute(*tasks, **options)
    return tallies
