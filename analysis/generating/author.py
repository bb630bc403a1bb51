"""One scenario in the making: every step is tried on an engine, and written down as it went.

What a step lacks is found out by trying: documents and fields come from what a refusal names, dates
from gates and deadlines, votes from the approval.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from ...engine.clock import VirtualClock
from ...engine.engine import Engine
from ...engine.errors import Refused
from ...engine.model.event import Actor
from ...engine.model.obstacle import Obstacle
from ...engine.queries.views import Case
from ...engine.work.discovery import Sources
from ...workflow.checks.structure import ways
from ...workflow.errors import ZhixingError
from ...workflow.model.definition import RESERVED_ROLES, Definition
from ...workflow.model.flow import STAY, Transition
from ...workflow.model.records import ID
from ..opening import fire, held, open_case, person_of
from .values import START, ExampleValues

_MOST_TRIES = 12
_LONGEST_NAME = 200
_NO_CALLER = frozenset({"clock", "procedure"})
_A_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class ScenarioDraft:
    """A scenario as far as it is written, and the triggers (with their states) it reached."""

    opened: dict[str, Any]
    steps: list[dict[str, Any]] = field(default_factory=list)
    reached: set[tuple[str, str]] = field(default_factory=set)

    def written(self, number: int) -> dict[str, Any]:
        """The scenario as a file has it."""
        ways = "、".join(dict.fromkeys(str(s["fire"]) for s in self.steps if "fire" in s))
        name = f"{number}. {ways}"[:_LONGEST_NAME]
        return {"name": name, "opened": self.opened, "steps": self.steps}


class Author:
    """Writes scenarios of one definition, one after the other."""

    def __init__(self, definition: Definition, sources: Sources) -> None:
        self.definition = definition
        self.values = ExampleValues(definition)
        self.refused: set[str] = set()
        self._sources = sources
        self._zone = ZoneInfo(definition.zone)

    def write(
        self, path: Sequence[Transition], stays: Iterable[Transition], last: Transition | None
    ) -> ScenarioDraft:
        """Open a case, go the path, try the stays, and leave by the last.

        What is refused for good is left out.
        """
        ways = [*path, *filter(None, [last])]
        self.values.begin(ways)
        known = self.values.known_from_the_start(ways)
        opened = {"at": f"{START:%Y-%m-%d %H:%M}", "data": known}
        draft = ScenarioDraft(dict(filter(all, opened.items())))
        clock = VirtualClock(START.replace(tzinfo=self._zone))
        with Engine(
            "sqlite://", self._sources, clock=clock, synchronous="NORMAL", drafts=True
        ) as engine:
            case = self._open(engine, known)
            if case is None:
                return draft
            trial = _Trial(self, engine, clock, case, draft)
            if all(map(trial.go, path)):
                for way in (*stays, *ways[len(path) :]):
                    trial.go(way)
        return draft

    def _open(self, engine: Engine, data: dict[str, Any]) -> str | None:
        try:
            return open_case(engine, self.definition, data)
        except ZhixingError:
            return None


@dataclass(slots=True)
class _Attempt:
    """A transition as it is tried: what is brought with it."""

    way: Transition
    role: str
    data: dict[str, Any]
    documents: list[str]


def _codes(refused: Refused) -> list[str]:
    return sorted({obstacle.code for obstacle in refused.obstacles})


def _role_of(way: Transition) -> str:
    """Who does it: people where people may."""
    people = (role for role in way.by if role not in RESERVED_ROLES)
    return next(people, way.by[0])


def _is_answer(way: Transition) -> bool:
    """Whether it is brought about by the answer of an outside system."""
    return _role_of(way) == "outside"


class _Trial:
    """A case on an engine, on which steps are tried."""

    def __init__(
        self,
        author: Author,
        engine: Engine,
        clock: VirtualClock,
        case_id: str,
        draft: ScenarioDraft,
    ) -> None:
        self._author, self._definition = author, author.definition
        self._zone = ZoneInfo(author.definition.zone)
        self._engine, self._clock = engine, clock
        self._case_id, self._draft = case_id, draft
        self._prepares = False

    def go(self, way: Transition, **also: Any) -> bool:
        """Bring a transition about, whatever it takes, and write down what was done.

        `also` are facts that it shall bring beside.
        """
        state = self._case().state
        if state not in self._definition.sources_of(way):
            return False
        if set(way.by) <= {"clock"}:
            return self._wait_for(way, state)
        self._be_refused(way)
        self._prepare(way, state)
        wanted = self._author.values.wanted(way, _is_answer(way), self._case().data) | also
        attempt = _Attempt(way, _role_of(way), wanted, list(way.documents))
        after = self._insist(attempt, state)
        if after is not None:
            self._conclude(attempt, state, after)
        return after is not None

    def _prepare(self, way: Transition, state: str) -> None:
        """Let come about before what the way cannot bring itself, by acts that stay here."""
        if self._prepares:
            return
        self._prepares = True
        lacking = self._author.values.lacking(way, _is_answer(way), self._case().data)
        for name, value in lacking.items():
            supplier = self._supplier(state, name, value)
            if supplier is not None:
                self.go(supplier, **({} if name in supplier.sets else {name: value}))
        for act in self._author.values.acts:
            self._let_happen(act, state)
        self._prepares = False

    def _let_happen(self, act: str, state: str) -> None:
        """An act that the story rests on, where it can be done here and has not happened yet."""
        here = (t for source, t in ways(self._definition) if (source, t.trigger) == (state, act))
        way = next((way for way in here if way.to == STAY), None)
        if way is not None and not self._has_happened(act):
            self.go(way)

    def _supplier(self, state: str, name: str, value: Any) -> Transition | None:
        """An act of people or an outside system that makes a fact so, and stays here."""
        for way in self._definition.transitions:
            can = self._author.values.can_bring(way, _is_answer(way), name, value)
            is_here = way.to == STAY and state in self._definition.sources_of(way)
            if can and is_here and not set(way.by) <= _NO_CALLER:
                return way
        return None

    def _insist(self, attempt: _Attempt, state: str) -> Case | None:
        """Try until it is accepted, providing each time what was missing; none when it is not."""
        for _ in range(_MOST_TRIES):
            self._pass_an_hour()
            if self._case().state != state:
                break
            try:
                return self._fire(attempt)
            except Refused as refused:
                if not self._provide(refused, attempt):
                    break
            except ZhixingError:
                break
        return None

    def _case(self) -> Case:
        return self._engine.case(self._case_id)

    def _person(self, role: str) -> str:
        return person_of(role, self._case().officer)

    def _pass_an_hour(self) -> None:
        self._clock.advance(hours=1)
        self._engine.run_due()

    def _now(self) -> str:
        return f"{self._clock.now().astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _write(
        self, person: str, role: str, step: dict[str, str], **more: dict[str, Any] | list[str]
    ) -> None:
        """Write down an act of a person; what is empty is left out."""
        line = {"at": self._now(), **step, "as": role, "person": person, **more}
        self._draft.steps.append(dict(filter(all, line.items())))

    def _fire(self, attempt: _Attempt) -> Case:
        role = held(attempt.role)
        person, about = self._person(role), self._first_record(attempt.way)
        fire(
            self._engine,
            self._case_id,
            attempt.way.trigger,
            Actor.of(person, role),
            data=attempt.data,
            documents={name: f"{name}-1" for name in attempt.documents},
            about=about,
        )
        self._write(
            person,
            role,
            {"fire": attempt.way.trigger, "about": about},
            data={**attempt.data},
            documents=list(attempt.documents),
        )
        return self._case()

    def _first_record(self, way: Transition) -> str:
        """The record that an act is about: the first of its list."""
        records = self._case().data.get(way.each or "") or [{ID: ""}]
        return str(records[0][ID])

    def _conclude(self, attempt: _Attempt, state: str, after: Case) -> None:
        if attempt.way.approval is not None:
            after = self._approve(attempt.way.trigger, attempt.way.approval)
        self._draft.steps[-1]["state"] = after.state
        self._draft.reached.add((attempt.way.trigger, state))

    def _approve(self, trigger: str, approval: str) -> Case:
        """Every vote that the approval needs, each by another person."""
        steps = self._definition.approvals[approval].steps
        roles = [step.by[0] for step in steps for _ in range(step.votes)]
        for number, role in enumerate(roles, start=1):
            self._clock.advance(hours=1)
            person = f"{role}-{number}"
            self._engine.approve(self._case_id, trigger, actor=Actor.of(person, role))
            self._write(person, role, {"approve": trigger})
        return self._case()

    def _be_refused(self, way: Transition) -> None:
        """Once for each trigger: tried by somebody who may not, with nothing in hand.

        What stands in the way is written down.
        """
        others = [role for role in self._definition.roles if role not in way.by]
        if not others or way.trigger in self._author.refused:
            return
        other, person = others[0], self._person(others[0])
        self._author.refused.add(way.trigger)
        self._pass_an_hour()
        try:
            self._engine.fire(self._case_id, way.trigger, actor=Actor.of(person, other))
        except Refused as refused:
            self._write(person, other, {"fire": way.trigger}, refused=_codes(refused))

    def _wait_for(self, way: Transition, state: str) -> bool:
        """Let the clock fire a transition by the expiry of the deadline that does."""
        rules = self._definition.deadlines
        for deadline in self._engine.deadlines(self._case_id):
            is_it = rules[deadline.rule].on_expiry.fire == way.trigger
            if not is_it or deadline.due_at is None:
                continue
            self._clock.set(max(deadline.due_at, self._clock.now()) + _A_MINUTE)
            self._engine.run_due()
            if self._has_happened(way.trigger):
                self._draft.steps.append({"at": self._now(), "state": self._case().state})
                self._draft.reached.add((way.trigger, state))
                return True
        return False

    def _has_happened(self, trigger: str) -> bool:
        return trigger in {entry.trigger for entry in self._engine.history(self._case_id)}

    def _provide(self, refused: Refused, attempt: _Attempt) -> bool:
        """Provide what a refusal names; false when there is nothing more to provide."""
        has_more = False
        for obstacle in refused.obstacles:
            remedy = self._remedies.get(obstacle.code, _Trial._give_up)
            has_more |= remedy(self, obstacle, attempt)
        return has_more

    def _give_up(self, obstacle: Obstacle, attempt: _Attempt) -> bool:
        """There is no remedy for an obstacle of this kind."""
        return False

    def _wait_until_open(self, obstacle: Obstacle, attempt: _Attempt) -> bool:
        if obstacle.until is None:
            return False
        self._clock.set(max(obstacle.until, self._clock.now()))
        return True

    def _hand_in(self, obstacle: Obstacle, attempt: _Attempt) -> bool:
        """The documents of every item of the checklist that are not handed in yet."""
        before = len(attempt.documents)
        items = self._definition.checklists[attempt.way.checklist or ""].items.values()
        listed = chain.from_iterable(item.documents for item in items)
        attempt.documents[:] = dict.fromkeys((*attempt.documents, *listed))
        return len(attempt.documents) > before

    def _fill_in(self, obstacle: Obstacle, attempt: _Attempt) -> bool:
        asked = self._author.values.asked(attempt.way, _is_answer(attempt.way))
        if obstacle.field in attempt.data or obstacle.field not in asked:
            return False
        attempt.data[obstacle.field] = self._author.values.plain(obstacle.field)
        return True

    def _leave_out(self, obstacle: Obstacle, attempt: _Attempt) -> bool:
        """What is known already is not said otherwise."""
        return attempt.data.pop(obstacle.field, None) is not None

    _remedies = {
        "known-fact": _leave_out,
        "gate": _wait_until_open,
        "checklist": _hand_in,
        "missing-field": _fill_in,
    }
