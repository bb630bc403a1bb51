"""The kind of a case: known to the law, whose demands hang on it, whatever the procedure's id."""

from __future__ import annotations

from collections.abc import Iterator

from ..language import Words, did_you_mean, in_a_row, with_article
from ..law.law import Law
from ..law.rows import Demands
from ..model.definition import Definition
from ..source.findings import Finding


def check(definition: Definition, law: Law) -> Iterator[Finding]:
    """The kind that a definition says is known, and no other than the one its id means."""
    kind, known = definition.kind, law.demands(definition.effective)
    if kind is None:
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


def demanded(definition: Definition, law: Law) -> Demands:
    """What the law demands of a definition on its day, by its kind: nothing of an unknown one."""
    nothing = Demands.nothing(definition.law_kind)
    return law.demands(definition.effective).get(definition.law_kind, nothing)
