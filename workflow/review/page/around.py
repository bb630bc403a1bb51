"""What a procedure is as a whole, and what lies around it: related proceedings, outside systems,
logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...language import InBothLanguages, Words
from ...model.definition import Definition, Import, Layer, Tables
from ...model.flow import CASE_NUMBER, Link, Request, SubProcedure, fields_named
from ...source.characters import escaped
from ..html import listed
from ..json_schema import short
from ..terms import CALENDARS, LEVELS, RUNNING_CASES, TYPES
from .naming import Entry, Naming, Pair, Section, rows_of

_ANSWERS = {
    "answered": Words("已答复", "answered"),
    "partial": Words("部分答复", "answered in part"),
    "refused": Words("拒绝", "refused"),
    "failed": Words("未成", "failed"),
}


def whole(n: Naming) -> Section:
    """What the definition says of itself."""
    d = n.d
    entry = Entry(d.id, d.title, tuple(_of_itself(n, d)))
    layers = tuple(_layer(n, layer) for layer in d.layers)
    return Section("whole", Words("概况", "in general"), "", (entry, *layers))


def _of_itself(n: Naming, d: Definition) -> Iterator[Pair]:
    yield Words("版本", "version"), escaped(d.version)
    yield Words("施行日期", "takes effect on"), escaped(d.effective.isoformat())
    yield Words("文本指纹", "fingerprint of the text"), f"<small>{escaped(d.hash[:16])}</small>"
    yield Words("依据", "basis"), listed(map(n.basis, d.basis))
    yield Words("说明", "note"), escaped(d.note)
    yield Words("案件种类", "kind of case"), n.kind()
    yield Words("案号字头", "prefix of case numbers"), escaped(d.case_prefix)
    yield Words("日历", "calendar"), n.text(CALENDARS.get(d.calendar, Words(*[d.calendar] * 2)))
    yield Words("时区", "time zone"), escaped(d.zone)
    yield Words("预警和上报的时刻", "hour of warnings and reports"), escaped(d.alerts_at or "")
    yield (
        Words("可以批准个案流程再造的", "may approve a redesign of one case"),
        n.roles(d.redesign_by),
    )
    yield Words("过渡", "transition"), listed(_transition(n, d))
    yield (
        Words("引入的共用部分", "taken from shared files"),
        listed(_import(n, i) for i in d.imports),
    )


def _transition(n: Naming, d: Definition) -> Iterator[str]:
    """What becomes of the cases that run."""
    rule = d.transitional
    running = RUNNING_CASES[rule.running_cases if rule is not None else "stay"]
    yield n.say(f"在办案件{running.zh}", f"running cases {running.en}")
    if rule is not None and rule.note is not None:
        yield n.text(rule.note)


def _import(n: Naming, taken: Import) -> str:
    """What is taken from a file: entries of tables, which stand on this page as all others."""
    tables = [name for name in Import.model_fields if name != "from_" and getattr(taken, name)]
    told = (
        n.say(f"{table}（{names}）", f"{table} ({names})")
        for table, names in ((n.text(short(Tables, t)), _taken(n, taken, t)) for t in tables)
    )
    return n.said_of(escaped(taken.from_), n.side_by_side(told))


def _taken(n: Naming, taken: Import, table: str) -> str:
    names = getattr(taken, table)
    if names == ("all",):
        return n.say("全部", "all")
    if table == "roles":
        return n.roles(names)
    return n.titles(getattr(n.d, table), names)


def _layer(n: Naming, layer: Layer) -> Entry:
    pairs = (
        (Words("层级", "level"), n.text(LEVELS[layer.level])),
        (Words("版本", "version"), escaped(layer.version)),
        (Words("叠加于文本", "laid over the text"), f"<small>{escaped(layer.over)}</small>"),
        (Words("依据", "basis"), n.basis(layer.basis)),
        (Words("说明", "note"), escaped(layer.note)),
    )
    return Entry(layer.id, layer.title, pairs)


# -- related proceedings


def sub_procedures(n: Naming) -> Section:
    """Proceedings that run inside the case."""
    entries = rows_of(n.d.sub_procedures, lambda id, sub: _sub_procedure(n, id, sub))
    return Section("subs", Words("子程序", "sub-procedures"), "", tuple(entries))


def links(n: Naming) -> Section:
    """Cases of their own that this one knows."""
    entries = rows_of(n.d.links, lambda id, link: _link(n, id, link))
    return Section("links", Words("关联案件", "linked cases"), "", tuple(entries))


def _link(n: Naming, id: str, link: Link) -> Entry:
    data = n.d.data
    court = n.quoted(n.titles(data, filter(None, [link.court])))
    number = n.quoted(n.titles(data, filter(None, [link.number])))
    pairs = (
        (Words("所立案件的法院取自", "court of the case that it opens, from"), court),
        (Words("所立案件的案号取自", "number of the case that it opens, from"), number),
    )
    return Entry(id, link.title, (*_sub_procedure(n, id, link).pairs, *pairs))


def _sub_procedure(n: Naming, id: str, sub: SubProcedure) -> Entry:
    """What runs inside: its procedure, what it is given, what is asked of it."""
    other = n.others.get(sub.procedure)
    title = n.quoted(n.text(other.title)) if other is not None else ""
    opened = [t.title for t in n.d.transitions if id in t.opens]
    asked = (
        n.said_of(_of(n, sub, field), n.text(TYPES[kind])) for field, kind in sub.fields.items()
    )
    pairs = (
        (Words("所用流程", "procedure"), f"{title} {n.id(sub.procedure)}"),
        (Words("启动它的事项", "opened by"), n.listed(opened)),
        (Words("针对", "about each of"), n.record_list(sub.each)),
        (Words("传入", "is given"), listed(_passed(n, sub, *pair) for pair in sub.passes.items())),
        (Words("条件中可以查询的信息", "conditions may ask of it"), listed(asked)),
        (
            Words("条件中可以查询的节点", "and whether it stands at"),
            n.listed(n.of_child(sub, "states", state) for state in sub.states),
        ),
        *n.described(sub),
    )
    return Entry(id, sub.title, pairs)


def _of(n: Naming, sub: SubProcedure, field: str) -> str:
    return n.quoted(n.text(n.of_child(sub, "data", field)))


def _passed(n: Naming, sub: SubProcedure, field: str, own: str) -> str:
    """A field of the other proceeding, and the field of this case that it takes."""
    source = n.quoted(n.titles(n.d.fields, [own]))
    return f"{_of(n, sub, field)} ← {n.say('本案', 'from ')}{source}"


# -- outside systems


def requests(n: Naming) -> Section:
    """What is asked of outside systems, and what an answer does."""
    entries = rows_of(n.d.requests, lambda id, request: _request(n, id, request))
    return Section("requests", Words("对外请求", "requests to outside systems"), "", tuple(entries))


def _request(n: Naming, id: str, request: Request) -> Entry:
    sent = [t.title for t in n.d.transitions if id in n.d.sent_by(t)]
    back = n.titles(n.d.requests, filter(None, [request.compensate]))
    by_hand = n.roles(request.by_hand)
    pairs = (
        (Words("系统及操作", "system and operation"), f"<code>{escaped(request.operation)}</code>"),
        (Words("发出它的事项", "sent by"), n.listed(sent)),
        (Words("针对", "about each of"), n.record_list(request.each)),
        (
            Words("发送", "sends"),
            listed(_sent(n, request, *pair) for pair in request.sends.items()),
        ),
        (Words("答复", "answers"), listed(_answer(n, *pair) for pair in request.answers.items())),
        (
            Words("取回", "takes back"),
            listed(_taken_back(n, *pair) for pair in request.takes.items()),
        ),
        (Words("以此请求撤回", "taken back by"), back),
        (Words("须人工办理时交由", "answered by hand by"), by_hand),
        *n.described(request),
    )
    return Entry(id, request.title, pairs)


def _sent(n: Naming, request: Request, name: str, value: Any) -> str:
    """A field of the request, and what it holds."""
    if value == CASE_NUMBER:
        shown = n.say("案号", "the number of the case")
    elif value in fields_named(request):
        shown = n.quoted(n.titles(n.d.fields, [str(value).removeprefix("case.")]))
    else:
        shown = escaped(str(value))
    return f"<code>{escaped(name)}</code> ← {shown}"


def _answer(n: Naming, kind: str, trigger: str) -> str:
    """A kind of answer, and the act that it sets off."""
    called: InBothLanguages = _ANSWERS.get(kind, Words(kind, kind))
    return f"{n.text(called)} → {n.quoted(n.acts([trigger]))}"


def _taken_back(n: Naming, field: str, of: str) -> str:
    return f"{n.quoted(n.titles(n.d.fields, [field]))} ← <code>{escaped(of)}</code>"


# -- logs


def log(n: Naming) -> Section:
    """How a log of events is read for a replay: of no effect on any case."""
    read = n.d.log
    head = n.say(
        "仅用于与既有数据对照，不影响办案。",
        "Only for comparing with data; no case is changed by it.",
    )
    entries = (Entry("log", Words("日志", "the log"), tuple(_log(n))),) if read is not None else ()
    return Section("log", Words("日志对照", "how a log is read"), f"<p>{head}</p>", entries)


def _log(n: Naming) -> Iterator[Pair]:
    read = n.d.log
    if read is None:
        return
    columns = {
        "case": read.case,
        "activity": read.activity,
        "recorded": read.recorded,
        "lifecycle": read.lifecycle,
        "happens_on": ", ".join(read.happens_on),
    }
    for name, column in columns.items():
        yield short(type(read), name), escaped(column)
    yield short(type(read), "date"), escaped(", ".join(read.date))
    yield short(type(read), "opens"), escaped(read.opens)
    yield short(type(read), "cases"), listed(_columns(read.cases))
    limits = {n.titles(n.d.deadlines, [rule]): column for rule, column in read.limits.items()}
    yield (
        short(type(read), "limits"),
        listed(f"{title} ← {escaped(c)}" for title, c in limits.items()),
    )
    activities = (_activity(n, name, activity) for name, activity in read.activities.items())
    yield short(type(read), "activities"), listed(activities)


def _columns(columns: Mapping[str, str]) -> Iterator[str]:
    return (f"{escaped(column)} → {escaped(what)}" for column, what in columns.items())


def _activity(n: Naming, name: str, activity: Any) -> str:
    """An activity of the log: the act that it is, who does it, what it carries."""
    act = n.quoted(n.acts(filter(None, [activity.trigger])))
    by, clock = n.roles(filter(None, [activity.by])), n.say("时钟", "the clock") * activity.clock
    carried = (
        f"{n.quoted(n.titles(n.d.fields, [field]))} ← {escaped(column)}"
        for field, column in activity.carries.items()
    )
    told = n.say("；", "; ").join(filter(None, [act, by, clock, *carried]))
    return n.said_of(escaped(name), told)
