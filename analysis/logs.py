"""Logs of real events (CSV or XES, also gzipped), read as a definition's `log` section says."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from ..workflow.errors import ZhixingError
from ..workflow.model.definition import Definition
from ..workflow.model.logs import LogMap


class LogRefused(ZhixingError):
    """A log cannot be read; says at which line."""

    code = "log"
    zh, en = (
        "{file}:{line}: 日志无法读取：{why_zh}",
        "{file}:{line}: the log cannot be read: {why_en}",
    )


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of a log: case, activity, aware time, and its columns as text."""

    line: int
    case: str
    activity: str
    at: datetime
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a log comes from, and how its definition reads it."""

    path: str | Path
    log: LogMap
    zone: ZoneInfo

    def refused(self, line: int, zh: str, en: str) -> LogRefused:
        """That the log cannot be read at a line, to be raised."""
        return LogRefused(file=self.path, line=line, why_zh=zh, why_en=en)

    def moment(self, text: str | None) -> datetime | None:
        """A time of the log, aware; none where the text is no time."""
        try:
            found = datetime.fromisoformat(str(text).strip())
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=self.zone)


def read_log(path: str | Path, definition: Definition) -> list[LogEvent]:
    """Every event, in the order of time (of the file where times are equal).

    Raises `LogRefused`.
    """
    return sorted(iterate_log(path, definition), key=lambda event: event.at)


def iterate_log(path: str | Path, definition: Definition) -> Iterator[LogEvent]:
    """Every event, in the order of the file. Raises `LogRefused`."""
    if definition.log is None:
        raise LogRefused(
            file=path,
            line=0,
            why_zh=f"流程 {definition.id} 没有 log 一节",
            why_en=f"the procedure {definition.id} has no log section",
        )
    source = _Source(path, definition.log, ZoneInfo(definition.zone))
    try:
        yield from _read(source)
    except OSError as error:
        raise source.refused(0, str(error), str(error)) from None
    except (UnicodeDecodeError, csv.Error, EOFError) as error:
        raise source.refused(0, f"不是 CSV 文本：{error}", f"not CSV text: {error}") from None
    except ElementTree.ParseError as error:
        line, _ = error.position
        raise source.refused(line, f"不是 XES：{error}", f"not XES: {error}") from None


def _read(source: _Source) -> Iterator[LogEvent]:
    is_xes = str(source.path).removesuffix(".gz").endswith(".xes")
    with _open(source.path) as file:
        yield from _XesReader(source).events(file) if is_xes else _rows(file, source)


def _open(path: str | Path) -> IO[str]:
    if str(path).endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return open(path, encoding="utf-8-sig", newline="")


# -- CSV


def _rows(file: IO[str], source: _Source) -> Iterator[LogEvent]:
    reader = csv.DictReader(file)
    date = _date_column(reader.fieldnames or (), source)
    case, activity = source.log.case, source.log.activity
    for number, row in enumerate(reader, start=2):
        at = source.moment(row[date])
        if at is None or not row[case]:
            shown = repr(row[date])
            raise source.refused(number, f"案号或日期有误：{shown}", f"bad case or date: {shown}")
        columns = dict(filter(all, row.items()))  # what is empty, or beyond the header, is left out
        yield LogEvent(number, row[case], row[activity], at, columns)


def _date_column(header: Sequence[str], source: _Source) -> str:
    """The first of the date columns that the log has; its other columns must be there too."""
    for column in (source.log.case, source.log.activity):
        if column not in header:
            raise source.refused(1, f"缺少列 {column}", f"the column {column} is missing")
    for column in source.log.date:
        if column in header:
            return column
    columns = ", ".join(source.log.date)
    raise source.refused(1, f"缺少日期列（{columns}）", f"there is no date column ({columns})")


# -- XES


class _XesReader:
    """XES (IEEE 1849): traces of events, whose attributes are keyed values.

    The number given as line counts the events.
    """

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._case = ""
        self._columns: dict[str, str] = {}
        self._is_in_event = False
        self._number = 0
        self._begins: Mapping[str, Callable[[], None]] = {
            "trace": self._begin_trace,
            "event": self._begin_event,
        }

    def events(self, file: IO[str]) -> Iterator[LogEvent]:
        """Every event, as its end is read."""
        for kind, element in ElementTree.iterparse(file, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if kind == "start":
                self._begins.get(tag, _nothing)()
                continue
            self._keep(element)
            if tag == "event":
                yield self._end_event()
            if tag == "trace":
                element.clear()

    def _begin_trace(self) -> None:
        self._case = ""

    def _begin_event(self) -> None:
        self._columns, self._is_in_event = {}, True

    def _keep(self, element: ElementTree.Element) -> None:
        """An attribute of an event; of what a trace says itself, only its name."""
        if not {"key", "value"} <= element.attrib.keys():
            return
        key, value = element.attrib["key"], element.attrib["value"]
        if self._is_in_event:
            self._columns[key] = value
        elif key == "concept:name":
            self._case = value

    def _end_event(self) -> LogEvent:
        self._number, self._is_in_event = self._number + 1, False
        columns = self._columns
        at = self._source.moment(columns.get("time:timestamp"))
        if at is None or not self._case:
            raise self._source.refused(
                self._number, "事件缺少案号或时间", "an event lacks its case or time"
            )
        return LogEvent(self._number, self._case, columns.get("concept:name", ""), at, columns)


def _nothing() -> None:
    return
