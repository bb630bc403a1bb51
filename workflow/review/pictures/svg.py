"""A diagram as SVG, laid out here: phases are bands from top to bottom, states stand side by side in their band.

Arrows between neighbouring bands run between the boxes; longer ones run in lanes at the right, so that none crosses a box.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape

from .model import Arrow, Diagram, Node, Note

_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
_BOX, _GAP_X, _GAP_Y, _LEFT, _LINE, _LANE = 236, 70, 74, 96, 15, 22

_STYLE = """
text{font-family:FONT;font-size:13px;fill:#1f2933} .note{font-size:11px;fill:#52606d} .phase{font-size:13px;fill:#52606d;font-weight:bold}
.band{fill:#f5f7fa} .box{fill:#fff;stroke:#486581;stroke-width:1.3} .end{fill:#e3e8ee;stroke:#243b53} .here{stroke:#d64545;stroke-width:3}
.box.visited{fill:#e6f0fa} path.visited{stroke:#2f6fab;stroke-width:2.6} .note.overdue{fill:#d64545;font-weight:bold} .note.done{fill:#2d8a4e}
.box.added{stroke:#2d8a4e;stroke-width:2.6;fill:#eefaf1} .box.changed{stroke:#de911d;stroke-width:2.6;fill:#fff8ec} .box.removed{stroke:#9aa5b1;stroke-dasharray:4 3;fill:#f5f7fa}
path.added{stroke:#2d8a4e;stroke-width:2.4} path.changed{stroke:#de911d;stroke-width:2.4} path.removed{stroke:#9aa5b1;stroke-dasharray:2 3}
.note.added{fill:#2d8a4e;font-weight:bold} .note.removed{fill:#9aa5b1;text-decoration:line-through}
path{fill:none;stroke:#627d98;stroke-width:1.3} .clock{stroke-dasharray:5 4} .clockface{stroke:#829ab1;stroke-width:1} .label{font-size:11px;fill:#243b53}
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


def to_svg(diagram: Diagram) -> str:
    return _Drawing(diagram).svg()


class _Drawing:
    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.boxes: dict[str, _Box] = {}
        self.out: list[str] = []
        self._lanes = 0
        self._ports: dict[tuple[str, str], int] = {}
        self._labels: list[tuple[float, float, float]] = []
        self._place()

    def _place(self) -> None:
        y = 56.0
        self.bands: list[tuple[str, float, float]] = []
        self.columns = max((len(g.nodes) for g in self.diagram.groups), default=1)
        for band, group in enumerate(self.diagram.groups):
            height = max(_height(node) for node in group.nodes)
            self.bands.append((group.title, y - 14, height + 28))
            for column, node in enumerate(group.nodes):
                self.boxes[node.id] = _Box(
                    _LEFT + column * (_BOX + _GAP_X), y, _height(node), band, column
                )
            y += height + _GAP_Y
        self.height = y
        self.right = _LEFT + self.columns * (_BOX + _GAP_X) - _GAP_X + 16

    def svg(self) -> str:
        arrows = [self._arrow(arrow) for arrow in self.diagram.arrows]
        labels = "".join(self.out)
        width = self.right + (self._lanes + 1) * _LANE + 90
        bands = "".join(
            f'<rect class="band" x="8" y="{y:.0f}" width="{width - 16:.0f}" height="{h:.0f}" rx="8"/>'
            f'<text class="phase" x="20" y="{y + h / 2 + 5:.0f}">{escape(title)}</text>'
            for title, y, h in self.bands
        )
        nodes = "".join(self._node(node) for group in self.diagram.groups for node in group.nodes)
        style = _STYLE.replace("FONT", _FONT)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{self.height:.0f}" '
            f'viewBox="0 0 {width:.0f} {self.height:.0f}" role="img"><title>{escape(self.diagram.title)}</title><style>{style}</style>'
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
            '<path d="M0 0L8 4L0 8z" style="fill:#627d98;stroke:none"/></marker></defs><rect width="100%" height="100%" fill="#fff"/>'
            f'<text x="{_LEFT}" y="28" style="font-size:17px;font-weight:bold">{escape(self.diagram.title)}</text>'
            f"{bands}{''.join(arrows)}{nodes}{labels}</svg>\n"
        )

    def _node(self, node: Node) -> str:
        box = self.boxes[node.id]
        kind = "box end" if node.terminal else "box"
        radius = 18 if node.terminal or node.first else 6
        lines = [f'<text x="{box.x + 12}" y="{box.y + 21}">{escape(node.title)}</text>']
        lines += [_note(note, box.x, box.y + 40 + i * _LINE) for i, note in enumerate(node.notes)]
        mark = f" {node.mark}" if node.mark else ""
        shape = f'<rect class="{kind}{mark}" x="{box.x}" y="{box.y}" width="{_BOX}" height="{box.height}" rx="{radius}"/>'
        return shape + "".join(lines)

    def _port(self, node: str, side: str) -> float:
        """Spread the arrows of one side of a box."""
        count = self._ports.get((node, side), 0)
        self._ports[node, side] = count + 1
        return (0, -34, 34, -64, 64, -18, 18, -50, 50)[count % 9]

    def _arrow(self, arrow: Arrow) -> str:
        a, b = self.boxes[arrow.source], self.boxes[arrow.target]
        if a.band == b.band and abs(a.column - b.column) == 1:
            return self._beside(arrow, a, b)
        if b.band - a.band == 1:
            return self._below(arrow, a, b)
        return self._lane(arrow, a, b)

    def _beside(self, arrow: Arrow, a: _Box, b: _Box) -> str:
        forward = b.column > a.column
        y = min(a.y, b.y) + (17 if forward else 32)
        x1, x2 = (a.x + _BOX, b.x) if forward else (a.x, b.x + _BOX)
        self._label(arrow, (x1 + x2) / 2, y - 6)
        return self._path(arrow, f"M{x1:.0f} {y:.0f}L{x2:.0f} {y:.0f}")

    def _below(self, arrow: Arrow, a: _Box, b: _Box) -> str:
        x1, x2 = (
            a.middle + self._port(arrow.source, "bottom"),
            b.middle + self._port(arrow.target, "top"),
        )
        bend = (b.y - a.bottom) / 2
        self._label(arrow, (x1 + x2) / 2, b.y - 24)
        d = f"M{x1:.0f} {a.bottom:.0f}C{x1:.0f} {a.bottom + bend:.0f} {x2:.0f} {b.y - bend:.0f} {x2:.0f} {b.y:.0f}"
        return self._path(arrow, d)

    def _lane(self, arrow: Arrow, a: _Box, b: _Box) -> str:
        """Out at the bottom, along a lane at the right, and in at the top."""
        self._lanes += 1
        x = self.right + self._lanes * _LANE
        x1, x2 = (
            a.middle + 70 + self._port(arrow.source, "out") / 4,
            b.middle + 70 + self._port(arrow.target, "in") / 4,
        )
        y1, y2 = (
            self._below_band(a) - 8 - (self._lanes % 5) * 4,
            self._above_band(b) + 6 + (self._lanes % 5) * 4,
        )
        self._label(arrow, x, (y1 + y2) / 2 + (self._lanes % 4 - 1.5) * 26)
        d = f"M{x1:.0f} {a.bottom:.0f}V{y1:.0f}H{x:.0f}V{y2:.0f}H{x2:.0f}V{b.y:.0f}"
        return self._path(arrow, d)

    def _below_band(self, box: _Box) -> float:
        _, y, height = self.bands[box.band]
        return y + height + _GAP_Y / 2 - 12

    def _above_band(self, box: _Box) -> float:
        return self.bands[box.band][1] - _GAP_Y / 2 + 12

    def _path(self, arrow: Arrow, d: str) -> str:
        classes = [
            *(["clock"] if arrow.by_clock or arrow.returns else []),
            *([arrow.mark] if arrow.mark else []),
        ]
        dashed = f' class="{" ".join(classes)}"' if classes else ""
        start = ' marker-start="url(#tip)"' if arrow.returns else ""
        return f'<path{dashed} d="{d}"{start} marker-end="url(#tip)"/>'

    def _label(self, arrow: Arrow, x: float, y: float) -> None:
        if not arrow.labels:
            return
        text = _cut(" / ".join(arrow.labels), 26)
        half = _width(text) * 3.1
        for _ in range(12):
            if not any(abs(y - oy) < 13 and abs(x - ox) < half + oh for ox, oy, oh in self._labels):
                break
            y -= 13
        self._labels.append((x, y, half))
        words = escape(text)
        self.out.append(
            f'<text class="halo" text-anchor="middle" x="{x:.0f}" y="{y:.0f}">{words}</text>'
        )
        self.out.append(
            f'<text class="label" text-anchor="middle" x="{x:.0f}" y="{y:.0f}">{words}</text>'
        )


def _note(note: Note, x: float, y: float) -> str:
    """A line of a node, with a clock before a time limit and a tick before an approval."""
    mark = f" {note.mark}" if note.mark else ""
    icon, indent = "", 12
    if note.kind == "limit":
        icon = f'<path class="clockface" d="M{x + 12} {y - 4}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0M{x + 16.5} {y - 7}v3h2.5"/>'
        indent = 26
    elif note.kind == "approval":
        icon, indent = f'<path class="clockface" d="M{x + 12} {y - 4}l3 3.5l6 -8"/>', 26
    words = escape(_cut(note.text, 37 if indent == 12 else 34))
    return f'{icon}<text class="note{mark}" x="{x + indent}" y="{y}"><title>{escape(note.text)}</title>{words}</text>'


def _height(node: Node) -> float:
    count = len(node.notes)
    return 34 + count * _LINE + (4 if count else 0)


def _width(text: str) -> int:
    """The width of a text in half-width columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str, columns: int) -> str:
    if _width(text) <= columns:
        return text
    while text and _width(text) > columns - 1:
        text = text[:-1]
    return text + "…"
