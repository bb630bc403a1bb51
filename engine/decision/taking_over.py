"""A running case comes in (存量案件): it stands where it stood, with its limits from their true
starts.

Every due date is computed by the rule and never written. What has passed by then is left to the
clock, which comes to it at once, on its own day; what lies in the past and was only to be told
(a warning) is not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime

from ...workflow.errors import ZhixingError
from ...workflow.model.limits import DeadlineRule, is_gate
from ...workflow.periods.adjustments import Deduction
from ..errors import BadEvent, TakeoverFault, TakeoverRefused
from ..model.case import DeadlineState, DeadlineStatus, Elsewhere, TakenOver, TaskKind
from ..model.effects import EntryKind
from ..model.taking_over import TakenLimit, TakeOver
from . import tasks
from .at_hand import ids_concerned
from .deadlines import counted_from, start_running
from .facts import accept_input, stated_with
from .takeover_faults import Facts, facts_of, fault, faults_in, name_of
from .turn import Outcome, Turn

TAKEN_OVER = "taken-over"
"""What is told of a limit that ran elsewhere before."""


class _InTheWay(Exception):
    """Something stands in the way of one limit; it never leaves this module."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.fault = fault(code, "", zh, en)


def take_over(turn: Turn, command: TakeOver) -> Outcome:
    """The first decision of a case that ran elsewhere. Raises `TakeoverRefused` with every fault,
    `DataError`, `BadEvent`."""
    facts = facts_of(turn.procedure, turn.case, turn.event, command)
    _refuse_for(facts, faults_in(facts))
    changes = _stand(turn, facts)
    _file(turn, command)
    _refuse_for(facts, list(_take_limits(turn, facts)))
    _offer(turn, command)
    return Outcome(EntryKind.TAKEN_OVER, changes, source="")


def known_already(turn: Turn, command: TakeOver) -> Outcome:
    """A case that there is comes in no more. Raises `BadEvent`."""
    raise BadEvent(why_zh="案件已在办", why_en="the case is here already")


def _refuse_for(facts: Facts, found: list[TakeoverFault]) -> None:
    """Nothing comes in while anything is wrong. Raises `TakeoverRefused`."""
    if found:
        raise TakeoverRefused(number=facts.case.number, faults=found)


def _stand(turn: Turn, facts: Facts) -> dict[str, object]:
    """State, data, acts, periods deducted, and when all of it was so; gives what is known."""
    case, command, procedure = turn.case, facts.command, turn.procedure
    given = {name: facts.data[name] for name in turn.event.data}
    case.data = facts.data
    case.stated = stated_with(case.stated, procedure.defaults, given)
    case.state, case.origins = command.state, command.origins
    case.opened_at = facts.moment(command.opened)
    case.taken_over = TakenOver(turn.at, facts.moment(command.since))
    case.deductions = (*command.deductions, *_resting(facts))
    watched = [act for act in command.acts if act.trigger in procedure.watched_triggers]
    case.done_by = {**case.done_by, **{act.trigger: (act.by,) for act in watched}}
    if command.came_from is not None:
        case.came_from = Elsewhere(command.came_from.court, command.came_from.case)
        case.done_by = {**command.came_from.done_by}
    mode = procedure.definition.states[case.state].closes
    if mode is not None:
        case.closed_at, case.closing_mode = case.taken_over.since, mode
    turn.tell(what=TAKEN_OVER, state=case.state)
    return given


def _resting(facts: Facts) -> Iterator[Deduction]:
    """The period that runs because the case rests, where nobody said it."""
    command = facts.command
    ground = facts.procedure.grounds.get(command.state)
    running = {deduction.ground for deduction in command.deductions if deduction.until is None}
    if ground is not None and ground not in running:
        yield Deduction(facts.day(command.since), None, ground)


def _file(turn: Turn, command: TakeOver) -> None:
    """The documents on file, and those that come beside the facts."""
    filed: dict[str, list[str]] = {}
    for document in command.documents:
        filed.setdefault(name_of(document), []).append(document.reference)
    turn.case.documents = filed
    if filed:
        turn.tell(what="filed", documents=deepcopy(filed))
    input = accept_input(turn.procedure, turn.case, {}, turn.event.documents)
    turn.case.documents = input.documents


# -- limits


