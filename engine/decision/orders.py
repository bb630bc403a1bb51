"""What is ordered about a case beside its triggers: periods deducted, extended or waived, people
named, another version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from ...workflow.errors import DataError
from ...workflow.law.armed import MET_BY
from ...workflow.model.limits import extension_step
from ...workflow.periods.adjustments import Extension
from ...workflow.periods.counting import TimeUnit
from ..errors import BadEvent, ExtensionRefused, MoveRefused, Refused, UnknownDeadline
from ..model.case import DeadlineState, DeadlineStatus
from ..model.commands import (
    Arm,
    Assign,
    AssignWatcher,
    ComeUnder,
    Correct,
    DeadlineReached,
    Deduct,
    Extend,
    Link,
    Meet,
    Move,
    Recalculate,
    Seal,
    Transfer,
    Waive,
)
from ..model.effects import EntryKind
from ..model.event import CLOCK, Event
from .correction import correct
from .deadlines import (
    arm,
    finish,
    met_status,
    recalculate,
    recalculate_deducted,
    revive,
    start_where_due,
)
from .deadlines import reach as reach_moment
from .powers import is_approved
from .relations import link, transfer
from .tasks import adapt
from .turn import Outcome, Turn


def reach(turn: Turn, command: DeadlineReached) -> Outcome:
    """A deadline's moment: at its own time, however late the clock comes round to it."""
    deadline = next(d for d in turn.case.deadlines if d.id == command.id)
    trigger = reach_moment(turn, deadline)
    if trigger is not None:
        belated = deadline.armed_at if _is_belated(deadline) else None
        about = turn.procedure.definition.concerned(trigger, deadline.key)
        turn.effects.fires = Event(
            turn.at, CLOCK, trigger, recorded_at=belated, follows=True, about=about
        )
    return Outcome(EntryKind.DEADLINE)


def _is_belated(deadline: DeadlineState) -> bool:
    """Whether the court knew of a limit only when its time was over."""
    if deadline.armed_at is None or deadline.due_at is None:
        return False
    return deadline.armed_at > deadline.due_at


def count_anew(turn: Turn, command: Recalculate) -> Outcome:
    """Every due date is computed again, on the present calendar and by the present rules."""
    before = {d.id: d.due_day for d in turn.live()}
    recalculate(turn)
    if not command.rules:
        return Outcome(EntryKind.CALENDAR, {"calendar": turn.procedure.calendar.version})
    changed = turn.effects.changed.values()
    due = [[d.rule, _iso(before[d.id]), _iso(d.due_day)] for d in changed]
    return Outcome(EntryKind.RULES, {"rules": command.rules, "due": due})


def _iso(day: date | None) -> str | None:
    """A day as history keeps it."""
    return day.isoformat() if day is not None else None


def seal(turn: Turn, _: Seal) -> Outcome:
    """The entries so far are sealed, where this one is written."""
    return Outcome(EntryKind.SEALED)


def deduct(turn: Turn, command: Deduct) -> Outcome:
    """A deduction begins, ends, or is entered whole. Raises `BadEvent`."""
    new, grounds = command.deduction, turn.procedure.definition.grounds
    if new.ground not in grounds:
        known = ", ".join(grounds)
        raise BadEvent(
            why_zh=f"没有扣除事由 {new.ground}；可用：{known}",
            why_en=f"no ground of deduction {new.ground}; known: {known}",
        )
    kept = tuple(
        d
        for d in turn.case.deductions
        if d.until is not None or (d.ground, d.since) != (new.ground, new.since)
    )
    before, turn.case.deductions = turn.case.deductions, (*kept, new)
    recalculate_deducted(turn, before)
    until = new.until.isoformat() if new.until else None
    told = [new.ground, new.since.isoformat(), until, new.document]
    return Outcome(EntryKind.DEDUCTION, {"deduction": told})


def waive(turn: Turn, command: Waive) -> Outcome:
    """A deadline ends without performance. Raises `UnknownDeadline`."""
    deadline = turn.find_live(command.deadline)
    finish(turn, deadline, DeadlineStatus.WAIVED, "waived")
    return Outcome(EntryKind.WAIVED, {"deadline": deadline.rule})


