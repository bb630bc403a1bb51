"""What the kit refuses."""

from __future__ import annotations

from ...workflow.errors import ZhixingError


class CannotMisbehave(ZhixingError):
    """A double of a far side cannot do what a test asks; that test is skipped, and says so."""

    code = "far-side-cannot"
    zh, en = "替身系统不能模拟：{what}", "this far side cannot do that: {what}"


class NotRecorded(ZhixingError):
    """A request is asked of a recording that does not have it."""

    code = "not-recorded"
    zh, en = (
        "录制文件 {file} 中没有（更多的）这一请求 {operation}：{payload}",
        "{file} has no (further) recording of {operation} with {payload}",
    )


class BadRecording(ZhixingError):
    """A file is no recording of an adapter."""

    code = "recording-file"
    zh, en = "录制文件 {place} 无法读取：{why}", "the recording {place} cannot be read: {why}"
