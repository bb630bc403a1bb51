"""A log read by case: all of it, or the cases of one part."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from zlib import crc32
from zoneinfo import ZoneInfo

from ...workflow.model.definition import Definition
from ..logs import Log
from ..reading.events import LogEvent
from ..reading.unread import LogReading

_END_OF_DAY = time(23, 59, 59)
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several parts of a log; the id of a case says to which it belongs."""

    number: int = 0
    of: int = 1

    def has(self, case: str) -> bool:
        """Whether a case belongs to this part, in any process."""
        return crc32(case.encode()) % self.of == self.number


@dataclass(slots=True)
class CaseLog:
    """The events of each case, in the order in which they were recorded.

    `events` counts those of the whole log and `last` is the last of them, also where only one part
    of the cases is kept. Cases that lack a row are not among them: `reading` names these.
    """

    cases: defaultdict[str, list[LogEvent]] = field(default_factory=lambda: defaultdict(list))
    events: int = 0
    last: datetime = _BEGINNING
    reading: LogReading = field(default_factory=LogReading)

    @classmethod
    def read(
        cls, definition: Definition, path: str | Path, part: Part, *, strict: bool = False
    ) -> CaseLog:
        """Read a log, and keep the whole cases of a part. Raises `LogRefused`."""
        log, text = cls(), Log(path, definition, strict=strict)
        for event in text.events():
            log.events += 1
            log.last = max(log.last, event.known_at)
            if part.has(event.case):
                log.cases[event.case].append(event)
        log.reading = text.reading
        for case in log.reading.incomplete:
            log.cases.pop(case, None)
        for events in log.cases.values():
            events.sort(key=lambda event: event.known_at)
        return log

    @property
    def size(self) -> int:
        """How many events are kept."""
        return sum(map(len, self.cases.values()))

    def end(self, definition: Definition) -> datetime:
        """The end of the log's last day; what comes after it the log cannot know."""
        zone = ZoneInfo(definition.zone)
        day = self.last.astimezone(zone).date()
        return max(datetime.combine(day, _END_OF_DAY, zone), self.last).astimezone(UTC)
