"""What the fixed terms of the language are called: kinds of fields, levels, countings, times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..guards.said import counted
from ..language import Words
from ..model.field_types import FieldType
from ..model.limits import LeadText, Within
from ..periods.counting import UNITS as SHORT_UNITS
from ..periods.counting import Counting, TimeUnit

UNITS = {unit: Words(short.zh, unit.value.replace("-", " ")) for unit, short in SHORT_UNITS.items()}
TYPES = {
    FieldType.TEXT: Words("文字", "text"),
    FieldType.NUMBER: Words("整数", "a whole number"),
    FieldType.MONEY: Words("金额", "an amount of money"),
    FieldType.DATE: Words("日期", "a day"),
    FieldType.DATETIME: Words("日期和时刻", "a day and time"),
    FieldType.FLAG: Words("是或否", "yes or no"),
    FieldType.CHOICE: Words("选择一项", "one of several"),
    FieldType.LIST: Words("若干文字", "several texts"),
    FieldType.PARTY: Words("当事人或人员", "a party or person"),
    FieldType.IDENTITY: Words("证件号码", "the number of a document"),
    FieldType.RECORDS: Words("若干条记录", "a list of records"),
}
CALENDARS = {
    "cn": Words(
        "全国放假安排（国务院办公厅公布的节假日和调休）",
        "the national calendar of China (public holidays and moved working days)",
    ),
    "none": Words("没有休息日的日历", "a calendar without rest days"),
}
LEVELS = {
    "province": Words("省级", "of the province"),
    "court": Words("本院", "of the court"),
    "case": Words("个案", "of one case"),
}
RUNNING_CASES = {
    "stay": Words("按原版本办结", "finish on the version they began with"),
    "move": Words("转到本版本", "move to this version"),
}
VERIFIED = {
    "db": Words("已核对（法条原文）", "checked against the statute"),
    "pages": Words("已核对（公开文本）", "checked against a published text"),
    "memory": Words("未核对（凭记忆引用）", "not checked (cited from memory)"),
}
COUNTINGS = {
    Counting.LITIGATION: Words("民事诉讼期间", "as a period of civil procedure"),
    Counting.CIVIL: Words("民法期间", "as a period of civil law"),
    Counting.FIXED: Words("固定期间", "fixed"),
    Counting.MINIMUM: Words("最短期间", "as the least time"),
    Counting.CUSTODY: Words("拘留期间", "as days of custody"),
    Counting.PLAIN: Words("自然日", "in calendar days"),
    Counting.HOURS_OF_PROCEDURE: Words("诉讼上的小时", "in hours of procedure"),
    Counting.RAW: Words("连续的小时", "in hours from the minute"),
    Counting.WORKING: Words("只计工作日", "in working days"),
}
EXPIRIES = {
    "end-of-day": Words("最后一日结束时", "as that day ends"),
    "start-of-day": Words("最后一日开始时", "as that day begins"),
}
TERMS: Mapping[str, Mapping[Any, Words]] = {
    "type": TYPES,
    "unit": UNITS,
    "calendar": CALENDARS,
    "level": LEVELS,
    "running_cases": RUNNING_CASES,
    "verified": VERIFIED,
    "counting": COUNTINGS,
    "expires": EXPIRIES,
}
"""What the values of a key are called, where the language fixes them."""
TIMES = frozenset({"warn", "every", "within"})
"""Keys that hold a time such as `2wd`."""

_LEADS = {"d": TimeUnit.DAY, "wd": TimeUnit.WORKING_DAY, "h": TimeUnit.HOUR}
_WRITTEN = re.compile(r"([0-9]+)(d|wd|h)")


def amount_of_time(number: int, unit: TimeUnit) -> Words:
    """So much time: `3个月`, `3 months`."""
    return counted(str(number), UNITS[unit])


def lead_words(written: LeadText | Within) -> Words:
    """How long before or after: `2wd` is two working days."""
    found = _WRITTEN.fullmatch(written)
    assert found is not None  # the model takes nothing else
    return amount_of_time(int(found[1]), _LEADS[found[2]])
