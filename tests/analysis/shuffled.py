"""A log of fines entered in another order than it happened, and what comes of both.

`python -m tests.analysis.shuffled LOG [SEED]` prints what differs over a whole log.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from zhixing.analysis import LogEvent
from zhixing.analysis.replaying.by_case import CaseLog, Part
from zhixing.analysis.replaying.case import CaseReplayer, Lived
from zhixing.workflow import Definition, definition_from_text

TEXT = (ROOT / "definitions" / "it" / "road_fines.yaml").read_text(encoding="utf-8")
# what is tested is what becomes of late entries, not who may make them; no party may
TEXT = TEXT.replace("by: offender", "by: police")
FINES = definition_from_text(
    TEXT.replace("powers:\n", "powers:\n  late: {by: [police, prefecture]}\n", 1)
)
PENALTY = "Add penalty"
IN_TIME = {
    "Send Fine": ("Create Fine", 90),
    "Insert Date Appeal to Prefecture": ("Insert Fine Notification", 60),
    "Appeal to Judge": ("Insert Fine Notification", 60),
}
"""Acts that meet a limit: what starts it, and its days. Told to have expired, it takes a document
and another person's word to overturn it, which a log has not."""


@dataclass
class Comparison:
    """What came of a log in order and shuffled."""

    cases: int = 0
    late: int = 0
    out_of_order: int = 0
    penalties: tuple[int, int] = (0, 0)
    refusals: Counter[tuple[str, ...]] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)


def shuffled(events: Sequence[LogEvent], end: datetime, dice: random.Random) -> list[LogEvent]:
    """The events of a case, each recorded some days later; those of one day stay in their order.

    None is recorded after a limit was told to have expired that it, or what rests on it, has met.
    """
    latest = [min(end, *_limits(events, event)) for event in events]
    recorded: list[LogEvent] = []
    for event, last in zip(events, latest, strict=True):
        delay = timedelta(days=dice.choice((0, 0, 3, 20, 80, 300, 900)))
        at = max(event.at, min(event.at + delay, last))
        before = recorded[-1] if recorded else event
        if before.at == event.at:
            at = max(at, before.known_at)
        recorded.append(replace(event, recorded_at=at if at > event.at else None))
    return sorted(recorded, key=lambda event: event.known_at)


def _limits(events: Sequence[LogEvent], event: LogEvent) -> Iterable[datetime]:
    """The last days of the limits that were met at or after an event."""
    first = {e.activity: e.at for e in reversed(events)}
    for other in events:
        start, days = IN_TIME.get(other.activity, ("", 0))
        begun = first.get(start, datetime.min)
        if other.at >= event.at and (other.at.date() - begun.date()).days <= days:
            yield max(other.at, begun + timedelta(days=days))
    yield datetime.max.replace(tzinfo=UTC)


def truth(lived: Lived) -> Any:
    """What is true of a case, whoever entered it when."""
    case = lived.cases[0]
    limits = sorted(
        (d.rule, d.start, d.due_day, d.due_at, d.status)
        for d in lived.deadlines
        if d.status != "cancelled"
    )
    return case.state, case.closed_at, case.closing_mode, case.data, limits


def compared(definition: Definition, path: Path, seed: int) -> Comparison:
    """Live through every case in order, and again as it is entered shuffled."""
    found, dice = Comparison(), random.Random(seed)
    log = CaseLog.read(definition, path, Part())
    end = log.end(definition)
    last = log.last.astimezone(UTC)
    in_order, late = CaseReplayer(definition, end), CaseReplayer(definition, end)
    for id, events in log.cases.items():
        entered = shuffled(events, last, dice)
        found.out_of_order += [e.at for e in entered] != sorted(e.at for e in entered)
        if truth(in_order.replay(events)) != truth(late.replay(entered)):
            found.differing.append(id)
    found.cases, found.late = len(log.cases), late.tally.late
    found.penalties = in_order.tally.matched[PENALTY], late.tally.matched[PENALTY]
    for key, refusals in late.tally.refusals.items():
        found.refusals[(key.activity, *(reason.code for reason in key.reasons))] += refusals.count
    return found


if __name__ == "__main__":
    print(compared(FINES, Path(sys.argv[1]), int((sys.argv[2:] or ["1"])[0])))
