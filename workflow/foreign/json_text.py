"""JSON with the place of everything in it, strictly read but for the commas that people leave
before a closing bracket."""

from __future__ import annotations

import json
import re
from typing import Any

from ..language import Words
from ..source.positions import Position
from ..source.unclean import unclean_texts
from ..source.yaml_reader import read_bytes, refusal, refuse_for

_PASSED_OVER = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])|\t')
"""A text, which stays; a comma too many and a tab, which become spaces, so that places stay."""
_PLACEHOLDER = re.compile(r"\{\{[^{}\"\n]*\}\}")
_PROBLEMS = {
    "Expecting value": "此处应有一个值",
    "Expecting ',' delimiter": "此处缺少半角逗号（或括号没有配对）",
    "Expecting ':' delimiter": "键后缺少半角冒号",
    "Expecting property name enclosed in double quotes": "此处应为双引号中的键",
    "Unterminated string starting at": "双引号没有配对",
    "Invalid control character at": "双引号内不能换行，也不能有控制字符",
    "Extra data": "文件应在此处结束",
}
_NUMBERS = Words("不是 JSON 的数", "it is no number of JSON")


def read_json(raw: bytes, name: str) -> Any:
    """The value of a JSON text, each mapping with its places. Raises `ReadingFailed`.

    JSON is YAML in one line of thought: what the strict reader accepts, ours reads with places.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return read_bytes(raw, name)[0]  # which says where
    text = _PASSED_OVER.sub(_kept, text)
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        at = Position(name, error.lineno, error.colno)
        raise _refused(text, error, at) from None
    except (ValueError, RecursionError) as error:
        words = Words(f"JSON 无法读取：{error}", f"the JSON cannot be read: {error}")
        raise refusal(Position(name, 1, 1), "json", words) from None
    value, _ = read_bytes(text.encode(), name)
    refuse_for(list(unclean_texts(value)))
    return value


def _kept(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else " "


def _refuse_constant(constant: str) -> Any:
    raise ValueError(f"{constant}: {_NUMBERS.zh} / {_NUMBERS.en}")


def _refused(text: str, error: json.JSONDecodeError, at: Position) -> Exception:
    """What is wrong with the syntax; a placeholder without quotes is told as what it is."""
    placeholder = _PLACEHOLDER.search(text, max(error.pos - 1, 0), error.pos + 200)
    if placeholder is not None and placeholder.start() <= error.pos:
        shown = placeholder[0]
        zh = f"占位符 {shown} 须先替换为值，或放在双引号中"
        en = f"the placeholder {shown} must be filled in first, or stand in quotes"
        return refusal(at, "digit-placeholder", Words(zh, en))
    problem = _PROBLEMS.get(error.msg, error.msg)
    return refusal(at, "json", Words(f"JSON 语法错误：{problem}", f"JSON syntax: {error.msg}"))
