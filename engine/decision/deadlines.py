"""The lives of deadlines as pure functions: armed, paused, warned, met, expired, ended, extended.

A due date is always computed from the rule, the start, the deductions and the extensions; it is
never edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from ...workflow.errors import (
    GuardFailed,
    GuardValueMissing,
    ZhixingError,
)
from ...workflow.language import Words
from ...workflow.model.limits import DeadlineRule, is_gate, starts_with_day
from ...workflow.periods.adjustments import Deduction, Extension
from ..errors import Refused
from ..model.case import CaseState, DeadlineState, DeadlineStatus, Proposal
from ..model.effects import Alert
from ..model.obstacle import Obstacle
from .at_hand import concerns, data_about, ids_concerned
from .computed import scope_at
from .due import counted_in, over_rounds, relevant, rule_period
from .obstacles import words
from .procedure import Procedure
from .turn import Turn

FAR = datetime.max
_NOT_EXPIRED = (DeadlineStatus.RUNNING, DeadlineStatus.PAUSED)

# -- starting


def start_where_due(turn: Turn, name: str, at: datetime | None = None) -> None:
    """Start a deadline of the flow, where the condition of its start holds.

    Raises `Refused` where that cannot be said: no limit of law is left out in silence.
    """
    rule, since = turn.procedure.rules[name], at or turn.at
    for key in _keys(turn.case.data, rule):
        if name not in turn.procedure.start_conditions or _is_to_start(turn, name, key, since):
            _arm_one(turn, name, key, since, None)


def _is_to_start(turn: Turn, name: str, key: str, at: datetime) -> bool:
    """Whether the condition of a start holds; of sub-procedures as the event was told."""
    data = data_about(turn.case.data, turn.procedure.rules[name].each, key)
    scope = scope_at(turn.procedure, data, at)
    scope.children, scope.case = turn.children, turn.case
    scope.done = turn.case.done_by
    try:
        return turn.procedure.start_conditions[name].allows(scope)
    except (GuardValueMissing, GuardFailed) as error:
        raise _not_known(turn, name, error) from None


def _not_known(turn: Turn, name: str, error: ZhixingError) -> Refused:
    """Whether a deadline starts cannot be said."""
    title, reason = turn.procedure.rules[name].title, Words(error.text("zh"), error.text("en"))
    obstacle = Obstacle("start-unknown", deadline=name, title=words(title), reason=reason)
    return Refused(turn.case.id, turn.event.trigger, turn.case.state, (obstacle,))


def arm(
    turn: Turn,
    name: str,
    at: datetime | None = None,
    start: datetime | None = None,
    key: str | None = None,
) -> bool:
    """Start a deadline, unless one of the same rule and key already runs; whether it did.

    `at` is when its cause happened: the event's own time unless given. It is counted from `start`,
    where that is given, and else from what its rule says. `key` tells it from others of its rule
    where no field does. One for each record starts for the record at hand, or for all.
    """
    rule, since = turn.procedure.rules[name], at or turn.at
    keys = _keys(turn.case.data, rule) if key is None else [key]
    started = [_arm_one(turn, name, one, since, start) for one in keys]
    return any(started)


def _keys(data: Mapping[str, Any], rule: DeadlineRule) -> list[str]:
    """What the limits that a rule now starts are about."""
    if rule.keyed_by is not None:
        return [str(data.get(rule.keyed_by, ""))]
    return ids_concerned(data, rule.each)


def _arm_one(turn: Turn, name: str, key: str, since: datetime, start: datetime | None) -> bool:
    """Start the limit of one key, unless it runs."""
    if _runs(turn.case, name, key):
        return False
    rule = turn.procedure.rules[name]
    start = start or counted_from(turn, rule, key) or since
    deadline = start_running(turn, name, key, start, at=since)
    is_running = deadline.status is DeadlineStatus.RUNNING
    turn.tell_deadline(deadline, "armed" if is_running else "armed-paused")
    return True


def start_running(
    turn: Turn,
    name: str,
    key: str,
    start: datetime,
    round: int = 1,
    extensions: tuple[Extension, ...] = (),
    at: datetime | None = None,
) -> DeadlineState:
    """A limit of a case runs, counted from `start`; `at` is when its cause happened, by default
    the event's own time. Raises `BadLength`, `EndNotWritten`."""
    rule = turn.procedure.rules[name]
    id = turn.new_deadline_id(name, key, round)
    deadline = DeadlineState(id, name, key, start, None, None, None)
    deadline.round, deadline.extensions = round, extensions
    deadline.watcher = turn.case.officer if rule.watcher in (None, "officer") else ""
    _start_running(turn, rule, deadline, at or turn.at)
    return deadline


