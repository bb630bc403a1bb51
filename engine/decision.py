"""The one decision: what one event makes of one case. Pure: values in, a `Decision` out; nothing is read or written.

The live engine, the clock, replay and simulation all come through `decide`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..workflow.models import RETURN
from ..workflow.periods import Deduction
from . import timing
from .errors import BadEvent, ExtensionRefused, Refused, UnknownDeadline
from .machine import Counts, Passage, Procedure
from .values import Actor, Asking, CaseState, DeadlineState, Decision, Entry, Event, Obstacle, Opening, Status

NO_CHILDREN: Counts = {}


def open_case(procedure: Procedure, case: CaseState, event: Event) -> Decision:
    """The first decision of a case: it stands in the initial state with its data, and that state's deadlines run."""
    case.state = procedure.definition.initial
    case.data = dict(procedure.defaults)
    changes = _absorb(procedure, case, event)
    ledger = timing.Ledger(case.id, 1)
    for rule in procedure.entering.get(case.state, ()):
        timing.arm(procedure, case, rule, event.at, ledger)
    case.wake_at = timing.earliest(case)
    entry = Entry(event.at, "opened", "", event.actor.id, event.actor.ordered_roles, "", case.state, changes, ledger.effects, event.note)
    return Decision(case, entry, ledger.armed, ledger.changed, ledger.alerts)


def decide(procedure: Procedure, case: CaseState, event: Event, children: Counts = NO_CHILDREN) -> Decision:
    """What `event` makes of `case`. The case given is not changed. Raises `Refused` with every obstacle, `DataError`."""
    if event.deadline is not None:
        return _decide_clock(procedure, case.clone(), event)
    if event.deduct is not None:
        return _decide_deduction(procedure, case.clone(), event)
    if event.assign is not None or event.watch is not None:
        return _decide_watcher(case.clone(), event)
    if event.move is not None:
        return _decide_move(procedure, case.clone(), event)
    if event.reckon:
        return _decide_reckoning(procedure, case.clone(), event)
    if event.extend is not None or event.waive:
        return _decide_period(procedure, case.clone(), event)
    return _decide_trigger(procedure, case, event, children)


def possible(
    procedure: Procedure, case: CaseState, actor: Actor, at: datetime, children: Counts = NO_CHILDREN
) -> dict[str, tuple[Obstacle, ...]]:
    """Each trigger of the case's state with what stands in its way; an empty tuple means that it is possible."""
    answer: dict[str, tuple[Obstacle, ...]] = {}
    for trigger in procedure.definition.triggers:
        passage = _passage(procedure, case, actor, at, case.data, case.documents, children)
        found: list[Obstacle] = []
        steps = [s for s in procedure.steps(trigger, case.state) if not s.returns or case.origins[-1:] == (s.dest,)]
        for step in steps:
            obstacles = step.obstacles(passage)
            if not obstacles:
                found = []
                break
            found.extend(o for o in obstacles if o not in found)
        if steps:
            answer[trigger] = tuple(found)
    return answer


def _passage(
    procedure: Procedure, case: CaseState, actor: Actor, at: datetime, data: Mapping[str, Any], documents: Mapping[str, Any], children: Counts
) -> Passage:  # fmt: skip
    return Passage(case, case.state, actor, at, data, documents, children, procedure)


def _absorb(procedure: Procedure, case: CaseState, event: Event) -> dict[str, Any]:
    """Take the event's data and documents into the case; gives what changed. Raises `DataError`, `BadEvent`."""
    changes: dict[str, Any] = {}
    if event.data:
        parsed = {name: procedure.parse_field(name, value) for name, value in event.data.items()}
        changes = {name: value for name, value in parsed.items() if case.data.get(name) != value}
        if changes:
            case.data = {**case.data, **changes}
    if event.documents:
        case.documents = {name: list(refs) for name, refs in case.documents.items()}
        for name, reference in event.documents.items():
            if name not in procedure.definition.documents:
                raise BadEvent(why_zh=f"没有文书类型 {name}", why_en=f"there is no kind of document {name}")
            case.documents.setdefault(name, []).append(str(reference))
    return changes


