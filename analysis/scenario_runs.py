"""Scenarios run on the engine: what did not come true, and what of the definition they cover."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from ..engine.clock import VirtualClock
from ..engine.decision.obstacles import codes_of
from ..engine.decision.procedure import Procedure
from ..engine.engine import Engine
from ..engine.errors import Refused
from ..engine.model.event import Actor
from ..engine.queries.views import HistoryEntry
from ..engine.work.discovery import Sources
from ..workflow.errors import ZhixingError
from ..workflow.loading import DefinitionRefused
from ..workflow.model.definition import Definition
from .opening import fire, open_case, person_of
from .scenario_entries import Corrected, handed_in, happened, moment
from .scenarios import Correction, Scenario, ScenarioFile, ScenarioStep

_NO_DEADLINE = "none"
_SAME = {"guard-value": "guard", "guard-failed": "guard"}


class Failure(BaseModel):
    """An expectation that did not come true, and where it stands."""

    model_config = ConfigDict(frozen=True)

    scenario: str
    at: str
    expected: str
    got: str


class Coverage(BaseModel):
    """What the scenarios touched, of all there is: transitions by state, deadlines, and refusals by
    trigger and code."""

    model_config = ConfigDict(frozen=True)

    transitions: tuple[int, int]
    deadlines: tuple[int, int]
    refusals: tuple[int, int]
    untouched_transitions: tuple[str, ...]
    untouched_deadlines: tuple[str, ...]
    untouched_refusals: tuple[str, ...]


class ScenarioReport(BaseModel):
    """What came of the scenarios of a file."""

    model_config = ConfigDict(frozen=True)

    scenarios: int
    failures: tuple[Failure, ...]
    coverage: Coverage


def run_scenarios(
    definition: Definition, scenarios: ScenarioFile, sources: Sources
) -> ScenarioReport:
    """Run every scenario on an engine of its own.

    `sources` also holds the definitions of sub-procedures.
    """
    touched, failures = _Touched(), list[Failure]()
    for scenario in scenarios.scenarios:
        failures += _run(scenario, definition, sources, touched)
    return ScenarioReport(
        scenarios=len(scenarios.scenarios),
        failures=tuple(failures),
        coverage=_coverage(definition, touched),
    )


@dataclass(slots=True)
class _Touched:
    """What scenarios did: triggers by state, deadlines, refusals by trigger and code."""

    ways: set[tuple[str, str]] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    refusals: set[tuple[str, str]] = field(default_factory=set)

    def refuse(self, refused: Refused) -> None:
        """A condition that lacks a value is the same condition."""
        for obstacle in refused.obstacles:
            self.refusals.add((refused.trigger, _SAME.get(obstacle.code, obstacle.code)))

    def follow(self, history: Iterable[HistoryEntry]) -> None:
        """What a case went through."""
        for entry in history:
            self.ways.add((entry.trigger, entry.source))
            self.rules.update(line.get("deadline", _NO_DEADLINE) for line in entry.effects)


class _Expectation(NamedTuple):
    """What a step says of something, and how that is; nothing said is always so."""

    of: str
    wanted: Any
    got: Any

    @property
    def failed(self) -> bool:
        """Whether something was said and is not so."""
        return self.wanted is not None and self.wanted != self.got


_NOT_THERE = (_Expectation("in", "a sub-procedure or a linked case of this name", "none"),)


def _run(
    scenario: Scenario, definition: Definition, sources: Sources, touched: _Touched
) -> Iterator[Failure]:
    zone = ZoneInfo(definition.zone)
    clock = VirtualClock(moment(scenario.opened, scenario.opened.moment, zone))
    with Engine("sqlite://", sources, clock=clock, synchronous="NORMAL", drafts=True) as engine:
        opened = scenario.opened
        case = open_case(engine, definition, opened.data, opened.documents, opened.officer)
        for step in scenario.steps:
            clock.set(moment(step, step.moment, zone))
            engine.run_due()
            at = _at(engine, case, step.within)
            tried = _Step(engine, at, step, zone).failures(touched) if at else _NOT_THERE
            for failed in tried:
                yield Failure(
                    scenario=scenario.name,
                    at=str(step.at),
                    expected=f"{failed.of} {failed.wanted}".strip(),
                    got=str(failed.got),
                )
        touched.follow(engine.history(case))


def _at(engine: Engine, case: str, within: str | None) -> str | None:
    """The case that a step is about: the scenario's, a sub-procedure of it or a linked one."""
    if within is None:
        return case
    name, _, about = within.partition("@")
    subs = engine.query(parent=case)
    found = [s.id for s in subs if s.sub_procedure == name and about in ("", s.about)]
    found += [link.case_id for link in engine.case(case).links if link.name == name]
    return found[-1] if found else None


