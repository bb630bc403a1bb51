"""Logs of real events (CSV or XES, also gzipped), read as a definition's `log` section says."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from ..workflow.model.definition import Definition
from ..workflow.model.logs import LogMap
from .reading.csv_rows import CsvReader
from .reading.encodings import DAMAGED, UTF_8
from .reading.events import LogEvent, Source
from .reading.files import TooMuch, encoding_in, opened
from .reading.unread import LogReading, Unread
from .reading.xes import XesReader


class Log:
    """A log that is read once, as a stream; `reading` then says how that went.

    With `strict` it is refused for a single row that cannot be read; else such rows are left out,
    as long as there are others.
    Raises `LogRefused` where the definition has no section `log`.
    """

    def __init__(self, path: str | Path, definition: Definition, *, strict: bool = False) -> None:
        self._path, self._strict = path, strict
        self._is_xes = str(path).removesuffix(".gz").endswith(".xes")
        self._unread = Unread(path, "event" if self._is_xes else "line")
        zone = ZoneInfo(definition.zone)
        self._source = Source(self._map_of(definition), zone, self._unread)
        self._encoding = UTF_8

    def _map_of(self, definition: Definition) -> LogMap:
        if definition.log is None:
            zh = f"流程 {definition.id} 没有 log 一节"
            en = f"the procedure {definition.id} has no log section"
            raise self._unread.refused(0, zh, en)
        return definition.log

    def events(self) -> Iterator[LogEvent]:
        """Every event that can be read, in the order of the file. Raises `LogRefused`."""
        reader = XesReader(self._source) if self._is_xes else CsvReader(self._source)
        try:
            yield from self._read(reader)
        except TooMuch as error:
            raise self._unread.refused(reader.place, *error.words) from None
        except OSError as error:
            raise self._unread.refused(0, str(error), str(error)) from None
        except ElementTree.ParseError as error:
            line, _ = error.position
            raise self._unread.refused(line, f"不是 XES：{error}", f"not XES: {error}") from None
        except (ValueError, EOFError, zlib.error) as error:
            why = f"内容损坏：{error}", f"it is damaged: {error}"
            raise self._unread.refused(reader.place, *why) from None
        if self._strict or not self._source.has_read:
            self._unread.refuse()

    def _read(self, reader: XesReader | CsvReader) -> Iterator[LogEvent]:
        self._encoding = encoding_in(self._path)
        encoding = "utf-8-sig" if self._encoding == UTF_8 else self._encoding
        with opened(self._path, encoding, DAMAGED) as file:
            yield from reader.events(file)

    @property
    def reading(self) -> LogReading:
        """How the log was read, as far as it was."""
        return LogReading(
            encoding=self._encoding,
            unread=self._unread.rows(),
            incomplete=tuple(sorted(self._unread.cases)),
            of_no_case=self._unread.of_no_case,
            passed_over=self._source.passed_over(),
            unfinished=self._source.unfinished(),
        )


def read_log(path: str | Path, definition: Definition) -> list[LogEvent]:
    """Every event, in the order of recording (of the file where times are equal).

    Raises `LogRefused`, with every row that cannot be read.
    """
    log = Log(path, definition, strict=True)
    return sorted(log.events(), key=lambda event: event.known_at)
