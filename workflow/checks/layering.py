"""A layer beside what it lies over: it may only make things stricter, and may not bend the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from math import inf
from operator import attrgetter
from typing import Any

from ..law.rows import days
from ..model.base import Element, listed
from ..model.definition import Definition
from ..model.flow import STAY
from ..model.limits import DeadlineRule, Expiry, ExtensionRule, Leads, Within, is_gate
from ..model.parts import ApprovalStep, Power
from ..periods.counting import TimeUnit
from ..periods.leads import parse_lead
from ..source.findings import Finding

_WORDS = frozenset({"title", "note", "basis", "otherwise", "why", "visible_to", "unit"})
"""What a layer may word as it likes: it binds nobody."""

_UPSIDE_DOWN = frozenset(
    {("province", "province"), ("court", "province"), ("case", "province"), ("case", "court")}
)
"""Levels of layers that do not follow each other: the lower, and the one over it."""

_CONSTANTS = {True: "true", False: "false", None: "-"}
_NEAR = 0.01
"""Lengths of different units that differ by less (in days) are the same length."""

Rule = Callable[[str, Any, Any, str], Iterator[Finding]]
"""What a layer may do with one key: from the element's name, the element below, above, the key."""


def check(below: Definition, above: Definition, level: str) -> Iterator[Finding]:
    """Where `above` (the merged definition) is looser than `below`, or changes what it may not."""
    for key in ("id", "kind", "initial", "zone", "calendar"):
        yield from _fixed(key, below, above, key)
    yield from _shrinks(below.id, below, above, "redesign_by")
    for table, rules in _RULES.items():
        yield from _table(getattr(below, table), getattr(above, table), rules)
    if level == "case":
        yield from _transitions(below, above, _TRANSITION_OF_CASE)
        yield from _reopening(below, above)
    else:
        yield from _transitions(below, above, _TRANSITION)
        yield from _added(below, above)
    yield from _granted(below, above)
    yield from _resting(below, above)
    yield from _rank(above)


def _rank(above: Definition) -> Iterator[Finding]:
    """A court lies within its province, and no province lies over another, or over a court."""
    last_two = tuple(layer.level for layer in above.layers[-2:])
    if last_two in _UPSIDE_DOWN:
        before, level = last_two
        zh = f"{level} 一级不能叠加在 {before} 一级之上"
        en = f"a layer of a {level} does not lie over one of a {before}"
        yield Finding(above.layers[-1].at_value("level"), "overlay-changes", zh, en)


def _resting(below: Definition, above: Definition) -> Iterator[Finding]:
    """Limits stand still in no state where they run on below."""
    before = {(rest.states, rest.ground) for rest in below.suspensions}
    for rest in above.suspensions:
        if (rest.states, rest.ground) not in before:
            states = ", ".join(rest.states)
            zh = f"叠加层不得增加停止计算期限的状态 {states}"
            en = f"a layer may not add states in which limits stand still: {states}"
            yield Finding(rest.at_value("states"), "looser", zh, en)


def _granted(below: Definition, above: Definition) -> Iterator[Finding]:
    """No layer grants a power that there is not below."""
    for name in sorted(above.powers.keys() - below.powers.keys()):
        at = above.powers[name].at
        zh = f"叠加层不得增加权限 {name}"
        en = f"a layer may not grant the power {name}"
        yield Finding(at, "looser", zh, en)


def _transitions(
    below: Definition, above: Definition, rules: Mapping[str, Rule]
) -> Iterator[Finding]:
    """The transitions below, each beside what became of it; those added come after them."""
    for old, new in zip(below.transitions, above.transitions, strict=False):
        yield from _compare(old.trigger, old, new, rules)


def _added(below: Definition, above: Definition) -> Iterator[Finding]:
    """Only a layer of one case adds states, or transitions that lead on."""
    for name in sorted(above.states.keys() - below.states.keys()):
        at = above.states[name].at
        zh = f"叠加层不得增加节点 {name}"
        en = f"a layer may not add the node {name}"
        yield Finding(at, "overlay-changes", zh, en)
    for added in above.transitions[len(below.transitions) :]:
        if added.to != STAY:
            zh = f"叠加层增加的动作 {added.trigger} 只能 to: stay"
            en = f"the trigger {added.trigger} that a layer adds must be to: stay"
            yield Finding(added.at, "overlay-changes", zh, en)


