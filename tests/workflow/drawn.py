"""What lies where in an SVG picture, read from its XML alone: rectangles, arrows, texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[float, float]


@dataclass(frozen=True)
class Rect:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Rect, by: float = 0.5) -> bool:
        return (
            self.left - by <= other.left
            and self.top - by <= other.top
            and self.right + by >= other.right
            and self.bottom + by >= other.bottom
        )

    def meets(self, other: Rect, by: float = 0.5) -> bool:
        """Whether the two share more than a border."""
        across = self.left < other.right - by and other.left < self.right - by
        return across and self.top < other.bottom - by and other.top < self.bottom - by

    def is_touched_by(self, point: Point, by: float = 1.5) -> bool:
        x, y = point
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by).holds(
            Rect(x, y, x, y)
        )


def width_of(text: str, size: float) -> float:
    """How wide a text is: a Chinese sign is as wide as it is high, other letters half of that."""
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in text)
    return (wide + (len(text) - wide) * 0.5) * size


class Part:
    """A group of the picture: a node, a phase, an arrow, a panel, or a note in one of them."""

    def __init__(self, group: Element) -> None:
        self.group = group
        self.kinds = frozenset((group.get("class") or "").split())
        self.id = group.get("data-id") or ""
        self.line = int(group.get("data-line") or 0)

    def __repr__(self) -> str:
        return f"{sorted(self.kinds)} {self.id}:{self.line}"

    @property
    def box(self) -> Rect:
        """The outer rectangle."""
        found = next(r for r in self.group.iter(f"{_SVG}rect"))
        x, y, w, h = (float(found.get(key) or 0) for key in ("x", "y", "width", "height"))
        return Rect(x, y, x + w, y + h)

    @property
    def texts(self) -> list[Rect]:
        """Where each text lies that stands upright."""
        found = []
        for text in self.group.iter(f"{_SVG}text"):
            if text.get("transform") is None:
                x, y, size = (float(text.get(key) or 0) for key in ("x", "y", "font-size"))
                width = width_of(text.text or "", size)
                found.append(Rect(x, y - 0.85 * size, x + width, y + 0.15 * size))
        return found

    @property
    def words(self) -> str:
        return "".join(text.text or "" for text in self.group.iter(f"{_SVG}text"))

    @property
    def notes(self) -> list[Part]:
        return [Part(g) for g in self.group.iter(f"{_SVG}g") if "note" in Part(g).kinds]

    @cached_property
    def points(self) -> list[Point]:
        """The bends of an arrow."""
        line = next(p for p in self.group.iter(f"{_SVG}path") if p.get("class") == "line")
        pairs = re.findall(r"(-?[\d.]+(?:e-?\d+)?) (-?[\d.]+(?:e-?\d+)?)", line.get("d") or "")
        return [(float(x), float(y)) for x, y in pairs]

    @property
    def heads(self) -> int:
        return sum(path.get("class") == "tip" for path in self.group.iter(f"{_SVG}path"))

    def segments(self) -> Iterator[Rect]:
        for (x1, y1), (x2, y2) in zip(self.points, self.points[1:], strict=False):
            yield Rect(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def crosses(segment: Rect, rect: Rect, by: float = 0.5) -> bool:
    """Whether an upright or level line goes through a rectangle."""
    across = segment.left < rect.right - by and segment.right > rect.left + by
    return across and segment.top < rect.bottom - by and segment.bottom > rect.top + by


class Picture:
    """An SVG picture and its parts."""

    def __init__(self, svg: str) -> None:
        self.svg = svg
        self.root = ElementTree.fromstring(svg)
        self.parts = [Part(group) for group in self.root.iter(f"{_SVG}g")]
        self.width = float(self.root.get("width") or 0)

    def of(self, kind: str) -> list[Part]:
        return [part for part in self.parts if kind in part.kinds]

    def one(self, kind: str, id: str) -> Part:
        found = [part for part in self.of(kind) if part.id == id]
        assert found, f"no {kind} {id}"
        return found[0]