def _decide_trigger(procedure: Procedure, given: CaseState, event: Event, children: Counts) -> Decision:
    case = given.clone()
    changes = _absorb(procedure, case, event)
    passage = _passage(procedure, case, event.actor, event.at, case.data, case.documents, children)
    if not procedure.run(event.trigger, passage):
        raise _refusal(procedure, given, event, passage)
    step = passage.taken
    assert step is not None
    spec = step.spec
    source, case.state = case.state, passage.state
    _set(procedure, case, spec.sets, event.at, changes)
    if event.trigger in procedure.watched_triggers:
        case.done_by = {**case.done_by, event.trigger: event.actor.id}
    ledger = timing.Ledger(case.id, case.version + 1)
    timing.perform(procedure, case, event.trigger, event.at, ledger)
    if case.state != source:
        _move(procedure, case, source, spec.to == RETURN, event, ledger)
    for rule in procedure.starting_on.get(event.trigger, ()):
        if not procedure.rules[rule].starts.entering or case.state in procedure.rules[rule].starts.entering:
            timing.arm(procedure, case, rule, event.at, ledger)
    case.wake_at = timing.earliest(case)
    entry = Entry(
        event.at, "event", event.trigger, event.actor.id, event.actor.ordered_roles, source, case.state, changes, ledger.effects, event.note
    )  # fmt: skip
    decision = Decision(case, entry, ledger.armed, ledger.changed, ledger.alerts, tells_parent=spec.tells_parent)
    _ask_and_open(procedure, case, spec.asks, spec.opens, decision)
    return decision


def _set(procedure: Procedure, case: CaseState, sets: Mapping[str, Any], at: datetime, changes: dict[str, Any]) -> None:
    if not sets:
        return
    values: dict[str, Any] = {}
    for name, value in sets.items():
        if value == "today":
            values[name] = procedure.calendar.local_day(at)
        elif value == "now":
            values[name] = at
        else:
            values[name] = procedure.parse_field(name, value)
    changes.update(values)
    case.data = {**case.data, **values}


def _move(procedure: Procedure, case: CaseState, source: str, returning: bool, event: Event, ledger: timing.Ledger) -> None:
    """Leave one state and enter another: origins, suspension, state-bound deadlines, closing."""
    definition = procedure.definition
    if returning:
        case.origins = case.origins[:-1]
    elif case.state in procedure.grounds:
        case.origins = (*case.origins, source)
    elif source in procedure.grounds:
        case.origins = ()
    timing.leave(procedure, case, source, event.at, ledger)
    if procedure.grounds:
        _switch_suspension(procedure, case, source, event, ledger)
    for rule in procedure.entering.get(case.state, ()) if not returning else ():
        if not procedure.rules[rule].starts.on:
            timing.arm(procedure, case, rule, event.at, ledger)
    mode = definition.states[case.state].closes
    if mode is not None:
        case.closed_at, case.mode = event.at, mode
        timing.close(procedure, case, event.at, ledger)


def _switch_suspension(procedure: Procedure, case: CaseState, source: str, event: Event, ledger: timing.Ledger) -> None:
    before, after = procedure.grounds.get(source), procedure.grounds.get(case.state)
    if before == after:
        return
    today = procedure.calendar.local_day(event.at)
    if before is not None:
        case.deductions = tuple(
            replace(d, until=max(today, d.since)) if d.ground == before and d.until is None else d for d in case.deductions
        )
    if after is not None:
        document = ", ".join(event.documents.values())
        case.deductions = (*case.deductions, Deduction(today, None, after, document))
    timing.reckon(procedure, case, event.at, ledger)


def _ask_and_open(procedure: Procedure, case: CaseState, asks: tuple[str, ...], opens: tuple[str, ...], decision: Decision) -> None:
    definition = procedure.definition
    for name in asks:
        request = definition.requests[name]
        payload = {
            field: case.data.get(value[5:]) if isinstance(value, str) and value.startswith("case.") else value
            for field, value in request.sends.items()
        }
        decision.asks.append(Asking(name, request.operation, payload))
    for name in opens:
        sub = definition.sub_procedures[name]
        data = {child: case.data[parent] for child, parent in sub.passes.items() if case.data.get(parent) is not None}
        decision.opens.append(Opening(name, sub.procedure, data))


