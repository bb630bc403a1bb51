"""What is wrong with a file of cases that come in, as a whole."""

from __future__ import annotations

from ...workflow.errors import ZhixingError


class TakeoverFileRefused(ZhixingError):
    """A file of running cases, or one line of it, cannot be read."""

    code = "takeover-file"
    zh, en = "{place}：{why_zh}", "{place}: {why_en}"
