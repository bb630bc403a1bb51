"""`python -m benchmarks [PART…] [--all]`: the parts named, or all but those that take long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from . import (
    compilation,
    decisions,
    durable,
    lists,
    outside,
    periods,
    processes,
    replaying,
    simulations,
    timers,
)
from .measure import BUSY, Row, load, machine
from .servers import postgresql

ALONE: dict[str, Callable[[], list[Row]]] = {
    "decisions": decisions.rows,
    "periods": periods.rows,
    "compilation": compilation.rows,
    "processes": processes.rows,
    "replaying": replaying.rows,
    "simulations": simulations.rows,
}
ON_DATABASES: dict[str, Callable[[Callable[[], str]], list[Row]]] = {
    "durable": durable.rows,
    "timers": timers.rows,
    "outside": outside.rows,
    "lists": lists.rows,
}
PARTS = (*ALONE, *ON_DATABASES)
LONG = ("lists",)
"""These are measured only when they are named, or with `--all`."""


def main(arguments: Sequence[str]) -> int:
    named = [argument for argument in arguments if argument != "--all"]
    unknown = [part for part in named if part not in PARTS]
    if unknown:
        print(f"unknown part {unknown[0]}; known: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    left_out = () if "--all" in arguments else LONG
    wanted = named or [part for part in PARTS if part not in left_out]
    console = Console(width=180, highlight=False)
    before = load()
    console.print(f"{machine()}; load average before: {before:.2f}")
    if before > BUSY:
        console.print(f"the load average is above {BUSY}: figures are noisy", style="bold")
    rows: list[Row] = []
    try:
        _measure(wanted, rows)
    finally:  # what was measured before something broke is still shown
        console.print(_table(rows))
        console.print(f"load average after: {load():.2f} (the benchmarks' own work counts)")
    return 0


def _measure(wanted: Sequence[str], rows: list[Row]) -> None:
    for part in wanted:
        if part in ALONE:
            rows += _timed(part, ALONE[part])
    served = [part for part in wanted if part in ON_DATABASES]
    if not served:
        return
    with postgresql() as make:
        for part in served:
            rows += _timed(part, partial(ON_DATABASES[part], make))


def _timed(part: str, measure: Callable[[], list[Row]]) -> list[Row]:
    start = time.perf_counter()
    found = measure()
    print(f"{part}: measured in {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return found


def _table(rows: Sequence[Row]) -> Table:
    table = Table()
    for heading in ("what", "ours", "beside", "theirs", "ratio", "target", "clock"):
        is_figure = heading in ("ours", "theirs", "ratio")
        table.add_column(heading, justify="right" if is_figure else "left", no_wrap=True)
    for row in rows:
        theirs = "" if row.theirs is None else _figure(row.theirs, row.unit)
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        ours = _figure(row.ours, row.unit)
        table.add_row(row.what, ours, row.ruler, theirs, ratio, row.target, row.clock)
    return table


def _figure(value: float, unit: str) -> str:
    digits = {"/s": 0, "": 0, "ms": 2, "s": 3, "MB": 2, "MiB": 1}[unit]
    return f"{value:,.{digits}f} {unit}".rstrip()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
