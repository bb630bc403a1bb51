"""The units of a period, the ways the law counts them, and the articles that say so."""

from __future__ import annotations

from enum import StrEnum

from ..language import Words


class TimeUnit(StrEnum):
    """What a period is counted in."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working-day"
    MONTH = "month"
    YEAR = "year"


class Counting(StrEnum):
    """How a period ends.

    `litigation`, `civil`: the last day moves off a rest day. `fixed`, `minimum`, `custody`,
    `plain`: it never moves. `raw`: hours run on regardless of days. `working`: only working days
    count (行政强制法 art. 69).
    """

    LITIGATION = "litigation"
    CIVIL = "civil"
    FIXED = "fixed"
    MINIMUM = "minimum"
    CUSTODY = "custody"
    PLAIN = "plain"
    RAW = "raw"
    WORKING = "working"


_NOT_WORKING_DAYS = frozenset(TimeUnit) - {TimeUnit.WORKING_DAY}
UNITS_OF = {
    **dict.fromkeys(Counting, _NOT_WORKING_DAYS),
    Counting.RAW: frozenset({TimeUnit.HOUR}),
    Counting.WORKING: frozenset({TimeUnit.WORKING_DAY}),
}
"""The units that each way of counting goes with."""
ROLLED = frozenset({Counting.LITIGATION, Counting.CIVIL})
MAY_BE_ZERO = frozenset({Counting.MINIMUM, Counting.FIXED})
ARTICLES = {
    Counting.LITIGATION: Words("民事诉讼法第八十五条", "Civil Procedure Law art. 85"),
    Counting.CIVIL: Words("民法典第二百零一条至第二百零四条", "Civil Code art. 201-204"),
    Counting.WORKING: Words("行政强制法第六十九条", "Administrative Compulsion Law art. 69"),
    Counting.CUSTODY: Words("拘留所条例第三十二条", "Detention House Regulations art. 32"),
}
"""What the law says of each way of counting, where one article does."""

UNITS = {
    TimeUnit.HOUR: Words("小时", " h"),
    TimeUnit.DAY: Words("日", " d"),
    TimeUnit.WORKING_DAY: Words("个工作日", " working d"),
    TimeUnit.MONTH: Words("个月", " mo"),
    TimeUnit.YEAR: Words("年", " y"),
}
"""What stands behind a number of units."""
