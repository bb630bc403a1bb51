"""The rounds of a test that is repeated with other seeds: few in `make test`, many in `make soak`.

A soak keeps the seeds of the rounds that passed in `build/soak`, one file a test. One that was
stopped goes on with the rounds that are left, and so with those that failed; when all have passed,
the next soak goes on with new seeds. Without the folder it begins anew.
"""

from __future__ import annotations

import os
import random
from itertools import count
from typing import TypeVar

from tests.conftest import ROOT

SOAK = bool(os.environ.get("ZHIXING_SOAK"))
T = TypeVar("T")
_FOLDER = ROOT / "build" / "soak"


def rounds(name: str, in_test: int, in_soak: int) -> list[int]:
    """The seeds of the rounds of one test that are left."""
    if not SOAK:
        return list(range(in_test))
    done = _done(name)
    blocks = (range(n * in_soak, (n + 1) * in_soak) for n in count())
    left = ([seed for seed in block if str(seed) not in done] for block in blocks)
    return next(seeds for seeds in left if seeds)


def left(name: str, every: list[T], in_test: int) -> list[T]:
    """Of all that one test can be tried on, what is left in a soak; in a test some of it."""
    if not SOAK:
        return random.Random(11).sample(every, in_test)
    done = _done(name)
    return [one for one in every if str(one) not in done] or every


def passed(name: str, round: object) -> None:
    """Keep that a round has passed, by its seed or by what it was tried on."""
    if SOAK:
        _FOLDER.mkdir(parents=True, exist_ok=True)
        with (_FOLDER / name).open("a", encoding="utf-8") as file:
            file.write(f"{round}\n")


def _done(name: str) -> set[str]:
    file = _FOLDER / name
    return set(file.read_text(encoding="utf-8").splitlines()) if file.exists() else set()
