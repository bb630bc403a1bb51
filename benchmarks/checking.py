"""How long `zhixing lint` takes for a whole real definition, beside parsing the same YAML with
PyYAML alone."""

from __future__ import annotations

import statistics
import time
from importlib.resources import files
from pathlib import Path

import yaml

from zhixing.workflow.linting import lint


def notes() -> list[str]:
    """Seconds for everything that lint looks at in first enforcement, after one warm-up; the median
    of five."""
    path = Path(str(files("zhixing.definitions").joinpath("cn/first_enforcement.yaml")))
    lint(path)
    ours, parsing = [], []
    for _ in range(5):
        began = time.perf_counter()
        lint(path)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        parsing.append(time.perf_counter() - began)
    lines = len(path.read_text(encoding="utf-8").splitlines())
    checked, parsed = statistics.median(ours), statistics.median(parsing)
    return [
        f"lint of {lines} lines: {checked:.2f} s (target < 1 s for 400 lines); PyYAML alone parses them in {parsed:.3f} s"
    ]
