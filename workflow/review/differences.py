"""What changed between two versions of a procedure, in the words of the procedure, not of YAML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from ..language import NONE, Words, joined
from ..model.base import Element, Text
from ..model.definition import Definition
from ..model.flow import RETURN, STAY, Transition
from ..model.limits import DeadlineRule, length_words
from .values import Titles, compared, from_to, parts, same, title_of, titles_of, told

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: of what, what kind, and the words."""

    kind: Kind
    what: str
    id: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "what": self.what, "id": self.id, "zh": self.zh, "en": self.en}


_NODE = Words("节点", "node")
_LIMIT = Words("期限", "time limit")
_TABLES = {
    "roles": Words("角色", "role"),
    "fields": Words("信息", "field"),
    "documents": Words("文书", "document"),
    "phases": Words("阶段", "phase"),
    "groups": Words("分组", "group"),
    "approvals": Words("审批", "approval"),
    "checklists": Words("清单", "checklist"),
    "forms": Words("表单", "form"),
    "tables": Words("决策表", "decision table"),
    "tasks": Words("任务", "task"),
    "powers": Words("权限", "power"),
    "accounts": Words("账户", "account"),
    "claims": Words("执行依据", "title"),
    "persons": Words("当事人", "person"),
    "modes": Words("结案方式", "closing mode"),
    "requests": Words("外部请求", "request"),
    "sub_procedures": Words("子程序", "sub-procedure"),
    "links": Words("关联案件", "linked case"),
    "grounds": Words("扣除事由", "ground"),
}
_OF_THE_WHOLE = (
    "title",
    "effective",
    "zone",
    "calendar",
    "kind",
    "case_prefix",
    "initial",
    "basis",
    "transitional",
    "redesign_by",
)
"""What a definition says of itself."""
_STAY_AND_RETURN = {
    STAY: Text(zh="不变", en="where it is"),
    RETURN: Text(zh="原处", en="where it was"),
}


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Every change, in the order people read a procedure: nodes, ways, time limits, the rest."""
    titles = titles_of(old, new)
    found = [*_whole(old, new, titles), *_table(_NODE, old.states, new.states, titles)]
    found += [*_transitions(old, new, titles), *_deadlines(old, new, titles)]
    for attribute, name in _TABLES.items():
        found += _table(name, getattr(old, attribute), getattr(new, attribute), titles)
    return [*found, *_suspensions(old, new, titles)]


def _whole(old: Definition, new: Definition, titles: Titles) -> Iterator[Difference]:
    """What the definition says of itself."""
    for field in _OF_THE_WHOLE:
        before, after = getattr(old, field), getattr(new, field)
        if not same(before, after):
            words = told(Definition, field, before, after, titles)
            zh, en = f"流程{words.zh}", f"procedure {words.en}"
            yield Difference("changed", "procedure", field, zh, en)


def _table(
    name: Words, old: Mapping[str, Element], new: Mapping[str, Element], titles: Titles
) -> Iterator[Difference]:
    """The entries of one table that went, came or changed."""
    gone, came, kept = compared(old, new)
    for id in gone:
        yield _removed(name, id, title_of(old[id], id))
    for id in came:
        title = title_of(new[id], id)
        zh, en = f"新增{name.zh}“{title.zh}”", f"{name.en} added: {title.en}"
        yield Difference("added", name.en, id, zh, en)
    for id in kept:
        change = _changes(name, id, title_of(new[id], id))
        yield from map(change, parts(old[id], new[id], titles))


def _removed(name: Words, id: str, title: Text) -> Difference:
    zh, en = f"删除{name.zh}“{title.zh}”", f"{name.en} removed: {title.en}"
    return Difference("removed", name.en, id, zh, en)


def _changes(name: Words, id: str, title: Text) -> Callable[[Words], Difference]:
    """How a change of one entry is told, after the entry's title."""

    def change(words: Words) -> Difference:
        zh, en = f"{name.zh}“{title.zh}”{words.zh}", f"{name.en} {title.en}: {words.en}"
        return Difference("changed", name.en, id, zh, en)

    return change


# -- ways from node to node


