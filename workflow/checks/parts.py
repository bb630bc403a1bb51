"""Names and shapes of approvals, checklists, forms, tables, tasks, accounts and visibility."""

from __future__ import annotations

from collections.abc import Iterator

from ..guards.variables import HOLDS
from ..model.definition import RESERVED_ROLES, Definition
from ..model.field_types import FieldType
from ..model.flow import PARENT, Document, FieldSpec, State, Transition
from ..model.parts import Account, Approval, Checklist, Form, FromTable, TaskRule
from ..model.persons import PERSONS
from ..source.findings import Finding
from .books import check_books, check_holds, check_persons
from .claims import check as check_claims
from .powers import check as check_powers
from .references import Problem, References, is_open_to

_WORDS_OF_GUARDS = frozenset(
    {"case", "given", "now", "today", "money", "did", "deadline", HOLDS, PERSONS, PARENT}
)

# The keys of each element whose values are names, with the kind of name each one holds.
_OF_TRANSITION = {
    "form": "form",
    "checklist": "checklist",
    "approval": "approval",
    "assigns": "field",
}
_OF_GROUP = {"states": "state", "phases": "phase"}
_OF_STEP = {"by": "role"}
_OF_ITEM = {"documents": "document", "done_by": "trigger"}
_OF_TASK_START = {"entering": "state", "on": "trigger"}
_OF_FORM = {"documents": "document"}
_OF_TASK = {"each": "records", "offered_to": "role", "done_by": "trigger", "ends_by": "trigger"}


def check(references: References) -> Iterator[Finding]:
    """Findings for the parts that a procedure is made of beside its flow."""
    definition = references.definition
    yield from references.each(definition.transitions, _transition)
    yield from references.refer_keys(definition.groups.values(), _OF_GROUP)
    yield from references.each(definition.approvals.values(), _approval)
    yield from references.each(definition.checklists.values(), _checklist)
    yield from references.each(definition.forms.values(), _form)
    yield from references.each(definition.tasks.values(), _task)
    yield from references.each(definition.accounts.values(), _account)
    yield from check_holds(references)
    yield from check_persons(references)
    yield from check_claims(references)
    yield from _proposing(references)
    yield from references.each(definition.states.values(), _visible)
    yield from references.each(definition.fields.values(), _visible)
    yield from references.each(definition.documents.values(), _visible)
    yield from references.refer_keys(definition.documents.values(), {"each": "records"})
    yield from references.each(definition.states.values(), _leaves)
    yield from references.refer(definition, "redesign_by", "role", definition.redesign_by)
    yield from _words_of_guards(definition)
    yield from check_powers(references)


def _transition(references: References, t: Transition) -> Iterator[Finding]:
    """The parts that a transition uses."""
    yield from references.refer_keys([t], _OF_TRANSITION)
    for field, value in t.sets.items():
        if isinstance(value, FromTable):
            yield from _set_from_table(references, field, value)
    yield from _proposed_by_people(t)
    if t.if_refused is not None:
        yield from _refused(references, t, t.if_refused)


def _proposed_by_people(t: Transition) -> Iterator[Finding]:
    """What needs approval is open to somebody who can propose it."""
    if t.approval is not None and RESERVED_ROLES.keys() >= set(t.by):
        at = t.at_value("approval")
        zh = "须批准的事项应由人提请"
        en = "what needs approval is proposed by a person"
        yield Finding(at, "approval-of-nobody", zh, en)


def _set_from_table(references: References, field: str, value: FromTable) -> Iterator[Finding]:
    """The table exists, and whatever it can give fits the field that is set."""
    yield from references.refer(value, "table", "table", value.table)
    table = references.definition.tables.get(value.table)
    if table is None:
        return
    for row in table.rows:
        yield from references.value(row, "is", field, row.is_)
    if table.otherwise is not None:
        yield from references.value(table, "otherwise", field, table.otherwise)


def _refused(references: References, t: Transition, trigger: str) -> Iterator[Finding]:
    """A refusal comes from an approval, and sets off a trigger that is open to it."""
    yield from references.refer(t, "if_refused", "trigger", trigger)
    at = t.at_value("if_refused")
    is_declared = trigger in references.declared["trigger"]
    if t.approval is None:
        zh = "if_refused 只用于须批准（approval）的事项"
        en = "if_refused goes with an approval"
        yield Finding(at, "if-refused", zh, en)
    elif is_declared and not is_open_to(references.definition, trigger, "procedure"):
        zh = f"动作 {trigger} 未允许由 procedure 触发"
        en = f"{trigger} is not open to procedure"
        yield Finding(at, "if-refused", zh, en)


