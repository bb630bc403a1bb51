"""XES (IEEE 1849): traces of events, whose attributes are keyed values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.etree import ElementTree

from .events import LogEvent, Names, Source
from .files import Pieces

_OF_TRACE = "case:"
_SEPARATOR = "/"


class XesReader:
    """Reads the events of an XES; the number given as line counts them.

    An attribute of a trace is a column `case:KEY`, one within another `OUTER/INNER`. What the head
    of the log declares is no attribute of an event.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._names = Names(
            f"{_OF_TRACE}concept:name", "concept:name", "time:timestamp", source.log.recorded
        )
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._kept: dict[str, str] | None = None
        self._keys: list[str] = []
        self.place = 0

    def events(self, file: IO[str]) -> Iterator[LogEvent]:
        """Every event that can be read, as its end is read."""
        pieces = Pieces(file)
        elements: Any = ElementTree.iterparse(pieces, events=("start", "end"))
        _, root = next(elements)
        for kind, element in elements:
            tag = element.tag.rpartition("}")[2]
            if kind == "start":
                self._begin(tag, element)
                continue
            self._end(tag, element)
            if tag == "event":
                columns = self._event | self._trace
                yield from self._source.events(self.place, columns, self._names)
            if tag in ("event", "trace"):
                pieces.begin_row()
                element.clear()
                del root[:-1]

    def _begin(self, tag: str, element: ElementTree.Element) -> None:
        if tag == "trace":
            self._trace = self._kept = {self._names.case: ""}
        elif tag == "event":
            self._event = self._kept = {}
            self.place += 1
        elif "key" in element.attrib:
            self._keys.append(element.attrib["key"])
            self._keep(element)

    def _keep(self, element: ElementTree.Element) -> None:
        """An attribute of the event or trace at hand."""
        if self._kept is None or "value" not in element.attrib:
            return
        before = _OF_TRACE if self._kept is self._trace else ""
        self._kept[before + _SEPARATOR.join(self._keys)] = element.attrib["value"]

    def _end(self, tag: str, element: ElementTree.Element) -> None:
        if tag == "event":
            self._kept = self._trace
        elif tag == "trace":
            self._kept = None
        elif "key" in element.attrib:
            self._keys.pop()
