"""The rounds of a test that is repeated with other seeds: few in `make test`, many in `make soak`.

A soak keeps the seeds of the rounds that passed in `build/soak`, one file a test. One that was
stopped goes on with the rounds that are left, and so with those that failed; when all have passed,
the next soak goes on with new seeds. Without the folder it begins anew.
"""

from __future__ import annotations

import os
from itertools import count

from tests.conftest import ROOT

SOAK = bool(os.environ.get("ZHIXING_SOAK"))
_FOLDER = ROOT / "build" / "soak"


def rounds(name: str, in_test: int, in_soak: int) -> list[int]:
    """The seeds of the rounds of one test that are left."""
    if not SOAK:
        return list(range(in_test))
    file = _FOLDER / name
    done = set(file.read_text().split()) if file.exists() else set()
    blocks = (range(n * in_soak, (n + 1) * in_soak) for n in count())
    left = ([seed for seed in block if str(seed) not in done] for block in blocks)
    return next(seeds for seeds in left if seeds)


def passed(name: str, seed: int) -> None:
    """Keep that a round has passed."""
    if SOAK:
        _FOLDER.mkdir(parents=True, exist_ok=True)
        with (_FOLDER / name).open("a") as file:
            file.write(f"{seed}\n")
