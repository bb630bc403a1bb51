"""The lives of deadlines as pure functions: armed, paused, warned, met, expired, cancelled, extended, waived.

A due date is always computed from the rule, the start, the list of deductions and the extensions; it is never edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from ..workflow.errors import BadLength
from ..workflow.models import Deadline
from ..workflow.periods import Deduction, Due, Period, Step
from ..workflow.rules import lead, starts_with_day
from .machine import Procedure
from .values import Alert, CaseState, DeadlineState, Status, TaskState

FAR = datetime.max


@dataclass(slots=True)
class Ledger:
    """What happens to a case's deadlines and tasks during the event that makes version `seq` of the case."""

    case_id: str
    seq: int
    armed: list[DeadlineState] = field(default_factory=list)
    changed: list[DeadlineState] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    tasks: list[TaskState] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)

    def new_id(self) -> str:
        """An id that says which event armed the deadline; the same event always gives the same one."""
        return f"{self.case_id}.{self.seq}.{len(self.armed)}"

    def note(self, deadline: DeadlineState, what: str) -> None:
        day = deadline.due_day
        effect = {"deadline": deadline.rule, "what": what, "due": day.isoformat() if day else None}
        if deadline.key:
            effect["key"] = deadline.key
        self.effects.append(effect)


def rule_period(procedure: Procedure, rule: Deadline, case: CaseState) -> Period:
    """The period of a rule for a case (the length may be a field of the case). Raises `BadLength` when it is not known."""
    length = rule.length if isinstance(rule.length, int) else case.data.get(rule.length)
    if not isinstance(length, int):
        raise BadLength(length=f"{rule.length}={length}")
    return procedure.period(rule, length)


def relevant(procedure: Procedure, rule: Deadline, deductions: Iterable[Deduction]) -> list[Deduction]:
    """The deductions that lengthen a rule's period: suspensions when it pauses, and the grounds it names."""
    return [d for d in deductions if d.ground in rule.deducts or (rule.pauses and d.ground in procedure.pausing)]


def arm(procedure: Procedure, case: CaseState, name: str, at: datetime, ledger: Ledger) -> None:
    """Start a deadline, unless one of the same rule and key already runs."""
    rule = procedure.rules[name]
    key = str(case.data.get(rule.keyed_by, "")) if rule.keyed_by else ""
    for present in case.deadlines:
        if present.rule == name and present.key == key and present.status in (Status.RUNNING, Status.PAUSED):
            return
    deadline = DeadlineState(ledger.new_id(), name, key, _start(procedure, rule, case, at), None, None, None)
    deadline.calendar_version = procedure.calendar.version
    deadline.watcher = case.officer if rule.watcher in (None, "officer") else ""
    _compute(procedure, case, rule, deadline, at)
    case.deadlines.append(deadline)
    ledger.armed.append(deadline)
    ledger.note(deadline, "armed" if deadline.status is Status.RUNNING else "armed-paused")


def _start(procedure: Procedure, rule: Deadline, case: CaseState, at: datetime) -> datetime:
    name = rule.starts.counted_from
    value = case.data.get(name) if name else None
    if value is None:
        return at
    return value if isinstance(value, datetime) else procedure.calendar.start_of(value)


def _compute(procedure: Procedure, case: CaseState, rule: Deadline, deadline: DeadlineState, at: datetime) -> None:
    """Set due date and next waking moment from the list; `at` is the time of the event that asks."""
    mine = relevant(procedure, rule, case.deductions) if case.deductions else []
    period = rule_period(procedure, rule, case)
    if any(d.until is None for d in mine):
        deadline.status, deadline.due_day, deadline.due_at, deadline.wake_at = Status.PAUSED, None, None, None
        return
    due = nth_due(period, deadline, mine)
    deadline.status = Status.RUNNING
    deadline.due_day = due.day
    deadline.due_at = procedure.calendar.start_of(due.day) if starts_with_day(rule) else due.at
    deadline.provisional = due.provisional
    leads = procedure.leads[deadline.rule]
    if leads:  # warnings that lie before the deadline even runs are not given
        since = max(at, deadline.start)
        deadline.warned = sum(deadline.due_at - lead <= since for lead in leads)
    deadline.wake_at = _next_moment(leads, deadline)


def nth_due(period: Period, deadline: DeadlineState, deductions: Sequence[Deduction]) -> Due:
    """The due date of the deadline's present round: a recurring period is counted on from the one before it."""
    if deadline.round == 1:
        return period.due(deadline.start, deductions, deadline.extensions)
    longer = replace(period, length=period.length * deadline.round)
    return longer.due(deadline.start, deductions, deadline.extensions)


