"""`python -m benchmarks [decisions] [periods] [imports] [checking] [simulations] [durable]
[timers]`: everything, or the parts named."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from .checking import notes as checking_notes
from .decisions import rows as decisions_rows
from .durable import rows as durable_rows
from .imports import seconds
from .measure import Row
from .periods import rows as periods_rows
from .servers import postgresql
from .simulations import rows as simulations_rows
from .timers import rows as timers_rows

PARTS = ("decisions", "periods", "imports", "checking", "simulations", "durable", "timers")


def main(parts: list[str]) -> int:
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        print(f"unknown part {unknown[0]}; known: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    wanted = parts or list(PARTS)
    rows: list[Row] = []
    notes: list[str] = []
    with postgresql() as make:
        if "decisions" in wanted:
            rows += decisions_rows()
        if "periods" in wanted:
            rows += periods_rows()
        if "imports" in wanted:
            notes.append(f"import zhixing.engine: {seconds():.3f} s (target ≤ 0.4 s)")
        if "checking" in wanted:
            notes += checking_notes()
        if "simulations" in wanted:
            found, said = simulations_rows()
            rows += found
            notes += said
        if "durable" in wanted:
            rows += durable_rows(make)
        if "timers" in wanted:
            found, said = timers_rows(make)
            rows += found
            notes += said
    _print(rows, notes)
    return 0


def _print(rows: list[Row], notes: list[str]) -> None:
    table = Table("what", "ours /s", "beside", "theirs /s", "ratio", "target")
    for row in rows:
        table.add_row(
            row.what,
            f"{row.ours:,.0f}",
            row.ruler,
            f"{row.theirs:,.0f}",
            f"{row.ratio:.2f}",
            row.target,
        )
    console = Console(width=160, highlight=False)
    console.print(table)
    for note in notes:
        console.print(note)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
