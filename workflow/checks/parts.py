"""Names and shapes of approvals, checklists, forms, tables, tasks, accounts, groups and what is visible to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..model.base import Element
from ..model.definition import RESERVED_ROLES
from ..model.field_types import FieldType
from ..model.flow import Transition
from ..model.parts import FromTable
from ..source.findings import Finding

if TYPE_CHECKING:
    from .names import Names

_RESERVED = ("case", "given", "now", "today", "money")


def check(names: Names) -> Iterator[Finding]:
    d = names.definition
    for transition in d.transitions:
        yield from _transition(names, transition)
    for group in d.groups.values():
        yield from names.refer(group, "states", "state", group.states)
        yield from names.refer(group, "phases", "phase", group.phases)
    for approval in d.approvals.values():
        for step in approval.steps:
            yield from names.refer(step, "by", "role", step.by)
    for checklist in d.checklists.values():
        for item in checklist.items.values():
            yield from names.refer(item, "documents", "document", item.documents)
    for form in d.forms.values():
        for name, asked in form.fields.items():
            yield from names.refer(asked if asked._source else form, "fields", "field", [name])
    yield from _tasks(names)
    yield from _accounts(names)
    yield from _proposing(names)
    yield from _visibility(names)
    yield from names.refer(d, "redesign_by", "role", d.redesign_by)
    for name in d.sub_procedures.keys() & set(_RESERVED):
        yield Finding(
            d.sub_procedures[name].at,
            "reserved-name",
            f"{name} 是条件中的保留字",
            f"{name} is a word of guards",
        )


def _transition(names: Names, t: Transition) -> Iterator[Finding]:
    d = names.definition
    yield from names.refer(t, "form", "form", [t.form] if t.form else [])
    yield from names.refer(t, "checklist", "checklist", [t.checklist] if t.checklist else [])
    yield from names.refer(t, "approval", "approval", [t.approval] if t.approval else [])
    for field, value in t.sets.items():
        if isinstance(value, FromTable):
            yield from names.refer(value, "table", "table", [value.table])
            table = d.tables.get(value.table)
            for row in table.rows if table else ():
                yield from names.value(row, "is", field, row.is_)
            if table and table.otherwise is not None:
                yield from names.value(table, "otherwise", field, table.otherwise)
    if t.approval and set(t.by) <= RESERVED_ROLES.keys():
        yield Finding(
            t.at_value("approval"),
            "approval-of-nobody",
            "须批准的事项应由人提请",
            "what needs approval is proposed by a person",
        )
    if t.if_refused is not None:
        yield from names.refer(t, "if_refused", "trigger", [t.if_refused])
        if t.approval is None:
            yield Finding(
                t.at_value("if_refused"),
                "if-refused",
                "if_refused 只用于须批准（approval）的事项",
                "if_refused goes with an approval",
            )
        elif t.if_refused in d.triggers and not any(
            o.trigger == t.if_refused and "procedure" in o.by for o in d.transitions
        ):
            yield Finding(
                t.at_value("if_refused"),
                "if-refused",
                f"动作 {t.if_refused} 未允许由 procedure 触发",
                f"{t.if_refused} is not open to procedure",
            )


def _tasks(names: Names) -> Iterator[Finding]:
    for task in names.definition.tasks.values():
        yield from names.refer(task.starts, "entering", "state", task.starts.entering)
        yield from names.refer(task.starts, "on", "trigger", task.starts.on)
        yield from names.refer(task, "offered_to", "role", task.offered_to)
        yield from names.refer(task, "done_by", "trigger", task.done_by)
        yield from names.refer(task, "ends_by", "trigger", task.ends_by)


def _accounts(names: Names) -> Iterator[Finding]:
    d = names.definition
    for account in d.accounts.values():
        for key in ("received", "paid_out"):
            field = getattr(account, key)
            yield from names.refer(account, key, "field", [field])
            if field in d.data and d.data[field].type is not FieldType.MONEY:
                yield Finding(
                    account.at_value(key),
                    "account-field",
                    f"{field} 不是金额字段",
                    f"{field} is not money",
                )


def _proposing(names: Names) -> Iterator[Finding]:
    d = names.definition
    approved = {t.trigger for t in d.transitions if t.approval}
    for rule in d.deadlines.values():
        for trigger in rule.starts.proposing:
            if trigger in d.triggers and trigger not in approved:
                at = rule.starts.at_value("proposing")
                yield Finding(
                    at,
                    "not-proposed",
                    f"动作 {trigger} 不须批准，没有提请",
                    f"{trigger} needs no approval: nobody proposes it",
                )


def _visibility(names: Names) -> Iterator[Finding]:
    d = names.definition
    tables: tuple[dict[str, Element], ...] = ({**d.states}, {**d.data}, {**d.documents})
    for table in tables:
        for element in table.values():
            roles = getattr(element, "visible_to", ())
            yield from names.refer(element, "visible_to", "role", roles)
            for role in roles:
                if role in d.roles and not d.roles[role].party:
                    at = element.at_value("visible_to")
                    yield Finding(
                        at,
                        "visible-to",
                        f"{role} 不是当事人角色（party: true）",
                        f"{role} is not the role of a party (party: true)",
                    )
    open_to_leave = {*d.sub_procedures, *d.accounts}
    for state in d.states.values():
        for name in state.leaves:
            if name not in open_to_leave:
                yield Finding(
                    state.at_value("leaves"),
                    "leaves",
                    f"没有子程序或账户 {name}",
                    f"there is no sub-procedure or account {name}",
                )
        if state.leaves and not state.closes:
            yield Finding(
                state.at_value("leaves"),
                "leaves",
                "leaves 只用于终结状态",
                "leaves is for terminal states",
            )