def _next_moment(leads: Sequence[timedelta], deadline: DeadlineState) -> datetime | None:
    """The next warning, or the due moment; `leads` stand in the order of their moments."""
    if deadline.due_at is None or deadline.warned >= len(leads):
        return deadline.due_at
    return deadline.due_at - leads[deadline.warned]


def finish(deadline: DeadlineState, status: Status, at: datetime, ledger: Ledger, what: str) -> None:
    """End a deadline: met, met late, cancelled or waived."""
    deadline.status, deadline.live, deadline.wake_at, deadline.ended_at = status, False, None, at
    if deadline not in ledger.armed:
        ledger.changed.append(deadline)
    ledger.note(deadline, what)


def perform(procedure: Procedure, case: CaseState, trigger: str, at: datetime, ledger: Ledger) -> None:
    """What a trigger means for the live deadlines: performed (in time or late), or ended."""
    touched = procedure.touching.get(trigger)
    if touched is None:
        return
    for deadline in [d for d in case.deadlines if d.live and d.rule in touched]:
        rule = procedure.rules[deadline.rule]
        if rule.keyed_by and case.data.get(rule.keyed_by) is not None and deadline.key != str(case.data[rule.keyed_by]):
            continue
        if trigger in rule.met_by:
            late = deadline.status is Status.EXPIRED or (deadline.due_at is not None and at > deadline.due_at)
            finish(deadline, Status.MET_LATE if late else Status.MET, at, ledger, "met-late" if late else "met")
            if rule.recurring and deadline.round < rule.recurring.times:
                _again(procedure, case, rule, deadline, at, ledger)
        else:
            end_unperformed(deadline, at, ledger)


def end_unperformed(deadline: DeadlineState, at: datetime, ledger: Ledger) -> None:
    """A deadline is over without performance: cancelled; one that had already expired stays expired, and asks no more."""
    if deadline.status is not Status.EXPIRED:
        finish(deadline, Status.CANCELLED, at, ledger, "cancelled")
        return
    deadline.live, deadline.wake_at, deadline.ended_at = False, None, at
    if deadline not in ledger.armed:
        ledger.changed.append(deadline)


def settle_proposal(procedure: Procedure, case: CaseState, trigger: str, at: datetime, ledger: Ledger, decided: bool) -> None:
    """The time for deciding a proposal is over: it was decided (refused), in time or late, or the proposal was withdrawn."""
    waiting = {p.trigger for p in case.proposals} - {trigger}
    rules = [r for r in procedure.proposing.get(trigger, ()) if waiting.isdisjoint(procedure.rules[r].starts.proposing)]
    for deadline in [d for d in case.deadlines if d.live and d.rule in rules]:
        late = deadline.status is Status.EXPIRED or (deadline.due_at is not None and at > deadline.due_at)
        met = Status.MET_LATE if late else Status.MET
        finish(deadline, met if decided else Status.CANCELLED, at, ledger, met.value if decided else "cancelled")


def _again(procedure: Procedure, case: CaseState, rule: Deadline, last: DeadlineState, at: datetime, ledger: Ledger) -> None:
    """The next round of a recurring deadline."""
    following = DeadlineState(ledger.new_id(), last.rule, last.key, last.start, None, None, None, round=last.round + 1)
    following.calendar_version, following.watcher = procedure.calendar.version, last.watcher
    _compute(procedure, case, rule, following, at)
    case.deadlines.append(following)
    ledger.armed.append(following)
    ledger.note(following, "armed")


def leave(procedure: Procedure, case: CaseState, state: str, at: datetime, ledger: Ledger) -> None:
    """Deadlines bound to a state end with it."""
    if state not in procedure.leaving:
        return
    for deadline in case.deadlines:
        if deadline.live and state in procedure.rules[deadline.rule].ends_leaving:
            end_unperformed(deadline, at, ledger)


def close(procedure: Procedure, case: CaseState, at: datetime, ledger: Ledger) -> None:
    """A closed case keeps only the deadlines that survive closing, and those that closing itself starts."""
    for deadline in case.deadlines:
        if deadline.live and deadline not in ledger.armed and not procedure.rules[deadline.rule].survives_closing:
            end_unperformed(deadline, at, ledger)


def reckon(procedure: Procedure, case: CaseState, at: datetime, ledger: Ledger, only: str | None = None) -> None:
    """Compute the unexpired deadlines again after deductions, extensions or the calendar changed."""
    for deadline in case.deadlines:
        if not deadline.live or deadline.status is Status.EXPIRED or deadline in ledger.armed or only not in (None, deadline.id):
            continue
        before = (deadline.status, deadline.due_at, deadline.provisional)
        _compute(procedure, case, procedure.rules[deadline.rule], deadline, at)
        deadline.calendar_version = procedure.calendar.version
        if (deadline.status, deadline.due_at, deadline.provisional) == before:
            continue
        if deadline not in ledger.changed:
            ledger.changed.append(deadline)
        was_paused, paused = before[0] is Status.PAUSED, deadline.status is Status.PAUSED
        ledger.note(deadline, "paused" if paused else "resumed" if was_paused else "recomputed")


