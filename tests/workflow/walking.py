"""Small definitions drawn by chance, and a walk of the real engine through all that can become of
their cases: everybody does whatever he can, with everything that a form lets him bring; clocks
ring; systems answer in every way, or never."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, product
from typing import Any

from zhixing.analysis.memory import MemoryCaseRepository
from zhixing.engine import Actor, Refused
from zhixing.engine.decision.procedure import Procedure
from zhixing.engine.model.case import CaseState
from zhixing.engine.model.event import EXTERNAL_SYSTEM, Event
from zhixing.engine.work.registry import Registry
from zhixing.engine.work.unit import UnitOfWork
from zhixing.workflow import Definition
from zhixing.workflow.errors import ZhixingError
from zhixing.workflow.model.facts import Facts
from zhixing.workflow.model.field_types import FieldType

CLERK = Actor.of("li", "clerk")
_BEGINS = datetime(2025, 3, 3, 1, tzinfo=UTC)
_MOST = 600
"""Nodes of a walk; of more, nothing is said."""

HEAD = """
id: drawn
title: {zh: 抽样, en: drawn}
version: 1
effective: 2024-01-01
roles: {clerk: {title: {zh: 书记员, en: clerk}}}
modes: {done: {zh: 结, en: done}}
documents: {paper: {title: {zh: 文书, en: paper}}}
grounds: {rest: {zh: 中止, en: rest}}
data:
  f: {type: flag, default: false, title: {zh: 甲, en: f}}
  g: {type: flag, title: {zh: 乙, en: g}}
  n: {type: text, title: {zh: 注, en: n}}
  k: {type: choice, choices: {a: {zh: 子, en: a}, b: {zh: 丑, en: b}}, title: {zh: 丙, en: k}}
