"""Until when a deadline of a case runs: its period, what lengthens it, and how that came about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ...workflow.errors import BadLength, EndNotWritten
from ...workflow.model.limits import DeadlineRule, written_end
from ...workflow.periods.adjustments import Deduction
from ...workflow.periods.period import Due, ExplanationStep, Period
from ...workflow.periods.steps import if_resumed
from ...workflow.periods.written import WrittenEnd
from ..model.case import CaseState, DeadlineState, DeadlineStatus
from .at_hand import data_about
from .procedure import Procedure


def rule_period(
    procedure: Procedure, rule: DeadlineRule, case: CaseState, key: str
) -> Period | WrittenEnd:
    """The period of a rule for a case (its length, or its end, may be a field of the case, or of
    the record that it is about).

    Raises `BadLength`, `EndNotWritten` when that is not known.
    """
    data = data_about(case.data, rule.each, key)
    if rule.ends_on is not None:
        return _written_end(procedure, rule, rule.ends_on, data)
    length: Any = rule.length if isinstance(rule.length, int) else data.get(rule.length)
    if not isinstance(length, int):
        raise BadLength(length=f"{rule.length}={length}")
    return procedure.period(rule, length)


def _written_end(
    procedure: Procedure, rule: DeadlineRule, field: str, data: Mapping[str, Any]
) -> WrittenEnd:
    """The end that a document names. Raises `EndNotWritten`."""
    day = data.get(field)
    if day is None:
        raise EndNotWritten(field=field)
    return written_end(rule, day, procedure.calendar)


def relevant(
    procedure: Procedure, rule: DeadlineRule, deductions: Iterable[Deduction]
) -> list[Deduction]:
    """The deductions that lengthen a rule's period.

    They are suspensions when it pauses, and those of the grounds it names. Nothing lengthens one
    that ends on a day which is written.
    """
    if rule.ends_on is not None:
        return []
    return [
        d
        for d in deductions
        if d.ground in rule.deducts or (rule.pauses and d.ground in procedure.pausing)
    ]


def counted_in(
    period: Period | WrittenEnd, deadline: DeadlineState, deductions: Sequence[Deduction]
) -> list[Deduction]:
    """The deductions of a limit without one that still runs and began when it was over already."""
    ended = [d for d in deductions if d.until is not None]
    if len(ended) == len(deductions):
        return ended
    over = period.due(deadline.start, ended, deadline.extensions).day
    return [d for d in deductions if d.until is not None or d.since <= over]


def over_rounds(period: Period | WrittenEnd, rounds: int) -> Period | WrittenEnd:
    """A recurring period is counted on from the one before it, so that rounds do not drift."""
    if rounds == 1 or isinstance(period, WrittenEnd):
        return period
    return replace(period, length=period.length * rounds)


def explanation(
    procedure: Procedure, case: CaseState, deadline: DeadlineState
) -> tuple[Due | None, tuple[ExplanationStep, ...]]:
    """How a deadline's due date came about; no due date while it is paused."""
    rule = procedure.rules[deadline.rule]
    period = over_rounds(rule_period(procedure, rule, case, deadline.key), deadline.round)
    deductions = counted_in(period, deadline, relevant(procedure, rule, case.deductions))
    if deadline.status is DeadlineStatus.PAUSED or any(d.until is None for d in deductions):
        return None, ()
    return period.explain(deadline.start, deductions, deadline.extensions)


def foreseeable(
    procedure: Procedure, case: CaseState, deadline: DeadlineState, today: date
) -> tuple[Due | None, tuple[ExplanationStep, ...]]:
    """Where a paused deadline would end if what pauses it ended today; nothing where it runs."""
    if deadline.status is not DeadlineStatus.PAUSED:
        return None, ()
    rule = procedure.rules[deadline.rule]
    deductions = [_ended(d, today) for d in relevant(procedure, rule, case.deductions)]
    period = over_rounds(rule_period(procedure, rule, case, deadline.key), deadline.round)
    due, told = period.explain(deadline.start, deductions, deadline.extensions)
    return due, (*told, *if_resumed(today, due.day))


def _ended(deduction: Deduction, today: date) -> Deduction:
    """A deduction as if it ended today, where it still runs."""
    if deduction.until is not None:
        return deduction
    return replace(deduction, until=max(deduction.since, today))


def overdue_days(deadline: DeadlineState, today: date) -> int:
    """How many days a deadline is overdue."""
    return max((today - deadline.due_day) // timedelta(days=1), 0) if deadline.due_day else 0
