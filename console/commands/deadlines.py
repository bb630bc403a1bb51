"""`zhixing deadline …`: the deadlines of a case, and everything overdue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...court import officer_calendar
from ...engine import Actor, Deadline, Engine
from .._options import NewFile, acting, with_engine
from ..deadline_table import print_deadlines
from ..output import Output, with_output, write_file


@click.group()
def deadline() -> None:
    """期限 / deadlines."""


@deadline.command("list")
@click.option("--case", "case_id", default=None, help="一个案件的期限 / the deadlines of one case")
@click.option("--officer", default=None, help="超期：某承办人 / overdue: one officer's")
@click.option("--all", "ended", is_flag=True, help="包括已结束的 / ended ones too")
@with_output
@with_engine
def list_(
    output: Output, engine: Engine, case_id: str | None, officer: str | None, ended: bool
) -> None:
    """一个案件的期限，或全院超期清单。 The deadlines of a case; without one, everything overdue."""
    if case_id is None:
        found = engine.overdue(officer=officer)
    else:
        found = engine.deadlines(case_id, live=not ended, explain=True)
    data = {"deadlines": list(map(deadline_json, found))}
    output.answer(data, lambda: print_deadlines(output, found))


def deadline_json(d: Deadline) -> dict[str, Any]:
    """A deadline as plain data, its steps as sentences and values."""
    return d.model_dump() | {"steps": [step.as_json() for step in d.steps]}


@deadline.command("calendar")
@click.argument("officer")
@click.option("-o", "--file", "path", type=NewFile, required=True)
@acting(default=None)
@with_output
@with_engine
def calendar(output: Output, engine: Engine, officer: str, path: Path, actor: Actor) -> None:
    """承办人的期限，写成日历文件（iCalendar）。 An officer's limits as an iCalendar file."""
    text = officer_calendar(engine, officer, actor=actor, lang=output.lang)
    write_file(path, text.decode(), newline="")
    output.answer({"file": str(path)}, lambda: output.line(str(path)))
