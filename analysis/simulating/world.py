"""Cases and the people who work on them, from one happening to the next, on the path of real cases.

The order in which chance is asked and happenings are planned is what makes the same seed give the
same run: whoever changes it changes every figure.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import product
from typing import Any

from ...engine.decision.at_hand import records_in
from ...engine.decision.computed import with_computed
from ...engine.errors import Refused
from ...engine.model.case import CaseState
from ...engine.model.commands import Vote
from ...engine.model.effects import Decision
from ...engine.model.event import EXTERNAL_SYSTEM, Actor, Event
from ...engine.work.registry import Registry
from ...engine.work.unit import UnitOfWork
from ...workflow.model.definition import OFFICER, Definition
from ...workflow.model.records import ID
from ..behaviour import Behaviour, SimulatedAct, SimulatedReply, SimulationFile
from ..memory import MemoryCaseRepository
from ..opening import opener
from .agenda import Agenda
from .people import Job, People, Staff

_NOBODY = Behaviour(acts={})
_NOWHERE = ("", 0)
_FIELD = "case."


@dataclass(slots=True)
class Counts:
    """What happened: decisions in all, deadlines by rule, refusals by trigger."""

    events: int = 0
    expired: Counter[str] = field(default_factory=Counter)
    met_late: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def count(self, decision: Decision) -> None:
        """Count a decision and what it did to deadlines."""
        self.events += 1
        counters = {"expired": self.expired, "met-late": self.met_late}
        for effect in decision.entry.effects:
            if effect["what"] in counters:
                counters[effect["what"]][effect["deadline"]] += 1


class World:
    """Everything of one run. `plan` says how people and outside systems behave."""

    def __init__(
        self,
        definitions: Iterable[Definition],
        plan: SimulationFile,
        seed: int,
        staff: Mapping[str, int],
    ) -> None:
        self.repository = MemoryCaseRepository(Registry(tuple(definitions)))
        self.agenda = Agenda()
        self.counts = Counts()
        self.staff = Staff({**plan.staff, **staff})
        self._plan, self._chance = plan, random.Random(seed)
        self._places: dict[str, tuple[str, int]] = {}

    # -- cases

    def open(self, procedure: str, id: str) -> None:
        """Open a case, with data drawn as the plan says."""
        data = {name: self._draw(value) for name, value in self._plan.opened.items()}
        unit = self._unit()
        definition = self.repository.given(procedure).definition
        officer = OFFICER if OFFICER in definition.roles else ""
        event = Event(self.agenda.moment, opener(definition, officer), data=data)
        unit.open(procedure, event, id=id, officer=officer)
        self._write(unit)

    def _unit(self) -> UnitOfWork:
        return UnitOfWork(self.repository, self.agenda.moment)

    def _write(self, unit: UnitOfWork) -> None:
        """Keep what was decided; outside systems, clocks and people take it from there."""
        unit.flush()
        touched: dict[str, CaseState] = {}
        for decision in self.repository.take_news():
            self.counts.count(decision)
            case = decision.case
            touched[case.id] = self.repository.cases[case.id]
            for outbound in decision.effects.requests:
                self._ask(case, outbound.request)
        for case in touched.values():
            if case.closed_at is None:
                self._go_on(case)

    def _go_on(self, case: CaseState) -> None:
        """Set an open case's alarm; people begin where it has come to another state."""
        if case.wake_at is not None:
            self.agenda.at(case.wake_at, partial(self._ring, case.id, case.version))
        state, _ = self._places.get(case.id, _NOWHERE)
        if state != case.state:
            self._places[case.id] = (case.state, 0)
            self._plan_next_act(case.id)

    def _ring(self, case_id: str, version: int) -> None:
        """The alarm of a case; a later version of it has an alarm of its own."""
        if self.repository.cases[case_id].version == version:
            unit = self._unit()
            unit.catch_up(case_id, self.agenda.moment)
            self._write(unit)

    # -- people

    def _plan_next_act(self, case_id: str) -> None:
        """The next act of the case's state that somebody will try; after the last, all again."""
        state, begin = self._places[case_id]
        case = self.repository.cases[case_id]
        acts = self._behaviour(case).acts.get(state, ())
        for index in range(begin, len(acts)):
            act = acts[index]
            if _has_sense(act, case) and self._chance.random() < act.chance:
                self._places[case_id] = (state, index + 1)
                days = act.delay.draw(self._chance)
                self.agenda.after(days, partial(self._queue, case_id, state, act))
                return
        if acts:
            self._places[case_id] = (state, 0)
            self.agenda.after(
                self._plan.again_after_days, partial(self._begin_again, case_id, state)
            )

    def _behaviour(self, case: CaseState) -> Behaviour:
        return self._plan.procedures.get(case.procedure, _NOBODY)

    def _begin_again(self, case_id: str, state: str) -> None:
        if self._is_still(case_id, state):
            self._plan_next_act(case_id)

    def _is_still(self, case_id: str, state: str) -> bool:
        case = self.repository.cases[case_id]
        return case.state == state and case.closed_at is None

    def _queue(self, case_id: str, state: str, act: SimulatedAct) -> None:
        """Somebody wants to do an act; it waits for a person of the role."""
        if self._is_still(case_id, state):
            people = self.staff.of(act.as_)
            people.waiting.append(Job(self.agenda.now, case_id, act))
            self._begin_jobs(people)

    def _begin_jobs(self, people: People) -> None:
        while (job := people.take(self.agenda.now)) is not None:
            self.agenda.after(job.act.work, partial(self._end_job, people, job))

    def _end_job(self, people: People, job: Job) -> None:
        """A person is done: the act is tried now, unless the case was closed meanwhile."""
        people.let_go()
        case = self.repository.cases[job.case_id]
        if case.closed_at is None:
            self._do(case, job.act)
        self._begin_jobs(people)

    def _do(self, case: CaseState, act: SimulatedAct) -> None:
        """Try an act; where it leads nowhere, the next one of the state is planned."""
        state, _ = self._places[case.id]
        for event in self._events(case, act):
            self._fire(case.id, event)
        if self._is_still(case.id, state):  # else it goes on where the act has brought it
            self._plan_next_act(case.id)

    def _events(self, case: CaseState, act: SimulatedAct) -> Iterable[Event]:
        if act.approve is not None:
            return self._votes(case, act, act.approve)
        data = self._values(case, act.data)
        documents = {name: f"{name}-1" for name in act.documents}
        person, trigger = _doer(case, act.as_), act.fire or ""
        event = Event(self.agenda.moment, person, trigger, data, documents)
        definition = self.repository.procedure(case.definition_hash).definition
        name = definition.about.get(trigger)
        if name is None or trigger in definition.adding:
            return (event,)
        return (replace(event, about=record[ID]) for record in records_in(case.data, name))

    def _votes(self, case: CaseState, act: SimulatedAct, trigger: str) -> Iterator[Event]:
        """Each vote is another person's: there are no more of them than people of the role."""
        waiting = [one.about for one in case.proposals if one.trigger == trigger]
        voters = range(min(act.votes, self.staff.of(act.as_).staff))
        for about, number in product(waiting, voters):
            vote, person = Vote(trigger, in_favour=True), _person(act.as_, number)
            yield Event(self.agenda.moment, person, command=vote, about=about)

    def _fire(self, case_id: str, event: Event) -> None:
        unit = self._unit()
        try:
            unit.fire(case_id, event)
        except Refused as refused:
            self.counts.refusals[refused.trigger] += 1
            return
        self._write(unit)

    # -- outside systems

    def _ask(self, case: CaseState, request: str) -> None:
        """A request goes out; some systems never answer."""
        reply = self._behaviour(case).replies.get(request)
        if reply is None or self._chance.random() >= reply.chance:
            return
        trigger = self._answer_trigger(case, request, reply)
        if trigger is None:
            return
        data = self._values(case, reply.data)
        days = reply.delay.draw(self._chance)
        self.agenda.after(days, partial(self._answer, case.id, trigger, data))

    def _answer_trigger(self, case: CaseState, request: str, reply: SimulatedReply) -> str | None:
        """What the procedure makes of a reply of this kind."""
        definition = self.repository.procedure(case.definition_hash).definition
        return definition.requests[request].answers.get(reply.kind)

    def _answer(self, case_id: str, trigger: str, data: Mapping[str, Any]) -> None:
        self._fire(case_id, Event(self.agenda.moment, EXTERNAL_SYSTEM, trigger, data))

    # -- values

    def _values(self, case: CaseState, values: Mapping[str, Any]) -> dict[str, Any]:
        """What is given with an act or a reply; `case.FIELD` is what the case has there, and
        `today` the day."""
        return {name: self._known(case, self._draw(value)) for name, value in values.items()}

    def _known(self, case: CaseState, value: Any) -> Any:
        procedure, now = self.repository.procedure(case.definition_hash), self.agenda.moment
        if value == "today":
            return procedure.calendar.local_day(now).isoformat()
        if not isinstance(value, str) or not value.startswith(_FIELD):
            return value
        return with_computed(procedure, case.data, now).get(value.removeprefix(_FIELD))

    def _draw(self, value: Any) -> Any:
        return self._chance.choice(value) if isinstance(value, list) else value


def _has_sense(act: SimulatedAct, case: CaseState) -> bool:
    """Nobody approves what does not wait for approval."""
    return act.approve is None or any(p.trigger == act.approve for p in case.proposals)


def _doer(case: CaseState, role: str) -> Actor:
    """Who does something in a case: its own officer, or the first of the role."""
    if role == OFFICER and case.officer:
        return Actor.of(case.officer, role)
    return _person(role, 0)


@cache
def _person(role: str, number: int) -> Actor:
    return Actor.of(f"{role}-{number + 1}", role)