initial: s0
"""
_CONDITIONS = (
    "case.f",
    "!case.f",
    "case.g",
    "!case.g",
    'case.k == "a"',
    'case.k != "a"',
    "given.g",
    'did("t0")',
    '!did("t1")',
)


class Drawn:
    """The text of a small definition, drawn by a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._states = [f"s{n}" for n in range(self._chance.randint(2, 3))]
        self._rests = self._chance.random() < 0.4
        self._asks = self._chance.random() < 0.3
        self._moves = list(self._skeleton())
        self._moves += [self._any_move() for _ in range(self._chance.randint(0, 3))]
        self._triggers = [f"t{n}" for n in range(len(self._moves))]
        self._set_fields = [name for name in "fgk" if self._is(0.4)]
        self._rung: list[str] = []

    def text(self) -> str:
        parts = [HEAD, *self._opening(), "states:", *self._all_states()]
        if self._rests:
            parts.append("suspensions: [{states: r, ground: rest}]")
        parts += ["forms:", *(f"  {n}: {self._form()}" for n in ["opening", *self._triggers])]
        acts = list(map(self._act, self._triggers))
        if self._asks:
            other = self._chance.choice(["failed", "partial"])
            head = "  q: {title: {zh: 询, en: q}, operation: x.ask,"
            parts += ["requests:", head, f"    answers: {{answered: t0, {other}: t1}}}}"]
        most = min(2, len(self._rung) * 2)
        limits = [self._limit(n) for n in range(self._chance.randint(0, most))]
        return "\n".join(
            [*parts, "transitions:", *acts, *(["deadlines:", *limits] if limits else [])]
        )

    def _skeleton(self) -> Iterator[tuple[str, str]]:
        """Moves by which every state is reached, and one that ends the case."""
        for number, name in enumerate(self._states[1:], 1):
            yield self._chance.choice(self._states[:number]), name
        if self._rests:
            yield self._chance.choice(self._states), "r"
            yield "r", self._chance.choice(["return", *self._states])
        yield self._chance.choice(self._states), "end"

    def _any_move(self) -> tuple[str, str]:
        source = self._chance.choice([*self._states, *(["r"] if self._rests else [])])
        targets = [*self._states, "stay", "end", *(["r"] if self._rests else [])]
        return source, self._chance.choice(targets)

    def _opening(self) -> list[str]:
        form = ", form: opening" if self._is(0.7) else ""
        return [f"powers: {{open: {{by: clerk{form}}}}}"]

    def _is(self, chance: float) -> bool:
        return self._chance.random() < chance

    def _all_states(self) -> Iterator[str]:
        for name in [*self._states, *(["r"] if self._rests else [])]:
            yield f"  {name}: {{title: {{zh: {name}, en: {name}}}}}"
        yield "  end: {title: {zh: 终, en: end}, closes: done}"

    def _form(self) -> str:
        how = ("{}", "{required: true}", "{overwrites: true}", "{required: true, overwrites: true}")
        free = [name for name in "fgk" if name not in self._set_fields] or ["n"]
        asked = [name for name in free if self._is(0.4)] or [self._chance.choice(free)]
        listed = ", ".join(f"{name}: {self._chance.choice(how)}" for name in asked)
        return f"{{title: {{zh: 表, en: form}}, fields: {{{listed}}}}}"

    def _act(self, trigger: str) -> str:
        chance = self._chance
        source, to = self._moves[int(trigger[1:])]
        answers = ["outside"] * 9 if self._asks and trigger in ("t0", "t1") else []
        by = chance.choice(["clerk"] * 5 + ["clock"] * 2 + answers)
        if by == "clock":
            self._rung.append(trigger)
        said = [f"trigger: {trigger}", f"title: {{zh: {trigger}, en: {trigger}}}"]
        said += [f"from: {source}", f"to: {to}", f"by: {by}"]
        said += [f"when: '{self._condition()}'"] if self._is(0.4) else []
        said += [f"form: {trigger}"] if self._is(0.5) else []
        said += ["documents: paper"] if self._is(0.2) else []
        said += [f"sets: {{{self._set()}}}"] if self._set_fields and self._is(0.4) else []
        said += ["asks: q"] if self._asks and self._is(0.4) else []
        return f"  - {{{', '.join(said)}}}"

    def _condition(self) -> str:
        one = self._chance.choice(_CONDITIONS)
        if self._is(0.6):
            return one
        return f"{one} {self._chance.choice(['&&', '||'])} {self._chance.choice(_CONDITIONS)}"

    def _set(self) -> str:
        name = self._chance.choice(self._set_fields)
        return f"{name}: {self._chance.choice(['a', 'b'] if name == 'k' else ['true', 'false'])}"

    def _limit(self, number: int) -> str:
        chance = self._chance
        entering = chance.choice([*self._states, *(["r"] if self._rests else [])])
        starts = (
            f"entering: {entering}" if self._is(0.7) else f"on: {chance.choice(self._triggers)}"
        )
        said = [f"title: {{zh: 期, en: d{number}}}", f"starts: {{{starts}}}"]
        said += [f"length: {chance.choice([3, 5])}", "unit: day"]
        said += [f"pauses: {chance.choice(['true', 'false'])}"]
        said += [f"ends_leaving: {entering}"] if self._is(0.3) else []
        said += [f"met_by: {chance.choice(self._triggers)}"] if self._is(0.3) else []
        said += [f"on_expiry: {{alert: clerk, fire: {chance.choice(self._rung)}}}"]
        return f"  d{number}: {{{', '.join(said)}}}"


@dataclass(frozen=True)
class Node:
    """A case as it stands, and the requests that nobody has answered yet."""

    case: CaseState
    now: datetime
    awaited: frozenset[str]

    @property
    def key(self) -> tuple[Any, ...]:
        """What of it makes a difference to what can become of it."""
        case = self.case
        limits = sorted((d.due_at or _BEGINS, d.rule, d.status.value) for d in case.deadlines)
        return (
            case.state,
            case.origins,
            tuple(sorted((name, str(value)) for name, value in case.data.items())),
            tuple(sorted(case.documents)),
            tuple(sorted(case.stated)),
            tuple(sorted(case.done_by)),
            tuple((rule, status) for _, rule, status in limits),
            self.awaited,
        )


