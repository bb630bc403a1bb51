"""`zhixing deadline …`: the deadlines of a case, and everything overdue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from ...engine import Deadline, Engine
from .._options import with_engine
from ..output import Output, with_output

_HEADS = (
    ("案件", "case"),
    ("承办人", "officer"),
    ("期限", "deadline"),
    ("届满日", "due"),
    ("状态", "status"),
    ("超期天数", "days overdue"),
    ("依据", "basis"),
)


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


def print_deadlines(output: Output, found: Iterable[Deadline]) -> None:
    """Deadlines as a table."""
    output.print_table(_HEADS, (_row(output, deadline) for deadline in found))


def _row(output: Output, d: Deadline) -> tuple[object, ...]:
    due = d.due_day.isoformat() if d.due_day else output.say("暂停", "paused")
    title = output.pick(d, "title")
    return d.number or d.case_id, d.officer, title, due, d.status, d.overdue_days or "", d.basis


def deadline_json(d: Deadline) -> dict[str, Any]:
    """A deadline as plain data, its steps as sentences and values."""
    return d.model_dump() | {"steps": [step.as_json() for step in d.steps]}
