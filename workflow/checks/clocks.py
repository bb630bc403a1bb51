"""The time limits that fire acts: when they run, rest and stop, by states and acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from ..guards.cel import GuardCompiler
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.limits import DeadlineRule
from .outcomes import outcomes

_NONE: frozenset[str] = frozenset()


class Clocks:
    """The deadlines that fire a trigger, by what starts and stops them.

    Worked out once: every step from every situation asks.
    """

    def __init__(self, definition: Definition) -> None:
        rules = {n: rule for n, rule in definition.deadlines.items() if rule.on_expiry.fire}
        self._firing = _names_by(rules, lambda rule: [rule.on_expiry.fire])
        self._resting = {
            state: frozenset(n for n, rule in rules.items() if _rests(rule, rest.ground))
            for rest in definition.suspensions
            for state in rest.states
        }
        self._ended_by = _names_by(rules, lambda rule: {*rule.met_by, *rule.ends_by})
        self._ended_leaving = _names_by(rules, lambda rule: rule.ends_leaving)
        self._started_by = _names_by(rules, _starting)
        self._surviving = _names_by(rules, lambda rule: [rule.survives_closing])
        compiler = GuardCompiler.of(definition)
        asked = {name: rule.starts.when for name, rule in rules.items() if rule.starts.when}
        self._conditions = {name: compiler.compile(text).tree for name, text in asked.items()}

    def fire(self, trigger: str, state: str, running: frozenset[str]) -> bool:
        """Whether one of the deadlines that run fires a trigger; one that rests fires nothing."""
        counting = self.counting(state, running)
        return not counting.isdisjoint(self._firing.get(trigger, _NONE))

    def counting(self, state: str, running: frozenset[str]) -> frozenset[str]:
        """The deadlines that run and do not rest while the case is in a state."""
        return running - self._resting.get(state, _NONE)

    def rest(self, trigger: str, state: str, running: frozenset[str]) -> bool:
        """Whether a deadline would fire a trigger, and rests as long as the case is in a state."""
        resting = running & self._resting.get(state, _NONE)
        return not resting.isdisjoint(self._firing.get(trigger, _NONE))

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
        return map(certain.union, outcomes(open))

    def started_entering(self, state: str) -> frozenset[str]:
        """The deadlines that start when a state is entered, whatever led there."""
        return self._started_by.get((None, state), _NONE)


def _rests(rule: DeadlineRule, ground: str) -> bool:
    """Whether a deadline does not run on while a case rests on a ground."""
    return rule.pauses or ground in rule.deducts


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
