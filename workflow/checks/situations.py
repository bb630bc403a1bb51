"""The situations that a case can come into, and how: a state, the states to return to, what runs,
what is open, what is awaited, and what is known.

The deadlines are those that fire something; one that starts on a condition may start or not. Of
sub-procedures up to two of a kind are counted; where there are many kinds, those that no condition
asks to be open are counted as one, since each of them may conclude. Requests are answered, or
never. What nobody can tell from the definition may be so or not.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, filterfalse, islice

from ..guards.cel import GuardCompiler
from ..guards.cel_tree import Tree, partial_value
from ..language import Words, in_a_row
from ..model.base import Text
from ..model.definition import Definition
from ..model.flow import RETURN, STAY, Transition
from ..model.limits import DeadlineRule
from .clocks import Clocks
from .conditions import required
from .facts_on_the_way import CLOCK, OUTSIDE, PROCEDURE, Facts, FactsOnTheWay, kinds_of_doers
from .structure import closure, resting, reverse, ways

LIMIT = 20_000
"""Situations looked at, at the most."""

BOUND = 2
"""Open sub-procedures of a kind told apart: more of them make no other way open."""

MOST_KINDS = 6
"""Kinds of sub-procedures counted each by itself: of more there were too many situations."""

_MOST_ORIGINS = 3
"""Rests inside of rests that are remembered; without a bound there were endless situations."""

_MOST_CIRCLES = 500
"""Situations without an end that are looked at for the circle in which they end."""

_NONE: frozenset[str] = frozenset()
_AT_ONCE = Text(zh="立即", en="at once")
_OTHERS = Text(zh="其他子程序", en="another sub-procedure")
_PARTIAL = "partial"
"""The kind of answer after which more may come."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A state, where to return to, the deadlines that run, how many sub-procedures of each kind are
    open, the requests that wait for an answer, and what is known."""

    state: str
    origins: tuple[str, ...]
    running: frozenset[str]
    children: tuple[int, ...] = ()
    awaited: frozenset[str] = _NONE
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """A step of a story that is no transition: a sub-procedure concludes, nobody answers."""

    title: Text


Step = Transition | Happening
_Place = tuple[str, tuple[str, ...], frozenset[str]]
"""A state, where to return to, and the deadlines that run."""


class Space:
    """The situations that can be reached, how, and from where.

    `facts` says what of the facts is followed; by default nothing: every condition is open then,
    and every request may be answered at any time. Where sub-procedures are not `counted` there may
    be any number of them at any time.
    """

    def __init__(
        self, definition: Definition, facts: FactsOnTheWay | None = None, counted: bool = True
    ) -> None:
        self.definition = definition
        self.reached_by: dict[Situation, tuple[Situation, Step] | None] = {}
        self.next: dict[Situation, set[Situation]] = {}
        self.clocks = Clocks(definition)
        self.facts = facts or FactsOnTheWay(definition, ())
        self._kinds = _counted_together(definition) if counted else ()
        self._refused = frozenset(t.if_refused for t in definition.transitions)
        is_of_another = PROCEDURE in definition.opening_roles
        uncounted = definition.links if counted else definition.proceedings
        self._has_others = bool(uncounted) or is_of_another
        self._causes = {CLOCK: self._is_due, OUTSIDE: self._is_answered, PROCEDURE: self._is_told}
        self._resting = resting(definition)
        self._ways = _ways_by_source(definition)
        self._doers = {id(t): kinds_of_doers(t) for t in definition.transitions}
        self._counting = {id(t): _counted(definition, t) for t in definition.transitions}
        self._answers = _answers(definition) if facts is not None else {}
        self._places_after: dict[tuple[object, ...], list[_Place]] = {}
        self._awaited = frozenset(chain.from_iterable(self._answers.values()))

    def explore(self, most: int = LIMIT) -> bool:
        """Take every step from every situation that is not known yet, the nearest first.

        Gives whether all were looked at, which are `most` at the most.
        """
        self.reached_by.update(dict.fromkeys(self._starts()))
        todo = deque(self.reached_by)
        while todo and len(self.reached_by) < most:
            here = todo.popleft()
            following = self.next[here] = set()
            for step, there in islice(self._steps(here), most):
                following.add(there)
                if there not in self.reached_by:
                    self.reached_by[there] = here, step
                    todo.append(there)
        return len(self.reached_by) < most

    def _starts(self) -> Iterator[Situation]:
        """A case just opened: its first state is entered, by no trigger."""
        initial, children = self.definition.initial, (0,) * len(self._kinds)
        places = list(self._places(initial, (), _NONE, self.clocks.started_entering(initial)))
        for facts in self.facts.at_opening():
            yield from (Situation(*place, children, facts=facts) for place in places)

    # -- steps

    def _steps(self, here: Situation) -> Iterator[tuple[Step, Situation]]:
        """What can happen next, and the situation after it; a closed case waits for nobody."""
        for t in self._ways[here.state]:
            yield from ((t, there) for there in self._taken(here, t))
        if not self.is_end(here):
            yield from self._conclusions(here)
            yield from self._silences(here)
            yield from self._expiries(here)

    def _taken(self, here: Situation, t: Transition) -> Iterator[Situation]:
        """The situations after a transition, by each kind of those who may do it now."""
        children = self._with_opened(here.children, t)
        for doer in self._doers[id(t)]:
            for facts in self.known_after(here, t, doer):
                awaited = self._awaited_after(here, t, doer)
                for place in self._after(here, t):
                    yield Situation(*place, children, awaited, facts)

    def known_after(self, here: Situation, t: Transition, doer: str) -> list[Facts]:
        """What may be known once a kind of doer has done a transition; nothing where he cannot."""
        is_nowhere = t.to == RETURN and not here.origins
        if is_nowhere or doer not in self._doers[id(t)] or not self.is_fired(here, t, doer):
            return []
        counts = self._counts_of(here.children)
        asked = tuple(pair for pair in counts if pair[0] in self._counting[id(t)])
        return self.facts.after(t, doer, here.facts, asked)

    def _counts_of(self, children: tuple[int, ...]) -> Iterator[tuple[str, int]]:
        """How many are open of each sub-procedure; of several counted as one only that none is."""
        for subs, count in zip(self._kinds, children, strict=True):
            if len(subs) == 1 or count == 0:
                yield from ((f"{sub}.open", count) for sub in subs)

    def is_fired(self, here: Situation, t: Transition, doer: str) -> bool:
        """Whether a kind of doer comes to act: people do at any time, others need a cause."""
        has_cause = self._causes.get(doer)
        return has_cause is None or has_cause(here, t)

    def _is_due(self, here: Situation, t: Transition) -> bool:
        return self.clocks.fire(t.trigger, here.state, here.running)

    def _is_answered(self, here: Situation, t: Transition) -> bool:
        asked = self._answers.get(t.trigger)
        return asked is None or not here.awaited.isdisjoint(asked)

    def _is_told(self, here: Situation, t: Transition) -> bool:
        is_heard = self._has_others or t.trigger in self._refused
        return is_heard or any(here.children)

    def _awaited_after(self, here: Situation, t: Transition, doer: str) -> frozenset[str]:
        """The requests that wait after a transition; one in parts waits on until the last."""
        answered = self._answers.get(t.trigger, {}) if doer == OUTSIDE else {}
        over = {name for name, is_last in answered.items() if is_last}
        return (here.awaited - over).union(self._awaited.intersection(self.definition.sent_by(t)))

    def _conclusions(self, here: Situation) -> Iterator[tuple[Step, Situation]]:
        """Each of the open sub-procedures may conclude."""
        for index, count in enumerate(here.children):
            if count > 0:
                title = self._title(self._kinds[index])
                words = Text(zh=f"{title.zh}终结", en=f"{title.en} concludes")
                children = (*here.children[:index], count - 1, *here.children[index + 1 :])
                yield Happening(words), replace(here, children=children)

    def _title(self, subs: tuple[str, ...]) -> Text:
        """What a kind of sub-procedure is called, or several that are counted as one."""
        return self.definition.sub_procedures[subs[0]].title if len(subs) == 1 else _OTHERS

    def _silences(self, here: Situation) -> Iterator[tuple[Step, Situation]]:
        """Each of the requests may fail, or never be answered."""
        for name in sorted(here.awaited):
            title = self.definition.requests[name].title
            words = Text(zh=f"{title.zh}始终没有答复", en=f"{title.en} is never answered")
            yield Happening(words), replace(here, awaited=here.awaited - {name})

    def _expiries(self, here: Situation) -> Iterator[tuple[Step, Situation]]:
        """Each deadline may be over where the case cannot do what it fires: that is then refused,
        and the deadline is over all the same."""
        for name in sorted(self.clocks.counting(here.state, here.running)):
            rule = self.definition.deadlines[name]
            if rule.recurring is None and not self._can_fire(here, rule):
                words = Text(zh=f"{rule.title.zh}届满", en=f"{rule.title.en} is over")
                yield Happening(words), replace(here, running=here.running - {name})

    def _can_fire(self, here: Situation, rule: DeadlineRule) -> bool:
        """Whether the clock can do here what a deadline fires."""
        ways = (t for t in self._ways[here.state] if t.trigger == rule.on_expiry.fire)
        return any(self.known_after(here, t, CLOCK) for t in ways)

    def _after(self, here: Situation, t: Transition) -> list[_Place]:
        """Where a case may stand after a transition. To return, or to come to where one stands, is
        no entering."""
        key = here.state, here.origins, here.running, id(t)
        found = self._places_after.get(key)
        if found is None:
            found = self._places_after[key] = list(self._moved(here, t))
        return found

    def _moved(self, here: Situation, t: Transition) -> Iterator[_Place]:
        clocks, origins = self.clocks, here.origins
        running = here.running - clocks.stopped_by(t)
        started = clocks.started_on(t.trigger, {STAY: here.state}.get(t.to, t.to))
        if t.to in (STAY, here.state):
            return self._places(here.state, origins, running, started)
        running -= clocks.stopped_leaving(here.state)
        if t.to == RETURN:
            return iter([(origins[-1], origins[:-1], running)])
        started |= clocks.started_entering(t.to)
        return self._places(t.to, self._origins(here, t.to), running, started)

    def _places(
        self,
        state: str,
        origins: tuple[str, ...],
        running: frozenset[str],
        started: frozenset[str],
    ) -> Iterator[_Place]:
        """A place for each set of deadlines; an end stops those that do not survive it."""
        stopped = _NONE
        if state in self.definition.terminal:
            stopped = frozenset(self.definition.deadlines) - self.clocks.surviving()
        for found in self.clocks.outcomes(started, running):
            yield state, origins, found - stopped

    def _with_opened(self, children: tuple[int, ...], t: Transition) -> tuple[int, ...]:
        """How many sub-procedures are open after a transition, as far as they are told apart."""
        if not t.opens:
            return children
        opened = (sum(map(t.opens.count, subs)) for subs in self._kinds)
        counted = zip(opened, children, strict=True)
        return tuple(min(count + more, BOUND) for more, count in counted)

    def _origins(self, here: Situation, target: str) -> tuple[str, ...]:
        """Where to return to: coming to rest adds a state, going on from rest forgets them."""
        if target in self._resting:
            return (*here.origins, here.state)[-_MOST_ORIGINS:]
        return () if here.state in self._resting else here.origins

    # -- what was found

    def stuck(self) -> Iterator[Situation]:
        """Situations that nobody can leave or change: no person may act, and no clock runs."""
        waiting = [here for here, following in self.next.items() if not following]
        return filterfalse(self.is_end, waiting)

    def circles(self) -> Iterator[list[Situation]]:
        """Situations that go round for ever, those of each circle together, the nearest first: no
        end, and nothing that is stuck, can be reached from them.

        One that was not explored any more may well lead to an end.
        """
        unexplored = self.reached_by.keys() - self.next.keys()
        ends = set(filter(self.is_end, self.reached_by)).union(self.stuck())
        ending = closure(reverse(self.next), ends | unexplored)
        going_on = list(filterfalse(ending.__contains__, self.reached_by))
        after = {here: closure(self.next, {here}) for here in going_on[:_MOST_CIRCLES]}
        least = (min((after.get(t, met) for t in met), key=len) for met in after.values())
        for states in dict.fromkeys(frozenset(s.state for s in circle) for circle in least):
            yield [here for here in going_on if here.state in states]

    def is_end(self, situation: Situation) -> bool:
        """Whether the case is closed."""
        return situation.state in self.definition.terminal

    def ways_from(self, situation: Situation) -> list[Transition]:
        """The transitions of a situation's state."""
        return self._ways[situation.state]

    def story(self, situation: Situation) -> Words:
        """The shortest way to a situation, in words."""
        titles: list[Text] = []
        current = situation
        while (before := self.reached_by[current]) is not None:
            current, step = before
            titles.insert(0, step.title)
        return in_a_row(titles or [_AT_ONCE], " → ")


