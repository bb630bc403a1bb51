"""What changed between two versions of a procedure, in the words of the procedure and not of YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..language import Language
from ..model.base import Basis, Element, Text
from ..model.definition import Definition
from ..model.flow import RETURN, STAY, Transition
from ..model.limits import DeadlineRule
from .json_schema import short
from .pictures.extract import length_text

_LANGUAGES: tuple[Language, ...] = ("zh", "en")
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


_TABLES = (
    ("role", "角色", "roles"),
    ("field", "信息", "data"),
    ("document", "文书", "documents"),
    ("phase", "阶段", "phases"),
    ("group", "分组", "groups"),
    ("approval", "审批", "approvals"),
    ("checklist", "清单", "checklists"),
    ("form", "表单", "forms"),
    ("decision table", "决策表", "tables"),
    ("task", "任务", "tasks"),
    ("account", "账户", "accounts"),
    ("closing mode", "结案方式", "modes"),
    ("request", "外部请求", "requests"),
    ("sub-procedure", "子程序", "sub_procedures"),
    ("ground", "扣除事由", "grounds"),
)

_OF = {
    "roles": (
        "by",
        "visible_to",
        "offered_to",
        "alert",
        "escalate",
        "redesign_by",
        "restorable_by",
        "watcher",
    ),
    "documents": ("documents",),
    "forms": ("form",),
    "checklists": ("checklist",),
    "approvals": ("approval",),
    "sub_procedures": ("opens", "leaves"),
    "requests": ("asks",),
    "data": ("needs", "sets", "received", "paid_out", "keyed_by", "counted_from"),
    "states": ("initial", "entering", "states", "ends_leaving"),
    "phases": ("phase", "phases"),
    "modes": ("closes",),
    "grounds": ("deducts", "ground"),
    "triggers": (
        "met_by",
        "ends_by",
        "gates",
        "fire",
        "on",
        "proposing",
        "done_by",
        "not_by_who",
        "if_refused",
        "tells_parent",
    ),
}
"""Which table the ids in a field come from: people read the titles."""
_TABLE_OF = {field: table for table, fields in _OF.items() for field in fields}
Titles = Mapping[str, Mapping[str, Text]]


def _titles(old: Definition, new: Definition) -> Titles:
    """The titles of what the ids of either version name, by table."""
    found: dict[str, dict[str, Text]] = {}
    for table in _OF.keys() - {"triggers"}:
        found[table] = {id: _title(e) for d in (old, new) for id, e in getattr(d, table).items()}
    found["triggers"] = {t.trigger: t.title for d in (old, new) for t in reversed(d.transitions)}
    return found


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Every change, in the order people read a procedure: nodes, ways, time limits, then the rest."""
    titles = _titles(old, new)
    found = [*_whole(old, new, titles), *_table("node", "节点", old.states, new.states, titles)]
    found += [*_transitions(old, new, titles), *_deadlines(old, new, titles)]
    for what, zh, attribute in _TABLES:
        found += _table(what, zh, getattr(old, attribute), getattr(new, attribute), titles)
    if [s.model_dump() for s in old.suspensions] != [s.model_dump() for s in new.suspensions]:
        was, now = ([n for s in d.suspensions for n in s.states] for d in (old, new))
        was_zh, now_zh, was_en, now_en = (
            _states(ids, lang, titles) for lang in _LANGUAGES for ids in (was, now)
        )
        zh, en = f"中止节点由 {was_zh} 改为 {now_zh}", f"resting nodes {was_en} → {now_en}"
        found.append(Difference("changed", "suspension", "suspensions", zh, en))
    return found


def _whole(old: Definition, new: Definition, titles: Titles) -> Iterator[Difference]:
    """What the definition says of itself."""
    for field in (
        "title",
        "effective",
        "zone",
        "calendar",
        "case_prefix",
        "initial",
        "basis",
        "transitional",
        "redesign_by",
    ):
        before, after = getattr(old, field), getattr(new, field)
        if _plain(before) != _plain(after):
            zh, en = _told(Definition, field, before, after, titles)
            yield Difference("changed", "procedure", field, f"流程{zh}", f"procedure {en}")


def _title(element: Any) -> Text:
    return element if isinstance(element, Text) else element.title


