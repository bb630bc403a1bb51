"""Discrete-event simulation: cases live through a procedure on a virtual clock, through the same path as real ones.

People and outside systems are distributions; staff per role is limited, so work queues. A file beside the definition
(`NAME.simulation.yaml`) says how people behave: for each state, the acts that are tried there in order. The same seed gives
the same run to the byte.
"""

from __future__ import annotations

import gc
import heapq
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..engine.errors import Refused
from ..engine.model.case import CaseState
from ..engine.model.commands import Vote
from ..engine.model.event import EXTERNAL_SYSTEM, Actor, Event
from ..engine.work.registry import Registry
from ..engine.work.unit import UnitOfWork
from ..workflow.model.definition import Definition
from .behaviour import SimulatedAct, SimulationFile
from .memory import MemoryCaseRepository

START = datetime(2025, 1, 6, 1, tzinfo=UTC)
_DAY = 86_400.0


class RoleFigures(BaseModel):
    """The queue of one role: acts done, mean and longest wait in days, and the share of time its people were busy."""

    model_config = ConfigDict(frozen=True)

    staff: int
    acts: int
    mean_wait_days: float
    longest_wait_days: float
    busy: float


class SimulationReport(BaseModel):
    """What came of a simulation. Times are in days from opening to closing."""

    model_config = ConfigDict(frozen=True)

    procedure: str
    seed: int
    cases: int
    days: int
    closed: int
    modes: dict[str, int]
    median_days: float | None
    p90_days: float | None
    histogram: dict[str, int]
    expired: dict[str, int]
    met_late: dict[str, int]
    roles: dict[str, RoleFigures]
    bottleneck: str | None
    refusals: dict[str, int]
    events: int


@dataclass(slots=True)
class _Person:
    """The people of one role: how many are free, who waits, and what that cost."""

    staff: int
    free: int
    waiting: deque[tuple[float, str, SimulatedAct]] = field(default_factory=deque)
    acts: int = 0
    waited: float = 0.0
    longest: float = 0.0
    worked: float = 0.0


