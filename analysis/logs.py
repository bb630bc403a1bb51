"""Logs of real events (CSV or XES, also gzipped), read as a definition's `log` section says."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
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


def read_log(path: str | Path, definition: Definition) -> list[LogEvent]:
    """Every event, in the order of time (of the file where times are equal). Raises `LogRefused`."""
    log = definition.log
    if log is None:
        raise LogRefused(
            file=path,
            line=0,
            why_zh=f"流程 {definition.id} 没有 log 一节",
            why_en=f"the procedure {definition.id} has no log section",
        )
    try:
        with _open(path) as file:
            read = _traces if str(path).removesuffix(".gz").endswith(".xes") else _rows
            events = list(read(file, str(path), log, ZoneInfo(definition.zone)))
    except OSError as error:
        raise LogRefused(file=path, line=0, why_zh=str(error), why_en=str(error)) from None
    except (UnicodeDecodeError, csv.Error, EOFError) as error:
        raise LogRefused(
            file=path, line=0, why_zh=f"不是 CSV 文本：{error}", why_en=f"not CSV text: {error}"
        ) from None
    except ElementTree.ParseError as error:
        raise LogRefused(
            file=path,
            line=error.position[0],
            why_zh=f"不是 XES：{error}",
            why_en=f"not XES: {error}",
        ) from None
    return sorted(events, key=lambda event: event.at)


def _open(path: str | Path) -> IO[str]:
    if str(path).endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return open(path, encoding="utf-8-sig", newline="")


def _rows(file: IO[str], name: str, log: LogMap, zone: ZoneInfo) -> Iterator[LogEvent]:
    reader = csv.DictReader(file)
    header: Sequence[str] = reader.fieldnames or ()
    date_column = next((column for column in log.date if column in header), None)
    for column in (log.case, log.activity):
        if column not in header:
            raise LogRefused(
                file=name,
                line=1,
                why_zh=f"缺少列 {column}",
                why_en=f"the column {column} is missing",
            )
    if date_column is None:
        columns = ", ".join(log.date)
        raise LogRefused(
            file=name,
            line=1,
            why_zh=f"缺少日期列（{columns}）",
            why_en=f"there is no date column ({columns})",
        )
    for number, row in enumerate(reader, start=2):
        at = _moment(row[date_column], zone)
        if at is None or not row[log.case]:
            shown = row[date_column]
            raise LogRefused(
                file=name,
                line=number,
                why_zh=f"案号或日期有误：{shown!r}",
                why_en=f"bad case or date: {shown!r}",
            )
        yield LogEvent(
            number, row[log.case], row[log.activity], at, {k: v for k, v in row.items() if k and v}
        )


def _traces(file: IO[str], name: str, log: LogMap, zone: ZoneInfo) -> Iterator[LogEvent]:
    """XES (IEEE 1849): traces of events, whose attributes are keyed values. The number given as line counts the events."""
    number, case, depth = 0, "", 0
    columns: dict[str, str] = {}
    values: dict[str, str] = {}
    for kind, element in ElementTree.iterparse(file, events=("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if kind == "start":
            if tag == "trace":
                case = ""
            elif tag == "event":
                columns, depth = {}, 1
                values = columns
            continue
        key, value = element.get("key"), element.get("value")
        if key is not None and value is not None:
            if depth:
                values[key] = value
            elif key == "concept:name":
                case = value
        if tag == "event":
            number, depth = number + 1, 0
            at = _moment(columns.get("time:timestamp"), zone)
            if at is None or not case:
                raise LogRefused(
                    file=name,
                    line=number,
                    why_zh="事件缺少案号或时间",
                    why_en="an event lacks its case or time",
                )
            yield LogEvent(number, case, columns.get("concept:name", ""), at, {**columns})
        if tag == "trace":
            element.clear()


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return (
        moment if moment.tzinfo else datetime.combine(moment.date(), moment.time() or time(), zone)
    )