class _Step:
    """A step at a case on an engine: done, and then what it expects is compared."""

    def __init__(self, engine: Engine, case: str, step: ScenarioStep, zone: ZoneInfo) -> None:
        self._engine, self._case, self._step = engine, case, step
        self._zone = zone
        self._actor = self._person()
        self._happened_at = happened(step, step.happened, zone)

    def failures(self, touched: _Touched) -> Iterator[_Expectation]:
        """Do what the step does; gives the expectations that did not come true."""
        done = self._acceptance(touched)
        for expectation in chain(done, self._state(), self._tasks(), self._deadlines()):
            if expectation.failed:
                yield expectation

    def _person(self) -> Actor:
        step, roles = self._step, frozenset(self._step.as_)
        officer = self._engine.case(self._case).officer
        names = (person_of(role, officer) for role in step.as_)
        return Actor(step.person or "-".join(names), roles)

    # -- what it does

    def _acceptance(self, touched: _Touched) -> list[_Expectation]:
        acts = [name for name in self._acts if getattr(self._step, name) is not None]
        if not acts:
            return []
        got = self._refusal_codes(acts, touched)
        return [_Expectation("", _accepted(sorted(self._step.refused)), _accepted(got))]

    def _refusal_codes(self, acts: list[str], touched: _Touched) -> list[str]:
        """The codes of the refusal; none when everything was accepted."""
        try:
            for name in acts:
                self._acts[name](self, getattr(self._step, name))
        except Refused as refused:
            touched.refuse(refused)
            return sorted({o.code for o in refused.obstacles})
        except DefinitionRefused:  # the story itself is wrong
            raise
        except ZhixingError as error:
            return [error.code]
        return []

    def _fire(self, trigger: str) -> None:
        step = self._step
        fire(
            self._engine,
            self._case,
            trigger,
            self._actor,
            data=step.data,
            documents=handed_in(step.documents),
            note=step.note,
            about=step.about,
            happened_at=self._happened_at,
        )

    def _approve(self, trigger: str) -> None:
        self._decide(self._engine.approve, trigger)

    def _reject(self, trigger: str) -> None:
        self._decide(self._engine.reject, trigger)

    def _withdraw(self, trigger: str) -> None:
        self._decide(self._engine.withdraw, trigger)

    def _decide(self, verb: Callable[..., Any], trigger: str) -> None:
        actor, note, at = self._actor, self._step.note, self._happened_at
        verb(self._case, trigger, actor=actor, note=note, happened_at=at)

    def _claim(self, task: str) -> None:
        self._engine.claim_task(self._case, task, actor=self._actor, happened_at=self._happened_at)

    def _hand_back(self, task: str) -> None:
        self._engine.hand_back_task(
            self._case, task, actor=self._actor, happened_at=self._happened_at
        )

    def _correct(self, correction: Correction) -> None:
        written = Corrected(self._engine.history(self._case), self._zone).written(correction)
        self._engine.correct(
            self._case,
            actor=self._actor,
            note=self._step.note,
            documents=handed_in(self._step.documents),
            **written._asdict(),
        )

    _acts: ClassVar[dict[str, Callable[[_Step, Any], None]]] = {
        "correct": _correct,
        "fire": _fire,
        "approve": _approve,
        "refuse": _reject,
        "withdraw": _withdraw,
        "claim": _claim,
        "hand_back": _hand_back,
    }

    # -- what must then be so

    def _state(self) -> Iterator[_Expectation]:
        case = self._engine.case(self._case)
        yield _Expectation("state", self._step.state, case.state)
        yield _Expectation("mode", self._step.mode, case.closing_mode)
        waiting = tuple(waiting.name for waiting in case.waiting)
        yield _Expectation("waiting", self._step.waiting, waiting)

    def _tasks(self) -> Iterator[_Expectation]:
        found = self._engine.tasks(case_id=self._case)
        names = tuple(task.name for task in found if task.kind == "task")
        yield _Expectation("tasks", self._step.tasks, names)

    def _deadlines(self) -> Iterator[_Expectation]:
        statuses, days = dict[str, str](), dict[str, str]()
        for deadline in self._engine.deadlines(self._case, live=False):
            about = f"{deadline.rule}@{deadline.key}"
            statuses[deadline.rule] = statuses[about] = str(deadline.status)
            days[deadline.rule] = days[about] = str(deadline.due_day)
        for rule, status in self._step.deadlines.items():
            yield _Expectation(rule, status, statuses.get(rule, _NO_DEADLINE))
        for rule, day in self._step.due.items():
            yield _Expectation(f"{rule} due", str(day), days.get(rule, _NO_DEADLINE))


def _accepted(codes: list[str]) -> str:
    return f"refused: {codes}" if codes else "accepted"


# -- what was covered


def _coverage(definition: Definition, touched: _Touched) -> Coverage:
    ways = {(t.trigger, s) for t in definition.transitions for s in definition.sources_of(t)}
    rules = set(definition.deadlines)
    refusals = _possible_refusals(definition, ways)
    return Coverage(
        transitions=(len(touched.ways & ways), len(ways)),
        deadlines=(len(touched.rules & rules), len(rules)),
        refusals=(len(touched.refusals & refusals), len(refusals)),
        untouched_transitions=_named("{1} → {0}", ways - touched.ways),
        untouched_deadlines=tuple(sorted(rules - touched.rules)),
        untouched_refusals=_named("{0}: {1}", refusals - touched.refusals),
    )


def _possible_refusals(definition: Definition, ways: set[tuple[str, str]]) -> set[tuple[str, str]]:
    procedure = Procedure(definition)
    found: set[tuple[str, str]] = set()
    for trigger, state in ways:
        for step in procedure.ways_from(trigger, state):
            found |= {(trigger, code) for code in codes_of(step, definition)}
    return found


def _named(how: str, pairs: set[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(how.format(*pair) for pair in pairs))