def _refusal(procedure: Procedure, case: CaseState, event: Event, passage: Passage) -> Refused:
    obstacles = tuple(dict.fromkeys(passage.refusals))
    if not obstacles:
        if event.trigger not in procedure.definition.triggers:
            known = ", ".join(procedure.definition.triggers)
            obstacles = (
                Obstacle(
                    "unknown-trigger", f"没有动作 {event.trigger}；可用：{known}", f"there is no trigger {event.trigger}; known: {known}"
                ),
            )
        else:
            title = procedure.definition.states[case.state].title
            obstacles = (Obstacle("state", f"“{title.zh}”状态下没有这个动作", f"not from the state {title.en}"),)
    return Refused(case.id, event.trigger, case.state, obstacles)


def _decide_clock(procedure: Procedure, case: CaseState, event: Event) -> Decision:
    """A deadline's moment: at its own time, however late the clock comes round to it."""
    assert event.deadline is not None
    deadline = next(d for d in case.deadlines if d.id == event.deadline.id)
    ledger = timing.Ledger(case.id, case.version + 1)
    fires = timing.come(procedure, case, deadline, event.at, ledger)
    case.wake_at = timing.earliest(case)
    entry = Entry(event.at, "deadline", "", event.actor.id, event.actor.ordered_roles, case.state, case.state, {}, ledger.effects)
    return Decision(case, entry, ledger.armed, ledger.changed, ledger.alerts, fires=fires)


def _decide_deduction(procedure: Procedure, case: CaseState, event: Event) -> Decision:
    """A deduction begins, ends (same ground and start, now with an end), or is entered whole."""
    assert event.deduct is not None
    new = event.deduct
    if new.ground not in procedure.definition.grounds:
        known = ", ".join(procedure.definition.grounds)
        raise BadEvent(why_zh=f"没有扣除事由 {new.ground}；可用：{known}", why_en=f"no ground of deduction {new.ground}; known: {known}")
    kept = tuple(d for d in case.deductions if not (d.ground == new.ground and d.since == new.since and d.until is None))
    case.deductions = (*kept, new)
    ledger = timing.Ledger(case.id, case.version + 1)
    timing.reckon(procedure, case, event.at, ledger)
    changes = {"deduction": [new.ground, new.since.isoformat(), new.until.isoformat() if new.until else None, new.document]}
    return _period_decision(case, event, "deduction", changes, ledger)


def _decide_period(procedure: Procedure, case: CaseState, event: Event) -> Decision:
    """A deadline is extended (as its rule allows) or waived."""
    id = event.extend[0] if event.extend else event.waive
    deadline = next((d for d in case.deadlines if d.live and id in (d.id, d.rule)), None)
    if deadline is None:
        raise UnknownDeadline(case_id=case.id, rule=id)
    ledger = timing.Ledger(case.id, case.version + 1)
    if event.extend is None:
        timing.finish(deadline, Status.WAIVED, event.at, ledger, "waived")
        return _period_decision(case, event, "waived", {"deadline": deadline.rule}, ledger)
    extension = event.extend[1]
    if event.restore:
        _check_restoration(procedure, deadline, event)
        timing.revive(deadline)
    else:
        _check_extension(procedure, deadline, event)
    deadline.extensions = (*deadline.extensions, extension)
    timing.reckon(procedure, case, event.at, ledger, only=deadline.id)
    kind = "restoration" if event.restore else "extension"
    changes = {kind: [deadline.rule, extension.length, extension.unit.value, extension.approver, extension.document]}
    return _period_decision(case, event, kind, changes, ledger)


