"""What a case that was taken over comes to, told from the decisions that were made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from ...engine.decision.obstacles import words
from ...engine.decision.procedure import Procedure
from ...engine.model.case import CaseState, DeadlineState, DeadlineStatus
from ...engine.model.command_json import command_from_json
from ...engine.model.effects import Decision, EntryKind
from ...engine.model.taking_over import TakeOver
from ...engine.queries.spoken import Spoken
from ...engine.work.unit import UnitOfWork
from ...workflow.model.limits import DeadlineRule
from .views import Outcome, Takeover, TakeoverGap, TakeoverLimit, TakeoverMoment


def told(
    unit: UnitOfWork, case_id: str, outcome: Outcome, decisions: Sequence[Decision]
) -> Takeover:
    """A case with its sub-procedures, their limits, and what came of the clock at once."""
    case = unit.case(case_id)
    state = unit.procedure(case).definition.states[case.state].title
    came = list(filter(_is_coming, decisions))
    following = (_at_once(unit, d) for d in decisions if not _is_coming(d))
    family = [unit.case(d.case.id) for d in came]
    return Takeover(
        outcome=outcome,
        number=case.number,
        court=case.court,
        case_id="" if outcome == "foreseen" else case.id,
        state=case.state,
        state_zh=state.zh,
        state_en=state.en,
        limits=tuple(limit for one in family for limit in _limits(unit.procedure(one), one)),
        at_once=tuple(sorted(following, key=attrgetter("happened_at"))),
        unmentioned=tuple(gap for d in came for gap in _gaps(unit.procedure(d.case), d)),
    )


def _is_coming(decision: Decision) -> bool:
    return decision.entry.kind is EntryKind.TAKEN_OVER


def _part(case: CaseState) -> str:
    name = case.sub_procedure or ""
    return f"{name}@{case.about}" if case.about else name


def _limits(procedure: Procedure, case: CaseState) -> Iterator[TakeoverLimit]:
    for deadline in case.deadlines:
        title = words(procedure.rules[deadline.rule].title)
        yield TakeoverLimit(
            part=_part(case),
            rule=deadline.rule,
            key=deadline.key,
            title_zh=title.zh,
            title_en=title.en,
            status=deadline.status.value,
            due_day=deadline.due_day,
            next_at=deadline.wake_at if deadline.live else None,
            is_warning=deadline.status is DeadlineStatus.RUNNING and deadline.warned > 0,
        )


def _at_once(unit: UnitOfWork, decision: Decision) -> TakeoverMoment:
    case, entry = decision.case, decision.entry
    procedure = unit.procedure(case)
    reached = _reached(decision)
    if reached is not None:
        title = words(procedure.rules[reached.rule].title)
        what, name, zh, en = _what(decision), reached.rule, title.zh, title.en
    else:
        what, name = entry.kind.value, entry.trigger
        said = [Spoken(procedure.definition, "zh"), Spoken(procedure.definition, "en")]
        zh, en = (spoken.entry(what, name) for spoken in said)
    return TakeoverMoment(
        part=_part(case),
        what=what,
        name=name,
        title_zh=zh,
        title_en=en,
        happened_at=entry.happened_at,
        due_day=reached.due_day if reached is not None else None,
    )


def _reached(decision: Decision) -> DeadlineState | None:
    """The limit whose moment came."""
    if decision.entry.kind is not EntryKind.DEADLINE:
        return None
    _, id = decision.entry.given["command"]
    return next(d for d in decision.case.deadlines if d.id == id)


def _what(decision: Decision) -> str:
    """What the moment of a limit was: the first word of it."""
    told = (str(line["what"]) for line in decision.entry.effects if "deadline" in line)
    return next(told, "deadline").partition(":")[0]


# -- of which nothing was said


def _gaps(procedure: Procedure, decision: Decision) -> Iterator[TakeoverGap]:
    command = _command(decision)
    for name, rule in _unmentioned(procedure, command):
        title = words(rule.title)
        part = _part(decision.case)
        yield TakeoverGap(part=part, rule=name, title_zh=title.zh, title_en=title.en)


def _command(decision: Decision) -> TakeOver:
    command = command_from_json(decision.entry.given["command"])
    assert isinstance(command, TakeOver)
    return command


def _unmentioned(procedure: Procedure, command: TakeOver) -> Iterator[tuple[str, DeadlineRule]]:
    definition = procedure.definition
    acts = {act.trigger for act in command.acts}
    through = {definition.initial, command.state}
    through.update(t.to for t in definition.transitions if t.trigger in acts)
    said = {limit.rule for limit in command.limits}
    is_closed = definition.states[command.state].closes is not None
    for name, rule in definition.deadlines.items():
        has_ended = not acts.isdisjoint((*rule.met_by, *rule.ends_by)) or _was_left(rule, command)
        stays = rule.survives_closing or not is_closed
        if name not in said and stays and not has_ended and _started(rule, acts, through):
            yield name, rule


def _was_left(rule: DeadlineRule, command: TakeOver) -> bool:
    return bool(rule.ends_leaving) and command.state not in rule.ends_leaving


def _started(rule: DeadlineRule, acts: set[str], through: set[str]) -> bool:
    """Whether what is said of a case starts a limit of a rule."""
    starts = rule.starts
    by_state = not through.isdisjoint(starts.entering)
    by_act = not acts.isdisjoint(starts.on)
    if starts.on:
        return by_act and (by_state or not starts.entering)
    return by_state
