"""Pydantic's errors on a file's values as findings at their lines, in the language's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from pydantic import ValidationError

from .language import NO_WORDS, Words, did_you_mean, is_it
from .model.base import ID_PATTERN, Element, elements_in, is_table_of, keys_of
from .model.definition import Definition
from .source.findings import Finding
from .source.mappings import entries, has_places, place_of_key, place_of_value, plain, value_of
from .source.positions import Position, SourceMap
from .source.yaml_reader import SOURCE, start_of

_ZH = {
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
    "computed-default": "由算式得出（is）的字段没有默认值",
    "each-or-adds": "动作或针对已有的一条记录（each），或新增一条（adds），不能都写",
    "each-or-keyed-by": "期限或按记录分别计算（each），或按字段区分（keyed_by），不能都写",
    "record-fields": "records 类型的字段（且仅此类型）须列出 fields",
    "record-field-name": "记录的字段不能叫 id：每条记录自有编号",
    "record-field-type": "记录的字段须能写入：不能是列表（records）或算式（is）",
    "records-default": "记录列表开始时为空，逐条写入：没有 default 和 is",
    "choices": "choice 类型的字段（且仅此类型）须列出 choices",
    "happened": "发生时间（happened）须与一项动作（fire 等）同写；更正的时间写在各条之内",
    "ends-on": "期限有长度和单位（length、unit），或载明的届满日（ends_on），二者取其一",
    "starts": "期限须由进入某状态（entering）或某动作（on）起算",
    "task-starts": "任务须由进入某状态（entering）或某动作（on）开始",
    "votes": "一步审批所需票数（votes）不能多于参加人数（of）",
    "checklist-item": "清单的一项须有条件（when）、文书（documents）或已办理的动作（done_by）",
    "act": "一项动作须办理（fire）或批准（approve）一个事项，二者取其一",
    "too_short": "至少须有 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "string_too_long": "文字过长（至多 {max_length} 字）",
    "decimal_parsing": "应为数值，得到 {input}",
    "decimal_type": "应为数值，得到 {input}",
    "date_parsing": "应为日期 YYYY-MM-DD，得到 {input}",
    "time_parsing": "应为时间，如 16:00，得到 {input}",
    "greater_than": "数值须大于 {gt}，得到 {input}",
    "less_than": "数值须小于 {lt}，得到 {input}",
    "less_than_equal": "数值过大：{input}（至多 {le}）",
    "digit-placeholder": "占位符 {input} 须先替换为值",
    "digit-name": "名称不能为空",
    "digit-roles": "须写明可以办理的角色（不能写 *）",
    "digit-state": "状态须有名称（只有起始状态可以没有）",
    "digit-terminal": "终结状态不能有动作（actions）",
}
"""The words of each kind of error; a kind without any keeps pydantic's own."""
_OWN_CODES = frozenset({"digit-placeholder", "digit-roles", "digit-state", "digit-terminal"})
"""The kinds of error that are codes of their own."""
_NEEDS_QUOTES = Words(
    "；花括号中含逗号的文字须加引号", "; text with a comma needs quotes inside braces"
)
_BRANCHES = frozenset({"int", "str", "bool", "decimal", "constrained-str"})


def located(value: dict[str, Any], error: ValidationError, name: str) -> list[Finding]:
    """Pydantic's errors on values read with positions, as findings at their places."""
    told = error.errors(include_url=False)
    whole = [details for details in told if not _follows_from(details, told)]
    return sorted({_finding(value, details, name) for details in whole})


def _follows_from(details: Any, told: list[Any]) -> bool:
    """Whether a list is too short because something in it is wrong, which is told already."""
    depth = len(details["loc"])
    inside = (other["loc"] for other in told if len(other["loc"]) > depth)
    return details["type"] == "too_short" and any(of[:depth] == details["loc"] for of in inside)


def _finding(root: dict[str, Any], details: Any, name: str) -> Finding:
    """One of pydantic's errors, at the place its path leads to."""
    path = [part for part in details["loc"] if not _is_branch(part)]
    tell = _TOLD_APART.get(details["type"])
    if tell is None:
        return _wrong_value(root, path, details, name)
    key = details["loc"][-1]  # as it is written, whatever it looks like
    return tell(root, [*path, key] if _is_branch(key) else path, details, name)


def _is_branch(part: Any) -> bool:
    """Parts that pydantic adds to a path for unions and wrappers."""
    text = str(part)
    return "[" in text or text in _BRANCHES


def _missing(root: dict[str, Any], path: list[Any], details: Any, name: str) -> Finding:
    """A key that must be there: told where its mapping begins."""
    reached = _follow(root, path[:-1], name)
    key = path[-1]
    at = _own_place(reached.value, reached.at)
    return Finding(at, "missing-key", f"缺少必填的键 {key}", f"missing key {key}")


