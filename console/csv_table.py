"""A table from a CSV file: its header, and its rows one by one, however many there are."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ..analysis.reading.files import Rows, TooMuch, opened
from ..workflow import ZhixingError
from ..workflow.language import Words

_EMPTY = Words("文件为空，没有表头", "the file is empty: it has no header")
_NOT_UTF8 = Words("不是 UTF-8 编码，请另存为“CSV UTF-8”", "it is not UTF-8: save it as “CSV UTF-8”")
_BROKEN_OFF = Words("压缩文件不完整", "the packed file is broken off")


class TableRefused(ZhixingError):
    """A file is no table that can be read; what was read before that was used."""

    code = "table-file"
    zh, en = "{file}：{why_zh}", "{file}: {why_en}"


class TableRow(NamedTuple):
    """One row: its number, the line on which it begins, and its cells."""

    number: int
    line: int
    cells: list[str]


class CsvTable:
    """A table that is being read: the names of its columns, how its lines end, and its rows."""

    def __init__(self, path: Path, lines: Rows) -> None:
        self._path, self._lines = path, lines
        with refusing(path):
            first = next(lines, "")
            self._reader = csv.reader(chain([first], lines))
            self.columns = [name.strip() for name in next(self._reader, [])]
        self.line_end = "\r\n" if first.endswith("\r\n") else "\n"
        if not any(self.columns):
            raise _refused(path, _EMPTY)

    def need(self, names: Sequence[str]) -> None:
        """Raise `TableRefused` unless each of these columns is there once."""
        missing = [name for name in names if name not in self.columns]
        if missing:
            listed, there = ", ".join(missing), ", ".join(self.columns)
            zh, en = f"缺少列 {listed}（现有：{there}）", f"no column {listed} (it has {there})"
            raise _refused(self._path, Words(zh, en))
        twice = [name for name in names if self.columns.count(name) > 1]
        if twice:
            listed = ", ".join(twice)
            raise _refused(self._path, Words(f"列重复：{listed}", f"columns twice: {listed}"))

    def __iter__(self) -> Iterator[TableRow]:
        """The rows that are not blank. Raises `TableRefused` where no more can be read."""
        number, line = 0, self._reader.line_num + 1
        while (cells := self._next()) is not None:
            if any(map(str.strip, cells)):
                number += 1
                yield TableRow(number, line, cells)
            line = self._reader.line_num + 1

    def _next(self) -> list[str] | None:
        self._lines.begin_row()
        with refusing(self._path):
            return next(self._reader, None)


@contextmanager
def csv_table(path: Path) -> Iterator[CsvTable]:
    """Open a CSV file, plain or gzipped, in UTF-8. Raises `TableRefused`."""
    with ExitStack() as stack:
        with refusing(path):
            text = stack.enter_context(opened(path))
        yield CsvTable(path, Rows(text))


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Tell in our words why a file cannot be read."""
    try:
        yield
    except UnicodeDecodeError:
        raise _refused(path, _NOT_UTF8) from None
    except TooMuch as error:
        raise _refused(path, error.words) from None
    except (EOFError, zlib.error):
        raise _refused(path, _BROKEN_OFF) from None
    except (OSError, csv.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise _refused(path, Words(why, why)) from None


def _refused(path: Path, why: Words) -> TableRefused:
    said: dict[str, Any] = {"file": path, "why_zh": why.zh, "why_en": why.en}
    return TableRefused(**said)