def _reopening(below: Definition, above: Definition) -> Iterator[Finding]:
    """No redesign of one case opens what the law has closed."""
    for added in above.transitions[len(below.transitions) :]:
        if added.reopens:
            zh = f"流程再造不得增加重新打开案件的动作 {added.trigger}"
            en = f"a redesign may not add {added.trigger}, which reopens a case"
            yield Finding(added.at_value("reopens"), "overlay-changes", zh, en)


def _table(
    below: Mapping[str, Element],
    above: Mapping[str, Element],
    rules: Mapping[str, Rule],
    prefix: str = "",
) -> Iterator[Finding]:
    """Each element of a table that both have; whether one may be left out, the merge decides."""
    for name in sorted(below.keys() & above.keys()):
        yield from _compare(prefix + name, below[name], above[name], rules)


def _compare(
    name: str, below: Element, above: Element, rules: Mapping[str, Rule]
) -> Iterator[Finding]:
    """Each key by its rule; a key without one stays as it is, unless it is only words."""
    yield from _apply(name, below, above, rules)
    fields = type(below).model_fields
    before, after = below.model_dump(), above.model_dump()
    for key in sorted(fields.keys() - rules.keys() - _WORDS):
        if before[key] != after[key]:
            yield _changes(above, fields[key].alias or key, name, before[key])


def _apply(
    name: str, below: Element, above: Element, rules: Mapping[str, Rule]
) -> Iterator[Finding]:
    """The keys that have a rule, and no others."""
    for key, rule in rules.items():
        yield from rule(name, below, above, key)


def _looser(element: Element, key: str, name: str, before: Any) -> Finding:
    """What binds less than it does below."""
    was = ", ".join(map(_written, listed(before))) or "-"
    at = element.at_value(key)
    zh = f"{name} 的 {key} 比下层宽松（下层为 {was}）"
    en = f"{key} of {name} is looser than below ({was})"
    return Finding(at, "looser", zh, en)


def _written(value: Any) -> str:
    """A value as a file writes it; what is not written as a dash."""
    return _CONSTANTS.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def _changes(element: Element, key: str, name: str, before: Any) -> Finding:
    """What may not be otherwise than it is below."""
    at = element.at_value(key)
    was = _written(before)
    zh = f"叠加层不得改变 {name} 的 {key}（下层为 {was}）"
    en = f"a layer may not change {key} of {name} (below: {was})"
    return Finding(at, "overlay-changes", zh, en)


# -- rules that go with many keys


