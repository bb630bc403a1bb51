"""Events of a real log lived through again per CPU second, beside only reading the log."""

from __future__ import annotations

import csv
import gzip
from importlib.resources import files
from pathlib import Path

from zhixing.analysis import replay
from zhixing.workflow import load_definition

from .measure import CPU, Row, side_by_side

LOG = Path(__file__).parent.parent / "tests" / "data" / "road_fines_part.csv.gz"


def rows() -> list[Row]:
    path = Path(str(files("zhixing.definitions").joinpath("it/road_fines.yaml")))
    definition = load_definition(path)

    def ours() -> int:
        return replay(definition, LOG).log_events

    def reading() -> int:
        with gzip.open(LOG, "rt", encoding="utf-8", newline="") as lines:
            return sum(1 for _ in csv.DictReader(lines))

    lived, read = side_by_side(ours, reading, rounds=5, seconds=0, clock=CPU)
    what = "replay of road fines, events of the log"
    return [Row(what, lived, "gzip and csv read the log", read, "≥ 8 000/s", clock="CPU")]