def _table(
    what: str, zh: str, old: Mapping[str, Element], new: Mapping[str, Element], titles: Titles
) -> Iterator[Difference]:
    for id in [i for i in old if i not in new]:
        yield Difference(
            "removed",
            what,
            id,
            f"删除{zh}“{_title(old[id]).zh}”",
            f"{what} removed: {_title(old[id]).en}",
        )
    for id in [i for i in new if i not in old]:
        yield Difference(
            "added",
            what,
            id,
            f"新增{zh}“{_title(new[id]).zh}”",
            f"{what} added: {_title(new[id]).en}",
        )
    for id in [i for i in new if i in old]:
        for words_zh, words_en in _parts(old[id], new[id], titles):
            yield Difference(
                "changed",
                what,
                id,
                f"{zh}“{_title(new[id]).zh}”{words_zh}",
                f"{what} {_title(new[id]).en}: {words_en}",
            )


def _parts(
    old: Element, new: Element, titles: Titles, but: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """What differs between two elements, part by part, in words."""
    if isinstance(new, Text):
        if _plain(old) != _plain(new):
            yield f"改称“{new.zh}”", f"is now called {new.en}"
        return
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if field in but or _plain(before) == _plain(after):
            continue
        if isinstance(after, dict) and any(
            isinstance(v, Element) for v in (*before.values(), *after.values())
        ):
            yield from _entries(type(new), field, before, after, titles)
        else:
            yield _told(type(new), field, before, after, titles)


def _entries(
    model: type[Element], field: str, old: Mapping[str, Any], new: Mapping[str, Any], titles: Titles
) -> Iterator[tuple[str, str]]:
    """Entries of a table inside an element (items of a checklist, fields of a form) that came, went or changed."""
    zh, en = short(model, field, "zh"), short(model, field, "en")
    for id in [i for i in old if i not in new]:
        yield (
            f"去掉{zh}“{_called(old[id], id, 'zh')}”",
            f"{en}: {_called(old[id], id, 'en')} removed",
        )
    for id in [i for i in new if i not in old]:
        yield f"增加{zh}“{_called(new[id], id, 'zh')}”", f"{en}: {_called(new[id], id, 'en')} added"
    for id in [i for i in new if i in old]:
        for part_zh, part_en in _parts(old[id], new[id], titles):
            yield (
                f"的{zh}“{_called(new[id], id, 'zh')}”{part_zh}",
                f"{en}: {_called(new[id], id, 'en')}: {part_en}",
            )


def _called(element: Any, id: str, lang: Language) -> str:
    words = element if isinstance(element, Text) else getattr(element, "title", None)
    return words.text(lang) if isinstance(words, Text) else id


def _told(
    model: type[Element], field: str, before: Any, after: Any, titles: Titles
) -> tuple[str, str]:
    """`的预警由 2d 改为 3d, 1d`."""
    zh, en = short(model, field, "zh"), short(model, field, "en")
    names = titles.get(_TABLE_OF.get(field, ""), {})
    was_zh, now_zh, was_en, now_en = (
        _shown(value, lang, names, titles) for lang in _LANGUAGES for value in (before, after)
    )
    return f"的{zh}由 {was_zh} 改为 {now_zh}", f"{en} {was_en} → {now_en}"


def _shown(value: Any, lang: Language, names: Mapping[str, Text], titles: Titles) -> str:
    """A value as people read it; ids by the titles of what they name."""
    if value is None or value == () or value == {} or value == "":
        return "无" if lang == "zh" else "none"
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, Text):
        return f"“{value.text(lang)}”"
    if isinstance(value, Basis):
        return value.cite()
    if isinstance(value, tuple | list):
        return {"zh": "、", "en": ", "}[lang].join(_shown(v, lang, names, titles) for v in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{_shown(k, lang, names, titles)}: {_shown(v, lang, {}, titles)}"
            for k, v in value.items()
        )
    if isinstance(value, Element):
        given = (
            (n, getattr(value, n))
            for n, info in type(value).model_fields.items()
            if getattr(value, n) != info.default
        )
        parts = ((n, v) for n, v in given if v not in ((), {}, None, ""))
        return " ".join(
            f"{short(type(value), n, lang)} {_shown(v, lang, titles.get(_TABLE_OF.get(n, ''), {}), titles)}"
            for n, v in parts
        )
    return names[value].text(lang) if isinstance(value, str) and value in names else str(value)


def _plain(value: Any) -> Any:
    """A value without the places of its parts."""
    if isinstance(value, Element):
        return value.model_dump()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def _same(old: Element, new: Element) -> bool:
    """Whether two elements say the same, wherever they stand."""
    return bool(old.model_dump() == new.model_dump())


_STAY_AND_RETURN = {
    STAY: Text(zh="不变", en="where it is"),
    RETURN: Text(zh="原处", en="where it was"),
}


