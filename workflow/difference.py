"""What changed between two versions of a procedure, in the words of the procedure and not of YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .elements import Element, Text
from .models import Deadline, Definition, State, Transition
from .pictures.extract import length_text

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of what, what kind, and the words."""

    kind: Kind
    what: str
    id: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "what": self.what, "id": self.id, "zh": self.zh, "en": self.en}


def differences(old: Definition, new: Definition) -> list[Change]:
    """Every change, in the order people read a procedure: nodes, ways, time limits, then the rest."""
    found = [*_states(old.states, new.states), *_transitions(old, new), *_deadlines(old, new)]
    tables = (("role", "角色", "roles"), ("field", "字段", "data"), ("document", "文书", "documents"), ("phase", "阶段", "phases"),
              ("request", "外部请求", "requests"), ("sub-procedure", "子程序", "sub_procedures"), ("ground", "扣除事由", "grounds"))  # fmt: skip
    for what, zh, attribute in tables:
        found += _table(what, zh, getattr(old, attribute), getattr(new, attribute))
    return found


def _title(element: Any) -> Text:
    return element if isinstance(element, Text) else element.title


def _table(what: str, zh: str, old: Mapping[str, Element], new: Mapping[str, Element]) -> Iterator[Change]:
    for id in [i for i in old if i not in new]:
        yield Change("removed", what, id, f"删除{zh}“{_title(old[id]).zh}”", f"{what} removed: {_title(old[id]).en}")
    for id in [i for i in new if i not in old]:
        yield Change("added", what, id, f"新增{zh}“{_title(new[id]).zh}”", f"{what} added: {_title(new[id]).en}")
    for id in [i for i in new if i in old]:
        if not _same(old[id], new[id]):
            parts = ", ".join(_changed(old[id], new[id]))
            yield Change("changed", what, id, f"{zh}“{_title(new[id]).zh}”：{parts} 有变", f"{what} {_title(new[id]).en}: {parts} changed")


def _changed(old: Element, new: Element) -> list[str]:
    before, after = old.model_dump(), new.model_dump()
    return [name.rstrip("_") for name in after if before[name] != after[name]]


def _same(old: Element, new: Element) -> bool:
    """Whether two elements say the same, wherever they stand."""
    return old.model_dump() == new.model_dump()


def _states(old: Mapping[str, State], new: Mapping[str, State]) -> Iterator[Change]:
    yield from _table("node", "节点", old, new)


def _key(t: Transition, definition: Definition) -> tuple[str, str]:
    return t.trigger, t.to if len([o for o in definition.transitions if o.trigger == t.trigger]) > 1 else "*"


def _transitions(old: Definition, new: Definition) -> Iterator[Change]:
    before = {_key(t, old): t for t in old.transitions}
    after = {_key(t, new): t for t in new.transitions}
    for key in [k for k in before if k not in after]:
        yield Change("removed", "way", key[0], f"不再可以“{before[key].title.zh}”", f"no longer possible: {before[key].title.en}")
    for key in [k for k in after if k not in before]:
        t = after[key]
        who = [new.role_title(r) for r in t.by]
        zh, en = "、".join(r.zh for r in who), ", ".join(r.en for r in who)
        yield Change("added", "way", key[0], f"新增“{t.title.zh}”（{zh}）", f"now possible: {t.title.en} (by {en})")
    for key in [k for k in after if k in before and not _same(before[k], after[k])]:
        yield from _way(before[key], after[key], old, new)


def _names(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "-"


def _way(old: Transition, new: Transition, before: Definition, after: Definition) -> Iterator[Change]:
    title = new.title

    def change(zh: str, en: str) -> Change:
        return Change("changed", "way", new.trigger, f"“{title.zh}”{zh}", f"{title.en}: {en}")

    if old.by != new.by:
        was, now = ([d.role_title(r) for r in t.by] for d, t in ((before, old), (after, new)))
        zh = f"由{'、'.join(r.zh for r in was)}办理改为{'、'.join(r.zh for r in now)}"
        yield change(zh, f"by {', '.join(r.en for r in was)} → {', '.join(r.en for r in now)}")
    if old.to != new.to:
        yield change(f"后的状态由 {old.to} 改为 {new.to}", f"leads to {old.to} → {new.to}")
    sources, targets = before.sources_of(old), after.sources_of(new)
    if sources != targets:
        yield change(f"的出发状态由 {_names(sources)} 改为 {_names(targets)}", f"from {_names(sources)} → {_names(targets)}")
    if old.when != new.when:
        yield change(f"的条件由 {old.when or '无'} 改为 {new.when or '无'}", f"condition {old.when or 'none'} → {new.when or 'none'}")
    for field, zh in (("needs", "必填信息"), ("documents", "所需文书"), ("asks", "外部请求"), ("opens", "子程序"), ("sets", "写入")):
        if getattr(old, field) != getattr(new, field):
            a, b = getattr(old, field), getattr(new, field)
            yield change(f"的{zh}由 {_names(list(a))} 改为 {_names(list(b))}", f"{field} {_names(list(a))} → {_names(list(b))}")


def _deadlines(old: Definition, new: Definition) -> Iterator[Change]:
    what = "time limit"
    for id in [i for i in old.deadlines if i not in new.deadlines]:
        title = old.deadlines[id].title
        yield Change("removed", what, id, f"删除期限“{title.zh}”", f"time limit removed: {title.en}")
    for id, rule in new.deadlines.items():
        before = old.deadlines.get(id)
        if before is None:
            zh, en = length_text(rule, "zh"), length_text(rule, "en")
            yield Change("added", what, id, f"新增期限“{rule.title.zh}”（{zh}）", f"time limit added: {rule.title.en} ({en})")
        elif not _same(before, rule):
            yield from _limit(id, before, rule)


def _limit(id: str, old: Deadline, new: Deadline) -> Iterator[Change]:
    def change(zh: str, en: str) -> Change:
        return Change("changed", "time limit", id, f"期限“{new.title.zh}”{zh}", f"time limit {new.title.en}: {en}")

    if (old.length, old.unit) != (new.length, new.unit):
        a, b = length_text(old, "zh"), length_text(new, "zh")
        yield change(f"由 {a} 改为 {b}", f"{length_text(old, 'en')} → {length_text(new, 'en')}")
    if old.counting != new.counting:
        yield change(f"的计算方法由 {old.counting} 改为 {new.counting}", f"counting {old.counting} → {new.counting}")
    rest = [name for name in _changed(old, new) if name not in ("length", "unit", "counting")]
    if rest:
        yield change(f"的 {', '.join(rest)} 有变", f"{', '.join(rest)} changed")
