"""What came of a replay, as it is reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from pydantic import BaseModel, ConfigDict

from ...engine.model.case import DeadlineStatus
from ...workflow.model.definition import Definition
from ..reading.unread import LogReading
from .tally import LimitSeen, Reason, RefusalKey, Refusals, Tally


class ClockFigures(BaseModel):
    """One activity that the clock must produce: how often the log has it, and how the engine's
    agree to the day."""

    model_config = ConfigDict(frozen=True)

    expected: int
    matched: int
    missing: int
    extra: int

    @property
    def is_exact(self) -> bool:
        """Whether the clock made each step of the log on its day, and no other."""
        return not (self.missing or self.extra)


class Refusal(BaseModel):
    """Events of one activity that were refused from one state for the same reasons.

    `zh` and `en` are the sentences of the first of them.
    """

    model_config = ConfigDict(frozen=True)

    activity: str
    state: str
    code: str
    reasons: tuple[Reason, ...]
    zh: str
    en: str
    count: int
    first_line: int


_BOTH = (True, True)


class LimitFigures(BaseModel):
    """One time limit beside the column in which the log says when it ends.

    `equal` cases have the same last day, `extended` of them by an extension. `late` were performed
    after the day computed, `late_in_log` after the log's, `late_in_both` after either.
    """

    model_config = ConfigDict(frozen=True)

    cases: int
    equal: int
    extended: int
    late: int
    late_in_log: int
    late_in_both: int

    @classmethod
    def of(cls, seen: Sequence[LimitSeen]) -> LimitFigures:
        """The figures of one limit over all cases."""
        equal = list(filter(attrgetter("is_equal"), seen))
        return cls(
            cases=len(seen),
            equal=len(equal),
            extended=sum(map(attrgetter("is_extended"), equal)),
            late=sum(map(attrgetter("is_late"), seen)),
            late_in_log=sum(map(attrgetter("is_late_in_log"), seen)),
            late_in_both=list(map(attrgetter("is_late", "is_late_in_log"), seen)).count(_BOTH),
        )


class ReplayReport(BaseModel):
    """What came of a replay.

    `violations` counts, per time rule, what was done after its time; `never_done` what was due and
    not done by the end of the log (a lapsed right among them is nobody's fault). `late` counts what
    was entered later than it happened. `limits` are those of which the log says when they end.
    `reading` says what of the log could not be read: cases that lack a row are in no other figure.
    """

    model_config = ConfigDict(frozen=True)

    definition: str
    reading: LogReading
    cases: int
    log_events: int
    events: int
    late: int
    refused: int
    refused_share: float
    refusals: tuple[Refusal, ...]
    clock: dict[str, ClockFigures]
    violations: dict[str, int]
    never_done: dict[str, int]
    limits: dict[str, LimitFigures]
    states: dict[str, int]
    modes: dict[str, int]

    @classmethod
    def of(
        cls, definition: Definition, log_events: int, tally: Tally, reading: LogReading
    ) -> ReplayReport:
        """The report of what was counted."""
        refusals = _most_frequent_first(tally)
        refused = sum(refusal.count for refusal in refusals)
        late = _of_rules(definition, tally, DeadlineStatus.MET_LATE)
        undone = _of_rules(definition, tally, DeadlineStatus.EXPIRED)
        return cls(
            definition=f"{definition.id} {definition.version} ({definition.hash[:12]})",
            reading=reading,
            cases=tally.states.total(),
            log_events=log_events,
            events=tally.events,
            late=tally.late,
            refused=refused,
            refused_share=round(refused / max(tally.events, 1), 6),
            refusals=refusals,
            clock=_clock_figures(definition, tally),
            violations=late,
            never_done=dict(filter(all, undone.items())),
            limits=_limit_figures(definition, tally),
            states=_by_name(tally.states),
            modes=_by_name(tally.modes),
        )


def _most_frequent_first(tally: Tally) -> tuple[Refusal, ...]:
    def order(found: tuple[RefusalKey, Refusals]) -> tuple[object, ...]:
        key, refusals = found
        return -refusals.count, refusals.place, key.activity

    return tuple(
        Refusal(
            **key._asdict(),
            zh=refusals.zh,
            en=refusals.en,
            count=refusals.count,
            first_line=refusals.line,
        )
        for key, refusals in sorted(tally.refusals.items(), key=order)
    )


def _of_rules(definition: Definition, tally: Tally, status: DeadlineStatus) -> dict[str, int]:
    """How many deadlines of each rule ended so, of the rules that something performs."""
    return {
        name: tally.deadlines[name, status]
        for name, rule in definition.deadlines.items()
        if rule.met_by
    }


def _clock_figures(definition: Definition, tally: Tally) -> dict[str, ClockFigures]:
    assert definition.log is not None
    return {
        name: ClockFigures(
            expected=tally.expected[name],
            matched=tally.matched[name],
            missing=tally.expected[name] - tally.matched[name],
            extra=tally.produced[name] - tally.matched[name],
        )
        for name, activity in definition.log.activities.items()
        if activity.clock and activity.trigger is not None
    }


def _limit_figures(definition: Definition, tally: Tally) -> dict[str, LimitFigures]:
    assert definition.log is not None
    seen = [limit for trace in tally.traces.values() for limit in trace.limits]
    return {
        name: LimitFigures.of([limit for limit in seen if limit.rule == name])
        for name in definition.log.limits
    }


def _by_name(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))