def extend(turn: Turn, command: Extend) -> Outcome:
    """A deadline is extended as its rule allows, or one that was missed is restored.

    Raises `ExtensionRefused`, `UnknownDeadline`.
    """
    extension = command.extension
    deadline = turn.find_live(command.deadline, is_missed=command.restore)
    _check_unit(turn, deadline, extension)
    if command.restore:
        _check_restoration(turn, deadline)
        revive(turn, deadline)
    else:
        _check_extension(turn, deadline, command)
    extended = turn.own(deadline)
    extended.extensions = (*extended.extensions, extension)
    recalculate(turn, only=extended.id)
    kind = EntryKind.RESTORATION if command.restore else EntryKind.EXTENSION
    unit = extension.unit.value
    told = [extended.rule, extension.length, unit, extension.approver, extension.document]
    return Outcome(kind, {kind.value: told})


def _refused(deadline: DeadlineState, zh: str, en: str) -> ExtensionRefused:
    """Why a deadline is neither extended nor restored."""
    return ExtensionRefused(rule=deadline.rule, why_zh=zh, why_en=en)


def _check_unit(turn: Turn, deadline: DeadlineState, extension: Extension) -> None:
    """Hours lengthen a limit of hours, and nothing else does: days are not made of them."""
    in_hours = turn.procedure.rules[deadline.rule].unit is TimeUnit.HOUR
    if (extension.unit is TimeUnit.HOUR) is not in_hours:
        zh, en = "小时与日、月、年不能相加", "hours and days, months or years do not add up"
        raise _refused(deadline, zh, en)


def _check_restoration(turn: Turn, deadline: DeadlineState) -> None:
    """A missed period may be restored by the roles its rule names (CPL art. 86)."""
    by = turn.procedure.rules[deadline.rule].restorable_by
    if deadline.status is not DeadlineStatus.EXPIRED:
        raise _refused(deadline, "期限并未耽误", "it was not missed")
    if not by:
        raise _refused(deadline, "不变期间不得顺延", "it cannot be restored")
    if not is_approved(turn) and turn.event.actor.roles.isdisjoint(by):
        roles = ", ".join(by)
        raise _refused(deadline, f"须由 {roles} 准许", f"only {roles} may restore it")


def _check_extension(turn: Turn, deadline: DeadlineState, command: Extend) -> None:
    """A period is extended by those whom its rule names, no longer and no oftener than it says.

    Raises `ExtensionRefused`.
    """
    steps, extension = turn.procedure.rules[deadline.rule].extension, command.extension
    if not steps:
        raise _refused(deadline, "该期限不得延长", "its rule allows none")
    if deadline.status is DeadlineStatus.EXPIRED:
        raise _refused(deadline, "期限已经届满", "it has already expired")
    rule = extension_step(steps, len(deadline.extensions))
    if rule is None:
        times = sum(step.times for step in steps)
        raise _refused(deadline, f"最多延长 {times} 次", f"at most {times} time(s)")
    if not is_approved(turn) and turn.event.actor.roles.isdisjoint(rule.by):
        roles = ", ".join(rule.by)
        raise _refused(deadline, f"须由 {roles} 批准", f"only {roles} may approve it")
    if rule.length is None:
        return
    if extension.unit is not rule.unit or extension.length > rule.length:
        most = f"{rule.length} {rule.unit.value}"
        raise _refused(deadline, f"每次最多 {most}", f"at most {most}(s) each time")


def arm_by_hand(turn: Turn, command: Arm) -> Outcome:
    """A deadline starts though nothing in the flow starts it here.

    Raises `UnknownDeadline`, `BadEvent`.
    """
    name, day = command.deadline, command.counted_from
    if name not in turn.procedure.rules:
        raise UnknownDeadline(case_id=turn.case.id, rule=name)
    start = turn.procedure.calendar.start_of(day) if day is not None else turn.at
    since, law = _iso(day), command.law
    if not arm(turn, name, start=start, key=since if law is not None else None):
        raise BadEvent(why_zh=f"期限 {name} 已在进行", why_en=f"the deadline {name} runs already")
    told = {"law": law._asdict()} if law is not None else {}
    return Outcome(EntryKind.ARMED, {"deadline": [name, since], **told})


def meet(turn: Turn, command: Meet) -> Outcome:
    """A limit of the law that was armed by hand is met: no act of the definition says so.

    Raises `UnknownDeadline`, `BadEvent`.
    """
    deadline = turn.find_live(command.deadline)
    if MET_BY not in turn.procedure.rules[deadline.rule].met_by:
        zh, en = "由其规定的动作完成，不能手工完成", "is met by its acts, and not by hand"
        raise BadEvent(why_zh=f"期限 {deadline.rule} {zh}", why_en=f"{deadline.rule} {en}")
    met = met_status(turn, deadline)
    finish(turn, deadline, met, met.value)
    return Outcome(EntryKind.MET, {"deadline": deadline.rule})


