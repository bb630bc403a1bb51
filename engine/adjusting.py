"""What is ordered about a case beside its triggers: periods deducted, extended or waived, people named, another version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..workflow.errors import DataError
from . import pool, timing
from .changes import Assign, Come, Deduct, Extend, Move, Watch
from .errors import BadEvent, ExtensionRefused, MoveRefused, UnknownDeadline
from .machine import Procedure
from .timing import Ledger
from .values import CaseState, DeadlineState, Event, Status

Changes = dict[str, Any]


def come(procedure: Procedure, case: CaseState, event: Event, change: Come, ledger: Ledger) -> str | None:
    """A deadline's moment: at its own time, however late the clock comes round to it. Gives the trigger that it fires."""
    deadline = next(d for d in case.deadlines if d.id == change.id)
    return timing.come(procedure, case, deadline, event.at, ledger)


def deduct(procedure: Procedure, case: CaseState, event: Event, change: Deduct, ledger: Ledger) -> Changes:
    """A deduction begins, ends, or is entered whole. Raises `BadEvent`."""
    new = change.deduction
    if new.ground not in procedure.definition.grounds:
        known = ", ".join(procedure.definition.grounds)
        raise BadEvent(why_zh=f"没有扣除事由 {new.ground}；可用：{known}", why_en=f"no ground of deduction {new.ground}; known: {known}")
    kept = tuple(d for d in case.deductions if not (d.ground == new.ground and d.since == new.since and d.until is None))
    case.deductions = (*kept, new)
    timing.reckon(procedure, case, event.at, ledger)
    return {"deduction": [new.ground, new.since.isoformat(), new.until.isoformat() if new.until else None, new.document]}


def waive(case: CaseState, event: Event, rule: str, ledger: Ledger) -> Changes:
    """A deadline ends without performance. Raises `UnknownDeadline`."""
    deadline = _live(case, rule)
    timing.finish(deadline, Status.WAIVED, event.at, ledger, "waived")
    return {"deadline": deadline.rule}


def extend(procedure: Procedure, case: CaseState, event: Event, change: Extend, ledger: Ledger) -> tuple[str, Changes]:
    """A deadline is extended as its rule allows, or one that was missed is restored. Raises `ExtensionRefused`, `UnknownDeadline`."""
    deadline, extension = _live(case, change.deadline), change.extension
    if change.restore:
        _check_restoration(procedure, deadline, event)
        timing.revive(deadline)
    else:
        _check_extension(procedure, deadline, event, change)
    deadline.extensions = (*deadline.extensions, extension)
    timing.reckon(procedure, case, event.at, ledger, only=deadline.id)
    kind = "restoration" if change.restore else "extension"
    return kind, {kind: [deadline.rule, extension.length, extension.unit.value, extension.approver, extension.document]}


def _live(case: CaseState, name: str) -> DeadlineState:
    found = next((d for d in case.deadlines if d.live and name in (d.id, d.rule)), None)
    if found is None:
        raise UnknownDeadline(case_id=case.id, rule=name)
    return found


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


def _check_extension(procedure: Procedure, deadline: DeadlineState, event: Event, change: Extend) -> None:
    rule, extension = procedure.rules[deadline.rule].extension, change.extension

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


def assign(case: CaseState, change: Assign, ledger: Ledger) -> Changes:
    """The officer is named, who then watches what the officer before watched."""
    _watched_by([d for d in case.deadlines if d.live and d.watcher == case.officer], change.officer, ledger)
    case.officer = change.officer
    return {"officer": change.officer}


def watch(case: CaseState, change: Watch, ledger: Ledger) -> Changes:
    """The watcher of one deadline is named. Raises `UnknownDeadline`."""
    watched = [d for d in case.deadlines if d.live and change.deadline in (d.id, d.rule)]
    if not watched:
        raise UnknownDeadline(case_id=case.id, rule=change.deadline)
    _watched_by(watched, change.person, ledger)
    return {"watcher": [change.deadline, change.person]}


def _watched_by(watched: list[DeadlineState], person: str, ledger: Ledger) -> None:
    for deadline in watched:
        deadline.watcher = person
        ledger.changed.append(deadline)


def move(procedure: Procedure, case: CaseState, event: Event, change: Move, ledger: Ledger) -> Changes:
    """The case goes on under another version: `procedure` is the new one. Raises `MoveRefused`."""
    _check_states(procedure, case)
    _check_values(procedure, case, case.data, case.documents)
    changes = {"definition": [case.definition_hash, procedure.hash]}
    case.definition_hash = procedure.hash
    for deadline in case.deadlines:
        if deadline.live and deadline.rule not in procedure.rules:
            timing.finish(deadline, Status.CANCELLED, event.at, ledger, "cancelled")
    pool.adapt(procedure, case, event.at, ledger)
    for proposal in case.proposals:
        _check_values(procedure, case, proposal.data, proposal.documents)
    timing.reckon(procedure, case, event.at, ledger)
    known = {d.rule for d in case.deadlines}
    for rule in procedure.entering.get(case.state, ()):
        if rule not in known and not procedure.rules[rule].starts.on:
            timing.arm(procedure, case, rule, change.entered_at, ledger)
    return changes


def _check_states(procedure: Procedure, case: CaseState) -> None:
    if case.closed_at is not None:
        raise MoveRefused(case_id=case.id, why_zh="案件已结", why_en="it is closed")
    for name in (case.state, *case.origins):
        if name not in procedure.definition.states:
            raise MoveRefused(case_id=case.id, why_zh=f"新版本没有状态 {name}", why_en=f"the new version has no state {name}")


def _check_values(procedure: Procedure, case: CaseState, data: Mapping[str, Any], documents: Iterable[str]) -> None:
    """What the case holds, or a proposal brings, must be of the new version's fields and kinds of document."""
    for name, value in data.items():
        try:
            procedure.parse_field(name, value)
        except DataError as error:
            raise MoveRefused(case_id=case.id, why_zh=error.text("zh"), why_en=error.text("en")) from None
    for name in documents:
        if name not in procedure.definition.documents:
            raise MoveRefused(case_id=case.id, why_zh=f"新版本没有文书 {name}", why_en=f"the new version has no document {name}")
