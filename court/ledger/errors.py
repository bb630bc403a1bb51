"""What the ledger refuses."""

from __future__ import annotations

from ...workflow.errors import ZhixingError


class BadStatement(ZhixingError):
    """A line of a bank's file cannot be read; nothing of the file was taken."""

    code = "bank-statement"
    zh, en = "银行流水第 {row} 行：{why_zh}", "line {row} of the bank's file: {why_en}"


class NoSuchAccount(ZhixingError):
    """The case's definition keeps no account of this name."""

    code = "no-account"
    zh, en = (
        "案件 {case_id} 没有账户 {account}；可用：{known}",
        "the case {case_id} has no account {account}; known: {known}",
    )
