"""A procedure beside those of its sub-procedures: what is passed, asked and told between them exists and has the same type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model.definition import Definition
from ..model.flow import SubProcedure
from ..source.findings import Finding


def check(definition: Definition, find: Callable[[str], Definition | None]) -> Iterator[Finding]:
    """Findings between a definition and its sub-procedures; `find` gives the definition of a procedure, or None."""
    for name, sub in definition.sub_procedures.items():
        child = find(sub.procedure)
        if child is None:
            zh = f"同一目录没有子程序 {sub.procedure} 的定义（{sub.procedure}.yaml），无法核对"
            en = f"there is no {sub.procedure}.yaml beside this file to compare with"
            yield Finding(sub.at_value("procedure"), "child-missing", zh, en, "warning")
        else:
            yield from _fields(definition, sub, child)
            yield from _told(definition, name, child)


def _fields(definition: Definition, sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    for theirs, ours in sub.passes.items():
        if theirs not in child.data:
            yield Finding(
                sub.at_value("passes"),
                "child-field",
                f"{child.id} 没有字段 {theirs}",
                f"{child.id} has no field {theirs}",
            )
        elif ours in definition.data and definition.data[ours].type is not child.data[theirs].type:
            a, b = definition.data[ours].type.value, child.data[theirs].type.value
            yield Finding(
                sub.at_value("passes"),
                "child-field",
                f"{ours}（{a}）与 {theirs}（{b}）类型不同",
                f"{ours} is {a}, {theirs} is {b}",
            )
    for field, kind in sub.fields.items():
        if field not in child.data or child.data[field].type is not kind:
            found = child.data[field].type.value if field in child.data else "-"
            zh, en = (
                f"{child.id} 的字段 {field} 是 {found}，不是 {kind.value}",
                f"{child.id} has {field} as {found}, not {kind.value}",
            )
            yield Finding(sub.at_value("fields"), "child-field", zh, en)
    for state in sub.states:
        if state not in child.states:
            yield Finding(
                sub.at_value("states"),
                "child-state",
                f"{child.id} 没有状态 {state}",
                f"{child.id} has no state {state}",
            )


def _told(definition: Definition, name: str, child: Definition) -> Iterator[Finding]:
    told = dict.fromkeys(t.tells_parent for t in child.transitions if t.tells_parent is not None)
    for trigger in told:
        if not any(t.trigger == trigger and "procedure" in t.by for t in definition.transitions):
            zh = (
                f"子程序 {child.id} 会告知动作 {trigger}，但本流程没有对 procedure 开放的 {trigger}"
            )
            en = f"{child.id} tells its parent {trigger}, which is not open to procedure here"
            yield Finding(definition.sub_procedures[name].at, "child-tells", zh, en)