class _World:
    def __init__(
        self,
        definitions: Iterable[Definition],
        plan: SimulationFile,
        seed: int,
        staff: dict[str, int],
    ) -> None:
        self.registry = Registry(tuple(definitions))
        self.shelf = MemoryCaseRepository(self.registry)
        self.plan, self.chance = plan, random.Random(seed)
        self.roles: dict[str, _Person] = {}
        self._staff = {**plan.staff, **staff}
        self.heap: list[tuple[float, int, Callable[[], None]]] = []
        self.now = 0.0
        self._order = 0
        self._place: dict[str, tuple[str, int]] = {}
        self.expired: Counter[str] = Counter()
        self.met_late: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.events = 0
        self._actors: dict[tuple[str, int], Actor] = {}

    def at(self, seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)

    def later(self, days: float, what: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self.heap, (self.now + days * _DAY, self._order, what))

    def run(self, until: float) -> None:
        heap, pop = self.heap, heapq.heappop
        while heap and heap[0][0] <= until:
            self.now, _, what = pop(heap)
            what()

    # -- cases

    def open(self, procedure: str, id: str) -> None:
        data = {name: self._draw(value) for name, value in self.plan.opened.items()}
        unit = UnitOfWork(self.shelf, self.at(self.now))
        unit.open(
            procedure,
            Event(self.at(self.now), Actor.of("simulation"), data=data),
            id=id,
            officer="officer",
        )
        self._finish(unit)

    def _finish(self, unit: UnitOfWork) -> None:
        unit.flush()
        news, self.shelf.news = self.shelf.news, []
        touched: dict[str, CaseState] = {}
        for decision in news:
            self.events += 1
            touched[decision.case.id] = self.shelf.cases[decision.case.id]
            for effect in decision.entry.effects:
                if effect["what"] == "expired":
                    self.expired[effect["deadline"]] += 1
                elif effect["what"] == "met-late":
                    self.met_late[effect["deadline"]] += 1
            for ask in decision.effects.requests:
                self._ask(decision.case, ask.request)
        for case in touched.values():
            self._wake(case)
            if case.closed_at is None and self._place.get(case.id, ("", 0))[0] != case.state:
                self._place[case.id] = (case.state, 0)
                self._next_act(case.id)

    def _wake(self, case: CaseState) -> None:
        if case.wake_at is None or case.closed_at is not None:
            return
        moment = (case.wake_at - START).total_seconds()
        id, seen = case.id, case.version

        def ring() -> None:
            if self.shelf.cases[id].version == seen:  # else a later version has its own alarm
                unit = UnitOfWork(self.shelf, self.at(self.now))
                unit.catch_up(id, self.at(self.now))
                self._finish(unit)

        self._order += 1
        heapq.heappush(self.heap, (max(moment, self.now), self._order, ring))

    # -- people

    def _next_act(self, case_id: str) -> None:
        state, index = self._place[case_id]
        case = self.shelf.cases[case_id]
        behaviour = self.plan.procedures.get(case.procedure)
        acts = behaviour.acts.get(state, ()) if behaviour else ()
        if not acts:
            return
        if index >= len(acts):
            self._place[case_id] = (state, 0)
            self.later(self.plan.again_after_days, lambda: self._again(case_id, state))
            return
        self._place[case_id] = (state, index + 1)
        act = acts[index]
        waits = act.approve is None or any(p.trigger == act.approve for p in case.proposals)
        if not waits or self.chance.random() >= act.chance:
            self._next_act(case_id)
            return
        self.later(act.delay.draw(self.chance), lambda: self._queue(case_id, state, act))

    def _again(self, case_id: str, state: str) -> None:
        if self._still(case_id, state):
            self._next_act(case_id)

    def _still(self, case_id: str, state: str) -> bool:
        case = self.shelf.cases[case_id]
        return case.state == state and case.closed_at is None

    def _people(self, role: str) -> _Person:
        found = self.roles.get(role)
        if found is None:
            staff = self._staff.get(role, 1)
            found = self.roles[role] = _Person(staff, staff)
        return found

    def _queue(self, case_id: str, state: str, act: SimulatedAct) -> None:
        if not self._still(case_id, state):
            return
        people = self._people(act.as_)
        people.waiting.append((self.now, case_id, act))
        self._serve(people)

    def _serve(self, people: _Person) -> None:
        while people.free and people.waiting:
            since, case_id, act = people.waiting.popleft()
            wait = self.now - since
            people.free -= 1
            people.acts += 1
            people.waited += wait
            people.longest = max(people.longest, wait)
            people.worked += act.work * _DAY
            self.later(act.work, lambda case_id=case_id, act=act: self._done(people, case_id, act))  # type: ignore[misc]

    def _done(self, people: _Person, case_id: str, act: SimulatedAct) -> None:
        people.free += 1
        before = self.shelf.cases[case_id]
        if before.closed_at is None:
            for event in self._events(before, act):
                self._fire(case_id, event)
            after = self.shelf.cases[case_id]
            if after.closed_at is None and after.state == self._place[case_id][0]:
                self._next_act(case_id)
        self._serve(people)

    def _events(self, case: CaseState, act: SimulatedAct) -> Iterator[Event]:
        at = self.at(self.now)
        if act.approve is not None:
            for person in range(act.votes):
                yield Event(
                    at, self._actor(act.as_, person), command=Vote(act.approve, in_favour=True)
                )
        else:
            data = (
                {name: self._value(case, value) for name, value in act.data.items()}
                if act.data
                else act.data
            )
            yield Event(
                at,
                self._actor(act.as_, 0),
                act.fire or "",
                data,
                {d: f"{d}-1" for d in act.documents},
            )

    def _actor(self, role: str, person: int) -> Actor:
        found = self._actors.get((role, person))
        if found is None:
            found = self._actors[role, person] = Actor.of(f"{role}-{person + 1}", role)
        return found

    def _fire(self, case_id: str, event: Event) -> None:
        unit = UnitOfWork(self.shelf, self.at(self.now))
        try:
            unit.fire(case_id, event)
        except Refused as refused:
            self.refusals[refused.trigger] += 1
            return
        self._finish(unit)

    def _ask(self, case: CaseState, request: str) -> None:
        behaviour = self.plan.procedures.get(case.procedure)
        reply = behaviour.replies.get(request) if behaviour else None
        if reply is None or self.chance.random() >= reply.chance:
            return
        trigger = (
            self.shelf.procedure(case.definition_hash)
            .definition.requests[request]
            .answers.get(reply.kind)
        )
        if trigger is None:
            return
        data = {name: self._value(case, value) for name, value in reply.data.items()}
        self.later(
            reply.delay.draw(self.chance),
            lambda: self._fire(case.id, Event(self.at(self.now), EXTERNAL_SYSTEM, trigger, data)),
        )

    def _draw(self, value: Any) -> Any:
        return self.chance.choice(value) if isinstance(value, list) else value

    def _value(self, case: CaseState, value: Any) -> Any:
        drawn = self._draw(value)
        return (
            case.data.get(drawn[5:])
            if isinstance(drawn, str) and drawn.startswith("case.")
            else drawn
        )


