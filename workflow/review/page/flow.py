"""Who acts, the nodes, and what may be done from them: sections of the page for review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...language import InBothLanguages, Words
from ...model.base import Text
from ...model.definition import DERIVED_ROLES, RESERVED_ROLES
from ...model.flow import RETURN, STAY, Phase, Role, State, Transition
from ...model.parts import Computed, FromTable, StateGroup
from ..html import listed
from .lengths import length_of
from .naming import OFFICES, Entry, Naming, Pair, Section, rows_of

_LEADS = {
    STAY: Words("停留在原节点", "stays where it is"),
    RETURN: Words("回到中止之前所在的节点", "goes back to where it was before"),
}
_ANY = Words("任何未结节点", "any node at which the case is not closed")
_OF_PHASES = Words("阶段", "nodes of the phase ")
_OF_GROUPS = Words("分组", "nodes of the group ")


def roles(n: Naming) -> Section:
    """Everybody who acts: of the court, parties, and the roles that the engine plays itself."""
    own = rows_of(n.d.roles, lambda id, role: _role(n, id, role))
    named = {id for t in n.d.transitions for id in t.by}
    others = {**RESERVED_ROLES, **DERIVED_ROLES}
    engine = (_own_role(n, id, title) for id, title in others.items() if id in named)
    return Section("roles", Words("角色", "who acts"), "", (*own, *engine), short=True)


def _role(n: Naming, id: str, role: Role) -> Entry:
    side = (
        n.say(
            "当事人（在法院之外，只能看到写明可见的内容）",
            "a party: sees only what is made visible",
        )
        if role.party
        else n.say("法院", "the court")
    )
    office = OFFICES.get(role.office or "", Words(role.office or "", role.office or ""))
    pairs = (
        (Words("所属", "side"), side),
        (Words("相当于法定职务", "stands for the office"), n.text(office)),
        *n.described(role),
    )
    return Entry(id, role.title, pairs)


def _own_role(n: Naming, id: str, title: Text) -> Entry:
    """A role that nobody is given: the program plays it, or it follows from others."""
    side = n.say("不由人担任，由程序确定", "given to nobody: the program knows it")
    return Entry(id, title, ((Words("所属", "side"), side),))


def nodes(n: Naming) -> Section:
    """The states; the phases and groups before them."""
    first = n.quoted(n.titles(n.d.states, [n.d.initial]))
    head = f"<p>{n.say('案件自此节点开始：', 'A case begins at: ')}{first}</p>"
    entries = rows_of(n.d.states, lambda id, state: _node(n, id, state))
    return Section("nodes", Words("节点", "nodes"), head, tuple(entries), short=True)


def _node(n: Naming, id: str, state: State) -> Entry:
    """A state: where it lies, what it starts, how it closes, who sees it."""
    started = [rule for rule in n.d.deadlines.values() if id in rule.starts.entering]
    limits = (Words(*_with_length(n, rule)) for rule in started)
    pairs = (
        (Words("阶段", "phase"), n.titles(n.d.phases, filter(None, [state.phase]))),
        (Words("进入时起算的期限", "time limits that entering starts"), n.listed(limits)),
        (
            Words("结案方式", "closes the case as"),
            n.titles(n.d.modes, filter(None, [state.closes])),
        ),
        (
            Words("法定节点", "statutory"),
            n.say("不得跳过", "cannot be skipped") if state.statutory else "",
        ),
        (
            Words("结案时可以留下未结的", "may leave open"),
            n.titles({**n.d.proceedings, **n.d.accounts}, state.leaves),
        ),
        (Words("当事人可见", "seen by"), n.viewers(state)),
        *n.described(state),
    )
    return Entry(id, state.title, pairs)


def _with_length(n: Naming, rule: Any) -> tuple[str, str]:
    length = length_of(n.d, rule)
    return f"{rule.title.zh}（{length.zh}）", f"{rule.title.en} ({length.en})"


def phases(n: Naming) -> Section:
    """The phases, with the states of each."""
    entries = rows_of(n.d.phases, lambda id, phase: _phase(n, id, phase))
    return Section("phases", Words("阶段", "phases"), "", tuple(entries), short=True)


def _phase(n: Naming, id: str, phase: Phase) -> Entry:
    states = [name for name, state in n.d.states.items() if state.phase == id]
    pairs = ((Words("节点", "nodes"), n.titles(n.d.states, states)), *n.described(phase))
    return Entry(id, phase.title, pairs)


def groups(n: Naming) -> Section:
    """States that are named together."""
    entries = rows_of(n.d.groups, lambda id, group: _group(n, id, group))
    return Section("groups", Words("节点分组", "groups of nodes"), "", tuple(entries), short=True)


def _group(n: Naming, id: str, group: StateGroup) -> Entry:
    pairs = (
        (Words("节点", "nodes"), n.titles(n.d.states, group.states)),
        (Words("阶段", "phases"), n.titles(n.d.phases, group.phases)),
        *n.described(group),
    )
    return Entry(id, group.title, pairs)


def modes(n: Naming) -> Section:
    """The ways in which a case is closed, and the nodes that close it so."""
    entries = rows_of(n.d.modes, lambda id, title: _mode(n, id, title))
    return Section("modes", Words("结案方式", "ways of closing"), "", tuple(entries), short=True)


def _mode(n: Naming, id: str, title: Text) -> Entry:
    states = [name for name, state in n.d.states.items() if state.closes == id]
    return Entry(id, title, ((Words("节点", "nodes"), n.titles(n.d.states, states)),))


# -- acts


def acts(n: Naming) -> Section:
    """What may be done: from where to where, by whom, on which conditions, and what follows."""
    entries = tuple(_act(n, t) for t in n.d.transitions)
    return Section("acts", Words("办理事项", "what may be done"), "", entries)


def _act(n: Naming, t: Transition) -> Entry:
    pairs = (*_where(n, t), *_asked(n, t), *_follows(n, t), *_grounds(n, t))
    return Entry(t.trigger, t.title, pairs)


def _where(n: Naming, t: Transition) -> Iterator[Pair]:
    """From where to where, and by whom."""
    to = n.text(_LEADS[t.to]) if t.to in _LEADS else n.quoted(n.titles(n.d.states, [t.to]))
    yield Words("自", "from"), _from(n, t)
    yield Words("至", "to"), to
    yield Words("由谁办理", "by"), n.roles(t.by)
    apart = n.listed(map(n.others_act, t.not_by_who))
    yield Words("不得由办理过以下事项的人办理", "not by whoever did"), apart
    yield Words("针对", "about each of"), n.record_list(t.each)
    yield Words("新增一条", "adds one to"), n.record_list(t.adds)


def _from(n: Naming, t: Transition) -> str:
    """Where it may start as the definition says it, and which nodes these are."""
    source, d = t.from_, n.d
    said = [n.text(_ANY)] if source.any else []
    for heading, table, ids in (
        (_OF_PHASES, d.phases, source.phases),
        (_OF_GROUPS, d.groups, source.groups),
    ):
        said += [f"{n.text(heading)}“{n.titles(table, ids)}”"] * bool(ids)
    said += [n.quoted(n.titles(d.states, source.states))] * bool(source.states)
    if source.but_not:
        left_out = n.quoted(n.titles(d.states, source.but_not))
        said.append(n.say(f"{left_out}除外", f"except {left_out}"))
    nodes = n.titles(d.states, d.sources_of(t))
    is_wide = source.any or source.phases or source.groups
    all_of_them = f"<br>{n.said_of(n.say('即', 'that is'), nodes)}" if is_wide else ""
    return n.say("；", "; ").join(said) + all_of_them


def _asked(n: Naming, t: Transition) -> Iterator[Pair]:
    """What must be so, known, handed in, complete and approved."""
    d = n.d
    yield Words("条件", "condition"), n.condition(t.when)
    yield Words("不符合时告知", "told where it does not hold"), n.text(t.otherwise or Words("", ""))
    yield Words("须已填写", "must be known"), n.side_by_side(map(n.field, t.needs))
    yield Words("须附文书", "documents"), n.titles(d.documents, t.documents)
    yield Words("填写表单", "form"), n.seen_in("forms", d.forms, t.form)
    yield Words("须齐备的清单", "checklist"), n.seen_in("checklists", d.checklists, t.checklist)
    yield Words("须经审批", "approval"), n.seen_in("approvals", d.approvals, t.approval)
    yield Words("未获批准时触发", "a refusal sets off"), n.acts(filter(None, [t.if_refused]))


def _follows(n: Naming, t: Transition) -> Iterator[Pair]:
    """What it writes, opens, sends, tells, takes over."""
    d = n.d
    written = (_setting(n, field, value) for field, value in t.sets.items())
    yield Words("写入", "writes"), listed(written)
    yield Words("启动", "opens"), n.titles(d.proceedings, t.opens)
    yield Words("发出请求", "sends the request"), n.titles(d.requests, t.asks)
    yield Words("撤回请求", "takes back"), n.titles(d.requests, t.takes_back)
    yield Words("告知", "tells"), listed(n.text(_told(n, *told)) for told in t.told)
    adopted = (n.text(_adopted(n, *pair)) for pair in t.adopted)
    yield Words("接收", "takes over"), listed(adopted)
    officer = n.titles(d.fields, filter(None, [t.assigns]))
    yield Words("此后的承办人以此栏为准", "the officer is from now on"), n.quoted(officer)
    yield (
        Words("效力", "effect"),
        n.say("已结案件重新打开", "opens the closed case again") * t.reopens,
    )


def _setting(n: Naming, field: str, value: Any) -> str:
    """A field, and what it is set to."""
    spec = n.d.fields[field]
    title = n.field(field)
    if isinstance(value, Computed):
        shown = n.computed(value.is_, spec.type)
    elif isinstance(value, FromTable):
        table = n.seen_in("tables", n.d.tables, value.table)
        shown = n.say(f"按决策表{table}确定的值", f"what the decision table {table} gives")
    else:
        shown = n.value(field, value)
    return f"{title} ← {shown}"


def _told(n: Naming, to: str, trigger: str) -> Words:
    """Whom it tells what."""
    whom, act = n.proceeding(to), n.act_of_proceeding(to, trigger)
    return Words(f"“{whom.zh}”：“{act.zh}”", f"“{whom.en}”: “{act.en}”")


def _adopted(n: Naming, link: str, sub: str) -> Words:
    """Whose sub-procedures it takes over."""
    whose: InBothLanguages = n.proceeding(link)
    what = n.title(n.d.proceedings, sub)
    return Words(f"“{whose.zh}”中未结的“{what.zh}”", f"the open “{what.en}” of “{whose.en}”")


def _grounds(n: Naming, t: Transition) -> Iterator[Pair]:
    """Why it may be done."""
    rows = "<br>".join(n.row(n.statutes, id) for id in t.law)
    yield Words("条件所执行的法定期限", "statutory limits that the conditions carry out"), rows
    yield Words("依据", "basis"), n.basis(t.basis)
    yield Words("理由", "why"), n.text(Words(t.why, t.why))
    yield Words("说明", "note"), n.text(Words(t.note, t.note))
