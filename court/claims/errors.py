"""What stands in the way of a claim."""

from __future__ import annotations

from ...workflow.errors import ZhixingError


class NoSuchClaim(ZhixingError):
    """The procedure of a case says of no facts that they are the title, or not by this name."""

    code = "claim-unknown"
    zh, en = (
        "流程 {procedure} 没有执行依据 {claim}；已有：{known}",
        "the procedure {procedure} has no title {claim}; there are: {known}",
    )
