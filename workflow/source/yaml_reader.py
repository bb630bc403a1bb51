"""YAML text to plain values that remember their positions. Nothing is constructed but text, numbers, flags,
lists and mappings; hostile input ends in findings.

The schema is the core schema of YAML 1.2 (`on`, `yes` and `no` are text; a number keeps its digits as `Decimal`).
Anchors and aliases are refused: reuse has its own words in the language, and expansion bombs have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from .findings import Finding
from .messages import misplaced, yaml_problem
from .positions import Position, SourceMap

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000
SOURCE = "__source__"
"""Key under which a mapping carries its `SourceMap` to the models."""

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+\Z")

_STANDARD_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")
}

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ReadingFailed(Exception):
    """The text cannot be read as a definition; `findings` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings)
        self.findings = findings


class PlainText(str):
    """A scalar's text with its position."""

    at: Position
    __slots__ = ("at",)


def read_file(path: str | Path) -> tuple[Any, str]:
    """Read a file; returns its plain values and its text. Raises `ReadingFailed`."""
    name = str(path)
    try:
        with open(path, "rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise _failed(
            Position(name, 1, 1),
            "file",
            f"无法读取文件：{error.strerror}",
            f"cannot read the file: {error.strerror}",
        ) from None
    return read_bytes(raw, name)


def read_bytes(raw: bytes, name: str) -> tuple[Any, str]:
    """As `read_file`, from bytes already read."""
    if len(raw) > MAX_BYTES:
        raise _failed(
            Position(name, 1, 1),
            "file-size",
            f"文件超过 {MAX_BYTES} 字节",
            f"the file is larger than {MAX_BYTES} bytes",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        at = Position(name, before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        raise _failed(at, "encoding", "文件不是 UTF-8 编码", "the file is not UTF-8") from None
    return read_text(text, name), text


def read_text(text: str, name: str) -> Any:
    """Read YAML text; every mapping carries a `SourceMap` under `SOURCE`. Raises `ReadingFailed`."""
    composer = _Composer(text, name)
    try:
        value = composer.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Position(name, mark.line + 1, mark.column + 1) if mark else Position(name, 1, 1)
        raise ReadingFailed(
            [*composer.findings, _syntax(at, error.problem or str(error), text)]
        ) from None
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        before = text[:position]
        at = Position(name, before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)
        raise ReadingFailed(
            [_syntax(at, f"unacceptable character {error.character!r}", text)]
        ) from None
    except yaml.YAMLError as error:
        raise ReadingFailed([_syntax(Position(name, 1, 1), str(error), text)]) from None
    if composer.findings:
        raise ReadingFailed(composer.findings)
    return value


def _failed(at: Position, code: str, zh: str, en: str) -> ReadingFailed:
    return ReadingFailed([Finding(at, code, zh, en)])


def _syntax(at: Position, problem: str, text: str) -> Finding:
    """What is wrong with the YAML; a full-width sign that stands where a half-width one must is told at its own place."""
    sign = misplaced(text.splitlines(), at.line)
    if sign is not None:
        line, column, wrong, right = sign
        zh, en = f"全角标点“{wrong}”应为半角“{right}”", f"the full-width {wrong} must be {right}"
        return Finding(Position(at.file, line, column), "yaml", zh, en)
    return Finding(at, "yaml", f"YAML 语法错误：{yaml_problem(problem)}", f"YAML syntax: {problem}")


class _Composer:
    """Builds values from parse events, without recursion deeper than `MAX_DEPTH`."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self._loader: Any = None
        self._text = text
        self._nodes = 0

    def document(self) -> Any:
        events = self._events()
        value: Any = None
        seen = False
        for event in events:
            if isinstance(
                event,
                yaml.StreamStartEvent
                | yaml.StreamEndEvent
                | yaml.DocumentStartEvent
                | yaml.DocumentEndEvent,
            ):
                continue
            if seen:
                self._find(
                    event,
                    "documents",
                    "一个文件只能有一个 YAML 文档",
                    "a file holds one YAML document",
                )
                break
            value = self._node(event, events, 1)
            seen = True
        if not seen:
            raise _failed(Position(self.name, 1, 1), "empty", "文件为空", "the file is empty")
        return value

    def _events(self) -> Iterator[Any]:
        return iter(yaml.parse(self._text, Loader=_Loader))

    def _at(self, event: Any) -> Position:
        quoted = getattr(event, "style", None) in ("'", '"')
        return Position(self.name, event.start_mark.line + 1, event.start_mark.column + 1 + quoted)

    def _find(self, event: Any, code: str, zh: str, en: str) -> None:
        self.findings.append(Finding(self._at(event), code, zh, en))

    def _node(
        self, event: Any, events: Iterator[Any], depth: int, at: Position | None = None
    ) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            self._find(
                event,
                "file-depth",
                "文件嵌套过深或节点过多",
                "the file is nested too deeply or has too many nodes",
            )
            raise ReadingFailed(self.findings)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._find(
                event,
                "alias",
                "不使用锚点和别名（& 和 *）",
                "anchors and aliases (& and *) are not used",
            )
            if isinstance(event, yaml.AliasEvent):
                return None
        if event.tag is not None and event.tag != "!" and event.tag not in _STANDARD_TAGS:
            self._find(
                event, "tag", f"不接受标签 {event.tag}", f"the tag {event.tag} is not accepted"
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, depth)
        return self._mapping(at or self._at(event), events, depth)

    def _sequence(self, events: Iterator[Any], depth: int) -> list[Any]:
        items = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, depth + 1))
        return items

    def _mapping(self, at: Position, events: Iterator[Any], depth: int) -> dict[str, Any]:
        source = SourceMap(at)
        result: dict[str, Any] = {SOURCE: source}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1)
            value_event = next(events)
            value = self._node(value_event, events, depth + 1, self._at(event))
            if not isinstance(event, yaml.ScalarEvent) or key is None:
                self._find(event, "key", "键必须是文字", "a key must be text")
                continue
            key = str(event.value)
            if key in result:
                self._find(event, "duplicate-key", f"键 {key} 重复", f"duplicate key {key}")
                continue
            source.keys[key] = self._at(event)
            source.values[key] = self._at(value_event)
            result[key] = value
        return result

    def _scalar(self, event: Any) -> Any:
        text = str(event.value)
        if not event.implicit[0] or event.style not in (None, ""):
            return self._text_at(text, event)
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if _INT.match(text) and len(text) < 30:
            return int(text)
        if _FLOAT.match(text) and len(text) < 60:
            return Decimal(text)
        return self._text_at(text, event)

    def _text_at(self, text: str, event: Any) -> PlainText:
        value = PlainText(text)
        value.at = self._at(event)
        return value
