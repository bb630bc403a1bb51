"""A procedure beside its sub-procedures: what passes between them exists and has the same type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..language import did_you_mean
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.flow import PARENT, Link, SubProcedure, Transition, others_act
from ..source.findings import Finding
from ..source.positions import Position
from .references import is_open_to

_PROCEDURE = "procedure"


def check(definition: Definition, find: Callable[[str], Definition | None]) -> Iterator[Finding]:
    """Findings between a definition and those of its sub-procedures.

    `find` gives the definition of a procedure, or None.
    """
    for name, sub in definition.proceedings.items():
        child = find(sub.procedure)
        if child is None:
            yield _missing(sub)
            continue
        yield from _passes(definition, sub, child)
        yield from _fields(sub, child)
        yield from _states(sub, child)
        yield from _hears(definition, sub, child)
        yield from _acts(definition, name, child)
        yield from _kept_apart(definition, sub, child)


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
        elif theirs in child.computed:
            yield _computed(child, theirs, at)
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
        elif field in child.computed:
            yield _computed(child, field, sub.at_value("fields"))


def _computed(child: Definition, field: str, at: Position) -> Finding:
    """A computed field is not kept with its case: it takes nothing, and nobody else can read it."""
    zh = f"{child.id} 的字段 {field} 由算式得出，不随案保存，不能移交或者汇总"
    en = f"{field} of {child.id} is computed, not kept: it is neither passed nor asked for"
    return Finding(at, "child-field", zh, en)


def _states(sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    """The states that guards may ask about are the child's."""
    for state in sorted(set(sub.states) - child.states.keys()):
        at = sub.at_value("states")
        zh = f"{child.id} 没有状态 {state}"
        en = f"{child.id} has no state {state}"
        yield Finding(at, "child-state", zh, en)


