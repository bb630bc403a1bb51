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
from ..workflow.language import NO_WORDS, Words
from ..workflow.loading import DefinitionRefused
from ..workflow.model.base import Element
from ..workflow.model.definition import Definition
from .opening import fire, open_case, person_of
from .scenario_entries import Corrected, handed_in, happened, moment
from .scenario_words import NONE, Kind, StepWords, mend, outcome
from .scenarios import Correction, Scenario, ScenarioFile, ScenarioStep

_SAME = {"guard-value": "guard", "guard-failed": "guard"}


class Failure(BaseModel):
    """The first expectation of a scenario that did not come true, and where it stands.

    `step` is the number of the step, from 1 (0 is the opening); `expected` and `got` are as the
    file writes them, `zh` and `en` the same in words, with a way to mend it.
    """

    model_config = ConfigDict(frozen=True)

    scenario: str
    step: int
    at: str
    expected: str
    got: str
    zh: str
    en: str


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
    """Run every scenario on an engine of its own, each up to the first step that fails.

    `sources` also holds the definitions of sub-procedures.
    """
    touched, failures = _Touched(), list[Failure]()
    for scenario in scenarios.scenarios:
        failures += filter(None, [_run(scenario, definition, sources, touched)])
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
            self.rules.update(line.get("deadline", NONE) for line in entry.effects)


class _Expectation(NamedTuple):
    """What a step says of something, and how that is; nothing said is always so.

    `said` and `so` are the two in words.
    """

    kind: Kind
    of: str
    wanted: Any
    got: Any
    said: Words
    so: Words
    mend: Words

    @property
    def failed(self) -> bool:
        """Whether something was said and is not so."""
        return self.wanted is not None and self.wanted != self.got

    def failure(self, scenario: str, number: int, element: Element, act: Words) -> Failure:
        """It as it is told, of the step at an element."""
        line = element.at.line
        said, so, mend = self.said, self.so, self.mend
        at = f"第 {number} 步（第 {line} 行，{act.zh}）"
        zh = f"{at}：应为：{said.zh}；实际：{so.zh}。改法：{mend.zh}。"
        en = (
            f"step {number} (line {line}, {act.en}): expected that {said.en}, but {so.en}."
            f" To mend it: {mend.en}."
        )
        return Failure(
            scenario=scenario,
            step=number,
            at=str(element.at),
            expected=f"{self.of} {self.wanted}".strip(),
            got=str(self.got),
            zh=zh,
            en=en,
        )


_OPENING = Words("立案", "the opening")


def _run(
    scenario: Scenario, definition: Definition, sources: Sources, touched: _Touched
) -> Failure | None:
    """What did not come true first, where something did not."""
    zone = ZoneInfo(definition.zone)
    clock = VirtualClock(moment(scenario.opened, scenario.opened.moment, zone))
    with Engine("sqlite://", sources, clock=clock, synchronous="NORMAL", drafts=True) as engine:
        opened = scenario.opened
        try:
            case = open_case(engine, definition, opened.data, opened.documents, opened.officer)
        except DefinitionRefused:  # the story itself is wrong
            raise
        except ZhixingError as error:
            return _not_opened(error).failure(scenario.name, 0, opened, _OPENING)
        failed = _first_failure(scenario, engine, case, clock, touched)
        touched.follow(engine.history(case))
    return failed


def _first_failure(
    scenario: Scenario, engine: Engine, case: str, clock: VirtualClock, touched: _Touched
) -> Failure | None:
    """Live through the steps of a scenario, up to the first that fails."""
    zone = ZoneInfo(_definition_of(engine, case).zone)
    for number, step in enumerate(scenario.steps, 1):
        clock.set(moment(step, step.moment, zone))
        engine.run_due()
        at = _at(engine, case, step.within)
        words = StepWords(_definition_of(engine, at or case))
        found = _Step(engine, at, step, zone).failures(touched) if at else _nobody(words, step)
        failed = next(iter(found), None)
        if failed is not None:
            return failed.failure(scenario.name, number, step, words.act(step))
    return None


def _definition_of(engine: Engine, case: str) -> Definition:
    """The definition that a case runs on."""
    return engine.registry.current(engine.case(case).procedure).definition


def _not_opened(error: ZhixingError) -> _Expectation:
    """That a case could not be opened."""
    told = outcome((), _codes(error), _why(error))
    got = f"refused: {_codes(error)}"
    return _Expectation("opening", "", "accepted", got, told.wanted, told.got, mend("opening"))


