"""The rounds of a test that is repeated with other seeds: few in `make test`, many in `make soak`.

A soak keeps how many rounds of each test have passed in `build/soak`, one file a test. One that was
stopped goes on after the last round that passed; a round that failed is the first to come again;
after the last one the next soak goes on with new seeds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from tests.conftest import ROOT

SOAK = bool(os.environ.get("ZHIXING_SOAK"))
_FOLDER = ROOT / "build" / "soak"


def rounds(name: str, in_test: int, in_soak: int) -> Iterator[int]:
    """The seeds of one test; each counts as passed when the next is asked for."""
    if not SOAK:
        yield from range(in_test)
        return
    _FOLDER.mkdir(parents=True, exist_ok=True)
    file = _FOLDER / name
    passed = int(file.read_text()) if file.exists() else 0
    for seed in range(passed, (passed // in_soak + 1) * in_soak):
        yield seed
        file.write_text(str(seed + 1))
