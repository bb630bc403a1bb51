"""The history of a case as lines: when it happened, and when it was entered where that differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from ..engine import Case, Engine, HistoryEntry
from ..workflow.periods.calendars import plain_calendar
from .output import Output, print_text


def print_history(output: Output, entries: Sequence[HistoryEntry], zone: tzinfo) -> None:
    """Print every entry, in local time; what was entered late or corrected since is marked."""
    corrected = {seq for entry in entries for seq in _corrected_by(entry)}
    for entry in entries:
        print_text(_line(entry, zone) + _marks(output, entry, zone, entry.seq in corrected))


def zone_of(engine: Engine, case: Case) -> tzinfo:
    """The zone of a case's court; where no file of its procedure is here, the zone of most."""
    given = engine.registry.given(case.procedure)
    return given.calendar.zone if given is not None else plain_calendar().zone


def local(moment: datetime, zone: tzinfo) -> str:
    """A moment as the court's clock shows it."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def effects_text(effects: Sequence[dict[str, Any]]) -> str:
    """What an entry did beside its own step; nothing where it did nothing."""
    told = ", ".join(map(_effect, effects))
    return f"  [{told}]" if told else ""


def _line(entry: HistoryEntry, zone: tzinfo) -> str:
    move = f"{entry.source} → {entry.target}" if entry.source != entry.target else entry.target
    what = entry.trigger or entry.kind
    line = f"{entry.seq:>4} {local(entry.happened_at, zone)} {what:<22} {move:<28} {entry.actor}"
    return line + effects_text(entry.effects)


def _marks(output: Output, entry: HistoryEntry, zone: tzinfo, is_corrected: bool) -> str:
    marks = list[str]()
    if entry.late:
        at = local(entry.recorded_at, zone)
        marks.append(
            output.say(f"补录：{entry.actor} 于 {at}", f"entered late: {entry.actor}, {at}")
        )
    if is_corrected:
        marks.append(output.say("已更正", "corrected since"))
    return "".join(f" <{mark}>" for mark in marks)


def _corrected_by(entry: HistoryEntry) -> tuple[int, ...]:
    """The entries that this one corrects."""
    told = entry.changes.get("correction") or {}
    return (*told.get("replaced", ()), *told.get("annulled", ()))


def _effect(effect: dict[str, Any]) -> str:
    about = next((str(effect[name]) for name in _ABOUT if name in effect), "")
    return f"{about} {effect['what']}".lstrip()


_ABOUT = ("deadline", "task", "trigger", "officer")
"""What an effect is about, the first that it names."""