def _take_limits(turn: Turn, facts: Facts) -> Iterator[TakeoverFault]:
    """Every limit from its true start; gives what stands in the way of it."""
    for number, limit in enumerate(facts.command.limits):
        place = f"limits[{number}]"
        try:
            _take_limit(turn, facts, limit)
        except ZhixingError as error:
            yield TakeoverFault(error.code, place, error.text("zh"), error.text("en"))
        except _InTheWay as error:
            yield replace(error.fault, place=place)


def _take_limit(turn: Turn, facts: Facts, limit: TakenLimit) -> None:
    """One limit from its start, as far as it has come. Raises `_InTheWay`."""
    rule = turn.procedure.rules[limit.rule]
    start = _start(turn, facts, limit)
    deadline = start_running(turn, limit.rule, limit.key, start, limit.round, limit.extensions)
    deadline.watcher = limit.watcher or deadline.watcher
    turn.tell_deadline(deadline, TAKEN_OVER)
    if limit.met_at is not None:
        _meet(turn, rule, deadline, facts.moment(limit.met_at))
    elif limit.is_over:
        _pass(turn, rule, deadline)
    elif deadline.status is DeadlineStatus.PAUSED:
        turn.tell_deadline(deadline, "paused")


def _expect(fits: bool, code: str, zh: str, en: str) -> None:
    """Something has to be so of a limit. Raises `_InTheWay`."""
    if not fits:
        raise _InTheWay(code, zh, en)


def _start(turn: Turn, facts: Facts, limit: TakenLimit) -> datetime:
    """From when a limit counts: the day in the field that its rule names, or the day that is given.

    Where both are known they are one.
    """
    named = counted_from(turn, turn.procedure.rules[limit.rule], limit.key)
    given = facts.moment(limit.since) if limit.since is not None else named
    if given is None:
        raise _InTheWay("start", "须写明起算日", "say from when it counts")
    if facts.command.came_from is not None:  # it was counted from then by this very rule
        return given
    if named is None:
        zh, en = f"起算日 {limit.since} 尚未到来", f"its start {limit.since} is still to come"
        _expect(given <= turn.at, "start", zh, en)
        return given
    field = facts.day(named)
    zh = f"起算日 {limit.since} 与字段所载 {field} 不一致"
    en = f"it starts on {limit.since}, and the field that it counts from says {field}"
    _expect(facts.day(given) == field, "start", zh, en)
    return given


def _meet(turn: Turn, rule: DeadlineRule, deadline: DeadlineState, at: datetime) -> None:
    """It was performed: in time, on its last day too, or late."""
    day_of = turn.procedure.calendar.local_day
    is_after = rule.starts.counted_from is not None or day_of(at) >= day_of(deadline.start)
    _expect(is_after, "met", "履行早于起算", "it was met before it started")
    is_late = deadline.due_at is not None and at > deadline.due_at
    deadline.status = DeadlineStatus.MET_LATE if is_late else DeadlineStatus.MET
    deadline.live, deadline.wake_at, deadline.ended_at = False, None, at
    turn.tell_deadline(deadline, deadline.status.value)


def _pass(turn: Turn, rule: DeadlineRule, deadline: DeadlineState) -> None:
    """It has passed, and what follows from that is known: the clock does nothing more about it."""
    day = deadline.due_day or "-"
    is_over = deadline.due_at is not None and deadline.due_at <= turn.at
    _expect(is_over, "over", f"尚未届满（{day}）", f"it is not over: it runs until {day}")
    opens = is_gate(rule)
    deadline.status = DeadlineStatus.OPENED if opens else DeadlineStatus.EXPIRED
    deadline.live = not opens and bool(rule.met_by or rule.ends_by)
    deadline.escalated = len(rule.on_expiry.escalate)
    deadline.wake_at, deadline.ended_at = None, deadline.due_at
    turn.tell_deadline(deadline, deadline.status.value)


# -- work


def _offer(turn: Turn, command: TakeOver) -> None:
    """The work that the state offers and nobody did yet, and what else is open."""
    rules, done = turn.procedure.definition.tasks, {act.trigger for act in command.acts}
    is_all_known = command.came_from is not None
    entering = turn.procedure.tasks_entering.get(turn.case.state, ())
    for name in () if is_all_known else entering:
        rule = rules[name]
        if not rule.starts.on and done.isdisjoint(rule.done_by):
            for about in ids_concerned(turn.case.data, rule.each):
                tasks.offer(turn, TaskKind.TASK, name, rule.offered_to, about=about)
    for named in command.tasks:
        name, _, about = named.partition("@")
        tasks.offer(turn, TaskKind.TASK, name, rules[name].offered_to, about=about)
