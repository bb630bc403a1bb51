"""Powers, approvals, checklists, forms, tables, tasks, accounts, titles: sections of the page for
review."""

from __future__ import annotations

from collections.abc import Mapping

from ...language import Words
from ...law.rows import Row
from ...model.base import listed as one_or_more
from ...model.parts import (
    Approval,
    ApprovalStep,
    Checklist,
    ChecklistItem,
    Claim,
    DecisionTable,
    Form,
    Power,
    TableRow,
    TaskRule,
)
from ...source.characters import escaped
from ..html import listed
from ..terms import lead_words
from ..values import title_of
from .naming import Entry, Naming, Pair, Section, rows_of

_NOBODY = Words(
    "以下命令不属于办理事项；没有写明的，任何人不得下达。",
    "These orders are no acts; what is not said here, nobody may order.",
)
_APPROVING = Words(
    "依次通过每一步方为批准；提请人不得审批，同一人不得审批两次。",
    "Every step must pass, one after another; nobody approves what they proposed, or twice.",
)
_COMPLETE = Words(
    "清单中的每一项都须齐备，方可办理引用它的事项。",
    "Every item must be complete before an act that names the checklist.",
)
_FROM_THE_TOP = Words(
    "自上而下，第一个条件成立的一行确定取值。",
    "Tried from the top: the first row whose condition holds gives the value.",
)
_ONLY_ASKED = Words(
    "办理时只能填写表单列出的项目；未写“可改写”的，已填写的内容不变。",
    "Only what a form lists is taken; what is known already stays, unless it may be overwritten.",
)


def powers(n: Naming) -> Section:
    """Who gives which order, within which bounds, with what and on whose word."""
    entries = rows_of(n.d.powers, lambda id, power: _power(n, id, power))
    title = Words("办理事项之外的权限", "powers beside the acts")
    return Section("powers", title, f"<p>{n.text(_NOBODY)}</p>", tuple(entries))


def _power(n: Naming, id: str, power: Power) -> Entry:
    d = n.d
    within = lead_words(power.within) if power.within is not None else None
    late = within or Words("", "")
    after = Words(f"补录超过{late.zh}的，须经审批", f"approval, where it is later than {late.en}")
    approval = Words("须经审批", "approval") if within is None else after
    pairs = (
        (Words("由谁", "by"), n.roles(power.by)),
        (Words("仅限扣除事由", "only for the grounds"), n.titles(d.grounds, power.grounds)),
        (Words("仅限期限", "only for the limits"), n.titles(d.deadlines, power.deadlines)),
        (Words("不经审批的期间", "without approval"), n.text(late)),
        (Words("须附文书", "documents"), n.titles(d.documents, power.documents)),
        (approval, n.seen_in("approvals", d.approvals, power.approval)),
        (Words("填写表单", "form"), n.seen_in("forms", d.forms, power.form)),
        (
            Words("按此日适用的版本立案", "opened on the version of the day in"),
            n.titles(d.fields, filter(None, [power.dated_by])),
        ),
        (Words("依据", "basis"), n.basis(power.basis)),
        (Words("说明", "note"), escaped(power.note)),
    )
    return Entry(id, title_of(power, id), pairs)


def approvals(n: Naming) -> Section:
    """The chains of approval beside what the law asks, and what they are for."""
    entries = rows_of(n.d.approvals, lambda id, approval: _approval(n, id, approval))
    title = Words("审批", "approvals")
    return Section("approvals", title, f"<p>{n.text(_APPROVING)}</p>", tuple(entries))


def _approval(n: Naming, id: str, approval: Approval) -> Entry:
    acts = [t.title for t in n.d.transitions if t.approval == id]
    orders = [title_of(p, name) for name, p in n.d.powers.items() if p.approval == id]
    steps = listed(_step(n, number, step) for number, step in enumerate(approval.steps, 1))
    pairs = (
        (Words("步骤", "steps"), steps),
        (Words("用于", "for"), n.listed([*acts, *orders])),
        (Words("法定最低要求", "the least that the law asks"), n.row(n.acts_of_law, approval.law)),
        *n.described(approval),
    )
    return Entry(id, approval.title, pairs)


def _step(n: Naming, number: int, step: ApprovalStep) -> str:
    """Who votes in a step, and how many of them must be for it."""
    who, votes, of = n.roles(step.by), step.votes, step.of
    if of is not None:
        return n.say(
            f"第 {number} 步：{who}，{of} 人参加，{votes} 人同意",
            f"step {number}: {who}, of {of} who sit {votes} must agree",
        )
    return n.say(
        f"第 {number} 步：{who}，{votes} 人同意",
        f"step {number}: {who}, {votes} of them must agree",
    )


def checklists(n: Naming) -> Section:
    """What must be complete before an act, item by item."""
    entries = rows_of(n.d.checklists, lambda id, checklist: _checklist(n, id, checklist))
    title = Words("清单", "checklists")
    return Section("checklists", title, f"<p>{n.text(_COMPLETE)}</p>", tuple(entries))


def _checklist(n: Naming, id: str, checklist: Checklist) -> Entry:
    acts = [t.title for t in n.d.transitions if t.checklist == id]
    law = n.checklists_of_law.get(checklist.law or "")
    rows = {item.id: item for item in law.on(n.d.effective)} if law is not None else {}
    pairs = (
        (Words("用于", "for"), n.listed(acts)),
        (Words("对应的法定清单", "the statutory checklist"), n.named(law, checklist.law)),
        *n.described(checklist),
        *((item.title, _item(n, name, item, rows)) for name, item in checklist.items.items()),
    )
    return Entry(id, checklist.title, pairs)


