"""Where everything of a picture lies: the flow as elkjs lays it out, panels in columns below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .boxes import HEAD, Block, panel_block
from .elk import laid_out
from .graph import Json, graph_of
from .model import Arrow, Diagram, Panel
from .order import back_arrows

TOP = 84.0
"""Room for the title and the legend above the flow."""
EDGE = 12.0
COLUMN, GUTTER = 300.0, 16.0
_NARROWEST = 640.0


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """The bends of an arrow from its source to its target, and where its names stand."""

    points: tuple[Point, ...]
    label: Rect | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture: the place of each node and band by id, of each arrow by ends, of each panel."""

    boxes: dict[str, Rect]
    routes: dict[tuple[str, str], Route]
    panels: tuple[tuple[Panel, Block, Rect], ...]
    width: float
    height: float


def place(diagram: Diagram) -> Placed:
    """The whole picture. Raises `PictureNotDrawn`."""
    graph = laid_out(graph_of(diagram))
    boxes = dict(_boxes(graph, EDGE, TOP))
    routes = dict(_routes(diagram, graph, boxes))
    flow = boxes.pop(graph["id"])
    width = max(flow.width + 2 * EDGE, _NARROWEST, HEAD.width(diagram.title) + 2 * EDGE)
    panels = tuple(_columns(diagram.panels, width, flow.bottom + GUTTER))
    bottom = max((rect.bottom for _, _, rect in panels), default=flow.bottom)
    return Placed(boxes, routes, panels, round(width), round(bottom + EDGE))


def _boxes(node: Json, x: float, y: float) -> Iterator[tuple[str, Rect]]:
    """The rectangles of a node and of all inside it, on the page."""
    x, y = x + node.get("x", 0), y + node.get("y", 0)
    yield node["id"], Rect(x, y, node["width"], node["height"])
    for child in node.get("children", ()):
        yield from _boxes(child, x, y)


def _routes(
    diagram: Diagram, graph: Json, boxes: dict[str, Rect]
) -> Iterator[tuple[tuple[str, str], Route]]:
    """The way of each arrow on the page; one that was turned round is turned back."""
    back = back_arrows(diagram)
    for arrow, edge in zip(diagram.arrows, graph["edges"], strict=True):
        origin = boxes[edge["container"]]
        points = tuple(_straight((origin.x + p["x"], origin.y + p["y"]) for p in _bends(edge)))
        turned = points[::-1] if arrow.ends in back else points
        yield arrow.ends, Route(turned, _label(arrow, edge, origin))


def _straight(points: Iterable[Point]) -> Iterator[Point]:
    """The same bends with no line aslant: the library leaves fractions of a pixel between them."""
    before: Point = (-1, -1)
    for x, y in points:
        if abs(x - before[0]) < 1:
            x = before[0]
        elif abs(y - before[1]) < 1:
            y = before[1]
        before = (x, y)
        yield before


def _bends(edge: Json) -> Iterator[Json]:
    for section in edge["sections"]:
        yield section["startPoint"]
        yield from section.get("bendPoints", ())
        yield section["endPoint"]


def _label(arrow: Arrow, edge: Json, origin: Rect) -> Rect | None:
    """Where the names of an arrow stand."""
    if not arrow.labels:
        return None
    label = edge["labels"][0]
    x, y = origin.x + label["x"], origin.y + label["y"]
    return Rect(x, y, label["width"], label["height"])


def _columns(
    panels: tuple[Panel, ...], width: float, top: float
) -> Iterator[tuple[Panel, Block, Rect]]:
    """The panels, each in the column that is shortest so far."""
    count = max(1, int((width - 2 * EDGE + GUTTER) // (COLUMN + GUTTER)))
    feet = [top] * count
    for panel in panels:
        column = feet.index(min(feet))
        block = panel_block(panel, COLUMN)
        rect = Rect(EDGE + column * (COLUMN + GUTTER), feet[column], COLUMN, block.height)
        feet[column] = rect.bottom + GUTTER
        yield panel, block, rect
