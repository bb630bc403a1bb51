"""What a list refuses to be asked."""

from __future__ import annotations

from ...workflow.errors import ZhixingError


class UnknownFilter(ZhixingError):
    """A list cannot be narrowed or counted by this."""

    code = "list-filter"
    zh, en = (
        "清单 {list} 不能按 {filter} 筛选或统计；可用：{known}",
        "the list {list} has no {filter} to be narrowed or counted by; known: {known}",
    )


class BadFilter(ZhixingError):
    """What a list is narrowed by is of another kind."""

    code = "list-filter-value"
    zh, en = "{filter} 应为{why_zh}", "{filter} must be {why_en}"


class BadCursor(ZhixingError):
    """A cursor is of another list, of other filters, or of no page at all."""

    code = "list-cursor"
    zh, en = (
        "页标不属于此清单或此筛选条件，请从第一页重新开始",
        "this cursor is not of this list with these filters: begin anew with the first page",
    )


class BadLimit(ZhixingError):
    """A page has at least one row, and at most so many."""

    code = "list-limit"
    zh, en = "每页应为 1 至 {most} 行，得到 {limit}", "a page has 1 to {most} rows, not {limit}"
