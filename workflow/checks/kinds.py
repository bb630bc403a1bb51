"""The kind of a case: known to the law, whose demands hang on it, whatever the procedure's id."""

from __future__ import annotations

from collections.abc import Iterator

from ..language import did_you_mean
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
        hint = did_you_mean(kind, known)
        listed = ", ".join(f"{id}（{row.zh}）" for id, row in known.items())
        listed_en = ", ".join(f"{id} ({row.en})" for id, row in known.items())
        zh = f"法律表没有案件种类 {kind}{hint.zh or f'；可用：{listed}'}"
        en = f"the law knows no kind of case {kind}{hint.en or f'; known: {listed_en}'}"
        yield Finding(at, "unknown-kind", zh, en)
    elif definition.id in known and definition.id != kind:
        zh = f"标识 {definition.id} 是另一种案件，种类却写为 {kind}"
        en = f"the id {definition.id} is another kind of case than {kind}"
        yield Finding(at, "unknown-kind", zh, en)


def demanded(definition: Definition, law: Law) -> Demands:
    """What the law demands of a definition on its day, by its kind: nothing of an unknown one."""
    nothing = Demands.nothing(definition.law_kind)
    return law.demands(definition.effective).get(definition.law_kind, nothing)
