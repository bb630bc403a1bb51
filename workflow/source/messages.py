"""What the YAML reader says, put in Chinese for people who know the law."""

from __future__ import annotations

import re

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
    r"^\s*(?:- )?[A-Za-z0-9_]+(：)|[A-Za-z0-9_\]}\"'](，)\s*[A-Za-z0-9_{\[\"']|(?<=[\s:{,\[])([｛［“])"
)


def yaml_problem(problem: str) -> str:
    """A problem of YAML syntax in Chinese."""
    return next((zh for en, zh in _YAML if en in problem), problem)


def misplaced(lines: list[str], line: int) -> tuple[int, int, str, str] | None:
    """A full-width sign where YAML needs the half-width one, on a line or the two before it: line, column, it, and what is meant."""
    for number in range(line, max(line - 3, 0), -1):
        found = _MISPLACED.search(lines[number - 1]) if number <= len(lines) else None
        if found is not None:
            index = next(i for i in range(1, 4) if found[i])
            return number, found.start(index) + 1, found[index], _FULL_WIDTH[found[index]]
    return None
