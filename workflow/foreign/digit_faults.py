"""What keeps services of DIGIT from being procedures, beside what each part says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, filterfalse
from operator import attrgetter

from ..language import did_you_mean
from ..source.findings import Finding
from ..source.positions import Position
from .digit_model import DigitService, DigitState
from .names import identifier


def faults(services: Iterable[DigitService]) -> list[Finding]:
    """Every fault, in the order of the file."""
    each = ([*_starts(one), *_twice(one), *_next_states(one)] for one in services)
    return sorted(chain(_same_names(services), *each))


def _same_names(services: Iterable[DigitService]) -> Iterator[Finding]:
    """Services that would be the same definition."""
    seen: dict[str, Position] = {}
    for service in services:
        at = service.at_value("businessService")
        before = seen.setdefault(identifier(service.name, "service"), at)
        if before is not at:
            zh = f"业务 {service.name} 与第 {before.line} 行的同名"
            en = f"the service {service.name} has the name of the one at line {before.line}"
            yield Finding(at, "digit-service", zh, en)


def _starts(service: DigitService) -> Iterator[Finding]:
    """A case begins in one state."""
    if not service.starts:
        zh = "没有起始状态（isStartState）"
        yield Finding(service.at_value("states"), "digit-start", zh, "there is no isStartState")
    for state in filterfalse(attrgetter("actions"), service.starts[:1]):
        zh, en = "起始状态没有动作，无人可以开案", "the start has no actions: nobody opens a case"
        yield Finding(state.at, "digit-start", zh, en)
    for state in service.starts[1:]:
        line, count = service.starts[0].at.line, len(service.starts)
        zh = f"起始状态有 {count} 个，不知从何开始（另一个在第 {line} 行）"
        en = f"there are {count} start states, and a case begins in one (another at line {line})"
        yield Finding(state.at, "digit-start", zh, en)


def _twice(service: DigitService) -> Iterator[Finding]:
    """A state is there once."""
    seen: dict[str | None, DigitState] = {}
    for state in filter(_has_name, service.states):
        before = seen.setdefault(state.state, state)
        if before is not state:
            line = before.at.line
            zh = f"状态 {state.state} 与第 {line} 行的重复"
            en = f"the state {state.state} is there twice (also at line {line})"
            yield Finding(state.at_value("state"), "digit-state", zh, en)


def _next_states(service: DigitService) -> Iterator[Finding]:
    """An action leads to a state that there is."""
    names = {str(state.state) for state in filter(_has_name, service.states)}
    for action in service.actions:
        if action.next_state not in names:
            hint = did_you_mean(action.next_state, names)
            zh = f"动作 {action.action} 指向的状态 {action.next_state} 不存在{hint.zh}"
            en = f"{action.action} leads to {action.next_state}, which is no state{hint.en}"
            yield Finding(action.at_value("nextState"), "digit-next-state", zh, en)


def _has_name(state: DigitState) -> bool:
    return state.state is not None
