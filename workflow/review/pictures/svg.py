"""A diagram as SVG, laid out here: phases are bands from top to bottom, states side by side.

Arrows between neighbouring bands run between the boxes; longer ones run in lanes at the right, so
that none crosses a box.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from ...source.characters import escaped
from .model import Arrow, Diagram, Mark, Node, Note

_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
_BOX, _GAP_X, _GAP_Y, _LEFT, _LINE, _LANE = 236, 70, 74, 96, 15, 22

_STYLE = """
text{font-family:FONT;font-size:13px;fill:#1f2933} .note{font-size:11px;fill:#52606d} \
.phase{font-size:13px;fill:#52606d;font-weight:bold}
.band{fill:#f5f7fa} .box{fill:#fff;stroke:#486581;stroke-width:1.3} \
.end{fill:#e3e8ee;stroke:#243b53} .here{stroke:#d64545;stroke-width:3}
.box.visited{fill:#e6f0fa} path.visited{stroke:#2f6fab;stroke-width:2.6} \
.note.overdue{fill:#d64545;font-weight:bold} .note.done{fill:#2d8a4e}
.box.added{stroke:#2d8a4e;stroke-width:2.6;fill:#eefaf1} \
.box.changed{stroke:#de911d;stroke-width:2.6;fill:#fff8ec} \
.box.removed{stroke:#9aa5b1;stroke-dasharray:4 3;fill:#f5f7fa}
path.added{stroke:#2d8a4e;stroke-width:2.4} path.changed{stroke:#de911d;stroke-width:2.4} \
path.removed{stroke:#9aa5b1;stroke-dasharray:2 3}
.note.added{fill:#2d8a4e;font-weight:bold} \
.note.removed{fill:#9aa5b1;text-decoration:line-through}
path{fill:none;stroke:#627d98;stroke-width:1.3} .clock{stroke-dasharray:5 4} \
.clockface{stroke:#829ab1;stroke-width:1} .label{font-size:11px;fill:#243b53}
.halo{font-size:11px;stroke:#fff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}
"""


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    height: float
    band: int
    column: int

    @property
    def middle(self) -> float:
        return self.x + _BOX / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class _Strip:
    """The band of a phase: its title, and where it lies."""

    title: str
    y: float
    height: float

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class _Label:
    """Where the names of an arrow stand: the middle of their line, and half its width."""

    x: float
    y: float
    half: float

    def covers(self, other: _Label) -> bool:
        is_near = abs(self.y - other.y) < _LABEL_LINE
        return is_near and abs(self.x - other.x) < self.half + other.half


_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9"'
    ' markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
    '<path d="M0 0L8 4L0 8z" style="fill:#627d98;stroke:none"/></marker></defs>'
)
"""The head of an arrow."""
_PORTS = (0, -34, 34, -64, 64, -18, 18, -50, 50)
"""Where the arrows of one side of a box begin and end, from its middle."""
_LABEL_COLUMNS, _LABEL_LINE, _MOST_LABEL_MOVES = 26, 13, 12
_NOTE_COLUMNS = 37


def to_svg(diagram: Diagram) -> str:
    """The whole picture."""
    return _Drawing(diagram).svg()


class _Drawing:
    """Places the boxes first; then arrows and labels take the room that is left."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.boxes: dict[str, _Box] = {}
        self.label_parts: list[str] = []
        self._lanes = 0
        self._ports: dict[tuple[str, str], int] = {}
        self._labels: list[_Label] = []
        self._place()

    def _place(self) -> None:
        """Bands below one another, each as high as its highest box."""
        y = 56.0
        self.bands: list[_Strip] = []
        self.columns = max((len(g.nodes) for g in self.diagram.groups), default=1)
        for band, group in enumerate(self.diagram.groups):
            height = max(_height(node) for node in group.nodes)
            self.bands.append(_Strip(group.title, y - 14, height + 28))
            for column, node in enumerate(group.nodes):
                x = _LEFT + column * (_BOX + _GAP_X)
                self.boxes[node.id] = _Box(x, y, _height(node), band, column)
            y += height + _GAP_Y
        self.height = y
        self.right = _LEFT + self.columns * (_BOX + _GAP_X) - _GAP_X + 16

    def svg(self) -> str:
        """Everything in order: what comes later lies above."""
        # arrows first: they find out how many lanes there are, and so the width
        arrows = "".join(map(self._arrow, self.diagram.arrows))
        right = self.right + (self._lanes + 1) * _LANE + 90
        width, height = f"{right:.0f}", f"{self.height:.0f}"
        bands = "".join(_band(strip, right - 16) for strip in self.bands)
        nodes = "".join(map(self._node, self.diagram.nodes))
        labels = "".join(self.label_parts)
        style = _STYLE.replace("FONT", _FONT)
        title = escaped(self.diagram.title)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img"><title>{title}</title>'
            f'<style>{style}</style>{_TIP}<rect width="100%" height="100%" fill="#fff"/>'
            f'<text x="{_LEFT}" y="28" style="font-size:17px;font-weight:bold">{title}</text>'
            f"{bands}{arrows}{nodes}{labels}</svg>\n"
        )

    def _node(self, node: Node) -> str:
        """A box with its title and notes; round where the procedure begins or ends."""
        box = self.boxes[node.id]
        kind = "box end" if node.terminal else "box"
        radius = 18 if node.terminal or node.first else 6
        lines = [f'<text x="{box.x + 12}" y="{box.y + 21}">{escaped(node.title)}</text>']
        lines += [_note(note, box.x, box.y + 40 + i * _LINE) for i, note in enumerate(node.notes)]
        shape = (
            f'<rect class="{kind}{_class(node.mark)}" x="{box.x}" y="{box.y}"'
            f' width="{_BOX}" height="{box.height}" rx="{radius}"/>'
        )
        return shape + "".join(lines)

    def _port(self, node: str, side: str) -> float:
        """Spread the arrows of one side of a box."""
        count = self._ports.get((node, side), 0)
        self._ports[node, side] = count + 1
        return _PORTS[count % len(_PORTS)]

    def _arrow(self, arrow: Arrow) -> str:
        """Straight to the next box, down to the next band, or along a lane at the right."""
        a, b = self.boxes[arrow.source], self.boxes[arrow.target]
        if a.band == b.band and abs(a.column - b.column) == 1:
            return self._beside(arrow, a, b)
        if b.band - a.band == 1:
            return self._below(arrow, a, b)
        return self._lane(arrow, a, b)

    def _beside(self, arrow: Arrow, a: _Box, b: _Box) -> str:
        """Straight to the next box; the way back a little lower."""
        forward = b.column > a.column
        y = min(a.y, b.y) + (17 if forward else 32)
        x1, x2 = (a.x + _BOX, b.x) if forward else (a.x, b.x + _BOX)
        self._label(arrow, (x1 + x2) / 2, y - 6)
        return self._path(arrow, f"M{x1:.0f} {y:.0f}L{x2:.0f} {y:.0f}")

    def _below(self, arrow: Arrow, a: _Box, b: _Box) -> str:
        """In a bend from the bottom of a box to the top of one in the next band."""
        x1 = a.middle + self._port(arrow.source, "bottom")
        x2 = b.middle + self._port(arrow.target, "top")
        bend = (b.y - a.bottom) / 2
        self._label(arrow, (x1 + x2) / 2, b.y - 24)
        start, leaves = f"M{x1:.0f} {a.bottom:.0f}", f"C{x1:.0f} {a.bottom + bend:.0f}"
        comes, end = f"{x2:.0f} {b.y - bend:.0f}", f"{x2:.0f} {b.y:.0f}"
        return self._path(arrow, f"{start}{leaves} {comes} {end}")

    def _lane(self, arrow: Arrow, a: _Box, b: _Box) -> str:
        """Out at the bottom, along a lane at the right, and in at the top."""
        self._lanes += 1
        x = self.right + self._lanes * _LANE
        x1 = a.middle + 70 + self._port(arrow.source, "out") / 4
        x2 = b.middle + 70 + self._port(arrow.target, "in") / 4
        apart = (self._lanes % 5) * 4  # neighbouring lanes do not leave on one line
        y1 = self.bands[a.band].bottom + _GAP_Y / 2 - 12 - 8 - apart
        y2 = self.bands[b.band].y - _GAP_Y / 2 + 12 + 6 + apart
        self._label(arrow, x, (y1 + y2) / 2 + (self._lanes % 4 - 1.5) * 26)
        d = f"M{x1:.0f} {a.bottom:.0f}V{y1:.0f}H{x:.0f}V{y2:.0f}H{x2:.0f}V{b.y:.0f}"
        return self._path(arrow, d)

    def _path(self, arrow: Arrow, d: str) -> str:
        """The line of an arrow; a way there and back has two heads."""
        dashed = "clock" if arrow.is_dashed else ""
        classes = f"{dashed}{_class(arrow.mark)}".strip()
        looks = f' class="{classes}"' if classes else ""
        start = ' marker-start="url(#tip)"' if arrow.returns else ""
        return f'<path{looks} d="{d}"{start} marker-end="url(#tip)"/>'

    def _label(self, arrow: Arrow, x: float, y: float) -> None:
        """The names of an arrow, moved up while they would cover others."""
        if not arrow.labels:
            return
        text = _cut(" / ".join(arrow.labels), _LABEL_COLUMNS)
        half = _width(text) * 3.1
        label = _Label(x, y, half)
        moves = 0
        while moves < _MOST_LABEL_MOVES and any(map(label.covers, self._labels)):
            label = replace(label, y=label.y - _LABEL_LINE)
            moves += 1
        self._labels.append(label)
        for kind in ("halo", "label"):
            place = f'text-anchor="middle" x="{x:.0f}" y="{label.y:.0f}"'
            self.label_parts.append(f'<text class="{kind}" {place}>{escaped(text)}</text>')


def _class(mark: Mark) -> str:
    """The class that a mark adds to others."""
    return f" {mark}" if mark else ""


def _band(strip: _Strip, width: float) -> str:
    """The ground of a phase and its title."""
    size = f'width="{width:.0f}" height="{strip.height:.0f}"'
    return (
        f'<rect class="band" x="8" y="{strip.y:.0f}" {size} rx="8"/>'
        f'<text class="phase" x="20" y="{strip.y + strip.height / 2 + 5:.0f}">'
        f"{escaped(strip.title)}</text>"
    )


def _note(note: Note, x: float, y: float) -> str:
    """A line of a node, with a clock before a time limit and a tick before an approval."""
    icon = _icon(note, x, y)
    words = escaped(_cut(note.text, _NOTE_COLUMNS - 3 if icon else _NOTE_COLUMNS))
    return (
        f'{icon}<text class="note{_class(note.mark)}" x="{x + (26 if icon else 12)}" y="{y}">'
        f"<title>{escaped(note.text)}</title>{words}</text>"
    )


def _icon(note: Note, x: float, y: float) -> str:
    """A clock, a tick, or nothing."""
    start = f"M{x + 12} {y - 4}"
    if note.kind == "limit":
        hands = f"M{x + 16.5} {y - 7}v3h2.5"
        face = f"{start}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0"
        return f'<path class="clockface" d="{face}{hands}"/>'
    if note.kind == "approval":
        return f'<path class="clockface" d="{start}l3 3.5l6 -8"/>'
    return ""


def _height(node: Node) -> float:
    """Room for the title and a line for each note."""
    count = len(node.notes)
    return 34 + count * _LINE + (4 if count else 0)


def _width(text: str) -> int:
    """The width of a text in half-width columns."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide


def _cut(text: str, columns: int) -> str:
    """A text no wider than so many columns."""
    if _width(text) <= columns:
        return text
    while text and _width(text) > columns - 1:  # a column for the sign that it goes on
        text = text[:-1]
    return text + "…"
