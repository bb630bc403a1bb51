"""YAML text to plain values that remember their positions.

Nothing is constructed but text, numbers, flags, lists and mappings; hostile input ends in findings.

The schema is the core schema of YAML 1.2 (`on`, `yes` and `no` are text; a number keeps its digits
as `Decimal`).
Anchors and aliases are refused: reuse has its own words in the language, and expansion bombs
have none.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml

from ..language import NO_WORDS, Words, did_you_mean
from .findings import Finding
from .messages import slip_near, yaml_problem
from .positions import Position, SourceMap

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000
SOURCE = "__source__"
"""Key under which a mapping carries its `SourceMap` to the models."""

_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"(?=.{1,29}\Z)[-+]?(0|[1-9][0-9]*)\Z"), int),
    (re.compile(r"(?=.{1,59}\Z)[-+]?(0|[1-9][0-9]*)\.[0-9]+\Z"), Decimal),
)
"""Forms of numbers, none of them endless; all other text is text."""

_BEGINS_NUMBERS = frozenset("+-0123456789")

_STANDARD_TAGS = ("str", "int", "float", "bool", "null", "map", "seq")
_TAGS = frozenset({None, "!", *(f"tag:yaml.org,2002:{name}" for name in _STANDARD_TAGS)})

_MARKERS = (
    yaml.StreamStartEvent,
    yaml.StreamEndEvent,
    yaml.DocumentStartEvent,
    yaml.DocumentEndEvent,
)
"""Events that carry no value."""

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


def text_at(text: str, at: Position) -> PlainText:
    """A text that stands at a place."""
    value = PlainText(text)
    value.at = at
    return value


def start_of(name: str) -> Position:
    """Where a file begins: the place of what is said of the whole."""
    return Position(name, 1, 1)


def refusal(at: Position, code: str, words: Words) -> ReadingFailed:
    """A refusal with one finding."""
    return ReadingFailed([Finding(at, code, *words)])


def refuse_unless(is_so: bool, at: Position, code: str, words: Words) -> None:
    """Go on only where something is so. Raises `ReadingFailed`."""
    if not is_so:
        raise refusal(at, code, words)


def refuse_for(findings: list[Finding]) -> None:
    """Go on only where nothing was found. Raises `ReadingFailed`."""
    if findings:
        raise ReadingFailed(findings)


def not_a_mapping(at: Position) -> Finding:
    """That something else stands where a mapping must."""
    return Finding(at, "shape", "应为键值表", "must be a mapping")


def read_file(path: str | Path, read: Read | None = None) -> tuple[Any, str]:
    """Read a regular file, or what `read` gives for it; returns its plain values and its text.

    Raises `ReadingFailed`.
    """
    return read_bytes((read or raw_bytes)(Path(path)), str(path))


Read = Callable[[Path], bytes]
"""What gives the bytes of a file, and raises `ReadingFailed`: the disk, or an editor."""


def raw_bytes(path: str | Path) -> bytes:
    """The bytes of a regular file, and no more than one too many. Raises `ReadingFailed`.

    A device, a pipe or a socket is never read: it may have no end, or no beginning.
    """
    at = start_of(str(path))
    try:
        with open(path, "rb", opener=_without_waiting) as handle:
            if stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
                return handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise refusal(at, "file", _why_not_read(Path(path), error)) from None
    except ValueError:  # a character that no path has
        raise refusal(at, "file", Words("路径含空字符", "the path holds a NUL")) from None
    raise refusal(at, "file", Words("不是普通文件", "it is no regular file"))


_WHY = {
    errno.ENOENT: "没有这个文件",
    errno.EACCES: "没有读取权限",
    errno.EISDIR: "这是目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.ENAMETOOLONG: "文件名过长",
}
"""Why a file cannot be read, for people; other reasons are the system's own words."""


def _why_not_read(path: Path, error: OSError) -> Words:
    """Why a file cannot be read; of one that is not there, which beside it may be meant."""
    hint = NO_WORDS
    if error.errno == errno.ENOENT and path.parent.is_dir():
        hint = did_you_mean(path.name, [beside.name for beside in path.parent.iterdir()])
    zh = f"无法读取文件：{_WHY.get(error.errno or 0, error.strerror)}{hint.zh}"
    return Words(zh, f"cannot read the file: {error.strerror}{hint.en}")


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_bytes(raw: bytes, name: str) -> tuple[Any, str]:
    """As `read_file`, from bytes already read."""
    words = Words(f"文件超过 {MAX_BYTES} 字节", f"the file is larger than {MAX_BYTES} bytes")
    refuse_unless(len(raw) <= MAX_BYTES, start_of(name), "file-size", words)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        words = Words("文件不是 UTF-8 编码", "the file is not UTF-8")
        raise refusal(Position(name, line, column), "encoding", words) from None
    return read_text(text, name), text


def read_text(text: str, name: str) -> Any:
    """Read YAML text; every mapping carries a `SourceMap` under `SOURCE`.

    Raises `ReadingFailed`.
    """
    composer = _Composer(text, name)
    try:
        value = composer.document()
    except yaml.MarkedYAMLError as error:
        raise ReadingFailed([*composer.findings, _wrong(error, text, name)]) from None
    except yaml.reader.ReaderError as error:
        raise ReadingFailed([_unreadable(error, text, name)]) from None
    except yaml.YAMLError as error:
        raise ReadingFailed([_syntax(start_of(name), str(error), text)]) from None
    refuse_for(composer.findings)
    return value