def _approval(references: References, approval: Approval) -> Iterator[Finding]:
    """The roles that vote in each step."""
    yield from references.refer_keys(approval.steps, _OF_STEP)


def _checklist(references: References, checklist: Checklist) -> Iterator[Finding]:
    """The documents that each item asks for."""
    yield from references.refer_keys(checklist.items.values(), _OF_ITEM)


def _form(references: References, form: Form) -> Iterator[Finding]:
    """The fields and documents that a form asks for."""
    yield from references.refer_keys([form], _OF_FORM)
    for name in form.fields:
        yield from references.refer(form.asking(name), "fields", "field", name)


def _task(references: References, task: TaskRule) -> Iterator[Finding]:
    """What offers a task, to whom, and what completes or ends it."""
    yield from references.refer_keys([task.starts], _OF_TASK_START)
    yield from references.refer_keys([task], _OF_TASK)


def _account(references: References, account: Account) -> Iterator[Finding]:
    """What came in and what was paid out are money."""
    for key, fields in (("received", account.received), ("paid_out", account.paid_out)):
        yield from references.refer(account, key, "field", fields)
        for field in fields:
            yield from references.typed(account, key, field, [FieldType.MONEY], _no_money(field))
    if account.claim is not None:
        yield from references.typed(
            account, "claim", account.claim, [FieldType.MONEY], _no_money(account.claim)
        )
        yield from references.refer(account, "claim", "field", account.claim)
    yield from check_books(references, account)


def _no_money(field: str) -> Problem:
    return Problem("account-field", f"{field} 不是金额字段", f"{field} is not money")


def _proposing(references: References) -> Iterator[Finding]:
    """A deadline that starts with a proposal waits for a trigger that needs approval."""
    definition = references.definition
    approved = {t.trigger for t in definition.transitions if t.approval is not None}
    unapproved = references.declared["trigger"] - approved
    for rule in definition.deadlines.values():
        for trigger in sorted(unapproved.intersection(rule.starts.proposing)):
            at = rule.starts.at_value("proposing")
            zh = f"动作 {trigger} 不须批准，没有提请"
            en = f"{trigger} needs no approval: nobody proposes it"
            yield Finding(at, "not-proposed", zh, en)


def _visible(references: References, element: State | FieldSpec | Document) -> Iterator[Finding]:
    """Only parties are listed: the court sees everything that is not sealed."""
    if getattr(element, "sealed", False) and element.visible_to:
        at = element.at_value("visible_to")
        zh, en = "密封的内容不能对当事人可见", "what is sealed is visible to no party"
        yield Finding(at, "visible-to", zh, en)
    yield from references.refer(element, "visible_to", "role", element.viewers)
    of_court = references.definition.roles.keys() - references.definition.parties
    for id in sorted(of_court.intersection(element.viewers)):
        at = element.at_value("visible_to")
        zh = f"{id} 不是当事人角色（party: true）"
        en = f"{id} is not the role of a party (party: true)"
        yield Finding(at, "visible-to", zh, en)


def _leaves(references: References, state: State) -> Iterator[Finding]:
    """Only what can be open is left open."""
    definition = references.definition
    can_be_open = definition.sub_procedures.keys() | definition.accounts.keys()
    at = state.at_value("leaves")
    for name in sorted(set(state.leaves) - can_be_open):
        zh = f"没有子程序或账户 {name}"
        en = f"there is no sub-procedure or account {name}"
        yield Finding(at, "leaves", zh, en)
    yield from _leaves_at_an_end(state)


def _leaves_at_an_end(state: State) -> Iterator[Finding]:
    """Only an end leaves something open: everywhere else the case goes on."""
    if state.leaves and state.closes is None:
        at = state.at_value("leaves")
        zh = "leaves 只用于终结状态"
        en = "leaves is for terminal states"
        yield Finding(at, "leaves", zh, en)


def _words_of_guards(definition: Definition) -> Iterator[Finding]:
    """No sub-procedure is called what means something else in a guard."""
    for name in definition.sub_procedures.keys() & _WORDS_OF_GUARDS:
        at = definition.sub_procedures[name].at
        zh = f"{name} 是条件中的保留字"
        en = f"{name} is a word of guards"
        yield Finding(at, "reserved-name", zh, en)
