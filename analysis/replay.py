"""A log of real events lived through again: the same engine, on a clock that stands at the log's own dates.

Every event is fed but those that the clock must produce itself; those are compared with the log, to the day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, func, select

from ..engine.background.enforcement import serve_due
from ..engine.clock import VirtualClock
from ..engine.engine import Engine
from ..engine.model.event import Actor
from ..engine.storage.schema import cases, deadlines, history
from ..workflow.errors import ZhixingError
from ..workflow.model.definition import Definition
from ..workflow.model.logs import LogActivity
from .logs import LogEvent, read_log

Progress = Callable[[int, int], None]


class ClockFigures(BaseModel):
    """One activity that the clock must produce: how often the log has it, and how the engine's agree to the day."""

    model_config = ConfigDict(frozen=True)

    expected: int
    matched: int
    missing: int
    extra: int


class Refusal(BaseModel):
    """Why events of one activity were refused, and how many."""

    model_config = ConfigDict(frozen=True)

    activity: str
    state: str
    zh: str
    en: str
    count: int
    first_line: int


class ReplayReport(BaseModel):
    """What came of a replay. `violations` counts, per time rule, what was done after its time; `never_done` what was due
    and not done by the end of the log (a lapsed right among them is nobody's fault).
    """

    model_config = ConfigDict(frozen=True)

    definition: str
    cases: int
    log_events: int
    events: int
    refused: int
    refused_share: float
    refusals: tuple[Refusal, ...]
    clock: dict[str, ClockFigures]
    violations: dict[str, int]
    never_done: dict[str, int]
    states: dict[str, int]
    modes: dict[str, int]


@dataclass(slots=True)
class Trace:
    """One case of a log: steps fed and refused, and how the clock's steps agree with the log."""

    fed: int = 0
    refused: int = 0
    expected: int = 0
    missing: int = 0
    extra: int = 0


def replay(
    definition: Definition,
    path: str | Path,
    *,
    database: str = "sqlite://",
    progress: Progress | None = None,
) -> ReplayReport:
    """Replay a log on a database (in memory unless given; it must be empty of these cases). Raises `LogRefused`."""
    return replay_traces(definition, path, database=database, progress=progress)[0]


def replay_traces(
    definition: Definition,
    path: str | Path,
    *,
    database: str = "sqlite://",
    progress: Progress | None = None,
) -> tuple[ReplayReport, dict[str, Trace]]:
    """As `replay`, and what came of each case."""
    events = read_log(path, definition)
    clock = VirtualClock(events[0].at if events else datetime(2000, 1, 1, tzinfo=UTC))
    with Engine(database, definition, clock=clock, synchronous="NORMAL") as engine:
        run = _Replay(engine, definition, clock)
        run.feed(events, progress or (lambda done, total: None))
        return run.report(events), dict(run.traces)


