"""The shape of the flow: every state can be reached, and from every state an end can."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from itertools import chain, compress
from operator import not_
from typing import TypeVar

from ..model.definition import Definition
from ..model.flow import RETURN, STAY, Transition
from ..model.limits import DeadlineRule
from ..source.findings import Finding
from ..source.positions import Position

T = TypeVar("T", bound=Hashable)


def check(definition: Definition) -> Iterator[Finding]:
    """States that cannot be reached or left, and triggers and deadlines that come to nothing."""
    forward = moves(definition)
    reached = closure(forward, {definition.initial})
    ending = closure(reverse(forward), set(definition.terminal))
    yield from _unreachable(definition, reached)
    yield from _without_end(definition, forward, reached - ending)
    yield from _nobody_fires(definition)
    yield from _never_met(definition)
    yield from _never_fires(definition)
    if not definition.terminal:
        at = definition.at_value("states")
        zh = "没有终结状态（closes）"
        en = "there is no terminal state (closes)"
        yield Finding(at, "no-terminal", zh, en)


def _unreachable(definition: Definition, reached: set[str]) -> Iterator[Finding]:
    """States that no way leads to."""
    for name in sorted(definition.states.keys() - reached):
        at = definition.states[name].at
        zh = f"状态 {name} 无法到达：没有动作的 to 通向它"
        en = f"the state {name} cannot be reached: no transition leads to it"
        yield Finding(at, "unreachable", zh, en)


def _without_end(
    definition: Definition, forward: Mapping[str, set[str]], lost: set[str]
) -> Iterator[Finding]:
    """States that can be reached and from which no end can: left by nothing, or in circles."""
    for name in sorted(definition.states.keys() & lost):
        at = definition.states[name].at
        if forward.get(name):
            zh = f"从状态 {name} 到不了任何终结状态"
            en = f"no terminal state can be reached from {name}"
            yield Finding(at, "no-end", zh, en)
        else:
            zh = f"状态 {name} 没有出路，也不是终结状态：请写 closes 或增加从它出发的动作"
            en = f"{name} has no way out and is not terminal: write what it closes as, or a way out"
            yield Finding(at, "dead-end", zh, en)


def moves(definition: Definition) -> dict[str, set[str]]:
    """Which states lead directly to which.

    `return` leads to every state that can enter the resting state.
    """
    all_ways = list(ways(definition))
    result = _plain_moves(all_ways)
    origins = reverse(result)
    for source, t in all_ways:
        if t.to == RETURN:
            result[source] |= origins[source]
    return result


def entrances(definition: Definition) -> dict[str, set[str]]:
    """For each state, the states that lead directly to it (other than by returning)."""
    backward = reverse(_plain_moves(ways(definition)))
    return {state: backward[state] for state in definition.states}


def _plain_moves(all_ways: Iterable[tuple[str, Transition]]) -> defaultdict[str, set[str]]:
    """The moves to a state that is named: neither `stay` nor `return`."""
    result: defaultdict[str, set[str]] = defaultdict(set)
    for source, t in all_ways:
        if t.to not in (STAY, RETURN):
            result[source].add(t.to)
    return result


def resting(definition: Definition) -> frozenset[str]:
    """The states in which a case rests, and from which it returns to where it was."""
    return frozenset(chain.from_iterable(rest.states for rest in definition.suspensions))


def ways(definition: Definition) -> Iterator[tuple[str, Transition]]:
    """Every transition, with each of the states that it may start from."""
    for t in definition.transitions:
        for source in definition.sources_of(t):
            yield source, t


def reverse(graph: Mapping[T, set[T]]) -> defaultdict[T, set[T]]:
    """Where each node is come to from."""
    backward: defaultdict[T, set[T]] = defaultdict(set)
    for source, targets in graph.items():
        for target in targets:
            backward[target].add(source)
    return backward


def closure(graph: Mapping[T, set[T]], start: set[T]) -> set[T]:
    """Everything that can be come to from the start, the start too."""
    reached, todo = set(start), list(start)
    nowhere: set[T] = set()
    while todo:
        found = graph.get(todo.pop(), nowhere) - reached
        reached |= found
        todo += found
    return reached


def comes_to(
    graph: Mapping[T, set[T]], start: set[T], targets: set[T], stops: Collection[T]
) -> bool:
    """Whether one of the targets can be come to from the start, through none of the stops."""
    reached, todo = set(start), list(start)
    while todo:
        here = todo.pop()
        if here in targets:
            return True
        found = set() if here in stops else graph.get(here, set()) - reached
        reached |= found
        todo += found
    return False


def _nobody_fires(definition: Definition) -> Iterator[Finding]:
    """Ways open only to what is not a person, which nothing of the definition ever fires."""
    fired = _fired_by_role(definition)
    by_people = set(definition.triggers)
    for t in definition.transitions:
        if not any(t.trigger in fired.get(role, by_people) for role in t.by):
            at = t.at_value("by")
            zh = (
                f"动作 {t.trigger} 只对 {'、'.join(t.by)} 开放，"
                "但没有期限、外部答复或关联程序会触发它"
            )
            en = (
                f"{t.trigger} is open to {', '.join(t.by)} only, "
                "and no deadline, answer or related proceeding fires it"
            )
            yield Finding(at, "nobody-fires", zh, en)


def _fired_by_role(definition: Definition) -> dict[str, set[str]]:
    """The triggers that the definition itself fires, by the reserved role that fires them.

    What related proceedings tell stands in other files: it may be any trigger.
    """
    triggers = set(definition.triggers)
    expiring = [rule.on_expiry.fire for rule in definition.deadlines.values()]
    answers = [request.answers.values() for request in definition.requests.values()]
    refused = [t.if_refused for t in definition.transitions]
    told = triggers if is_told(definition) else ()
    return {
        "clock": triggers.intersection(expiring),
        "outside": triggers.intersection(chain.from_iterable(answers)),
        "procedure": triggers.intersection([*refused, *told]),
    }


def is_told(definition: Definition) -> bool:
    """Whether related proceedings may tell it something: those it has, or the one it lies in."""
    return bool(definition.proceedings) or "procedure" in definition.opening_roles


def _never_met(definition: Definition) -> Iterator[Finding]:
    """Deadlines that nothing can perform: after closing, or wherever they run."""
    forward, by_trigger = moves(definition), _ways_by_trigger(definition)
    for name, rule in definition.deadlines.items():
        ends = _ends_without_performance(definition, rule)
        for state in ends:
            zh = f"期限 {name} 在终结状态 {state} 起算，却没有事项能完成它"
            en = f"{name} starts in the end {state}, where nothing can meet it"
            yield Finding(rule.at, "never-met", zh, en)
        met_by = () if ends else rule.met_by
        if met_by and not _can_be_done(definition, forward, by_trigger, rule, met_by):
            acts = ", ".join(rule.met_by)
            zh = f"期限 {name} 起算后，{acts} 再也不能办理，没有事项能完成它"
            en = f"once {name} has started, {acts} cannot be done any more: nothing meets it"
            yield Finding(rule.at_value("met_by"), "never-met", zh, en)


def _never_fires(definition: Definition) -> Iterator[Finding]:
    """Deadlines that fire an act which is open nowhere where they run.

    Where several fire one act, and all do so in vain, the fault is the act's and told there.
    """
    forward, by_trigger = moves(definition), _ways_by_trigger(definition)
    firing = defaultdict[str, list[str]](list)
    for name, rule in definition.deadlines.items():
        firing[rule.on_expiry.fire or ""].append(name)
    for t in definition.transitions:
        names, act = firing.pop(t.trigger, []), [t.trigger]
        rules = [definition.deadlines[name] for name in names]
        done = [_can_be_done(definition, forward, by_trigger, rule, act) for rule in rules]
        if len(done) > 1 and not any(done):
            yield _fires_nothing(t.at_value("from"), ", ".join(names), t.trigger)
        else:
            in_vain = compress(zip(names, rules, strict=True), map(not_, done))
            for name, rule in in_vain:
                yield _fires_nothing(rule.on_expiry.at_value("fire"), name, t.trigger)


def _fires_nothing(at: Position, names: str, act: str) -> Finding:
    zh = f"期限 {names} 届满触发 {act}，而期限运行的状态中都不能办理它（查 from）"
    en = f"{names} fires {act}, which is open in none of the states where it runs (see from)"
    return Finding(at, "never-fires", zh, en)


_Ways = Mapping[str, list[tuple[str, Transition]]]


def _ways_by_trigger(definition: Definition) -> _Ways:
    found: defaultdict[str, list[tuple[str, Transition]]] = defaultdict(list)
    for source, t in ways(definition):
        found[t.trigger].append((source, t))
    return found


def _can_be_done(
    definition: Definition,
    forward: Mapping[str, set[str]],
    by_trigger: _Ways,
    rule: DeadlineRule,
    acts: Iterable[str],
) -> bool:
    """Whether one of these acts is open somewhere where a deadline runs."""
    done = chain.from_iterable(map(by_trigger.__getitem__, acts))
    done_from = {source for source, _ in done}
    stops = frozenset() if rule.survives_closing else definition.terminal
    begun = _begun(definition, by_trigger, rule)
    return comes_to(forward, begun, done_from, stops.union(rule.ends_leaving))


def _begun(definition: Definition, by_trigger: _Ways, rule: DeadlineRule) -> set[str]:
    """The states in which a case stands when a deadline starts."""
    starts, everywhere = rule.starts, set(definition.states)
    proposing = chain.from_iterable(map(by_trigger.__getitem__, starts.proposing))
    if not starts.on:
        return set(starts.entering).union(source for source, _ in proposing)
    found = set[str]()
    for source, t in chain.from_iterable(map(by_trigger.__getitem__, starts.on)):
        found |= {STAY: {source}, RETURN: everywhere}.get(t.to, {t.to})
    return found & set(starts.entering or everywhere)


def _ends_without_performance(definition: Definition, rule: DeadlineRule) -> list[str]:
    """The ends that start a deadline, and in which no trigger meets or ends it.

    A deadline that is met by nothing at all only tells that time has passed.
    """
    ends = definition.terminal.intersection(rule.starts.entering)
    if not ends or not rule.survives_closing or not rule.met_by:
        return []
    performing = {*rule.met_by, *rule.ends_by}
    meeting = [t for t in definition.transitions if t.trigger in performing]
    open_to_it = chain.from_iterable(map(definition.sources_of, meeting))
    return sorted(ends.difference(open_to_it))
