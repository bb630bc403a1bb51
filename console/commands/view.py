"""`zhixing view`: what a definition is made of."""

from __future__ import annotations

from itertools import starmap
from pathlib import Path
from typing import Any

import click

from ...workflow import DefinitionRefused, Position, load_definition
from ...workflow.source.layers import read_layered
from ...workflow.source.yaml_reader import ReadingFailed
from ...workflow.source.yaml_writer import places, with_places
from .._options import AnyPath
from ..output import Output, with_output


@click.command()
@click.argument("file", type=AnyPath)
@with_output
def view(output: Output, file: Path) -> None:
    """合并后的流程定义，注明每项来自何处。
    The merged definition, saying where each value comes from."""
    load_definition(file)
    try:
        merged = read_layered(file).value
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    values = list(starmap(_value, places(merged)))
    output.answer({"values": values}, lambda: click.echo(with_places(merged), nl=False))


def _value(path: str, value: Any, at: Position) -> dict[str, Any]:
    return {"path": path, "value": value, "file": at.file, "line": at.line}
