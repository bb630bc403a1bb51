"""The units of a period, the ways the law counts them, and the articles that say so."""

from __future__ import annotations

from enum import StrEnum


class TimeUnit(StrEnum):
    """What a period is counted in."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working-day"
    MONTH = "month"
    YEAR = "year"


class Counting(StrEnum):
    """How a period ends.

    `litigation`, `civil`: the last day moves off a rest day. `fixed`, `minimum`, `custody`, `plain`: it never moves.
    `raw`: hours run on regardless of days. `working`: only working days count (行政强制法 art. 69).
    """

    LITIGATION = "litigation"
    CIVIL = "civil"
    FIXED = "fixed"
    MINIMUM = "minimum"
    CUSTODY = "custody"
    PLAIN = "plain"
    RAW = "raw"
    WORKING = "working"


ROLLED = frozenset({Counting.LITIGATION, Counting.CIVIL})
KEPT = 4096
MAY_BE_ZERO = frozenset({Counting.MINIMUM, Counting.FIXED})
_CPL = ("民事诉讼法第八十五条", "Civil Procedure Law art. 85")
_CIVIL_CODE = ("民法典第二百零一条至第二百零四条", "Civil Code art. 201-204")
_ADMIN = ("行政强制法第六十九条", "Administrative Compulsion Law art. 69")

ARTICLES = {
    Counting.LITIGATION: _CPL,
    Counting.CIVIL: _CIVIL_CODE,
    Counting.WORKING: _ADMIN,
    Counting.CUSTODY: ("拘留所条例第三十二条", "Detention House Regulations art. 32"),
}

UNIT_ZH = {
    TimeUnit.HOUR: "小时",
    TimeUnit.DAY: "日",
    TimeUnit.WORKING_DAY: "个工作日",
    TimeUnit.MONTH: "个月",
    TimeUnit.YEAR: "年",
}
