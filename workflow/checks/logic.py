"""What solving the guards shows: conditions that nothing satisfies, ways that overlap or miss a
case, and ends that leave things open.

Needs the solver (extra `lint`); without it `zhixing lint` says that nothing was solved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, combinations

from ..errors import GuardError
from ..guards.cel import GuardCompiler
from ..guards.places import conditions
from ..guards.solver import Example, GuardSolver, format_example
from ..language import Words
from ..law.law import Law
from ..model.definition import Definition
from ..model.flow import RETURN, STAY, Transition
from ..model.parts import Account
from ..source.findings import Finding
from .conditions import required
from .kinds import demanded
from .structure import closure, moves, ways


def check(definition: Definition, law: Law) -> Iterator[Finding]:
    """Findings of a definition whose names and guards are in order."""
    solver = GuardSolver(definition, GuardCompiler.of(definition))
    yield from _never(definition, solver)
    yield from _choices(definition, solver)
    yield from _unfinished(definition, solver)
    yield from _unpaid(definition, solver)
    yield from _unlawful(definition, law, solver)
    if solver.gave_up:
        yield _gave_up(definition)


def _gave_up(definition: Definition) -> Finding:
    """A warning that nothing is said of some conditions: solving them takes too long."""
    zh = "条件过多或过难，未全部求解"
    en = "there are too many or too hard conditions: not all were solved"
    return Finding(definition.at, "not-solved", zh, en, "warning")


def _never(definition: Definition, solver: GuardSolver) -> Iterator[Finding]:
    """Conditions that no case satisfies."""
    for element, key, text in conditions(definition):
        if not solver.can_hold(text):
            at = element.at_value(key)
            zh = f"条件永远不成立：{text}"
            en = f"nothing satisfies the condition: {text}"
            yield Finding(at, "never", zh, en)


def _choices(definition: Definition, solver: GuardSolver) -> Iterator[Finding]:
    """Several ways of one trigger from one state: never two at once, and always one.

    The same ways are often open from several states; they are compared for the first.
    """
    compared: set[tuple[int, ...]] = set()
    covered: set[tuple[int, ...]] = set()
    for state, choice in _several_ways(definition):
        for one, other in combinations(choice, 2):
            if solver.is_exhausted:
                return
            is_same_role = not set(one.by).isdisjoint(other.by)
            if is_same_role and _is_new(compared, one, other):
                yield from _overlap(definition, solver, state, one, other)
        if _is_new(covered, *choice):
            yield from _gap(solver, state, choice)


def _several_ways(definition: Definition) -> Iterator[tuple[str, list[Transition]]]:
    """Each state with the ways of one trigger from it, where there are several."""
    choices: defaultdict[tuple[str, str], list[Transition]] = defaultdict(list)
    for state, t in ways(definition):
        if t.to != RETURN:
            choices[state, t.trigger].append(t)
    for (state, _), choice in choices.items():
        if len(choice) > 1:
            yield state, choice


def _is_new(seen: set[tuple[int, ...]], *transitions: Transition) -> bool:
    """Whether these transitions were not seen together yet; from now on they were."""
    ids = tuple(map(id, transitions))
    is_new = ids not in seen
    seen.add(ids)
    return is_new


def _overlap(
    definition: Definition, solver: GuardSolver, state: str, one: Transition, other: Transition
) -> Iterator[Finding]:
    """Two ways can be open at once."""
    example = solver.example(
        solver.all_hold(required(definition, one)),
        solver.all_hold(required(definition, other)),
    )
    if example is not None:
        when, line = _when(example), one.at.line
        zh = (
            f"状态 {state} 下动作 {one.trigger} 有两条出路可以同时成立"
            f"（另一条在第 {line} 行），{when.zh}"
        )
        en = (
            f"from {state}, two ways of {one.trigger} can both be open "
            f"(the other at line {line}), {when.en}"
        )
        yield Finding(other.at, "overlap", zh, en)


def _when(example: Example) -> Words:
    """In which case; ways that ask nothing are open in every one."""
    if not example:
        return Words("任何情形下都是", "in every case")
    shown = format_example(example)
    return Words(f"例如 {shown}", f"for example {shown}")


def _gap(solver: GuardSolver, state: str, choice: list[Transition]) -> Iterator[Finding]:
    """No way is open although everything that they ask is known."""
    guards = [t.when for t in choice if t.when is not None]
    if len(guards) < len(choice):  # a way without a condition is always open
        return
    none_holds = [solver.no(solver.holds(guard)) for guard in guards]
    example = solver.example(solver.everything_known(guards), *none_holds)
    if example is not None:
        last, shown = choice[-1], format_example(example)
        zh = f"状态 {state} 下动作 {last.trigger} 的各条出路未覆盖全部情形，例如 {shown}"
        en = f"from {state}, no way of {last.trigger} is open for example when {shown}"
        yield Finding(last.at, "gap", zh, en, "warning")


def _unfinished(definition: Definition, solver: GuardSolver) -> Iterator[Finding]:
    """An end leaves no sub-procedure running, unless its state says that it lawfully does."""
    graph = moves(definition)
    for name in definition.sub_procedures:
        opening = (t for t in definition.transitions if name in t.opens)
        for t in _closing_after(definition, graph, opening, name):
            yield from _leaves_open(definition, solver, t, name)


def _unpaid(definition: Definition, solver: GuardSolver) -> Iterator[Finding]:
    """An end leaves no money behind, unless its state says that it lawfully does."""
    graph = moves(definition)
    for name, account in definition.accounts.items():
        feeding = _feeding(definition, account.coming_in)
        for t in _closing_after(definition, graph, feeding, name):
            yield from _leaves_money(definition, solver, t, name)
        yield from _comes_too_late(definition, graph, name, account)


def _comes_too_late(
    definition: Definition, graph: Mapping[str, set[str]], name: str, account: Account
) -> Iterator[Finding]:
    """Money can come in when the case is closed, and nothing pays it out any more."""
    paying = map(definition.sources_of, _feeding(definition, account.going_out))
    paid_in = set(chain.from_iterable(paying))
    for t in _feeding(definition, account.coming_in):
        for state in definition.terminal.intersection(definition.sources_of(t)):
            stands = closure(graph, {{STAY: state}.get(t.to, t.to)})
            is_left = name in definition.states[state].leaves
            if stands.isdisjoint(paid_in) and not is_left:
                zh = f"结案后（{state}）“{t.title.zh}”仍可收款，而没有事项能再发放"
                en = f"{t.title.en} takes money in after closing ({state}), and nothing pays it out"
                yield Finding(t.at, "leaves-money", zh, en)


def _unlawful(definition: Definition, law: Law, solver: GuardSolver) -> Iterator[Finding]:
    """An act, or any way into a closing, is possible where what the law asks does not hold."""
    for name, lawful, cite in demanded(definition, law).must:
        if not _can_be_asked(definition, lawful):
            at = definition.at_value("transitions")
            zh = f"法律要求 {name} 须 {lawful}，本流程没有这些字段，无从核对：{cite}"
            en = f"{name} must have {lawful}, whose fields are not there: {cite}"
            yield Finding(at, "law-must", zh, en)
            continue
        for t in filter(partial(_is_bound, definition, name), definition.transitions):
            asked = solver.all_hold(required(definition, t)), solver.no(solver.holds(lawful))
            example = solver.example(*asked)
            if example is not None:
                shown = format_example(example)
                zh = f"“{t.title.zh}”须 {lawful}，而例如 {shown} 时也能办理：{cite}"
                en = f"{t.title.en} must have {lawful}, and is possible with {shown}: {cite}"
                yield Finding(t.at, "law-must", zh, en)


def _is_bound(definition: Definition, name: str, t: Transition) -> bool:
    """Whether the law speaks of a transition: by its trigger, or by the mode in which it closes."""
    closes = getattr(definition.states.get(t.to), "closes", None)
    return name in (t.trigger, closes)


def _can_be_asked(definition: Definition, lawful: str) -> bool:
    """Whether a definition has what a condition of the law reads."""
    try:
        GuardCompiler.of(definition).compile(lawful)
    except GuardError:
        return False
    return True


def _leaves_open(
    definition: Definition, solver: GuardSolver, t: Transition, name: str
) -> Iterator[Finding]:
    """A case can be closed this way with a sub-procedure still running."""
    example = solver.example(
        solver.all_hold(required(definition, t)), solver.more_than_zero(f"{name}.open")
    )
    if example is not None:
        title, shown = definition.sub_procedures[name].title, format_example(example)
        zh = (
            f"“{t.title.zh}”结案时“{title.zh}”可能尚未终结（{shown}）；"
            f"加条件 {name}.open == 0，或在状态 {t.to} 写 leaves: {name}"
        )
        en = (
            f"{t.title.en} can close the case while {title.en} is open ({shown}): "
            f"ask {name}.open == 0, or leaves: {name} at {t.to}"
        )
        yield Finding(t.at, "leaves-open", zh, en)


def _leaves_money(
    definition: Definition, solver: GuardSolver, t: Transition, name: str
) -> Iterator[Finding]:
    """A case can be closed this way with money still held."""
    account = definition.accounts[name]
    asked = _asked_of(account, name)
    is_left = solver.no(solver.holds(asked))
    if account.received:
        is_left = solver.differ(account.received, account.paid_out)
    example = solver.example(solver.all_hold(required(definition, t)), is_left)
    if example is not None:
        title, shown = account.title, format_example(example)
        named = "paid_out" if account.received else "books"
        zh = (
            f"“{t.title.zh}”结案时“{title.zh}”可能仍有余额（{shown}）；"
            f"加条件 {asked}；款项另有去向（如退还）的，一并列入 {named}"
        )
        en = (
            f"{t.title.en} can close the case with money left in {title.en} ({shown}): "
            f"ask {asked}; another way out (a refund) is named in {named} too"
        )
        yield Finding(t.at, "leaves-money", zh, en)


def _asked_of(account: Account, name: str) -> str:
    """The condition that no money is left."""
    sides = (account.paid_out, account.received)
    paid_out, received = (" + ".join(f"case.{field}" for field in fields) for fields in sides)
    return f"{paid_out} == {received}" if received else f'{name}.held == money("0")'


def _closing_after(
    definition: Definition, graph: Mapping[str, set[str]], first: Iterable[Transition], name: str
) -> Iterator[Transition]:
    """The ways into ends that can follow one of these transitions.

    An end that says that it leaves `name` open is left out.
    """
    targets = chain.from_iterable(_targets(definition, t) for t in first)
    after = closure(graph, set(targets))
    for t in definition.transitions:
        can_follow = not after.isdisjoint(definition.sources_of(t))
        if can_follow and _closes(definition, t, name):
            yield t


def _closes(definition: Definition, t: Transition, name: str) -> bool:
    """Whether a transition leads into an end that does not say that it leaves `name` open."""
    return t.to in definition.terminal and name not in definition.states[t.to].leaves


def _targets(definition: Definition, t: Transition) -> tuple[str, ...]:
    """Where a case stands after a transition; whereto it returns, the graph knows."""
    return definition.sources_of(t) if t.to in (STAY, RETURN) else (t.to,)


def _feeding(definition: Definition, fields: Iterable[str]) -> Iterator[Transition]:
    """The transitions that can bring in the value of one of these fields."""
    for t in definition.transitions:
        answers = [definition.requests[id].takes for id in definition.sent_by(t)]
        brought_in = {*t.needs, *t.sets, *definition.form_of(t).fields}.union(*answers)
        lists = {field.partition(".")[0] for field in brought_in}
        if not (brought_in | lists).isdisjoint(fields):
            yield t
