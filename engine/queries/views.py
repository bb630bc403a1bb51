"""What callers get back: a case, its time limits, its history, as frozen pydantic models with words
in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from ...workflow.errors import ZhixingError
from ...workflow.language import Words
from ...workflow.model.definition import Definition
from ...workflow.periods.period import ExplanationStep
from ..decision.computed import with_computed
from ..decision.due import explanation, foreseeable, overdue_days
from ..decision.obstacles import words
from ..decision.procedure import Procedure
from ..model.case import Ballot, CaseState, DeadlineState, Elsewhere, Proposal
from ..model.commands import Linked
from ..model.obstacle import Obstacle
from ..storage.damage import unread
from .sealing import counts, sealed_in, without, without_anywhere, without_documents

_DAMAGED = Words("（数据损坏）", "(damaged)")


class View(BaseModel):
    """What callers get back: frozen."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, defer_build=True)


class Waiting(View):
    """An act that waits for approval: who proposed it, which step it is at, who may vote, and the
    votes so far.

    `about` is the record that it is about, `name` by what it is voted on (`list@zhang`).
    """

    trigger: str
    about: str
    name: str
    title_zh: str
    title_en: str
    proposed_by: str
    proposed_at: datetime
    step: int
    steps: int
    awaits: tuple[str, ...]
    ballots: tuple[Ballot, ...]

    @classmethod
    def of(cls, procedure: Procedure, proposal: Proposal) -> Waiting:
        title = procedure.definition.trigger_title(proposal.trigger)
        steps = procedure.steps_of(proposal)
        return cls(
            trigger=proposal.trigger,
            about=proposal.about,
            name=proposal.name,
            title_zh=title.zh,
            title_en=title.en,
            proposed_by=proposal.person,
            proposed_at=proposal.at,
            step=proposal.step + 1,
            steps=len(steps),
            awaits=steps[proposal.step].by,
            ballots=proposal.ballots,
        )


class CaseLink(View):
    """A case that another knows, by the name of the link.

    `is_of` says that the link was made there: this case is its `name`.
    """

    name: str
    case_id: str
    court: str
    procedure: str
    is_of: bool
    title_zh: str
    title_en: str

    @classmethod
    def of(cls, procedure: Procedure, link: Linked) -> CaseLink:
        spec = procedure.definition.links.get(link.name) if not link.is_of else None
        title = words(spec.title) if spec is not None else Words(link.procedure, link.procedure)
        return cls(
            name=link.name,
            case_id=link.case,
            court=link.court,
            procedure=link.procedure,
            is_of=link.is_of,
            title_zh=f"系 {title.zh} 的关联案件" if link.is_of else title.zh,
            title_en=f"{link.name} of {title.en}" if link.is_of else title.en,
        )


class Case(View):
    """A case as it stands. `data` holds typed values (money is `Decimal`, dates are dates).

    `taken_over_at` is when it came in, of a case that ran elsewhere before. A sub-procedure that
    goes on in another court `went_to` it (its court, its id there), where it `came_from` this one.
    What is sealed is left out, and named in `sealed`. In a list, `damaged` says why a case cannot
    be read; of such a one only the texts of `READ_AS_TEXT` are known.
    """

    READ_AS_TEXT: ClassVar = (
        "id",
        "procedure",
        "definition_hash",
        "number",
        "court",
        "team",
        "officer",
        "state",
    )

    id: str
    procedure: str
    definition_hash: str
    number: str
    court: str
    team: str
    officer: str
    state: str
    state_zh: str
    state_en: str
    phase: str | None
    version: int
    data: dict[str, Any]
    documents: dict[str, list[str]]
    opened_at: datetime
    closed_at: datetime | None
    closing_mode: str | None
    parent_id: str | None
    sub_procedure: str | None
    about: str = ""
    wake_at: datetime | None
    waiting: tuple[Waiting, ...] = ()
    links: tuple[CaseLink, ...] = ()
    sealed: tuple[str, ...] = ()
    taken_over_at: datetime | None = None
    went_to: Elsewhere | None = None
    came_from: Elsewhere | None = None
    damaged: str = ""

    @classmethod
    def damaged_of(cls, row: Mapping[Any, Any], why: ZhixingError) -> Case:
        """A case that cannot be read, as a list shows it."""
        texts: dict[str, Any] = {name: str(row[name]) for name in cls.READ_AS_TEXT}
        return cls(
            **texts,
            state_zh=f"{_DAMAGED.zh} {texts['state']}",
            state_en=f"{_DAMAGED.en} {texts['state']}",
            phase=None,
            version=0,
            data={},
            documents={},
            opened_at=datetime.min.replace(tzinfo=UTC),
            closed_at=None,
            closing_mode=None,
            parent_id=None,
            sub_procedure=None,
            wake_at=None,
            damaged=str(why),
        )

    @classmethod
    def of(
        cls, procedure: Procedure, case: CaseState, at: datetime, unsealed: bool = False
    ) -> Case:
        """A case for people, with what can be computed of it at a time.

        With `unsealed` also what is sealed in it.
        """
        state = procedure.definition.states[case.state]
        data = dict(with_computed(procedure, case.data, at))
        hidden = frozenset() if unsealed else procedure.sealed
        return cls(
            id=case.id,
            procedure=case.procedure,
            definition_hash=case.definition_hash,
            number=case.number,
            court=case.court,
            team=case.team,
            officer=case.officer,
            state=case.state,
            state_zh=state.title.zh,
            state_en=state.title.en,
            phase=state.phase,
            version=case.version,
            data=without(data, hidden),
            documents=without(case.documents, hidden),
            opened_at=case.opened_at,
            closed_at=case.closed_at,
            closing_mode=case.closing_mode,
            parent_id=case.parent_id,
            sub_procedure=case.sub_procedure,
            about=case.about,
            wake_at=case.wake_at,
            waiting=tuple(Waiting.of(procedure, p) for p in case.proposals),
            links=tuple(CaseLink.of(procedure, link) for link in case.links),
            sealed=sealed_in(hidden, data, case.documents),
            taken_over_at=case.taken_over.at if case.taken_over is not None else None,
            went_to=case.went,
            came_from=case.came_from,
        )


