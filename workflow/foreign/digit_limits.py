"""The SLAs of DIGIT as time limits.

The workflow service takes milliseconds. Files are found that hold 5, 10 or 30, which in that unit
is no time for anybody: below a second a number is read as days, and the written file says so.
"""

from __future__ import annotations

from typing import NamedTuple

from ..language import Words

_SECOND, _HOUR = 1000, 3_600_000
_DAY = 24 * _HOUR


class Length(NamedTuple):
    """How long a limit is, and what was made of the number; no length where it is left out."""

    length: int
    unit: str
    words: Words


def length_of(sla: int) -> Length:
    """The length that an SLA means: none where it is nothing, or less than an hour."""
    if 0 < sla < _SECOND:
        zh = f"按 {sla} 日读取（DIGIT 文档的单位是毫秒，而 {sla} 毫秒不够办任何事）"
        en = f"read as {sla} days (DIGIT documents milliseconds; {sla} of them suffice for no act)"
        return Length(sla, "day", Words(zh, en))
    if sla < _HOUR:
        return Length(0, "hour", Words("不足一小时，未导入", "less than an hour: left out"))
    if sla % _DAY == 0:
        days = sla // _DAY
        return Length(days, "day", Words(f"毫秒，即 {days} 日", f"milliseconds: {days} days"))
    hours = -(-sla // _HOUR)
    zh, en = f"毫秒，进为 {hours} 小时", f"milliseconds, rounded up to {hours} hours"
    return Length(hours, "hour", Words(zh, en))
