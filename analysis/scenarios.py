"""Scenarios beside a definition: given, at this date, when, then; run through the engine, with what they cover.

A file `NAME.scenarios.yaml` beside `NAME.yaml` has a list `scenarios`, each with a `name`, `opened` (at, data, officer) and
`steps`. A step has `at`; it may `fire` a trigger `as` roles with `data` and `documents`, or `approve`, `refuse` or `withdraw` one,
`claim` or `hand_back` a task; and then it expects: `refused` (codes), `state`, `mode`, `waiting` (triggers that wait for
approval), `tasks` (open ones), `deadlines` (rule: status) or `due` (rule: date).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from ..engine.clock import VirtualClock
from ..engine.decision.obstacles import codes_of
from ..engine.decision.procedure import Procedure
from ..engine.engine import Engine
from ..engine.errors import Refused
from ..engine.model.event import Actor
from ..engine.work.discovery import Sources
from ..workflow.errors import ZhixingError
from ..workflow.loading import DefinitionRefused, read_model
from ..workflow.model.base import Element, Id, Ids, Texts
from ..workflow.model.definition import Definition
from ..workflow.source.findings import Finding


class Opened(Element):
    """How a scenario's case is opened."""

    moment: str = Field(alias="at")
    data: dict[Id, Any] = Field(default_factory=dict)
    officer: str = ""

    model_config = ConfigDict(populate_by_name=True)


class ScenarioStep(Element):
    """One step: what happens, and what must then be so."""

    moment: str = Field(alias="at")
    fire: Id | None = None
    approve: Id | None = None
    refuse: Id | None = None
    withdraw: Id | None = None
    claim: Id | None = None
    hand_back: Id | None = None
    as_: Ids = Field(default=(), alias="as")
    person: str = ""
    note: str = ""
    data: dict[Id, Any] = Field(default_factory=dict)
    documents: Ids = ()
    refused: Texts = ()
    state: Id | None = None
    mode: Id | None = None
    waiting: Ids | None = None
    tasks: Ids | None = None
    deadlines: dict[Id, str] = Field(default_factory=dict)
    due: dict[Id, str] = Field(default_factory=dict)

    model_config = ConfigDict(populate_by_name=True)


_ACTS = ("fire", "approve", "refuse", "withdraw", "claim", "hand_back")


class Scenario(Element):
    """A story of one case."""

    name: str
    opened: Opened
    steps: tuple[ScenarioStep, ...]


class ScenarioFile(Element):
    """The scenarios of one definition."""

    scenarios: tuple[Scenario, ...]


class Failure(BaseModel):
    """An expectation that did not come true, and where it stands."""

    model_config = ConfigDict(frozen=True)

    scenario: str
    at: str
    expected: str
    got: str


class Coverage(BaseModel):
    """What the scenarios touched, of all there is: transitions by state, deadlines, and refusals by trigger and code."""

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


def load_scenarios(path: str | Path) -> ScenarioFile:
    """Read a scenario file. Raises `DefinitionRefused` with findings at their lines."""
    return read_model(path, ScenarioFile)


def run_scenarios(
    definition: Definition, scenarios: ScenarioFile, sources: Sources
) -> ScenarioReport:
    """Run every scenario on an engine of its own; `sources` also holds the definitions of sub-procedures."""
    run = _Run(definition, sources)
    failures = [failure for scenario in scenarios.scenarios for failure in run.scenario(scenario)]
    return ScenarioReport(
        scenarios=len(scenarios.scenarios), failures=tuple(failures), coverage=run.coverage()
    )