def _check_restoration(procedure: Procedure, deadline: DeadlineState, event: Event) -> None:
    """A missed period may be restored by the roles its rule names (Civil Procedure Law art. 86)."""
    by = procedure.rules[deadline.rule].restorable_by
    if deadline.status is not Status.EXPIRED:
        raise ExtensionRefused(rule=deadline.rule, why_zh="期限并未耽误", why_en="it was not missed")
    if event.actor.roles.isdisjoint(by):
        who_zh, who_en = (
            (f"须由 {', '.join(by)} 准许", f"only {', '.join(by)} may restore it") if by else ("不变期间不得顺延", "it cannot be restored")
        )
        raise ExtensionRefused(rule=deadline.rule, why_zh=who_zh, why_en=who_en)


def _decide_watcher(case: CaseState, event: Event) -> Decision:
    """A person is named: the officer, who then watches what the officer before watched; or the watcher of one deadline."""
    ledger = timing.Ledger(case.id, case.version + 1)
    if event.watch is not None:
        rule, person = event.watch
        watched = [d for d in case.deadlines if d.live and rule in (d.id, d.rule)]
        if not watched:
            raise UnknownDeadline(case_id=case.id, rule=rule)
        changes: dict[str, Any] = {"watcher": [rule, person]}
    else:
        person = event.assign or ""
        watched = [d for d in case.deadlines if d.live and d.watcher == case.officer]
        changes = {"officer": person}
        case.officer = person
    for deadline in watched:
        deadline.watcher = person
        ledger.changed.append(deadline)
    return _period_decision(case, event, "assigned", changes, ledger)


def _decide_move(procedure: Procedure, case: CaseState, event: Event) -> Decision:
    """The case goes on under another version: `procedure` is the new one."""
    assert event.move is not None
    ledger = timing.Ledger(case.id, case.version + 1)
    changes = {"definition": [case.definition_hash, procedure.hash]}
    case.definition_hash = procedure.hash
    for deadline in case.deadlines:
        if deadline.live and deadline.rule not in procedure.rules:
            timing.finish(deadline, Status.CANCELLED, event.at, ledger, "cancelled")
    timing.reckon(procedure, case, event.at, ledger)
    known = {d.rule for d in case.deadlines}
    for rule in procedure.entering.get(case.state, ()):
        if rule not in known and not procedure.rules[rule].starts.on:
            timing.arm(procedure, case, rule, event.move.entered_at, ledger)
    return _period_decision(case, event, "moved", changes, ledger)


def _decide_reckoning(procedure: Procedure, case: CaseState, event: Event) -> Decision:
    """Compute every due date again on the procedure's present calendar."""
    ledger = timing.Ledger(case.id, case.version + 1)
    timing.reckon(procedure, case, event.at, ledger)
    return _period_decision(case, event, "calendar", {"calendar": procedure.calendar.version}, ledger)


def _check_extension(procedure: Procedure, deadline: DeadlineState, event: Event) -> None:
    assert event.extend is not None
    rule, extension = procedure.rules[deadline.rule].extension, event.extend[1]

    def refuse(zh: str, en: str) -> ExtensionRefused:
        return ExtensionRefused(rule=deadline.rule, why_zh=zh, why_en=en)

    if rule is None:
        raise refuse("该期限不得延长", "its rule allows none")
    if deadline.status is Status.EXPIRED:
        raise refuse("期限已经届满", "it has already expired")
    if event.actor.roles.isdisjoint(rule.by):
        raise refuse(f"须由 {', '.join(rule.by)} 批准", f"only {', '.join(rule.by)} may approve it")
    if len(deadline.extensions) >= rule.times:
        raise refuse(f"最多延长 {rule.times} 次", f"at most {rule.times} time(s)")
    if rule.length is not None and (extension.unit is not rule.unit or extension.length > rule.length):
        raise refuse(f"每次最多 {rule.length} {rule.unit.value}", f"at most {rule.length} {rule.unit.value}(s) each time")


def _period_decision(case: CaseState, event: Event, kind: str, changes: dict[str, Any], ledger: timing.Ledger) -> Decision:
    case.wake_at = timing.earliest(case)
    roles = event.actor.ordered_roles
    entry = Entry(event.at, kind, "", event.actor.id, roles, case.state, case.state, changes, ledger.effects, event.note)
    return Decision(case, entry, ledger.armed, ledger.changed, ledger.alerts)