def revive(deadline: DeadlineState) -> None:
    """A missed deadline runs again; its due date is to be computed anew."""
    deadline.status, deadline.live, deadline.ended_at, deadline.escalated, deadline.warned = Status.RUNNING, True, None, 0, 0


def come(procedure: Procedure, case: CaseState, deadline: DeadlineState, at: datetime, ledger: Ledger) -> str | None:
    """The moment of a deadline has come: a warning, the expiry, or a further step of escalation. Gives the trigger to fire."""
    rule = procedure.rules[deadline.rule]
    if deadline.due_at is None:
        return None
    ledger.changed.append(deadline)
    if deadline.status is Status.RUNNING and at < deadline.due_at:
        deadline.warned += 1
        deadline.wake_at = _next_moment(procedure.leads[deadline.rule], deadline)
        _alert("warning", rule, deadline, rule.on_expiry.alert, at, ledger)
        ledger.note(deadline, "warned")
        return None
    if deadline.status is Status.RUNNING:
        return _expire(procedure, case, rule, deadline, at, ledger)
    _escalate(rule, deadline, at, ledger)
    return None


def _expire(procedure: Procedure, case: CaseState, rule: Deadline, deadline: DeadlineState, at: datetime, ledger: Ledger) -> str | None:
    expiry = rule.on_expiry
    if rule.gates:
        deadline.status, deadline.wake_at, deadline.live, deadline.ended_at = Status.OPENED, None, False, at
        ledger.note(deadline, "opened")
        return expiry.fire
    deadline.status = Status.EXPIRED
    deadline.ended_at = at
    deadline.wake_at = None
    deadline.live = bool(rule.met_by or rule.ends_by)
    ledger.note(deadline, "expired")
    if expiry.alert or expiry.opens_right:
        _alert("expired", rule, deadline, expiry.alert, at, ledger)
    if expiry.escalate:
        _escalate(rule, deadline, at, ledger)
    if rule.recurring and deadline.round < rule.recurring.times and not rule.met_by:
        _again(procedure, case, rule, deadline, at, ledger)
    return expiry.fire


def _escalate(rule: Deadline, deadline: DeadlineState, at: datetime, ledger: Ledger) -> None:
    chain = rule.on_expiry.escalate
    level = deadline.escalated
    if level < len(chain):
        _alert("escalated", rule, deadline, (chain[level],), at, ledger)
        ledger.note(deadline, f"escalated:{chain[level]}")
    deadline.escalated = level + 1
    more = deadline.escalated < len(chain) and deadline.live
    deadline.wake_at = at + lead(rule.on_expiry.every) if more else None


def _alert(kind: str, rule: Deadline, deadline: DeadlineState, roles: tuple[str, ...], at: datetime, ledger: Ledger) -> None:
    ledger.alerts.append(Alert(kind, deadline.id, deadline.rule, roles, deadline.watcher, at, deadline.due_day))


def earliest(case: CaseState) -> datetime | None:
    """The next moment at which a clock has something to do for the case."""
    first: datetime | None = None
    for deadline in case.deadlines:
        moment = deadline.wake_at
        if moment is not None and deadline.live and (first is None or moment < first):
            first = moment
    return first


def next_deadline(procedure: Procedure, case: CaseState, now: datetime) -> DeadlineState | None:
    """The deadline whose moment came first, up to `now`; ties in the order of the definition."""
    due = [d for d in case.deadlines if d.live and d.wake_at is not None and d.wake_at <= now]
    return min(due, key=lambda d: (d.wake_at or FAR, procedure.order[d.rule], d.key, d.id)) if due else None


def explanation(procedure: Procedure, case: CaseState, deadline: DeadlineState) -> tuple[Due | None, tuple[Step, ...]]:
    """How a deadline's due date came about; no due date while it is paused."""
    rule = procedure.rules[deadline.rule]
    mine = relevant(procedure, rule, case.deductions)
    if deadline.status is Status.PAUSED or any(d.until is None for d in mine):
        return None, ()
    period = rule_period(procedure, rule, case)
    if deadline.round > 1:
        period = replace(period, length=period.length * deadline.round)
    return period.explain(deadline.start, mine, deadline.extensions)


def overdue_days(deadline: DeadlineState, today: date) -> int:
    """How many days a deadline is overdue."""
    return max((today - deadline.due_day) // timedelta(days=1), 0) if deadline.due_day else 0
