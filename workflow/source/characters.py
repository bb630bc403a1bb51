"""Characters that steer a terminal, hide, or turn what follows: refused where texts come in, shown
where they go out."""

from __future__ import annotations

import re
from html import escape

_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""C0 and C1, save the tab and the newline."""
_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""What turns the direction of a text (bidi)."""
_BROKEN = "\ud800-\udfff"
"""Halves of characters, which no text in UTF-8 holds."""
_LINE_ENDS = "\t\n\u2028\u2029"
_UNSHOWABLE = re.compile(f"[{_CONTROL}{_TURNING}{_BROKEN}\u2028\u2029]")
_NOT_IN_A_LINE = re.compile(f"[{_CONTROL}{_TURNING}{_BROKEN}{_LINE_ENDS}]")
_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def is_clean(text: str, *, has_lines: bool = False) -> bool:
    """Whether a text holds nothing but what shows; with `has_lines` also tabs and newlines."""
    return (_UNSHOWABLE if has_lines else _NOT_IN_A_LINE).search(text) is None


def shown(text: str) -> str:
    """A text for a terminal: what would steer it is written out (`\\x1b`)."""
    return _UNSHOWABLE.sub(_written_out, text)


def escaped(text: str) -> str:
    """A text within XML or HTML: its signs escaped, and what XML cannot hold written out."""
    return escape(shown(_NOT_IN_XML.sub(_written_out, text)))


def _written_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"  # which is also how JSON writes it
