"""The data and the documents of a case, who sees them and who writes them: sections of the page."""

from __future__ import annotations

from collections.abc import Iterator

from ...language import Words
from ...model.facts import Asked, Facts
from ...model.flow import Document, FieldSpec, Transition
from ..html import listed
from ..terms import TYPES
from .naming import Entry, Naming, Pair, Section, rows_of

_NOBODY_SEES = Words("仅法院可见", "the court alone")


def data(n: Naming) -> Section:
    """The fields of a case: what each holds, who sees it, who writes it."""
    writers = _Writers(n)
    entries = (_field(n, writers, id, spec) for id, spec in n.d.fields.items())
    return Section("data", Words("案件信息", "case data"), "", tuple(entries), short=True)


def _field(n: Naming, writers: _Writers, id: str, spec: FieldSpec) -> Entry:
    head, _, field = id.partition(".")
    of = n.quoted(n.titles(n.d.data, [head])) if field else ""
    choices = (spec.choices or {}).items()
    computed = n.computed(spec.is_, spec.type) if spec.is_ is not None else ""
    begins = n.value(id, spec.default) if spec.default is not None else ""
    pairs = (
        (Words("属于每一条", "of each record of"), of),
        (Words("内容", "holds"), n.text(TYPES[spec.type])),
        (Words("单位", "unit"), n.text(Words(spec.unit, spec.unit))),
        (Words("选项", "choices"), listed(f"{n.text(title)} {n.id(id)}" for id, title in choices)),
        (Words("起初为", "at the beginning"), begins),
        (Words("由以下算式得出", "computed as"), computed),
        (Words("可见", "seen by"), n.viewers(spec) or n.text(_NOBODY_SEES)),
        (Words("对当事人", "to parties"), n.say("部分遮盖", "masked in part") * spec.masked),
        (Words("密封", "sealed"), _sealed(n) * spec.sealed),
        (
            Words("检索", "found by"),
            n.say("可按此检索案件", "cases are found by it") * spec.searchable,
        ),
        *writers.of(id),
        *n.described(spec),
    )
    return Entry(id, spec.title, pairs)


def _sealed(n: Naming) -> str:
    return n.say("只有章程授权的人可以查阅", "read only by those whom the charter lets")


class _Writers:
    """Who writes which field: at opening, people with an act, the act itself, an answer."""

    def __init__(self, n: Naming) -> None:
        self._n, self._facts = n, Facts(n.d)
        self._asked = [(t, self._facts.of(t)) for t in n.d.transitions]

    def of(self, id: str) -> Iterator[Pair]:
        """Every way in which a field is written; that nobody writes it where there is none."""
        n, is_computed = self._n, self._n.d.fields[id].is_ is not None
        opening = n.roles(n.d.opening_roles) if self._is_opened_with(id) else ""
        passed = n.say("关联程序", "a related proceeding") * self._facts.is_passed_on()
        people = n.listed(self._by(t) for t, a in self._asked if _brings(id, t, a))
        acts = n.listed(t.title for t in n.d.transitions if id in t.sets)
        taken = n.listed(r.title for r in n.d.requests.values() if id in r.takes)
        yield Words("立案时由其填写", "at opening by"), opening
        yield Words("立案时可由其传入", "at opening it may be passed on by"), passed
        yield Words("办理时由人填写", "by people with"), people
        yield Words("由事项写入", "set by"), acts
        yield Words("取自请求的答复", "taken from the answer to"), taken
        if not any((opening, passed, people, acts, taken, is_computed)):
            yield Words("写入", "written"), n.say("无人写入", "nobody writes it")

    def _is_opened_with(self, id: str) -> bool:
        at_opening = self._facts.at_opening().fields
        return not at_opening.isdisjoint((id, id.partition(".")[0]))

    def _by(self, t: Transition) -> Words:
        """An act, and who does it."""
        n = self._n
        by = [n.d.role_title(role) for role in t.by]
        zh, en = "、".join(role.zh for role in by), ", ".join(role.en for role in by)
        return Words(f"{t.title.zh}（{zh}）", f"{t.title.en} ({en})")


def _brings(id: str, t: Transition, asked: Asked) -> bool:
    return id in asked.fields or id == t.adds


def documents(n: Naming) -> Section:
    """The kinds of documents, who sees them and where they are asked for."""
    facts = Facts(n.d)
    asked = [(t, facts.documents_of(t)) for t in n.d.transitions]
    entries = rows_of(n.d.documents, lambda id, document: _document(n, asked, id, document))
    return Section("documents", Words("文书", "documents"), "", tuple(entries), short=True)


def _document(
    n: Naming, asked: list[tuple[Transition, frozenset[str]]], id: str, document: Document
) -> Entry:
    pairs = (
        (Words("每一条各有", "one for each"), n.record_list(document.each)),
        (Words("可见", "seen by"), n.viewers(document) or n.text(_NOBODY_SEES)),
        (Words("密封", "sealed"), _sealed(n) * document.sealed),
        (Words("每次新交", "handed in anew each time"), n.yes(True) * document.anew),
        (
            Words("可在以下事项提交", "handed in with"),
            n.listed(t.title for t, d in asked if id in d),
        ),
        *n.described(document),
    )
    return Entry(id, document.title, pairs)
