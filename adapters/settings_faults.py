"""What is wrong with settings, each fault at its place, in two languages, without any value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ..workflow.errors import ZhixingError
from ..workflow.language import Words, did_you_mean


@dataclass(frozen=True)
class SettingFault:
    """One thing wrong with settings.

    `place` is `file:line key.key` or the name of an environment variable. No value is ever told: it
    may be a secret.
    """

    code: str
    place: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """The fault as plain data."""
        return asdict(self)


class WrongSettings(ZhixingError):
    """The settings of an adapter are wrong; `faults` say each at its place.

    `adapter` is its name, `court` whose settings they are: empty for those of all courts.
    """

    code = "adapter-settings"
    zh, en = "适配器{of_zh}设置有误：{why_zh}", "the settings of {of_en} are wrong: {why_en}"

    def __init__(
        self,
        *,
        faults: Iterable[SettingFault],
        adapter: str = "",
        court: str = "",
        **told: Any,
    ) -> None:
        found = tuple(faults)
        told["why_zh"] = "；".join(f"{one.place}：{one.zh}（{one.code}）" for one in found)
        told["why_en"] = "; ".join(f"{one.place}: {one.en} ({one.code})" for one in found)
        told["of_zh"], told["of_en"] = f" {adapter} 的" if adapter else "", adapter or "adapters"
        super().__init__(faults=found, adapter=adapter or "-", court=court, **told)

    def as_json(self) -> dict[str, Any]:
        """The error as plain data, each fault by itself."""
        return {**super().as_json(), "faults": [one.as_json() for one in self.data["faults"]]}


def unknown(what: Words, word: str, place: str, known: Iterable[str]) -> SettingFault:
    """A name that nobody knows, with the one that may be meant."""
    listed = sorted(known)
    hint = did_you_mean(word, listed)
    all_zh, all_en = "、".join(listed) or "无", ", ".join(listed) or "none"
    zh = f"未知的{what.zh} {word}；可用：{all_zh}{hint.zh}"
    return SettingFault(
        "settings-unknown", place, zh, f"unknown {what.en} {word}; known: {all_en}{hint.en}"
    )


def missing(place: str) -> SettingFault:
    """A setting that must be there."""
    return SettingFault("settings-missing", place, "缺少这项设置", "this setting is missing")


def wrong(place: str, kind: str, said: str) -> SettingFault:
    """A value of the wrong kind, as pydantic names it."""
    zh = _ZH.get(kind, "值不符合要求")
    en = said if kind in _ZH else f"the value is not what it must be ({kind})"
    return SettingFault("settings-value", place, zh, en)


_ZH = {
    "string_type": "应为文字（数字请加引号）",
    "string_too_short": "文字过短",
    "string_too_long": "文字过长",
    "too_short": "过短",
    "too_long": "过长",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数值",
    "float_parsing": "应为数值",
    "decimal_type": "应为数值",
    "decimal_parsing": "应为数值",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "数值过小",
    "greater_than_equal": "数值过小",
    "less_than": "数值过大",
    "less_than_equal": "数值过大",
    "dict_type": "应为键值表",
    "model_type": "应为键值表",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "url_type": "应为网址",
    "url_parsing": "应为网址",
    "url_scheme": "网址的协议不可用",
    "path_type": "应为文件路径",
    "path_not_file": "没有这个文件",
    "path_not_directory": "没有这个目录",
    "time_delta_type": "应为时长",
    "time_delta_parsing": "应为时长",
}
"""Kinds whose words in English say nothing of the value; of others only the kind is told."""