def _unknown(root: dict[str, Any], path: list[Any], details: Any, name: str) -> Finding:
    """A key that nothing reads, with the one that may be meant."""
    holder, key = _follow(root, path[:-1], name).holder, str(path[-1])
    hint = did_you_mean(key, _known_keys(path))
    if hint == NO_WORDS and holder.get(key) is None:
        hint = _NEEDS_QUOTES  # `{en: one, two}`: the comma has cut the text
    zh, en = f"未知的键 {key}{hint.zh}", f"unknown key {key}{hint.en}"
    return Finding(place_of_key(holder, key), "unknown-key", zh, en)


def _wrong_value(root: dict[str, Any], path: list[Any], details: Any, name: str) -> Finding:
    """A value that does not fit its key."""
    at, context = _place_of(root, path, name), details.get("ctx", {})
    given, pattern = details.get("input"), context.get("pattern", "")
    if pattern == ID_PATTERN:
        return _not_an_id(root, at, given)
    shown, expected = _shown(given), context.get("expected", "")
    zh = _ZH.get(details["type"], "{msg}")
    named = {
        **context,
        "msg": details["msg"],
        "input": shown,
        "pattern": pattern,
        "expected": expected,
    }
    zh = zh.format_map(named)
    code = details["type"] if details["type"] in _OWN_CODES else "shape"
    return Finding(at, code, zh, f"{details['msg']} (got {shown})")


_TOLD_APART: dict[str, Callable[[dict[str, Any], list[Any], Any, str], Finding]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
}
"""The errors that are about a key and not about its value."""


def _not_an_id(root: dict[str, Any], at: Position, value: Any) -> Finding:
    """A word where an id must stand; when something has that title, its id is probably meant."""
    meant = [id for id, title in _titles(root) if str(value) in title]
    hint = is_it(meant[0]) if meant else NO_WORDS
    shown = _shown(value)
    zh = f"应为标识（小写英文字母、数字、下划线），得到 {shown}{hint.zh}"
    en = f"must be an id (lower-case letters, digits, underscores), got {shown}{hint.en}"
    return Finding(at, "shape", zh, en)


def _shown(value: Any) -> str:
    return repr(plain(value))[:80]


def _titles(root: dict[str, Any]) -> Iterator[tuple[str, Words]]:
    """The ids of all entries that have a title, or are one."""
    tables = filter(has_places, root.values())
    for id, entry in chain.from_iterable(map(entries, tables)):
        title = value_of(entry, "title") or entry
        if value_of(title, "zh"):
            yield id, Words(str(title["zh"]), str(title.get("en")))


# -- where a path leads


class _Reached(NamedTuple):
    """How far a path led: the value there, the innermost mapping on the way, and its place."""

    value: Any
    holder: dict[str, Any]
    at: Position


def _follow(root: dict[str, Any], path: list[Any], name: str) -> _Reached:
    """Go down a path; where the values do not lead on, nothing is reached."""
    value: Any = root
    holder, at = root, start_of(name)
    for part in path:
        if has_places(value):
            holder, at = value, place_of_key(value, str(part))
            value = value.get(part)
        else:
            value = _item(value, part)
            at = _own_place(value, at)
    if has_places(value):
        holder = value
    return _Reached(value, holder, at)


def _item(value: Any, part: Any) -> Any:
    """An item of a list; None where the value is no list, or a shorter one."""
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def _own_place(value: Any, near: Position) -> Position:
    """Where a value says that it stands."""
    if has_places(value):
        source: SourceMap = value[SOURCE]
        return source.at
    return getattr(value, "at", near)


def _place_of(root: dict[str, Any], path: list[Any], name: str) -> Position:
    """Where the value at the end of a path stands; a mapping, and what is empty, at its key."""
    if not path:
        return start_of(name)
    *way, last = path
    reached = _follow(root, way, name)
    if not has_places(reached.value):
        return _own_place(_item(reached.value, last), reached.at)
    value = reached.value.get(last)
    if value is None or isinstance(value, dict):
        return place_of_key(reached.value, str(last))
    return place_of_value(reached.value, str(last))


def _known_keys(path: list[Any]) -> list[str]:
    """The keys that the model at this path accepts."""
    model: type[Element] = Definition
    is_table = False
    for part in path[:-1]:
        if is_table or isinstance(part, int):
            is_table = False  # the name or the number of an entry
            continue
        annotation = keys_of(model).get(str(part))
        for inner in elements_in(annotation)[:1]:
            model, is_table = inner, is_table_of(annotation)
    return list(keys_of(model))
