"""What a way to a far side refuses of its own accord, before anything is sent."""

from __future__ import annotations

from ...workflow.errors import ZhixingError
from ..protocol import PermanentFailure, TemporaryFailure


class BadTransport(ZhixingError):
    """A far side is not set up so that it can be spoken with; the value itself is never told."""

    code = "transport-settings"
    zh, en = "外部连接的设置有误：{why}", "the far side is not set up rightly: {why}"


class RefusedHost(PermanentFailure):
    """A request would go to a host that the settings do not allow; nothing was sent."""

    code = "transport-host"
    zh, en = (
        "不得连接主机 {host}（allowed_hosts 未列入）；未发送：{why}",
        "the host {host} is not among allowed_hosts; nothing was sent: {why}",
    )


class RefusedAddress(TemporaryFailure):
    """A host leads to an address that the settings do not allow; nothing was sent."""

    code = "transport-address"
    zh, en = (
        "不得连接 {host} 所指的地址 {address}；未发送：{why}",
        "{host} leads to the address {address}, which is refused; nothing was sent: {why}",
    )
