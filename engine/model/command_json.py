"""Commands as the JSON that is kept of them, and back: a kind and its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from ...workflow.periods.adjustments import Deduction, Extension
from ...workflow.periods.counting import TimeUnit
from .commands import (
    Arm,
    Assign,
    AssignWatcher,
    ByHand,
    Cited,
    Claim,
    ComeUnder,
    Command,
    Correct,
    DeadlineReached,
    Deduct,
    Extend,
    Finish,
    GoElsewhere,
    HandBack,
    HandDone,
    LateAct,
    Link,
    Linked,
    Meet,
    Move,
    NotTaken,
    Recalculate,
    Replacement,
    Seal,
    Transfer,
    Transferred,
    Vote,
    Waive,
    Withdraw,
)
from .taking_over import TakeOver
from .taking_over_json import (
    kept_moment,
    moment_or_day,
    take_over_as_json,
    take_over_from_json,
)


def command_as_json(command: Command) -> list[Any]:
    """A command as it is kept with its entry, or with its proposal."""
    return _WRITERS[type(command)](command)


def command_from_json(kept: Sequence[Any]) -> Command:
    """A command as it was before it was kept."""
    kind, *values = kept
    return _READERS[kind](*values)


def replacement_as_json(given: Replacement) -> dict[str, Any]:
    """What is put in the place of what an entry was given, each part where there is any."""
    kept: dict[str, Any] = {}
    if given.data:
        kept["data"] = dict(given.data)
    if given.documents:
        kept["documents"] = dict(given.documents)
    if given.happened_at is not None:
        kept["happened_at"] = kept_moment(given.happened_at)
    return kept


def replacement_from_json(kept: Mapping[str, Any]) -> Replacement:
    """A replacement as it was before it was kept."""
    at = kept.get("happened_at")
    return Replacement(
        kept.get("data", {}), kept.get("documents", {}), moment_or_day(at) if at else None
    )


def _write_correction(command: Correct) -> list[Any]:
    replaced = {str(seq): replacement_as_json(new) for seq, new in command.replace.items()}
    entered = _write_act(command.enter) if command.enter is not None else None
    return ["correct", replaced, list(command.annul), entered]


def _write_act(act: LateAct) -> list[Any]:
    about = [act.about] if act.about else []
    at = kept_moment(act.happened_at)
    return [act.trigger, at, dict(act.data), dict(act.documents), act.note, *about]


def _write_extension(command: Extend) -> list[Any]:
    e = command.extension
    kind = "restore" if command.restore else "extend"
    return [kind, command.deadline, e.length, e.unit.value, e.approver, e.document]


def _write_deduction(command: Deduct) -> list[Any]:
    d = command.deduction
    return ["deduct", d.since, d.until, d.ground, d.document]


_WRITERS: dict[type[Command], Callable[[Any], list[Any]]] = {
    Arm: lambda c: ["arm", c.deadline, c.counted_from, *([list(c.law)] if c.law else [])],
    Meet: lambda c: ["meet", c.deadline],
    Assign: lambda c: ["assign", c.officer, c.team],
    AssignWatcher: lambda c: ["watch", c.deadline, c.person],
    Claim: lambda c: ["claim", c.task],
    DeadlineReached: lambda c: ["reached", c.id],
    Correct: _write_correction,
    Deduct: _write_deduction,
    Extend: _write_extension,
    Finish: lambda c: ["finish", c.task, c.send],
    HandBack: lambda c: ["hand-back", c.task],
    Move: lambda c: ["move", c.hash, c.entered_at],
    Link: lambda c: ["link", c.name, c.case, c.court, c.procedure],
    Linked: lambda c: ["linked", c.name, c.case, c.court, c.procedure, c.is_of],
    Transfer: lambda c: ["transfer", c.child, c.to, c.name],
    Transferred: lambda c: ["transferred", c.child, c.other, c.name, c.is_here],
    ComeUnder: lambda c: (
        ["come-under", c.parent, c.name, c.number, c.officer, c.team] + [c.about] * bool(c.about)
    ),
    GoElsewhere: lambda c: ["go-elsewhere", c.court, c.case],
    NotTaken: lambda c: ["not-taken", c.to, c.case, c.trigger, c.why_zh, c.why_en],
    ByHand: lambda c: ["by-hand", c.what, c.request, c.key, c.why],
    HandDone: lambda c: ["hand-done", c.what, c.key, c.person],
    Recalculate: lambda c: ["recalculate", c.rules] if c.rules else ["recalculate"],
    Seal: lambda c: ["seal"],
    TakeOver: take_over_as_json,
    Vote: lambda c: ["vote", c.trigger, c.in_favour],
    Waive: lambda c: ["waive", c.deadline],
    Withdraw: lambda c: ["withdraw", c.trigger],
}


def _read_correction(
    replaced: Mapping[str, Any], annulled: Sequence[int], entered: Sequence[Any] | None
) -> Command:
    new = {int(seq): replacement_from_json(kept) for seq, kept in replaced.items()}
    return Correct(new, tuple(annulled), _read_act(*entered) if entered else None)


def _read_act(trigger: str, at: Any, data: Any, documents: Any, *words: str) -> LateAct:
    return LateAct(trigger, moment_or_day(at), data, documents, *words)


def _read_deduction(since: Any, until: Any, ground: str, document: str) -> Command:
    start = _day(since)
    assert start is not None
    return Deduct(Deduction(start, _day(until), ground, document))


def _read_extension(deadline: str, length: int, unit: str, *by: str, restore: bool) -> Command:
    return Extend(deadline, Extension(length, TimeUnit(unit), *by), restore)


def _day(kept: str | date | None) -> date | None:
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


def _instant(kept: str | datetime) -> datetime:
    return datetime.fromisoformat(kept) if isinstance(kept, str) else kept


_READERS: dict[str, Callable[..., Command]] = {
    "arm": lambda deadline, day, law=None: Arm(deadline, _day(day), Cited(*law) if law else None),
    "meet": Meet,
    "assign": Assign,
    "by-hand": ByHand,
    "claim": Claim,
    "correct": _read_correction,
    "deduct": _read_deduction,
    "extend": partial(_read_extension, restore=False),
    "finish": Finish,
    "hand-back": HandBack,
    "hand-done": HandDone,
    "move": lambda hash, entered_at: Move(hash, _instant(entered_at)),
    "transfer": Transfer,
    "transferred": Transferred,
    "come-under": ComeUnder,
    "go-elsewhere": GoElsewhere,
    "link": Link,
    "linked": Linked,
    "not-taken": NotTaken,
    "reached": DeadlineReached,
    "recalculate": Recalculate,
    "restore": partial(_read_extension, restore=True),
    "seal": Seal,
    "take-over": take_over_from_json,
    "vote": Vote,
    "waive": Waive,
    "watch": AssignWatcher,
    "withdraw": Withdraw,
}
