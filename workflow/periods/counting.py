"""The units of a period, the ways the law counts them, and the articles that say so."""

from __future__ import annotations

from enum import StrEnum

from ..language import Words


class TimeUnit(StrEnum):
    """What a period is counted in."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    WORKING_DAY = "working-day"
    MONTH = "month"
    YEAR = "year"


class Counting(StrEnum):
    """How a period ends.

    `litigation`, `civil`: the last day moves off a rest day. `fixed`, `minimum`, `custody`,
    `plain`: it never moves. `hours-of-procedure`: hours run from the next full hour and end on any
    day. `raw`: hours run on from the minute. `working`: only working days count
    (行政强制法 art. 69).
    """

    LITIGATION = "litigation"
    CIVIL = "civil"
    FIXED = "fixed"
    MINIMUM = "minimum"
    CUSTODY = "custody"
    PLAIN = "plain"
    HOURS_OF_PROCEDURE = "hours-of-procedure"
    RAW = "raw"
    WORKING = "working"


COUNTING_CODES = {
    Counting.LITIGATION: "LIT",
    Counting.CIVIL: "CIV",
    Counting.WORKING: "WD",
    Counting.FIXED: "FIXED",
    Counting.MINIMUM: "MIN",
    Counting.CUSTODY: "CUSTODY",
    Counting.RAW: "HOUR-RAW",
    Counting.HOURS_OF_PROCEDURE: "HOUR-CPL",
}
"""How the tables of law write the ways of counting."""
_NOT_WORKING_DAYS = frozenset(TimeUnit) - {TimeUnit.WORKING_DAY}
UNITS_OF = {
    **dict.fromkeys(Counting, _NOT_WORKING_DAYS),
    Counting.HOURS_OF_PROCEDURE: frozenset({TimeUnit.HOUR}),
    Counting.RAW: frozenset({TimeUnit.HOUR}),
    Counting.WORKING: frozenset({TimeUnit.WORKING_DAY}),
}
"""The units that each way of counting goes with."""
USUAL = {
    TimeUnit.WORKING_DAY: Counting.WORKING,
    TimeUnit.HOUR: Counting.HOURS_OF_PROCEDURE,
}
"""How the Civil Procedure Law counts units that it never moves; the others it does."""
ROLLED = frozenset({Counting.LITIGATION, Counting.CIVIL})
FROM_FULL_HOURS = ROLLED | {Counting.HOURS_OF_PROCEDURE}
"""Their hours leave out the hour in which they begin."""
MAY_BE_ZERO = frozenset({Counting.MINIMUM, Counting.FIXED})
ARTICLES = {
    Counting.LITIGATION: Words("民事诉讼法第八十五条", "Civil Procedure Law art. 85"),
    Counting.CIVIL: Words("民法典第二百零一条至第二百零四条", "Civil Code art. 201-204"),
    Counting.HOURS_OF_PROCEDURE: Words(
        "民事诉讼法第八十五条；民诉法解释第一百二十五条",
        "Civil Procedure Law art. 85; CPLI art. 125",
    ),
    Counting.WORKING: Words("行政强制法第六十九条", "Administrative Compulsion Law art. 69"),
    Counting.CUSTODY: Words("拘留所条例第三十二条", "Detention House Regulations art. 32"),
}
"""What the law says of each way of counting, where one article does."""

UNITS = {
    TimeUnit.HOUR: Words("小时", " h"),
    TimeUnit.DAY: Words("日", " d"),
    TimeUnit.WEEK: Words("周", " wk"),
    TimeUnit.WORKING_DAY: Words("个工作日", " working d"),
    TimeUnit.MONTH: Words("个月", " mo"),
    TimeUnit.YEAR: Words("年", " y"),
}
"""What stands behind a number of units."""
