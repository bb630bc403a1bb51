"""A row of the table of time limits as a deadline of its own, armed on a case by hand.

Its name holds the figures that it is counted by (`law:case-fund-disbursement:30d:LIT`), so that
what runs is counted as it was armed, whatever the table says by then. Title and citation are the
table's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ..model.base import Basis, Text
from ..model.definition import OFFICER
from ..model.limits import DeadlineRule, Expiry, Starts
from ..periods.counting import COUNTING_CODES, ROLLED, Counting, TimeUnit
from .law import shipped_law
from .rows import Statute, days

PREFIX = "law:"
MET_BY = "meet"
"""The order by which a limit of the law is met: no act of the definition does it."""

_UNITS = {
    TimeUnit.HOUR: "h",
    TimeUnit.DAY: "d",
    TimeUnit.WEEK: "w",
    TimeUnit.WORKING_DAY: "wd",
    TimeUnit.MONTH: "mo",
    TimeUnit.YEAR: "y",
}
_UNIT_OF = {code: unit for unit, code in _UNITS.items()}
_COUNTING_OF = {code: counting for counting, code in COUNTING_CODES.items()}
_NAME = re.compile(r"law:([^:]+):(-?)([0-9]{1,6})(h|d|w|wd|mo|y):([A-Z-]+)")
_WARNINGS = ((30.0, ("7d", "1d")), (7.0, ("3d", "1d")), (2.0, ("1d",)), (0.0, ()))
"""How long before its end a limit of so many days, at the least, warns."""


class Figures(NamedTuple):
    """What a limit of the law is counted by."""

    id: str
    length: int
    unit: TimeUnit
    counting: Counting
    backward: bool

    @property
    def name(self) -> str:
        """The name of the limit among the deadlines of a case."""
        length = f"{'-' if self.backward else ''}{self.length}{_UNITS[self.unit]}"
        return f"{PREFIX}{self.id}:{length}:{COUNTING_CODES[self.counting]}"


def figures_in(name: str) -> Figures | None:
    """The figures in the name of a limit; None where it is no limit of the law."""
    found = _NAME.fullmatch(name)
    if found is None or found[5] not in _COUNTING_OF:
        return None
    unit, counting = _UNIT_OF[found[4]], _COUNTING_OF[found[5]]
    return Figures(found[1], int(found[3]), unit, counting, bool(found[2]))


@lru_cache(maxsize=1024)
def rule_of_law(name: str) -> DeadlineRule:
    """The deadline that a limit of the law is; any other name is no key."""
    figures = figures_in(name)
    if figures is None:
        raise KeyError(name)
    row = _row(shipped_law().all_statutes().get(figures.id, ()), figures)
    length = days(figures.length, figures.unit)
    return DeadlineRule(
        title=Text(zh=row.zh, en=row.en) if row else Text(zh=figures.id),
        basis=_basis(row) if row else None,
        starts=Starts(on=("arm",)),
        length=figures.length,
        unit=figures.unit,
        counting=figures.counting,
        backward=figures.backward,
        warn=next(warn for least, warn in _WARNINGS if length >= least),
        met_by=(MET_BY,),
        pauses=figures.counting in ROLLED | {Counting.WORKING},
        on_expiry=Expiry(alert=(OFFICER,)),
        law=figures.id,
    )


def _row(rows: Iterable[Statute], figures: Figures) -> Statute | None:
    """The row of the table that says the same, or else its latest."""
    found = list(rows)
    same = [row for row in found if (row.length, row.unit) == (figures.length, figures.unit)]
    candidates = same or found
    return candidates[-1] if candidates else None


def _basis(row: Statute) -> Basis:
    """What the row rests on."""
    return Basis.model_validate(
        {
            "instrument": row.instrument,
            "number": row.number,
            "article": row.article,
            "verified": row.verified,
        }
    )