class Deadline(View):
    """A time limit of a case; `due_day` is its last day (None while paused), `basis` the law it
    rests on. `foreseeable_day` is, while it is paused, the last day that it would have were it
    resumed today. In a list, `damaged` says why it or its case cannot be read: then only its texts
    and days are known."""

    id: str
    case_id: str
    rule: str
    key: str
    title_zh: str
    title_en: str
    status: str
    live: bool
    start: datetime
    due_day: date | None
    due_at: datetime | None
    provisional: bool
    overdue_days: int
    watcher: str
    basis: str
    ended_at: datetime | None
    number: str = ""
    officer: str = ""
    foreseeable_day: date | None = None
    steps: tuple[ExplanationStep, ...] = ()
    damaged: str = ""

    @classmethod
    def damaged_of(
        cls, row: Mapping[Any, Any], due_day: date | None, why: ZhixingError
    ) -> Deadline:
        """A time limit that cannot be read, or whose case cannot, as a list shows it."""
        names = ("id", "case_id", "rule", "key", "status", "watcher")
        texts: dict[str, Any] = {name: str(row[name]) for name in names}
        return cls(
            **texts,
            title_zh=f"{_DAMAGED.zh} {texts['rule']}",
            title_en=f"{_DAMAGED.en} {texts['rule']}",
            live=True,
            start=datetime.min.replace(tzinfo=UTC),
            due_day=due_day,
            due_at=None,
            provisional=False,
            overdue_days=0,
            basis="",
            ended_at=None,
            damaged=str(why),
        )

    @classmethod
    def of(
        cls,
        procedure: Procedure,
        case: CaseState,
        deadline: DeadlineState,
        today: date,
        explain: bool = False,
    ) -> Deadline:
        rule = procedure.rules[deadline.rule]
        foreseen, steps = foreseeable(procedure, case, deadline, today)
        if explain and foreseen is None:
            _, steps = explanation(procedure, case, deadline)
        return cls(
            id=deadline.id,
            case_id=case.id,
            rule=deadline.rule,
            key=deadline.key,
            title_zh=rule.title.zh,
            title_en=rule.title.en,
            status=deadline.status.value,
            live=deadline.live,
            start=deadline.start,
            due_day=deadline.due_day,
            due_at=deadline.due_at,
            provisional=deadline.provisional,
            watcher=deadline.watcher,
            basis=rule.basis.cite() if rule.basis else "",
            overdue_days=overdue_days(deadline, today) if deadline.status.value == "expired" else 0,
            ended_at=deadline.ended_at,
            number=case.number,
            officer=case.officer,
            foreseeable_day=foreseen.day if foreseen is not None else None,
            steps=steps if explain else (),
        )


class Possible(View):
    """One trigger of the present state: whether it is possible now, and every reason why not.

    One that is about single records is there once for each: `about` is the record's id.
    """

    trigger: str
    about: str = ""
    title_zh: str
    title_en: str
    allowed: bool
    obstacles: tuple[Obstacle, ...] = ()

    @classmethod
    def of(
        cls, procedure: Procedure, trigger: str, about: str, obstacles: tuple[Obstacle, ...]
    ) -> Possible:
        title = procedure.definition.trigger_title(trigger)
        return cls(
            trigger=trigger,
            about=about,
            title_zh=title.zh,
            title_en=title.en,
            allowed=not obstacles,
            obstacles=obstacles,
        )


