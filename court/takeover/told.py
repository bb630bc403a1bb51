"""What a case that was taken over comes to, told from the decisions that were made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter

from ...engine.decision.obstacles import words
from ...engine.model.case import CaseState, DeadlineState, DeadlineStatus, named_about
from ...engine.model.command_json import command_from_json
from ...engine.model.effects import Decision, EntryKind
from ...engine.model.taking_over import TakeOver
from ...engine.queries.spoken import Spoken
from ...engine.work.unit import UnitOfWork
from ...workflow.model.definition import Definition
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
    return Takeover(
        outcome=outcome,
        number=case.number,
        court=case.court,
        case_id="" if outcome == "foreseen" else case.id,
        state=case.state,
        state_zh=state.zh,
        state_en=state.en,
        limits=tuple(chain.from_iterable(_limits(unit, unit.case(d.case.id)) for d in came)),
        at_once=tuple(sorted(following, key=attrgetter("happened_at"))),
        unmentioned=tuple(chain.from_iterable(_gaps(unit, d) for d in came)),
    )


def _is_coming(decision: Decision) -> bool:
    return decision.entry.kind is EntryKind.TAKEN_OVER


def _part(case: CaseState) -> str:
    """The sub-procedure, and the record that it is about; empty: the case itself."""
    name = case.sub_procedure or ""
    return named_about(name, case.about)


def _limits(unit: UnitOfWork, case: CaseState) -> Iterator[TakeoverLimit]:
    """The limits of a case as they stand once everything came."""
    rules = unit.procedure(case).rules
    for deadline in case.deadlines:
        title = words(rules[deadline.rule].title)
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
    """What the clock came to: the moment of a limit, or an act that followed."""
    case, entry = decision.case, decision.entry
    procedure = unit.procedure(case)
    moment = partial(TakeoverMoment, part=_part(case), happened_at=entry.happened_at)
    reached = _reached(decision)
    if reached is not None:
        zh, en = words(procedure.rules[reached.rule].title)
        what, name, due_day = _what(decision), reached.rule, reached.due_day
        return moment(what=what, name=name, title_zh=zh, title_en=en, due_day=due_day)
    what, name = entry.kind.value, entry.trigger
    zh = Spoken(procedure.definition, "zh").entry(what, name)
    en = Spoken(procedure.definition, "en").entry(what, name)
    return moment(what=what, name=name, title_zh=zh, title_en=en)


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


def _gaps(unit: UnitOfWork, decision: Decision) -> Iterator[TakeoverGap]:
    """The limits of which nothing was said, though they seem to run."""
    command = _command(decision)
    for name, rule in _unmentioned(unit.procedure(decision.case).definition, command):
        title = words(rule.title)
        part = _part(decision.case)
        yield TakeoverGap(part=part, rule=name, title_zh=title.zh, title_en=title.en)


def _command(decision: Decision) -> TakeOver:
    """What was taken over, as its entry in the history keeps it."""
    command = command_from_json(decision.entry.given["command"])
    assert isinstance(command, TakeOver)
    return command


def _unmentioned(definition: Definition, command: TakeOver) -> Iterator[tuple[str, DeadlineRule]]:
    """The rules whose limits what was said starts and does not end, and which it does not name."""
    acts = {act.trigger for act in command.acts}
    through = {definition.initial, command.state}
    through.update(t.to for t in definition.transitions if t.trigger in acts)
    said = {limit.rule for limit in command.limits}
    is_closed = definition.states[command.state].closes is not None
    for name, rule in definition.deadlines.items():
        stays = rule.survives_closing or not is_closed
        has_ended = _has_ended(rule, acts, command.state)
        if name not in said and stays and not has_ended and _started(rule, acts, through):
            yield name, rule


def _has_ended(rule: DeadlineRule, acts: set[str], state: str) -> bool:
    """Whether an act ended a limit, or the case left the states in which it runs."""
    was_left = rule.ends_leaving and state not in rule.ends_leaving
    return bool(was_left) or not acts.isdisjoint((*rule.met_by, *rule.ends_by))


def _started(rule: DeadlineRule, acts: set[str], through: set[str]) -> bool:
    """Whether what is said of a case starts a limit of a rule."""
    starts = rule.starts
    asked = [(starts.on, acts), (starts.entering, through)]
    known = [not said.isdisjoint(words) for words, said in asked if words]
    return bool(known) and all(known)
