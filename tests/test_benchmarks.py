"""The benchmarks run: each part once, small. How fast is not looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import (
    compilation,
    decisions,
    durable,
    lists,
    measure,
    periods,
    processes,
    replaying,
    simulations,
    timers,
)

IN_MEMORY = {m.__name__.rpartition(".")[2]: m for m in (decisions, periods, compilation)}
WHOLE = {m.__name__.rpartition(".")[2]: m for m in (replaying, simulations)}


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is measured is done once a round."""

    def rate(work: Callable[[], int], *_: object) -> float:
        return float(work())

    monkeypatch.setattr(measure, "rate", rate)
    monkeypatch.setattr(processes, "RUNS", 1)
    monkeypatch.setattr(durable, "CASES", 3)
    monkeypatch.setattr(durable, "ROUNDS", 1)
    monkeypatch.setattr(lists, "COUNT", 1000)
    monkeypatch.setattr(lists, "ASKED", 1)


@pytest.mark.parametrize("part", [*IN_MEMORY, *WHOLE])
def test_a_part_in_memory_runs(part: str) -> None:
    assert (IN_MEMORY | WHOLE)[part].rows()


def test_fresh_processes_come_to_their_first_step() -> None:
    assert processes.rows()


def test_durable_steps_agree_with_those_by_hand(tmp_path: Path) -> None:
    numbers = iter(range(100))
    fresh = lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"  # noqa: E731
    assert list(durable._compare("SQLite", fresh, "NORMAL", 8, ""))


def test_deadlines_in_numbers_are_armed_and_fire(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/timers.db"
    timers._arm(url, 20, datetime.now(UTC) - timedelta(seconds=5))
    timers._fire_all(url)
    assert len(timers._late_by(url)) == 20


def test_an_idle_worker_believes_its_clock(
    new_postgresql: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    assert timers._million(new_postgresql(), count=1000)
    assert "is not believed" not in caplog.text


def test_lists_of_many_cases_are_asked(tmp_path: Path) -> None:
    assert list(lists._on("SQLite", f"sqlite:///{tmp_path}/lists.db"))
