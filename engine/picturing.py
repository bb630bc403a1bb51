"""The picture of one case, from what the engine knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..workflow.errors import Language
from ..workflow.pictures import RENDERERS, Note, Walked, extract, of_case
from .machine import Procedure
from .views import Case, Deadline, HistoryEntry, Task


def picture(
    procedure: Procedure, case: Case, entries: Sequence[HistoryEntry], deadlines: Sequence[Deadline], tasks: Sequence[Task],
    children: Sequence[Case], kind: str, lang: Language,
) -> str:  # fmt: skip
    """The procedure's diagram with the case's way, where it stands, and what is open and overdue there."""
    moves = [(e.source, e.target) for e in entries if e.source != e.target and e.source]
    walked = Walked(case.state, moves, [*_limits(deadlines, lang), *_open(case, tasks, children, lang)])
    title = f"{procedure.definition.title.text(lang)} {case.number or case.id}"
    return RENDERERS[kind](of_case(extract(procedure.definition, lang), walked, title))


def _limits(deadlines: Sequence[Deadline], lang: Language) -> Iterator[Note]:
    say = {"zh": ("暂停", "超期{}日", "至"), "en": ("paused", "{} d overdue", "by")}[lang]
    for d in deadlines:
        name = d.title_zh if lang == "zh" else d.title_en
        if d.due_day is None:
            yield Note("limit", f"{say[0]} {name}")
        elif d.overdue_days:
            yield Note("limit", f"{say[1].format(d.overdue_days)} {name} {d.due_day}", "overdue")
        else:
            yield Note("limit", f"{say[2]} {d.due_day} {name}")


def _open(case: Case, tasks: Sequence[Task], children: Sequence[Case], lang: Language) -> Iterator[Note]:
    for w in case.waiting:
        name, waits = (w.title_zh, "待批准") if lang == "zh" else (w.title_en, "awaits approval")
        yield Note("approval", f"{name} {waits} {w.step}/{w.steps}")
    for t in tasks:
        if t.kind == "task":
            name = t.title_zh if lang == "zh" else t.title_en
            yield Note("open", f"{name} ({t.claimed_by or ', '.join(t.offered_to)})")
    for child in children:
        state = child.state_zh if lang == "zh" else child.state_en
        yield Note("open", f"{child.sub}: {state}")
