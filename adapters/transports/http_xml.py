"""XML over HTTP to one far side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from xml.etree import ElementTree

from ..protocol import Unclear
from .bounded_xml import parsed_xml
from .http import OverHttp

_LONGEST_WHY = 200


class HttpXml(OverHttp):
    """A far side that is asked and answers in XML: at an address, or as `HttpSettings` say.

    As `HttpJson`. Raises `BadTransport`.
    """

    def ask(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: ElementTree.Element | None = None,
        headers: Mapping[str, str] | None = None,
        trace: str = "",
    ) -> ElementTree.Element | None:
        """The root of what the far side answers, in so many seconds; None for an empty answer.

        A document type, and with it every entity, is refused. A body goes as UTF-8. Raises
        `TemporaryFailure` (surely not taken), `PermanentFailure`, `Unclear`, `RefusedHost`,
        `RefusedAddress`.
        """
        sent = {"Accept": "application/xml, text/xml", **(headers or {})}
        content = None
        if body is not None:
            content = ElementTree.tostring(body, encoding="utf-8", xml_declaration=True)
            sent = {"Content-Type": "application/xml; charset=utf-8", **sent}
        given = self._http.exchange(
            method, path, seconds=seconds, content=content, headers=sent, trace=trace
        )
        if not given.strip():
            return None
        try:
            return parsed_xml(given, self._http.settings.max_depth)
        except ValueError as error:
            raise Unclear(why=f"the answer is no XML: {error}"[:_LONGEST_WHY]) from error


def xml_as_data(element: ElementTree.Element, lists: Collection[str] = ()) -> Any:
    """An element as plain data, for a pydantic model to hold to its shape.

    An element without elements in it is its text, trimmed; any other is a dict of what it holds by
    name, without name spaces. What comes more than once is a list, and what `lists` names always
    is. Attributes are left out. Pydantic reads numbers and days from texts.
    """
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, list[Any]] = {}
    for part in element:
        found.setdefault(_local_name(part), []).append(xml_as_data(part, lists))
    return {
        name: values if len(values) > 1 or name in lists else values[0]
        for name, values in found.items()
    }


def _local_name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]