class _Run:
    def __init__(self, definition: Definition, sources: Sources) -> None:
        self.definition, self.sources = definition, sources
        self.zone = ZoneInfo(definition.zone)
        self.ways: set[tuple[str, str]] = set()
        self.rules: set[str] = set()
        self.refusals: set[tuple[str, str]] = set()

    def _moment(self, element: Element, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self.zone)
        except ValueError:
            raise DefinitionRefused(
                [
                    Finding(
                        element.at_value("at"),
                        "shape",
                        f"不是日期或时间：{text}",
                        f"not a date or time: {text}",
                    )
                ]
            ) from None

    def scenario(self, scenario: Scenario) -> Iterator[Failure]:
        clock = VirtualClock(self._moment(scenario.opened, scenario.opened.moment))
        with Engine("sqlite://", self.sources, clock=clock, synchronous="NORMAL") as engine:
            everyone = Actor("scenario", frozenset(self.definition.roles))
            opened = scenario.opened
            case = engine.open_case(
                self.definition.id, actor=everyone, data=opened.data, officer=opened.officer
            ).id
            for step in scenario.steps:
                clock.set(self._moment(step, step.moment))
                engine.run_due()
                yield from self._step(engine, case, scenario, step)
            for entry in engine.history(case):
                self.ways.add((entry.trigger, entry.source))
                self.rules |= {e["deadline"] for e in entry.effects if "deadline" in e}

    def _step(
        self, engine: Engine, case: str, scenario: Scenario, step: ScenarioStep
    ) -> Iterator[Failure]:
        if any(getattr(step, what) is not None for what in _ACTS):
            got = self._act(engine, case, step)
            expected = sorted(step.refused)
            if got != expected:
                yield self._failure(
                    scenario,
                    step,
                    f"refused: {expected}" if expected else "accepted",
                    f"refused: {got}" if got else "accepted",
                )
        now = engine.case(case)
        if step.state is not None and now.state != step.state:
            yield self._failure(scenario, step, f"state {step.state}", now.state)
        if step.mode is not None and now.closing_mode != step.mode:
            yield self._failure(scenario, step, f"mode {step.mode}", str(now.closing_mode))
        waiting = tuple(w.trigger for w in now.waiting)
        if step.waiting is not None and waiting != step.waiting:
            yield self._failure(scenario, step, f"waiting {step.waiting}", str(waiting))
        if step.tasks is not None:
            open_tasks = tuple(t.name for t in engine.tasks(case_id=case) if t.kind == "task")
            if open_tasks != step.tasks:
                yield self._failure(scenario, step, f"tasks {step.tasks}", str(open_tasks))
        limits = {d.rule: d for d in engine.deadlines(case, live=False)}
        for rule, status in step.deadlines.items():
            found = limits[rule].status if rule in limits else "none"
            if found != status:
                yield self._failure(scenario, step, f"{rule} {status}", found)
        for rule, day in step.due.items():
            found = str(limits[rule].due_day) if rule in limits else "none"
            if found != str(day):
                yield self._failure(scenario, step, f"{rule} due {day}", found)

    def _act(self, engine: Engine, case: str, step: ScenarioStep) -> list[str]:
        """Do what the step does; gives the codes of the refusal, none when it was accepted."""
        actor = Actor(step.person or "-".join(step.as_), frozenset(step.as_))
        try:
            if step.fire is not None:
                documents = {d: f"{d}-1" for d in step.documents}
                engine.fire(
                    case,
                    step.fire,
                    actor=actor,
                    data=step.data,
                    documents=documents,
                    note=step.note,
                )
            if step.approve is not None:
                engine.approve(case, step.approve, actor=actor, note=step.note)
            if step.refuse is not None:
                engine.reject(case, step.refuse, actor=actor, note=step.note)
            if step.withdraw is not None:
                engine.withdraw(case, step.withdraw, actor=actor, note=step.note)
            if step.claim is not None:
                engine.claim_task(case, step.claim, actor=actor)
            if step.hand_back is not None:
                engine.hand_back_task(case, step.hand_back, actor=actor)
        except Refused as refused:
            codes = {"guard" if o.code == "guard-value" else o.code for o in refused.obstacles}
            self.refusals |= {(refused.trigger, code) for code in codes}
            return sorted({o.code for o in refused.obstacles})
        except ZhixingError as error:
            return [error.code]
        return []

    def _failure(self, scenario: Scenario, step: ScenarioStep, expected: str, got: str) -> Failure:
        return Failure(scenario=scenario.name, at=str(step.at), expected=expected, got=got)

    def coverage(self) -> Coverage:
        definition = self.definition
        every = {(t.trigger, s) for t in definition.transitions for s in definition.sources_of(t)}
        touched = self.ways & every
        rules = set(definition.deadlines)
        procedure = Procedure(definition)
        steps = [step for trigger, state in every for step in procedure.ways_from(trigger, state)]
        refusals = {
            (step.spec.trigger, code) for step in steps for code in codes_of(step, definition)
        }
        refused = self.refusals & refusals
        return Coverage(
            transitions=(len(touched), len(every)),
            deadlines=(len(self.rules & rules), len(rules)),
            refusals=(len(refused), len(refusals)),
            untouched_transitions=tuple(sorted(f"{s} → {t}" for t, s in every - touched)),
            untouched_deadlines=tuple(sorted(rules - self.rules)),
            untouched_refusals=tuple(sorted(f"{t}: {code}" for t, code in refusals - refused)),
        )
