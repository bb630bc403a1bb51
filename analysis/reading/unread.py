"""Rows of a log that cannot be read: all of them, each with its number, told by their cause.

They are left out and the others go on. A case that lacks a row is told as incomplete, so that
nothing is concluded from it unawares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from ...workflow.errors import ZhixingError
from ...workflow.language import Language, Words

MOST_UNREAD = 100_000
"""With more rows that cannot be read it is no log of this kind, and is read no further."""
_MOST_SHOWN = 80

Unit = Literal["line", "event"]
"""What the numbers of rows count: lines of a CSV, events of an XES."""
_UNITS: dict[Unit, Words] = {"line": Words("行", "line"), "event": Words("个事件", "event")}


class LogRefused(ZhixingError):
    """A log cannot be read; `causes` are its bad rows by cause, `line` is where it is told."""

    code = "log"
    zh, en = (
        "{file}:{line}: 日志无法读取：{why_zh}",
        "{file}:{line}: the log cannot be read: {why_en}",
    )


class Cause(NamedTuple):
    """Why rows cannot be read, and how that is mended."""

    code: str
    zh: str
    en: str


class BadRow(Exception):
    """A row cannot be read: the cause, and what stands there."""

    def __init__(self, cause: Cause, shown: object = "") -> None:
        super().__init__(cause.en)
        self.cause = cause
        self.shown = repr(shown)[:_MOST_SHOWN] if shown else ""


class UnreadRows(BaseModel):
    """Rows that cannot be read for one cause; `example` is what stands in the first of them."""

    model_config = ConfigDict(frozen=True)

    code: str
    zh: str
    en: str
    example: str
    counted: Unit
    lines: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many rows they are."""
        return len(self.lines)

    def text(self, lang: Language) -> str:
        """One line for people: how many, why, the first as an example, and every number."""
        unit, numbers = _UNITS[self.counted], _ranges(self.lines)
        if lang == "zh":
            example = f"，如{self.example}" if self.example else ""
            return f"{self.count} × {self.zh}{example}：第 {numbers} {unit.zh}"
        example = f", such as {self.example}" if self.example else ""
        return f"{self.count} × {self.en}{example}: {unit.en} {numbers}"


class LogReading(BaseModel):
    """How a log was read: its encoding, and what of it was left out.

    `unread` are the rows that cannot be read; `incomplete` the cases that they belong to, which
    count in no figure; `of_no_case` how many rows say no case, so that any may lack one.
    `passed_over` counts events that are no acts (XES: begun, suspended …) by what they are, and
    `unfinished` activities that were begun and not completed.
    """

    model_config = ConfigDict(frozen=True)

    encoding: str = "utf-8"
    unread: tuple[UnreadRows, ...] = ()
    incomplete: tuple[str, ...] = ()
    of_no_case: int = 0
    passed_over: dict[str, int] = {}
    unfinished: dict[str, int] = {}

    @property
    def unread_count(self) -> int:
        """How many rows cannot be read."""
        return sum(rows.count for rows in self.unread)


class Unread:
    """The bad rows of a log while it is read."""

    def __init__(self, path: str | Path, counted: Unit) -> None:
        self._path, self._counted = path, counted
        self._lines: dict[Cause, list[int]] = {}
        self._examples: dict[Cause, str] = {}
        self._count = 0
        self.cases: set[str] = set()
        self.of_no_case = 0

    def note(self, bad: BadRow, lines: Iterable[int], case: str) -> None:
        """Rows cannot be read. Raises `LogRefused` where there are too many."""
        noted = self._lines.setdefault(bad.cause, [])
        before = len(noted)
        noted += lines
        self._count += len(noted) - before
        self._examples.setdefault(bad.cause, bad.shown)
        if case:
            self.cases.add(case)
        else:
            self.of_no_case += len(noted) - before
        if self._count > MOST_UNREAD:
            zh, en = f"超过 {MOST_UNREAD} 行有误", f"more than {MOST_UNREAD} rows are bad"
            raise self.refused(noted[-1], zh, en)

    def rows(self) -> tuple[UnreadRows, ...]:
        """The bad rows by cause, the most frequent first."""
        by_count = sorted(self._lines.items(), key=lambda found: (-len(found[1]), found[1][0]))
        return tuple(
            UnreadRows(
                **cause._asdict(),
                example=self._examples[cause],
                counted=self._counted,
                lines=tuple(lines),
            )
            for cause, lines in by_count
        )

    def refuse(self) -> None:
        """Raise `LogRefused` where there are bad rows."""
        if self._count:
            first = min(lines[0] for lines in self._lines.values())
            raise self.refused(
                first, f"{self._count} 行有误", f"{self._count} row(s) cannot be read"
            )

    def refused(self, line: int, zh: str, en: str) -> LogRefused:
        """That the log cannot be read, to be raised with the bad rows before."""
        rows = self.rows()
        return LogRefused(
            file=self._path,
            line=line,
            why_zh="\n  ".join([zh, *(found.text("zh") for found in rows)]),
            why_en="\n  ".join([en, *(found.text("en") for found in rows)]),
            causes=rows,
        )


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers as people list them: `3, 5-9`."""
    return ", ".join(_range(list(group)) for _, group in groupby(enumerate(numbers), _distance))


def _distance(placed: tuple[int, int]) -> int:
    """The same for numbers that follow one another."""
    place, number = placed
    return number - place


def _range(group: list[tuple[int, int]]) -> str:
    first, last = group[0][1], group[-1][1]
    return str(first) if first == last else f"{first}-{last}"


# -- causes

_TIMES = "2025-03-03, 2025-03-03 09:00, 2025/3/3 9:00, 2025年3月3日 9时05分"


def no_time(column: str) -> Cause:
    return Cause(
        "time",
        f"列 {column} 不是日期或时间（可写 {_TIMES}）",
        f"the column {column} has no day or time (it may be written {_TIMES})",
    )


def recorded_before(column: str) -> Cause:
    return Cause(
        "recorded",
        f"列 {column} 的录入时间早于发生时间（请核对两列）",
        f"by the column {column} it was recorded before it happened (compare the two columns)",
    )


def empty(column: str) -> Cause:
    return Cause("empty", f"列 {column} 为空（请补上）", f"the column {column} is empty (fill it)")


def shortened(column: str) -> Cause:
    return Cause(
        "shortened",
        f"列 {column} 的编号被表格软件改成了科学记数（请把该列设为文本后重新导出）",
        f"a spreadsheet made a rounded number of the id in the column {column}"
        " (make the column text and export again)",
    )


CELLS = Cause(
    "cells",
    "单元格多于表头的列（文字中有逗号时加英文双引号）",
    'it has more cells than the header has columns (put a text with a comma in quotes: "…")',
)
CUT = Cause(
    "cut",
    "文件在此行中间结束（请重新导出）",
    "the file ends in the middle of it (export it again)",
)
QUOTES = Cause(
    "quotes",
    "英文双引号不配对（文字中的双引号写两次）",
    'quotes do not match (a quote within a text is written twice: "")',
)
DAMAGED_TEXT = Cause(
    "encoding",
    "有字节既不是 UTF-8 也不是 GB18030（请重新导出）",
    "bytes of it are in no encoding, UTF-8 or GB18030 (export it again)",
)


def counted(numbers: Counter[str]) -> dict[str, int]:
    """What was counted, by name."""
    return dict(sorted((+numbers).items()))