def _runs(case: CaseState, name: str, key: str) -> bool:
    """Whether a deadline of a rule and key has started and is not over."""
    of_rule = (d for d in case.deadlines if d.rule == name and d.key == key)
    return any(d.status in _NOT_EXPIRED for d in of_rule)


def counted_from(turn: Turn, rule: DeadlineRule, key: str) -> datetime | None:
    """From when a deadline counts, as the field says that its rule names, if it names one."""
    name = rule.starts.counted_from
    value = data_about(turn.case.data, rule.each, key).get(name) if name else None
    if value is None:
        return None
    return value if isinstance(value, datetime) else turn.procedure.calendar.start_of(value)


def _start_running(turn: Turn, rule: DeadlineRule, deadline: DeadlineState, at: datetime) -> None:
    """Add a deadline to the case, counted on the calendar of today.

    It knows when it was armed: a limit that is entered late may have been over by then.
    """
    deadline.calendar_version = turn.procedure.calendar.version
    deadline.armed_at = turn.event.known_at
    _compute(turn, rule, deadline, at)
    turn.arm(deadline)


def _arm_next_round(turn: Turn, rule: DeadlineRule, last: DeadlineState) -> None:
    """The next round of a recurring deadline."""
    assert rule.recurring is not None
    if last.round >= rule.recurring.times or _has_later(turn.case, last):
        return
    id = turn.new_deadline_id(last.rule, last.key, last.round + 1)
    following = DeadlineState(id, last.rule, last.key, last.start, None, None, None)
    following.round = last.round + 1
    following.watcher = last.watcher
    _start_running(turn, rule, following, turn.at)
    turn.tell_deadline(following, "armed")


# -- counting


def follow_written_ends(turn: Turn, changes: Mapping[str, Any]) -> None:
    """A live deadline that ends on a day in a field follows the field, whoever writes it."""
    named = turn.procedure.ending_on
    if not named:
        return
    rules = set(chain.from_iterable(named.get(field, ()) for field in changes))
    for deadline in turn.live(rules):
        recalculate(turn, only=deadline.id)


def _compute(turn: Turn, rule: DeadlineRule, deadline: DeadlineState, at: datetime) -> None:
    """Set the due date and the next waking moment; `at` is the time of the cause."""
    procedure, case = turn.procedure, turn.case
    deductions = relevant(procedure, rule, case.deductions) if case.deductions else []
    rounds = over_rounds(rule_period(procedure, rule, case, deadline.key), deadline.round)
    deductions = counted_in(rounds, deadline, deductions)
    if any(d.until is None for d in deductions):
        deadline.status = DeadlineStatus.PAUSED
        deadline.due_day = deadline.due_at = deadline.wake_at = None
        return
    due = rounds.due(deadline.start, deductions, deadline.extensions)
    deadline.status = DeadlineStatus.RUNNING
    deadline.due_day = due.day
    deadline.due_at = procedure.calendar.start_of(due.day) if starts_with_day(rule) else due.at
    deadline.provisional = due.provisional
    warnings = _warnings(procedure, deadline)
    if warnings:  # those that lie before the deadline even runs are not given
        since = max(at, deadline.start, turn.event.known_at)
        deadline.warned = sum(warning <= since for warning in warnings)
    deadline.wake_at = _next_moment(warnings, deadline)


def _warnings(procedure: Procedure, deadline: DeadlineState) -> list[datetime]:
    """The moments at which a deadline warns, in their order."""
    due_at, leads = deadline.due_at, procedure.warnings[deadline.rule]
    if due_at is None:
        return []
    return sorted(lead.before(due_at, procedure.calendar) for lead in leads)


def _next_moment(warnings: Sequence[datetime], deadline: DeadlineState) -> datetime | None:
    """The next warning, or the due moment."""
    if deadline.warned < len(warnings):
        return warnings[deadline.warned]
    return deadline.due_at


def recalculate_deducted(turn: Turn, before: Sequence[Deduction]) -> None:
    """Compute those deadlines again that other deductions lengthen now than did `before`.

    Those that a deduction does not touch stay as they were counted, also by older rules.
    """
    procedure, after = turn.procedure, turn.case.deductions
    for deadline in turn.live():
        rule = procedure.rules[deadline.rule]
        if relevant(procedure, rule, before) != relevant(procedure, rule, after):
            recalculate(turn, only=deadline.id)


def recalculate(turn: Turn, only: str | None = None) -> None:
    """Compute the unexpired deadlines again, after extensions, the calendar or the rules changed.

    `only` names the one deadline (its id) that is concerned.
    """
    for deadline in turn.live():
        is_concerned = only in (None, deadline.id) and deadline.id not in turn.effects.armed
        if is_concerned and deadline.status is not DeadlineStatus.EXPIRED:
            _recalculate_one(turn, deadline)