class Walk:
    """All that can become of the cases of a definition, as the engine lets it."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._facts = Facts(definition)
        self._repository = MemoryCaseRepository(Registry((definition,)))
        self._procedure: Procedure = self._repository.given(definition.id)
        self.nodes: dict[tuple[Any, ...], Node] = {}
        self.next: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}

    def go(self) -> bool:
        """Walk everywhere; false where there is too much of it."""
        todo = deque(self._opened())
        self.nodes.update((node.key, node) for node in todo)
        while todo:
            if len(self.nodes) > _MOST:
                return False
            here = todo.popleft()
            following = self.next[here.key] = set()
            for there in self._from(here):
                following.add(there.key)
                if there.key not in self.nodes:
                    self.nodes[there.key] = there
                    todo.append(there)
        return True

    def without_end(self) -> set[str]:
        """The states in which some case stands that no way leads to an end any more."""
        ending = {key for key, node in self.nodes.items() if node.case.closed_at is not None}
        grows = True
        while grows:
            more = {k for k, following in self.next.items() if not following.isdisjoint(ending)}
            grows = not more <= ending
            ending |= more
        return {node.case.state for key, node in self.nodes.items() if key not in ending}

    def _opened(self) -> Iterator[Node]:
        asked = self._facts.at_opening()
        for number, data in enumerate(_choices(self.definition, asked.fields)):
            unit, id = UnitOfWork(self._repository, _BEGINS), f"c{number}"
            event = Event(_BEGINS, CLERK, data=data)
            try:
                unit.open(self.definition.id, event, id=id, officer="")
            except ZhixingError:
                continue
            unit.flush()
            yield self._node(id, _BEGINS, frozenset())

    def _from(self, here: Node) -> Iterator[Node]:
        if here.case.closed_at is not None:
            return
        yield from chain(self._acts(here), self._rung(here), self._answered(here))

    def _acts(self, here: Node) -> Iterator[Node]:
        """Everything that a clerk can do, with all that he may bring or leave out."""
        for t in self.definition.transitions:
            if "clerk" not in t.by or here.case.state not in self.definition.sources_of(t):
                continue
            papers = {"paper": "p"} if t.documents else {}
            for data in _choices(self.definition, self._facts.of(t).fields):
                event = Event(here.now, CLERK, t.trigger, data, papers)
                yield from self._tried(here, lambda unit, id, e=event: unit.fire(id, e))

    def _rung(self, here: Node) -> Iterator[Node]:
        """The next moment of the clock comes, and nothing happens before."""
        wake = here.case.wake_at
        if wake is not None:
            later = replace(here, now=max(here.now, wake) + timedelta(seconds=1))
            yield from self._tried(later, lambda unit, id: unit.catch_up(id, later.now))

    def _answered(self, here: Node) -> Iterator[Node]:
        """Each kind of answer to each request, and none at all."""
        for name in here.awaited:
            rest = replace(here, awaited=here.awaited - {name})
            yield rest
            for kind, trigger in self.definition.requests[name].answers.items():
                after = here if kind == "partial" else rest
                event = Event(here.now, EXTERNAL_SYSTEM, trigger)
                yield from self._tried(after, lambda unit, id, e=event: unit.fire(id, e))

    def _tried(self, here: Node, act: Any) -> Iterator[Node]:
        self._repository.cases[here.case.id] = here.case.clone()
        self._repository.take_news()
        unit = UnitOfWork(self._repository, here.now)
        try:
            act(unit, here.case.id)
        except (Refused, ZhixingError):
            return
        unit.flush()
        yield self._node(here.case.id, here.now, here.awaited)

    def _node(self, id: str, now: datetime, awaited: frozenset[str]) -> Node:
        news = self._repository.take_news()
        asked = {r.request for decision in news for r in decision.effects.requests}
        return Node(self._repository.cases[id].clone(), now, awaited | asked)


def _choices(definition: Definition, fields: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Every way to bring some of the fields."""
    values = [
        [(name, None), *((name, value) for value in _values(definition, name))]
        for name in sorted(fields)
    ]
    for brought in product(*values):
        yield {name: value for name, value in brought if value is not None}


def _values(definition: Definition, name: str) -> list[Any]:
    spec = definition.data[name]
    if spec.choices:
        return list(spec.choices)
    return [True, False] if spec.type is FieldType.FLAG else ["x"]
