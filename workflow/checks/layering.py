"""A layer beside what it lies over: it may only make things stricter, and may not bend the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..law.tables import days
from ..model.base import Element
from ..model.definition import Definition
from ..model.flow import STAY, State, Transition
from ..model.limits import DeadlineRule, lead
from ..model.parts import Approval, Checklist, Form
from ..source.findings import Finding

_WORDS = ("title", "note", "basis", "otherwise", "why", "visible_to", "unit", "masked")
"""What a layer may word as it likes: it binds nobody."""


def check(below: Definition, above: Definition, level: str) -> Iterator[Finding]:
    """Findings where `above` (the merged definition) is looser than `below`, or changes what its level may not."""
    whole_case = level == "case"
    for key in ("id", "initial", "zone", "calendar"):
        if getattr(below, key) != getattr(above, key):
            yield _changes(above, key, key, getattr(below, key))
    for kind, compare in _TABLES.items():
        yield from _table(getattr(below, kind), getattr(above, kind), compare)
    yield from _table(below.states, above.states, _state)
    for name in above.states.keys() - below.states.keys() if not whole_case else ():
        at = above.states[name].at
        yield Finding(
            at,
            "overlay-changes",
            f"叠加层不得增加节点 {name}",
            f"a layer may not add the node {name}",
        )
    yield from _transitions(below, above, whole_case)


def _looser(
    element: Element, key: str, name: str, before: Any, zh: str = "", en: str = ""
) -> Finding:
    was = (
        before
        if isinstance(before, str | int)
        else ", ".join(map(str, before))
        if isinstance(before, tuple | list)
        else str(before)
    )
    zh, en = (
        zh or f"{name} 的 {key} 比下层宽松（下层为 {was or '-'}）",
        en or f"{key} of {name} is looser than below ({was or '-'})",
    )
    return Finding(element.at_value(key), "looser", zh, en)


def _changes(element: Element, key: str, name: str, before: Any) -> Finding:
    zh, en = (
        f"叠加层不得改变 {name} 的 {key}（下层为 {before}）",
        f"a layer may not change {key} of {name} (below: {before})",
    )
    return Finding(element.at_value(key), "overlay-changes", zh, en)


Compare = Callable[[str, Any, Any], Iterator[Finding]]


def _table(
    below: Mapping[str, Element], above: Mapping[str, Element], compare: Compare
) -> Iterator[Finding]:
    for name, element in below.items():
        if name in above and above[name] is not element:
            yield from compare(name, element, above[name])


def _same(name: str, below: Element, above: Element, but: Iterable[str] = ()) -> Iterator[Finding]:
    """Nothing changes except words, and what is compared otherwise."""
    passed = {*_WORDS, *but}
    before, after = below.model_dump(), above.model_dump()
    for key in type(below).model_fields:
        if key not in passed and before[key] != after[key]:
            yield _changes(above, type(below).model_fields[key].alias or key, name, before[key])


def _more(name: str, below: Any, above: Any, *keys: str) -> Iterator[Finding]:
    """Lists that may only grow."""
    for key in keys:
        if not set(getattr(below, key)) <= set(getattr(above, key)):
            yield _looser(above, key, name, getattr(below, key))


def _fewer(name: str, below: Any, above: Any, *keys: str) -> Iterator[Finding]:
    """Lists that may only shrink, and not to nothing where they said who may act."""
    for key in keys:
        before, after = set(getattr(below, key)), set(getattr(above, key))
        if not after <= before:
            yield _looser(above, key, name, getattr(below, key))


def _state(name: str, below: State, above: State) -> Iterator[Finding]:
    yield from _same(name, below, above, ("statutory", "leaves"))
    yield from _fewer(name, below, above, "leaves")
    if below.statutory and not above.statutory:
        yield _looser(above, "statutory", name, True)


def _condition(
    name: str, element: Element, key: str, below: str | None, above: str | None
) -> Iterator[Finding]:
    """A condition stays, or more is asked beside it."""
    if below is not None and above != below and not (above or "").startswith(f"({below}) && ("):
        yield _looser(element, key, name, below)


def _transitions(below: Definition, above: Definition, whole_case: bool) -> Iterator[Finding]:
    for old, new in zip(below.transitions, above.transitions, strict=False):
        yield from _transition(old, new, whole_case)
    for added in above.transitions[len(below.transitions) :]:
        if not whole_case and added.to != STAY:
            zh, en = (
                f"叠加层增加的动作 {added.trigger} 只能 to: stay",
                f"the trigger {added.trigger} that a layer adds must be to: stay",
            )
            yield Finding(added.at, "overlay-changes", zh, en)


def _transition(old: Transition, new: Transition, whole_case: bool) -> Iterator[Finding]:
    name = old.trigger
    compared = (
        "by",
        "when",
        "needs",
        "documents",
        "not_by_who",
        "form",
        "checklist",
        "approval",
        "if_refused",
        *(("to",) if whole_case else ()),
    )
    yield from _same(name, old, new, compared)
    yield from _fewer(name, old, new, "by")
    yield from _more(name, old, new, "needs", "documents", "not_by_who")
    yield from _condition(name, new, "when", old.when, new.when)
    for key in ("form", "checklist", "approval"):
        if getattr(old, key) is not None and getattr(new, key) != getattr(old, key):
            yield _changes(new, key, name, getattr(old, key))


def _deadline(name: str, old: DeadlineRule, new: DeadlineRule) -> Iterator[Finding]:
    compared = (
        "length",
        "warn",
        "gates",
        "on_expiry",
        "pauses",
        "deducts",
        "survives_closing",
        "extension",
        "restorable_by",
        "watcher",
        "law",
    )
    yield from _same(name, old, new, ("unit", *compared))
    yield from _length(name, old, new)
    yield from _more(name, old, new, "gates")
    yield from _fewer(name, old, new, "deducts", "restorable_by")
    if not {lead(w) for w in old.warn} <= {lead(w) for w in new.warn}:
        yield _looser(new, "warn", name, old.warn)
    yield from _more(f"{name}.on_expiry", old.on_expiry, new.on_expiry, "alert", "escalate")
    if lead(new.on_expiry.every) > lead(old.on_expiry.every):
        yield _looser(new.on_expiry, "every", name, old.on_expiry.every)
    for key in ("fire", "opens_right", "lapses"):
        if getattr(old.on_expiry, key) != getattr(new.on_expiry, key):
            yield _changes(new.on_expiry, key, name, getattr(old.on_expiry, key))
    if new.pauses and not old.pauses:
        yield _looser(new, "pauses", name, "false")
    if old.survives_closing and not new.survives_closing:
        yield _looser(new, "survives_closing", name, "true")
    if old.law is not None and old.law != new.law:
        yield _changes(new, "law", name, old.law)
    yield from _extension(name, old, new)


def _length(name: str, old: DeadlineRule, new: DeadlineRule) -> Iterator[Finding]:
    if not isinstance(old.length, int) or not isinstance(new.length, int):
        if (old.length, old.unit) != (new.length, new.unit):
            yield _changes(new, "length", name, f"{old.length} {old.unit.value}")
        return
    before, after = days(old.length, old.unit), days(new.length, new.unit)
    is_least = bool(old.gates)  # before its end something may not be done: longer is stricter
    if (after < before - 0.01) if is_least else (after > before + 0.01):
        yield _looser(new, "length", name, f"{old.length} {old.unit.value}")


def _extension(name: str, old: DeadlineRule, new: DeadlineRule) -> Iterator[Finding]:
    before, after = old.extension, new.extension
    if after is None:
        return
    if before is None:
        yield _looser(new, "extension", name, "-")
        return
    yield from _fewer(f"{name}.extension", before, after, "by")
    longest = days(before.length, before.unit) if before.length is not None else float("inf")
    if (
        days(after.length, after.unit) if after.length is not None else float("inf")
    ) > longest + 0.01:
        yield _looser(after, "length", f"{name}.extension", before.length)
    if after.times > before.times:
        yield _looser(after, "times", f"{name}.extension", before.times)


def _checklist(name: str, old: Checklist, new: Checklist) -> Iterator[Finding]:
    yield from _same(name, old, new, ("items",))
    for id, item in old.items.items():
        present = new.items.get(id)
        if present is not None:
            yield from _same(f"{name}.{id}", item, present, ("when", "documents"))
            yield from _condition(f"{name}.{id}", present, "when", item.when, present.when)
            yield from _more(f"{name}.{id}", item, present, "documents")


def _approval(name: str, old: Approval, new: Approval) -> Iterator[Finding]:
    """Every step is still there, in its order, with no more roles and no fewer votes."""
    yield from _same(name, old, new, ("steps",))
    rest = iter(new.steps)
    for step in old.steps:
        if not any(
            set(s.by) <= set(step.by)
            and s.votes >= step.votes
            and (s.of or s.votes) >= (step.of or step.votes)
            for s in rest
        ):
            yield _looser(new, "steps", name, step.by)
            return


def _form(name: str, old: Form, new: Form) -> Iterator[Finding]:
    yield from _same(name, old, new, ("fields",))
    for id, asked in old.fields.items():
        present = new.fields[id]
        if asked.required and not present.required:
            yield _looser(present, "required", f"{name}.{id}", "true")
        if asked.required_when is not None and not present.required:
            yield from _condition(
                f"{name}.{id}", present, "required_when", asked.required_when, present.required_when
            )


_TABLES: dict[str, Compare] = {
    "roles": _same,
    "data": _same,
    "documents": _same,
    "phases": _same,
    "groups": _same,
    "tables": _same,
    "accounts": _same,
    "sub_procedures": _same,
    "requests": _same,
    "grounds": _same,
    "modes": lambda *_: iter(()),
    "deadlines": _deadline,
    "checklists": _checklist,
    "approvals": _approval,
    "forms": _form,
    "tasks": lambda name, old, new: _same(name, old, new, ("offered_to",)),
}
