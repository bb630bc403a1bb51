"""A log replayed here, or in parts by case, each in another process; what came of them adds up.

Dask carries the parts: in processes of this machine, or on whatever the host has chosen (a
connected `distributed.Client`, a scheduler of Dask's own configuration), where the log must then be
found under the same path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from ...workflow.errors import ZhixingError
from ...workflow.loading import stored_definition
from ...workflow.model.definition import Definition
from ..memory import no_collection
from ..reading.unread import LogReading
from .by_case import CaseLog, Part
from .case import CaseReplayer
from .tally import Tally

Progress = Callable[[int, int], None]
"""Is told how many events are done, of how many."""


class ScaleMissing(ZhixingError):
    """Several workers were asked for, and Dask is not installed."""

    code = "scale-extra"
    zh, en = (
        "多进程重放需要 Dask，请安装：pip install 'zhixing[scale]'（{why}）",
        "several workers need Dask: pip install 'zhixing[scale]' ({why})",
    )


class Replayed(NamedTuple):
    """What came of a log or a part of it, how many events the whole log has, how it was read."""

    log_events: int
    tally: Tally
    reading: LogReading


def silent(done: int, size: int) -> None:
    """Progress that nobody wants to be told of."""


def replay_here(
    definition: Definition,
    path: str | Path,
    progress: Progress,
    part: Part | None = None,
    *,
    strict: bool = False,
) -> Replayed:
    """Replay a log, or a part of it, in this process. Raises `LogRefused`."""
    with no_collection():
        log = CaseLog.read(definition, path, part or Part(), strict=strict)
        if not log.events:
            return Replayed(0, Tally(), log.reading)
        done, size = 0, log.size
        replayer = CaseReplayer(definition, log.end(definition))
        for events in log.cases.values():
            replayer.replay(events)
            done += len(events)
            progress(done, size)
        return Replayed(log.events, replayer.tally, log.reading)


def replay_in_parts(
    definition: Definition,
    path: str | Path,
    progress: Progress,
    workers: int,
    *,
    strict: bool = False,
) -> Replayed:
    """Replay a log in as many parts as there are workers. Raises `LogRefused`, `ScaleMissing`.

    Every worker reads the log itself and keeps its cases: that is quicker than to be sent them. The
    definition goes as its text, since what is compiled of it stays with its process.
    """
    text, name = definition.source_text, definition.at.file
    parts = [(text, name, str(path), Part(number, workers), strict) for number in range(workers)]
    total, replayed = Tally(), _computed(parts, workers)
    for one in replayed:
        total.add(one.tally)
    whole = replayed[0]._replace(tally=total)
    progress(whole.log_events, whole.log_events)
    return whole


def _replay_part(text: str, name: str, path: str, part: Part, strict: bool) -> Replayed:
    """One part, in a process of its own."""
    return replay_here(stored_definition(text, name), path, silent, part, strict=strict)


def _computed(parts: Sequence[tuple[Any, ...]], workers: int) -> Sequence[Replayed]:
    try:
        dask: Any = import_module("dask")
    except ImportError as error:
        raise ScaleMissing(why=str(error)) from None
    tasks = [dask.delayed(_replay_part, pure=False)(*part) for part in parts]
    options: dict[str, Any] = {}
    if dask.base.get_scheduler() is None:
        options = {"scheduler": "processes", "num_workers": workers, "chunksize": 1}
    replayed: tuple[Replayed, ...] = dask.compute(*tasks, **options)
    return replayed
