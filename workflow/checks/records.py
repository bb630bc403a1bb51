"""Where something stands about one record: that list exists, and its fields are at hand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from ..guards.cel import GuardCompiler
from ..guards.cel_tree import names_in
from ..language import Words
from ..model.base import Element
from ..model.definition import Definition
from ..model.facts import Facts
from ..model.flow import Transition
from ..model.limits import Starts
from ..model.parts import FromTable
from ..source.findings import Finding

_TAKEN = {
    "case": Words("本案字段", "the fields of the case"),
    "given": Words("是否已知", "what is known"),
    "deadline": Words("期限", "time limits"),
    "today": Words("今天", "today"),
    "now": Words("现在", "now"),
}
"""Names that conditions know otherwise."""
_SUB_PROCEDURE = Words("子程序", "a sub-procedure")


class Place(NamedTuple):
    """Names of fields that stand somewhere: under a key of an element, about a record of a list."""

    element: Element
    key: str
    names: Iterable[str]
    about: str | None


def check(definition: Definition) -> Iterator[Finding]:
    """Findings of a definition with lists of records, whose names and conditions are in order."""
    yield from _about_alike(definition)
    if not definition.records:
        return
    yield from _names_taken(definition)
    for place in chain(_of_transitions(definition), _of_the_rest(definition)):
        yield from _not_at_hand(definition, place)
    yield from _documents(definition)
    yield from _set_off_about_another(definition)
    yield from _written_whole(definition)


def _about_alike(definition: Definition) -> Iterator[Finding]:
    """All ways of one trigger are about records of one list, or all about none."""
    first: dict[str, Transition] = {}
    for t in definition.transitions:
        other = first.setdefault(t.trigger, t)
        if (other.each, other.adds) != (t.each, t.adds):
            zh = f"动作 {t.trigger} 的各项须针对同一列表的记录（each、adds 一致）"
            en = f"the ways of {t.trigger} are about records of one list (each, adds alike)"
            yield Finding(t.at_value("trigger"), "about-differs", zh, en)


def _names_taken(definition: Definition) -> Iterator[Finding]:
    """A list is called as nothing else that conditions ask."""
    taken = _TAKEN | dict.fromkeys(definition.sub_procedures, _SUB_PROCEDURE)
    for name in sorted(definition.records.keys() & taken.keys()):
        zh = f"列表不能叫 {name}：条件中它指{taken[name].zh}"
        en = f"no list is called {name}: in conditions that means {taken[name].en}"
        yield Finding(definition.data[name].at, "list-name", zh, en)


# -- the record at hand


def _of_transitions(definition: Definition) -> Iterator[Place]:
    """The fields that acts name: themselves, in their forms, checklists and tables."""
    for t in definition.transitions:
        about = t.about
        yield Place(t, "needs", t.needs, about)
        yield Place(t, "sets", t.sets, about)
        yield Place(t, "when", _read(definition, [t.when]), about)
        for field, text in t.computed.items():
            yield Place(t, "sets", _read_by(definition, field, text), about)
        yield from _of_parts(definition, t)


def _of_parts(definition: Definition, t: Transition) -> Iterator[Place]:
    """The fields that the form, the checklist and the tables of an act name."""
    fields = definition.form_of(t).fields
    yield Place(t, "form", fields, t.about)
    texts = [asked.required_when for asked in fields.values()]
    yield Place(t, "form", _read(definition, texts), t.about)
    items = definition.checklist_of(t).items.values()
    yield Place(t, "checklist", _read(definition, [item.when for item in items]), t.about)
    for table in [v.table for v in t.sets.values() if isinstance(v, FromTable)]:
        rows = definition.tables[table].rows
        yield Place(t, "sets", _read(definition, [row.when for row in rows]), t.about)


def _of_the_rest(definition: Definition) -> Iterator[Place]:
    """The fields that limits, sub-procedures, requests, computed fields and the opening name."""
    for field, text in definition.computed.items():
        yield Place(definition.data[field], "is", _read_by(definition, field, text), None)
    for rule in definition.deadlines.values():
        starts = rule.starts
        about = rule.each or _starting_on(definition, starts)
        yield Place(starts, "counted_from", filter(None, [starts.counted_from]), about)
        length = [rule.length] if isinstance(rule.length, str) else []
        yield Place(rule, "length", length, rule.each)
        yield Place(rule, "ends_on", filter(None, [rule.ends_on]), rule.each)
        yield Place(starts, "when", _read(definition, [starts.when]), about)
    for sub in definition.sub_procedures.values():
        yield Place(sub, "passes", sub.passes.values(), sub.each)
    for request in definition.requests.values():
        yield Place(request, "takes", request.takes, request.each)
    form = Facts(definition).form_of_opening()
    yield Place(form, "fields", form.fields, None)


def _starting_on(definition: Definition, starts: Starts) -> str | None:
    """The list whose record is at hand whenever a limit starts: all its triggers are about one."""
    about = {definition.about.get(trigger) for trigger in (*starts.on, *starts.proposing)}
    return about.pop() if len(about) == 1 and not starts.entering else None


def _read(definition: Definition, texts: Iterable[str | None]) -> Iterator[str]:
    """The variables that conditions read."""
    compiler = GuardCompiler.of(definition)
    for text in filter(None, texts):
        yield from names_in(compiler.compile(text).tree)


def _read_by(definition: Definition, field: str, text: str) -> Iterator[str]:
    """The variables that what computes the value of a field reads."""
    gives = definition.fields[field].type
    return names_in(GuardCompiler.of(definition).value(text, gives).tree)


def _not_at_hand(definition: Definition, place: Place) -> Iterator[Finding]:
    """A field of a record stands where no record of its list is at hand."""
    lists = definition.records.keys() - {place.about}
    names = (name.removeprefix("given.") for name in place.names)
    heads = (name.partition(".")[0] for name in names if "." in name)
    for head in dict.fromkeys(filter(lists.__contains__, heads)):
        zh = f"此处没有针对某一条 {head}：请写 each: {head}"
        en = f"no record of {head} is at hand here: write each: {head}"
        yield Finding(place.element.at_value(place.key), "no-record-at-hand", zh, en)


# -- what goes with a record


def _documents(definition: Definition) -> Iterator[Finding]:
    """A document that each record has its own of is handed in with an act about one."""
    for t in definition.transitions:
        for kind in (*t.documents, *definition.form_of(t).documents):
            of = definition.documents[kind].each
            if of not in (None, t.about):
                zh = f"文书 {kind} 每条 {of} 各有一份：动作须针对其中一条（each: {of}）"
                en = f"each record of {of} has its own {kind}: the act is about one (each: {of})"
                yield Finding(t.at_value("documents"), "document-of-record", zh, en)


class _SetOff(NamedTuple):
    """An act that something sets off, under a key of an element, about a record of a list."""

    element: Element
    key: str
    trigger: str | None
    about: str | None


def _set_off(definition: Definition) -> Iterator[_SetOff]:
    """Every act that the answer to a request, the end of a limit or a refusal sets off."""
    for request in definition.requests.values():
        for trigger in request.answers.values():
            yield _SetOff(request, "answers", trigger, request.each)
    for rule in definition.deadlines.values():
        yield _SetOff(rule.on_expiry, "fire", rule.on_expiry.fire, rule.each)
    for t in definition.transitions:  # what was to add a record has added none
        yield _SetOff(t, "if_refused", t.if_refused, t.each)


def _set_off_about_another(definition: Definition) -> Iterator[Finding]:
    """An act about one record is set off by something about that record."""
    for element, key, trigger, at_hand in _set_off(definition):
        about = definition.about.get(trigger or "")
        if about not in (None, at_hand):
            zh = f"动作 {trigger} 针对某一条 {about}，触发它的事项也须针对该条（each: {about}）"
            en = f"{trigger} is about one record of {about}: so is what sets it off (each: {about})"
            yield Finding(element.at_value(key), "set-off-about", zh, en)


def _written_whole(definition: Definition) -> Iterator[Finding]:
    """A list is written whole when the case is opened; then record by record."""
    opening = Facts(definition).form_of_opening()
    for form in definition.forms.values():
        for name in form.fields.keys() & definition.records.keys():
            if form is not opening or form.fields[name].overwrites:
                zh = f"列表 {name} 只在立案时整体写入；此后逐条增加（adds: {name}）或办理（each）"
                en = (
                    f"the list {name} is written whole at the opening alone; "
                    f"then records are added (adds: {name}) or acted on (each)"
                )
                yield Finding(form.at_value("fields"), "list-written-whole", zh, en)
