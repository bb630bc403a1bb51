"""A log of cases as XES (IEEE 1849-2016): a trace a case, an event an entry of its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from ...workflow.source.characters import shown
from .entries import LoggedCase, LoggedEvent

_EXTENSIONS = {
    "Concept": ("concept", "http://www.xes-standard.org/concept.xesext"),
    "Time": ("time", "http://www.xes-standard.org/time.xesext"),
    "Organizational": ("org", "http://www.xes-standard.org/org.xesext"),
    "Lifecycle": ("lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
}
_NAMESPACE = "http://www.xes-standard.org/"
_GLOBAL = {
    "trace": {"concept:name": "-"},
    "event": {"concept:name": "-", "lifecycle:transition": "complete"},
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def write_xes(cases: Iterable[LoggedCase], file: TextIO) -> int:
    """Write a log; gives how many cases. Times carry their zone (UTC)."""
    xml = _Xml(file)
    count = 0
    with xml.document({"xes.version": "1849.2016", "xmlns": _NAMESPACE}):
        for name, (prefix, uri) in _EXTENSIONS.items():
            xml.empty("extension", {"name": name, "prefix": prefix, "uri": uri})
        for scope, values in _GLOBAL.items():
            with xml.element("global", {"scope": scope}):
                for key, value in values.items():
                    xml.value(key, value)
                if scope == "event":
                    xml.value("time:timestamp", _BEGINNING)
        xml.empty("classifier", {"name": "activity", "keys": "concept:name"})
        for case in cases:
            _trace(xml, case)
            count += 1
    return count


def _trace(xml: _Xml, case: LoggedCase) -> None:
    of_case: Mapping[str, str | datetime | None] = {
        "concept:name": case.id,
        "zhixing:number": case.number,
        "zhixing:court": case.court,
        "zhixing:officer": case.officer,
        "zhixing:procedure": case.procedure,
        "zhixing:parent": case.parent,
        "zhixing:opened": case.opened_at,
        "zhixing:closed": case.closed_at,
        "zhixing:mode": case.closing_mode,
    }
    with xml.element("trace"):
        for key, value in of_case.items():
            if value:
                xml.value(key, value)
        for event in case.events:
            _event(xml, event)


def _event(xml: _Xml, event: LoggedEvent) -> None:
    with xml.element("event"):
        xml.value("concept:name", event.activity)
        xml.value("time:timestamp", event.happened_at)
        xml.value("org:resource", event.actor)
        xml.value("lifecycle:transition", "complete")
        xml.value("zhixing:title", event.name)
        xml.value("zhixing:kind", event.kind)
        xml.value("zhixing:recorded", event.recorded_at)
        xml.empty("int", {"key": "zhixing:seq", "value": str(event.seq)})


class _Xml:
    """XML that is written as it comes, however long it gets."""

    def __init__(self, file: TextIO) -> None:
        out: Any = file
        self._out = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)

    @contextmanager
    def document(self, attributes: Mapping[str, str]) -> Iterator[None]:
        self._out.startDocument()
        with self.element("log", attributes):
            yield
        self._out.endDocument()

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        self._out.startElement(name, AttributesImpl(dict(attributes or {})))
        yield
        self._out.endElement(name)
        self._out.characters("\n")

    def empty(self, name: str, attributes: Mapping[str, str]) -> None:
        with self.element(name, attributes):
            pass

    def value(self, key: str, value: str | datetime) -> None:
        """An attribute of XES, by its type."""
        if isinstance(value, datetime):
            self.empty("date", {"key": key, "value": value.astimezone(UTC).isoformat()})
        else:
            self.empty("string", {"key": key, "value": shown(value)})
