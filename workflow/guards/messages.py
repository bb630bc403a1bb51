"""What the CEL compiler says, put in Chinese and in plainer English for people who know the law."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..language import Words, did_you_mean, is_it

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
    name = kind.partition("(")[0].removeprefix("google.protobuf.").lower()
    return _TYPES.get(name, kind)


def cel_problem(problem: str, known: Iterable[str]) -> Words:
    """A problem of a guard in Chinese and English."""
    for pattern, explain in _EXPLANATIONS:
        found = re.search(pattern, problem)
        if found is not None:
            return explain(found, known)
    return Words(problem, problem)


def _undeclared(found: re.Match[str], known: Iterable[str]) -> Words:
    """A name that is not declared, with the nearest that is: a choice in its quotes."""
    quoted = f'"{found[1]}"'
    hint = is_it(quoted) if quoted in known else did_you_mean(found[1], known)
    return Words(f"没有 {found[1]}{hint.zh}", f"there is no {found[1]}{hint.en}")


_BOTH_ALIKE = Words("两边类型须相同；连续比较用 && 分开写", "both sides must be of one type")
_ALIKE = {
    frozenset({"bool", "string"}): Words("写 true 或 false，不加引号", "write true or false"),
    frozenset({"timestamp", "string"}): Words(
        '日期写作 date("2024-01-01")', 'a day is date("2024-01-01")'
    ),
    frozenset({"duration", "int"}): Words(
        "天数写作 days(前一日, 后一日)", "a number of days is days(FIRST, LAST)"
    ),
}
"""How two kinds of values are brought together that people mix."""


def _no_overload(found: re.Match[str], known: Iterable[str]) -> Words:
    """An operator on types that it does not take."""
    kinds = [kind.strip() for kind in found[2].split(",")]
    plain = frozenset(kind.removeprefix("google.protobuf.").lower() for kind in kinds)
    zh, sign = "、".join(map(type_word, kinds)), _OPERATORS.get(found[1], found[1])
    hint = _ALIKE.get(plain, _BOTH_ALIKE)
    return Words(
        f"“{sign}”不能用于{zh}（{hint.zh}）",
        f"{sign} does not go with {', '.join(sorted(plain))} ({hint.en})",
    )


def _token(found: re.Match[str], known: Iterable[str]) -> Words:
    """A sign that CEL does not have."""
    return Words(f"不认识的字符 {found[1]}", f"unknown sign {found[1]}")


def _unexpected(found: re.Match[str], known: Iterable[str]) -> Words:
    """Something in a place where it cannot stand."""
    return Words(f"此处不应有 {found[1]}", f"{found[1]} is not expected here")


def _lacking(found: re.Match[str], known: Iterable[str]) -> Words:
    """A sign without which an expression is not whole."""
    return Words(f"缺少 {found[1]}", f"{found[1]} is missing")


def _incomplete(found: re.Match[str], known: Iterable[str]) -> Words:
    """A condition that ends too soon."""
    return Words("条件没有写完", "the condition is not complete")


def _too_long(found: re.Match[str], known: Iterable[str]) -> Words:
    """A condition beyond what the compiler takes."""
    return Words("条件过长或括号过深", "the condition is too long or too deep")


def _told(zh: str, en: str) -> Callable[[re.Match[str], Iterable[str]], Words]:
    """What an evaluation says, in these words."""
    return lambda found, known: Words(zh.format(*found.groups()), en.format(*found.groups()))


LAW_SAYS = "the law: "
"""How a formula of the law begins what it says of its values, in both languages."""

_EXPLANATIONS: tuple[tuple[str, Callable[[re.Match[str], Iterable[str]], Words]], ...] = (
    (rf"{LAW_SAYS}(.*) \| (.*)", lambda found, known: Words(found[1], found[2])),
    (r"undeclared reference to '([^']*)'", _undeclared),
    (r"found no matching overload for '([^']*)' applied to '\(([^']*)\)'", _no_overload),
    (r"token recognition error at: ('[^']*')", _token),
    (r"mismatched input '<EOF>'", _incomplete),
    (r"(?:extraneous|mismatched) input ('[^']*')", _unexpected),
    (r"no viable alternative at input ('[^']*')", _unexpected),
    (
        r"expression of type 'list.* select operation",
        _told(
            "列表写作 case.列表.all(c, c.字段)（全部）或 exists（有一个）",
            "a list is asked with case.LIST.all(c, c.FIELD) or exists",
        ),
    ),
    (r"expression of type .* select operation", _told("此处不能再有“.”", "no dot can follow here")),
    (r"missing '([^']*)' at", _lacking),
    (r"expression size exceeds|recursion limit", _too_long),
    (
        r"invalid regular expression: (.*)",
        _told("不是正则表达式：{0}", "no regular expression: {0}"),
    ),
    (
        r"String to Timestamp|Timestamp .*(?:below|above)",
        _told("不是时间（如 2025-01-08T00:00:00Z）", "no time such as 2025-01-08T00:00:00Z"),
    ),
    (
        r"String to Duration|Duration .*(?:below|above)",
        _told("不是时长（如 36h）", "no length such as 36h"),
    ),
    (r"(?:divide|modulus) by zero", _told("除数为零", "a division by zero")),
    (r"OUT_OF_RANGE", _told("数值超出范围", "a value is out of range")),
    (r"Iteration budget", _told("求值步骤过多", "it takes too many steps")),
    (
        r"cannot convert|conversion error",
        _told("文字不能换算为该类型", "the text is no such value"),
    ),
    (r"Key not found in map : (.*)", _told("没有键 {0}", "there is no key {0}")),
    (r"Index error: index=(\S+)", _told("列表没有第 {0} 项", "the list has no item {0}")),
    (r"No matching overloads", _told("值的类型不符", "a value is of another type")),
    (r"Invalid timezone", _told("未知的时区", "an unknown time zone")),
)
"""What the compiler says, as a pattern, and how to put it; the first that matches is taken."""