def _transitions(old: Definition, new: Definition, titles: Titles) -> Iterator[Difference]:
    """The ways that went, came or changed."""
    before, after = _by_key(old), _by_key(new)
    gone, came, kept = compared(before, after)
    for key in gone:
        title = before[key].title
        zh, en = f"不再可以“{title.zh}”", f"no longer possible: {title.en}"
        yield Difference("removed", "way", before[key].trigger, zh, en)
    for key in came:
        title, who = after[key].title, _who(new, after[key])
        zh, en = f"新增“{title.zh}”（{who.zh}）", f"now possible: {title.en} (by {who.en})"
        yield Difference("added", "way", after[key].trigger, zh, en)
    for key in kept:
        title = after[key].title
        for words in _way(before[key], after[key], old, new, titles):
            zh, en = f"“{title.zh}”{words.zh}", f"{title.en}: {words.en}"
            yield Difference("changed", "way", after[key].trigger, zh, en)


def _by_key(definition: Definition) -> dict[tuple[str, str], Transition]:
    """Transitions by what tells them apart: the trigger, and the target where it has several."""
    counts = Counter(t.trigger for t in definition.transitions)
    return {_key(t, counts): t for t in definition.transitions}


def _key(transition: Transition, counts: Mapping[str, int]) -> tuple[str, str]:
    """A trigger that leads to one state alone stays the same when that state changes."""
    trigger = transition.trigger
    return trigger, transition.to if counts[trigger] > 1 else "*"


def _way(
    old: Transition, new: Transition, before: Definition, after: Definition, titles: Titles
) -> Iterator[Words]:
    """What differs between two transitions: by whom, to where, from where, and the rest."""
    if same(old, new):
        return
    if old.by != new.by:
        was, now = _who(before, old), _who(after, new)
        yield Words(f"由{was.zh}办理改为{now.zh}", f"by {was.en} → {now.en}")
    if old.to != new.to:
        zh, en = from_to(_state(old.to, titles), _state(new.to, titles))
        yield Words(f"后的状态{zh}", f"leads to {en}")
    sources = before.sources_of(old), after.sources_of(new)
    if sources[0] != sources[1]:
        zh, en = from_to(_states(sources[0], titles), _states(sources[1], titles))
        yield Words(f"的出发状态{zh}", f"from {en}")
    yield from parts(old, new, titles, but=("trigger", "from_", "to", "by"))


def _who(definition: Definition, transition: Transition) -> Words:
    """The roles that may fire a transition, by their titles."""
    return joined(map(definition.role_title, transition.by))


def _state(id: str, titles: Titles) -> Words:
    """A state by its title; where a transition does not lead to one, what it does instead."""
    words = {**_STAY_AND_RETURN, **titles["states"]}.get(id)
    return Words(f"“{words.zh}”", f"“{words.en}”") if words else Words(id, id)


def _states(ids: Sequence[str], titles: Titles) -> Words:
    """States by their titles, or that there are none."""
    named = [_state(id, titles) for id in ids]
    return joined(named) if named else NONE


# -- time limits and rests


def _deadlines(old: Definition, new: Definition, titles: Titles) -> Iterator[Difference]:
    """The time limits that went, and then in the new version's order those that came or changed."""
    gone, _, _ = compared(old.deadlines, new.deadlines)
    for id in gone:
        yield _removed(_LIMIT, id, old.deadlines[id].title)
    for id, rule in new.deadlines.items():
        before = old.deadlines.get(id)
        if before is None:
            length, title = length_words(rule, titles["fields"]), rule.title
            zh = f"新增期限“{title.zh}”（{length.zh}）"
            en = f"time limit added: {title.en} ({length.en})"
            yield Difference("added", _LIMIT.en, id, zh, en)
        else:
            change = _changes(_LIMIT, id, rule.title)
            yield from map(change, _limit(before, rule, titles))


def _limit(old: DeadlineRule, new: DeadlineRule, titles: Titles) -> Iterator[Words]:
    """What differs between two time limits: the length as one, then the rest."""
    if (old.length, old.unit) != (new.length, new.unit):
        yield from_to(*(length_words(rule, titles["fields"]) for rule in (old, new)))
    yield from parts(old, new, titles, but=("length", "unit", "inner"))


def _suspensions(old: Definition, new: Definition, titles: Titles) -> Iterator[Difference]:
    """That cases rest in other states."""
    if not same(old.suspensions, new.suspensions):
        was, now = _resting(old), _resting(new)
        zh, en = from_to(_states(was, titles), _states(now, titles))
        words = Words(f"中止节点{zh}", f"resting nodes {en}")
        yield Difference("changed", "suspension", "suspensions", *words)


def _resting(definition: Definition) -> list[Any]:
    """The states in which cases rest, in the order of the file."""
    return list(chain.from_iterable(rest.states for rest in definition.suspensions))
