"""Pydantic's errors on a file's values, as findings at their lines, in the words of the definition language."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError

from .model.base import ID_PATTERN, Element
from .model.definition import Definition
from .source.findings import Finding
from .source.positions import Position, SourceMap
from .source.yaml_reader import SOURCE


def located(value: dict[str, Any], error: ValidationError, name: str) -> list[Finding]:
    """Pydantic's errors on values read with positions, as findings at their places."""
    return sorted({_finding(value, details, name) for details in error.errors(include_url=False)})


_ZH = {
    "missing": "缺少必填的键 {key}",
    "extra_forbidden": "未知的键 {key}{hint}",
    "string_pattern_mismatch": "格式不符：{input}（应匹配 {pattern}）",
    "string_type": "应为文字，得到 {input}",
    "string_too_short": "不能为空",
    "enum": "{input} 不可用；可用：{expected}",
    "literal_error": "{input} 不可用；可用：{expected}",
    "int_type": "应为整数，得到 {input}",
    "int_parsing": "应为整数，得到 {input}",
    "bool_type": "应为 true 或 false，得到 {input}",
    "dict_type": "应为键值表，得到 {input}",
    "model_type": "应为键值表，得到 {input}",
    "list_type": "应为列表，得到 {input}",
    "tuple_type": "应为列表，得到 {input}",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD，得到 {input}",
    "date_type": "应为日期 YYYY-MM-DD，得到 {input}",
    "greater_than_equal": "数值过小：{input}",
    "choices": "choice 类型的字段（且仅此类型）须列出 choices",
    "starts": "期限须由进入某状态（entering）或某动作（on）起算",
}


def _finding(root: dict[str, Any], details: Any, name: str) -> Finding:
    """One of pydantic's errors, at the place its path leads to."""
    kind, path = details["type"], [p for p in details["loc"] if not _is_branch(p)]
    holder, at, key = _walk(root, path, name, missing=kind == "missing")
    if kind == "extra_forbidden" and isinstance(holder, dict):
        at = holder[SOURCE].keys.get(str(key), at)
    context = details.get("ctx", {})
    hint_zh = hint_en = ""
    if kind == "extra_forbidden" and isinstance(holder, dict):
        close = get_close_matches(str(key), _known_keys(path), 1)
        hint_zh, hint_en = (
            (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
        )
        if not close and holder.get(key) is None:  # `{en: one, two}`: the comma has cut the text
            hint_zh, hint_en = (
                "；花括号中含逗号的文字须加引号",
                "; text with a comma needs quotes inside braces",
            )
    if kind == "string_pattern_mismatch" and context.get("pattern") == ID_PATTERN:
        return _not_an_id(root, at, details.get("input"))
    shown = repr(_plain(details.get("input")))[:80]
    values = {
        "key": key,
        "input": shown,
        "hint": hint_zh,
        "pattern": context.get("pattern", ""),
        "expected": context.get("expected", ""),
    }
    zh = _ZH.get(kind, details["msg"]).format(**values)
    en = {"missing": f"missing key {key}", "extra_forbidden": f"unknown key {key}{hint_en}"}.get(
        kind
    ) or f"{details['msg']} (got {shown})"
    code = {"missing": "missing-key", "extra_forbidden": "unknown-key"}.get(kind, "shape")
    return Finding(at, code, zh, en)


def _not_an_id(root: dict[str, Any], at: Position, value: Any) -> Finding:
    """A word where an id must stand; when something has that title, its id is probably meant."""
    meant = next((id for id, title in _titles(root) if str(value) in title), None)
    hint_zh, hint_en = (f"；是否指 {meant}？", f"; did you mean {meant}?") if meant else ("", "")
    shown = repr(_plain(value))[:80]
    zh = f"应为标识（小写英文字母、数字、下划线），得到 {shown}{hint_zh}"
    return Finding(
        at,
        "shape",
        zh,
        f"must be an id (lower-case letters, digits, underscores), got {shown}{hint_en}",
    )


def _titles(root: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for table in root.values():
        for id, entry in table.items() if isinstance(table, dict) else ():
            words = entry.get("title", entry) if isinstance(entry, dict) else None
            if isinstance(words, dict) and "zh" in words:
                yield str(id), (str(words.get("zh")), str(words.get("en")))


def _is_branch(part: Any) -> bool:
    """Parts that pydantic adds to a path for unions and wrappers."""
    text = str(part)
    return "[" in text or text in ("int", "str", "bool", "decimal", "constrained-str")


def _walk(root: Any, path: list[Any], name: str, missing: bool) -> tuple[Any, Position, Any]:
    holder, at, key = root, Position(name, 1, 1), path[-1] if path else ""
    current = root
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(current, dict) and SOURCE in current:
            source: SourceMap = current[SOURCE]
            holder = current
            if last and missing:
                return holder, source.at, key
            at = (source.values if last else source.keys).get(str(part), source.at)
            if last and str(part) in source.keys and current.get(part) is None:
                at = source.keys[str(part)]
            if part not in current:
                return holder, at, key
            current = current[part]
        elif isinstance(current, list) and isinstance(part, int) and part < len(current):
            current = current[part]
            at = (
                current[SOURCE].at
                if isinstance(current, dict) and SOURCE in current
                else getattr(current, "at", at)
            )
        else:
            break
    if isinstance(holder, dict) and key in holder and path and not missing:
        source = holder[SOURCE]
        at = source.keys.get(str(key), at) if isinstance(holder[key], dict) else at
    return holder, at, key


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if k != SOURCE}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, str) else value


def _known_keys(path: list[Any]) -> list[str]:
    """The keys that the model at this path accepts."""
    model: type[Element] = Definition
    in_table = False
    for part in path[:-1]:
        if in_table or isinstance(part, int):
            in_table = False
            continue
        field = next(
            (info for name, info in model.model_fields.items() if str(part) in (name, info.alias)),
            None,
        )
        inner = _element_in(field.annotation) if field else None
        if field is not None and inner is not None:
            model, in_table = inner, "dict[" in str(field.annotation)
    return [info.alias or name for name, info in model.model_fields.items()]


def _element_in(annotation: Any) -> type[Element] | None:
    """The element class that a field's annotation holds, itself or in a list or mapping."""
    if isinstance(annotation, type) and issubclass(annotation, Element):
        return annotation
    return next((found for part in get_args(annotation) if (found := _element_in(part))), None)
