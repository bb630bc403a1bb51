"""Running limits counted anew, by a new notice of holidays or by the rules of a new version of the
library: which due dates that changes, listed before it is applied, then applied case by case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date
from itertools import filterfalse
from operator import attrgetter

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, select

from ...workflow.errors import ZhixingError
from ...workflow.language import NO_WORDS, Words
from ...workflow.periods.calendars import Calendar
from ..decision import RULES
from ..decision.decide import decide
from ..decision.due import explanation
from ..decision.procedure import Procedure
from ..model.case import CaseState, DeadlineState
from ..model.commands import Recalculate
from ..model.event import Actor, Event
from ..storage.case_rows import is_of_case, load_cases
from ..storage.damage import readable
from ..storage.schema import deadlines
from ..work.runtime import Runtime, Transaction
from .paging import Progress, pages

_PAGE = 500
_COUNTER = Actor.of("calendar")
Counted = Callable[[Procedure], Procedure | None]
"""A procedure as its limits are to be counted; None where nothing changes for it."""


class DueDateChange(BaseModel):
    """A running deadline whose due date changes.

    `why` is how the new date comes about. A case that cannot be counted anew is in the list too,
    with `refused` saying why, and its limits stay as they are.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    case_id: str
    rule: str
    before: date | None
    after: date | None
    provisional: bool
    why_zh: str = ""
    why_en: str = ""
    refused_zh: str = ""
    refused_en: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it stays as it is."""
        return bool(self.refused_en)


# -- a new notice of holidays


def calendar_changes(runtime: Runtime, name: str, calendar: Calendar) -> list[DueDateChange]:
    """What `calendar` would change; nothing is written."""

    def counted(procedure: Procedure) -> Procedure | None:
        if procedure.definition.calendar != name:
            return None
        other = copy(procedure)  # the same rules on another calendar
        other.calendar = calendar
        return other

    return list(_changes(runtime, counted))


def apply_calendar(
    runtime: Runtime, name: str, calendar: Calendar, actor: Actor
) -> list[DueDateChange]:
    """Count by `calendar` from now on; gives what changed, and what could not be.

    Each case is written by itself, so an interrupted run can be repeated.
    """
    changes = calendar_changes(runtime, name, calendar)
    runtime.registry.use_calendar(name, calendar)
    act = Event(runtime.clock.now(), actor, command=Recalculate(), note=_noted(calendar))
    return _apply(runtime, changes, act, None)


def _noted(calendar: Calendar) -> str:
    return f"calendar {calendar.version}"


# -- the rules of a new version of the library


def rule_changes(runtime: Runtime) -> list[DueDateChange]:
    """What the rules of the library as it is now would change; nothing is written."""
    return list(_changes(runtime, lambda procedure: procedure))


def apply_rules(
    runtime: Runtime, actor: Actor, note: str, progress: Progress | None
) -> list[DueDateChange]:
    """Count the running limits by today's rules; gives what changed, and what could not be.

    As `apply_calendar`, and the history of each case says so.
    """
    act = Event(runtime.clock.now(), actor, command=Recalculate(rules=RULES), note=note)
    return _apply(runtime, rule_changes(runtime), act, progress)


# -- what both do


def _changes(runtime: Runtime, counted: Counted) -> Iterator[DueDateChange]:
    for ids in pages(runtime, _with_running_deadlines(), _PAGE):
        with runtime.transaction(writes=False) as transaction:
            event = Event(transaction.now, _COUNTER, command=Recalculate())
            version = transaction.version
            read, damaged = readable(load_cases, transaction.connection, version, ids)
            for case in read.values():
                yield from _of_case(transaction, case, counted, event)
            for case_id, error in damaged.items():
                yield _refused(case_id, error)


def _of_case(
    transaction: Transaction, case: CaseState, counted: Counted, event: Event
) -> Iterable[DueDateChange]:
    """What changes in one case; one that cannot be counted costs no other."""
    try:
        procedure = counted(transaction.version(case.definition_hash))
        return _differences(procedure, case, event) if procedure is not None else []
    except ZhixingError as error:
        return [_refused(case.id, error)]


def _differences(procedure: Procedure, case: CaseState, event: Event) -> list[DueDateChange]:
    before = {d.id: d for d in case.deadlines}
    changed = decide(procedure, case, event).effects.changed.values()
    return [_difference(procedure, case, before[after.id], after) for after in changed]


def _difference(
    procedure: Procedure, case: CaseState, before: DeadlineState, after: DeadlineState
) -> DueDateChange:
    why = _why(procedure, case, after)
    return DueDateChange(
        case_id=case.id,
        rule=after.rule,
        before=before.due_day,
        after=after.due_day,
        provisional=after.provisional,
        why_zh=why.zh,
        why_en=why.en,
    )


def _why(procedure: Procedure, case: CaseState, after: DeadlineState) -> Words:
    """The steps by which a limit is counted, as one text."""
    _, steps = explanation(procedure, case, after)
    if not steps:
        return NO_WORDS
    return Words("；".join(s.text("zh") for s in steps), "; ".join(s.text("en") for s in steps))


def _refused(case_id: str, error: ZhixingError) -> DueDateChange:
    return DueDateChange(
        case_id=case_id,
        rule="",
        before=None,
        after=None,
        provisional=False,
        refused_zh=error.text("zh"),
        refused_en=error.text("en"),
    )


def _apply(
    runtime: Runtime, changes: list[DueDateChange], act: Event, progress: Progress | None
) -> list[DueDateChange]:
    """Count each case anew that changes, in a transaction of its own."""
    kept = list(filter(attrgetter("is_refused"), changes))
    of_case = defaultdict[str, list[DueDateChange]](list)
    for change in filterfalse(attrgetter("is_refused"), changes):
        of_case[change.case_id].append(change)
    for done, (case_id, its_changes) in enumerate(of_case.items(), start=1):
        kept += _apply_to(runtime, case_id, act) or its_changes
        if progress is not None:
            progress(done, len(of_case))
    return kept


def _apply_to(runtime: Runtime, case_id: str, act: Event) -> list[DueDateChange]:
    """Count one case anew; gives why it stays as it is, if it does."""
    try:
        with runtime.transaction() as transaction:
            unit = transaction.unit(lock=True)
            unit.fire(case_id, replace(act, at=transaction.now))
            unit.flush()
    except ZhixingError as error:
        return [_refused(case_id, error)]
    return []


def _with_running_deadlines() -> tuple[ColumnElement[bool], ...]:
    running = select(deadlines.c.id).where(deadlines.c.live, deadlines.c.status == "running")
    return (running.where(is_of_case(deadlines)).exists(),)
