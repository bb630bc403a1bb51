"""Logs of real events (CSV or XES, also gzipped), read as a definition's `log` section says."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from sys import intern
from typing import IO, Any, NamedTuple
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from ..workflow.errors import ZhixingError
from ..workflow.model.definition import Definition
from ..workflow.model.logs import LogMap
from .log_files import Pieces, Rows, TooMuch, opened

MOST_TOLD = 20
"""How many bad rows are told; the log is then read no further."""


class BadRow(NamedTuple):
    """A row that cannot be read: its line, and why."""

    line: int
    zh: str
    en: str


class LogRefused(ZhixingError):
    """A log cannot be read; says at which lines (`rows`), and `line` is the first."""

    code = "log"
    zh, en = (
        "{file}:{line}: 日志无法读取：{why_zh}",
        "{file}:{line}: the log cannot be read: {why_en}",
    )


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of a log: case, activity, aware times, and the columns that activities carry.

    `at` is when it happened; `recorded_at` when it was entered, where that was later.
    """

    line: int
    case: str
    activity: str
    at: datetime
    columns: Mapping[str, str]
    recorded_at: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """When the court knew of it."""
        return self.recorded_at or self.at


_NO_COLUMNS: Mapping[str, str] = {}


class _Source:
    """Where a log comes from, how its definition reads it, and the rows that cannot be read."""

    def __init__(self, path: str | Path, log: LogMap, zone: ZoneInfo) -> None:
        self.path, self.log, self._zone = path, log, zone
        carried = {c for a in log.activities.values() for c in a.carries.values()}
        self._carried = carried.union(log.limits.values())
        self.wanted = self._carried.union(log.cases)
        self._begun: set[str] = set()
        self._bad: list[BadRow] = []

    def refused(self, line: int, zh: str, en: str) -> LogRefused:
        """That the log cannot be read from a line on, to be raised with the bad rows before."""
        rows = [*self._bad, BadRow(line, zh, en)]
        return _refused(self.path, rows)

    def note(self, bad: BadRow) -> None:
        """A row cannot be read; others are. Raises `LogRefused` where there are too many."""
        self._bad.append(bad)
        if len(self._bad) >= MOST_TOLD:
            raise _refused(self.path, self._bad)

    def end(self) -> None:
        """The log is at its end. Raises `LogRefused` where rows could not be read."""
        if self._bad:
            raise _refused(self.path, self._bad)

    def events(self, line: int, row: Mapping[str, str], names: _Names) -> Iterator[LogEvent]:
        """What a row says: its event and, where its case begins, what is said of the whole case."""
        event = self._event(line, row, names)
        if event is None:
            return
        yield event
        if self.log.cases and event.case not in self._begun:
            self._begun.add(event.case)
            yield from self._of_whole_case(event, row)

    def _of_whole_case(self, first: LogEvent, row: Mapping[str, str]) -> Iterator[LogEvent]:
        """The activities whose times stand in columns of the case; an empty column says none."""
        for column, activity in self.log.cases.items():
            text = row.get(column)
            at = self._moment(text)
            if at is not None:
                yield replace(first, activity=activity, at=at, recorded_at=None)
            elif text:
                shown = repr(text)[:80]
                self.note(BadRow(first.line, f"时间有误：{shown}", f"bad time: {shown}"))

    def _event(self, line: int, row: Mapping[str, str], names: _Names) -> LogEvent | None:
        """The event of a row; None where it cannot be read, which is noted."""
        at, case = self._moment(row.get(names.at)), row.get(names.case)
        if at is None or not case:
            shown = repr(row.get(names.at))[:80]
            self.note(BadRow(line, f"案号或日期有误：{shown}", f"bad case or date: {shown}"))
            return None
        recorded_at, text = at, row.get(names.recorded)
        if text:
            recorded_at = self._moment(text) or _BEGINNING
        if recorded_at < at:
            shown = repr(text)[:80]
            zh, en = f"录入时间有误或早于发生时间：{shown}", f"bad time of recording: {shown}"
            self.note(BadRow(line, zh, en))
            return None
        activity = intern(row.get(names.activity) or "")
        known = recorded_at if recorded_at > at else None
        return LogEvent(line, intern(case), activity, at, self._carried_of(row), known)

    def _carried_of(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """The columns that activities carry; what is empty is left out."""
        return {name: row[name] for name in self._carried if row.get(name)} or _NO_COLUMNS

    def _moment(self, text: str | None) -> datetime | None:
        """A time of the log, aware; none where the text is no time."""
        try:
            found = datetime.fromisoformat(str(text).strip())
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=self._zone)


class _Names(NamedTuple):
    """The columns of a log that say what an event is."""

    case: str
    activity: str
    at: str
    recorded: str


_BEGINNING = datetime.min.replace(tzinfo=ZoneInfo("UTC"))


def _refused(path: str | Path, rows: list[BadRow]) -> LogRefused:
    """That rows cannot be read: the first as it is, each further one on a line of its own."""
    first = rows[0]
    more = rows[1:]
    return LogRefused(
        file=path,
        line=first.line,
        why_zh="".join([first.zh, *(f"\n{path}:{row.line}: {row.zh}" for row in more)]),
        why_en="".join([first.en, *(f"\n{path}:{row.line}: {row.en}" for row in more)]),
        rows=tuple(rows),
    )


