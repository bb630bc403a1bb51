"""Fresh processes: how long the import takes, and how long it is to the first step on a database
that is there already."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from zhixing.engine import Actor, Engine, NewCase, VirtualClock

from .measure import Row

RUNS = 7
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)

_IMPORT = """
import time
start = time.process_time()
import {modules}
print(time.process_time() - start)
"""
_DEPENDENCIES = "sqlalchemy, pydantic, transitions, yaml"
"""What `zhixing.engine` imports of others."""

_FIRST_STEP = """
import sys
from datetime import UTC, datetime
from zhixing.engine import Actor, Engine, VirtualClock
clock = VirtualClock(datetime(2025, 3, 3, 2, tzinfo=UTC))
data = {"applicant": "a1", "debtor": "d1", "claim": "50000.00", "account": "6222",
        "title_effective": True, "is_entitled": True, "is_definite": True, "in_default": True,
        "has_jurisdiction": True}
with Engine(sys.argv[1], sys.argv[2], clock=clock, drafts=True) as engine:
    case = engine.fire(sys.argv[3], "accept", actor=Actor.of("wang", "filing_judge"), data=data,
                       documents={"application": "doc-1"})
    assert case.state == "filed"
"""


def rows() -> list[Row]:
    return [*_imports(), *_first_step()]


def _imports() -> list[Row]:
    ours, theirs = [], []
    _output("-c", _IMPORT.format(modules="zhixing.engine"))  # the first one may compile
    for _ in range(RUNS):
        ours.append(float(_output("-c", _IMPORT.format(modules="zhixing.engine"))))
        theirs.append(float(_output("-c", _IMPORT.format(modules=_DEPENDENCIES))))
    figures = (statistics.median(ours), "its dependencies alone", statistics.median(theirs))
    said = statistics.median(_importtime() for _ in range(RUNS))
    return [
        Row("import zhixing.engine", *figures, "≤ 0.25 s", "s", "CPU"),
        Row("import zhixing.engine, by -X importtime", said, unit="s"),
    ]


def _output(*arguments: str) -> str:
    return _ran(*arguments).stdout


def _ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh process, with compiled bytecode as an installed package has it."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=kept)


def _importtime() -> float:
    """What the interpreter's own measurement says, in seconds (measuring makes it slower)."""
    said = _ran("-X", "importtime", "-c", "import zhixing.engine").stderr
    last = [line for line in said.splitlines() if line.endswith(" zhixing.engine")][-1]
    return int(last.split("|")[1]) / 1e6


def _first_step() -> list[Row]:
    """From nothing to a trigger carried out, each time on another case of the same file."""
    definition = str(files("zhixing.definitions").joinpath("cn/first_enforcement.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/cases.db"
        ids = [f"case-{n}" for n in range(RUNS)]
        with Engine(url, definition, clock=VirtualClock(NOW), drafts=True) as engine:
            new = [NewCase(id=id) for id in ids]
            engine.open_many("first_enforcement", new, actor=Actor.of("wang", "filing_judge"))
        bare = f"import {_DEPENDENCIES}"
        ours, theirs = [], []
        for id in ids:
            ours.append(_spent("-c", _FIRST_STEP, url, definition, id))
            theirs.append(_spent("-c", bare))
    what, ruler = "process to first step (SQLite)", "a process, dependencies alone"
    found = []
    for place, clock in enumerate(("CPU", "wall")):
        mine, bare_time = (statistics.median(run[place] for run in runs) for runs in (ours, theirs))
        found.append(Row(what, mine, ruler, bare_time, unit="s", clock=clock))
    return found


def _spent(*arguments: str) -> tuple[float, float]:
    """CPU seconds of a Python process, and seconds on the wall."""
    before, start = _of_children(), time.perf_counter()
    _output(*arguments)
    return _of_children() - before, time.perf_counter() - start


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
