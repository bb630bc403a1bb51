"""A procedure beside its sub-procedures: what passes between them exists and has the same type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model.definition import Definition
from ..model.flow import SubProcedure
from ..source.findings import Finding
from .references import is_open_to


def check(definition: Definition, find: Callable[[str], Definition | None]) -> Iterator[Finding]:
    """Findings between a definition and those of its sub-procedures.

    `find` gives the definition of a procedure, or None.
    """
    for sub in definition.sub_procedures.values():
        child = find(sub.procedure)
        if child is None:
            yield _missing(sub)
        else:
            yield from _passes(definition, sub, child)
            yield from _fields(sub, child)
            yield from _states(sub, child)
            yield from _tells(definition, sub, child)


def _missing(sub: SubProcedure) -> Finding:
    """A warning only: the definition of the child may be kept elsewhere."""
    at = sub.at_value("procedure")
    zh = f"同一目录没有子程序 {sub.procedure} 的定义（{sub.procedure}.yaml），无法核对"
    en = f"there is no {sub.procedure}.yaml beside this file to compare with"
    return Finding(at, "child-missing", zh, en, "warning")


def _passes(definition: Definition, sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    """What is passed goes into a field of the child that has the same type."""
    at = sub.at_value("passes")
    for theirs, ours in sub.passes.items():
        to, from_ = _type(child, theirs), _type(definition, ours)
        if to is None:
            zh = f"{child.id} 没有字段 {theirs}"
            en = f"{child.id} has no field {theirs}"
            yield Finding(at, "child-field", zh, en)
        elif from_ not in (None, to):
            zh = f"{ours}（{from_}）与 {theirs}（{to}）类型不同"
            en = f"{ours} is {from_}, {theirs} is {to}"
            yield Finding(at, "child-field", zh, en)


def _fields(sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    """The fields that guards may ask about are the child's, with their types."""
    for field, kind in sub.fields.items():
        found = _type(child, field) or "-"
        if found != kind.value:
            at = sub.at_value("fields")
            zh = f"{child.id} 的字段 {field} 是 {found}，不是 {kind.value}"
            en = f"{child.id} has {field} as {found}, not {kind.value}"
            yield Finding(at, "child-field", zh, en)


def _states(sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    """The states that guards may ask about are the child's."""
    for state in sorted(set(sub.states) - child.states.keys()):
        at = sub.at_value("states")
        zh = f"{child.id} 没有状态 {state}"
        en = f"{child.id} has no state {state}"
        yield Finding(at, "child-state", zh, en)


def _tells(definition: Definition, sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    """What the child tells its parent fires a trigger that is open to it."""
    told = {t.tells_parent for t in child.transitions if t.tells_parent is not None}
    for trigger in sorted(told):
        if not is_open_to(definition, trigger, "procedure"):
            zh = (
                f"子程序 {child.id} 会告知动作 {trigger}，但本流程没有对 procedure 开放的 {trigger}"
            )
            en = f"{child.id} tells its parent {trigger}, which is not open to procedure here"
            yield Finding(sub.at, "child-tells", zh, en)


def _type(definition: Definition, field: str) -> str | None:
    """The type of a field in words; None where there is no such field."""
    spec = definition.data.get(field)
    return spec.type.value if spec is not None else None
