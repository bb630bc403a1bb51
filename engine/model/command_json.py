"""Commands as the JSON that is kept of them, and back: a kind and its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from ...workflow.periods.adjustments import Deduction, Extension
from ...workflow.periods.counting import TimeUnit
from .commands import (
    Arm,
    Assign,
    AssignWatcher,
    Claim,
    Command,
    DeadlineReached,
    Deduct,
    Extend,
    HandBack,
    Move,
    Recalculate,
    Seal,
    Vote,
    Waive,
    Withdraw,
)


def command_as_json(command: Command) -> list[Any]:
    """A command as it is kept with its entry, or with its proposal."""
    return _WRITERS[type(command)](command)


def command_from_json(kept: Sequence[Any]) -> Command:
    """A command as it was before it was kept."""
    kind, *values = kept
    return _READERS[kind](*values)


def _write_extension(command: Extend) -> list[Any]:
    e = command.extension
    kind = "restore" if command.restore else "extend"
    return [kind, command.deadline, e.length, e.unit.value, e.approver, e.document]


def _write_deduction(command: Deduct) -> list[Any]:
    d = command.deduction
    return ["deduct", d.since, d.until, d.ground, d.document]


_WRITERS: dict[type[Command], Callable[[Any], list[Any]]] = {
    Arm: lambda c: ["arm", c.deadline, c.counted_from],
    Assign: lambda c: ["assign", c.officer, c.team],
    AssignWatcher: lambda c: ["watch", c.deadline, c.person],
    Claim: lambda c: ["claim", c.task],
    DeadlineReached: lambda c: ["reached", c.id],
    Deduct: _write_deduction,
    Extend: _write_extension,
    HandBack: lambda c: ["hand-back", c.task],
    Move: lambda c: ["move", c.hash, c.entered_at],
    Recalculate: lambda c: ["recalculate"],
    Seal: lambda c: ["seal"],
    Vote: lambda c: ["vote", c.trigger, c.in_favour],
    Waive: lambda c: ["waive", c.deadline],
    Withdraw: lambda c: ["withdraw", c.trigger],
}


def _read_deduction(since: Any, until: Any, ground: str, document: str) -> Command:
    start = _day(since)
    assert start is not None
    return Deduct(Deduction(start, _day(until), ground, document))


def _read_extension(deadline: str, length: int, unit: str, *by: str, restore: bool) -> Command:
    return Extend(deadline, Extension(length, TimeUnit(unit), *by), restore)


def _day(kept: str | date | None) -> date | None:
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


def _moment(kept: str | datetime) -> datetime:
    return datetime.fromisoformat(kept) if isinstance(kept, str) else kept


_READERS: dict[str, Callable[..., Command]] = {
    "arm": lambda deadline, day: Arm(deadline, _day(day)),
    "assign": Assign,
    "claim": Claim,
    "deduct": _read_deduction,
    "extend": partial(_read_extension, restore=False),
    "hand-back": HandBack,
    "move": lambda hash, entered_at: Move(hash, _moment(entered_at)),
    "reached": DeadlineReached,
    "recalculate": Recalculate,
    "restore": partial(_read_extension, restore=True),
    "seal": Seal,
    "vote": Vote,
    "waive": Waive,
    "watch": AssignWatcher,
    "withdraw": Withdraw,
}
