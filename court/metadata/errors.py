"""What is not there to be described."""

from __future__ import annotations

from ...workflow.errors import ZhixingError


class NoSuchAct(ZhixingError):
    """A case has no such act where it stands, or not about this record."""

    code = "act-unknown"
    zh, en = (
        "案件在当前状态没有动作 {act}；可用：{known}",
        "the case has no act {act} where it stands; known: {known}",
    )
