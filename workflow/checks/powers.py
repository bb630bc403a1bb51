"""Powers: known by name, for what they can be for, and in the hands of those who can use them."""

from __future__ import annotations

from collections.abc import Iterator

from ..language import did_you_mean, is_it
from ..model.definition import ANY_OFFICER, OFFICER, RESERVED_ROLES, Definition
from ..model.field_types import FieldType
from ..model.flow import Transition
from ..model.parts import POWERS, Power
from ..source.findings import Finding
from .references import Problem, References, named

_OF_POWER = {
    "by": "role",
    "grounds": "ground",
    "documents": "document",
    "approval": "approval",
    "form": "form",
    "dated_by": "field",
}
"""The keys of a power whose values are names, with the kind of name each one holds."""

_ONLY_FOR = {
    "grounds": frozenset({"deduct"}),
    "deadlines": frozenset({"extend", "restore", "waive", "arm", "watch"}),
    "form": frozenset({"open"}),
    "dated_by": frozenset({"open"}),
    "within": frozenset({"late"}),
}
"""Keys that some powers alone have."""


_FORMER = {"enter_late": "late"}
"""What powers were called before, where the words are too far apart to be told by likeness."""


def check(references: References) -> Iterator[Finding]:
    """Findings for the table of powers, and for what needs one that is not there."""
    definition = references.definition
    for name, power in definition.powers.items():
        yield from _power(references, name, power)
    yield from _none(definition)
    for t in definition.transitions:
        if t.assigns is not None:
            yield from _assigns(references, t, t.assigns)
    yield from _extensions(definition)
    yield from _officer_is_named(definition)


def _power(references: References, name: str, power: Power) -> Iterator[Finding]:
    if name not in POWERS:
        former = _FORMER.get(name)
        hint = is_it(former) if former is not None else did_you_mean(name, POWERS)
        zh, en = f"未知的权限 {name}{hint.zh}", f"unknown power {name}{hint.en}"
        yield Finding(power.at, "unknown-power", zh, en)
        return
    yield from references.refer_keys([power], _OF_POWER)
    yield from references.no_deadline(power, "deadlines", power.deadlines)
    for key, names in _ONLY_FOR.items():
        if getattr(power, key) and name not in names:
            known = "、".join(sorted(names))
            zh, en = f"{key} 只用于权限 {known}", f"{key} is for {', '.join(sorted(names))} only"
            yield Finding(power.at_value(key), "power-key", zh, en)
    yield from _by_people(name, power)
    yield from _by_the_court(references.definition, name, power)
    if name in _OF_ONE:
        yield from _OF_ONE[name](references, power)


def _by_people(name: str, power: Power) -> Iterator[Finding]:
    """Orders are given by people; only a sub-procedure is opened by the procedure itself."""
    allowed = {"procedure"} if name == "open" else set[str]()
    for role in sorted(RESERVED_ROLES.keys() & set(power.by) - allowed):
        zh, en = f"权限 {name} 应由人行使，不是 {role}", f"{name} is for people, not for {role}"
        yield Finding(power.at_value("by"), "power-of-nobody", zh, en)


def _by_the_court(definition: Definition, name: str, power: Power) -> Iterator[Finding]:
    """The court gives orders; a party may ask for one where an approval decides, and may apply."""
    parties = sorted(definition.parties.intersection(power.by))
    if parties and name != "open" and power.approval is None:
        told = "、".join(parties)
        zh = f"权限 {name} 由法院行使；当事人 {told} 只能提请，须写明 approval"
        en = f"{name} is the court's: {', '.join(parties)} may only propose it (approval)"
        yield Finding(power.at_value("by"), "power-of-party", zh, en)


def _opening(references: References, power: Power) -> Iterator[Finding]:
    """Opening waits for no approval; the day of the application is a date that its form asks."""
    if power.approval is not None:
        zh = "立案前没有案件可供审批；请在立案后的动作上写 approval"
        en = "there is no case yet that could wait: put the approval on an act after opening"
        yield Finding(power.at_value("approval"), "power-key", zh, en)
    field = power.dated_by
    if field is None:
        return
    is_asked = field in references.definition.form_of(power).fields
    if references.type_of(field) is not FieldType.DATE or not is_asked:
        zh = f"dated_by 须为立案表单中的日期字段：{field}"
        en = f"dated_by names a date that the form of opening asks: {field}"
        yield Finding(power.at_value("dated_by"), "dated-by", zh, en)


def _late(references: References, power: Power) -> Iterator[Finding]:
    """What is entered late is bounded, and what it overturns can be confirmed by another."""
    if power.approval is not None:
        return
    if power.within is None:
        zh = "补录不限时间也不经审批：凭一人之言即可倒签；请写 within 或 approval"
        en = (
            "anything may be entered however late on one person's word (backdating): "
            "write within or approval"
        )
        yield Finding(power.at, "late-unbounded", zh, en, "warning")
    rules = references.definition.deadlines
    alone = [name for name, rule in rules.items() if rule.watcher in (None, OFFICER)]
    if alone:
        zh = (
            f"补录没有 approval，期限 {'、'.join(alone)} 又只由承办人监督：告知过的超期无人可以改正"
        )
        en = (
            f"late has no approval, and {', '.join(alone)} is watched by the officer alone: "
            "an expiry that was told can never be overturned"
        )
        yield Finding(power.at, "late-unconfirmed", zh, en, "warning")


