"""The figures of a replay while they are counted. Those of different cases add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ...engine.errors import Refused
from ...engine.model.case import DeadlineStatus
from ...workflow.errors import ZhixingError
from ..reading.events import LogEvent

NO_STATE = "-"


class Reason(BaseModel):
    """One reason of a refusal: the code of an obstacle or an error, and what it is about.

    These are ids of the definition; what differs from case to case (persons, days) is left out.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    field: str = ""
    document: str = ""
    deadline: str = ""
    trigger: str = ""


class RefusalKey(NamedTuple):
    """What refusals are counted by."""

    activity: str
    state: str
    code: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refusals for the same reasons: how many, and the first of them as it was told."""

    count: int
    at: datetime
    line: int
    zh: str
    en: str

    @property
    def place(self) -> tuple[datetime, int]:
        """Where the first stands in the order of time."""
        return self.at, self.line

    def __add__(self, other: Refusals) -> Refusals:
        first = min(self, other, key=lambda refusals: refusals.place)
        return Refusals(self.count + other.count, first.at, first.line, first.zh, first.en)


class LimitSeen(NamedTuple):
    """A time limit of a case: the last day computed, and the one that the log tells.

    `is_late` says that it was performed after the day computed, `is_late_in_log` after the other.
    """

    rule: str
    due: date | None
    told: date
    is_extended: bool
    is_late: bool
    is_late_in_log: bool

    @property
    def is_equal(self) -> bool:
        """Whether both are the same day."""
        return self.due == self.told


@dataclass(slots=True)
class Trace:
    """One case of a log: steps fed and refused, how the clock's steps agree with the log, and the
    time limits that the log tells."""

    fed: int = 0
    refused: int = 0
    expected: int = 0
    missing: int = 0
    extra: int = 0
    limits: tuple[LimitSeen, ...] = ()


class ClockStep(NamedTuple):
    """A step that the clock makes, or that the log says it made: case, activity, local day."""

    case: str
    activity: str
    day: date


@dataclass(slots=True)
class Tally:
    """What came of some cases of a log.

    `late` counts events that were entered later than they happened; `expected`, `matched` and
    `produced` count the clock's steps by activity; `deadlines` those of each rule by what became of
    them; `states` and `modes` count cases.
    """

    events: int = 0
    late: int = 0
    traces: defaultdict[str, Trace] = field(default_factory=lambda: defaultdict(Trace))
    refusals: dict[RefusalKey, Refusals] = field(default_factory=dict)
    expected: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    produced: Counter[str] = field(default_factory=Counter)
    deadlines: Counter[tuple[str, DeadlineStatus]] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)

    def feed(self, event: LogEvent) -> None:
        """An event is brought to its case."""
        self.events += 1
        self.late += event.recorded_at is not None
        self.traces[event.case].fed += 1

    def refuse(self, event: LogEvent, error: ZhixingError) -> None:
        """It was refused."""
        self.traces[event.case].refused += 1
        state = error.state if isinstance(error, Refused) else NO_STATE
        key = RefusalKey(event.activity, state, error.code, _reasons(error))
        refusal = Refusals(1, event.at, event.line, error.text("zh"), error.text("en"))
        self._refuse(key, refusal)

    def _refuse(self, key: RefusalKey, refusals: Refusals) -> None:
        known = self.refusals.get(key)
        self.refusals[key] = refusals if known is None else known + refusals

    def compare(self, expected: Counter[ClockStep], produced: Counter[ClockStep]) -> None:
        """The clock's steps of a case, as the log has them and as they came."""
        for step in expected.elements():
            self.traces[step.case].expected += 1
        for step in (expected - produced).elements():
            self.traces[step.case].missing += 1
        for step in (produced - expected).elements():
            self.traces[step.case].extra += 1
        self.expected.update(_by_activity(expected))
        self.matched.update(_by_activity(expected & produced))
        self.produced.update(_by_activity(produced))

    def add(self, other: Tally) -> None:
        """Add what came of other cases."""
        self.events += other.events
        self.late += other.late
        self.traces.update(other.traces)
        for key, refusals in other.refusals.items():
            self._refuse(key, refusals)
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))


_COUNTERS = ("expected", "matched", "produced", "deadlines", "states", "modes")


def _reasons(error: ZhixingError) -> tuple[Reason, ...]:
    """The obstacles of a refusal; any other error is its own reason."""
    if not isinstance(error, Refused):
        return (Reason(code=error.code, field=str(error.data.get("field", ""))),)
    reasons = (
        Reason(
            code=obstacle.code,
            field=obstacle.field,
            document=obstacle.document,
            deadline=obstacle.deadline,
            trigger=obstacle.trigger,
        )
        for obstacle in error.obstacles
    )
    return tuple(dict.fromkeys(reasons))


def _by_activity(steps: Mapping[ClockStep, int]) -> Counter[str]:
    """How many steps there are of each activity."""
    found: Counter[str] = Counter()
    for step, count in steps.items():
        found[step.activity] += count
    return found
