"""What the CEL compiler says, put in Chinese and in plainer English for people who know the law."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

_TYPES = {
    "int": "整数或金额",
    "bool": "是否",
    "string": "文字",
    "timestamp": "日期或时间",
    "duration": "时长",
    "double": "小数",
    "list": "列表",
}

_OPERATORS = {
    "_<_": "<",
    "_<=_": "<=",
    "_>_": ">",
    "_>=_": ">=",
    "_==_": "==",
    "_!=_": "!=",
    "_&&_": "&&",
    "_||_": "||",
    "!_": "!",
    "_+_": "+",
    "_-_": "-",
    "_*_": "*",
    "@in": "in",
}


def type_word(kind: str) -> str:
    """A type of CEL in Chinese."""
    return _TYPES.get(kind.partition("(")[0], kind)


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
    return (
        f"“{sign}”不能用于{zh}（两边类型须相同；连续比较用 && 分开写）",
        f"{sign} does not go with {', '.join(kinds)}",
    )


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
    (
        r"(?:extraneous|mismatched) input ('[^']*')",
        lambda f, _: (f"此处不应有 {f[1]}", f"{f[1]} is not expected here"),
    ),
    (
        r"expression size exceeds|recursion limit",
        lambda *_: ("条件过长或括号过深", "the condition is too long or too deep"),
    ),
)
