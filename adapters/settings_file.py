"""The file of settings, TOML or YAML: its values, and the line of each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..workflow.errors import ZhixingError
from ..workflow.source.mappings import entries, has_places, place_of_key, plain
from ..workflow.source.yaml_reader import ReadingFailed, raw_bytes, read_bytes

Steps = tuple[str, ...]
"""The way to a value: the keys that lead there."""


class SettingsUnreadable(ZhixingError):
    """The file of settings, or a folder of secrets, cannot be read as one: nothing is set up."""

    code = "settings-file"
    zh, en = "适配器设置 {file} 无法读取：{why_zh}", "the settings {file} cannot be read: {why_en}"


@dataclass(frozen=True)
class SettingsFile:
    """What a file says; one without a name says nothing."""

    name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[Steps, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> SettingsFile:
        """A file by its ending, `.toml`, `.yaml` or `.yml`. Raises `SettingsUnreadable`."""
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            raise _unreadable(path, "扩展名应为 .toml、.yaml 或 .yml", "it must be TOML or YAML")
        try:
            values, lines = reader(path, raw_bytes(path))
        except ReadingFailed as failed:
            first = failed.findings[0]
            raise _unreadable(first.at, first.zh, first.en) from None
        return cls(str(path), values, lines)

    def has(self, *steps: str) -> bool:
        """Whether something is written there."""
        return bool(steps) and steps[-1] in self.table(*steps[:-1])

    def table(self, *steps: str) -> Mapping[str, Any]:
        """What is written there; nothing where it is no table."""
        found: Any = self.values
        for step in steps:
            found = found.get(step) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def place(self, *steps: str) -> str:
        """Where it stands, `file:line key.key`; of what is not written, where it belongs."""
        near = steps
        while near and near not in self.lines:
            near = near[:-1]
        line = f":{self.lines[near]}" if near else ""
        return f"{self.name}{line} {'.'.join(steps)}".strip()


_Read = tuple[Mapping[str, Any], Mapping[Steps, int]]


def _from_yaml(path: Path, raw: bytes) -> _Read:
    value, _ = read_bytes(raw, str(path))
    if not has_places(value):
        raise _unreadable(path, "应为键值表", "it must be a mapping")
    return plain(value), dict(_yaml_lines(value, ()))


def _yaml_lines(value: Any, above: Steps) -> Iterator[tuple[Steps, int]]:
    if not has_places(value):
        return
    for key, item in entries(value):
        steps = (*above, str(key))
        yield steps, place_of_key(value, key).line
        yield from _yaml_lines(item, steps)


def _from_toml(path: Path, raw: bytes) -> _Read:
    try:
        text = raw.decode("utf-8-sig")
        values = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        where = f"{path}" if not isinstance(error, tomllib.TOMLDecodeError) else _place(path, error)
        raise _unreadable(where, "不是 TOML", "it is no TOML") from None
    return values, dict(_toml_lines(text))


def _place(path: Path, error: tomllib.TOMLDecodeError) -> str:
    """The file with the line that the parser names; its message may quote what stands there."""
    _, found, after = str(error).rpartition("(at line ")
    line = after.partition(",")[0]
    return f"{path}:{line}" if found and line.isdigit() else str(path)


def _toml_lines(text: str) -> Iterator[tuple[Steps, int]]:
    """The line of each table and key: a line of TOML that stands alone says its own path."""
    table: Steps = ()
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found = tomllib.loads(line)
        except (tomllib.TOMLDecodeError, RecursionError):
            continue  # within a value of several lines
        is_table = line.lstrip().startswith("[")
        for steps in _steps_in(found, () if is_table else table):
            yield steps, number
            table = steps if is_table else table


def _steps_in(value: Any, above: Steps) -> Iterator[Steps]:
    if not isinstance(value, Mapping):
        return
    for key, item in value.items():
        yield (*above, key)
        yield from _steps_in(item, (*above, key))


def _unreadable(file: object, zh: str, en: str) -> SettingsUnreadable:
    return SettingsUnreadable(file=str(file), why_zh=zh, why_en=en)


_READERS = {".toml": _from_toml, ".yaml": _from_yaml, ".yml": _from_yaml}
