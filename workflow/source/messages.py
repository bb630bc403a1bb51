"""What the YAML reader says, put in Chinese for people who know the law."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..language import NO_WORDS, Words
from .signs import sign_words

_YAML: tuple[tuple[str, str], ...] = (
    ("could not find expected ':'", "缺少冒号（键后写半角“:”和一个空格）"),
    (
        "did not find expected ',' or '}'",
        "花括号内缺少半角逗号或右花括号（文字中含逗号、冒号时加引号）",
    ),
    ("did not find expected ',' or ']'", "方括号内缺少半角逗号或右方括号"),
    ("did not find expected key", "缩进与上文不一致，此处应为键（看本行与上一行）"),
    ("did not find expected <document start>", "缩进与文件开头不一致"),
    ("did not find expected '-' indicator", "缩进与上文不一致，或列表项没有以“- ”开头并对齐"),
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


def yaml_problem(problem: str) -> str:
    """A problem of YAML syntax in Chinese."""
    return next((zh for en, zh in _YAML if en in problem), problem)


class Slip(NamedTuple):
    """A slip of the pen that YAML notices too late, or takes for something else."""

    line: int
    column: int
    words: Words


_KEY_FIRST = r"^\s*(?:- )?[A-Za-z0-9_]+"
_KEY_WITHIN = r"[{,]\s*[A-Za-z0-9_]+"
_KEY = rf"(?:{_KEY_FIRST}|{_KEY_WITHIN})"
_BLANKS = Words("缩进含全角空格，请用半角空格", "full-width blanks before it: use plain ones")
_NO_BLANK = Words("冒号后须有一个空格", "a blank must follow the colon")
_NO_COLON = Words("键后缺少冒号", "a colon is missing behind the key")
_NOT_QUOTED = Words("以 ! 开头的条件须加引号", "a condition that begins with ! needs quotes")
_ESCAPED = re.compile(r"\\.|'[^']*'")
_OPEN_QUOTE = Words("引号没有配对", "a quote that nothing closes")
_SLIPS: tuple[tuple[re.Pattern[str], Words], ...] = (
    (re.compile(r"^[ \t]*([\u3000\u00a0])"), _BLANKS),
    (re.compile(rf"{_KEY}(：)"), NO_WORDS),
    (re.compile(r"[A-Za-z0-9_\]}\"'](，|、|；)\s*[A-Za-z0-9_{\[\"']"), NO_WORDS),
    (re.compile(r"(?<=[\s:{,\[])([｛［“【])"), NO_WORDS),
    (re.compile(rf"{_KEY_FIRST}(:)[^\s]"), _NO_BLANK),
    (re.compile(rf"{_KEY}:\s+(!)[^\s]"), _NOT_QUOTED),
    (re.compile(r"^\s*- [a-z_]+( )[a-z_]+\s*$"), _NO_COLON),
    (re.compile(r"^\s*[a-z_]+( )[^:#]+$"), _NO_COLON),
)
"""Slips by the sign that they hold, and what they are told as; a full-width sign where none is."""
_LINES_BEFORE = 2
"""YAML often notices a line or two too late."""


def slip_near(lines: list[str], line: int) -> Slip | None:
    """A quote above that nothing closes, or the nearest such slip, on a line or just before it."""
    for number, text in enumerate(lines[:line], 1):
        quotes = _ESCAPED.sub("", text.partition(" #")[0]).count('"')
        if quotes % 2:
            return Slip(number, text.rindex('"') + 1, _OPEN_QUOTE)
    first = max(line - _LINES_BEFORE, 1)
    near = list(enumerate(lines[first - 1 : line], first))
    slips = (_slip(number, text) for number, text in reversed(near))
    return next(filter(None, slips), None)


def _slip(number: int, text: str) -> Slip | None:
    for pattern, words in _SLIPS:
        found = pattern.search(text)
        if found is not None:
            return Slip(
                number, found.start(1) + 1, words if words != NO_WORDS else sign_words(found[1])
            )
    return None