class _Replay:
    def __init__(self, engine: Engine, definition: Definition, clock: VirtualClock) -> None:
        assert definition.log is not None
        self.engine, self.definition, self.clock, self.log = (
            engine,
            definition,
            clock,
            definition.log,
        )
        self.zone = ZoneInfo(definition.zone)
        self.fed = 0
        self.traces: defaultdict[str, Trace] = defaultdict(Trace)
        self.refusals: Counter[tuple[str, str, str, str]] = Counter()
        self.first_lines: dict[tuple[str, str, str, str], int] = {}

    def feed(self, events: list[LogEvent], progress: Progress) -> None:
        for at, group in groupby(events, key=lambda event: event.at):
            self.clock.set(at)
            with self.engine.transaction() as transaction:
                serve_due(transaction)
                for event in group:
                    self._one(transaction.connection, event)
            progress(self.fed, len(events))
        if events:
            self._live_out(events[-1].at)

    def _live_out(self, last: datetime) -> None:
        """The rest of the log's last day; what comes after it the log cannot know."""
        end = datetime.combine(last.astimezone(self.zone).date(), time(23, 59, 59), self.zone)
        self.clock.set(max(end, last + timedelta()))
        with self.engine.transaction() as transaction:
            serve_due(transaction)

    def _one(self, connection: Connection, event: LogEvent) -> None:
        activity = self.log.activities.get(event.activity)
        if activity is not None and activity.clock:
            return
        self.fed += 1
        self.traces[event.case].fed += 1
        try:
            if activity is None:
                self._refuse(
                    event,
                    "-",
                    f"定义中没有活动 {event.activity}",
                    f"the definition has no activity {event.activity}",
                )
            else:
                self._bring(connection, event, activity)
        except ZhixingError as error:
            self._refuse(
                event, str(error.data.get("state", "-")), error.text("zh"), error.text("en")
            )

    def _bring(self, connection: Connection, event: LogEvent, activity: LogActivity) -> None:
        actor = Actor.of("log", *([activity.by] if activity.by else []))
        data = {
            field: event.columns[column]
            for field, column in activity.carries.items()
            if column in event.columns
        }
        if event.activity == self.log.opens:
            self.engine.open_case(
                self.definition.id, actor=actor, data=data, id=event.case, within=connection
            )
        elif activity.trigger is not None:
            self.engine.fire(
                event.case, activity.trigger, actor=actor, data=data, within=connection
            )

    def _refuse(self, event: LogEvent, state: str, zh: str, en: str) -> None:
        key = (event.activity, state, zh.replace(event.case, "…"), en.replace(event.case, "…"))
        self.refusals[key] += 1
        self.traces[event.case].refused += 1
        self.first_lines.setdefault(key, event.line)

    def report(self, events: list[LogEvent]) -> ReplayReport:
        refused = sum(self.refusals.values())
        with self.engine.database.begin() as connection:
            late = _counts(connection, deadlines.c.rule, deadlines.c.status == "met-late")
            undone = _counts(connection, deadlines.c.rule, deadlines.c.status == "expired")
            ends = _counts(connection, cases.c.state, cases.c.id.is_not(None))
            modes = _counts(connection, cases.c.closing_mode, cases.c.closing_mode.is_not(None))
            clock = self._clock_figures(connection, events)
        met = [name for name, rule in self.definition.deadlines.items() if rule.met_by]
        return ReplayReport(
            definition=f"{self.definition.id} {self.definition.version} ({self.definition.hash[:12]})",
            cases=sum(ends.values()),
            log_events=len(events),
            events=self.fed,
            refused=refused,
            refused_share=round(refused / self.fed, 6) if self.fed else 0.0,
            refusals=tuple(
                Refusal(
                    activity=a,
                    state=s,
                    zh=zh,
                    en=en,
                    count=n,
                    first_line=self.first_lines[a, s, zh, en],
                )
                for (a, s, zh, en), n in self.refusals.most_common()
            ),
            clock=clock,
            violations={name: late.get(name, 0) for name in met},
            never_done={n: undone[n] for n in met if n in undone},
            states=ends,
            modes=modes,
        )

    def _clock_figures(
        self, connection: Connection, events: list[LogEvent]
    ) -> dict[str, ClockFigures]:
        figures = {}
        for name, activity in self.log.activities.items():
            if not activity.clock or activity.trigger is None:
                continue
            expected = Counter(
                (e.case, e.at.astimezone(self.zone).date()) for e in events if e.activity == name
            )
            made = select(history.c.case_id, history.c.at).where(
                history.c.trigger == activity.trigger, history.c.actor == "clock"
            )
            produced = Counter(
                (case, at.astimezone(self.zone).date()) for case, at in connection.execute(made)
            )
            matched = (expected & produced).total()
            for case, _ in expected.elements():
                self.traces[case].expected += 1
            for case, _ in (expected - produced).elements():
                self.traces[case].missing += 1
            for case, _ in (produced - expected).elements():
                self.traces[case].extra += 1
            figures[name] = ClockFigures(
                expected=expected.total(),
                matched=matched,
                missing=expected.total() - matched,
                extra=produced.total() - matched,
            )
        return figures


def _counts(connection: Connection, column: Any, condition: Any) -> dict[str, int]:
    rows = connection.execute(
        select(column, func.count()).where(condition).group_by(column).order_by(column)
    )
    found: defaultdict[str, int] = defaultdict(int)
    for name, count in rows:
        found[name] = count
    return dict(found)
