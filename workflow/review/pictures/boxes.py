"""The boxes of a picture before they are placed: their lines of text, and the room they need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from .lettering import Font, broken
from .model import SIGNS, Arrow, Band, Mark, Node, Note, Panel

TITLE = Font(13, 18, bold=True)
NOTE = Font(11, 15)
LABEL = Font(11, 14)
HEAD = Font(17, 24, bold=True)
MARGIN = 10.0
ICON = 15.0
"""Room before a note for its sign."""
_WIDEST, _NARROWEST, _WIDEST_INSIDE = 220.0, 64.0, 140.0
_LABEL_WIDEST, _LONGEST_SIDE = 124.0, 90.0
WITH_ICON = frozenset({"limit", "approval", "act", "open"})
"""The kinds of notes that have a sign before them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text at a place inside its box: the left end of its foot."""

    text: str
    x: float
    y: float
    font: Font
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text, and the room that they need."""

    lines: tuple[Line, ...]
    width: float
    height: float


def signed(mark: Mark, text: str) -> str:
    """Words with the sign of their mark."""
    return SIGNS.get(mark, "") + text


def node_block(node: Node) -> Block:
    """The title of a node and its notes below."""
    most = _WIDEST if "/" not in node.id else _WIDEST_INSIDE
    return _titled(signed(node.mark, node.title), node.notes, most)


def panel_block(panel: Panel, width: float) -> Block:
    """The title of a panel and its notes below."""
    return _titled(panel.title, panel.notes, width)


def _titled(title: str, notes: tuple[Note, ...], most: float) -> Block:
    titles = broken(title, TITLE, most - 2 * MARGIN)
    lines = [
        Line(text, MARGIN, MARGIN + TITLE.size + number * TITLE.line, TITLE)
        for number, text in enumerate(titles)
    ]
    below, foot = _notes(notes, lines[-1].y + 4, most)
    return _block([*lines, *below], foot + 9)


def _notes(notes: tuple[Note, ...], y: float, most: float) -> tuple[list[Line], float]:
    """The lines of notes below a height, and the height of the last one's foot."""
    lines: list[Line] = []
    for note in notes:
        x = MARGIN + (ICON if note.kind in WITH_ICON else 0)
        for text in broken(signed(note.mark, note.text), NOTE, most - x - MARGIN):
            y += NOTE.line
            lines.append(Line(text, x, y, NOTE, note))
    return lines, y


def _block(lines: list[Line], height: float) -> Block:
    right = max((line.x + line.font.width(line.text) for line in lines), default=0)
    return Block(tuple(lines), max(_NARROWEST, round(right + MARGIN)), round(height))


def phase_block(band: Band) -> Block:
    """The title of a phase, read downwards, and the room that it needs at the left."""
    length = min(TITLE.width(band.title), _LONGEST_SIDE)
    lines = broken(signed(band.mark, band.title), TITLE, length + 1)
    right_to_left = enumerate(reversed(lines))
    columns = [Line(text, 0, 8 + number * TITLE.line, TITLE) for number, text in right_to_left]
    return Block(tuple(columns), 16 + TITLE.line * len(lines), round(length + 20))


def label_block(arrow: Arrow) -> Block:
    """The names of an arrow, one below the other."""
    lines: list[Line] = []
    for note in arrow.labels:
        for text in broken(signed(note.mark, note.text), LABEL, _LABEL_WIDEST):
            lines.append(Line(text, 3, LABEL.line * (len(lines) + 1) - 3, LABEL, note))
    width = max((LABEL.width(line.text) for line in lines), default=0)
    return Block(tuple(lines), round(width + 6), LABEL.line * len(lines) + 2)


def by_note(block: Block) -> Iterator[tuple[Note, list[Line]]]:
    """The lines of each note of a block in order."""
    for note, lines in groupby(block.lines, key=attrgetter("note")):
        if note is not None:
            yield note, list(lines)