def _counted_together(definition: Definition) -> tuple[tuple[str, ...], ...]:
    """The sub-procedures in kinds that are counted: each by itself, or where there are many, only
    those that a condition asks to be open, and all others as one."""
    subs = tuple(definition.sub_procedures)
    if len(subs) <= MOST_KINDS:
        return tuple(zip(subs))
    asked = chain.from_iterable(map(partial(required, definition), definition.transitions))
    guards = list(map(GuardCompiler.of(definition).compile, dict.fromkeys(asked)))
    alone = [sub for sub in subs if any(_asks_for_one(guard.tree, sub) for guard in guards)]
    together = tuple(filterfalse(alone.__contains__, subs))
    return tuple(filter(None, (*zip(alone), together)))


def _asks_for_one(tree: Tree, sub: str) -> bool:
    """Whether a condition cannot hold while no sub-procedure of a name is open."""
    return partial_value(tree, {f"{sub}.open": 0}) is False


def _counted(definition: Definition, t: Transition) -> frozenset[str]:
    """How many open sub-procedures the conditions of a transition ask for, by their names there."""
    compiler = GuardCompiler.of(definition)
    guards = map(compiler.compile, required(definition, t))
    return frozenset(f"{sub}.open" for guard in guards for sub in guard.subs)


def _ways_by_source(definition: Definition) -> Mapping[str, list[Transition]]:
    """The transitions from each state, in the order of the file."""
    found: defaultdict[str, list[Transition]] = defaultdict(list)
    for source, t in ways(definition):
        found[source].append(t)
    return found


def _answers(definition: Definition) -> Mapping[str, dict[str, bool]]:
    """The requests whose answers fire a trigger that is open to these alone, by the trigger, and
    whether that answer is the last."""
    only = {t.trigger for t in definition.transitions if t.by == (OUTSIDE,)}
    found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for name, request in definition.requests.items():
        for kind in request.answers:
            if request.answers[kind] in only:
                found[request.answers[kind]][name] = kind != _PARTIAL
    return found
