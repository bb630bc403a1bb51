"""A row of the law in force, made ready to be armed on a case."""

from __future__ import annotations

from datetime import date

from ...workflow.errors import PeriodError
from ...workflow.law.armed import Figures
from ...workflow.law.rows import Statute
from ...workflow.periods.calendar_files import calendar_named
from ...workflow.periods.calendars import plain_calendar
from ...workflow.periods.period import Period
from ..errors import LawRowNotCountable, UnknownLawRow
from ..model.commands import Arm, Cited
from ..work.runtime import Transaction
from .law_changes import law_in_force


def arming(transaction: Transaction, id: str, day: date | None, length: int | None) -> Arm:
    """The order to arm a row as the law has it on the day from which it counts.

    `length` is given where the row leaves it open, and only there. Raises `UnknownLawRow`,
    `LawRowNotCountable`.
    """
    on = day or calendar_named("cn").local_day(transaction.now)
    statute = law_in_force(transaction.connection).statutes(on).get(id)
    if statute is None:
        raise UnknownLawRow(row=id, day=on)
    figures = _figures(statute, length)
    return Arm(figures.name, day, Cited(statute.zh, statute.en, statute.cite()))


def _figures(statute: Statute, length: int | None) -> Figures:
    """What a row is counted by. Raises `LawRowNotCountable`."""
    if statute.unit is None or statute.counting is None:
        zh = "该行是可以或应当办理的时段，不是从某日起算的期限"
        raise _not_countable(statute, zh, "it is a span in which something is done, and no period")
    counted = statute.length if statute.length is not None else length
    if length not in (None, counted):
        raise _not_countable(statute, "法律已定期限长度", "the law itself gives the length")
    if counted is None:
        raise _not_countable(
            statute, "法律未定长度，请给出", "the law leaves the length open: give it"
        )
    try:
        Period(counted, statute.unit, plain_calendar(), statute.counting)
    except PeriodError as error:
        raise _not_countable(statute, error.text("zh"), error.text("en")) from None
    return Figures(statute.id, counted, statute.unit, statute.counting, statute.is_backward)


def _not_countable(statute: Statute, zh: str, en: str) -> LawRowNotCountable:
    """Why no period comes of a row."""
    return LawRowNotCountable(row=statute.id, cite=statute.cite(), why_zh=zh, why_en=en)