def read_log(path: str | Path, definition: Definition) -> list[LogEvent]:
    """Every event, in the order of recording (of the file where times are equal).

    Raises `LogRefused`.
    """
    return sorted(iterate_log(path, definition), key=lambda event: event.known_at)


def iterate_log(path: str | Path, definition: Definition) -> Iterator[LogEvent]:
    """Every event, in the order of the file.

    Rows that cannot be read are told together at the end, or where there are too many. Raises
    `LogRefused`.
    """
    if definition.log is None:
        raise LogRefused(
            file=path,
            line=0,
            why_zh=f"流程 {definition.id} 没有 log 一节",
            why_en=f"the procedure {definition.id} has no log section",
        )
    source = _Source(path, definition.log, ZoneInfo(definition.zone))
    is_xes = str(path).removesuffix(".gz").endswith(".xes")
    reader = _XesReader(source) if is_xes else _CsvReader(source)
    try:
        with opened(path) as file:
            yield from reader.events(file)
    except TooMuch as error:
        raise source.refused(reader.place, *error.words) from None
    except OSError as error:
        raise source.refused(0, str(error), str(error)) from None
    except ElementTree.ParseError as error:
        line, _ = error.position
        raise source.refused(line, f"不是 XES：{error}", f"not XES: {error}") from None
    except (ValueError, csv.Error, EOFError, zlib.error) as error:
        why = f"不是 CSV 文本：{error}", f"not CSV text: {error}"
        raise source.refused(reader.place, *why) from None
    source.end()


# -- CSV


class _CsvReader:
    """CSV with a header; a row that is not read whole is told at its line."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self.place = 0

    def events(self, file: IO[str]) -> Iterator[LogEvent]:
        """The event of every row that can be read."""
        rows = Rows(file)
        reader = csv.reader(rows)
        header = next(reader, [])
        names = self._names(header)
        self.place = rows.line
        for row in self._each(reader, rows):
            columns = dict(zip(header, row, strict=False))
            yield from self._source.events(self.place, columns, names)

    def _each(self, reader: Iterable[list[str]], rows: Rows) -> Iterator[list[str]]:
        """Every row that is not empty, `place` being the line where it begins."""
        rows.begin_row()
        self.place = rows.line + 1
        for row in reader:
            if row:
                yield row
            rows.begin_row()
            self.place = rows.line + 1

    def _names(self, header: list[str]) -> _Names:
        """The first of the date columns that the log has; its other columns must be there too."""
        log = self._source.log
        for column in (log.case, log.activity):
            if column not in header:
                zh, en = f"缺少列 {column}", f"the column {column} is missing"
                raise self._source.refused(1, zh, en)
        date = next((column for column in log.date if column in header), None)
        if date is None:
            columns = ", ".join(log.date)
            zh = f"缺少日期列（{columns}）"
            raise self._source.refused(1, zh, f"there is no date column ({columns})")
        return _Names(log.case, log.activity, date, log.recorded)


# -- XES


class _XesReader:
    """XES (IEEE 1849): traces of events, whose attributes are keyed values.

    The number given as line counts the events.
    """

    _CASE = "case:concept:name"

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._names = _Names(self._CASE, "concept:name", "time:timestamp", source.log.recorded)
        self._trace: dict[str, str] = {}
        self._columns: dict[str, str] = {}
        self._is_in_event = False
        self.place = 0
        self._begins: Mapping[str, Callable[[], None]] = {
            "trace": self._begin_trace,
            "event": self._begin_event,
        }

    def events(self, file: IO[str]) -> Iterator[LogEvent]:
        """Every event that can be read, as its end is read."""
        pieces = Pieces(file)
        elements: Any = ElementTree.iterparse(pieces, events=("start", "end"))
        _, root = next(elements)
        for kind, element in elements:
            tag = element.tag.rpartition("}")[2]
            if kind == "start":
                self._begins.get(tag, _nothing)()
                continue
            self._keep(element)
            if tag == "event":
                yield from self._end_event()
            if tag in ("event", "trace"):
                pieces.begin_row()
                element.clear()
                del root[:-1]

    def _begin_trace(self) -> None:
        self._trace = {}

    def _begin_event(self) -> None:
        self._columns, self._is_in_event = {}, True
        self.place += 1

    def _keep(self, element: ElementTree.Element) -> None:
        """An attribute of an event; what a trace says itself is a column `case:KEY`."""
        if not {"key", "value"} <= element.attrib.keys():
            return
        key, value = element.attrib["key"], element.attrib["value"]
        if self._is_in_event:
            self._columns[key] = value
            return
        column = f"case:{key}"
        if column == self._CASE or column in self._source.wanted:
            self._trace[column] = value

    def _end_event(self) -> Iterator[LogEvent]:
        self._is_in_event = False
        yield from self._source.events(self.place, self._columns | self._trace, self._names)


def _nothing() -> None:
    return
