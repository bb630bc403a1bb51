"""From every situation a case can come into, a lawful end can be reached, and none waits for ever.

A situation is a state, the states to return to, which deadlines run, and how many sub-procedures
are open (up to two of a kind). A deadline that starts on a condition may start or not: both are
looked at. What data will say is not known here, so a condition counts as open
unless the open sub-procedures alone make it false; gates open in time. The space of situations is
explored breadth first, so a fault is told as the shortest story that leads to it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import filterfalse, islice, product

from ..guards.cel import GuardCompiler
from ..guards.cel_tree import Tree, partial_value
from ..language import Words
from ..model.base import Text
from ..model.definition import Definition
from ..model.flow import RETURN, STAY, Transition
from ..model.limits import DeadlineRule
from ..source.findings import Finding
from .conditions import required
from .outcomes import outcomes
from .structure import closure, resting, reverse, ways

LIMIT = 20_000
"""Situations looked at, at the most."""

BOUND = 2
"""Open sub-procedures of a kind told apart: more of them make no other way open."""

_MOST_ORIGINS = 3
"""Rests inside of rests that are remembered; without a bound there were endless situations."""

_NONE: frozenset[str] = frozenset()
_AT_ONCE = Text(zh="立即", en="at once")


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


Step = Transition | _Concluded


def check(definition: Definition) -> Iterator[Finding]:
    """One finding for each state with situations that no case should come into."""
    space = Space(definition)
    space.explore()
    if len(space.reached_by) >= LIMIT:
        yield _not_explored(definition)
    stuck = _first_of_each_state(space.stuck())
    for situation in stuck.values():
        yield _waits_for_ever(space, situation)
    endless = _first_of_each_state(space.endless())
    for state in endless.keys() - stuck.keys():
        yield _no_lawful_end(space, endless[state])


def _first_of_each_state(situations: Iterable[Situation]) -> dict[str, Situation]:
    """One situation of each state: the first one found, which has the shortest story."""
    first: dict[str, Situation] = {}
    for situation in situations:
        first.setdefault(situation.state, situation)
    return first


def _not_explored(definition: Definition) -> Finding:
    """A warning that nothing is said of the situations beyond the limit."""
    zh = f"情形超过 {LIMIT} 种，未全部检查"
    en = f"more than {LIMIT} situations: not all were looked at"
    return Finding(definition.at, "not-explored", zh, en, "warning")


def _waits_for_ever(space: Space, situation: Situation) -> Finding:
    """The story of how a case comes to stand still."""
    state, story = situation.state, space.story(situation)
    at = space.definition.states[state].at
    zh = f"状态 {state} 会永远等待：只有时钟能使其离开，而没有期限在走（{story.zh}）"
    en = (
        f"the state {state} can wait for ever: only the clock leaves it, "
        f"and no deadline runs ({story.en})"
    )
    return Finding(at, "waits-for-ever", zh, en)


def _no_lawful_end(space: Space, situation: Situation) -> Finding:
    """The story of how a case comes to where it goes on for ever."""
    state, story = situation.state, space.story(situation)
    at = space.definition.states[state].at
    zh = f"从状态 {state} 的这一情形到不了任何终结状态（{story.zh}）"
    en = f"from the state {state}, come to in this way, no end can be reached ({story.en})"
    return Finding(at, "no-lawful-end", zh, en)


class _Clocks:
    """The deadlines that fire a trigger, by what starts and stops them.

    Worked out once: every step from every situation asks.
    """

    def __init__(self, definition: Definition) -> None:
        rules = {n: rule for n, rule in definition.deadlines.items() if rule.on_expiry.fire}
        self._firing = _names_by(rules, lambda rule: [rule.on_expiry.fire])
        self._ended_by = _names_by(rules, lambda rule: {*rule.met_by, *rule.ends_by})
        self._ended_leaving = _names_by(rules, lambda rule: rule.ends_leaving)
        self._started_by = _names_by(rules, _starting)
        self._surviving = _names_by(rules, lambda rule: [rule.survives_closing])
        compiler = GuardCompiler.of(definition)
        asked = {name: rule.starts.when for name, rule in rules.items() if rule.starts.when}
        self._conditions = {name: compiler.compile(text).tree for name, text in asked.items()}

    def fire(self, trigger: str, running: frozenset[str]) -> bool:
        """Whether one of the deadlines that run fires a trigger."""
        return not running.isdisjoint(self._firing.get(trigger, _NONE))

    def stopped_by(self, t: Transition) -> frozenset[str]:
        """The deadlines that a transition ends, the one that fires it too."""
        ended = self._ended_by.get(t.trigger, _NONE)
        if set(t.by) != {"clock"}:  # somebody else may have fired it: the deadline still runs
            return ended
        return ended | self._firing.get(t.trigger, _NONE)

    def surviving(self) -> frozenset[str]:
        """The deadlines that go on when the case is closed."""
        return self._surviving.get(True, _NONE)

    def stopped_leaving(self, state: str) -> frozenset[str]:
        """The deadlines that end when the case leaves a state."""
        return self._ended_leaving.get(state, _NONE)

    def started_on(self, trigger: str, state: str) -> frozenset[str]:
        """The deadlines that start when a trigger is fired, and then stands in a state."""
        anywhere = self._started_by.get((trigger, None), _NONE)
        return anywhere | self._started_by.get((trigger, state), _NONE)

    def outcomes(
        self, started: frozenset[str], running: frozenset[str]
    ) -> Iterator[frozenset[str]]:
        """What may run after a step: each limit that starts on a condition has started, or not."""
        open = {name: self._conditions[name] for name in started & self._conditions.keys()}
        certain = running | started.difference(open)
        return (certain | found for found in outcomes(open))

    def started_entering(self, state: str) -> frozenset[str]:
        """The deadlines that start when a state is entered, whatever led there."""
        return self._started_by.get((None, state), _NONE)


def _starting(rule: DeadlineRule) -> Iterable[tuple[str | None, str | None]]:
    """The pairs of trigger and state that start a deadline; None is any trigger, or any state."""
    return product(rule.starts.on or (None,), rule.starts.entering or (None,))


def _names_by(
    rules: Mapping[str, DeadlineRule], keys_of: Callable[[DeadlineRule], Iterable[object]]
) -> Mapping[object, frozenset[str]]:
    """The names of the deadlines, by each of the keys of their rules."""
    names: defaultdict[object, frozenset[str]] = defaultdict(frozenset)
    for name, rule in rules.items():
        for key in keys_of(rule):
            names[key] |= {name}
    return names


class Space:
    """The situations that can be reached, how, and from where."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.reached_by: dict[Situation, tuple[Situation, Step] | None] = {}
        self.next: dict[Situation, set[Situation]] = {}
        self._clocks = _Clocks(definition)
        self._subs = tuple(definition.sub_procedures)
        self._counts = list(map("{}.open".format, self._subs))
        self._refused = frozenset(t.if_refused for t in definition.transitions)
        self._is_told = bool(definition.links) or "procedure" in definition.opening_roles
        self._resting = resting(definition)
        self._ways = _ways_by_source(definition)
        self._about_children = {
            id(t): _conditions_about_children(definition, t) for t in definition.transitions
        }

    def explore(self) -> None:
        """Take every step from every situation that is not known yet, the nearest first."""
        self.reached_by.update(dict.fromkeys(self._starts()))
        todo = deque(self.reached_by)
        while todo and len(self.reached_by) < LIMIT:
            here = todo.popleft()
            following = self.next[here] = set()
            for step, there in islice(self._steps(here), LIMIT):
                following.add(there)
                if there not in self.reached_by:
                    self.reached_by[there] = here, step
                    todo.append(there)

    def _starts(self) -> Iterator[Situation]:
        """A case just opened: its first state is entered, by no trigger."""
        initial = self.definition.initial
        children = (0,) * len(self._subs)
        started = self._clocks.started_entering(initial)
        return self._situations(initial, (), self._clocks.outcomes(started, _NONE), children)

    def _steps(self, here: Situation) -> Iterator[tuple[Step, Situation]]:
        """What can happen next, and the situation after it; a closed case waits for no child."""
        for t in self._ways[here.state]:
            if self._is_open(here, t):
                yield from ((t, there) for there in self._after(here, t))
        if not self._is_end(here):
            yield from self._conclusions(here)

    def _is_open(self, here: Situation, t: Transition) -> bool:
        """Whether a transition can be taken: by somebody, on its conditions, to somewhere."""
        leads_somewhere = t.to != RETURN or here.origins != ()
        return leads_somewhere and self._is_fired(here, t) and self._may_hold(here, t)

    def _is_fired(self, here: Situation, t: Transition) -> bool:
        """People and other systems may act at any time; the clock and proceedings need a cause."""
        has_cause = {
            "clock": self._clocks.fire(t.trigger, here.running),
            "procedure": any(here.children) or self._is_told or t.trigger in self._refused,
        }
        return any(has_cause.get(role, True) for role in t.by)

    def _may_hold(self, here: Situation, t: Transition) -> bool:
        """Whether the conditions can be true with these sub-procedures open."""
        trees = self._about_children[id(t)]
        known = dict(zip(self._counts, here.children, strict=True))
        return all(partial_value(tree, known) is not False for tree in trees)

    def _conclusions(self, here: Situation) -> Iterator[tuple[Step, Situation]]:
        """Each of the open sub-procedures may conclude."""
        for index, count in enumerate(here.children):
            if count > 0:
                title = self.definition.sub_procedures[self._subs[index]].title
                words = Text(zh=f"{title.zh}终结", en=f"{title.en} concludes")
                children = (*here.children[:index], count - 1, *here.children[index + 1 :])
                yield _Concluded(words, index), replace(here, children=children)

    def _after(self, here: Situation, t: Transition) -> Iterator[Situation]:
        """The situations after a transition. Returning starts nothing: it is no entering."""
        clocks = self._clocks
        running = here.running - clocks.stopped_by(t)
        children = self._with_opened(here.children, t)
        if t.to == RETURN:
            return iter([Situation(here.origins[-1], here.origins[:-1], running, children)])
        if t.to == STAY:
            outcomes = clocks.outcomes(clocks.started_on(t.trigger, here.state), running)
            return self._situations(here.state, here.origins, outcomes, children)
        running -= clocks.stopped_leaving(here.state)
        started = clocks.started_on(t.trigger, t.to) | clocks.started_entering(t.to)
        outcomes = clocks.outcomes(started, running)
        return self._situations(t.to, self._origins(here, t.to), outcomes, children)

    def _situations(
        self,
        state: str,
        origins: tuple[str, ...],
        outcomes: Iterable[frozenset[str]],
        children: tuple[int, ...],
    ) -> Iterator[Situation]:
        """A situation for each set of deadlines; an end stops those that do not survive it."""
        for running in outcomes:
            if state in self.definition.terminal:
                running &= self._clocks.surviving()
            yield Situation(state, origins, running, children)

    def _with_opened(self, children: tuple[int, ...], t: Transition) -> tuple[int, ...]:
        """How many sub-procedures are open after a transition, as far as they are told apart."""
        if not t.opens:
            return children
        counted = zip(self._subs, children, strict=True)
        return tuple(min(count + t.opens.count(sub), BOUND) for sub, count in counted)

    def _origins(self, here: Situation, target: str) -> tuple[str, ...]:
        """Where to return to: coming to rest adds a state, going on from rest forgets them."""
        if target in self._resting:
            return (*here.origins, here.state)[-_MOST_ORIGINS:]
        return () if here.state in self._resting else here.origins

    def stuck(self) -> Iterator[Situation]:
        """Situations that nobody can leave or change: no person may act, and no clock runs."""
        waiting = [here for here, following in self.next.items() if not following]
        return filterfalse(self._is_end, waiting)

    def endless(self) -> Iterator[Situation]:
        """Situations from which no terminal state can be reached.

        One that was not explored any more may well lead to an end.
        """
        unexplored = self.reached_by.keys() - self.next.keys()
        ends = set(filter(self._is_end, self.reached_by))
        ending = closure(reverse(self.next), ends | unexplored)
        return (situation for situation in self.reached_by if situation not in ending)

    def _is_end(self, situation: Situation) -> bool:
        """Whether the case is closed."""
        return situation.state in self.definition.terminal

    def story(self, situation: Situation) -> Words:
        """The shortest way to a situation, in words."""
        steps: list[Step] = []
        current = situation
        while (before := self.reached_by[current]) is not None:
            current, step = before
            steps.append(step)
        titles = [step.title for step in reversed(steps)] or [_AT_ONCE]
        zh = " → ".join(title.zh for title in titles)
        en = " → ".join(title.en for title in titles)
        return Words(zh, en)


def _ways_by_source(definition: Definition) -> Mapping[str, list[Transition]]:
    """The transitions from each state, in the order of the file."""
    found: defaultdict[str, list[Transition]] = defaultdict(list)
    for source, t in ways(definition):
        found[source].append(t)
    return found


def _conditions_about_children(definition: Definition, t: Transition) -> list[Tree]:
    """The conditions of a transition that ask about sub-procedures."""
    compiler = GuardCompiler.of(definition)
    guards = map(compiler.compile, required(definition, t))
    return [guard.tree for guard in guards if guard.subs]
