"""The shape of the flow: every state can be reached, and from every state an end can."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ..model.definition import RESERVED_ROLES, Definition
from ..model.flow import RETURN, STAY
from ..source.findings import Finding


def check(definition: Definition) -> Iterator[Finding]:
    forward = moves(definition)
    reached = closure(forward, {definition.initial})
    for name, state in definition.states.items():
        if name not in reached:
            yield Finding(
                state.at,
                "unreachable",
                f"状态 {name} 无法到达",
                f"the state {name} cannot be reached",
            )
    backward: dict[str, set[str]] = defaultdict(set)
    for source, targets in forward.items():
        for target in targets:
            backward[target].add(source)
    ending = closure(backward, set(definition.terminal))
    for name, state in definition.states.items():
        if name in reached and name not in ending:
            if not forward.get(name):
                yield Finding(
                    state.at,
                    "dead-end",
                    f"状态 {name} 没有出路，也不是终结状态",
                    f"the state {name} has no way out and is not terminal",
                )
            else:
                yield Finding(
                    state.at,
                    "no-end",
                    f"从状态 {name} 到不了任何终结状态",
                    f"no terminal state can be reached from {name}",
                )
    yield from nobody_fires(definition)
    yield from never_met(definition)
    if not definition.terminal:
        yield Finding(
            definition.at_value("states"),
            "no-terminal",
            "没有终结状态（closes）",
            "there is no terminal state (closes)",
        )


def moves(definition: Definition) -> dict[str, set[str]]:
    """Which states lead directly to which; `return` leads to every state that can enter the resting state."""
    result = _plain_moves(definition)
    origins = entrances(definition)
    for t in definition.transitions:
        if t.to == RETURN:
            for source in definition.sources_of(t):
                result[source] |= origins[source]
    return result


def entrances(definition: Definition) -> dict[str, set[str]]:
    """For each state, the states that lead directly to it (other than by returning)."""
    found: dict[str, set[str]] = {state: set() for state in definition.states}
    for source, targets in _plain_moves(definition).items():
        for target in targets:
            found.setdefault(target, set()).add(source)
    return found


def _plain_moves(definition: Definition) -> dict[str, set[str]]:
    result: dict[str, set[str]] = defaultdict(set)
    for t in definition.transitions:
        if t.to not in (STAY, RETURN):
            for source in definition.sources_of(t):
                result[source].add(t.to)
    return result


def closure(graph: Mapping[str, set[str]], start: set[str]) -> set[str]:
    """Everything that can be come to from the start, the start too."""
    seen, todo = set(start), list(start)
    while todo:
        for target in graph.get(todo.pop(), ()):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def nobody_fires(definition: Definition) -> Iterator[Finding]:
    """Ways open only to what is not a person, which nothing of the definition ever fires."""
    by_clock = {rule.on_expiry.fire for rule in definition.deadlines.values()}
    answered = {
        trigger for request in definition.requests.values() for trigger in request.answers.values()
    }
    refused = {t.if_refused for t in definition.transitions}
    for t in definition.transitions:
        if set(t.by) - RESERVED_ROLES.keys():
            continue
        fired = (
            ("clock" in t.by and t.trigger in by_clock)
            or ("outside" in t.by and t.trigger in answered)
            or ("procedure" in t.by and (t.trigger in refused or bool(definition.sub_procedures)))
        )
        if not fired:
            zh = f"动作 {t.trigger} 只对 {'、'.join(t.by)} 开放，但没有期限、外部答复或关联程序会触发它"
            en = f"{t.trigger} is open to {', '.join(t.by)} only, and no deadline, answer or related proceeding fires it"
            yield Finding(t.at_value("by"), "nobody-fires", zh, en)


def never_met(definition: Definition) -> Iterator[Finding]:
    """Deadlines that go on after closing although nothing can perform or end them there."""
    for name, rule in definition.deadlines.items():
        ends = set(rule.starts.entering) & definition.terminal
        if not rule.survives_closing or not ends or not rule.met_by:
            continue
        for state in sorted(ends):
            if not any(
                t.trigger in (*rule.met_by, *rule.ends_by) and state in definition.sources_of(t)
                for t in definition.transitions
            ):
                zh, en = (
                    f"期限 {name} 在终结状态 {state} 起算，却没有事项能完成它",
                    f"{name} starts in the end {state}, where nothing can meet it",
                )
                yield Finding(rule.at, "never-met", zh, en)
