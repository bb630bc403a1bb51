"""`zhixing export log`: the histories of cases as a log for process mining."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...court import LogForm, export_log
from ...engine import Actor, Engine
from .._options import NewFile, acting, with_engine
from ..output import NotWritten, Output, with_output
from ..when import day_option


@click.group()
def export() -> None:
    """导出 / export."""


@export.command()
@click.option("--form", type=click.Choice(["xes", "ocel"]), default="xes", show_default=True)
@click.option("-o", "--file", "path", type=NewFile, required=True)
@click.option("--court", default="", help="单位及其下级 / a unit and what lies below it")
@click.option("--procedure", default=None)
@click.option("--officer", default=None)
@click.option("--kind", default=None, help="案件种类 / the kind of case")
@day_option("--since", "立案首日 / opened on or after")
@day_option("--until", "立案末日 / opened on or before")
@acting(default=None)
@with_output
@with_engine
def log(
    output: Output, engine: Engine, form: LogForm, path: Path, actor: Actor, **given: Any
) -> None:
    """办案经过，不含案件信息：XES（IEEE 1849-2016）或 OCEL 2.0；谁导出了什么，均有记录。
    What was done in cases, without their data: XES (IEEE 1849-2016) or OCEL 2.0; it is recorded who
    took it out."""
    wanted: Any = {name: value for name, value in given.items() if value is not None}
    part = path.with_name(f"{path.name}.part")  # a file is there whole, or not at all
    try:
        with part.open("w", encoding="utf-8") as file:
            count = export_log(engine, file, form, actor=actor, lang=output.lang, **wanted)
        part.replace(path)
    except OSError as error:
        raise NotWritten(file=path, why=error.strerror) from None
    finally:
        part.unlink(missing_ok=True)
    words = (f"{path}：{count} 件", f"{path}: {count} case(s)")
    output.answer({"file": str(path), "cases": count}, lambda: output.echo(*words))