def _wrong(error: yaml.MarkedYAMLError, text: str, name: str) -> Finding:
    """What the parser could not go on with, where it says so.

    Brackets that are not closed are told where they were opened.
    """
    marks = [error.problem_mark, error.context_mark]
    places = [Position(name, mark.line + 1, mark.column + 1) for mark in filter(None, marks)]
    at = places[0] if places else start_of(name)
    if "parsing a flow" in str(error.context):
        at = min(places, key=attrgetter("line"))
    return _syntax(at, error.problem or str(error), text)


def _unreadable(error: yaml.reader.ReaderError, text: str, name: str) -> Finding:
    """A character that YAML does not know, at its place."""
    position = error.position if isinstance(error.position, int) else 0
    before = text[:position]
    line, column = before.count("\n") + 1, position - before.rfind("\n")
    problem = f"unacceptable character {error.character!r}"
    return _syntax(Position(name, line, column), problem, text)


def _syntax(at: Position, problem: str, text: str) -> Finding:
    """What is wrong with the YAML; a slip of the pen is told at its own place."""
    slip = slip_near(text.splitlines(), at.line)
    if slip is not None:
        return Finding(Position(at.file, slip.line, slip.column), "yaml", *slip.words)
    words = Words(f"YAML 语法错误：{yaml_problem(problem)}", f"YAML syntax: {problem}")
    return Finding(at, "yaml", *words)


class _Composer:
    """Builds values from parse events, without recursion deeper than `MAX_DEPTH`."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self._text = text
        self._nodes = 0

    def document(self) -> Any:
        """The value of the one document."""
        events = iter(yaml.parse(self._text, Loader=_Loader))
        first = self._next_value(events)
        words = Words("文件为空", "the file is empty")
        refuse_unless(first is not None, start_of(self.name), "empty", words)
        value = self._node(first, events, 1)
        second = self._next_value(events)
        if second is not None:
            words = Words("一个文件只能有一个 YAML 文档", "a file holds one YAML document")
            self._find(second, "documents", words)
        return value

    def _next_value(self, events: Iterator[Any]) -> Any:
        """The event that begins the next document's value; None after the last."""
        return next((event for event in events if not isinstance(event, _MARKERS)), None)

    def _at(self, event: Any) -> Position:
        """Where an event begins; a quoted text begins after the quote."""
        quoted = getattr(event, "style", None) in ("'", '"')
        mark = event.start_mark
        return Position(self.name, mark.line + 1, mark.column + 1 + quoted)

    def _find(self, event: Any, code: str, words: Words) -> None:
        self.findings.append(Finding(self._at(event), code, *words))

    def _node(
        self, event: Any, events: Iterator[Any], depth: int, at: Position | None = None
    ) -> Any:
        """The value that begins with an event; a mapping stands at its key (`at`)."""
        self._keep_small(event, depth)
        if isinstance(event, yaml.AliasEvent):
            self._no_alias(event)
            return None
        if event.anchor:
            self._no_alias(event)
        if event.tag not in _TAGS:
            words = Words(
                f"以 ! 开头的文字须加引号（{event.tag}）",
                f"text that begins with ! needs quotes ({event.tag})",
            )
            self._find(event, "tag", words)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, depth)
        return self._mapping(at or self._at(event), events, depth)

    def _keep_small(self, event: Any, depth: int) -> None:
        """Stop at what no definition is like. Raises `ReadingFailed`."""
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            en = "the file is nested too deeply or has too many nodes"
            self._find(event, "file-depth", Words("文件嵌套过深或节点过多", en))
            raise ReadingFailed(self.findings)

    def _no_alias(self, event: Any) -> None:
        en = "anchors and aliases (& and *) are not used"
        self._find(event, "alias", Words("不使用锚点和别名（& 和 *）", en))

    def _sequence(self, events: Iterator[Any], depth: int) -> list[Any]:
        """The items up to the end of a sequence."""
        items = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, depth + 1))
        return items

    def _mapping(self, at: Position, events: Iterator[Any], depth: int) -> dict[str, Any]:
        """The entries up to the end of a mapping, with the place of each; a key stands once."""
        source, again = SourceMap(at), dict[str, Position]()
        result: dict[str, Any] = {SOURCE: source}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1)
            value_event, place = next(events), self._at(event)
            value = self._node(value_event, events, depth + 1, place)
            if not isinstance(event, yaml.ScalarEvent) or key is None:
                self._find(event, "key", Words("键必须是文字", "a key must be text"))
                continue
            key = str(event.value)
            if key in result:
                again[key] = place
                continue
            source.keys[key] = place
            source.values[key] = self._at(value_event)
            result[key] = value
        self._only_once(again)
        return result

    def _only_once(self, again: dict[str, Position]) -> None:
        """A key stands once in its entry; where several stand twice, it is two entries in one."""
        keys, hint = list(again), Words("", "")
        if len(keys) > 1:
            hint = Words("；是否缺少新一项开头的“- ”？", "; is a new entry's dash missing?")
        for at in list(again.values())[:1]:
            words = Words(
                f"键 {'、'.join(keys)} 重复{hint.zh}", f"duplicate key {', '.join(keys)}{hint.en}"
            )
            self.findings.append(Finding(at, "duplicate-key", *words))

    def _scalar(self, event: Any) -> Any:
        """What is quoted, or written over several lines, is text whatever it looks like."""
        text = str(event.value)
        if event.implicit[0] and not event.style:
            return self._unquoted(text, event)
        return text_at(text, self._at(event))

    def _unquoted(self, text: str, event: Any) -> Any:
        """A constant or a number, where the text reads as one."""
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text[0] in _BEGINS_NUMBERS:
            for form, number in _NUMBERS:
                if form.match(text):
                    return number(text)
        return text_at(text, self._at(event))