def _state(id: str, lang: Language, titles: Titles) -> str:
    words = titles["states"].get(id) or _STAY_AND_RETURN.get(id)
    return f"“{words.text(lang)}”" if words else id


def _states(ids: Sequence[str], lang: Language, titles: Titles) -> str:
    return {"zh": "、", "en": ", "}[lang].join(_state(id, lang, titles) for id in ids) or {
        "zh": "无",
        "en": "none",
    }[lang]


def _key(t: Transition, definition: Definition) -> tuple[str, str]:
    return t.trigger, t.to if len(
        [o for o in definition.transitions if o.trigger == t.trigger]
    ) > 1 else "*"


def _transitions(old: Definition, new: Definition, titles: Titles) -> Iterator[Difference]:
    before = {_key(t, old): t for t in old.transitions}
    after = {_key(t, new): t for t in new.transitions}
    for key in [k for k in before if k not in after]:
        yield Difference(
            "removed",
            "way",
            key[0],
            f"不再可以“{before[key].title.zh}”",
            f"no longer possible: {before[key].title.en}",
        )
    for key in [k for k in after if k not in before]:
        t = after[key]
        who = [new.role_title(r) for r in t.by]
        zh, en = "、".join(r.zh for r in who), ", ".join(r.en for r in who)
        yield Difference(
            "added",
            "way",
            key[0],
            f"新增“{t.title.zh}”（{zh}）",
            f"now possible: {t.title.en} (by {en})",
        )
    for key in [k for k in after if k in before and not _same(before[k], after[k])]:
        yield from _way(before[key], after[key], old, new, titles)


def _way(
    old: Transition, new: Transition, before: Definition, after: Definition, titles: Titles
) -> Iterator[Difference]:
    title = new.title

    def change(zh: str, en: str) -> Difference:
        return Difference("changed", "way", new.trigger, f"“{title.zh}”{zh}", f"{title.en}: {en}")

    if old.by != new.by:
        was, now = ([d.role_title(r) for r in t.by] for d, t in ((before, old), (after, new)))
        zh = f"由{'、'.join(r.zh for r in was)}办理改为{'、'.join(r.zh for r in now)}"
        yield change(zh, f"by {', '.join(r.en for r in was)} → {', '.join(r.en for r in now)}")
    if old.to != new.to:
        was_zh, now_zh, was_en, now_en = (
            _state(to, lang, titles) for lang in _LANGUAGES for to in (old.to, new.to)
        )
        yield change(f"后的状态由 {was_zh} 改为 {now_zh}", f"leads to {was_en} → {now_en}")
    sources, targets = before.sources_of(old), after.sources_of(new)
    if sources != targets:
        was_zh, now_zh, was_en, now_en = (
            _states(ids, lang, titles) for lang in _LANGUAGES for ids in (sources, targets)
        )
        yield change(f"的出发状态由 {was_zh} 改为 {now_zh}", f"from {was_en} → {now_en}")
    for zh, en in _parts(old, new, titles, but=("trigger", "from_", "to", "by")):
        yield change(zh, en)


def _deadlines(old: Definition, new: Definition, titles: Titles) -> Iterator[Difference]:
    what = "time limit"
    for id in [i for i in old.deadlines if i not in new.deadlines]:
        title = old.deadlines[id].title
        yield Difference(
            "removed", what, id, f"删除期限“{title.zh}”", f"time limit removed: {title.en}"
        )
    for id, rule in new.deadlines.items():
        before = old.deadlines.get(id)
        if before is None:
            zh, en = length_text(rule, "zh"), length_text(rule, "en")
            yield Difference(
                "added",
                what,
                id,
                f"新增期限“{rule.title.zh}”（{zh}）",
                f"time limit added: {rule.title.en} ({en})",
            )
        elif not _same(before, rule):
            yield from _limit(id, before, rule, titles)


def _limit(id: str, old: DeadlineRule, new: DeadlineRule, titles: Titles) -> Iterator[Difference]:
    def change(zh: str, en: str) -> Difference:
        return Difference(
            "changed",
            "time limit",
            id,
            f"期限“{new.title.zh}”{zh}",
            f"time limit {new.title.en}: {en}",
        )

    if (old.length, old.unit) != (new.length, new.unit):
        a, b = length_text(old, "zh"), length_text(new, "zh")
        yield change(f"由 {a} 改为 {b}", f"{length_text(old, 'en')} → {length_text(new, 'en')}")
    for zh, en in _parts(old, new, titles, but=("length", "unit")):
        yield change(zh, en)