def _nobody(words: StepWords, step: ScenarioStep) -> Iterator[_Expectation]:
    """That a step is about a related proceeding that there is not."""
    name = step.within or ""
    title = words.related(name)
    said = Words(f"有{title.zh}", f"there is {title.en}")
    so = Words("没有", "there is none")
    yield _Expectation("in", "in", name, NONE, said, so, mend("in"))


def _codes(error: ZhixingError) -> list[str]:
    """The codes of a refusal, or of another error."""
    if isinstance(error, Refused):
        return sorted({obstacle.code for obstacle in error.obstacles})
    return [error.code]


def _why(error: ZhixingError) -> Words:
    """What was told when something was refused."""
    if isinstance(error, Refused):
        zh = "；".join(obstacle.zh for obstacle in error.obstacles)
        return Words(zh, "; ".join(obstacle.en for obstacle in error.obstacles))
    return Words(error.text("zh"), error.text("en"))


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
        self._words = StepWords(_definition_of(engine, case))

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
        error = self._refusal(acts, touched)
        wanted, got = sorted(self._step.refused), _codes(error) if error is not None else []
        told = outcome(wanted, got, _why(error) if error is not None else NO_WORDS)
        return [_Expectation("outcome", "", _accepted(wanted), _accepted(got), *told)]

    def _refusal(self, acts: list[str], touched: _Touched) -> ZhixingError | None:
        """Why it was refused; None when everything was accepted."""
        try:
            for name in acts:
                self._acts[name](self, getattr(self._step, name))
        except Refused as refused:
            touched.refuse(refused)
            return refused
        except DefinitionRefused:  # the story itself is wrong
            raise
        except ZhixingError as error:
            return error
        return None

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
        case, step, words = self._engine.case(self._case), self._step, self._words
        stands = Words("处于", "it stands at ")
        wanted, got = words.state(step.state or ""), words.state(case.state)
        yield _compared("state", "state", step.state, case.state, stands, wanted, got)
        closed = Words("结案方式为", "it is closed as ")
        wanted, got = words.mode(step.mode), words.mode(case.closing_mode)
        yield _compared("mode", "mode", step.mode, case.closing_mode, closed, wanted, got)
        waiting = tuple(waiting.name for waiting in case.waiting)
        wanted = words.several(map(words.waiting, step.waiting or ()))
        got = words.several(map(words.waiting, waiting))
        awaits = Words("待批准的为", "what waits for approval is ")
        yield _compared("waiting", "waiting", step.waiting, waiting, awaits, wanted, got)

    def _tasks(self) -> Iterator[_Expectation]:
        found = self._engine.tasks(case_id=self._case)
        names = tuple(task.name for task in found if task.kind == "task")
        wanted = self._words.several(map(self._words.task, self._step.tasks or ()))
        got = self._words.several(map(self._words.task, names))
        head = Words("待办任务为", "the open tasks are ")
        yield _compared("tasks", "tasks", self._step.tasks, names, head, wanted, got)

    def _deadlines(self) -> Iterator[_Expectation]:
        statuses, days, words = dict[str, str](), dict[str, str](), self._words
        for deadline in self._engine.deadlines(self._case, live=False):
            about = f"{deadline.rule}@{deadline.key}"
            statuses[deadline.rule] = statuses[about] = str(deadline.status)
            days[deadline.rule] = days[about] = str(deadline.due_day)
        for rule, status in self._step.deadlines.items():
            got, title = statuses.get(rule, NONE), words.limit(rule)
            head = Words(f"{title.zh}为", f"{title.en} is ")
            pair = words.status(status), words.status(got)
            yield _compared("limit", rule, status, got, head, *pair)
        for rule, day in self._step.due.items():
            got, title = days.get(rule, NONE), words.limit(rule)
            head = Words(f"{title.zh}的届满日为", f"the last day of {title.en} is ")
            pair = words.day(str(day)), words.day(got)
            yield _compared("due", f"{rule} due", str(day), got, head, *pair)


def _compared(
    kind: Kind, of: str, wanted: Any, got: Any, head: Words, said: Words, so: Words
) -> _Expectation:
    """An expectation about something that is called `head`."""
    told = Words(f"{head.zh}{said.zh}", f"{head.en}{said.en}")
    found = Words(f"{head.zh}{so.zh}", f"{head.en}{so.en}")
    return _Expectation(kind, of, wanted, got, told, found, mend(kind))


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
