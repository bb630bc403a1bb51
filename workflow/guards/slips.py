"""What people write in conditions who know the law and no CEL: each slip with the way to write it.

The compiler notices most of them some signs later, or takes them for something else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..language import NO_WORDS, Words
from ..source.signs import sign_words

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


class Slip(NamedTuple):
    """A slip: its line and column in the text, from 1, and its words."""

    line: int
    column: int
    words: Words


def _write(zh: str, right: str, en: str) -> Words:
    return Words(f"{zh}写作 {right}", f"{en} is written {right}")


_SLIPS: tuple[tuple[str, Words], ...] = (
    (r"[“”‘’（）［］｛｝，；：！＝≤≥≠＜＞＆｜×÷－０-９]", NO_WORDS),
    (r"\band\b|\bAND\b|并且|而且|以及|且|(?<!&)&(?!&)", _write("“并且”", "&&", "and")),
    (r"\bor\b|\bOR\b|或者|或|(?<!\|)\|(?!\|)", _write("“或者”", "||", "or")),
    (r"\bnot\b|\bNOT\b", _write("“不是”", "!", "not")),
    (r"=>", _write("“大于等于”", ">=", "at least")),
    (r"=<", _write("“小于等于”", "<=", "at most")),
    (r"(?<![<>=!])=(?!=)", _write("“等于”", "==", "equal")),
    (r"<>", _write("“不等于”", "!=", "not equal")),
    (
        r"[0-9]+(\.[0-9]+)?\s*%(?!\s*[\w(])",
        _write("百分数乘金额（如七成）", 'times(金额, "0.7")', "a part of an amount"),
    ),
    (
        r"(?<![\w.])[0-9]+\.[0-9]+",
        Words(
            '小数不能直接用：金额写 money("0.70")，乘以小数写 times(金额, "0.7")',
            'no plain decimals: an amount is money("0.70"), a part of one times(AMOUNT, "0.7")',
        ),
    ),
    (
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}",
        _write("日期", 'date("2024-01-01")', "a day"),
    ),
    (r"[0-9]+,[0-9]{3}(?![0-9])", Words("数字中不用逗号", "no commas within a number")),
    (r"[0-9]+\s*[万亿千百元]", _write("金额", 'money("50000.00")', "an amount")),
    (r'\bmoney\((?!\s*"[^"]*"\s*\))', _write("金额", 'money("100.00")', "an amount")),
    (r"\bif\b|\bIF\b|如果", Words("直接写条件，不写 if", "write the condition alone, without if")),
    (
        r"(?<![.\w])(yes|no|True|TRUE|False|FALSE|是|否)(?!\w)",
        _write("“是”“否”", "true, false", "yes or no"),
    ),
    (
        r"[\u4e00-\u9fff]+",
        Words("条件中只写标识，文字须加双引号", "conditions hold ids, texts need quotes"),
    ),
)
_EACH = tuple((re.compile(pattern), words) for pattern, words in _SLIPS)
"""Slips by what they look like outside of texts; a sign that has no words should be half-width."""


def slip_in(text: str) -> Slip | None:
    """The first slip of the table that an expression holds; None where it holds none."""
    bare = _QUOTED.sub(lambda found: '"' + " " * (len(found[0]) - 2) + '"', text)
    for pattern, words in _EACH:
        found = pattern.search(bare)
        if found is not None:
            return _slip(bare, found, words)
    return None


def _slip(text: str, found: re.Match[str], words: Words) -> Slip:
    before = text[: found.start()]
    line, column = before.count("\n") + 1, found.start() - before.rfind("\n")
    return Slip(line, column, words if words != NO_WORDS else sign_words(found[0]))