def assign(turn: Turn, command: Assign) -> Outcome:
    """The officer is named, and the team where it is said."""
    changes: dict[str, Any] = {"officer": command.officer}
    name_officer(turn, command.officer)
    if command.team is not None:
        turn.case.team = changes["team"] = command.team
    return Outcome(EntryKind.ASSIGNED, changes)


def name_officer(turn: Turn, officer: str) -> None:
    """Who is the officer from now on, and watches what the officer before watched."""
    before = turn.case.officer
    for deadline in turn.live():
        if deadline.watcher == before:
            turn.own(deadline).watcher = officer
    turn.case.officer = officer
    turn.effects.reassigned = True


def come_under(turn: Turn, command: ComeUnder) -> Outcome:
    """A sub-procedure belongs to another case: its terms run on, and who handles that has it."""
    case = turn.case
    changes = {"parent": [case.parent_id, command.parent], "officer": command.officer}
    if command.about:
        changes["about"] = [case.about, command.about]
    case.parent_id, case.sub_procedure, case.about = command.parent, command.name, command.about
    case.number, case.team = command.number, command.team
    name_officer(turn, command.officer)
    turn.effects.rehomed = True
    return Outcome(EntryKind.TRANSFERRED, changes | {"team": command.team})


def assign_watcher(turn: Turn, command: AssignWatcher) -> Outcome:
    """The watcher of one deadline is named. Raises `UnknownDeadline`."""
    name = command.deadline
    first = turn.find_live(name)
    watched = [first] if name == first.id else turn.live({first.rule})
    for deadline in watched:
        turn.own(deadline).watcher = command.person
    return Outcome(EntryKind.ASSIGNED, {"watcher": [name, command.person]})


def move(turn: Turn, command: Move) -> Outcome:
    """The case goes on under another version: the turn's procedure is the new one.

    Raises `MoveRefused`.
    """
    case, procedure = turn.case, turn.procedure
    _check_states(turn)
    _check_values(turn, case.data, case.documents)
    changes = {"definition": [case.definition_hash, procedure.hash]}
    case.definition_hash = procedure.hash
    turn.effects.reassigned = True
    for deadline in turn.live():
        if deadline.rule not in procedure.rules:
            finish(turn, deadline, DeadlineStatus.CANCELLED, "cancelled")
    adapt(turn)
    for proposal in case.proposals:
        _check_values(turn, proposal.data, proposal.documents)
    recalculate(turn)
    _start_new_limits(turn, command)
    return Outcome(EntryKind.MOVED, changes)


def _start_new_limits(turn: Turn, command: Move) -> None:
    """The limits of the state that the case did not have: from when it was entered."""
    case, procedure = turn.case, turn.procedure
    known = {d.rule for d in case.deadlines}
    for rule in procedure.entering.get(case.state, ()):
        if rule in known or procedure.rules[rule].starts.on:
            continue
        try:
            start_where_due(turn, rule, command.entered_at)
        except Refused as refused:
            why = refused.data
            raise _move_refused(turn, why["why_zh"], why["why_en"]) from None


def _move_refused(turn: Turn, zh: str, en: str) -> MoveRefused:
    """Why the case stays on its version."""
    return MoveRefused(case_id=turn.case.id, why_zh=zh, why_en=en)


def _check_states(turn: Turn) -> None:
    """The case runs, and the new version has the states that it stands in and comes from."""
    case = turn.case
    if case.closed_at is not None:
        raise _move_refused(turn, "案件已结", "it is closed")
    for name in (case.state, *case.origins):
        if name not in turn.procedure.definition.states:
            raise _move_refused(
                turn, f"新版本没有状态 {name}", f"the new version has no state {name}"
            )


def _check_values(turn: Turn, data: Mapping[str, Any], documents: Iterable[str]) -> None:
    """What the case holds, or a proposal brings, must be of the new version's fields and kinds."""
    for name, value in data.items():
        try:
            turn.procedure.parse_field(name, value)
        except DataError as error:
            raise _move_refused(turn, error.text("zh"), error.text("en")) from None
    for name in {kept.partition("@")[0] for kept in documents}:
        if name not in turn.procedure.definition.documents:
            raise _move_refused(
                turn, f"新版本没有文书 {name}", f"the new version has no document {name}"
            )


ORDER_HANDLERS: dict[type[Any], Callable[[Turn, Any], Outcome]] = {
    Deduct: deduct,
    Extend: extend,
    Waive: waive,
    Arm: arm_by_hand,
    Meet: meet,
    Assign: assign,
    AssignWatcher: assign_watcher,
    Correct: correct,
    Link: link,
    Transfer: transfer,
}