def _recalculate_one(turn: Turn, deadline: DeadlineState) -> None:
    """Compute one deadline again; history tells of it only where its timing is another."""
    after = deadline.clone()
    _compute(turn, turn.procedure.rules[after.rule], after, turn.at)
    after.calendar_version = turn.procedure.calendar.version
    if _timing(after) == _timing(deadline):
        return
    turn.adopt(deadline, after)
    turn.tell_deadline(after, _what_changed(deadline, after))


def _timing(deadline: DeadlineState) -> tuple[object, ...]:
    """What history tells of where it changes."""
    return (deadline.status, deadline.due_at, deadline.provisional)


def _what_changed(before: DeadlineState, after: DeadlineState) -> str:
    """How history calls the change."""
    if after.status is DeadlineStatus.PAUSED:
        return "paused"
    return "resumed" if before.status is DeadlineStatus.PAUSED else "recomputed"


# -- ending


def finish(turn: Turn, deadline: DeadlineState, status: DeadlineStatus, what: str) -> None:
    """End a deadline: met, met late, cancelled or waived."""
    ended = _end(turn, deadline)
    ended.status = status
    turn.tell_deadline(ended, what)


def end_unperformed(turn: Turn, deadline: DeadlineState) -> None:
    """A deadline is over without performance: cancelled.

    One that had already expired stays expired, and asks no more.
    """
    if deadline.status is DeadlineStatus.EXPIRED:
        _end(turn, deadline)
    else:
        finish(turn, deadline, DeadlineStatus.CANCELLED, "cancelled")


def _end(turn: Turn, deadline: DeadlineState) -> DeadlineState:
    """A deadline asks no more of anybody, and no clock looks at it."""
    ended = turn.own(deadline)
    ended.live, ended.wake_at, ended.ended_at = False, None, turn.at
    return ended


def perform(turn: Turn, trigger: str) -> None:
    """What a trigger means for the live deadlines: performed (in time or late), or ended."""
    touched = turn.procedure.touching.get(trigger)
    if touched is None:
        return
    for deadline in turn.live(touched):
        rule = turn.procedure.rules[deadline.rule]
        if not _concerns(turn, rule, deadline):
            continue
        if trigger not in rule.met_by or _is_followed(turn.case, deadline):
            end_unperformed(turn, deadline)
        elif _has_begun(turn, rule, deadline):
            _meet(turn, rule, deadline)


def _meet(turn: Turn, rule: DeadlineRule, deadline: DeadlineState) -> None:
    """A deadline is performed; of a recurring one the next round begins."""
    met = met_status(turn, deadline)
    finish(turn, deadline, met, met.value)
    if rule.recurring:
        _arm_next_round(turn, rule, deadline)


def _is_followed(case: CaseState, missed: DeadlineState) -> bool:
    """Whether a missed round has a later one: an act serves the round in which it falls."""
    return missed.status is DeadlineStatus.EXPIRED and _has_later(case, missed)


def _has_later(case: CaseState, deadline: DeadlineState) -> bool:
    """Whether the case has a later round of the same deadline."""
    of = (deadline.rule, deadline.key)
    return any((d.rule, d.key) == of and d.round > deadline.round for d in case.deadlines)


def _has_begun(turn: Turn, rule: DeadlineRule, deadline: DeadlineState) -> bool:
    """Whether a round has begun: it does where the one before was due."""
    if deadline.round == 1:
        return True
    case, procedure = turn.case, turn.procedure
    deductions = relevant(procedure, rule, case.deductions)
    if any(d.until is None for d in deductions):
        return True
    before = over_rounds(rule_period(procedure, rule, case, deadline.key), deadline.round - 1)
    return turn.at >= before.due(deadline.start, deductions).at


def _concerns(turn: Turn, rule: DeadlineRule, deadline: DeadlineState) -> bool:
    """Whether an event is about this one of several deadlines of a rule, as far as it says."""
    data = turn.case.data
    if rule.each is not None:
        return concerns(data, rule.each, deadline.key)
    value = data.get(rule.keyed_by or "")
    return value is None or deadline.key == str(value)


def met_status(turn: Turn, deadline: DeadlineState) -> DeadlineStatus:
    """Performed in time, or late: on the last day itself is in time."""
    is_past = deadline.due_at is not None and turn.at > deadline.due_at
    if is_past or deadline.status is DeadlineStatus.EXPIRED:
        return DeadlineStatus.MET_LATE
    return DeadlineStatus.MET


def settle_proposal(turn: Turn, proposal: Proposal, decided: bool) -> None:
    """The time for deciding a proposal is over: it was decided, in time or late, or withdrawn.

    A limit that is not about each record runs on while another waits that started it.
    """
    others = [p for p in turn.case.proposals if p.name != proposal.name]
    for deadline in turn.live(turn.procedure.proposing.get(proposal.trigger, ())):
        waiting = {p.trigger for p in others if _is_of(turn, deadline, p)}
        starts = turn.procedure.rules[deadline.rule].starts.proposing
        if not (_is_of(turn, deadline, proposal) and waiting.isdisjoint(starts)):
            continue
        status = met_status(turn, deadline) if decided else DeadlineStatus.CANCELLED
        finish(turn, deadline, status, status.value)