def _item(n: Naming, id: str, item: ChecklistItem, rows: Mapping[str, Row]) -> str:
    """What an item asks for, all of it."""
    done = n.acts(item.done_by)
    documents = n.titles(n.d.documents, item.documents)
    asked = [
        n.condition(item.when),
        (n.say("已办理以下任何一项：", "any of these was done: ") + done) * bool(done),
        (n.say("在卷文书：", "documents on file: ") + documents) * bool(documents),
        (n.say("法定事项：", "item of the law: ") + n.row(rows, item.law)) * bool(item.law),
        n.basis(item.basis),
        escaped(item.note),
    ]
    return f"{listed(filter(None, asked))}{n.id(id)}"


def forms(n: Naming) -> Section:
    """What people fill in, field by field."""
    entries = rows_of(n.d.forms, lambda id, form: _form(n, id, form))
    title = Words("表单", "forms")
    return Section("forms", title, f"<p>{n.text(_ONLY_ASKED)}</p>", tuple(entries))


def _form(n: Naming, id: str, form: Form) -> Entry:
    acts = [t.title for t in n.d.transitions if t.form == id]
    orders = [title_of(p, name) for name, p in n.d.powers.items() if p.form == id]
    pairs = (
        (Words("用于", "for"), n.listed([*acts, *orders])),
        (Words("项目", "fields"), listed(_form_field(n, form, name) for name in form.fields)),
        (
            Words("可随表单提交的文书", "documents that may come"),
            n.titles(n.d.documents, form.documents),
        ),
        *n.described(form),
    )
    return Entry(id, form.title, pairs)


def _form_field(n: Naming, form: Form, name: str) -> str:
    """How a form asks for a field."""
    asked = form.fields[name]
    how = [n.say("必填", "required")] if asked.required else []
    if asked.required_when is not None:
        when = n.condition(asked.required_when)
        how.append(n.say("符合条件时必填：", "required while: ") + when)
    if not how:
        how.append(n.say("可填", "optional"))
    if asked.overwrites:
        how.append(n.say("可改写已填写的内容", "may be overwritten"))
    return f"{n.field(name)}{n.say('：', ': ')}{n.say('；', '; ').join(how)}"


def tables(n: Naming) -> Section:
    """The decision tables, row by row."""
    entries = rows_of(n.d.tables, lambda id, table: _table(n, id, table))
    title = Words("决策表", "decision tables")
    return Section("tables", title, f"<p>{n.text(_FROM_THE_TOP)}</p>", tuple(entries))


def _table(n: Naming, id: str, decision: DecisionTable) -> Entry:
    rows = (_row(n, number, row) for number, row in enumerate(decision.rows, 1))
    last = Words("以上各行均不成立时", "where no row holds"), n.plain(decision.otherwise)
    return Entry(id, decision.title, (*rows, last, *n.described(decision)))


def _row(n: Naming, number: int, row: TableRow) -> Pair:
    value = n.say("取值：", "the value is ") + n.plain(row.is_)
    shown = listed(filter(None, [n.condition(row.when), value, escaped(row.note)]))
    return Words(f"第 {number} 行", f"row {number}"), shown


def tasks(n: Naming) -> Section:
    """Work that is offered to pools."""
    entries = rows_of(n.d.tasks, lambda id, task: _task(n, id, task))
    return Section("tasks", Words("任务", "work in pools"), "", tuple(entries), short=True)


def _task(n: Naming, id: str, task: TaskRule) -> Entry:
    pairs = (
        (Words("针对", "for each of"), n.record_list(task.each)),
        (
            Words("进入节点时产生", "offered on entering"),
            n.titles(n.d.states, task.starts.entering),
        ),
        (Words("办理后产生", "offered when this is done"), n.acts(task.starts.on)),
        (Words("可以领取的", "may be claimed by"), n.roles(task.offered_to)),
        (Words("办理以下事项即完成", "done by"), n.acts(task.done_by)),
        (Words("因以下事项终止", "ended by"), n.acts(task.ends_by)),
        *n.described(task),
    )
    return Entry(id, task.title, pairs)


def claims(n: Naming) -> Section:
    """From which facts what is due is computed."""
    entries = rows_of(n.d.claims, lambda id, claim: _claim(n, id, claim))
    head = n.say(
        "由下列信息计算任一日应付的本金、利息、费用。",
        "From these facts what is due is computed for any day: principal, interest, fee.",
    )
    return Section(
        "claims", Words("执行依据", "titles"), f"<p>{head}</p>", tuple(entries), short=True
    )


def _claim(n: Naming, id: str, claim: Claim) -> Entry:
    named = (
        (Words("各项金钱债务记于", "its items"), claim.items),
        (Words("未列项目时的本金", "the principal where no item is recorded"), claim.principal),
        (Words("本金的履行期限届满之日", "the last day to pay that principal"), claim.due_on),
        (Words("债务人及其责任", "who owes, and how"), claim.debtors),
        (Words("债权人及其份额", "who is owed, and shares"), claim.creditors),
        (Words("已付款项", "what was paid"), claim.payments),
        (Words("不计加倍利息的期间", "days without double interest"), claim.excluded),
        (Words("生效之日", "the day it took effect"), claim.effective_on),
        (
            Words("未到期债务提前到期之日", "the day what was not due was called in"),
            claim.accelerated_on,
        ),
    )
    pairs = ((words, n.titles(n.d.data, filter(None, one_or_more(name)))) for words, name in named)
    return Entry(id, claim.title, (*pairs, *n.described(claim)))
