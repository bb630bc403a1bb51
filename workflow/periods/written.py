"""An end that is not counted: a document says on which day a time is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain

from ..language import NO_WORDS
from . import steps
from .adjustments import Deduction, Extension
from .calendars import Calendar
from .counting import ROLLED, Counting, TimeUnit
from .period import Due, Period
from .steps import ExplanationStep

_STARTED_AND_COUNTED = 2


@dataclass(frozen=True)
class WrittenEnd:
    """The day that a document names, as written unless its rule moves it off a rest day.

    Deductions do not move it; an extension counts on from it.
    """

    day: date
    calendar: Calendar
    counting: Counting = Counting.FIXED
    cut_off: time | None = None

    def due(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction] = (),
        extensions: Sequence[Extension] = (),
    ) -> Due:
        """When the time is over, whatever it started with. Raises `BeyondDates`."""
        return self.explain(start, deductions, extensions)[0]

    def explain(
        self,
        start: date | datetime,
        deductions: Sequence[Deduction] = (),
        extensions: Sequence[Extension] = (),
    ) -> tuple[Due, tuple[ExplanationStep, ...]]:
        """As `due`, with every step told."""
        nothing = Period(0, TimeUnit.DAY, self.calendar, Counting.FIXED, cut_off=self.cut_off)
        due, extended = nothing.explain(self.day, (), extensions)
        told = [steps.written(self.day), extended[_STARTED_AND_COUNTED:]]
        if self.counting in ROLLED:
            last = self.calendar.next_working(due.day)
            told.append(steps.rolled(self.calendar, due.day, last, NO_WORDS))
            due = nothing.due(last)
        return due, tuple(chain.from_iterable(told))