def _is_of(turn: Turn, deadline: DeadlineState, proposal: Proposal) -> bool:
    """Whether a limit is about the record that a proposal is about, or about none."""
    return turn.procedure.rules[deadline.rule].each is None or deadline.key == proposal.about


def leave(turn: Turn, state: str) -> None:
    """Deadlines bound to a state end with it."""
    if state not in turn.procedure.leaving:
        return
    rules = turn.procedure.rules
    for deadline in turn.live():
        if state in rules[deadline.rule].ends_leaving:
            end_unperformed(turn, deadline)


def close(turn: Turn) -> None:
    """A closed case keeps only what survives closing, and what closing itself starts."""
    rules, armed_by_closing = turn.procedure.rules, turn.effects.armed
    for deadline in turn.live():
        survives = rules[deadline.rule].survives_closing
        if not survives and deadline.id not in armed_by_closing:
            end_unperformed(turn, deadline)


def revive(turn: Turn, deadline: DeadlineState) -> None:
    """A missed deadline runs again; its due date is to be computed anew."""
    revived = turn.own(deadline)
    revived.status = DeadlineStatus.RUNNING
    revived.live, revived.ended_at = True, None
    revived.escalated = revived.warned = 0


# -- the clock


def reach(turn: Turn, deadline: DeadlineState) -> str | None:
    """The moment of a deadline has come: a warning, the expiry, or a further step of escalation.

    Gives the trigger that it fires.
    """
    if deadline.due_at is None:
        return None
    rule, reached = turn.procedure.rules[deadline.rule], turn.own(deadline)
    if reached.status is not DeadlineStatus.RUNNING:
        _escalate(turn, rule, reached)
        return None
    if turn.at >= deadline.due_at:
        return _expire(turn, rule, reached)
    reached.warned += 1
    reached.wake_at = _next_moment(_warnings(turn.procedure, reached), reached)
    alert(turn, "warning", reached, rule.on_expiry.alert)
    turn.tell_deadline(reached, "warned")
    return None


def _expire(turn: Turn, rule: DeadlineRule, deadline: DeadlineState) -> str | None:
    """The time of a deadline is over: a gate opens; anything else has expired, and people are told.

    One that can still be met late stays live. Gives the trigger that it fires.
    """
    expiry = rule.on_expiry
    deadline.ended_at, deadline.wake_at = turn.at, None
    if is_gate(rule):
        deadline.status, deadline.live = DeadlineStatus.OPENED, False
        turn.tell_deadline(deadline, "opened")
        return expiry.fire
    deadline.status = DeadlineStatus.EXPIRED
    deadline.live = bool(rule.met_by or rule.ends_by)
    turn.tell_deadline(deadline, "expired")
    if expiry.alert or expiry.opens_right:
        alert(turn, "expired", deadline, expiry.alert)
    if expiry.escalate:
        _escalate(turn, rule, deadline)
    if rule.recurring:
        _arm_next_round(turn, rule, deadline)
    return expiry.fire


def _escalate(turn: Turn, rule: DeadlineRule, deadline: DeadlineState) -> None:
    """The next in the chain is told, and then waited for, as long as the deadline is not met.

    A limit that was over when it was armed escalates from when the court knew of it.
    """
    chain, level = rule.on_expiry.escalate, deadline.escalated
    if level < len(chain):
        alert(turn, "escalated", deadline, (chain[level],))
        turn.tell_deadline(deadline, f"escalated:{chain[level]}")
    deadline.escalated = level + 1
    goes_on = deadline.escalated < len(chain) and deadline.live
    since = max(turn.at, deadline.armed_at or turn.at)
    step = turn.procedure.escalations[deadline.rule]
    deadline.wake_at = step.after(since, turn.procedure.calendar) if goes_on else None


def alert(turn: Turn, kind: str, deadline: DeadlineState, roles: tuple[str, ...]) -> None:
    """Roles, and who watches the deadline, are told of it."""
    turn.effects.alerts.append(
        Alert(
            kind,
            deadline.id,
            deadline.rule,
            roles,
            deadline.watcher,
            turn.at,
            deadline.due_day,
        )
    )


# -- asked of a case


def next_deadline(procedure: Procedure, case: CaseState, now: datetime) -> DeadlineState | None:
    """The deadline whose moment came first, up to `now`; ties in the order of the definition."""
    due = [d for d in case.live() if d.wake_at is not None and d.wake_at <= now]
    if not due:
        return None
    return min(due, key=lambda d: (d.wake_at or FAR, procedure.order[d.rule], d.key, d.id))
