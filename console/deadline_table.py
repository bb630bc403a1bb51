"""Deadlines as a table for people."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine import Deadline
from ..engine.queries.spoken import status
from .output import Output

_HEADS = (
    ("案件", "case"),
    ("承办人", "officer"),
    ("期限", "deadline"),
    ("届满日", "due"),
    ("状态", "status"),
    ("超期天数", "days overdue"),
    ("依据", "basis"),
)


def print_deadlines(output: Output, found: Iterable[Deadline]) -> None:
    """Deadlines as a table."""
    output.print_table(_HEADS, (_row(output, deadline) for deadline in found))


def _row(output: Output, d: Deadline) -> tuple[object, ...]:
    title = output.pick(d, "title")
    return (
        d.number or d.case_id,
        d.officer,
        title,
        _due(output, d),
        output.words(status(d.status)),
        d.overdue_days or "",
        d.basis,
    )


def _due(output: Output, d: Deadline) -> str:
    """The last day; of a paused one only that on which it would end if it were resumed today."""
    if d.due_day is not None:
        return d.due_day.isoformat()
    if d.foreseeable_day is None:
        return output.say("暂停", "paused")
    day = d.foreseeable_day
    return output.say(f"暂停（如今日恢复：{day}）", f"paused (if resumed today: {day})")
