"""The kind of a case: known to the law, whose demands hang on it, whatever the procedure's id."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..language import Words, did_you_mean, in_a_row, with_article
from ..law.law import Law
from ..law.rows import Demands
from ..model.definition import Definition
from ..source.findings import Finding


def check(definition: Definition, law: Law) -> Iterator[Finding]:
    """The kind that a definition says is known, and no other than the one its id means.

    A definition of no kind that the law knows is told that nothing is demanded of it, unless none
    of its limits is one of the law.
    """
    kind, known = definition.kind, law.demands(definition.effective)
    if kind is None:
        yield from _nothing_demanded(definition, known)
        return
    at = definition.at_value("kind")
    if kind not in known:
        kinds = (with_article(Words(id, id), Words(r.zh, r.en)) for id, r in known.items())
        listed = in_a_row(kinds, ", ")
        hint = did_you_mean(kind, known, Words(f"；可用：{listed.zh}", f"; known: {listed.en}"))
        zh = f"法律表没有案件种类 {kind}{hint.zh}"
        en = f"the law knows no kind of case {kind}{hint.en}"
        yield Finding(at, "unknown-kind", zh, en)
    elif definition.id in known and definition.id != kind:
        zh = f"标识 {definition.id} 是另一种案件，种类却写为 {kind}"
        en = f"the id {definition.id} is another kind of case than {kind}"
        yield Finding(at, "unknown-kind", zh, en)


def _nothing_demanded(definition: Definition, known: Collection[str]) -> Iterator[Finding]:
    """What is not seen: which limits of the law a procedure lacks whose kind is not known."""
    is_of_law = any(rule.law is not None for rule in definition.deadlines.values())
    if is_of_law and definition.law_kind not in known:
        zh = "没有写案件种类（kind）：只核对写明的法定期限，不核对缺少什么"
        en = "no kind of case (kind): its limits are held to the law, and none is demanded"
        yield Finding(definition.at_value("id"), "no-kind", zh, en, "note")


def demanded(definition: Definition, law: Law) -> Demands:
    """What the law demands of a definition on its day, by its kind: nothing of an unknown one."""
    nothing = Demands.nothing(definition.law_kind)
    return law.demands(definition.effective).get(definition.law_kind, nothing)
