"""What the YAML reader and the CEL compiler say, put in Chinese (and in plainer English) for people who know the law."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

_YAML: tuple[tuple[str, str], ...] = (
    ("could not find expected ':'", "缺少冒号（键后写半角“:”和一个空格）"),
    ("did not find expected ',' or '}'", "花括号内缺少半角逗号或右花括号（文字中含逗号、冒号时加引号）"),
    ("did not find expected ',' or ']'", "方括号内缺少半角逗号或右方括号"),
    ("did not find expected key", "缩进与上文不一致，此处应为键"),
    ("did not find expected '-' indicator", "列表项须以“- ”开头并对齐"),
    ("found a tab character", "缩进请用空格，不用制表符"),
    ("found character that cannot start any token", "此处的字符不能开头（制表符，或 @、` 等须加引号）"),
    ("mapping values are not allowed in this context", "此处不能再有冒号（缩进有误，或文字中的冒号须加引号）"),
    ("block sequence entries are not allowed in this context", "列表项不能写在此处（请另起一行并缩进）"),
    ("found unexpected end of stream", "文件未完（引号或括号没有配对）"),
    ("while scanning a quoted scalar", "引号没有配对"),
    ("did not find expected alphabetic or numeric character", "“&”“*”后应为名称；文字以它们开头时须加引号"),
    ("found unknown escape character", "双引号内的反斜杠写法不对"),
    ("control characters are not allowed", "含有控制字符"),
    ("unacceptable character", "含有不能使用的字符"),
)
_FULL_WIDTH = {"：": ":", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "（": "(", "）": ")", "“": '"', "”": '"'}
_MISPLACED = re.compile(r"^\s*(?:- )?[A-Za-z0-9_]+(：)|[A-Za-z0-9_\]}\"'](，)\s*[A-Za-z0-9_{\[\"']|(?<=[\s:{,\[])([｛［“])")

_TYPES = {
    "int": "整数或金额",
    "bool": "是否",
    "string": "文字",
    "timestamp": "日期或时间",
    "duration": "时长",
    "double": "小数",
    "list": "列表",
}
_OPERATORS = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "_==_": "==", "_!=_": "!=", "_&&_": "&&", "_||_": "||", "!_": "!",
              "_+_": "+", "_-_": "-", "_*_": "*", "@in": "in"}  # fmt: skip


def type_word(kind: str) -> str:
    """A type of CEL in Chinese."""
    return _TYPES.get(kind.partition("(")[0], kind)


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


def cel_problem(problem: str, known: Iterable[str]) -> tuple[str, str]:
    """A problem of a guard in Chinese and English."""
    for pattern, say in _CEL:
        found = re.search(pattern, problem)
        if found is not None:
            return say(found, known)
    return problem, problem


def _undeclared(found: re.Match[str], known: Iterable[str]) -> tuple[str, str]:
    close = get_close_matches(found[1], list(known), 1)
    zh, en = (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
    return f"没有 {found[1]}{zh}", f"there is no {found[1]}{en}"


def _no_overload(found: re.Match[str], known: Iterable[str]) -> tuple[str, str]:
    kinds = [kind.strip() for kind in found[2].split(",")]
    zh = "、".join(type_word(kind) for kind in kinds)
    sign = _OPERATORS.get(found[1], found[1])
    return f"“{sign}”不能用于{zh}（两边类型须相同；连续比较用 && 分开写）", f"{sign} does not go with {', '.join(kinds)}"


def _token(found: re.Match[str], known: Iterable[str]) -> tuple[str, str]:
    return (
        f"不认识的字符 {found[1]}（并且写 &&，或者写 ||，不是写 !，文字加引号）",
        f"unknown character {found[1]} (and is &&, or is ||, not is !)",
    )


_CEL: tuple[tuple[str, Callable[[re.Match[str], Iterable[str]], tuple[str, str]]], ...] = (
    (r"undeclared reference to '([^']*)'", _undeclared),
    (r"found no matching overload for '([^']*)' applied to '\(([^']*)\)'", _no_overload),
    (r"token recognition error at: ('[^']*')", _token),
    (r"mismatched input '<EOF>'", lambda *_: ("条件没有写完", "the condition is not complete")),
    (r"(?:extraneous|mismatched) input ('[^']*')", lambda f, _: (f"此处不应有 {f[1]}", f"{f[1]} is not expected here")),
    (r"expression size exceeds|recursion limit", lambda *_: ("条件过长或括号过深", "the condition is too long or too deep")),
)
