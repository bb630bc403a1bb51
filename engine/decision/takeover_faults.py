"""What is wrong with the facts of a case that comes in: everything at once, each at its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, Protocol

from ...workflow.errors import ZhixingError
from ...workflow.model.limits import DeadlineRule, extension_step
from ...workflow.model.records import ID
from ...workflow.periods.adjustments import Deduction, Extension
from ...workflow.periods.counting import TimeUnit
from ..errors import TakeoverFault
from ..model.case import CaseState, named_about
from ..model.event import Event
from ..model.taking_over import TakenAct, TakenDocument, TakenLimit, TakeOver
from .at_hand import Data, records_in
from .procedure import Procedure

Faults = Iterable[TakeoverFault]


@dataclass(frozen=True, slots=True)
class Facts:
    """What came in, as its checks see it: the data typed, as far as they are right."""

    procedure: Procedure
    case: CaseState
    command: TakeOver
    event: Event
    data: dict[str, Any]

    @property
    def today(self) -> date:
        return self.day(self.event.at)

    def day(self, at: date) -> date:
        """The day of a moment where the case lies; a day is itself."""
        return self.procedure.calendar.local_day(at) if isinstance(at, datetime) else at

    def moment(self, at: date) -> datetime:
        """A moment; of a day its beginning."""
        return at if isinstance(at, datetime) else self.procedure.calendar.start_of(at)


def facts_of(procedure: Procedure, case: CaseState, event: Event, command: TakeOver) -> Facts:
    """What came in, with the data that are right."""
    given = event.data.items()
    right = {n: procedure.parse_field(n, v) for n, v in given if not _of_field(procedure, n, v)}
    return Facts(procedure, case, command, event, {**case.data, **right})


def faults_in(facts: Facts) -> list[TakeoverFault]:
    """Everything that is wrong with it, before a limit is counted."""
    return list(chain.from_iterable(check(facts) for check in _CHECKS))


def fault(code: str, place: str, zh: str, en: str) -> TakeoverFault:
    """One thing that is wrong."""
    return TakeoverFault(f"takeover-{code}", place, zh, en)


def _when(is_so: object, code: str, place: str, zh: str, en: str) -> Faults:
    """A fault where something is so."""
    return (fault(code, place, zh, en),) * bool(is_so)


def known_word(code: str, place: str, word: str, known: Collection[str]) -> Faults:
    """A word is one that the definition knows."""
    said, names = word or "-", ", ".join(known) or "-"
    zh, en = f"没有 {said}；可用：{names}", f"there is no {said}; known: {names}"
    return _when(word not in known, code, place, zh, en)


# -- where it stands


def _of_state(facts: Facts) -> Faults:
    """The state is one of the definition, and a case that rests, and no other, returns to one."""
    states, command = facts.procedure.definition.states, facts.command
    yield from known_word("state", "state", command.state, states)
    for name in command.origins:
        yield from known_word("state", "returns_to", name, states)
    rests, returns = command.state in facts.procedure.grounds, bool(command.origins)
    zh, en = "停止办理的案件须写明恢复后的状态", "it rests: say the state it returns to"
    yield from _when(rests > returns, "returns", "returns_to", zh, en)
    zh, en = "只有停止办理的案件才有恢复后的状态", "only a case that rests returns to a state"
    yield from _when(returns > rests, "returns", "returns_to", zh, en)


def _of_days(facts: Facts) -> Faults:
    """A case was opened first, and came into its state then or later."""
    opened, since = facts.command.opened, facts.command.since
    yield from _by_now(facts, "opened_on", opened)
    yield from _by_now(facts, "state_since", since)
    yield from _not_before_opening(facts, "state_since", since)


def _by_now(facts: Facts, place: str, *days: date | None) -> Faults:
    """What is said to have been is not still to come."""
    for on in filter(None, days):
        zh, en = f"{on} 尚未到来", f"{on} is still to come"
        yield from _when(facts.day(on) > facts.today, "day", place, zh, en)


def _not_before_opening(facts: Facts, place: str, on: date) -> Faults:
    """Nothing was done in a case before its first day."""
    is_before = facts.day(on) < facts.day(facts.command.opened)
    return _when(is_before, "day", place, "早于立案", "it is before the case was opened")


# -- what is known


def _of_data(facts: Facts) -> Faults:
    """Every value that came in fits its field."""
    for name, value in facts.event.data.items():
        yield from _of_field(facts.procedure, name, value)


def _of_field(procedure: Procedure, name: str, value: Any) -> Faults:
    """A value is one of its field; those of records come with their whole list."""
    place = f"data.{name}"
    if "." in name:
        zh, en = "记录的字段写在其列表之内", "the field of a record stands in its list"
        return (fault("field", place, zh, en),)
    try:
        procedure.parse_field(name, value)
    except ZhixingError as error:
        return (TakeoverFault(error.code, place, error.text("zh"), error.text("en")),)
    return ()


def _of_document(facts: Facts, place: str, document: TakenDocument) -> Faults:
    """A document is of a kind that there is, about a record that there is."""
    kinds = facts.procedure.definition.documents
    yield from known_word("document", place, document.kind, kinds)
    yield from of_record(facts.data, place, kinds.get(document.kind), document.about)
    yield from _by_now(facts, place, document.on)


def of_record(data: Data, place: str, spec: _Each | None, about: str) -> Faults:
    """What is about a record names one that there is; anything else names none."""
    if spec is None:
        return ()
    listed = records_in(data, spec.each) if spec.each is not None else [{ID: ""}]
    return known_word("record", place, about, [record[ID] for record in listed])


class _Each(Protocol):
    """What may be about each record of a list."""

    @property
    def each(self) -> str | None: ...


def _of_act(facts: Facts, place: str, act: TakenAct) -> Faults:
    """An act is one of the procedure, done since the case was opened."""
    yield from known_word("act", place, act.trigger, facts.procedure.definition.triggers)
    yield from _by_now(facts, place, act.on)
    yield from _not_before_opening(facts, place, act.on)


def _of_deduction(facts: Facts, place: str, deduction: Deduction) -> Faults:
    """A period that does not count has a ground of the procedure, and has begun."""
    yield from known_word("ground", place, deduction.ground, facts.procedure.definition.grounds)
    yield from _by_now(facts, place, deduction.since)


def _of_task(facts: Facts, place: str, named: str) -> Faults:
    """A task is named as `TASK`, or `TASK@ID` where each record of a list has its own."""
    tasks = facts.procedure.definition.tasks
    name, _, about = named.partition("@")
    yield from known_word("task", place, name, tasks)
    yield from of_record(facts.data, place, tasks.get(name), about)


# -- what runs


def _of_limit(facts: Facts, place: str, limit: TakenLimit) -> Faults:
    """A limit has a rule of the procedure, and is as that allows."""
    rules = facts.procedure.definition.deadlines
    yield from known_word("limit", place, limit.rule, rules)
    if limit.rule in rules:
        yield from _by_rule(facts, place, rules[limit.rule], limit)


def _twice(facts: Facts) -> Faults:
    """One limit runs once at a time."""
    seen = set[tuple[str, str, int]]()
    for number, limit in enumerate(facts.command.limits):
        same = limit.rule, limit.key, limit.round
        runs = limit.met_at is None and not limit.is_over
        zh, en = "同一期限写了两次", "the same limit runs once"
        yield from _when(runs and same in seen, "twice", f"limits[{number}]", zh, en)
        seen.update([same] * runs)


def _by_rule(facts: Facts, place: str, rule: DeadlineRule, limit: TakenLimit) -> Faults:
    """What is said of a limit is possible by its rule, before it is counted."""
    if rule.keyed_by is None:
        yield from of_record(facts.data, place, rule, limit.key)
    most = rule.recurring.times if rule.recurring is not None else 1
    zh, en = f"轮次应为 1 至 {most}", f"its round is 1 to {most}"
    yield from _when(not 1 <= limit.round <= most, "round", place, zh, en)
    yield from _by_now(facts, f"{place}.met_on", limit.met_at)
    zh, en = "或已履行，或已届满处理完毕，不能都写", "it is met or over, and not both"
    yield from _when(limit.met_at is not None and limit.is_over, "met-and-over", place, zh, en)
    days = filter(None, (limit.since, limit.met_at))
    by_hour = rule.unit is TimeUnit.HOUR
    zh, en = "按小时计算的期限须写明时刻", "a limit of hours needs moments, and not days"
    are_moments = all(isinstance(at, datetime) for at in days)
    yield from _when(by_hour > are_moments, "moment", place, zh, en)
    yield from _of_extensions(place, rule, limit.extensions)
    zh, en = "结案时已随之终止", "it ended when the case was closed"
    yield from _when(not _lives(facts, rule), "closed", place, zh, en)


def _of_extensions(place: str, rule: DeadlineRule, extensions: Iterable[Extension]) -> Faults:
    """Each extension is one that the rule allows, of no more than it allows."""
    for number, extension in enumerate(extensions):
        step = extension_step(rule.extension, number)
        at = f"{place}.extensions[{number}]"
        zh, en = "规则不允许（再）延长", "its rule allows no (further) extension"
        yield from _when(step is None, "extension", at, zh, en)
        if step is not None and step.length is not None:
            zh = f"每次最多延长 {step.length} {step.unit}"
            en = f"at most {step.length} {step.unit}(s) each time"
            fits = extension.unit is step.unit and extension.length <= step.length
            yield from _when(not fits, "extension", at, zh, en)


def _lives(facts: Facts, rule: DeadlineRule) -> bool:
    """Whether a limit can be there in the state: a closed case keeps few."""
    state = facts.procedure.definition.states.get(facts.command.state)
    is_closed = state is not None and state.closes is not None
    by_closing = facts.command.state in rule.starts.entering or rule.starts.on
    return not is_closed or rule.survives_closing or bool(by_closing)


def _of_lists(facts: Facts) -> Faults:
    """Everything that is listed, each at its place in its list."""
    for name in _EACH if facts.command.came_from is None else _TOLD_BY_OTHERS:
        for number, one in enumerate(getattr(facts.command, name)):
            yield from _EACH[name](facts, f"{name}[{number}]", one)


_TOLD_BY_OTHERS = ("documents", "deductions", "tasks")
"""What is checked of one that ran in this very database: its limits ran by these very rules, some
of them armed or restored by hand."""
_EACH: Mapping[str, Callable[[Facts, str, Any], Faults]] = {
    "documents": _of_document,
    "acts": _of_act,
    "deductions": _of_deduction,
    "tasks": _of_task,
    "limits": _of_limit,
}
_CHECKS: tuple[Callable[[Facts], Faults], ...] = (_of_state, _of_days, _of_data, _of_lists, _twice)


def name_of(document: TakenDocument) -> str:
    """Under what a document is on file."""
    return named_about(document.kind, document.about)
