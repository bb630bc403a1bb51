"""From every situation a case can come into, a lawful end can be reached, and none waits for ever.

A situation is a state, the states to return to, which deadlines run, and how many sub-procedures are open (up to two of a kind).
What data will say is not known here, so a condition counts as open unless the open sub-procedures alone make it false; gates open in
time. The space of situations is explored breadth first, so a fault is told as the shortest story that leads to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..guards.cel import GuardCompiler
from ..guards.cel_tree import partial
from ..model.base import Text
from ..model.definition import RESERVED_ROLES, Definition
from ..model.flow import RETURN, STAY, Transition
from ..source.findings import Finding
from .conditions import required

LIMIT = 20_000
BOUND = 2
_ELSEWHERE = frozenset({"clock"})


@dataclass(frozen=True, slots=True)
class Situation:
    """A state, where to return to, the deadlines that run, and the open sub-procedures by name."""

    state: str
    origins: tuple[str, ...]
    running: frozenset[str]
    children: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Concluded:
    """A step of a story that is no transition: the sub-procedure at `index` concludes."""

    title: Text
    index: int


Taken = Transition | _Concluded


def check(definition: Definition) -> Iterator[Finding]:
    space = Space(definition)
    space.explore()
    if len(space.came) >= LIMIT:
        zh, en = (
            f"情形超过 {LIMIT} 种，未全部检查",
            f"more than {LIMIT} situations: not all were looked at",
        )
        yield Finding(definition.at, "not-explored", zh, en, "warning")
    seen: set[tuple[str, str]] = set()
    for situation in space.stuck():
        if ("stuck", situation.state) not in seen:
            seen.add(("stuck", situation.state))
            story_zh, story_en = space.story(situation)
            at = definition.states[situation.state].at
            zh = f"状态 {situation.state} 会永远等待：只有时钟能使其离开，而没有期限在走（{story_zh}）"
            en = f"the state {situation.state} can wait for ever: only the clock leaves it, and no deadline runs ({story_en})"
            yield Finding(at, "waits-for-ever", zh, en)
    for situation in space.endless():
        if ("stuck", situation.state) in seen or ("endless", situation.state) in seen:
            continue
        seen.add(("endless", situation.state))
        story_zh, story_en = space.story(situation)
        at = definition.states[situation.state].at
        zh = f"从状态 {situation.state} 的这一情形到不了任何终结状态（{story_zh}）"
        en = f"from the state {situation.state}, come to in this way, no end can be reached ({story_en})"
        yield Finding(at, "no-lawful-end", zh, en)


class Space:
    """The situations that can be reached, how, and from where."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.resting = {s for suspension in definition.suspensions for s in suspension.states}
        self.by_state: dict[str, list[Transition]] = {s: [] for s in definition.states}
        for t in definition.transitions:
            for source in definition.sources_of(t):
                self.by_state[source].append(t)
        self.fired_by = {
            trigger: frozenset(
                n for n, r in definition.deadlines.items() if r.on_expiry.fire == trigger
            )
            for trigger in definition.triggers
        }
        firing = {
            name: rule.starts for name, rule in definition.deadlines.items() if rule.on_expiry.fire
        }
        self.started_by: dict[str, list[str]] = {s: [] for s in definition.states}
        self.started_on: dict[str, list[str]] = {}
        for name, starts in firing.items():
            for state in starts.entering if not starts.on else ():
                self.started_by[state].append(name)
            for trigger in starts.on:
                self.started_on.setdefault(trigger, []).append(name)
        self.subs = tuple(definition.sub_procedures)
        compiler = GuardCompiler.of(definition)
        self.about_children = {
            id(t): [
                g.tree for text in required(definition, t) if (g := compiler.compile(text)).subs
            ]
            for t in definition.transitions
        }
        self.refused = frozenset(t.if_refused for t in definition.transitions)
        self.came: dict[Situation, tuple[Situation, Taken] | None] = {}
        self.next: dict[Situation, list[Situation]] = {}

    def explore(self) -> None:
        none = (0,) * len(self.subs)
        start = self._enter(Situation(self.definition.initial, (), frozenset(), none), None, "")
        self.came[start] = None
        todo = deque([start])
        while todo and len(self.came) < LIMIT:
            here = todo.popleft()
            self.next[here] = []
            steps: list[Taken] = [*self._ways(here), *self._conclusions(here)]
            for transition in steps:
                there = (
                    self._conclude(here, transition)
                    if isinstance(transition, _Concluded)
                    else self._take(here, transition)
                )
                if there is None:
                    continue
                self.next[here].append(there)
                if there not in self.came:
                    self.came[there] = (here, transition)
                    todo.append(there)

    def _ways(self, here: Situation) -> Iterator[Transition]:
        for t in self.by_state[here.state]:
            if self._someone_fires(here, t) and self._may_hold(here, t):
                yield t

    def _someone_fires(self, here: Situation, t: Transition) -> bool:
        if set(t.by) - RESERVED_ROLES.keys() or "outside" in t.by:
            return True
        if "procedure" in t.by and (t.trigger in self.refused or any(here.children)):
            return True
        return "clock" in t.by and bool(self.fired_by[t.trigger] & here.running)

    def _may_hold(self, here: Situation, t: Transition) -> bool:
        """Whether the conditions can be true with these sub-procedures open."""
        trees = self.about_children[id(t)]
        known = (
            {f"{sub}.open": n for sub, n in zip(self.subs, here.children, strict=True)}
            if trees
            else {}
        )
        return all(partial(tree, known) is not False for tree in trees)

    def _conclusions(self, here: Situation) -> Iterator[_Concluded]:
        for index, count in enumerate(here.children):
            if count and here.state not in self.definition.terminal:
                title = self.definition.sub_procedures[self.subs[index]].title
                yield _Concluded(Text(zh=f"{title.zh}终结", en=f"{title.en} concludes"), index)

    def _conclude(self, here: Situation, step: _Concluded) -> Situation:
        return replace(
            here,
            children=tuple(n - 1 if i == step.index else n for i, n in enumerate(here.children)),
        )

    def _take(self, here: Situation, t: Transition) -> Situation | None:
        running = here.running
        children = tuple(
            min(n + t.opens.count(s), BOUND) for s, n in zip(self.subs, here.children, strict=True)
        )
        if not set(t.by) - _ELSEWHERE:  # the clock's own: the deadline that fires it is spent
            running -= self.fired_by[t.trigger]
        rules = self.definition.deadlines
        running -= {
            n for n in running if t.trigger in rules[n].met_by or t.trigger in rules[n].ends_by
        }
        if t.to == STAY:
            there = Situation(here.state, here.origins, running, children)
        elif t.to == RETURN:
            if not here.origins:
                return None
            return Situation(here.origins[-1], here.origins[:-1], running, children)
        else:
            there = Situation(t.to, here.origins, running, children)
        return self._enter(there, here.state if t.to != STAY else None, t.trigger)

    def _enter(self, there: Situation, source: str | None, trigger: str) -> Situation:
        """The situation after entering a state: what it remembers, and the deadlines it starts that can fire a trigger."""
        origins, rules = there.origins, self.definition.deadlines
        if source is not None:
            if there.state in self.resting:
                origins = (*origins, source)[-3:]
            elif source in self.resting:
                origins = ()
        running = set(there.running)
        if source is not None:
            running -= {n for n in running if source in rules[n].ends_leaving}
        entered = source is not None or not trigger
        for name in (
            *(self.started_by[there.state] if entered else ()),
            *self.started_on.get(trigger, ()),
        ):
            states = rules[name].starts.entering
            if not states or there.state in states:
                running.add(name)
        if there.state in self.definition.terminal:
            running = {n for n in running if rules[n].survives_closing}
        return Situation(there.state, origins, frozenset(running), there.children)

    def stuck(self) -> Iterator[Situation]:
        """Situations that nobody can leave or change: no person may act, and no clock runs."""
        for here, ways in self.next.items():
            if not ways and here.state not in self.definition.terminal:
                yield here

    def endless(self) -> Iterator[Situation]:
        """Situations from which no terminal state can be reached."""
        backward: dict[Situation, list[Situation]] = {}
        for here, ways in self.next.items():
            for there in ways:
                backward.setdefault(there, []).append(here)
        ending = {s for s in self.came if s.state in self.definition.terminal or s not in self.next}
        todo = list(ending)
        while todo:
            for before in backward.get(todo.pop(), ()):
                if before not in ending:
                    ending.add(before)
                    todo.append(before)
        return (s for s in self.came if s not in ending)

    def story(self, situation: Situation) -> tuple[str, str]:
        """The shortest way to a situation, in words."""
        steps: list[Taken] = []
        current = situation
        while (came := self.came[current]) is not None:
            current, transition = came
            steps.append(transition)
        steps.reverse()
        zh = " → ".join(t.title.zh for t in steps) or "立即"
        en = " → ".join(t.title.en for t in steps) or "at once"
        return zh, en
