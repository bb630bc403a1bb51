"""The history of a case as lines, in local time and by the titles of its definition: when it
happened, and when it was entered where that differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from ..engine import Case, Engine, HistoryEntry
from ..engine.queries.spoken import Spoken
from .output import Output, print_text
from .telling import Telling, Told, local


def print_history(
    output: Output, entries: Sequence[HistoryEntry], engine: Engine, case: Case
) -> None:
    """Print every entry, in local time; what was entered late or corrected since is marked."""
    telling = Telling(engine, output.lang)
    corrected = {seq for entry in entries for seq in _corrected_by(entry)}
    for entry in entries:
        told = telling.version(entry.definition_hash or case.definition_hash)
        print_text(_line(entry, told) + _marks(output, entry, told.zone, entry.seq in corrected))


def effects_text(words: Spoken, effects: Sequence[Mapping[str, Any]]) -> str:
    """What an entry did beside its own step; nothing where it did nothing."""
    told = "; ".join(map(words.effect, effects))
    return f"  [{told}]" if told else ""


def _line(entry: HistoryEntry, told: Told) -> str:
    words = told.words
    what = words.entry(entry.kind, entry.trigger)
    parts = (
        f"{entry.seq:>4} {local(entry.happened_at, told.zone)} {what}",
        words.move(entry.source, entry.target),
        words.person(entry.actor, entry.roles),
    )
    return "  ".join(parts) + effects_text(words, entry.effects)


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
