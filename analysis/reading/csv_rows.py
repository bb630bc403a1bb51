"""CSV with a header: each row an event, at the line where it begins."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import IO

from ...workflow.language import did_you_mean
from .events import LogEvent, Names, Source
from .files import Rows
from .unread import CELLS, CUT, QUOTES, BadRow, Cause

_MOST_SHOWN = 300


class CsvReader:
    """Reads the rows of a CSV; one that is not read whole is noted at its line.

    Spreadsheets leave off empty cells at the end of rows, so fewer cells are no fault.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.place = 0

    def events(self, file: IO[str]) -> Iterator[LogEvent]:
        """The event of every row that can be read. Raises `LogRefused` for a header."""
        rows = Rows(file)
        reader = csv.reader(rows, strict=True)
        header = [name.strip() for name in next(reader, [])]
        names = self._names(header)
        for row in self._each(reader, rows):
            columns = dict(zip(header, row, strict=False))
            missing = len(header) - len(row)
            if missing and rows.line > self.place:
                self._note(QUOTES, rows.line)
            elif missing > 0 and rows.is_cut:
                self._note(CUT, self.place, columns.get(names.case, ""))
            elif any(map(str.strip, row[len(header) :])):
                self._note(CELLS, self.place, columns[names.case])
            else:
                yield from self._source.events(self.place, columns, names)

    def _note(self, cause: Cause, last: int, case: str = "") -> None:
        """The row at hand, up to its last line, cannot be read."""
        self._source.unread.note(BadRow(cause), range(self.place, last + 1), case)

    def _each(self, reader: Iterator[list[str]], rows: Rows) -> Iterator[list[str]]:
        """Every row in which something stands, `place` being the line where it begins."""
        while True:
            rows.begin_row()
            self.place = rows.line + 1
            try:
                row = next(reader, None)
            except csv.Error:
                self._note(QUOTES, rows.line)
                continue
            if row is None:
                return
            if any(map(str.strip, row)):
                yield row

    def _names(self, header: Sequence[str]) -> Names:
        """The first of the date columns that the log has; its other columns must be there too."""
        log, unread = self._source.log, self._source.unread
        there = ", ".join(header)[:_MOST_SHOWN]
        for column in (log.case, log.activity):
            if header.count(column) == 1:
                continue
            hint = did_you_mean(column, header)
            what = ("重复", "twice") if column in header else ("缺少", "missing")
            zh = f"列 {column} {what[0]}（第一行有：{there}）{hint.zh}"
            raise unread.refused(1, zh, f"the column {column} is {what[1]} ({there}){hint.en}")
        date = next((column for column in log.date if column in header), None)
        if date is None:
            columns = ", ".join(log.date)
            zh = f"缺少日期列（{columns}；第一行有：{there}）"
            en = f"there is no date column ({columns}); the first line has: {there}"
            raise unread.refused(1, zh, en)
        return Names(log.case, log.activity, date, log.recorded)