def _hears(definition: Definition, sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    """What the other tells this one fires a trigger that is open to it."""
    named = {name for name, link in child.links.items() if link.procedure == definition.id}
    here = named if isinstance(sub, Link) else {PARENT}
    told = {what for t in child.transitions for to, what in t.told if to in here}
    for trigger in sorted(told):
        if not is_open_to(definition, trigger, _PROCEDURE):
            zh = f"{child.id} 会告知动作 {trigger}，但本流程没有对 procedure 开放的 {trigger}"
            en = f"{child.id} tells this one {trigger}, which is not open to procedure here"
            yield Finding(sub.at, "child-tells", zh, en)
        about = definition.about.get(trigger)
        if about not in (None, sub.each):
            zh = f"{child.id} 告知的动作 {trigger} 针对某一条 {about}，{child.id} 却不是（each）"
            en = f"{child.id} tells {trigger}, which is about one {about}, and is about none"
            yield Finding(sub.at, "set-off-about", zh, en)


def _acts(definition: Definition, name: str, other: Definition) -> Iterator[Finding]:
    """What acts here name, tell and open of the other proceeding."""
    for t in definition.transitions:
        yield from _unknown_acts(t, name, other, t.at_value("not_by_who"))
        yield from _tells(t, name, other)
        if name in definition.links:
            yield from _opens(t, name, other)
            for adopted in [sub for link, sub in t.adopted if link == name]:
                yield from _adopts(definition, t, adopted, other)


def _tells(t: Transition, to: str, other: Definition) -> Iterator[Finding]:
    """What the other is told fires a trigger of its that is open to it and asks for nothing."""
    for trigger in [trigger for whom, trigger in t.told if whom == to]:
        ways = [w for w in other.transitions if w.trigger == trigger and _PROCEDURE in w.by]
        if trigger in other.about:
            zh = f"{other.id} 的 {trigger} 针对其某一条记录，告知不指明是哪一条"
            en = f"{trigger} of {other.id} is about one of its records, and word names none"
            yield Finding(t.at_value("tells"), "set-off-about", zh, en)
        elif not ways:
            zh = f"告知 {to} 的动作 {trigger} 在 {other.id} 中没有或未对 procedure 开放"
            en = f"{to} is told {trigger}, which {other.id} has not, or not open to procedure"
            yield Finding(t.at_value("tells"), "tells", zh, en)
        elif all(_asks_for_something(other, way) for way in ways):
            zh = f"{other.id} 的 {trigger} 须交文书或填表，告知时无人提交：届时不在卷即转人工办理"
            en = (
                f"{trigger} of {other.id} asks for documents or facts, and word brings none: "
                "where they are not on file by then, a person has to do it"
            )
            yield Finding(t.at_value("tells"), "tells-needs", zh, en, "warning")


def _kept_apart(definition: Definition, sub: SubProcedure, child: Definition) -> Iterator[Finding]:
    """Acts of this one whose doers may not act in a child are there."""
    for t in child.transitions if not isinstance(sub, Link) else ():
        yield from _unknown_acts(t, PARENT, definition, sub.at)


def _unknown_acts(t: Transition, of: str, other: Definition, at: Position) -> Iterator[Finding]:
    """Acts whose doers may not act here are acts of the other proceeding that they name."""
    for head, trigger in filter(None, map(others_act, t.not_by_who)):
        if head == of and trigger not in other.triggers:
            hint = did_you_mean(trigger, other.triggers)
            zh = f"{other.id} 没有动作 {trigger}（not_by_who: {head}.{trigger}）{hint.zh}"
            en = f"{other.id} has no trigger {trigger} (not_by_who: {head}.{trigger}){hint.en}"
            yield Finding(at, "not-by-who", zh, en)


def _opens(t: Transition, name: str, other: Definition) -> Iterator[Finding]:
    """A case that is opened as one of its own lets a related proceeding open it."""
    if name in t.opens and _PROCEDURE not in other.opening_roles:
        zh = f"{other.id} 不允许关联程序立案（powers: open 的 by 没有 procedure）"
        en = f"{other.id} lets no related proceeding open it (powers: open: by)"
        yield Finding(t.at_value("opens"), "link-open", zh, en)


def _adopts(
    definition: Definition, t: Transition, name: str, other: Definition
) -> Iterator[Finding]:
    """What comes from a linked case is its sub-procedure, and its record fits into ours."""
    here, there = definition.sub_procedures.get(name), other.sub_procedures.get(name)
    if here is None:
        return
    at = t.at_value("adopts")
    if there is None or there.procedure != here.procedure:
        zh = f"{other.id} 没有这样的子程序 {name}（{here.procedure}）"
        en = f"{other.id} has no such sub-procedure {name} ({here.procedure})"
        yield Finding(at, "adopts", zh, en)
    elif bool(here.each) != bool(there.each):
        zh = f"子程序 {name} 在两个流程中一个针对单条记录（each），一个不是"
        en = f"{name} is about one record (each) in one of the two, and not in the other"
        yield Finding(at, "adopts", zh, en)
    elif here.each and there.each:
        ours = definition.records.get(here.each, {})
        theirs = other.records.get(there.each, {})
        for field in sorted(ours.keys() & theirs.keys()):
            yield from _fits(at, f"{here.each}.{field}", ours[field].type, theirs[field].type)


def _fits(at: Position, field: str, ours: FieldType, theirs: FieldType) -> Iterator[Finding]:
    """A field of a record that comes has one type in both lists."""
    if ours is not theirs:
        zh = f"随子程序移来的 {field} 在那里是 {theirs.value}，在这里是 {ours.value}"
        en = f"{field} comes with a sub-procedure as {theirs.value}, and is {ours.value} here"
        yield Finding(at, "adopts", zh, en)


def _asks_for_something(definition: Definition, way: Transition) -> bool:
    return bool(way.documents or definition.form_of(way).required)


def _type(definition: Definition, field: str) -> str | None:
    """The type of a field in words; None where there is no such field."""
    spec = definition.data.get(field)
    return spec.type.value if spec is not None else None