def simulate(
    definitions: Sequence[Definition],
    plan: SimulationFile,
    *,
    cases: int,
    seed: int = 0,
    days: int = 365,
    staff: dict[str, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SimulationReport:
    """Simulate `cases` of the first definition, opened evenly over the first half of `days`."""
    world = _World(definitions, plan, seed, staff or {})
    main = definitions[0]
    for number in range(cases):
        world.later(days / 2 * number / cases, partial(world.open, main.id, f"s{number:06}"))
    with _no_collection():
        for day in range(1, days + 1):
            world.run(day * _DAY)
            if progress is not None:
                progress(day, days)
    return _report(world, main, seed, cases, days)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A run makes no cycles worth collecting, and the collector would walk all its cases to find none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _report(world: _World, main: Definition, seed: int, cases: int, days: int) -> SimulationReport:
    own = [case for case in world.shelf.cases.values() if case.procedure == main.id]
    lengths = sorted(
        (case.closed_at - case.opened_at).total_seconds() / _DAY
        for case in own
        if case.closed_at is not None
    )
    roles = {
        name: RoleFigures(
            staff=p.staff,
            acts=p.acts,
            mean_wait_days=round(p.waited / _DAY / max(p.acts, 1), 3),
            longest_wait_days=round(p.longest / _DAY, 3),
            busy=round(p.worked / (p.staff * days * _DAY), 4),
        )
        for name, p in sorted(world.roles.items())
    }
    waits = [name for name in roles if roles[name].mean_wait_days > 0]
    histogram = Counter(
        f"{int(length // 30) * 30:03}-{int(length // 30) * 30 + 29:03}" for length in lengths
    )
    return SimulationReport(
        procedure=main.id,
        seed=seed,
        cases=cases,
        days=days,
        closed=len(lengths),
        modes=dict(sorted(Counter(case.closing_mode or "open" for case in own).items())),
        median_days=round(lengths[len(lengths) // 2], 2) if lengths else None,
        p90_days=round(lengths[int(len(lengths) * 0.9)], 2) if lengths else None,
        histogram=dict(sorted(histogram.items())),
        expired=dict(sorted(world.expired.items())),
        met_late=dict(sorted(world.met_late.items())),
        roles=roles,
        bottleneck=max(waits, key=lambda name: roles[name].mean_wait_days, default=None),
        refusals=dict(sorted(world.refusals.items())),
        events=world.events,
    )
