"""What solving the guards shows: conditions that nothing satisfies, two ways at once, none at all, and ends that leave things open.

Needs the solver (extra `lint`); without it these checks are passed over, and `zhixing lint` says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from ..guards.cel import GuardCompiler
from ..guards.solver import GuardSolver, format_example
from ..model.definition import Definition
from ..model.flow import RETURN, STAY, Transition
from ..source.findings import Finding
from .conditions import conditions, required
from .structure import closure, moves


def check(definition: Definition) -> Iterator[Finding]:
    """Findings of a definition whose names and guards are in order."""
    logic = GuardSolver(definition, GuardCompiler.of(definition))
    for element, key, text in conditions(definition):
        if not logic.can_hold(text):
            zh, en = f"条件永远不成立：{text}", f"nothing satisfies the condition: {text}"
            yield Finding(element.at_value(key), "never", zh, en)
    yield from _ways(definition, logic)
    yield from _ends(definition, logic)
    if logic.gave_up:
        zh, en = (
            "条件过多或过难，未全部求解",
            "there are too many or too hard conditions: not all were solved",
        )
        yield Finding(definition.at, "not-solved", zh, en, "warning")


def _ways(definition: Definition, logic: GuardSolver) -> Iterator[Finding]:
    """Several ways of one trigger from one state: never two at once, and always one."""
    groups: dict[tuple[str, str], list[Transition]] = defaultdict(list)
    for t in definition.transitions:
        for state in definition.sources_of(t):
            if t.to != RETURN:
                groups[state, t.trigger].append(t)
    told_pairs: set[tuple[int, int]] = set()
    told_groups: set[tuple[int, ...]] = set()
    for (state, trigger), ways in groups.items():
        if len(ways) < 2:
            continue
        for one, other in combinations(ways, 2):
            if logic.is_exhausted:
                return
            if (id(one), id(other)) not in told_pairs and not set(one.by).isdisjoint(other.by):
                told_pairs.add((id(one), id(other)))
                yield from _overlap(definition, logic, state, one, other)
        group = tuple(map(id, ways))
        if group not in told_groups:
            told_groups.add(group)
            yield from _gap(definition, logic, state, trigger, ways)


def _overlap(
    definition: Definition, logic: GuardSolver, state: str, one: Transition, other: Transition
) -> Iterator[Finding]:
    example = logic.example(
        logic.all_hold(required(definition, one)), logic.all_hold(required(definition, other))
    )
    if example is not None:
        zh = f"状态 {state} 下动作 {one.trigger} 有两条出路可以同时成立（另一条在第 {one.at.line} 行），例如 {format_example(example)}"
        en = f"from {state}, two ways of {one.trigger} can both be open (the other at line {one.at.line}), for example {format_example(example)}"
        yield Finding(other.at, "overlap", zh, en)


def _gap(
    definition: Definition, logic: GuardSolver, state: str, trigger: str, ways: list[Transition]
) -> Iterator[Finding]:
    guards = [g for t in ways for g in ([t.when] if t.when is not None else [])]
    if any(t.when is None for t in ways):
        return
    example = logic.example(
        logic.everything_known(guards), *(logic.no(logic.holds(g)) for g in guards)
    )
    if example is not None:
        zh = f"状态 {state} 下动作 {trigger} 的各条出路未覆盖全部情形，例如 {format_example(example)}"
        en = f"from {state}, no way of {trigger} is open for example when {format_example(example)}"
        yield Finding(ways[-1].at, "gap", zh, en, "warning")


def _ends(definition: Definition, logic: GuardSolver) -> Iterator[Finding]:
    """An end leaves no sub-procedure running and no money behind, unless its state says that it lawfully does."""
    graph = moves(definition)
    for name in definition.sub_procedures:
        after = closure(
            graph,
            {s for t in definition.transitions if name in t.opens for s in _targets(definition, t)},
        )
        for t in _closing(definition, name, after):
            example = logic.example(
                logic.all_hold(required(definition, t)), logic.more_than_zero(f"{name}.open")
            )
            if example is not None:
                title = definition.sub_procedures[name].title
                zh = f"“{t.title.zh}”结案时“{title.zh}”可能尚未终结（{format_example(example)}）；加条件 {name}.open == 0，或在状态 {t.to} 写 leaves: {name}"
                en = f"{t.title.en} can close the case while {title.en} is open ({format_example(example)}): ask {name}.open == 0, or leaves: {name} at {t.to}"
                yield Finding(t.at, "leaves-open", zh, en)
    for name, account in definition.accounts.items():
        fed = {
            s
            for t in definition.transitions
            if _feeds(definition, t, account.received)
            for s in _targets(definition, t)
        }
        for t in _closing(definition, name, closure(graph, fed)):
            example = logic.example(
                logic.all_hold(required(definition, t)),
                logic.differ(account.received, account.paid_out),
            )
            if example is not None:
                zh = f"“{t.title.zh}”结案时“{account.title.zh}”可能仍有余额（{format_example(example)}）；加条件 case.{account.paid_out} == case.{account.received}"
                en = f"{t.title.en} can close the case with money left in {account.title.en} ({format_example(example)}): ask case.{account.paid_out} == case.{account.received}"
                yield Finding(t.at, "leaves-money", zh, en)


def _closing(definition: Definition, name: str, states: set[str]) -> Iterator[Transition]:
    """The ways into terminal states from some of these states, where the terminal does not say that it leaves `name` open."""
    for t in definition.transitions:
        if (
            t.to in definition.terminal
            and name not in definition.states[t.to].leaves
            and states.intersection(definition.sources_of(t))
        ):
            yield t


def _targets(definition: Definition, t: Transition) -> tuple[str, ...]:
    return definition.sources_of(t) if t.to in (STAY, RETURN) else (t.to,)


def _feeds(definition: Definition, t: Transition, field: str) -> bool:
    form = definition.forms.get(t.form or "")
    asked = any(field in definition.requests[r].takes for r in t.asks if r in definition.requests)
    return (
        field in t.needs or field in t.sets or asked or (form is not None and field in form.fields)
    )