class Task(View):
    """Work in a pool: a task of the definition, or an approval that waits for votes (`name` is then
    the trigger)."""

    id: str
    case_id: str
    number: str
    court: str
    officer: str
    kind: str
    name: str
    title_zh: str
    title_en: str
    about: str = ""
    offered_to: tuple[str, ...]
    status: str
    claimed_by: str
    offered_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None
    damaged: str = ""

    @classmethod
    def of(cls, procedure: Procedure, row: Mapping[Any, Any]) -> Task:
        title = task_title(procedure.definition, row["kind"], row["name"])
        values = {name: row[name] for name in cls.model_fields if name in row}
        return cls(
            **values,
            title_zh=title.zh,
            title_en=title.en,
            offered_to=row["pool"].split(","),
        )

    @classmethod
    def damaged_of(cls, row: Mapping[Any, Any], why: ZhixingError) -> Task:
        """Work that cannot be read, or whose case has no definition: it goes by its name."""
        shown = unread(cls)({name: row[name] for name in cls.model_fields if name in row}, why)
        named = {
            "title_zh": f"{_DAMAGED.zh} {row['name']}",
            "title_en": f"{_DAMAGED.en} {row['name']}",
            "offered_to": tuple((row["pool"] or "").split(",")),
        }
        return shown.model_copy(update=named)


def task_title(definition: Definition, kind: str, name: str) -> Words:
    """What the work is called; one that the definition no longer knows goes by its name."""
    if kind == "task" and name in definition.tasks:
        return words(definition.tasks[name].title)
    what, _, target = name.partition(":")
    if what in _FOLLOW_UPS and ":" in target:
        return _follow_up_title(definition, _FOLLOW_UPS[what], target)
    return words(definition.trigger_title(name))


_FOLLOW_UPS = {
    "send": Words("待补办", "still to be done"),
    "undo": Words("已发出，须处理", "left the case already, to be put right"),
    "answer": Words("须人工询问并录入答复", "ask by hand, and enter the answer"),
    "check": Words("与对方账目不符，须核对", "compare with the books of the other side"),
    "tell": Words("所告知的事项未能办理，须处理", "told, and could not be done there"),
}
"""What a late entry, a correction or word to another proceeding leaves for a person to do."""


def _follow_up_title(definition: Definition, what: Words, target: str) -> Words:
    """What is to be sent, opened or told, or to be put right, in words."""
    kind, _, name = target.partition(":")
    named: dict[str, Mapping[str, Any]] = {
        "request": definition.requests,
        "opening": definition.proceedings,
    }
    spec = named.get(kind, {}).get(name) or definition.proceedings.get(kind)
    title = spec.title if spec is not None else definition.trigger_title(name)
    return Words(f"{what.zh}：{title.zh}", f"{what.en}: {title.en}")


class Workload(View):
    """Open work of one pool with one person; `person` is empty for what nobody has claimed."""

    pool: tuple[str, ...]
    person: str
    count: int
    oldest: datetime | None


class HistoryEntry(View):
    """One line of the history. `happened_at` is what the law counts from, `recorded_at` when it was
    written; `late` says that it was entered after the day it happened.

    `given` is everything that the decision was given (`data`, `documents`, `command`, …);
    `request_id` the caller's name of his call; `rules` the number of the library's rules; `hash`
    chains it to the one before, by `algorithm`. In the feed, `damaged` says why an entry cannot be
    read.
    """

    seq: int
    happened_at: datetime
    recorded_at: datetime
    kind: str
    trigger: str
    actor: str
    roles: tuple[str, ...]
    source: str
    target: str
    changes: dict[str, Any]
    effects: tuple[dict[str, Any], ...]
    note: str
    given: dict[str, Any] = {}
    late: bool = False
    request_id: str | None = None
    definition_hash: str = ""
    calendar_version: str = ""
    rules: int = 0
    hash: str = ""
    algorithm: str = ""
    damaged: str = ""

    def less(self, hidden: frozenset[str]) -> Self:
        """The entry without what is sealed, wherever it stands: proposed, given, corrected.

        Of sub-procedures, whose own versions say what is sealed in them, only the counts are left.
        """
        given = dict(self.given)
        if "sub_procedures" in given:
            given["sub_procedures"] = {k: counts(v) for k, v in given["sub_procedures"].items()}
        changes = self.changes
        if hidden:
            changes, given = without_anywhere(changes, hidden), without_anywhere(given, hidden)
        effects = tuple(without_documents(line, hidden) for line in self.effects)
        return self.model_copy(update={"changes": changes, "given": given, "effects": effects})


class AlertView(View):
    """A warning or an expiry for people to see; `key` is the record whose limit it is about, where
    it is about one; `damaged` says why one cannot be read."""

    id: str
    case_id: str
    deadline_id: str
    rule: str
    key: str = ""
    kind: str
    roles: tuple[str, ...]
    watcher: str
    at: datetime
    due_day: date | None
    seen_by: str | None
    closed_at: datetime | None = None
    closed_why: str | None = None
    damaged: str = ""


class Incident(View):
    """Something the clock or the dispatcher could not do, waiting for a person; `damaged` says why
    it cannot be read itself."""

    id: int
    case_id: str | None
    outbox_id: str | None
    kind: str
    at: datetime
    message: str
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str
    damaged: str = ""
