"""One case of a log lived through: its events, and before each what the clock owes the case.

They come in the order in which they were recorded, each as of the day when it happened. What was
recorded before something that it rests on is brought again after that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...engine.decision.again import Tools, redecide
from ...engine.decision.decide import decide, open_case
from ...engine.decision.turn import Turn
from ...engine.model.case import CaseState, DeadlineState
from ...engine.model.effects import Decision
from ...engine.model.event import CLOCK, Actor, Event
from ...engine.model.past import Amendment
from ...engine.work.registry import Registry
from ...engine.work.unit import UnitOfWork
from ...workflow.errors import ZhixingError
from ...workflow.model.definition import Definition
from ...workflow.model.logs import LogActivity
from ..memory import MemoryCaseRepository
from ..reading.events import LogEvent
from .columns import Read, reader_of
from .limits import LimitColumns, Told
from .tally import ClockStep, Tally

_NEVER = datetime.max.replace(tzinfo=UTC)
_MOST_WAITING = 100
"""Of one case: what is beyond them is not brought again."""


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
    carries: tuple[tuple[str, str, Read], ...]
    zone: ZoneInfo

    @classmethod
    def of(cls, name: str, activity: LogActivity, definition: Definition, opens: str) -> _Known:
        """The activity, made ready once for every event of it."""
        data = definition.data
        carries = activity.carries.items()
        return cls(
            activity.trigger,
            name == opens,
            Actor.of("log", *filter(None, [activity.by])),
            tuple((field, column, reader_of(data[field].type)) for field, column in carries),
            ZoneInfo(definition.zone),
        )

    def data(self, event: LogEvent) -> dict[str, str]:
        """The fields that an event of it carries."""
        columns, zone = event.columns, self.zone
        return {
            field: read(columns[name], zone)
            for field, name, read in self.carries
            if name in columns
        }


class Lived(NamedTuple):
    """What became of a case: it (none when it was never opened) with its sub-procedures, and every
    time limit that they had."""

    cases: list[CaseState]
    deadlines: list[DeadlineState]


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
        self._limits = LimitColumns(self._registry.current(definition.id))
        self._known = {
            name: _Known.of(name, activity, definition, log.opens)
            for name, activity in log.activities.items()
        }
        self._clock = {name: a.trigger for name, a in log.activities.items() if a.clock}
        self._made_by: dict[str | None, list[str]] = defaultdict(list)
        for name, trigger in self._clock.items():
            self._made_by[trigger].append(name)

    def replay(self, events: Sequence[LogEvent]) -> Lived:
        """Live through the events of one case, which stand in the order of recording.

        Gives what became of it.
        """
        has_late = any(event.recorded_at for event in events)
        repository = MemoryCaseRepository(self._registry, remembers=has_late)
        case = _ReplayedCase(self._procedure, repository)
        waiting: list[_Refused] = []
        told = self._limits.told(events)
        for event in events:
            at = event.known_at.astimezone(UTC)
            case.catch_up(at)
            if event.activity in self._clock:
                continue  # the clock must make it by itself
            self.tally.feed(event)
            error = self._bring(case, event, at)
            if error is not None:
                waiting.append(_Refused(event, error))
                continue
            if self._activity(event.activity).opens:
                self._extend(case, event, told)
            if has_late:
                waiting = self._bring_again(case, waiting, at)
        case.catch_up(self._end)
        for refused in waiting:
            self.tally.refuse(*refused)
        lived = Lived(list(case.cases()), list(_last_states(case.decisions)))
        self._count(lived)
        self.tally.traces[events[0].case].limits = tuple(self._limits.seen(lived.deadlines, told))
        steps = case.decided_again(self._end) if has_late else case.decisions
        self.tally.compare(self._expected(events), self._produced(steps))
        return lived

    def _extend(self, case: _ReplayedCase, opening: LogEvent, told: Told) -> None:
        """Give the limits of a new case the extensions that the log tells by their ends."""
        opened = next(state for state in case.cases() if state.id == opening.case)
        for event in self._limits.extensions(opened, told, opening.known_at.astimezone(UTC)):
            try:
                case.fire(opening.case, event)
            except ZhixingError as error:
                self.tally.refuse(opening, error)

    def _bring(self, case: _ReplayedCase, event: LogEvent, at: datetime) -> ZhixingError | None:
        """Bring an event to its case; gives why it is refused."""
        try:
            case.bring(event, self._activity(event.activity), at)
        except ZhixingError as error:
            return error
        return None

    def _bring_again(
        self, case: _ReplayedCase, waiting: list[_Refused], at: datetime
    ) -> list[_Refused]:
        """Bring what was refused once more, in the order in which it happened; gives the rest."""
        waiting = sorted(waiting, key=lambda refused: refused.event.at)
        for place, refused in enumerate(waiting[:_MOST_WAITING]):
            if self._bring(case, refused.event, at) is None:
                return self._bring_again(case, waiting[:place] + waiting[place + 1 :], at)
        return waiting

    def _activity(self, name: str) -> _Known:
        found = self._known.get(name)
        if found is None:
            raise UnknownActivity(activity=name)
        return found

    def _count(self, lived: Lived) -> None:
        tally = self.tally
        for deadline in lived.deadlines:
            tally.deadlines[deadline.rule, deadline.status] += 1
        for state in lived.cases:
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


class _Refused(NamedTuple):
    """An event that was refused, and why."""

    event: LogEvent
    error: ZhixingError


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
        """Open the case or fire a trigger, entered at a time. Raises what the engine refuses."""
        unit = UnitOfWork(self._repository, at)
        data, happened_at = known.data(event), event.at.astimezone(UTC)
        entered = at if at > happened_at else None
        if known.opens:
            opening = Event(happened_at, known.actor, data=data, recorded_at=entered)
            unit.open(self._procedure, opening, id=event.case)
        elif known.trigger is not None:
            act = Event(happened_at, known.actor, known.trigger, data, recorded_at=entered)
            unit.fire(event.case, act)
        unit.flush()

    def fire(self, case_id: str, event: Event) -> None:
        """One event comes to a case. Raises what the engine refuses."""
        unit = UnitOfWork(self._repository, event.at)
        unit.fire(case_id, event)
        unit.flush()

    def decided_again(self, until: datetime) -> Iterable[Decision]:
        """What the case and its sub-procedures went through, all that was late in its place."""
        return chain.from_iterable(self._lived(case, until) for case in self.cases())

    def _lived(self, case: CaseState, until: datetime) -> Iterable[Decision]:
        repository = self._repository
        turn = Turn(repository.procedure(case.definition_hash), case.clone(), Event(until, CLOCK))
        tools = Tools(open_case, decide, repository.procedure)
        lived = redecide(turn, repository.past(case), Amendment(), tools).after
        return [*lived.kept.values(), *lived.fresh]


def _wakes(case: CaseState) -> datetime:
    return case.wake_at or _NEVER


def _last_states(decisions: Iterable[Decision]) -> Iterable[DeadlineState]:
    """Every deadline that there was, as it ended up."""
    found: dict[str, DeadlineState] = {}
    for decision in decisions:
        found |= decision.effects.armed
        found |= decision.effects.changed
    return found.values()
