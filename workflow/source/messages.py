"""What the YAML reader says, put in Chinese for people who know the law."""

from __future__ import annotations

import re
from typing import NamedTuple

_YAML: tuple[tuple[str, str], ...] = (
    ("could not find expected ':'", "缺少冒号（键后写半角“:”和一个空格）"),
    (
        "did not find expected ',' or '}'",
        "花括号内缺少半角逗号或右花括号（文字中含逗号、冒号时加引号）",
    ),
    ("did not find expected ',' or ']'", "方括号内缺少半角逗号或右方括号"),
    ("did not find expected key", "缩进与上文不一致，此处应为键"),
    ("did not find expected '-' indicator", "列表项须以“- ”开头并对齐"),
    ("found a tab character", "缩进请用空格，不用制表符"),
    (
        "found character that cannot start any token",
        "此处的字符不能开头（制表符，或 @、` 等须加引号）",
    ),
    (
        "mapping values are not allowed in this context",
        "此处不能再有冒号（缩进有误，或文字中的冒号须加引号）",
    ),
    (
        "block sequence entries are not allowed in this context",
        "列表项不能写在此处（请另起一行并缩进）",
    ),
    ("found unexpected end of stream", "文件未完（引号或括号没有配对）"),
    ("while scanning a quoted scalar", "引号没有配对"),
    (
        "did not find expected alphabetic or numeric character",
        "“&”“*”后应为名称；文字以它们开头时须加引号",
    ),
    ("found unknown escape character", "双引号内的反斜杠写法不对"),
    ("control characters are not allowed", "含有控制字符"),
    ("unacceptable character", "含有不能使用的字符"),
)

_FULL_WIDTH = {
    "：": ":",
    "，": ",",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "（": "(",
    "）": ")",
    "“": '"',
    "”": '"',
}

_MISPLACED = re.compile(
    r"^\s*(?:- )?[A-Za-z0-9_]+(：)"  # after a key
    r"|[A-Za-z0-9_\]}\"'](，)\s*[A-Za-z0-9_{\[\"']"  # between two values
    r"|(?<=[\s:{,\[])([｛［“])"  # where a value begins
)


def yaml_problem(problem: str) -> str:
    """A problem of YAML syntax in Chinese."""
    return next((zh for en, zh in _YAML if en in problem), problem)


class FullWidthSign(NamedTuple):
    """A full-width sign where YAML needs the half-width one that is meant."""

    line: int
    column: int
    written: str
    meant: str


_LINES_BEFORE = 2
"""YAML often notices a line or two too late."""


def misplaced(lines: list[str], line: int) -> FullWidthSign | None:
    """The nearest such sign, on a line or just before it."""
    first = max(line - _LINES_BEFORE, 1)
    near = list(enumerate(lines[first - 1 : line], first))
    for number, text in reversed(near):
        found = _MISPLACED.search(text)
        if found is not None and found.lastindex is not None:
            group = found.lastindex
            sign = found[group]
            return FullWidthSign(number, found.start(group) + 1, sign, _FULL_WIDTH[sign])
    return None
