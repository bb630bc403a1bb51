"""How the parts of a picture look: presentation attributes, which a page's classes override.

Printed in black and white everything stays told apart: by widths of lines, dashes, double borders
and signs.
"""

from __future__ import annotations

from .model import Note

Look = dict[str, str]

FONTS = "Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"
_GREEN, _ORANGE, _GREY, _RED, _BLUE, _INK = (
    "#1e6b3a",
    "#a35200",
    "#6b7785",
    "#b42318",
    "#1d5796",
    "#334e68",
)

BOXES: dict[str, Look] = {
    "state": {"fill": "#fff", "stroke": _INK, "stroke-width": "1.3"},
    "procedure": {"fill": "#fbfcfd", "stroke": _INK, "stroke-width": "1.3"},
    "phase": {"fill": "#f1f4f8", "stroke": "#9fb3c8", "stroke-width": "1"},
    "panel": {"fill": "#fff", "stroke": "#9fb3c8", "stroke-width": "1"},
    "end": {"fill": "none", "stroke": _INK, "stroke-width": "1"},
    "here": {"stroke": _RED, "stroke-width": "3.5"},
    "visited": {"fill": "#e3eefa", "stroke": _BLUE, "stroke-width": "2.4"},
    "added": {"fill": "#eefaf1", "stroke": _GREEN, "stroke-width": "2.6"},
    "changed": {"fill": "#fff7ea", "stroke": _ORANGE, "stroke-width": "2.6"},
    "removed": {"fill": "#f5f7fa", "stroke": _GREY, "stroke-dasharray": "6 4"},
    "unknown": {"fill": "#fff", "stroke": _RED, "stroke-width": "2", "stroke-dasharray": "3 3"},
}
"""Boxes by what they are, and what a mark changes of them."""

ARROWS: dict[str, Look] = {
    "": {"stroke": "#52667a", "stroke-width": "1.3"},
    "visited": {"stroke": _BLUE, "stroke-width": "3"},
    "added": {"stroke": _GREEN, "stroke-width": "2.4"},
    "changed": {"stroke": _ORANGE, "stroke-width": "2.4"},
    "removed": {"stroke": _GREY, "stroke-dasharray": "2 4"},
}

LINES: dict[str, Look] = {
    "whole": {},
    "dashed": {"stroke-dasharray": "5 4"},
    "dotted": {"stroke-dasharray": "1.5 3.5"},
}

TEXTS: dict[str, Look] = {
    "note": {"fill": "#3e4c59"},
    "overdue": {"fill": _RED, "font-weight": "bold"},
    "added": {"fill": _GREEN, "font-weight": "bold"},
    "changed": {"fill": _ORANGE, "font-weight": "bold"},
    "removed": {"fill": _GREY, "text-decoration": "line-through"},
    "unknown": {"fill": _RED},
}


def attributes(*looks: Look) -> str:
    """Looks as attributes, the later before the earlier."""
    found: Look = {}
    for look in looks:
        found |= look
    return "".join(f' {name}="{value}"' for name, value in found.items())


def icon(note: Note, x: float, y: float) -> str:
    """The sign before a note, whose text stands at this height."""
    drawn = _OVERDUE if note.mark == "overdue" else _ICONS[note.kind]
    look = attributes({"stroke": _RED if note.mark == "overdue" else _INK, "fill": "none"})
    return f'<path class="icon"{look} d="M{x:g} {y - 4:g}{drawn}"/>'


_ICONS = {
    "limit": "a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0m4.5 -3v3h2.5",
    "approval": "l3 3.5l6 -8",
    "act": "a4 4 0 1 0 2 -3.4l-1.6 -.6m1.6 .6l.6 -1.6",
    "open": "m2 0h5",
}
_OVERDUE = "m4.5 -5.5v6m0 2.4v1.4"
