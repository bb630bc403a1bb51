"""The picture of one case, from what the engine knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ...workflow.errors import ZhixingError
from ...workflow.language import InBothLanguages, Language, Words, in_language, joined
from ...workflow.model.definition import Definition
from ...workflow.review.pictures import (
    RENDERERS,
    CasePath,
    Note,
    Procedures,
    extract,
    with_case_path,
)
from ...workflow.review.pictures.notes import role_title
from ..storage.definition_store import published_versions
from ..work.in_force import governing_chain, on_day
from ..work.runtime import Transaction
from . import cases, deadlines, tasks
from .records import moves_of
from .views import Case, Deadline, Task

_MOST_NOTES = 100
_PAUSED = Words("暂停", "paused")
_OVERDUE = Words("超期{}日", "{} d overdue")
_DUE = Words("至", "by")
_AWAITS = Words("待批准", "awaits approval")


def case_diagram(transaction: Transaction, case_id: str, kind: str, lang: Language) -> str:
    """The procedure's diagram with the case's way, where it stands, and what is open there.

    `kind` is one of `RENDERERS`: svg, dot or mermaid. Raises `CaseNotFound`.
    """
    case = cases.case(transaction, case_id)
    procedure = transaction.version(case.definition_hash)
    definition, today = procedure.definition, procedure.calendar.local_day(transaction.now)
    limits = deadlines.of_case(transaction, case_id)
    work = tasks.listed(transaction, case_id=case_id, limit=_MOST_NOTES)
    children = cases.listed(transaction, parent=case_id, open_only=True, limit=_MOST_NOTES)
    notes = [*_limit_notes(limits, lang), *_open_notes(definition, case, work, children, lang)]
    late = frozenset(limit.rule for limit in limits if limit.overdue_days)
    path = CasePath(case.state, _moves(transaction, case, definition), notes, late)
    title = f"{definition.title.text(lang)} {case.number or case.id}"
    diagram = extract(definition, lang, _procedures(transaction, case, today))
    return RENDERERS[kind](with_case_path(diagram, path, title))


def _procedures(transaction: Transaction, case: Case, today: date) -> Procedures:
    """The versions in force today for its court, or given; what cannot be read is not drawn."""

    def find(id: str) -> Definition | None:
        published = published_versions(transaction.connection, id)
        chain = governing_chain(published, transaction.path(case.court), on_day(today))
        given = transaction.registry.given(id)
        try:
            found = transaction.version(chain[-1].hash) if chain else given
        except ZhixingError:
            return None
        return found.definition if found is not None else None

    return find


def _moves(transaction: Transaction, case: Case, definition: Definition) -> list[tuple[str, str]]:
    """The ways that the case went, between states that its version still has."""
    moves = moves_of(transaction, case.court, case.id)
    return [move for move in moves if definition.states.keys() >= set(move)]


def _limit_notes(limits: Sequence[Deadline], lang: Language) -> Iterator[Note]:
    for d in limits:
        name = Words(d.title_zh, d.title_en).text(lang)
        if d.due_day is None:
            yield Note("limit", f"{_PAUSED.text(lang)} {name}")
        elif d.overdue_days:
            late = _OVERDUE.text(lang).format(d.overdue_days)
            yield Note("limit", f"{late} {name} {d.due_day}", "overdue")
        else:
            yield Note("limit", f"{_DUE.text(lang)} {d.due_day} {name}")


def _open_notes(
    definition: Definition,
    case: Case,
    work: Sequence[Task],
    children: Sequence[Case],
    lang: Language,
) -> Iterator[Note]:
    for w in case.waiting:
        name = " ".join(filter(None, (Words(w.title_zh, w.title_en).text(lang), w.about)))
        yield Note("approval", f"{name} {_AWAITS.text(lang)} {w.step}/{w.steps}")
    for task in work:
        if task.kind == "task":
            name = Words(task.title_zh, task.title_en).text(lang)
            pool = joined(role_title(definition, role) for role in task.offered_to).text(lang)
            yield Note("open", f"{name} ({task.claimed_by or pool})")
    for child in children:
        state = Words(child.state_zh, child.state_en).text(lang)
        title = in_language(_proceeding(definition, child.sub_procedure or ""), lang)
        yield Note("open", " ".join(filter(None, (f"{title}: {state}", child.about))))


def _proceeding(definition: Definition, id: str) -> InBothLanguages:
    spec = definition.proceedings.get(id)
    return spec.title if spec is not None else Words(id, id)