def _free(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """May become anything."""
    return iter(())


def _fixed(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """Stays as it is, also unset."""
    before = getattr(below, key)
    if getattr(above, key) != before:
        yield _changes(above, key, name, before)


def _kept(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """Stays as it is once it is set."""
    if getattr(below, key) is not None:
        yield from _fixed(name, below, above, key)


def _held_to(binds: Callable[[Any, Any], bool]) -> Rule:
    """The rule that what a key says binds no less than what it says below."""

    def rule(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
        before = getattr(below, key)
        if not binds(before, getattr(above, key)):
            yield _looser(above, key, name, before)

    return rule


def _still_bounds(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """A list that bounds, and bounds nothing while it is empty: it gains nothing."""
    return not before or (bool(after) and set(before).issuperset(after))


def _still_asks(before: str | None, after: str | None) -> bool:
    """A condition stays, or more is asked beside it: so a layer's own condition is merged."""
    return before in (None, after) or str(after).startswith(f"({before}) && (")


def _still_warns(before: Leads, after: Leads) -> bool:
    """Every warning still goes out, however its lead is written (`1d`, `24h`)."""
    return set(map(parse_lead, before)).issubset(map(parse_lead, after))


_grows = _held_to(lambda before, after: set(before).issubset(after))
"""A list that loses nothing."""
_shrinks = _held_to(lambda before, after: set(before).issuperset(after))
"""A list that gains nothing."""
_bounded = _held_to(_still_bounds)
_condition = _held_to(_still_asks)
_warn = _held_to(_still_warns)
_statutory = _held_to(lambda before, after: (before, after) != (True, False))
"""A node of the law stays one."""


def _still_hidden(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """What a role sees only at times it does not come to see always, or at other times."""
    before = {viewer.role: viewer.when for viewer in below.visible_to}
    for viewer in above.visible_to:
        when = before.get(viewer.role)
        if when not in (None, viewer.when):
            yield _looser(above, key, name, when)


def _stays(kept: bool) -> Rule:
    """The rule that a flag which is so below stays so; where it is not, it may become so."""

    def rule(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
        if (getattr(below, key), getattr(above, key)) == (kept, not kept):
            yield _looser(above, key, name, str(kept).lower())

    return rule


_stays_true, _stays_false = _stays(True), _stays(False)


def _no_more(measure: Callable[[Any], float]) -> Rule:
    """The rule that something measured in an element is no more than below."""

    def rule(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
        if measure(above) > measure(below) + _NEAR:
            yield _looser(above, key, name, getattr(below, key))

    return rule


def _days_between_alerts(expiry: Expiry) -> float:
    """The step of an escalation."""
    step = parse_lead(expiry.every)
    return step.length / timedelta(days=1) + days(step.working_days, TimeUnit.WORKING_DAY)


def _days_of_extension(rule: ExtensionRule) -> float:
    """How long an extension may be; without a length as long as one likes."""
    return days(rule.length, rule.unit) if rule.length is not None else inf


# -- rules of single keys


def _within(name: str, old: Power, new: Power, key: str) -> Iterator[Finding]:
    """No later without an approval than below: of other days only what never ends later.

    Where all of it takes the approval, a time without one is looser.
    """
    before, after = old.within, new.within
    if before == after:
        return
    if before is None:
        if old.approval is not None:
            yield _looser(new, key, name, "-")
    elif after is None or not _is_no_later(before, after):
        yield _looser(new, key, name, before)


def _is_no_later(before: Within, after: Within) -> bool:
    """Whether `after` ends no later than `before` on any day; a working day is at least a day."""
    (most, is_working), (many, in_working) = _counted(before), _counted(after)
    # how many days some working days are, the calendar says anew each year
    return (is_working or not in_working) and many <= most


def _counted(within: Within) -> tuple[int, bool]:
    """So many days, and whether they are working days."""
    return int(within.rstrip("wd")), within.endswith("wd")


def _length(name: str, old: DeadlineRule, new: DeadlineRule, key: str) -> Iterator[Finding]:
    """A length in numbers is no looser; where a field gives it, it stays as it is."""
    before, after = f"{old.length} {old.unit.value}", f"{new.length} {new.unit.value}"
    if before == after:
        return
    if not isinstance(old.length, int) or not isinstance(new.length, int):
        yield _changes(new, key, name, before)
    elif _excess(old, old.length, new, new.length) > _NEAR:
        yield _looser(new, key, name, before)


def _excess(old: DeadlineRule, before: int, new: DeadlineRule, after: int) -> float:
    """By how many days the time limit is looser.

    Longer is looser, but not where something may not be done before its end.
    """
    added = days(after, new.unit) - days(before, old.unit)
    return -added if is_gate(old) else added


def _expiry(name: str, old: DeadlineRule, new: DeadlineRule, key: str) -> Iterator[Finding]:
    """What a deadline does when it passes: nobody fewer hears of it, and the same follows."""
    yield from _apply(f"{name}.{key}", old.on_expiry, new.on_expiry, _ALERTS)
    yield from _apply(name, old.on_expiry, new.on_expiry, _CONSEQUENCES)


def _extension(name: str, old: DeadlineRule, new: DeadlineRule, key: str) -> Iterator[Finding]:
    """No step more than there was; each by nobody else, no longer and no oftener."""
    if len(new.extension) > len(old.extension):
        yield _looser(new, key, name, len(old.extension) or "-")
    for before, after in zip(old.extension, new.extension, strict=False):
        yield from _apply(f"{name}.{key}", before, after, _EXTENSION)


def _inner(name: str, old: DeadlineRule, new: DeadlineRule, key: str) -> Iterator[Finding]:
    """An inner limit may be added; one that is there is compared as the deadline that it is."""
    if old.inner is not None and new.inner is None:
        yield _looser(new, key, name, f"{old.inner.length} {old.inner.unit.value}")


def _items(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """Items may be added; those that are there ask no less."""
    yield from _table(below.items, above.items, _ITEM, f"{name}.")


def _steps(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """Every step is still there, in its order, with no more roles and no fewer votes."""
    rest = iter(above.steps)  # what one step has taken is not there for the next
    for step in below.steps:
        if not any(_is_as_strict(candidate, step) for candidate in rest):
            yield _looser(above, key, name, step.by)
            return


def _is_as_strict(step: ApprovalStep, asked: ApprovalStep) -> bool:
    """Whether a step can stand for one below: nobody else votes, and no fewer sit and agree."""
    has_no_more_roles = set(step.by) <= set(asked.by)
    needs_no_fewer = step.votes >= asked.votes and _seats(step) >= _seats(asked)
    return has_no_more_roles and needs_no_fewer


def _seats(step: ApprovalStep) -> int:
    """How many sit; where it is not said, those whose votes are needed."""
    return step.of or step.votes


def _fields(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """Fields may be added; those that are asked for are asked for no less."""
    yield from _table(below.fields, above.fields, _FORM_FIELD, f"{name}.")


def _required_when(name: str, below: Any, above: Any, key: str) -> Iterator[Finding]:
    """What is always required needs no condition."""
    if not above.required:
        yield from _condition(name, below, above, key)


# -- the rules of each kind of element

_TRANSITION: dict[str, Rule] = {
    "by": _shrinks,
    "needs": _grows,
    "documents": _grows,
    "not_by_who": _grows,
    "when": _condition,
    "form": _kept,
    "checklist": _kept,
    "approval": _kept,
    "if_refused": _free,
}
_TRANSITION_OF_CASE = {**_TRANSITION, "to": _free}
_STATE: dict[str, Rule] = {
    "leaves": _shrinks,
    "statutory": _statutory,
    "visible_to": _still_hidden,
}
_DEADLINE: dict[str, Rule] = {
    "length": _length,
    "gates": _grows,
    "gates_closing": _grows,
    "deducts": _shrinks,
    "restorable_by": _shrinks,
    "warn": _warn,
    "on_expiry": _expiry,
    "pauses": _stays_false,
    "survives_closing": _stays_true,
    "law": _kept,
    "extension": _extension,
    "inner": _inner,
    "watcher": _free,
    "alerts_at": _free,
}
_ALERTS: dict[str, Rule] = {"alert": _grows, "escalate": _grows}
_CONSEQUENCES: dict[str, Rule] = {
    "every": _no_more(_days_between_alerts),
    "fire": _fixed,
    "opens_right": _fixed,
    "lapses": _fixed,
}
_EXTENSION: dict[str, Rule] = {
    "by": _shrinks,
    "length": _no_more(_days_of_extension),
    "times": _no_more(attrgetter("times")),
}
_ITEM: dict[str, Rule] = {"when": _condition, "documents": _grows, "done_by": _bounded}
_FORM_FIELD: dict[str, Rule] = {
    "required": _stays_true,
    "required_when": _required_when,
    "overwrites": _stays_false,
}
_POWER: dict[str, Rule] = {
    "by": _shrinks,
    "grounds": _bounded,
    "deadlines": _bounded,
    "documents": _grows,
    "approval": _kept,
    "form": _kept,
    "dated_by": _kept,
    "within": _within,
}

_RULES: dict[str, Mapping[str, Rule]] = {
    "roles": {},
    "data": {"visible_to": _still_hidden, "masked": _stays_true},
    "documents": {"visible_to": _still_hidden, "anew": _stays_true},
    "phases": {},
    "groups": {},
    "tables": {},
    "accounts": {},
    "claims": {},
    "sub_procedures": {},
    "links": {},
    "requests": {},
    "grounds": {},
    "deadlines": _DEADLINE,
    "checklists": {"items": _items},
    "approvals": {"steps": _steps},
    "forms": {"fields": _fields},
    "tasks": {"offered_to": _free},
    "powers": _POWER,
    "states": _STATE,
}
"""The rules of every table; modes are only words, and transitions are compared in their order."""
