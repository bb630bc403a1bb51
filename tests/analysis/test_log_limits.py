"""A log is read as a stream within limits: what is made to fill the memory is refused in words."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from zhixing.analysis import LogRefused, replay
from zhixing.analysis.reading.unread import MOST_UNREAD
from zhixing.workflow import load_definition

FINES = load_definition(ROOT / "definitions" / "it" / "road_fines.yaml")
HEAD = b"case,activity,date\n"
ROW = b"1,Create Fine,2007-01-01\n"
MEGABYTE = 1 << 20


def pieces(kind: str) -> Iterator[bytes]:
    """A hundred megabytes and more, which one holds when they are packed."""
    yield HEAD if kind != "xes" else b"<log><trace>"
    piece = {
        "rows": ROW * 50_000,
        "one row": b"1," * MEGABYTE,
        "one field": b"x" * MEGABYTE,
        "quoted": b'"' + b"x\n" * MEGABYTE,
        "empty lines": b"\n" * MEGABYTE,
        "xes": b"<event/>" * 200_000,
        "one event": b"<string key='k' value='v'/>" * 40_000,
    }[kind]
    for _ in range(100):
        yield piece


KINDS = ("rows", "one row", "one field", "quoted", "empty lines", "xes", "one event")


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_is_refused_and_costs_little_memory(tmp_path: Path, kind: str) -> None:
    bomb = tmp_path / ("log.xes.gz" if kind in ("xes", "one event") else "log.csv.gz")
    with gzip.open(bomb, "wb", compresslevel=1) as file:
        for piece in pieces(kind):
            file.write(piece)
    assert bomb.stat().st_size < 2 * MEGABYTE
    tracemalloc.start()
    try:
        with pytest.raises(LogRefused) as refused:
            replay(FINES, bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * MEGABYTE
    assert refused.value.code == "log" and refused.value.text("zh") != refused.value.text("en")


def test_a_plain_row_without_an_end_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(HEAD + ROW + b"x," * MEGABYTE)
    with pytest.raises(LogRefused, match="more than 1000000 characters") as refused:
        replay(FINES, log)
    assert refused.value.data["line"] == 3


def test_a_log_with_more_bad_rows_than_any_has_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(HEAD + ROW + b"1,a,soon\n" * (MOST_UNREAD + 1))
    with pytest.raises(LogRefused, match="more than 100000 rows") as refused:
        replay(FINES, log)
    (rows,) = refused.value.data["causes"]
    assert rows.lines == tuple(range(3, MOST_UNREAD + 4))
    assert f": line 3-{MOST_UNREAD + 3}" in refused.value.text("en")


def test_a_log_that_is_packed_well_is_no_bomb(tmp_path: Path) -> None:
    log = tmp_path / "log.csv.gz"
    with gzip.open(log, "wb") as file:
        file.write(HEAD + b"".join(b"%d,Create Fine,2007-01-01\n" % n for n in range(45_000)))
    assert replay(FINES, log).log_events == 45_000


@pytest.mark.parametrize("name", ["a\0.csv", "none.csv.gz", "."])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(LogRefused):
        replay(FINES, f"{tmp_path}/{name}")


def test_a_log_cut_short_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log.csv.gz"
    log.write_bytes(gzip.compress(HEAD + ROW * 100)[:-20])
    with pytest.raises(LogRefused):
        replay(FINES, log)
