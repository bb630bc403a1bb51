"""The time limits of a case beside the columns in which its log says when they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ...engine.decision.due import rule_period
from ...engine.decision.procedure import Procedure
from ...engine.model.case import CaseState, DeadlineState, DeadlineStatus
from ...engine.model.commands import Extend
from ...engine.model.event import Actor, Event
from ...workflow.model.field_types import FieldType
from ...workflow.model.limits import DeadlineRule, extension_step
from ...workflow.model.parts import Power
from ...workflow.periods.adjustments import Extension
from ..reading.events import LogEvent
from .columns import reader_of
from .tally import LimitSeen

_READ = reader_of(FieldType.DATE)

Told = Mapping[str, date]
"""The local day on which the log says that a limit ends, by the limit's rule."""


class LimitColumns:
    """The columns of a log that say when limits end, read for a definition."""

    def __init__(self, procedure: Procedure) -> None:
        definition = procedure.definition
        assert definition.log is not None
        self._procedure = procedure
        self._columns = definition.log.limits
        self._zone = ZoneInfo(definition.zone)
        power = definition.powers.get("extend", Power(by=("nobody",)))
        self._by = Actor.of("log", *power.by)
        self._documents = dict.fromkeys(power.documents, "log")

    def told(self, events: Sequence[LogEvent]) -> Told:
        """What the columns of a case say; the first of its rows that has one decides."""
        columns: dict[str, str] = {}
        for event in reversed(events):
            columns |= event.columns
        days = {rule: self._day(columns.get(name, "")) for rule, name in self._columns.items()}
        return {rule: day for rule, day in days.items() if day is not None}

    def _day(self, text: str) -> date | None:
        try:
            return date.fromisoformat(_READ(text, self._zone))
        except ValueError:
            return None

    def extensions(self, case: CaseState, told: Told, at: datetime) -> Iterator[Event]:
        """The extensions that a case was given: the log's day is the one that its rule's own
        extension leads to. When it was given no log of this kind says."""
        for deadline in case.deadlines:
            extension = _allowed(self._procedure.rules[deadline.rule])
            if extension is not None and told.get(deadline.rule) == self._extended(
                case, deadline, extension
            ):
                command = Extend(deadline.id, extension)
                yield Event(at, self._by, documents=self._documents, command=command)

    def _extended(self, case: CaseState, deadline: DeadlineState, extension: Extension) -> date:
        """The last day of a limit with an extension."""
        period = rule_period(
            self._procedure, self._procedure.rules[deadline.rule], case, deadline.key
        )
        return period.due(deadline.start, (), (extension,)).day

    def seen(self, deadlines: Iterable[DeadlineState], told: Told) -> Iterator[LimitSeen]:
        """What became of the limits that the log tells, beside what it says."""
        for deadline in deadlines:
            day = told.get(deadline.rule)
            if day is None:
                continue
            yield LimitSeen(
                deadline.rule,
                deadline.due_day,
                day,
                bool(deadline.extensions),
                deadline.status is DeadlineStatus.MET_LATE,
                self._performed_after(deadline, day),
            )

    def _performed_after(self, deadline: DeadlineState, day: date) -> bool:
        is_met = deadline.status in (DeadlineStatus.MET, DeadlineStatus.MET_LATE)
        ended = deadline.ended_at
        return is_met and ended is not None and ended.astimezone(self._zone).date() > day


def _allowed(rule: DeadlineRule) -> Extension | None:
    """The longest extension that a rule allows at once."""
    allowed = extension_step(rule.extension, 0)
    if allowed is None or allowed.length is None:
        return None
    return Extension(allowed.length, allowed.unit, allowed.by[0])
