"""One case of a log lived through: its events, and before each what the clock owes the case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from ...engine.model.case import CaseState, DeadlineState
from ...engine.model.effects import Decision
from ...engine.model.event import CLOCK, Actor, Event
from ...engine.work.registry import Registry
from ...engine.work.unit import UnitOfWork
from ...workflow.errors import ZhixingError
from ...workflow.model.definition import Definition
from ...workflow.model.logs import LogActivity
from ..logs import LogEvent
from ..memory import MemoryCaseRepository
from .tally import ClockStep, Tally

_NEVER = datetime.max.replace(tzinfo=UTC)


class UnknownActivity(ZhixingError):
    """A log has an activity that the definition's `log` section does not name."""

    code = "activity-unknown"
    zh, en = "定义中没有活动 {activity}", "the definition has no activity {activity}"


@dataclass(frozen=True, slots=True)
class _Known:
    """An activity of the log as this definition understands it."""

    trigger: str | None
    opens: bool
    actor: Actor
    carries: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, name: str, activity: LogActivity, opens: str) -> _Known:
        """The activity, made ready once for every event of it."""
        return cls(
            activity.trigger,
            name == opens,
            Actor.of("log", *filter(None, [activity.by])),
            tuple(activity.carries.items()),
        )

    def data(self, event: LogEvent) -> dict[str, str]:
        """The fields that an event of it carries."""
        columns = event.columns
        return {field: columns[name] for field, name in self.carries if name in columns}


class CaseReplayer:
    """Lets the cases of a log go through a definition, one after the other.

    `end` is the time until which they live; `tally` has what came of them.
    """

    def __init__(self, definition: Definition, end: datetime) -> None:
        assert definition.log is not None
        log = definition.log
        self.tally = Tally()
        self._end = end
        self._procedure = definition.id
        self._registry = Registry((definition,))
        self._zone = ZoneInfo(definition.zone)
        self._known = {
            name: _Known.of(name, activity, log.opens) for name, activity in log.activities.items()
        }
        self._clock = {name: a.trigger for name, a in log.activities.items() if a.clock}
        self._made_by: dict[str | None, list[str]] = defaultdict(list)
        for name, trigger in self._clock.items():
            self._made_by[trigger].append(name)

    def replay(self, events: Sequence[LogEvent]) -> None:
        """Live through the events of one case, which stand in the order of time."""
        case = _ReplayedCase(self._procedure, MemoryCaseRepository(self._registry))
        for event in events:
            at = event.at.astimezone(UTC)
            case.catch_up(at)
            if event.activity not in self._clock:  # else the clock must make it by itself
                self._bring(case, event, at)
        case.catch_up(self._end)
        self._count(case, events)

    def _bring(self, case: _ReplayedCase, event: LogEvent, at: datetime) -> None:
        self.tally.feed(event)
        try:
            case.bring(event, self._activity(event.activity), at)
        except ZhixingError as error:
            self.tally.refuse(event, error)

    def _activity(self, name: str) -> _Known:
        found = self._known.get(name)
        if found is None:
            raise UnknownActivity(activity=name)
        return found

    def _count(self, case: _ReplayedCase, events: Sequence[LogEvent]) -> None:
        tally = self.tally
        tally.compare(self._expected(events), self._produced(case.decisions))
        for deadline in _last_states(case.decisions):
            tally.deadlines[deadline.rule, deadline.status] += 1
        for state in case.cases():
            tally.states[state.state] += 1
            if state.closing_mode is not None:
                tally.modes[state.closing_mode] += 1

    def _expected(self, events: Iterable[LogEvent]) -> Counter[ClockStep]:
        """The clock's steps as the log has them."""
        return Counter(
            ClockStep(event.case, event.activity, self._day(event.at))
            for event in events
            if self._clock.get(event.activity) is not None
        )

    def _produced(self, decisions: Iterable[Decision]) -> Counter[ClockStep]:
        """The clock's steps as they came."""
        return Counter(
            ClockStep(decision.case.id, name, self._day(decision.entry.happened_at))
            for decision in decisions
            if decision.entry.actor == CLOCK.id
            for name in self._made_by.get(decision.entry.trigger, ())
        )

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


class _ReplayedCase:
    """A case of the log in memory, with the sub-procedures that it opens."""

    def __init__(self, procedure: str, repository: MemoryCaseRepository) -> None:
        self._procedure, self._repository = procedure, repository

    @property
    def decisions(self) -> list[Decision]:
        """Everything that happened, in order."""
        return self._repository.news

    def cases(self) -> Iterable[CaseState]:
        """The case (none when it was never opened) and its sub-procedures."""
        return self._repository.cases.values()

    def catch_up(self, until: datetime) -> None:
        """Serve everything due, in due order, until nothing is: as a worker would."""
        while self._serve(until):
            pass

    def _serve(self, until: datetime) -> int:
        """Serve each case that is due; gives how many moments came."""
        unit = UnitOfWork(self._repository, until)
        served = sum(unit.catch_up(case.id, until) for case in self._due(until))
        unit.flush()
        return served

    def _due(self, until: datetime) -> list[CaseState]:
        in_order = sorted(self.cases(), key=_wakes)
        return list(takewhile(lambda case: _wakes(case) <= until, in_order))

    def bring(self, event: LogEvent, known: _Known, at: datetime) -> None:
        """Open the case or fire a trigger. Raises what the engine refuses."""
        unit = UnitOfWork(self._repository, at)
        data = known.data(event)
        if known.opens:
            unit.open(self._procedure, Event(at, known.actor, data=data), id=event.case)
        elif known.trigger is not None:
            unit.fire(event.case, Event(at, known.actor, known.trigger, data))
        unit.flush()


def _wakes(case: CaseState) -> datetime:
    return case.wake_at or _NEVER


def _last_states(decisions: Iterable[Decision]) -> Iterable[DeadlineState]:
    """Every deadline that there was, as it ended up."""
    found: dict[str, DeadlineState] = {}
    for decision in decisions:
        found |= decision.effects.armed
        found |= decision.effects.changed
    return found.values()
