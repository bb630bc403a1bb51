"""A trigger carried out: what it brings is taken in, the machine is asked, and a step that was possible takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..workflow.constructs import FromTable
from ..workflow.errors import GuardValueMissing
from ..workflow.guards import Children
from ..workflow.models import RETURN
from ..workflow.periods import Deduction
from . import pool, timing
from .errors import BadEvent, Refused
from .machine import Passage, Procedure, Step
from .values import Actor, Asking, CaseState, Decision, Entry, Event, Obstacle, Opening, Proposal


@dataclass(slots=True)
class Brought:
    """A case's data and documents with what an event brings, and what that changed."""

    data: dict[str, Any]
    documents: dict[str, list[str]]
    changes: dict[str, Any]


def brought(procedure: Procedure, case: CaseState, data: Mapping[str, Any], documents: Mapping[str, str]) -> Brought:
    """What an event brings, typed, beside what the case has. Raises `DataError`, `BadEvent`."""
    changes: dict[str, Any] = {}
    merged, filed = case.data, case.documents
    if data:
        parsed = {name: procedure.parse_field(name, value) for name, value in data.items()}
        changes = {name: value for name, value in parsed.items() if merged.get(name) != value}
        if changes:
            merged = {**merged, **changes}
    if documents:
        filed = {name: list(refs) for name, refs in filed.items()}
        for name, reference in documents.items():
            if name not in procedure.definition.documents:
                raise BadEvent(why_zh=f"没有文书类型 {name}", why_en=f"there is no kind of document {name}")
            filed.setdefault(name, []).append(str(reference))
    return Brought(merged, filed, changes)


def attempt(
    procedure: Procedure, case: CaseState, event: Event, with_: Brought, children: Children, actor: Actor, approved: Proposal | None = None
) -> Passage:
    """Send the case, with what the event brings, through the machine. Raises `Refused` with every obstacle."""
    names = () if approved else event.data
    passage = Passage(case, case.state, actor, event.at, with_.data, with_.documents, children, procedure, names, approved)
    if not procedure.run(event.trigger, passage):
        raise _refusal(procedure, case, event, passage)
    return passage


def _refusal(procedure: Procedure, case: CaseState, event: Event, passage: Passage) -> Refused:
    obstacles = tuple(dict.fromkeys(passage.refusals))
    if not obstacles:
        if event.trigger not in procedure.definition.triggers:
            known = ", ".join(procedure.definition.triggers)
            zh, en = f"没有动作 {event.trigger}；可用：{known}", f"there is no trigger {event.trigger}; known: {known}"
            obstacles = (Obstacle("unknown-trigger", zh, en),)
        else:
            title = procedure.definition.states[case.state].title
            obstacles = (Obstacle("state", f"“{title.zh}”状态下没有这个动作", f"not from the state {title.en}"),)
    return Refused(case.id, event.trigger, case.state, obstacles)


def carry_out(
    procedure: Procedure, case: CaseState, event: Event, passage: Passage, with_: Brought, ledger: timing.Ledger, doer: str
) -> Decision:
    """The step that a passage took, on a case that may be changed; `doer` is who counts as having done it."""
    step = passage.taken
    assert step is not None
    case.data, case.documents, changes = with_.data, with_.documents, with_.changes
    spec = step.spec
    source, case.state = case.state, passage.state
    if spec.sets:
        _set(procedure, case, passage, changes)
    if event.trigger in procedure.watched_triggers:
        case.done_by = {**case.done_by, event.trigger: doer}
    timing.perform(procedure, case, event.trigger, event.at, ledger)
    if case.state != source:
        _move(procedure, case, source, spec.to == RETURN, event, ledger)
    for rule in procedure.starting_on.get(event.trigger, ()):
        if not procedure.rules[rule].starts.entering or case.state in procedure.rules[rule].starts.entering:
            timing.arm(procedure, case, rule, event.at, ledger)
    if procedure.definition.tasks or case.proposals:
        pool.follow(procedure, case, source, event.trigger, doer, event.at, ledger, spec.to == RETURN)
    decision = concluded(case, event, "event", changes, ledger, source)
    decision.tells_parent = spec.tells_parent
    _ask_and_open(procedure, case, step, decision)
    return decision


def concluded(
    case: CaseState, event: Event, kind: str, changes: dict[str, Any], ledger: timing.Ledger, source: str | None = None
) -> Decision:
    """A decision from a case as it will be and the ledger of what happened to it."""
    case.wake_at = timing.earliest(case)
    before = case.state if source is None else source
    trigger = event.trigger or getattr(event.change, "trigger", "")
    entry = Entry(
        event.at, kind, trigger, event.actor.id, event.actor.ordered_roles, before, case.state, changes, ledger.effects, event.note
    )
    return Decision(case, entry, ledger.armed, ledger.changed, ledger.alerts, ledger.tasks)


def _set(procedure: Procedure, case: CaseState, passage: Passage, changes: dict[str, Any]) -> None:
    values: dict[str, Any] = {}
    for name, given in passage.taken.spec.sets.items() if passage.taken else ():
        value = _from_table(procedure, given.table, passage) if isinstance(given, FromTable) else given
        if value == "today":
            values[name] = procedure.calendar.local_day(passage.at)
        elif value == "now":
            values[name] = passage.at
        else:
            values[name] = procedure.parse_field(name, value)
    changes.update(values)
    case.data = {**case.data, **values}


def _from_table(procedure: Procedure, name: str, passage: Passage) -> Any:
    """The value of the first row whose condition holds; a row whose condition needs what is not known does not hold."""
    for guard, value in procedure.table_rows[name]:
        try:
            if guard.allows(passage):
                return value
        except GuardValueMissing:
            continue
    return procedure.definition.tables[name].otherwise


def _move(procedure: Procedure, case: CaseState, source: str, returning: bool, event: Event, ledger: timing.Ledger) -> None:
    """Leave one state and enter another: origins, suspension, state-bound deadlines, closing."""
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
    mode = procedure.definition.states[case.state].closes
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


def _ask_and_open(procedure: Procedure, case: CaseState, step: Step, decision: Decision) -> None:
    definition = procedure.definition
    for name in step.spec.asks:
        request = definition.requests[name]
        decision.asks.append(Asking(name, request.operation, _payload(case, request.sends)))
    for name in step.spec.opens:
        sub = definition.sub_procedures[name]
        data = {child: case.data[parent] for child, parent in sub.passes.items() if case.data.get(parent) is not None}
        decision.opens.append(Opening(name, sub.procedure, data))


def _payload(case: CaseState, sends: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field: case.data.get(value[5:]) if isinstance(value, str) and value.startswith("case.") else value for field, value in sends.items()
    }