def _correct(references: References, power: Power) -> Iterator[Finding]:
    """A correction rests on a document; what binds others is not corrected by one person."""
    if not power.documents:
        zh = "更正须附依据材料：没有 documents 的更正权限无法行使"
        en = "a correction rests on a document: without documents the power can never be used"
        yield Finding(power.at, "correct-documents", zh, en)
    if power.approval is None:
        zh = "更正没有 approval：已结案件、期限届满的效果和期限是否遵守的结论永远不能更正"
        en = (
            "correct has no approval: a closed case, an act of the clock and whether a limit was "
            "kept can never be corrected"
        )
        yield Finding(power.at, "correct-approval", zh, en, "warning")


_OF_ONE = {"open": _opening, "late": _late, "correct": _correct}
"""What is asked of one power alone."""


def _none(definition: Definition) -> Iterator[Finding]:
    """Without powers only opening works; whoever reads the file is told, and who may open."""
    if not definition.powers:
        at = definition.at_value("transitions")
        by = ", ".join(definition.opening_roles) or "-"
        zh = f"没有 powers：只能立案（由 {by}），扣除、延长、指定承办人等命令无人可以下达"
        en = (
            f"no powers: a case can be opened (by {by}), "
            "and nobody may deduct, extend, assign or give another order"
        )
        yield Finding(at, "no-powers", zh, en, "note")


def _assigns(references: References, t: Transition, field: str) -> Iterator[Finding]:
    """What names the officer names a person, and is in the hands of those who may assign."""
    definition = references.definition
    yield from references.refer(t, "assigns", "field", field)
    zh, en = f"assigns 须为 party 字段：{field}", f"assigns names a field of type party: {field}"
    no_party = Problem("assigns", zh, en)
    yield from references.typed(t, "assigns", field, [FieldType.PARTY], no_party)
    power = definition.powers.get("assign")
    others = set(t.by) - set(power.by if power is not None else ())
    if others:
        told = "、".join(sorted(others))
        zh = f"{told} 没有指定承办人的权限（powers: assign）"
        en = f"{', '.join(sorted(others))} may not assign an officer (powers: assign)"
        yield Finding(t.at_value("by"), "assigns", zh, en)


def _extensions(definition: Definition) -> Iterator[Finding]:
    """Who may extend or restore a limit is among those whom its rule names."""
    for name, rule in definition.deadlines.items():
        for step in rule.extension:
            yield from _usable(definition, "extend", name, step.by)
        if rule.restorable_by:
            yield from _usable(definition, "restore", name, rule.restorable_by)


def _usable(
    definition: Definition, order: str, deadline: str, by: tuple[str, ...]
) -> Iterator[Finding]:
    power = definition.powers.get(order)
    if power is None or (power.deadlines and deadline not in power.deadlines):
        return  # nobody may, which is the default
    approving = _approving(definition, power)
    if not set(approving) <= set(by) and power.approval is not None:
        told = ", ".join(by)
        zh = f"期限 {deadline} 须由 {told} 批准，而权限 {order} 的最后一步不是"
        en = f"{deadline} needs {told}, and they are not the last step of the power {order}"
        yield Finding(power.at_value("approval"), "power-not-usable", zh, en)
    elif set(approving).isdisjoint(by):
        told = ", ".join(by)
        zh = f"期限 {deadline} 须由 {told} 批准，而权限 {order} 不在其手中"
        en = f"{deadline} needs {told}, and none of them has the power {order}"
        yield Finding(power.at_value("by"), "power-not-usable", zh, en)


def _approving(definition: Definition, power: Power) -> tuple[str, ...]:
    """The roles whose word is the last: of the last step of the approval, or those in `by`."""
    approval = named(definition.approvals, power.approval)
    return approval.steps[-1].by if approval is not None else power.by


def _officer_is_named(definition: Definition) -> Iterator[Finding]:
    """Where acts are for the case's own officer, somebody can say who that is."""
    acts = [t for t in definition.transitions if t.by == (OFFICER,)]
    names = {OFFICER, ANY_OFFICER, "procedure"}.intersection(definition.opening_roles)
    is_named_by_acts = any(t.assigns is not None for t in definition.transitions)
    if not acts or names or "assign" in definition.powers or is_named_by_acts:
        return
    at = acts[0].at_value("by")
    zh = "officer 指本案承办人，但没有谁能指定承办人（powers: assign 或 assigns）"
    en = "officer is the case's own, and nobody can name one (powers: assign, or assigns)"
    yield Finding(at, "officer-never-named", zh, en, "warning")
