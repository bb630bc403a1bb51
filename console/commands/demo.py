"""`zhixing demo`: half a year of a small court."""

from __future__ import annotations

from pathlib import Path

import click

from .._options import NewFile
from ..output import Output, with_output

_BESIDE = ("", "-wal", "-shm")


@click.command()
@click.option("--file", "path", type=NewFile, default=Path("zhixing-demo.db"), show_default=True)
@click.option("--cases", "count", type=click.IntRange(1, 2000), default=20, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@with_output
def demo(output: Output, path: Path, count: int, seed: int) -> None:
    """二十个案件半年的办理过程。 Half a year of twenty cases, in seconds."""
    from ..demonstration.half_year import live  # a server and an HTTP client for those who want it

    for ending in _BESIDE:
        Path(f"{path}{ending}").unlink(missing_ok=True)
    live(output, path, count, seed)
