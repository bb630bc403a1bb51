"""A definition file to a checked, frozen `Definition`, or to findings at their lines; never anything in between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from .checks import check, check_words, stricter
from .composing import Layered, lay_over, read_layered, read_layered_bytes
from .elements import ID_PATTERN, Element
from .errors import ZhixingError
from .models import Definition, Fragment
from .positions import Finding, Position, SourceMap
from .reading import SOURCE, ReadingFailed, read_bytes, read_file
from .writing import to_yaml


class DefinitionRefused(ZhixingError):
    """A definition has errors; `findings` lists them all."""

    code = "definition"
    zh, en = "流程定义有 {count} 处错误：\n{lines_zh}", "the definition has {count} error(s):\n{lines_en}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(
            count=len(findings),
            lines_zh="\n".join(f.line("zh") for f in findings),
            lines_en="\n".join(f.line("en") for f in findings),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.findings,)


def load_definition(path: str | Path) -> Definition:
    """Read, build and check one file, with what it imports or lies over. Raises `DefinitionRefused` with every error found."""
    definition, findings = examine(path)
    return _accepted(definition, findings, str(path))


@lru_cache(maxsize=256)
def definition_from_text(text: str, name: str = "<text>") -> Definition:
    """As `load_definition`, from text already read (kept in a database, say)."""
    return _accepted(*_examined(lambda: read_layered_bytes(text.encode(), name), name, deep=False), name)


@lru_cache(maxsize=256)
def stored_definition(text: str, name: str) -> Definition:
    """A version that was accepted once and kept: it is read as it is, whatever the law asks of new ones by now.

    Raises `DefinitionRefused` only when it can no longer be run at all.
    """
    try:
        definition, findings = _build(read_layered_bytes(text.encode(), name), name)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    return _accepted(definition, [*findings, *(check_words(definition) if definition is not None else ())], name)


def load_for_comparison(path: str | Path) -> Definition:
    """A file to compare with: its mistakes do not matter, as long as it can be read. Raises `DefinitionRefused`."""
    definition, findings = examine(path)
    return definition if definition is not None else _accepted(definition, findings, str(path))


def examine(path: str | Path, deep: bool = False) -> tuple[Definition | None, list[Finding]]:
    """The definition where one could be built, and every finding, warnings too; `deep` solves its conditions also.

    Never raises on a file's content.
    """
    return _examined(lambda: read_layered(path), str(path), deep)


def layer_over(definition: Definition, layer: str, name: str = "<layer>", deep: bool = True) -> tuple[Definition | None, list[Finding]]:
    """A layer's text over a definition already loaded (for one case, say): the merged definition, and every finding."""

    def read() -> Layered:
        value, _ = read_bytes(layer.encode(), name)
        if not isinstance(value, dict):
            raise ReadingFailed([Finding(Position(name, 1, 1), "shape", "应为键值表", "must be a mapping")])
        return lay_over(read_layered_bytes(definition.source_text.encode(), definition.at.file), value)

    return _examined(read, name, deep)


def _examined(read: Callable[[], Layered], name: str, deep: bool) -> tuple[Definition | None, list[Finding]]:
    try:
        layered = read()
    except ReadingFailed as failed:
        return None, sorted(failed.findings)
    definition, findings = _build(layered, name)
    if definition is None:
        return None, findings
    return definition, sorted({*findings, *check(definition, deep), *_stricter(layered, definition, name)})


def _accepted(definition: Definition | None, findings: list[Finding], name: str) -> Definition:
    errors = [f for f in findings if f.severity == "error"]
    if definition is None or errors:
        fragment = Finding(Position(name, 1, 1), "shape", "这是供导入的片段，不是流程定义", "a fragment to import, not a definition")
        raise DefinitionRefused(errors or [fragment])
    return definition


def _build(layered: Layered, name: str) -> tuple[Definition | None, list[Finding]]:
    value = layered.value
    if "fragment" in value:
        try:
            Fragment.model_validate(value)
        except ValidationError as error:
            return None, located(value, error, name)
        return None, []
    try:
        definition = Definition.model_validate(value)
    except ValidationError as error:
        return None, located(value, error, name)
    text = to_yaml({k: v for k, v in value.items() if k != "imports"}) if layered.is_composed else layered.text
    definition._hash = hashlib.sha256(text.encode()).hexdigest()
    definition._text = text
    return definition, []


def _stricter(layered: Layered, definition: Definition, name: str) -> Iterator[Finding]:
    """Each layer beside the one below it: it may only make things stricter."""
    while layered.below is not None:
        below, _ = _build(layered.below, name)
        if below is None:
            return
        yield from stricter.check(below, definition, layered.level)
        layered, definition = layered.below, below


M = TypeVar("M", bound=Element)


def read_model(path: str | Path, model: type[M]) -> M:
    """A file of another kind (scenarios, a simulation) as its model. Raises `DefinitionRefused` with findings at their lines."""
    try:
        value, _ = read_file(path)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    if not isinstance(value, dict):
        raise DefinitionRefused([Finding(Position(str(path), 1, 1), "shape", "应为键值表", "must be a mapping")])
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise DefinitionRefused(located(value, error, str(path))) from None


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
        hint_zh, hint_en = (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
        if not close and holder.get(key) is None:  # `{en: one, two}`: the comma has cut the text
            hint_zh, hint_en = "；花括号中含逗号的文字须加引号", "; text with a comma needs quotes inside braces"
    if kind == "string_pattern_mismatch" and context.get("pattern") == ID_PATTERN:
        return _not_an_id(root, at, details.get("input"))
    shown = repr(_plain(details.get("input")))[:80]
    values = {"key": key, "input": shown, "hint": hint_zh, "pattern": context.get("pattern", ""), "expected": context.get("expected", "")}
    zh = _ZH.get(kind, details["msg"]).format(**values)
    en = {"missing": f"missing key {key}", "extra_forbidden": f"unknown key {key}{hint_en}"}.get(kind) or f"{details['msg']} (got {shown})"
    code = {"missing": "missing-key", "extra_forbidden": "unknown-key"}.get(kind, "shape")
    return Finding(at, code, zh, en)


def _not_an_id(root: dict[str, Any], at: Position, value: Any) -> Finding:
    """A word where an id must stand; when something has that title, its id is probably meant."""
    meant = next((id for id, title in _titles(root) if str(value) in title), None)
    hint_zh, hint_en = (f"；是否指 {meant}？", f"; did you mean {meant}?") if meant else ("", "")
    shown = repr(_plain(value))[:80]
    zh = f"应为标识（小写英文字母、数字、下划线），得到 {shown}{hint_zh}"
    return Finding(at, "shape", zh, f"must be an id (lower-case letters, digits, underscores), got {shown}{hint_en}")


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
            at = current[SOURCE].at if isinstance(current, dict) and SOURCE in current else getattr(current, "at", at)
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
        field = next((info for name, info in model.model_fields.items() if str(part) in (name, info.alias)), None)
        inner = _element_in(field.annotation) if field else None
        if field is not None and inner is not None:
            model, in_table = inner, "dict[" in str(field.annotation)
    return [info.alias or name for name, info in model.model_fields.items()]


def _element_in(annotation: Any) -> type[Element] | None:
    """The element class that a field's annotation holds, itself or in a list or mapping."""
    if isinstance(annotation, type) and issubclass(annotation, Element):
        return annotation
    return next((found for part in get_args(annotation) if (found := _element_in(part))), None)
