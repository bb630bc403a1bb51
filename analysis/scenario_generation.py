"""Scenarios made from a definition: for each state a way there, and every trigger of it fired; tried on a real engine as written.

What a step needs is found out by trying: values that make its conditions true come from the solver, documents and fields from
what the refusal names, dates from gates and deadlines, votes from the approval. What cannot be reached is said.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..engine.clock import VirtualClock
from ..engine.engine import Engine
from ..engine.errors import Refused
from ..engine.model.event import Actor
from ..engine.work.discovery import Sources
from ..workflow.checks.conditions import required
from ..workflow.errors import ZhixingError
from ..workflow.guards.cel import GuardCompiler
from ..workflow.guards.solver import GuardSolver, z3
from ..workflow.model.definition import RESERVED_ROLES, Definition
from ..workflow.model.field_types import FieldType
from ..workflow.model.flow import RETURN, STAY, Transition
from ..workflow.source.yaml_writer import to_yaml

_START = datetime(2025, 3, 3, 9)
_STUCK = 12


@dataclass(slots=True)
class Generated:
    """Scenarios as they are written, and the triggers (with their states) that no scenario reached."""

    scenarios: list[dict[str, Any]] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)

    def text(self, definition: Definition) -> str:
        """The scenario file."""
        head = f"# 由 {definition.id} {definition.version} 生成，供审阅：每一步都在引擎上走过。 Made from the definition; every step was run.\n"
        return head + to_yaml({"scenarios": self.scenarios})


def generate(definition: Definition, sources: Sources) -> Generated:
    """A scenario for each state and each way out of it; `sources` also holds the definitions of sub-procedures."""
    made, reached = Generated(), set[tuple[str, str]]()
    author = _Generator(definition, sources)
    every = [(t, s) for t in definition.transitions for s in definition.sources_of(t)]
    for state, path in _paths(definition).items():
        leaving = [t for t, s in every if s == state and t.to != STAY]
        staying = [t for t, s in every if s == state and t.to == STAY]
        for index, last in enumerate(
            leaving or [None]
        ):  # the stays are tried once, on the way of the first leaving
            story = author.tell(path, staying if index == 0 else [], last)
            new = story.reached - reached
            if new:
                reached |= story.reached
                made.scenarios.append(story.written(len(made.scenarios) + 1))
    made.unreached = sorted(
        {f"{s} → {t.trigger}" for t, s in every if (t.trigger, s) not in reached}
    )
    return made


def _paths(definition: Definition) -> dict[str, list[Transition]]:
    """For each state the shortest way to it, by people where people can."""
    found: dict[str, list[Transition]] = {definition.initial: []}
    todo = deque([definition.initial])
    ordered = sorted(definition.transitions, key=lambda t: set(t.by) <= RESERVED_ROLES.keys())
    while todo:
        here = todo.popleft()
        for t in ordered:
            if (
                t.to not in (STAY, RETURN)
                and t.to not in found
                and here in definition.sources_of(t)
            ):
                found[t.to] = [*found[here], t]
                todo.append(t.to)
    return found


@dataclass(slots=True)
class _ScenarioDraft:
    """One scenario in the making."""

    opened: dict[str, Any]
    steps: list[dict[str, Any]] = field(default_factory=list)
    reached: set[tuple[str, str]] = field(default_factory=set)

    def written(self, number: int) -> dict[str, Any]:
        ways = "、".join(dict.fromkeys(str(s["fire"]) for s in self.steps if "fire" in s))
        return {"name": f"{number}. {ways}"[:200], "opened": self.opened, "steps": self.steps}


class _Generator:
    def __init__(self, definition: Definition, sources: Sources) -> None:
        self.definition, self.sources = definition, sources
        self.zone = ZoneInfo(definition.zone)
        self.compiler = GuardCompiler.of(definition)
        self.refused: set[str] = set()
        self.values: dict[str, Any] = {}
        self.logic = GuardSolver(definition, self.compiler) if z3() is not None else None

    def tell(
        self, path: list[Transition], staying: list[Transition], last: Transition | None
    ) -> _ScenarioDraft:
        """Open a case, go the path, try the stays, and leave by the last; what is refused for good is left out."""
        ways = [*path, *([last] if last else [])]
        self.values = self._together(ways)
        known = self._outside_forms(ways)
        story = _ScenarioDraft(
            {"at": f"{_START:%Y-%m-%d %H:%M}", "data": known}
            if known
            else {"at": f"{_START:%Y-%m-%d %H:%M}"}
        )
        clock = VirtualClock(_START.replace(tzinfo=self.zone))
        with Engine("sqlite://", self.sources, clock=clock, synchronous="NORMAL") as engine:
            everyone = Actor("scenario", frozenset(self.definition.roles))
            try:
                case = engine.open_case(self.definition.id, actor=everyone, data=known).id
            except ZhixingError:
                return story
            for t in path:
                if not self._step(engine, clock, case, t, story):
                    return story
            for t in staying:
                self._step(engine, clock, case, t, story)
            if last is not None:
                self._step(engine, clock, case, last, story)
        return story

    def _together(self, ways: list[Transition]) -> dict[str, Any]:
        """Values that satisfy the conditions of all these ways at once; none where there are none."""
        guards = list(dict.fromkeys(g for t in ways for g in required(self.definition, t)))
        return self._solved(guards)

    def _solved(self, guards: list[str]) -> dict[str, Any]:
        if self.logic is None or not guards:
            return {}
        formula = self.logic.all_hold(guards)
        later = self.logic.on_day(
            _START.date() + timedelta(days=40)
        )  # days enough for whatever the way there takes
        known = self.logic.everything_known(guards)
        tries = ((formula, known, later), (formula, known), (formula,))
        example = next(
            (found for wanted in tries if (found := self.logic.example(*wanted)) is not None), {}
        )
        return {name[5:]: _read(text) for name, text in example.items() if name.startswith("case.")}

    def _outside_forms(self, ways: list[Transition]) -> dict[str, Any]:
        """The values that conditions of these ways read and no form of theirs asks for: known from the start."""
        asked = {
            f
            for t in ways
            if t.form in self.definition.forms
            for f in self.definition.forms[t.form or ""].fields
        }
        return {
            name: value
            for t in ways
            for name, value in self._example(t).items()
            if name not in asked
        }

    def _example(self, t: Transition) -> dict[str, Any]:
        """Values for the conditions of one way: those that suit the whole story, where they are known."""
        found = self._solved(required(self.definition, t))
        return {name: self.values.get(name, value) for name, value in found.items()}

    def _step(
        self, engine: Engine, clock: VirtualClock, case: str, t: Transition, story: _ScenarioDraft
    ) -> bool:
        """Bring a transition about, whatever it takes; writes down what was done."""
        state = engine.case(case).state
        if state not in self.definition.sources_of(t):
            return False
        if set(t.by) <= {"clock"}:
            return self._wait(engine, clock, case, t, story)
        self._be_refused(engine, clock, case, t, story)
        role = next((r for r in t.by if r not in RESERVED_ROLES), t.by[0])
        data, documents = self._wanted(t), list(t.documents)
        for _ in range(_STUCK):
            clock.advance(hours=1)
            engine.run_due()
            if engine.case(case).state != state:
                return False
            step: dict[str, Any] = {
                "at": self._now(clock),
                "fire": t.trigger,
                "as": role,
                "person": role,
            }
            try:
                after = engine.fire(
                    case,
                    t.trigger,
                    actor=Actor.of(role, role),
                    data=data,
                    documents={d: f"{d}-1" for d in documents},
                )
            except Refused as refused:
                if not self._mend(refused, t, clock, data, documents):
                    return False
                continue
            except ZhixingError:
                return False
            story.steps.append(
                step
                | ({"data": {**data}} if data else {})
                | ({"documents": list(documents)} if documents else {})
            )
            if t.approval is not None:
                after = self._approve(engine, clock, case, t, story)
            story.steps[-1]["state"] = after.state
            story.reached.add((t.trigger, state))
            return True
        return False

    def _be_refused(
        self, engine: Engine, clock: VirtualClock, case: str, t: Transition, story: _ScenarioDraft
    ) -> None:
        """Once for each trigger: tried by somebody who may not, with nothing in hand; what stands in the way is written down."""
        other = next((r for r in self.definition.roles if r not in t.by), None)
        if other is None or t.trigger in self.refused:
            return
        self.refused.add(t.trigger)
        clock.advance(hours=1)
        engine.run_due()
        try:
            engine.fire(case, t.trigger, actor=Actor.of(other, other))
        except Refused as refused:
            codes = sorted({o.code for o in refused.obstacles})
            story.steps.append(
                {
                    "at": self._now(clock),
                    "fire": t.trigger,
                    "as": other,
                    "person": other,
                    "refused": codes,
                }
            )

    def _wanted(self, t: Transition) -> dict[str, Any]:
        """What is filled in with a transition: its form where it has one, else what it needs and its conditions want."""
        form = self.definition.forms.get(t.form or "")
        example = self._example(t)
        if form is not None:
            return {
                n: self._value(n, example)
                for n, asked in form.fields.items()
                if asked.required or n in example
            }
        return {n: self._value(n, example) for n in dict.fromkeys((*t.needs, *example))}

    def _value(self, name: str, example: dict[str, Any]) -> Any:
        return (
            example.get(name, self.values.get(name))
            if name in example or name in self.values
            else self._plain(name)
        )

    def _plain(self, name: str) -> Any:
        spec = self.definition.data[name]
        return {
            FieldType.TEXT: "x",
            FieldType.NUMBER: 1,
            FieldType.MONEY: "1.00",
            FieldType.DATE: f"{_START:%Y-%m-%d}",
            FieldType.FLAG: True,
            FieldType.LIST: ["x"],
            FieldType.DATETIME: f"{_START:%Y-%m-%dT%H:%M}:00+08:00",
            FieldType.PARTY: "p1",
            FieldType.CHOICE: next(iter(spec.choices or ["x"])),
        }[spec.type]

    def _mend(
        self,
        refused: Refused,
        t: Transition,
        clock: VirtualClock,
        data: dict[str, Any],
        documents: list[str],
    ) -> bool:
        """Provide what a refusal names; false when there is nothing more to provide."""
        mended = False
        checklist = self.definition.checklists.get(t.checklist or "")
        for obstacle in refused.obstacles:
            if obstacle.code == "gate" and obstacle.until is not None:
                clock.set(max(obstacle.until, clock.now()))
                mended = True
            elif obstacle.code == "checklist" and checklist is not None:
                more = [
                    d
                    for item in checklist.items.values()
                    for d in item.documents
                    if d not in documents
                ]
                documents += more
                mended = mended or bool(more)
            elif obstacle.code == "missing-field" and obstacle.field not in data:
                data[obstacle.field] = self._plain(obstacle.field)
                mended = True
        return mended

    def _approve(
        self, engine: Engine, clock: VirtualClock, case: str, t: Transition, story: _ScenarioDraft
    ) -> Any:
        """Every vote that the approval needs, each by another person."""
        approval, after, person = self.definition.approvals[t.approval or ""], engine.case(case), 0
        for step in approval.steps:
            for _ in range(step.votes):
                person += 1
                clock.advance(hours=1)
                name = f"{step.by[0]}-{person}"
                after = engine.approve(case, t.trigger, actor=Actor.of(name, step.by[0]))
                story.steps.append(
                    {"at": self._now(clock), "approve": t.trigger, "as": step.by[0], "person": name}
                )
        return after

    def _wait(
        self, engine: Engine, clock: VirtualClock, case: str, t: Transition, story: _ScenarioDraft
    ) -> bool:
        """Let the clock fire a transition by the expiry of the deadline that does."""
        state = engine.case(case).state
        for d in engine.deadlines(case):
            if (
                self.definition.deadlines[d.rule].on_expiry.fire == t.trigger
                and d.due_at is not None
            ):
                clock.set(max(d.due_at, clock.now()) + timedelta(seconds=60))
                engine.run_due()
                after = engine.case(case)
                if any(h.trigger == t.trigger for h in engine.history(case)):
                    story.steps.append({"at": self._now(clock), "state": after.state})
                    story.reached.add((t.trigger, state))
                    return True
        return False

    def _now(self, clock: VirtualClock) -> str:
        return f"{clock.now().astimezone(self.zone):%Y-%m-%d %H:%M}"


def _read(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text.strip('"'))
