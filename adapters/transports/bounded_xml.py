"""XML from a far side: no document type, hence no entities; bounded in depth.

Python's own parser tells its target of a document type before it reads what that declares. Refusing
it there leaves nothing to expand or to fetch, so that no other library is needed for it.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from .bounded_json import MAX_DEPTH

_PIECE = 4096
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}encoding=["']([A-Za-z0-9._-]{1,40})["']""")
_CHINESE = {b"gbk": "gbk", b"gb2312": "gb18030", b"gb18030": "gb18030"}
"""Encodings that courts and banks use and expat does not know."""


class _Bounded(ElementTree.TreeBuilder):
    """Builds the tree while it is no deeper than allowed."""

    def __init__(self, max_depth: int) -> None:
        super().__init__()
        self._room = max_depth

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError("it has a document type (DTD), which is refused")

    def start(self, tag: Any, attrs: Any, /) -> ElementTree.Element:
        self._room -= 1
        if self._room < 0:
            raise ValueError("it is nested too deeply")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> ElementTree.Element:
        self._room += 1
        return super().end(tag)


def parsed_xml(content: bytes, max_depth: int = MAX_DEPTH) -> ElementTree.Element:
    """The root element of an XML text, in UTF-8 or as it declares (also GBK, GB18030).

    A `ValueError` says why it is none.
    """
    parser: ElementTree.XMLParser = ElementTree.XMLParser(target=_Bounded(max_depth))
    text = _read(content)
    try:
        for start in range(0, len(text), _PIECE):
            parser.feed(text[start : start + _PIECE])
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, LookupError, AssertionError) as error:
        raise ValueError(f"it is not well-formed: {error}") from None
    return root


def _read(content: bytes) -> bytes | str:
    declared = _DECLARED.match(content)
    encoding = _CHINESE.get(declared.group(1).lower()) if declared else None
    return content.decode(encoding) if encoding else content
